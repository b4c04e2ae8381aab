"""Keeping the number that DAUPHIN gave to what an application asks of the State."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from portal.accounts.rules import Role
from portal.calls.models import Application, Call, FundingLine
from portal.calls.operations.cycle import follows, move_funding
from portal.calls.queries import dauphin as queries
from portal.calls.queries.visibility import is_recused
from portal.calls.rules import cycle
from portal.calls.rules.dauphin import TAKEN, check_removal, checked_number, may_applicant_give
from portal.calls.states import NEVER_FILED, DauphinRule, FundingStatus
from portal.extensions import db
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.refusals import Refusal


def keep_number(application: Application, text: str, *, actor: Actor, roles: Iterable[str]) -> FundingLine:
    """Write, correct or take away the number, on the line of what is asked of the State.

    Where the call says « DAUPHIN d'abord », a request that waits is then told as filed there. Raises Refusal
    beside `number`: unreadable, another application's, or too late for its organisation.
    """
    line = queries.state_line(application)
    if line is None:
        raise Refusal("Ce dossier ne demande rien à l’État sur ses crédits de la politique de la ville.", "number")
    if actor.person_id is not None and is_recused(actor.person_id, application):
        raise Refusal("Vous vous êtes déporté·e de ce dossier : vous ne pouvez pas y intervenir.")
    if not _speaks(application, line, set(roles)):
        raise Refusal("L’État a répondu à cette demande : demandez à la Direction de corriger le numéro.", "number")
    number = checked_number(text)
    if not number:
        check_removal(line.status)
    else:
        claim_number(application, number)
    if (line.external_ref or "") == number:
        return line
    before, line.external_ref = line.external_ref, number or None
    line.version += 1
    record(actor, "funding.number_given", line, number=[before, line.external_ref])
    if application.status not in NEVER_FILED:
        _tell_filed_there(line, actor)
    _bump(application.call_id)
    return line


def keep_status(line: FundingLine, words: str, *, actor: Actor) -> None:
    """Keep where the request stands in the State's tool, in that tool's words; it moves nothing here."""
    if line.external_status == words:
        return
    before, line.external_status = line.external_status, words
    record(actor, "funding.status_told", line, status=[before, words])


def claim_number(application: Application, number: str, field: str = "number") -> None:
    """Raises Refusal when another application of the call has the number. Two that give it at once wait here."""
    db.session.execute(sa.select(Call.id).where(Call.id == application.call_id).with_for_update())
    holder = queries.other_holder(application.call_id, application.id, number)
    if holder is not None:
        raise Refusal(TAKEN, field)


def _speaks(application: Application, line: FundingLine, roles: set[str]) -> bool:
    if roles & (cycle.DIRECTION | cycle.FUNDER_SIDE):
        return True
    return Role.APPLICANT in roles and may_applicant_give(application.status, line.status)


@follows("application.submitted")
def tell_filed_there(application: Application, *, actor: Actor) -> None:
    """At filing, what was filed on DAUPHIN first is told so to those who instruct it."""
    line = queries.state_line(application)
    if line is not None:
        _tell_filed_there(line, actor)


def _tell_filed_there(line: FundingLine, actor: Actor) -> None:
    """The number is the proof: whoever may give it is asked no further role."""
    first = line.application.call.dauphin_rule is not DauphinRule.OFF
    if first and line.external_ref and line.status is FundingStatus.REQUESTED:
        step = cycle.FUNDING.steps["file_elsewhere"]
        move_funding(line, step.name, actor=actor, roles=step.by, reference=line.external_ref)


def _bump(call_id: int) -> None:
    """The pages of the programming table show the number."""
    db.session.execute(
        sa.update(Call).where(Call.id == call_id).values(table_revision=Call.table_revision + 1),
        execution_options={"synchronize_session": False},
    )
