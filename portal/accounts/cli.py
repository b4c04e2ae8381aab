"""`portal user`: the first admin, and roles given from the machine itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click
from flask import current_app

from portal.accounts import links
from portal.accounts.models import Person
from portal.accounts.operations import grants, people
from portal.accounts.queries.people import person_by_email
from portal.accounts.rules import INSTANCE_ID, MemberLevel, Role, ScopeKind
from portal.accounts.rules.credentials import email_address
from portal.foundation.actors import SYSTEM
from portal.foundation.cli import with_app
from portal.foundation.database import in_unit_of_work
from portal.foundation.refusals import Refusal

T = TypeVar("T")


@click.group("user")
def user() -> None:
    """Les comptes et leurs rôles."""


@user.command("create-admin")
@click.argument("email")
@click.option("--given-name", default="Administration", show_default=True)
@click.option("--family-name", default="du portail", show_default=True)
@with_app
def create_admin(email: str, given_name: str, family_name: str) -> None:
    """Donne l’administration du portail à EMAIL et affiche le lien pour choisir un mot de passe."""
    person = _attempt(lambda: _admin(email_address(email), given_name, family_name))
    kind = links.LinkKind.RESET if person.confirmed_at else links.LinkKind.INVITATION
    click.echo(f"{person.email} administre le portail. Lien pour choisir un mot de passe :")
    click.echo(f"{current_app.config['PORTAL'].base_url}/mot-de-passe/{links.make(kind, person)}")


def _admin(email: str, given_name: str, family_name: str) -> Person:
    person = person_by_email(email) or people.new_person(given_name, family_name, email)
    if grants.running_grant(person.id, Role.ADMIN, ScopeKind.INSTANCE, INSTANCE_ID) is None:
        grants.give(person, Role.ADMIN, ScopeKind.INSTANCE, INSTANCE_ID, actor=SYSTEM)
    return person


@user.command("grant")
@click.argument("email")
@click.argument("role", type=click.Choice([role.value for role in Role]))
@click.argument("scope")
@click.option("--level", type=click.Choice([level.value for level in MemberLevel]), help="niveau d’un porteur")
@with_app
def grant(email: str, role: str, scope: str, level: str | None) -> None:
    """Donne ROLE sur SCOPE (« contract:1 », « call:3 », « instance ») à un compte existant."""
    kind, scope_id = _scope(scope)
    person = person_by_email(email)
    if person is None:
        raise click.ClickException(f"Aucun compte n’a l’adresse {email}.")
    given = MemberLevel(level) if level else (MemberLevel.EDITOR if role == Role.APPLICANT else None)
    _attempt(lambda: grants.give(person, Role(role), kind, scope_id, level=given, actor=SYSTEM))
    click.echo(f"{person.email} : {Role(role).label} sur {scope}.")


def _scope(text: str) -> tuple[ScopeKind, int]:
    kind, _, number = text.partition(":")
    if kind == ScopeKind.INSTANCE:
        return ScopeKind.INSTANCE, INSTANCE_ID
    if kind not in set(ScopeKind) or not number.isdigit():
        raise click.ClickException(f"Écrivez la portée comme contract:1, et non {text!r}.")
    return ScopeKind(kind), int(number)


def _attempt(operation: Callable[[], T]) -> T:
    try:
        return in_unit_of_work(operation)
    except Refusal as refusal:
        raise click.ClickException(refusal.message) from None


commands = [user]
