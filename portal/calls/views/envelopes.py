"""What each funder puts in a call, and what becomes of it."""

from __future__ import annotations

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, current_person, may, requires, usable_grants
from portal.accounts.rules import Role
from portal.calls.forms.calling import EnvelopeForm, NewEnvelopeForm
from portal.calls.models import Call, Envelope
from portal.calls.operations import envelopes as operations
from portal.calls.queries import envelopes as queries
from portal.calls.queries.visibility import visible_applications
from portal.calls.rules.cycle import DIRECTION
from portal.calls.rules.envelopes import STEPPED_OUT
from portal.calls.states import CallStatus, EnvelopeStatus
from portal.calls.views import blueprint
from portal.calls.views.calling import tabs
from portal.contracts.models import Nature
from portal.contracts.queries import funders
from portal.extensions import db


@blueprint.get("/appels/<int:call_id>/enveloppes")
@requires(*DIRECTION, on=Call)
def call_envelopes(call: Call) -> ResponseReturnValue:
    return render_template(
        "calls/call_envelopes.html",
        call=call,
        tabs=tabs(call, "call_envelopes"),
        lines=queries.consumption(call.id, _seen()),
        may_edit=_may_edit(call),
    )


def _seen() -> sa.Select[tuple[int]]:
    return visible_applications(current_person().id, usable_grants())


@blueprint.route("/appels/<int:call_id>/enveloppes/nouvelle", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Call)
def add_envelope(call: Call) -> ResponseReturnValue:
    form = NewEnvelopeForm(data={"status": EnvelopeStatus.FORECAST.value})
    form.offer([(line.id, line.name) for line in funders()])
    if form.validate_on_submit() and form.attempt(
        operations.set_envelope,
        call,
        form.funder_id.data,
        Nature(form.nature.data),
        form.scheme.data or "",
        amount_cents=form.amount_cents.data,
        status=EnvelopeStatus(form.status.data),
        reason=form.reason.data,
        version=0,
        actor=current_actor(),
    ):
        flash("L’enveloppe est ajoutée.", "success")
        return redirect(url_for(".call_envelopes", call_id=call.id))
    return render_template("calls/add_envelope.html", call=call, form=form)


def _envelope_of(call: Call, envelope_id: int) -> Envelope:
    envelope = db.session.get(Envelope, envelope_id)
    if envelope is None or envelope.call_id != call.id:
        abort(404)
    return envelope


def _may_edit(call: Call) -> bool:
    return may(call, Role.MANAGER) and call.status is not CallStatus.ARCHIVED


def _steps_out(envelope: Envelope) -> bool:
    return queries.steps_out_of_funder(current_person().id, envelope.call_id, envelope.funder_id)


@blueprint.get("/appels/<int:call_id>/enveloppes/<int:envelope_id>")
@requires(*DIRECTION, on=Call)
def show_envelope(call: Call, envelope_id: int) -> ResponseReturnValue:
    """An envelope, what its lines say the reader may see, and its history."""
    envelope = _envelope_of(call, envelope_id)
    (line,) = (line for line in queries.consumption(call.id, _seen()) if line.id == envelope.id)
    return render_template(
        "calls/show_envelope.html",
        call=call,
        line=line,
        may_edit=_may_edit(call) and not _steps_out(envelope),
        revisions=queries.revisions(envelope.id),
    )


@blueprint.route("/appels/<int:call_id>/enveloppes/<int:envelope_id>/reviser", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Call)
def revise_envelope(call: Call, envelope_id: int) -> ResponseReturnValue:
    envelope = _envelope_of(call, envelope_id)
    if _steps_out(envelope):
        flash(STEPPED_OUT, "warning")
        return redirect(url_for(".show_envelope", call_id=call.id, envelope_id=envelope.id))
    form = EnvelopeForm(obj=envelope)
    if form.validate_on_submit() and form.save(
        operations.revise_envelope,
        envelope,
        amount_cents=form.amount_cents.data,
        status=EnvelopeStatus(form.status.data),
        reason=form.reason.data,
        actor=current_actor(),
    ):
        flash("L’enveloppe est révisée.", "success")
        return redirect(url_for(".show_envelope", call_id=call.id, envelope_id=envelope.id))
    return render_template("calls/revise_envelope.html", call=call, envelope=envelope, form=form)
