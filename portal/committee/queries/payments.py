"""What was granted, paid, and is still to be paid: a fixed number of queries whatever the lines."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from portal.accounts.models import BankAccount
from portal.accounts.queries.banking import state_of
from portal.accounts.rules.banking import frozen_because
from portal.calls.models import Application, Call, FundingLine
from portal.calls.states import FundingStatus
from portal.committee.models import (
    Convention,
    ConventionAction,
    FundingAct,
    FundingActLine,
    Leftover,
    Letter,
    Payment,
    Tranche,
)
from portal.committee.queries.convention_need import under_convention
from portal.committee.rules import payments as rules
from portal.committee.states import ConventionStatus, LetterKind
from portal.extensions import db
from portal.foundation.folding import fold
from portal.foundation.periods import to_paris

GRANTED = (FundingStatus.GRANTED, *sorted(rules.TOLD))

BilanSource = Callable[[Collection[int]], dict[int, date]]
_bilan_sources: list[BilanSource] = []


def register_accepted_bilans(source: BilanSource) -> BilanSource:
    """Register who knows on which day the final bilan of an application was accepted, by its id."""
    if source not in _bilan_sources:
        _bilan_sources.append(source)
    return source


@dataclass(frozen=True)
class Course:
    """A granted line, what was paid of it and what is to come."""

    line: FundingLine
    act: FundingAct | None
    grant: rules.Grant
    expected: list[rules.Expected]
    payments: list[Payment]
    leftover: Leftover | None
    convention_id: int | None

    @property
    def paid_cents(self) -> int:
        return self.line.paid_cents or 0

    @property
    def left_cents(self) -> int:
        return rules.total(self.expected)


def why_frozen(organisation_ids: Collection[int]) -> dict[int, str]:
    """Why nothing may be paid to some organisations, in words, by id: their account waits for its call-back."""
    rows = db.session.scalars(
        sa.select(BankAccount).where(
            BankAccount.organisation_id.in_(organisation_ids), BankAccount.replaced_at.is_(None)
        )
    )
    accounts = {account.organisation_id: account for account in rows}
    reasons = {each: frozen_because(state_of(accounts.get(each))) for each in organisation_ids}
    return {each: words for each, words in reasons.items() if words}


def granted_lines() -> sa.Select[tuple[FundingLine]]:
    """Granted lines with their application, to be narrowed and ordered."""
    return (
        sa.select(FundingLine)
        .join(Application, Application.id == FundingLine.application_id)
        .join(Call, Call.id == Application.call_id)
        .where(FundingLine.status.in_(GRANTED))
        .options(
            contains_eager(FundingLine.application).joinedload(Application.organisation),
            contains_eager(FundingLine.application).contains_eager(Application.call).joinedload(Call.contract),
            joinedload(FundingLine.funder),
        )
    )


def lines_of_application(application_id: int, statuses: Collection[FundingStatus] = GRANTED) -> list[FundingLine]:
    statement = granted_lines().where(FundingLine.application_id == application_id, FundingLine.status.in_(statuses))
    return list(db.session.scalars(statement.order_by(FundingLine.id)))


def courses(lines: Sequence[FundingLine]) -> list[Course]:
    """What became of granted lines, in the order given."""
    ids = [line.id for line in lines]
    acts, notified = _acts(ids), _notified_on(ids)
    conventions, payments, leftovers = _conventions(ids), _payments(ids), _leftovers(ids)
    needing = under_convention(lines)
    frozen = why_frozen({line.application.organisation_id for line in lines})
    accepted: dict[int, date] = {}
    for source in _bilan_sources:
        accepted |= source({line.application_id for line in lines})
    found = []
    for line in lines:
        convention, parts = conventions.get(line.id, (None, ()))
        signed = convention.signed_on if convention and convention.status is not ConventionStatus.DRAFTED else None
        grant = rules.Grant(
            granted_cents=line.granted_cents or 0,
            paid_cents=line.paid_cents or 0,
            days=convention.payment_days if convention else line.application.call.contract.payment_days,
            notified_on=notified.get(line.id),
            needs_convention=line.id in needing,
            signed_on=signed if convention and convention.accepted_at else None,
            bilan_accepted_on=accepted.get(line.application_id),
            parts=parts,
            frozen=frozen.get(line.application.organisation_id),
            is_over=line.status is FundingStatus.PAID,
        )
        found.append(
            Course(
                line,
                acts.get(line.id),
                grant,
                rules.expected(grant),
                payments.get(line.id, []),
                leftovers.get(line.id),
                convention.id if convention else None,
            )
        )
    return found


def _acts(line_ids: Collection[int]) -> dict[int, FundingAct]:
    rows = db.session.execute(
        sa.select(FundingActLine.funding_line_id, FundingAct)
        .join(FundingAct, FundingAct.id == FundingActLine.act_id)
        .where(FundingActLine.funding_line_id.in_(line_ids))
    )
    return dict(rows.tuples().all())


def _notified_on(line_ids: Collection[int]) -> dict[int, date]:
    """The day the letter of its act was sent, by line."""
    rows = db.session.execute(
        sa.select(FundingLine.id, Letter.sent_at)
        .join(FundingActLine, FundingActLine.funding_line_id == FundingLine.id)
        .join(
            Letter,
            sa.and_(
                Letter.act_id == FundingActLine.act_id,
                Letter.application_id == FundingLine.application_id,
                Letter.kind == LetterKind.GRANT,
            ),
        )
        .where(FundingLine.id.in_(line_ids), Letter.sent_at.is_not(None))
    )
    return {line_id: to_paris(sent_at).date() for line_id, sent_at in rows}


def _conventions(line_ids: Collection[int]) -> dict[int, tuple[Convention, tuple[rules.Part, ...]]]:
    rows = db.session.execute(
        sa.select(ConventionAction.funding_line_id, Convention, Tranche.condition, Tranche.amount_cents)
        .join(Convention, Convention.id == ConventionAction.convention_id)
        .outerjoin(Tranche, Tranche.action_id == ConventionAction.id)
        .where(ConventionAction.funding_line_id.in_(line_ids))
        .order_by(Tranche.position)
    )
    found: dict[int, tuple[Convention, tuple[rules.Part, ...]]] = {}
    for line_id, convention, condition, cents in rows:
        known = found.get(line_id, (convention, ()))[1]
        found[line_id] = (convention, (*known, rules.Part(condition, cents)) if condition else known)
    return found


def _payments(line_ids: Collection[int]) -> dict[int, list[Payment]]:
    """What was paid and not cancelled, the first first."""
    found: dict[int, list[Payment]] = {}
    for payment in db.session.scalars(
        sa.select(Payment)
        .where(Payment.funding_line_id.in_(line_ids), Payment.cancelled_at.is_(None))
        .order_by(Payment.paid_on, Payment.id)
    ):
        found.setdefault(payment.funding_line_id, []).append(payment)
    return found


def payment_named(line: FundingLine, reference: str) -> Payment | None:
    """The payment of a line under a reference, accents and case aside; those cancelled left out."""
    made = _payments([line.id]).get(line.id, [])
    return next((each for each in made if fold(each.transfer_ref) == fold(reference.strip())), None)


def _leftovers(line_ids: Collection[int]) -> dict[int, Leftover]:
    rows = db.session.scalars(sa.select(Leftover).where(Leftover.funding_line_id.in_(line_ids)))
    return {leftover.funding_line_id: leftover for leftover in rows}


def act_of(line: FundingLine) -> FundingAct | None:
    return _acts([line.id]).get(line.id)


def leftover_of(line: FundingLine) -> Leftover | None:
    return _leftovers([line.id]).get(line.id)
