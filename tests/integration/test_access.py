"""Every route × every role × (own, other's, recused), from what each route declares.

Nothing here names a route: each one added is walked too. A POST is stopped at its commit
(answered 418), so that a thousand of them leave the world as it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event
from werkzeug.exceptions import ImATeapot
from werkzeug.routing import Rule

from portal.accounts.access import AccessRule, rule_of, unclassified
from portal.accounts.models import Person
from portal.accounts.rules import STAFF_ROLES, HeldGrant, MemberLevel, Role, Scopes, roles_on
from portal.extensions import db, limiter
from portal.foundation.database import is_writing
from portal.foundation.files import FILE_POLICY
from tests import factories, world
from tests.databases import CleanDatabase
from tests.visitors import Answer, Visitor

STOPPED = 418


@dataclass(frozen=True)
class Route:
    """One rule of the address map, with one of its methods and what it declared."""

    rule: Rule
    method: str
    access: AccessRule

    @property
    def endpoint(self) -> str:
        return str(self.rule.endpoint)

    def __str__(self) -> str:
        return f"{self.method} {self.rule.rule} ({self.endpoint})"


@dataclass(frozen=True)
class Cast:
    """A person of the walk and what they hold."""

    name: str
    person: Person
    grants: tuple[HeldGrant, ...] = ()


@dataclass
class World:
    app: Flask
    a: world.Side
    b: world.Side
    nobody: Cast
    holders: list[Cast]
    recused: list[Cast]
    addresses: dict[tuple[str, str], str] = field(default_factory=dict)
    cookies: dict[int, str] = field(default_factory=dict)

    def routes(self) -> list[Route]:
        found = []
        for rule in self.app.url_map.iter_rules():
            access = rule_of(self.app.view_functions[rule.endpoint])
            if rule.endpoint != "static" and isinstance(access, AccessRule):
                found += [Route(rule, method, access) for method in sorted((rule.methods or set()) & {"GET", "POST"})]
        return sorted(found, key=str)

    def address(self, route: Route, side: world.Side) -> str:
        values = {name: self._value(route, name, side) for name in route.rule.arguments}
        built = self.app.url_map.bind("localhost").build(route.rule.endpoint, values, method=route.method)
        query = world.QUERIES.get(route.endpoint)
        return f"{built}?{query(side)}" if query else built

    def thing(self, route: Route, side: world.Side) -> Any:
        """What the route is about on that side, None when it names no model."""
        model = route.access.on
        if model is None:
            return None
        special = world.PARAMETERS.get(f"{route.endpoint}.{model.__tablename__}_id")
        return db.session.get_one(model, special(side)) if special else side.sample(model)

    def _value(self, route: Route, name: str, side: world.Side) -> Any:
        room = route.endpoint.split(".")[0]
        for key in (f"{route.endpoint}.{name}", f"{room}.{name}"):
            if key in world.PARAMETERS:
                return world.PARAMETERS[key](side)
        if route.access.on is not None and name == f"{route.access.on.__tablename__}_id":
            return side.sample(route.access.on).id
        if name in world.PARAMETERS:
            return world.PARAMETERS[name](side)
        for model in world.SAMPLES:
            if name == f"{model.__tablename__}_id":
                return side.sample(model).id
        raise LookupError(f"{route}: give <{name}> a value in PARAMETERS of tests/world.py")

    def missing(self, route: Route) -> str | None:
        """What tests/world.py lacks to walk a route."""
        model = route.access.on
        if model is not None and model not in world.SAMPLES:
            return f"{route}: add a sample of {model.__name__} to SAMPLES of tests/world.py"
        try:
            self.address(route, self.a)
        except LookupError as lack:
            return str(lack.args[0])
        return None

    def send(self, route: Route, side: world.Side, who: Person | None) -> Answer:
        """One request in a session of its own; a POST goes as far as its commit."""
        client = self.app.test_client()
        if who is not None:
            client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], self._cookie(who))
        sending = partial(Context().run, client.open, self.known_address(route, side), method=route.method)
        if route.method == "GET":
            return Answer(sending(buffered=True))
        with stopped_commits():
            return Answer(sending(buffered=True, data={}, content_type="multipart/form-data"))

    def get(self, address: str, who: Person) -> Answer:
        """An address as it is, in somebody's own session."""
        client = self.app.test_client()
        client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], self._cookie(who))
        return Answer(Context().run(partial(client.get, address, buffered=True)))

    def known_address(self, route: Route, side: world.Side) -> str:
        key = (str(route), side.name)
        if key not in self.addresses:
            self.addresses[key] = self.address(route, side)
        return self.addresses[key]

    def _cookie(self, who: Person) -> str:
        """The session of somebody, signed once: nothing of the walk ends it."""
        key = id(who)
        if key not in self.cookies:
            visitor = Visitor(self.app, who)
            cookie = visitor.client.get_cookie(self.app.config["SESSION_COOKIE_NAME"])
            assert cookie is not None
            self.cookies[key] = cookie.value
        return self.cookies[key]


