"""Reliquats: what was paid and not used, as its funder settles it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from portal.calls.models import FundingLine
from portal.calls.rules.cycle import FUNDER_SIDE
from portal.committee.models import Leftover
from portal.committee.operations.recusals import refuse_recused
from portal.committee.queries import payments as queries
from portal.committee.queries.letters import readers_of
from portal.committee.rules.acts import RECORDERS, acting_roles
from portal.committee.rules.payments import check_leftover
from portal.committee.states import LeftoverFate
from portal.contracts.models import FunderKind
from portal.extensions import db
from portal.foundation import clock, outbox
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.files import StoredFile, created_by
from portal.foundation.money import format_euros
from portal.foundation.periods import to_paris
from portal.foundation.refusals import Refusal
from portal.foundation.web.formats import date_fr


@dataclass(frozen=True)
class LeftoverTerms:
    """What a funder decides of what is left; cents."""

    amount_cents: int
    fate: LeftoverFate
    reason: str
    due_on: date | None = None


def settle_leftover(
    line: FundingLine, terms: LeftoverTerms, *, file: StoredFile | None, actor: Actor, roles: Iterable[str]
) -> Leftover:
    """Decide, or decide anew, of what is left of a line; the structure is told.

    Raises Refusal beside `amount`, `file`, `due_on` or `reason`.
    """
    # Two at once, or a payment being cancelled: the second waits here, then reads what the first left.
    db.session.refresh(line, with_for_update=True)
    refuse_recused(actor, line.application)
    _check_may(line, roles)
    known = queries.leftover_of(line)
    if known is not None and known.repaid_on is not None:
        raise Refusal("Ce reliquat a été reversé : il ne se modifie plus.")
    check_leftover(
        terms.amount_cents,
        paid_cents=line.paid_cents or 0,
        document=file is not None or (known is not None and known.file_id is not None),
        must_repay=terms.fate is LeftoverFate.REPAID,
        due_on=terms.due_on,
    )
    if not terms.reason.strip():
        raise Refusal("Indiquez le motif : il est communiqué au porteur.", "reason")
    leftover = known or Leftover(funding_line=line, version=0)
    leftover.amount_cents, leftover.fate, leftover.reason = terms.amount_cents, terms.fate, terms.reason.strip()
    leftover.due_on = terms.due_on if terms.fate is LeftoverFate.REPAID else None
    leftover.decided_at, leftover.decided_by_id = clock.now(), actor.person_id
    leftover.version += 1
    if file is not None:
        db.session.add(created_by(file, actor))
        db.session.flush()
        leftover.file_id = file.id
    db.session.add(leftover)
    db.session.flush()
    record(actor, "leftover.settled", leftover, line=line.id, fate=terms.fate, amount_cents=terms.amount_cents)
    _tell(leftover)
    return leftover


def record_repayment(leftover: Leftover, repaid_on: date, *, actor: Actor, roles: Iterable[str]) -> None:
    """The money came back."""
    db.session.refresh(leftover, with_for_update=True)
    line = leftover.funding_line
    refuse_recused(actor, line.application)
    _check_may(line, roles)
    if leftover.fate is not LeftoverFate.REPAID:
        raise Refusal("Ce reliquat n’est pas à reverser.")
    if leftover.repaid_on is not None:
        raise Refusal("C’est déjà fait : ce reliquat est reversé.")
    if repaid_on > to_paris(clock.now()).date():
        raise Refusal("Cette date est à venir.", "repaid_on")
    leftover.repaid_on = repaid_on
    leftover.version += 1
    record(actor, "leftover.repaid", leftover, line=line.id, repaid_on=repaid_on)


def _check_may(line: FundingLine, roles: Iterable[str]) -> None:
    held = acting_roles(roles, is_state=line.funder.kind is FunderKind.STATE)
    if not held & (RECORDERS | FUNDER_SIDE):
        raise Refusal("Vous n’avez pas qualité pour décider de ce reliquat.")


def _tell(leftover: Leftover) -> None:
    line = leftover.funding_line
    application = line.application
    for person_id, email in readers_of(application.organisation_id):
        outbox.mail(
            "leftover_settled",
            to=email,
            person_id=person_id,
            key=f"leftover:{leftover.id}:{leftover.version}:{person_id}",
            reference=application.reference,
            title=application.title,
            funder=line.funder.name,
            fate=leftover.fate.label.lower(),
            amount=format_euros(leftover.amount_cents),
            reason=leftover.reason,
            due_on=date_fr(leftover.due_on) if leftover.due_on else "",
            path=f"/dossiers/{application.id}/apres-decision",
        )
