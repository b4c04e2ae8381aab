"""Closing the applications for which nothing is pending."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from portal.calls.models import Application
from portal.calls.operations.cycle import move_application
from portal.calls.rules import cycle
from portal.committee.operations.recusals import refuse_recused
from portal.committee.queries.closing import facts_of
from portal.committee.rules.closing import pending
from portal.extensions import db
from portal.foundation.actors import Actor
from portal.foundation.refusals import Refusal


@cycle.APPLICATION.guard("nothing_pending")
def nothing_pending(application: Application, **_: object) -> None:
    """Every funder has decided and everything decided was notified."""
    waiting = pending(facts_of({application.id: application.status})[application.id])
    if waiting:
        raise Refusal(f"Le dossier {application.reference} ne peut pas être clos. {' '.join(waiting)}")


def close_application(application: Application, *, actor: Actor, roles: Iterable[str]) -> None:
    """Close one application."""
    refuse_recused(actor, application)
    db.session.refresh(application, with_for_update=True)
    move_application(application, "close", actor=actor, roles=roles)


def close_applications(applications: Collection[Application], *, actor: Actor, roles: Iterable[str]) -> None:
    """Close several, all or none."""
    if not applications:
        raise Refusal("Choisissez au moins un dossier.")
    held = frozenset(roles)
    for application in applications:
        close_application(application, actor=actor, roles=held)