@contextmanager
def stopped_commits() -> Iterator[None]:
    """Whatever reaches its commit is stopped there and rolled back."""

    def stop(_session: object) -> None:
        if is_writing():
            raise ImATeapot

    event.listen(db.session, "before_commit", stop)
    try:
        yield
    finally:
        event.remove(db.session, "before_commit", stop)


@pytest.fixture(scope="module")
def walk(session_app: Flask, clean_database: CleanDatabase) -> Iterator[World]:
    clean_database.empty()
    limiter.enabled = False
    with session_app.app_context():
        yield made_world(session_app)
        db.session.remove()


def made_world(app: Flask) -> World:
    """Two sides, everybody who holds a role on the first, and everybody who stepped out of its application."""
    a, b = world.build("a"), world.build("b")
    wanted: list[tuple[Role, MemberLevel | None]] = [(role, None) for role in Role if role is not Role.APPLICANT]
    wanted += [(Role.APPLICANT, level) for level in MemberLevel]
    holders = [_cast(world.holder(a, role, level), f"{role} {level or ''}".strip()) for role, level in wanted]
    recused = [_cast(world.holder(a, role), f"recused {role}") for role in sorted(STAFF_ROLES)]
    for each in recused:
        factories.recusal(each.person, a.application)
    made = World(app, a, b, _cast(factories.person("Sans", "Rôle"), "without role"), holders, recused)
    for route in made.routes():
        if made.missing(route) is None:
            made.address(route, b)
    return made


def _cast(person: Person, name: str) -> Cast:
    grants = tuple(HeldGrant(each.role, each.scope_kind, each.scope_id, each.level) for each in person.grants)
    return Cast(name, person, grants)


def scopes_of(thing: Any) -> Scopes | None:
    return None if thing is None else thing.access_scopes()


def usable_roles(route: Route, scopes: Scopes | None, who: Cast) -> frozenset[Role]:
    """The roles with which the declaration lets somebody in; `scopes` are those of its thing, if any."""
    if scopes is None:
        return frozenset(grant.role for grant in who.grants) & route.access.roles
    return roles_on(who.grants, scopes, route.access.level) & route.access.roles


def opened(route: Route, answer: Answer) -> bool:
    """Whether somebody allowed was let in: neither hidden from, nor crashed on, nor sent to sign in.

    A form sent empty, or a step that the thing's state forbids, is an answer like another.
    """
    if answer.status_code in (301, 302, 303):
        return "/connexion" not in str(answer.location) or route.endpoint.startswith("accounts.")
    if answer.status_code == 404:
        return route.endpoint in world.MAY_BE_ABSENT or route.access.narrowed_by is not None
    return answer.status_code in (200, 204, 400, 409, 410, 413, 415, 422, STOPPED)


def nothing_wrong(checks: Iterator[str | None]) -> None:
    """Every fault is told, whatever their number."""
    if faults := [fault for fault in checks if fault is not None]:
        pytest.fail("\n".join(faults), pytrace=False)


def walked(walk: World, *kinds: str) -> list[Route]:
    return [route for route in walk.routes() if route.access.kind in kinds and walk.missing(route) is None]


def test_every_route_is_classified(walk):
    assert unclassified(walk.app) == []


def test_every_route_can_be_walked(walk):
    assert [lack for route in walk.routes() if (lack := walk.missing(route)) is not None] == []


def test_somebody_signed_out_is_sent_to_sign_in_and_finds_public_pages(walk):
    def checks() -> Iterator[str | None]:
        for route in walk.routes():
            if walk.missing(route) is not None:
                continue
            answer = walk.send(route, walk.a, None)
            if route.access.kind == "public":
                right = opened(route, answer)
            elif route.access.kind in ("signed_in", "password_given", "roles"):
                right = str(answer.location).startswith("/connexion")
            else:
                right = answer.status_code == 404
            yield None if right else f"{route}: {answer.status_code} for somebody signed out"

    nothing_wrong(checks())


def test_an_account_without_role_finds_its_own_pages_and_nothing_else(walk):
    def checks() -> Iterator[str | None]:
        for route in walked(walk, "public", "signed_in", "password_given", "roles"):
            mine = walk.nobody.person
            if route.rule.arguments and route.access.kind != "roles":
                # The samples of such pages belong to the owner of side A.
                mine = walk.a.owner
            answer = walk.send(route, walk.a, mine)
            right = answer.status_code == 404 if route.access.kind == "roles" else opened(route, answer)
            yield None if right else f"{route}: {answer.status_code} for an account without role"

    nothing_wrong(checks())


def test_what_is_one_person_s_own_is_hidden_from_others(walk):
    def checks() -> Iterator[str | None]:
        for route in walked(walk, "signed_in", "password_given"):
            if not route.rule.arguments or route.endpoint in world.SHARED:
                continue
            answer = walk.send(route, walk.a, walk.nobody.person)
            yield None if answer.status_code == 404 else f"{route}: {answer.status_code} for somebody else"

    nothing_wrong(checks())


