"""People as the tests see them: they open pages and read what these say."""

from __future__ import annotations

import time
from contextvars import Context
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import lxml.html
from flask import Flask
from werkzeug.test import TestResponse

from portal.accounts.models import Person


@dataclass
class Answer:
    """A response, read as a person would."""

    response: TestResponse

    @property
    def status_code(self) -> int:
        return self.response.status_code

    @property
    def location(self) -> str | None:
        return self.response.headers.get("Location")

    @property
    def data(self) -> bytes:
        return self.response.get_data()

    @property
    def json(self) -> Any:
        return self.response.get_json()

    @cached_property
    def tree(self) -> lxml.html.HtmlElement:
        return lxml.html.fromstring(self.response.get_data(as_text=True) or "<html></html>")

    @cached_property
    def text(self) -> str:
        """The page's words, spaces folded."""
        return " ".join(self.tree.text_content().split())

    @property
    def errors(self) -> dict[str, str]:
        """The messages beside fields: {field id: words}; the form's own under ""."""
        found = {
            # The word « Erreur » that opens each message is for screen readers.
            element.get("id").removesuffix("-error"): _words(element).removeprefix("Erreur : ")
            for element in self.tree.xpath('//*[substring(@id, string-length(@id) - 5) = "-error"]')
        }
        whole = self.tree.xpath("//*[@data-form-error]")
        return found | ({"": _words(whole[0])} if whole else {})

    @property
    def flashes(self) -> list[str]:
        return [_words(element) for element in self.tree.xpath("//*[@data-flash]")]

    def texts(self, xpath: str) -> list[str]:
        """The words of each element found."""
        return [_words(element) for element in self.tree.xpath(xpath)]


def _words(element: Any) -> str:
    return " ".join(element.text_content().split())


class Visitor:
    """A browser session of one person, or of nobody."""

    def __init__(self, app: Flask, person: Person | None = None, *, second_factor: bool = True) -> None:
        self.app = app
        self.client = app.test_client()
        self.person_id = person.id if person else None
        if person is not None:
            with self.client.session_transaction() as session:
                session["_user_id"] = person.get_id()
                session["_fresh"] = True
                session["second_factor"] = second_factor
                session["confirmed_at"] = int(time.time())

    def get(self, path: str, **options: Any) -> Answer:
        return self._send("GET", path, **options)

    def post(self, path: str, **fields: Any) -> Answer:
        """Send a form; lists repeat a field."""
        return self._send("POST", path, data=fields, content_type="multipart/form-data")

    def post_json(self, path: str, body: object) -> Answer:
        return self._send("POST", path, json=body)

    def follow(self, answer: Answer) -> Answer:
        """Open where a redirect leads."""
        assert answer.location is not None, f"not a redirect: {answer.status_code}"
        return self.get(answer.location)

    def _send(self, method: str, path: str, **options: Any) -> Answer:
        """One request as the server meets it: in a context of its own, not in the test's."""
        from portal.extensions import db

        response = Context().run(self.client.open, path, method=method, buffered=True, **options)
        # What the test reads next must be read anew.
        db.session.rollback()
        return Answer(response)
