"""The programming table, its envelopes, and the page of one funding line."""

from __future__ import annotations

from collections.abc import Collection

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, current_person, requires, roles_of, usable_grants
from portal.accounts.rules import Role
from portal.calls.models import Call, FundingLine
from portal.calls.queries.envelopes import funders_stepped_out_of
from portal.calls.rules.cycle import DIRECTION, FUNDING
from portal.committee.forms.acts import ReasonForm, ReferenceForm
from portal.committee.forms.programme import ProposalForm
from portal.committee.operations import acts as act_operations
from portal.committee.operations import letters
from portal.committee.operations import programme as operations
from portal.committee.queries import letters as letter_queries
from portal.committee.queries import opinions
from portal.committee.queries import programme as queries
from portal.committee.rules.acts import PROPOSERS, acting_roles, may_speak
from portal.committee.rules.desk import COMMITTEE
from portal.committee.views import blueprint
from portal.committee.views.programme_reader import reader_of
from portal.contracts.models import FunderKind
from portal.foundation.forms import perform
from portal.foundation.money import format_euros

READERS = (*COMMITTEE, Role.FUNDER_AGENT, Role.STATE_OFFICER)


@blueprint.get("/programmation")
@requires(*READERS)
def programmes() -> ResponseReturnValue:
    return render_template("committee/programme/calls.html", calls=queries.calls_seen(usable_grants()))


@blueprint.get("/programmation/<int:call_id>/enveloppes")
@requires(*READERS, on=Call)
def programme_envelopes(call: Call) -> ResponseReturnValue:
    return render_template(
        "committee/programme/envelopes.html",
        call=call,
        envelopes=queries.envelopes(call, reader_of(call)),
        hidden=queries.hidden_from(call.id, current_person().id),
        manages=Role.MANAGER in roles_of(call),
        closed=funders_stepped_out_of(current_person().id, call.id),
        directs=bool(roles_of(call) & DIRECTION),
    )


# -- one funding line ---------------------------------------------------------------------------


def _speaks_for(_person: object, line: FundingLine, roles: Collection[Role]) -> bool:
    """The délégué du Préfet speaks on the State's lines only."""
    return may_speak(roles, is_state=line.funder.kind is FunderKind.STATE)


def _roles_on(line: FundingLine) -> frozenset[str]:
    return acting_roles(roles_of(line), is_state=line.funder.kind is FunderKind.STATE)


@blueprint.route("/programmation/lignes/<int:funding_line_id>", methods=["GET", "POST"])
@requires(*PROPOSERS, on=FundingLine, narrowed_by=_speaks_for)
def funding(funding_line: FundingLine) -> ResponseReturnValue:
    """Propose an amount. A script asks for JSON and saves in place; the page does without."""
    line = funding_line
    envisaged = opinions.envisaged_on(line)
    # Filled in advance with what the funder envisages: a person still has to save it.
    form = ProposalForm(
        amount=line.proposed_cents if line.proposed_cents is not None else envisaged, version=str(line.version)
    )
    done = form.validate_on_submit() and form.attempt(
        operations.propose,
        line,
        form.amount.data,
        version=form.seen_version(),
        actor=current_actor(),
        roles=_roles_on(line),
    )
    if request.method == "POST" and request.accept_mimetypes.best == "application/json":
        return _in_place(form, line, done)
    if done:
        flash(f"Dossier {line.application.reference} : proposition enregistrée.", "success")
        return redirect(_row_of(line))
    if form.conflict:
        # Saving again is then a choice made with both amounts in sight.
        form.version.data = str(line.version)
    steps = {step.name for step in FUNDING.available(line.status, _roles_on(line))}
    return render_template(
        "committee/programme/line.html",
        form=form,
        line=line,
        envisaged=envisaged,
        steps=steps,
        back=_row_of(line),
        letter=letter_queries.refusal_letter(line),
    )


def _row_of(line: FundingLine) -> str:
    return url_for(".programme", call_id=line.application.call_id, _anchor=f"dossier-{line.application_id}")


def _in_place(form: ProposalForm, line: FundingLine, done: bool) -> ResponseReturnValue:
    """The answer to the script: what to show, or what is wrong, or both amounts to choose from."""
    shown = {"version": line.version, "status": line.status.label, "proposed": line.proposed_cents}
    if done:
        return jsonify(shown | {"amount": format_euros(line.proposed_cents or 0)})
    if form.conflict:
        told = form.conflict
        words = {"message": told.message, "theirs": told.theirs, "mine": told.mine, "by": told.by}
        return jsonify(shown | words), 409
    errors = [*form.form_errors, *(message for field in form for message in field.errors)]
    return jsonify(shown | {"message": " ".join(str(error) for error in errors)}), 422


@blueprint.route("/programmation/lignes/<int:funding_line_id>/refuser", methods=["GET", "POST"])
@requires(Role.MANAGER, Role.FUNDER_AGENT, Role.STATE_OFFICER, Role.DELEGATE, on=FundingLine, narrowed_by=_speaks_for)
def refuse_funding(funding_line: FundingLine) -> ResponseReturnValue:
    form = ReasonForm()
    if form.validate_on_submit() and form.attempt(
        act_operations.refuse_funding,
        funding_line,
        form.reason.data,
        actor=current_actor(),
        roles=_roles_on(funding_line),
    ):
        flash("Le refus est enregistré. Préparez le courrier qui en informe le porteur.", "success")
        return redirect(url_for(".funding", funding_line_id=funding_line.id))
    return render_template("committee/programme/refuse.html", form=form, line=funding_line)


@blueprint.post("/programmation/lignes/<int:funding_line_id>/attendre")
@requires(*PROPOSERS, on=FundingLine, narrowed_by=_speaks_for)
def await_assembly(funding_line: FundingLine) -> ResponseReturnValue:
    perform(act_operations.await_assembly, funding_line, actor=current_actor(), roles=_roles_on(funding_line))
    flash("Le financement attend la prochaine assemblée de ce financeur.", "success")
    return redirect(url_for(".funding", funding_line_id=funding_line.id))


@blueprint.route("/programmation/lignes/<int:funding_line_id>/depose-ailleurs", methods=["GET", "POST"])
@requires(*PROPOSERS, on=FundingLine, narrowed_by=_speaks_for)
def file_elsewhere(funding_line: FundingLine) -> ResponseReturnValue:
    form = ReferenceForm(data={"reference": funding_line.external_ref})
    if form.validate_on_submit() and form.attempt(
        act_operations.file_elsewhere,
        funding_line,
        form.reference.data,
        actor=current_actor(),
        roles=_roles_on(funding_line),
    ):
        flash("Le financement est signalé comme déposé ailleurs.", "success")
        return redirect(url_for(".funding", funding_line_id=funding_line.id))
    return render_template("committee/programme/elsewhere.html", form=form, line=funding_line)


@blueprint.post("/programmation/lignes/<int:funding_line_id>/courrier")
@requires(*PROPOSERS, on=FundingLine, narrowed_by=_speaks_for)
def make_refusal_letter(funding_line: FundingLine) -> ResponseReturnValue:
    perform(letters.make_refusal, funding_line, actor=current_actor(), roles=_roles_on(funding_line))
    flash("Le courrier se prépare. Actualisez la page pour le lire.", "success")
    return redirect(url_for(".funding", funding_line_id=funding_line.id))
