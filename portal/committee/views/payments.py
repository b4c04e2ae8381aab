"""Payments as the funders' side follows them: those of a call, and the course of one funding line."""

from __future__ import annotations

from collections.abc import Collection

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, current_person, my_scope_ids, requires, roles_of, usable_grants
from portal.accounts.rules import Role
from portal.calls.models import Call, FundingLine
from portal.calls.queries.visibility import visible_applications
from portal.calls.rules.cycle import DIRECTION, FUNDER_SIDE, FUNDING
from portal.calls.states import FundingStatus
from portal.committee.forms.payments import LeftoverForm, PaymentForm, RepaymentForm, ToldReasonForm
from portal.committee.models import Leftover, Payment
from portal.committee.operations import leftovers
from portal.committee.operations import payments as operations
from portal.committee.queries import payment_lists as lists
from portal.committee.queries import payments as queries
from portal.committee.queries.doors import doors_of
from portal.committee.rules.acts import acting_roles
from portal.committee.rules.payments import PAYABLE, TOLD
from portal.committee.views import blueprint
from portal.contracts.models import FunderKind
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.files import ACCEPT, StoredFile, attachment
from portal.foundation.pagination import asked_page
from portal.foundation.periods import to_paris
from portal.foundation.web.requests import takes_files

FUNDER_PEOPLE = (Role.FUNDER_AGENT, Role.STATE_OFFICER)
READERS = (Role.OFFICER, Role.MANAGER, Role.DELEGATE, *FUNDER_PEOPLE)
PAYERS = frozenset({Role.MANAGER, *FUNDER_SIDE})


def of_own_funder(_person: object, thing: FundingLine | Payment | Leftover, roles: Collection[Role]) -> bool:
    """The délégué du Préfet follows the State's money only."""
    line = thing if isinstance(thing, FundingLine) else thing.funding_line
    return bool(acting_roles(roles, is_state=line.funder.kind is FunderKind.STATE))


def told_to_reader(person: object, leftover: Leftover, roles: Collection[Role]) -> bool:
    """The structure reads its own; the funders' side as everywhere."""
    return Role.APPLICANT in roles or of_own_funder(person, leftover, roles)


reads = requires(*READERS, on=FundingLine, narrowed_by=of_own_funder)
pays = requires(*PAYERS, on=FundingLine, narrowed_by=of_own_funder)


@blueprint.get("/programmation/<int:call_id>/versements")
@requires(*READERS, on=Call)
def payments(call: Call) -> ResponseReturnValue:
    """What is to be paid in a call: all of it for the Direction, their own lines for funders."""
    roles, mine = roles_of(call), frozenset(my_scope_ids(*FUNDER_PEOPLE))
    funder_ids = None if roles & {*DIRECTION, Role.DELEGATE} else mine
    visible = visible_applications(current_person().id, usable_grants())
    page = lists.granted_of_call(call.id, visible, funder_ids, asked_page())
    return render_template(
        "committee/payments/list.html",
        call=call,
        page=page,
        rows=queries.courses([row[0] for row in page.rows]),
        totals=lists.totals_by_funder(call.id, visible, funder_ids),
        today=to_paris(clock.now()).date(),
        directs=bool(roles & DIRECTION),
        opens=lambda line: _opens(line, roles, mine),
        doors_of=lambda funder_id, is_state: doors_of(call, funder_id, is_state),
    )


def _opens(line: FundingLine, roles: Collection[Role], mine: Collection[int]) -> bool:
    """Whether the reader of the list follows a line: the Direction all, the délégué the State's, funders their own."""
    if set(roles) & DIRECTION or line.funder_id in mine:
        return True
    return Role.DELEGATE in roles and line.funder.kind is FunderKind.STATE


@blueprint.route("/programmation/lignes/<int:funding_line_id>/versements", methods=["GET", "POST"])
@reads
def line_payments(funding_line: FundingLine) -> ResponseReturnValue:
    """The course of one line; POST records a payment."""
    line = funding_line
    (course,) = queries.courses([line])
    held = _held(line)
    form = PaymentForm(
        amount=course.expected[0].amount_cents if course.expected else None, paid_on=to_paris(clock.now()).date()
    )
    if form.is_submitted() and not held & PAYERS:
        abort(404)
    if form.validate_on_submit() and form.attempt(
        operations.record_payment,
        line,
        form.amount.data,
        form.paid_on.data,
        form.reference.data or "",
        actor=current_actor(),
        roles=held,
    ):
        flash("Le versement est enregistré ; le porteur le voit dans son dossier.", "success")
        return redirect(url_for(".line_payments", funding_line_id=line.id))
    return render_template(
        "committee/payments/line.html",
        form=form,
        line=line,
        course=course,
        pays=bool(held & PAYERS) and line.status in PAYABLE,
        corrects=bool(held & PAYERS),
        stops="stop_at_paid" in {step.name for step in FUNDING.available(line.status, held)},
        settles=bool(held & PAYERS) and bool(line.paid_cents),
        today=to_paris(clock.now()).date(),
    )


