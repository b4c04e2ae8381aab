"""Beginning, abandoning and withdrawing an application."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from portal.accounts.models import Organisation
from portal.accounts.rules import Role
from portal.accounts.rules.merging import check_may_file
from portal.calls.models import Application, Call
from portal.calls.operations.cycle import move_application
from portal.calls.queries import filing as queries
from portal.calls.queries.deadlines import window_to_begin
from portal.calls.queries.writers import direction_of, writers_of
from portal.calls.rules import cycle
from portal.calls.rules.calling import is_open
from portal.calls.states import ApplicationStatus, Origin
from portal.extensions import db
from portal.foundation import clock, outbox
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.periods import to_paris
from portal.foundation.refusals import Refusal


def start_application(
    call: Call, organisation: Organisation, *, actor: Actor, origin: Origin = Origin.ONLINE
) -> Application:
    """A new draft, with the next number of its call. A second click finds the first click's draft.

    Raises Refusal when the call takes no application now (a paper one, typed on behalf, may come later).
    """
    if origin is Origin.ONLINE and not is_open(window_to_begin(call, [organisation.id]), clock.now()):
        raise Refusal("Cet appel à projets n’est pas ouvert.")
    check_may_file(organisation.merged_into_id, organisation.dissolved_on, to_paris(clock.now()).date())
    # Numbers follow each other: whoever begins waits here for whoever is beginning.
    db.session.execute(sa.select(Call.id).where(Call.id == call.id).with_for_update())
    if actor.person_id is not None:
        begun = queries.untouched_draft(call.id, organisation.id, actor.person_id)
        if begun is not None:
            return begun
    application = Application(
        call_id=call.id,
        organisation_id=organisation.id,
        number=queries.last_number(call.id) + 1,
        origin=origin,
        status=ApplicationStatus.DRAFT,
        title="",
        title_fold="",
        contact_name=organisation.contact_name,
        contact_email=organisation.contact_email,
        contact_phone=organisation.contact_phone,
        created_at=clock.now(),
        created_by_id=actor.person_id,
    )
    db.session.add(application)
    record(actor, "application.created", application, call=call.id, origin=origin)
    return application


def abandon(application: Application, *, actor: Actor, roles: Iterable[str]) -> None:
    """Give a draft up; it leaves the applicant's work and is kept until retention purges it."""
    move_application(application, "abandon", actor=actor, roles=roles)


def recover(application: Application, *, actor: Actor, roles: Iterable[str]) -> None:
    """Take a draft up again after giving it up."""
    move_application(application, "recover", actor=actor, roles=roles)


def withdraw(application: Application, reason: str, *, actor: Actor, roles: Iterable[str]) -> None:
    """Take a filed application back, with its reason; the Direction and its other writers are told."""
    roles = frozenset(roles)
    move_application(application, "withdraw", actor=actor, roles=roles, reason=reason.strip())
    own_side = Role.APPLICANT in roles
    told = [(each, f"/dossiers/{application.id}/instruction") for each in direction_of(application)]
    told += [(each, f"/dossiers/{application.id}") for each in writers_of(application.organisation_id)]
    for each, page in told:
        if each.person_id == actor.person_id:
            continue
        outbox.mail(
            "application_withdrawn",
            to=each.email,
            key=f"application_withdrawn:{application.id}:{each.person_id}",
            person_id=each.person_id,
            reference=application.reference,
            title=application.title,
            organisation=application.organisation.name,
            by="sa structure" if own_side else "la Direction",
            reason=reason.strip(),
            page=page,
        )


@cycle.APPLICATION.guard("reason_given")
def _reason_given(_application: Application, *, reason: str = "", **_values: object) -> None:
    if not reason.strip():
        raise Refusal("Indiquez le motif.", "reason")
