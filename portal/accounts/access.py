"""Who may open a route. Every route says it with one of these decorators, or the portal refuses it.

    @public                                  anybody
    @signed_in                               anybody with an account
    @password_given                          the same between the two steps of signing in
    @requires(Role.MANAGER, on=Call)         a role on the thing of the address (`call_id` → `call`)
    @requires(Role.OFFICER)                  a role somewhere (lists narrow themselves)

To an outsider a private thing answers 404 whether it exists or not; somebody signed out is sent
to the sign-in page first. Staff roles count only once the second factor was given.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, Protocol, TypeVar, cast

import sqlalchemy as sa
from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.accounts import resuming
from portal.accounts.models import Grant, Person
from portal.accounts.rules import STAFF_ROLES, HeldGrant, MemberLevel, Role, Scopes, roles_on
from portal.extensions import db
from portal.foundation.actors import Actor
from portal.foundation.marker import marker

View = TypeVar("View", bound=Callable[..., Any])


class Scoped(Protocol):
    """A thing that says which scopes contain it."""

    def access_scopes(self) -> Scopes: ...


@dataclass(frozen=True)
class AccessRule:
    """What a route declared. The access test reads it."""

    kind: str
    roles: frozenset[Role] = frozenset()
    on: type[Any] | None = None
    level: MemberLevel | None = None
    recused_may: bool = False
    narrowed_by: Callable[..., bool] | None = field(default=None, compare=False)
    even_absorbed: bool = False


Veto = Callable[[Person, Any], bool]
_vetoes: list[Veto] = []


def veto(check: Veto) -> Veto:
    """Register a reason (a recusal) for which a person's staff roles do not count on a thing."""
    if check not in _vetoes:
        _vetoes.append(check)
    return check


def public(view: View) -> View:
    """A route for anybody."""
    return _declare(view, AccessRule("public"))


def password_given(view: View) -> View:
    """A route between the two steps of signing in: the password was accepted, perhaps not the code."""

    @functools.wraps(view)
    def guarded(*args: Any, **values: Any) -> Any:
        return _to_sign_in() or view(*args, **values)

    return _declare(cast("View", guarded), AccessRule("password_given"))


def signed_in(view: View) -> View:
    """A route for anybody with an account."""

    @functools.wraps(view)
    def guarded(*args: Any, **values: Any) -> Any:
        return _gate() or view(*args, **values)

    return _declare(cast("View", guarded), AccessRule("signed_in"))


def requires(
    *roles: Role,
    on: type[Any] | None = None,
    level: MemberLevel | None = None,
    recused_may: bool = False,
    narrowed_by: Callable[..., bool] | None = None,
    even_absorbed: bool = False,
) -> Callable[[View], View]:
    """A route for those who hold one of `roles` on the thing of the address.

    `on` is a model with `access_scopes()`; the view receives the object under the table's name in
    place of `<table>_id`. `level` asks applicants for a level of membership. `recused_may` opens
    the page to somebody recused from the thing. `narrowed_by(person, thing, roles)` may narrow further.
    Without `on`, the role is enough wherever it is held. A page on an absorbed organisation leads to
    its successor's, unless it is `even_absorbed`.
    """
    rule = AccessRule("roles", frozenset(roles), on, level, recused_may, narrowed_by, even_absorbed)

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(*args: Any, **values: Any) -> Any:
            if (answer := _gate()) is not None:
                return answer
            thing = _thing_of(rule, values)
            held = _granted_on(thing, rule.level, rule.recused_may) if on else _granted_anywhere()
            wanted = held & rule.roles
            if not wanted or (rule.narrowed_by and not rule.narrowed_by(current_user, thing, wanted)):
                abort(404)
            if not _effective(wanted):
                return _to_second_factor()
            if (answer := _to_successor(rule, thing)) is not None:
                return answer
            # What the page is about, told once opened: the frame says when it is an invented contract.
            g.subject = thing
            return view(*args, **values)

        return _declare(cast("View", guarded), rule)

    return decorate


def _declare(view: View, rule: AccessRule) -> View:
    view.access = rule  # type: ignore[attr-defined]  # read by the gate below and by the access test
    return view


def _gate() -> Response | None:
    """Who set up a second factor gives it before anything else."""
    if (answer := _to_sign_in()) is not None:
        return answer
    return _to_second_factor() if current_user.totp_confirmed_at and not second_factor_given() else None


def _to_sign_in() -> Response | None:
    if current_user.is_authenticated:
        return None
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return resuming.session_over() or redirect(url_for("accounts.sign_in", next=wanted))


def _to_second_factor() -> Response:
    person = cast("Person", current_user)
    page = "accounts.second_factor" if person.totp_confirmed_at else "accounts.set_up_second_factor"
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for(page, next=wanted))


def _to_successor(rule: AccessRule, thing: Any) -> Response | None:
    """The same page of the organisation that absorbed the one of the address."""
    successor_id = getattr(thing, "merged_into_id", None)
    if successor_id is None or rule.even_absorbed:
        return None
    if request.method != "GET":
        abort(409, description="Cette structure a été réunie à une autre : ouvrez la page de celle-ci.")
    values = {**(request.view_args or {}), f"{thing.__tablename__}_id": successor_id}
    return redirect(url_for(request.endpoint or "", **values))


