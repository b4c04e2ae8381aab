"""Payments that funders made, and what stops them. Cents."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import cast

import sqlalchemy as sa
from sqlalchemy import CursorResult

from portal.accounts.queries.banking import why_payments_wait
from portal.calls.models import Application, FundingLine
from portal.calls.operations.cycle import follows, move_funding
from portal.calls.operations.envelopes import draw
from portal.calls.rules import cycle
from portal.calls.states import FundingStatus
from portal.committee.models import Payment
from portal.committee.operations.arbitration import bump_table
from portal.committee.operations.recusals import refuse_recused
from portal.committee.queries import payments as queries
from portal.committee.rules import payments as rules
from portal.committee.rules.acts import acting_roles
from portal.contracts.models import FunderKind
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.money import format_euros
from portal.foundation.periods import to_paris
from portal.foundation.refusals import Refusal
from portal.foundation.web.formats import date_fr


@cycle.FUNDING.guard("account_checked")
def account_checked(line: FundingLine, **_: object) -> None:
    """A new bank account is called back before any money goes to it."""
    if words := why_payments_wait(line.application.organisation_id):
        raise Refusal(words)


def record_payment(
    line: FundingLine, cents: int, paid_on: date, reference: str, *, actor: Actor, roles: Iterable[str]
) -> Payment:
    """Record money paid on a notified line; the last payment ends its course.

    Raises Refusal beside `amount`, `paid_on` or `reference`, which serves once on a line.
    """
    _lock(line)
    refuse_recused(actor, line.application)
    act = queries.act_of(line)
    rules.check_payment(
        cents,
        paid_on,
        granted_cents=line.granted_cents or 0,
        paid_cents=line.paid_cents or 0,
        decided_on=act.decided_on if act else None,
        today=to_paris(clock.now()).date(),
    )
    if not reference.strip():
        raise Refusal("Indiquez la référence du versement : mandat, virement…", "reference")
    _check_new(line, reference)
    whole = (line.paid_cents or 0) + cents == line.granted_cents
    move_funding(line, "pay" if whole else "pay_in_part", actor=actor, roles=_held(line, roles), amount_cents=cents)
    _pay(line, cents)
    payment = Payment(
        funding_line=line,
        amount_cents=cents,
        paid_on=paid_on,
        transfer_ref=reference.strip(),
        recorded_at=clock.now(),
        recorded_by_id=actor.person_id,
    )
    db.session.add(payment)
    db.session.flush()
    record(
        actor,
        "payment.recorded",
        payment,
        application_id=line.application_id,
        line=line.id,
        amount_cents=cents,
        paid_on=paid_on,
    )
    bump_table(line.application.call_id)
    return payment


def _check_new(line: FundingLine, reference: str) -> None:
    """A button pressed twice is one payment: as in the files of payments, a reference is on a line once."""
    known = queries.payment_named(line, reference)
    if known is not None:
        told = f"{format_euros(known.amount_cents)} le {date_fr(known.paid_on)}"
        raise Refusal(f"Un versement de ce financement porte déjà cette référence : {told}.", "reference")


def cancel_payment(payment: Payment, reason: str, *, actor: Actor, roles: Iterable[str]) -> None:
    """Take back a payment entered by mistake; it stays in the journal with its reason."""
    line = payment.funding_line
    _lock(line)
    refuse_recused(actor, line.application)
    db.session.refresh(payment, with_for_update=True)
    if payment.cancelled_at is not None:
        raise Refusal("C’est déjà fait : ce versement est annulé.")
    leftover = queries.leftover_of(line)
    left = (line.paid_cents or 0) - payment.amount_cents
    if leftover is not None and leftover.amount_cents > left:
        raise Refusal("Un reliquat porte sur cette somme : revoyez-le d’abord.")
    step = "take_back_in_part" if left else "take_back"
    move_funding(line, step, actor=actor, roles=_held(line, roles), reason=reason, amount_cents=payment.amount_cents)
    _pay(line, -payment.amount_cents)
    payment.cancelled_at, payment.cancel_reason = clock.now(), reason.strip()
    record(
        actor,
        "payment.cancelled",
        payment,
        application_id=line.application_id,
        line=line.id,
        reason=payment.cancel_reason,
    )
    bump_table(line.application.call_id)


def _lock(line: FundingLine) -> None:
    db.session.flush()
    db.session.refresh(line, with_for_update=True)


def _held(line: FundingLine, roles: Iterable[str]) -> frozenset[str]:
    return acting_roles(roles, is_state=line.funder.kind is FunderKind.STATE)


def _pay(line: FundingLine, cents: int) -> None:
    """Move what was paid by one UPDATE: two writers cannot go beyond the grant between them."""
    db.session.flush()
    paid = sa.func.coalesce(FundingLine.paid_cents, 0) + cents
    moved = cast(
        CursorResult[object],
        db.session.execute(
            sa.update(FundingLine)
            .where(FundingLine.id == line.id, paid >= 0, paid <= FundingLine.granted_cents)
            .values(paid_cents=paid)
            .execution_options(synchronize_session=False)
        ),
    ).rowcount
    if not moved:
        raise Refusal(rules.beyond((line.granted_cents or 0) - (line.paid_cents or 0)), "amount")
    db.session.refresh(line)


# -- money given up -----------------------------------------------------------------------------


def stop(line: FundingLine, reason: str, *, actor: Actor, roles: Iterable[str]) -> None:
    """Pay no more than what was paid: the rest goes back to the envelope."""
    _lock(line)
    refuse_recused(actor, line.application)
    freed = (line.granted_cents or 0) - (line.paid_cents or 0)
    move_funding(line, "stop_at_paid", actor=actor, roles=_held(line, roles), reason=reason, freed_cents=freed)
    _give_back(line, line.paid_cents or 0, freed)


def renounce(line: FundingLine, reason: str, *, actor: Actor, roles: Iterable[str]) -> None:
    """Give a grant, or a request, up: whatever its envelope had put there is free again."""
    _lock(line)
    freed = line.granted_cents
    move_funding(line, "renounce", actor=actor, roles=roles, reason=reason, freed_cents=freed or 0)
    if freed is not None:
        _give_back(line, 0, freed)


def _give_back(line: FundingLine, granted_cents: int, freed_cents: int) -> None:
    line.granted_cents = granted_cents
    db.session.flush()
    if line.envelope_id is not None:
        draw(line.envelope_id, -freed_cents)
    bump_table(line.application.call_id)


@follows("application.not_carried_out")
def free_money(application: Application, *, actor: Actor) -> None:
    """An action that does not take place: what is not paid is given up, what is stays to be repaid.

    Whoever may say that it does not take place may give its money up: no further role is asked.
    """
    roles = cycle.APPLICATION.steps["not_carried_out"].by
    reason = "Action non réalisée"
    for line in list(application.funding_lines):
        if line.status in cycle.FUNDING.steps["renounce"].sources:
            renounce(line, reason, actor=actor, roles=roles)
        elif line.status is FundingStatus.PAID_IN_PART:
            stop(line, reason, actor=actor, roles=roles)
