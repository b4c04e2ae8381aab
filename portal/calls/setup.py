"""Put this room into the app."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from flask import Flask

from portal.accounts import access, scopes
from portal.accounts.models import Organisation, Person
from portal.accounts.queries import personal_data, structures, vault
from portal.accounts.rules import ScopeKind
from portal.calls import jobs, operations, views  # noqa: F401 - jobs register themselves
from portal.calls.models import Application, PreProject
from portal.calls.operations import archive
from portal.calls.queries import visibility
from portal.calls.queries.documents import requirement_labels, vault_uses
from portal.calls.queries.personal import messages_of_person, recusals_of_person
from portal.calls.queries.pre_projects import is_recused_from_note
from portal.calls.queries.scopes import call_scopes, organisation_filings
from portal.calls.rules.cycle import DIRECTION
from portal.calls.states import NEVER_FILED
from portal.foundation import outbox
from portal.foundation.web import navigation


def register(app: Flask) -> None:
    # Operations register their guards and jobs when imported; views their routes.
    for package in (operations, views):
        for module in iter_modules(package.__path__):
            import_module(f"{package.__name__}.{module.name}")
    access.veto(_recused)
    access.veto(_still_typed)
    scopes.offer(ScopeKind.CALL, call_scopes)
    scopes.offer_filings(organisation_filings)
    structures.hide(visibility.recused_organisations)
    vault.offer_uses(vault_uses)
    vault.offer_labels(requirement_labels)
    personal_data.offer("deports", recusals_of_person)
    personal_data.offer("messages", messages_of_person)
    app.register_blueprint(views.blueprint)
    outbox.periodic(archive.forget_archives)
    navigation.add_entry("Suivi des appels", "calls.call_list", lambda: bool(access.all_roles() & DIRECTION), 20)


def _recused(person: Person, thing: Any) -> bool:
    """A recused person's staff roles do not count on an application or note, its parts, nor its structure."""
    if isinstance(thing, Organisation):
        return visibility.is_recused_from(person.id, thing.id)
    if isinstance(thing, PreProject):
        return is_recused_from_note(person.id, thing)
    application = _application_of(thing)
    return application is not None and visibility.is_recused(person.id, application)


def _still_typed(person: Person, thing: Any) -> bool:
    """What the Direction types on behalf is a draft: nobody else of the contract reads it yet."""
    application = _application_of(thing)
    if application is None or application.status not in NEVER_FILED:
        return False
    contract_id = application.call.contract_id
    return not any(
        grant.role in DIRECTION and grant.scope_kind is ScopeKind.CONTRACT and grant.scope_id == contract_id
        for grant in access.held_grants(person.id)
    )


def _application_of(thing: Any) -> Application | None:
    """The application that a thing is, or is part of."""
    application = thing if isinstance(thing, Application) else getattr(thing, "application", None)
    return application if isinstance(application, Application) else None