def test_each_role_opens_what_it_is_declared_for_and_nothing_else(walk):
    def checks() -> Iterator[str | None]:
        for route in walked(walk, "roles"):
            scopes = scopes_of(walk.thing(route, walk.a))
            for who in walk.holders:
                may = bool(usable_roles(route, scopes, who))
                answer = walk.send(route, walk.a, who.person)
                right = opened(route, answer) if may else answer.status_code == 404
                expected = "should open" if may else "should be hidden"
                yield None if right else f"{route}: {answer.status_code} for {who.name}, {expected}"

    nothing_wrong(checks())


def test_no_role_reaches_what_is_the_other_contract_s(walk):
    """Said without the models' own word: only the admin's scope spans both sides."""

    def checks() -> Iterator[str | None]:
        for route in walked(walk, "roles"):
            if not route.rule.arguments or route.endpoint in world.SHARED:
                continue
            for who in walk.holders:
                if Role.ADMIN in {grant.role for grant in who.grants} or not _may_hold(route, who):
                    continue
                answer = walk.send(route, walk.b, who.person)
                yield None if answer.status_code == 404 else f"{route}: {answer.status_code} for {who.name} of side a"

    nothing_wrong(checks())


def _may_hold(route: Route, who: Cast) -> bool:
    return bool({grant.role for grant in who.grants} & route.access.roles)


def test_somebody_recused_finds_nothing_of_the_application(walk):
    def checks() -> Iterator[str | None]:
        for route in walked(walk, "roles"):
            thing = walk.thing(route, walk.a)
            if thing is None or not _hangs_on_the_application(walk, thing):
                continue
            for who in walk.recused:
                if not _may_hold(route, who):
                    continue
                answer = walk.send(route, walk.a, who.person)
                hidden = answer.status_code == 404
                may = route.access.recused_may and bool(usable_roles(route, scopes_of(thing), who))
                right = opened(route, answer) if may else hidden
                yield None if right else f"{route}: {answer.status_code} for {who.name}"

    nothing_wrong(checks())


def _hangs_on_the_application(walk: World, thing: Any) -> bool:
    return walk.a.application in (thing, getattr(thing, "application", None))


def test_staff_without_their_second_factor_find_nothing(walk):
    def checks() -> Iterator[str | None]:
        for route in walked(walk, "roles"):
            scopes = scopes_of(walk.thing(route, walk.a))
            for who in walk.holders:
                if not usable_roles(route, scopes, who) & STAFF_ROLES:
                    continue
                visitor = Visitor(walk.app, who.person, second_factor=False)
                path = walk.address(route, walk.a)
                with stopped_commits():
                    answer = visitor.get(path) if route.method == "GET" else visitor.post(path)
                right = str(answer.location).startswith("/connexion/code")
                yield None if right else f"{route}: {answer.status_code} for {who.name} without second factor"
                break

    nothing_wrong(checks())


# -- the pages themselves ------------------------------------------------------------------------

INLINE = {
    "inline script": "//script[not(@src)][not(@type='application/json')]",
    "inline style": "//style | //*[@style]",
    "event handler": "//*[@*[starts-with(name(), 'on')]]",
    "third party": "//script[starts-with(@src, 'http')] | //link[starts-with(@href, 'http')]",
    "foreign picture": "//img[starts-with(@src, 'http')]",
}


def test_every_page_keeps_to_the_content_policy(walk):
    def checks() -> Iterator[str | None]:
        for route, answer in pages(walk):
            headers = answer.response.headers
            policy = headers.get("Content-Security-Policy", "")
            # A file may run nothing at all.
            is_file = answer.response.mimetype != "text/html" and policy == FILE_POLICY
            if not is_file and ("script-src 'self'" not in policy or "unsafe" in policy):
                yield f"{route}: policy {policy!r}"
            if headers.get("X-Content-Type-Options") != "nosniff":
                yield f"{route}: X-Content-Type-Options is missing"
            if answer.response.mimetype == "text/html":
                yield from (f"{route}: {name}" for name, path in INLINE.items() if answer.tree.xpath(path))
                yield None if len(answer.tree.xpath("//h1")) == 1 else f"{route}: not exactly one h1"

    nothing_wrong(checks())


def pages(walk: World) -> Iterator[tuple[Route, Answer]]:
    """Each page, opened by the first person who may."""
    for route in walk.routes():
        if route.method != "GET" or walk.missing(route) is not None:
            continue
        who: Person | None = None
        if route.access.kind in ("signed_in", "password_given"):
            who = walk.a.owner
        elif route.access.kind == "roles":
            scopes = scopes_of(walk.thing(route, walk.a))
            who = next((each.person for each in walk.holders if usable_roles(route, scopes, each)), None)
            if who is None:
                continue
        answer = walk.send(route, walk.a, who)
        if answer.status_code == 200:
            yield route, answer


def test_the_walk_leaves_the_world_as_it_was(walk):
    db.session.rollback()
    ended = db.session.execute(
        sa.select(sa.func.count()).select_from(world.Grant).where(world.Grant.ended_at.isnot(None))
    )
    assert ended.scalar_one() == 0
    assert db.session.execute(sa.select(Person.session_epoch).distinct()).scalars().all() == [0]