def _held(line: FundingLine) -> frozenset[str]:
    return acting_roles(roles_of(line), is_state=line.funder.kind is FunderKind.STATE)


@blueprint.route("/versements/<int:payment_id>/annuler", methods=["GET", "POST"])
@requires(*PAYERS, on=Payment, narrowed_by=of_own_funder)
def cancel_payment(payment: Payment) -> ResponseReturnValue:
    form, line = ToldReasonForm(), payment.funding_line
    back = url_for(".line_payments", funding_line_id=line.id)
    if form.validate_on_submit() and form.attempt(
        operations.cancel_payment, payment, form.reason.data or "", actor=current_actor(), roles=_held(line)
    ):
        flash("Le versement est annulé.", "success")
        return redirect(back)
    return render_template("committee/payments/cancel.html", form=form, payment=payment, line=line, back=back)


@blueprint.route("/programmation/lignes/<int:funding_line_id>/arreter", methods=["GET", "POST"])
@requires(*READERS, on=FundingLine, narrowed_by=of_own_funder)
def stop_payments(funding_line: FundingLine) -> ResponseReturnValue:
    form, line = ToldReasonForm(), funding_line
    if line.status is not FundingStatus.PAID_IN_PART:
        abort(404)
    back = url_for(".line_payments", funding_line_id=line.id)
    if form.validate_on_submit() and form.attempt(
        operations.stop, line, form.reason.data or "", actor=current_actor(), roles=_held(line)
    ):
        flash("La subvention est arrêtée au montant versé ; le reste revient à l’enveloppe.", "success")
        return redirect(back)
    return render_template("committee/payments/stop.html", form=form, line=line, back=back)


# -- what is left -------------------------------------------------------------------------------


@blueprint.route("/programmation/lignes/<int:funding_line_id>/reliquat", methods=["GET", "POST"])
@pays
@takes_files
def settle_leftover(funding_line: FundingLine) -> ResponseReturnValue:
    line = funding_line
    if line.status not in TOLD or not line.paid_cents:
        abort(404)
    known = queries.leftover_of(line)
    form = LeftoverForm(
        data={"amount": known.amount_cents, "fate": known.fate.value, "due_on": known.due_on, "reason": known.reason}
        if known
        else None
    )
    back = url_for(".line_payments", funding_line_id=line.id)
    sent = form.validate_on_submit() and form.receive()
    if sent and form.attempt(
        leftovers.settle_leftover, line, form.terms(), file=form.stored, actor=current_actor(), roles=_held(line)
    ):
        flash("Le reliquat est enregistré ; le porteur en est prévenu.", "success")
        return redirect(back)
    return render_template(
        "committee/payments/leftover.html", form=form, line=line, known=known, back=back, accept=ACCEPT
    )


@blueprint.route("/reliquats/<int:leftover_id>/reverse", methods=["GET", "POST"])
@requires(*PAYERS, on=Leftover, narrowed_by=of_own_funder)
def record_repayment(leftover: Leftover) -> ResponseReturnValue:
    form, line = RepaymentForm(), leftover.funding_line
    back = url_for(".line_payments", funding_line_id=line.id)
    if form.validate_on_submit() and form.attempt(
        leftovers.record_repayment, leftover, form.repaid_on.data, actor=current_actor(), roles=_held(line)
    ):
        flash("Le reversement est enregistré.", "success")
        return redirect(back)
    return render_template("committee/payments/repaid.html", form=form, leftover=leftover, line=line, back=back)


@blueprint.get("/reliquats/<int:leftover_id>/document")
@requires(Role.APPLICANT, *READERS, on=Leftover, narrowed_by=told_to_reader)
def leftover_file(leftover: Leftover) -> ResponseReturnValue:
    if leftover.file_id is None:
        abort(404)
    return attachment(db.session.get_one(StoredFile, leftover.file_id))
