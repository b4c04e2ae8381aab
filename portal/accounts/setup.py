"""Put this room into the app."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from flask import Flask
from flask_login import current_user

from portal.accounts import access, directory, jobs, models, resuming, sessions, views  # noqa: F401 - jobs know mails
from portal.accounts.operations import quarantine  # noqa: F401 - says what becomes of a file with a virus
from portal.accounts.rules import STAFF_ROLES, Role
from portal.extensions import db, login_manager
from portal.foundation.web import navigation

DEMO_NOTICE = "Démonstration : les personnes, les montants et les avis sont inventés."


def register(app: Flask) -> None:
    login_manager.user_loader(_load)
    sessions.register(app)
    resuming.register(app)
    access.register(app)
    # Views register their routes when imported, operations what follows a merged structure.
    for module in iter_modules(views.__path__):
        import_module(f"{views.__name__}.{module.name}")
    app.register_blueprint(views.blueprint)
    navigation.add_entry("Mes structures", "accounts.organisations", shown=_is_applicant, order=40)
    navigation.add_entry("Structures", "accounts.followed_structures", shown=_is_direction, order=78)
    navigation.add_entry("Personnes", "accounts.people", shown=_grants_roles, order=80)
    app.context_processor(_frame)
    app.add_template_global(directory.is_on, "directory_is_on")


def _load(session_id: str) -> models.Person | None:
    """The person of a session, unless the session was ended everywhere or the account closed."""
    person_id, _, epoch = session_id.partition(":")
    person = db.session.get(models.Person, int(person_id)) if person_id.isdigit() else None
    if person is None or not person.is_active or str(person.session_epoch) != epoch:
        return None
    return person


def _is_applicant() -> bool:
    """Whoever has an account and no staff role: structures are joined before anything else."""
    return bool(current_user.is_authenticated) and not access.all_roles() & STAFF_ROLES


def _is_direction() -> bool:
    return bool(access.all_roles() & {Role.OFFICER, Role.MANAGER})


def _grants_roles() -> bool:
    return bool(access.all_roles() & {Role.ADMIN, Role.MANAGER})


def _frame() -> dict[str, Any]:
    """What the layout shows of the account, and that a demonstration is one."""
    if navigation.bare_page():
        return {}
    known = current_user.is_authenticated
    return {
        "current_person": current_user if known else None,
        "nav_account": _account_entries() if known else _visitor_entries(),
        "demo_notice": DEMO_NOTICE if access.is_demo() else None,
    }


def _account_entries() -> list[navigation.Item]:
    return [
        navigation.item("Mon compte", "accounts.account"),
        navigation.item("Mes structures", "accounts.organisations"),
        navigation.item("Mes travaux", "accounts.tasks"),
        navigation.item("Se déconnecter", "accounts.sign_out", "post"),
    ]


def _visitor_entries() -> list[navigation.Item]:
    return [
        navigation.item("Se connecter", "accounts.sign_in"),
        navigation.item("Créer un compte", "accounts.sign_up"),
    ]
