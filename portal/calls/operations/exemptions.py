"""Granting one organisation, or one of its drafts, a later deadline; taking it back."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from portal.accounts.models import Organisation
from portal.calls.models import Application, Call, Exemption
from portal.calls.queries.writers import writers_of
from portal.calls.rules.calling import check_not_archived
from portal.calls.rules.deadlines import exempted
from portal.calls.states import ApplicationStatus
from portal.extensions import db
from portal.foundation import clock, outbox
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.refusals import Refusal
from portal.foundation.web.formats import datetime_fr


def grant_exemption(
    call: Call,
    organisation: Organisation,
    application: Application | None,
    until: datetime | None,
    reason: str,
    *,
    actor: Actor,
) -> Exemption:
    """Let an organisation file until a date (all it sends to the call, or one draft); its writers are told.

    A running exemption of the same thing is replaced. Raises Refusal on `until` or `reason`.
    """
    # Two managers at once: the second waits here, then replaces what the first granted.
    db.session.execute(sa.select(Call.id).where(Call.id == call.id).with_for_update())
    check_not_archived(call.status)
    if not reason.strip():
        raise Refusal("Indiquez le motif : il est lu par la structure.", "reason")
    if application is not None and (
        application.status is not ApplicationStatus.DRAFT
        or (application.call_id, application.organisation_id) != (call.id, organisation.id)
    ):
        raise Refusal("Ce brouillon n’attend plus de dépôt.", "application")
    now = clock.now()
    until = exempted(until, call.closes_at, now)
    for former in _running(call, organisation, application):
        _end(former, "Remplacée par une autre dérogation", now, actor)
    db.session.flush()
    made = Exemption(
        call=call, organisation=organisation, application=application, until=until, reason=reason.strip(),
        granted_at=now, granted_by_id=actor.person_id,
    )  # fmt: skip
    db.session.add(made)
    record(
        actor, "exemption.granted", made, application_id=made.application_id, until=until, reason=made.reason,
        organisation=organisation.id, call=call.id,
    )  # fmt: skip
    _tell(made, "exemption_granted", made.reason)
    return made


def revoke_exemption(exemption: Exemption, reason: str, *, actor: Actor) -> None:
    """Take an exemption back; whoever is filing at that instant has filed before, or no more."""
    db.session.refresh(exemption, with_for_update=True)
    if exemption.ended_at is not None:
        raise Refusal("Cette dérogation a déjà pris fin.")
    if not reason.strip():
        raise Refusal("Indiquez pourquoi : la structure le lira.", "reason")
    _end(exemption, reason.strip(), clock.now(), actor)
    _tell(exemption, "exemption_revoked", reason.strip())


def _running(call: Call, organisation: Organisation, application: Application | None) -> list[Exemption]:
    same = Exemption.application_id.is_(None) if application is None else Exemption.application_id == application.id
    statement = sa.select(Exemption).where(
        Exemption.call_id == call.id, Exemption.organisation_id == organisation.id, same, Exemption.ended_at.is_(None)
    )
    return list(db.session.execute(statement.with_for_update()).scalars())


def _end(exemption: Exemption, reason: str, now: datetime, actor: Actor) -> None:
    exemption.ended_at, exemption.ended_by_id, exemption.ended_reason = now, actor.person_id, reason
    record(actor, "exemption.ended", exemption, application_id=exemption.application_id, reason=reason)


def _tell(exemption: Exemption, template: str, reason: str) -> None:
    db.session.flush()
    application = exemption.application
    for member in writers_of(exemption.organisation_id):
        outbox.mail(
            template,
            to=member.email,
            key=f"{template}:{exemption.id}:{member.person_id}",
            person_id=member.person_id,
            call_title=exemption.call.title,
            closing=datetime_fr(exemption.call.closes_at),
            organisation=exemption.organisation.name,
            title=(application.title or application.reference) if application else "",
            until=datetime_fr(exemption.until),
            reason=reason,
            page=f"/dossiers/{application.id}" if application else f"/appels/{exemption.call_id}/deposer",
        )
