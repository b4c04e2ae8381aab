"""No dead end: on the demonstration, every link that a page shows to somebody opens for them."""

from __future__ import annotations

from collections import Counter
from urllib.parse import urljoin, urlsplit

import pytest
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from portal.accounts.queries.people import person_by_email
from portal.site.demo.building import build
from portal.site.demo.people import ACCOUNTS
from tests.visitors import Visitor

# A page of each kind tells what its like would; a few of each are opened, not all.
OF_EACH_KIND = 3


@pytest.fixture
def demonstration(app):
    build(lambda _words: None)
    return {account.key: person_by_email(account.email) for account in ACCOUNTS}


def endpoint_of(app, path):
    try:
        endpoint, _values = app.url_map.bind("localhost").match(urlsplit(path).path, method="GET")
    except (RequestRedirect, HTTPException):
        return None
    return endpoint


def links_of(path, answer):
    """The addresses of this portal that a page leads to."""
    if answer.location:
        return [answer.location]
    if not answer.response.content_type.startswith("text/html"):
        return []
    absolute = (urlsplit(urljoin(f"http://localhost{path}", href)) for href in answer.tree.xpath("//a/@href"))
    return [
        f"{url.path}?{url.query}" if url.query else url.path
        for url in absolute
        if url.scheme == "http" and url.netloc == "localhost"
    ]


def dead_links(app, visitor, *starts):
    """The links found from `starts` that do not open, each with its status."""
    waiting, known, opened, dead = list(starts), set(starts), Counter(), []
    while waiting:
        path = waiting.pop(0)
        endpoint = endpoint_of(app, path)
        if endpoint == "static" or opened[endpoint] >= OF_EACH_KIND:
            continue
        opened[endpoint] += 1
        answer = visitor.get(path)
        if answer.status_code not in (200, 302, 303):
            dead.append((path, answer.status_code))
            continue
        fresh = [link for link in links_of(path, answer) if link not in known]
        known.update(fresh)
        waiting += fresh
    return dead


def test_every_link_shown_to_somebody_opens_for_them(app, demonstration):
    found = {"anonymous": dead_links(app, Visitor(app), "/")}
    for key, person in demonstration.items():
        found[key] = dead_links(app, Visitor(app, person), "/", "/accueil")
    assert {key: dead for key, dead in found.items() if dead} == {}