def _thing_of(rule: AccessRule, values: dict[str, Any]) -> Any:
    """Load the address's thing once and put it in the view's arguments under its table's name."""
    if rule.on is None:
        return None
    name = rule.on.__tablename__
    thing = db.session.get(rule.on, values.pop(f"{name}_id"))
    if thing is None:
        abort(404)
    values[name] = thing
    return thing


# -- the person of this request ------------------------------------------------------------------


def current_person() -> Person:
    """The signed-in person of a guarded route."""
    return cast("Person", current_user._get_current_object())


def current_actor() -> Actor:
    """The signed-in person as the author of events."""
    person = current_person()
    return Actor.person(person.id, person.display_name)


def held_grants(person_id: int) -> list[HeldGrant]:
    """The running grants of a person, read once per request."""
    cache: dict[int, list[HeldGrant]] = g.setdefault("held_grants", {})
    if person_id not in cache:
        rows = db.session.execute(
            sa.select(Grant.role, Grant.scope_kind, Grant.scope_id, Grant.level)
            .where(Grant.person_id == person_id, Grant.ended_at.is_(None))
            .order_by(Grant.id)
        )
        cache[person_id] = [HeldGrant(*row) for row in rows]
    return cache[person_id]


def my_grants() -> list[HeldGrant]:
    return held_grants(current_user.id) if current_user.is_authenticated else []


def usable_grants() -> list[HeldGrant]:
    """The signed-in person's grants that this session may use (what `visible_applications` takes)."""
    roles = _effective(frozenset(Role))
    return [grant for grant in my_grants() if grant.role in roles]


def all_roles() -> frozenset[Role]:
    """The roles the signed-in person holds anywhere and may use in this session."""
    return _effective(_granted_anywhere())


def my_scope_ids(*roles: Role) -> list[int]:
    """The ids of the scopes on which the signed-in person may use one of `roles`."""
    usable = _effective(frozenset(roles))
    return sorted({grant.scope_id for grant in my_grants() if grant.role in usable})


def roles_of(thing: Scoped, *, level: MemberLevel | None = None, recused_may: bool = False) -> frozenset[Role]:
    """The roles usable on `thing` in this session; a recused person keeps only the applicant's."""
    return _effective(_granted_on(thing, level, recused_may))


def _granted_anywhere() -> frozenset[Role]:
    return frozenset(grant.role for grant in my_grants())


def _granted_on(thing: Scoped, level: MemberLevel | None, recused_may: bool) -> frozenset[Role]:
    if not current_user.is_authenticated:
        return frozenset()
    held = roles_on(my_grants(), thing.access_scopes(), level)
    if held - {Role.APPLICANT} and not recused_may and any(check(current_user, thing) for check in _vetoes):
        return held & {Role.APPLICANT}
    return held


def _effective(roles: frozenset[Role]) -> frozenset[Role]:
    """Without its second factor a session cannot use staff roles."""
    return roles if second_factor_given() else roles - STAFF_ROLES


def may(thing: Scoped, *roles: Role, level: MemberLevel | None = None) -> bool:
    """Whether the signed-in person holds one of `roles` on `thing` (for showing a button)."""
    return bool(roles_of(thing, level=level) & set(roles))


def may_open(endpoint: str, thing: Scoped) -> bool:
    """Whether a page declares a role that the signed-in person holds on `thing` (for showing a link)."""
    rule = rule_of(current_app.view_functions[endpoint])
    return rule is not None and bool(roles_of(thing, level=rule.level) & rule.roles)


def second_factor_given() -> bool:
    """Whether this session passed the second factor, or may do without on a loopback demo."""
    return bool(session.get("second_factor")) or password_only_staff()


def password_only_staff() -> bool:
    """A demonstration on one's own machine: the database says demo, and nobody else can be asking.

    A proxy would make everybody look local, hence no forwarded request.
    """
    settings = current_app.config["PORTAL"]
    forwarded = any(name in request.headers for name in ("Forwarded", "X-Forwarded-For", "X-Real-IP"))
    return _loopback(settings.bind) and _loopback(request.remote_addr) and not forwarded and is_demo()


def is_demo() -> bool:
    """Whether the database was made as a demonstration; read once per request."""
    if "is_demo" not in g:
        g.is_demo = marker("demo") is not None
    return bool(g.is_demo)


def _loopback(address: str | None) -> bool:
    try:
        return address == "localhost" or ip_address(address or "").is_loopback
    except ValueError:
        return False


def organisations_of_person(person_id: int) -> sa.Select[tuple[int]]:
    """The ids of the organisations a person belongs to, as a subselect for lists."""
    return sa.select(Grant.scope_id).where(
        Grant.person_id == person_id, Grant.role == Role.APPLICANT, Grant.ended_at.is_(None)
    )


def unclassified(app: Flask) -> list[str]:
    """The endpoints that declare no access rule."""
    return sorted(name for name, view in app.view_functions.items() if name != "static" and rule_of(view) is None)


def rule_of(view: Callable[..., Any]) -> AccessRule | None:
    return getattr(view, "access", None)


def register(app: Flask) -> None:
    app.add_template_global(may)
    app.add_template_global(may_open)

    @app.before_request
    def _refuse_unclassified() -> None:
        view = app.view_functions.get(request.endpoint or "static")
        if request.endpoint not in (None, "static") and view is not None and rule_of(view) is None:
            raise RuntimeError(f"route {request.endpoint} declares no access rule")
