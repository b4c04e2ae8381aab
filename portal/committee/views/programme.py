"""The programming table, its envelopes, and the page of one funding line."""

from __future__ import annotations

from collections.abc import Collection

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, current_person, my_scope_ids, requires, roles_of, usable_grants
from portal.accounts.rules import Role
from portal.calls.models import Call, FundingLine
from portal.calls.rules.cycle import DIRECTION, FUNDING
from portal.committee.forms.acts import ReasonForm, ReferenceForm
from portal.committee.forms.programme import ProposalForm
from portal.committee.operations import acts as act_operations
from portal.committee.operations import letters
from portal.committee.operations import programme as operations
from portal.committee.queries import acts as act_queries
from portal.committee.queries import letters as letter_queries
from portal.committee.queries import programme as queries
from portal.committee.queries.programme_rows import TableLine
from portal.committee.rules.acts import PROPOSERS, acting_roles, may_speak
from portal.committee.rules.desk import COMMITTEE, OVERSEERS
from portal.committee.views import blueprint
from portal.contracts import queries as contracts
from portal.contracts.models import FunderKind
from portal.foundation.forms import perform
from portal.foundation.money import format_euros
from portal.foundation.pagination import asked_page
from portal.foundation.quantities import plain_number

READERS = (*COMMITTEE, Role.FUNDER_AGENT, Role.STATE_OFFICER)
FUNDER_PEOPLE = (Role.FUNDER_AGENT, Role.STATE_OFFICER)


@blueprint.get("/programmation")
@requires(*READERS)
def programmes() -> ResponseReturnValue:
    return render_template("committee/programme/calls.html", calls=queries.calls_seen(usable_grants()))


def _reader(call: Call) -> queries.Reader:
    """How the signed-in person reads a call's table: the committee all of it, funders their own lines."""
    roles = roles_of(call)
    committee = bool(roles & COMMITTEE)
    return queries.Reader(
        person_id=current_person().id,
        grants=usable_grants(),
        funder_ids=None if committee else frozenset(my_scope_ids(*FUNDER_PEOPLE)),
        reads_scores=committee and call.scoring_enabled,
        oversees=bool(roles & OVERSEERS),
    )


def _asked(name: str) -> int | None:
    return plain_number(request.args.get(name))


@blueprint.get("/programmation/<int:call_id>")
@requires(*READERS, on=Call)
def programme(call: Call) -> ResponseReturnValue:
    reader = _reader(call)
    filters = queries.Filters(_asked("financeur"), _asked("quartier"), _asked("pilier"))
    page, rows = queries.table(call, reader, filters, asked_page())
    funders = act_queries.funders_of(call.id, current_person().id)
    mine = set(my_scope_ids(*FUNDER_PEOPLE))
    roles = roles_of(call)
    return render_template(
        "committee/programme/table.html",
        call=call,
        page=page,
        rows=rows,
        reader=reader,
        totals=queries.totals(call, reader),
        envelopes=queries.envelopes(call, reader),
        hidden=queries.hidden_from(call.id, current_person().id),
        funders=[funder for funder in funders if reader.funder_ids is None or funder.id in reader.funder_ids],
        quartiers=call.quartiers,
        pillars=contracts.pillars_and_themes(call.contract_id),
        level=contracts.level_names(call.contract_id)[0],
        opens=lambda line: may_speak(_held(line, roles, mine), is_state=line.is_state),
        speaks=lambda line: _speaks(line, roles, mine),
        directs=bool(roles & DIRECTION),
    )


def _speaks(line: TableLine, roles: Collection[str], mine: Collection[int]) -> bool:
    """Whether the reader may propose on a line, guards aside: for showing the link."""
    if line.status not in FUNDING.steps["propose"].sources:
        return False
    return may_speak(_held(line, roles, mine), is_state=line.is_state)


def _held(line: TableLine, roles: Collection[str], mine: Collection[int]) -> set[str]:
    """The roles of the reader that reach a line: a funder's people on their own lines only."""
    return set(roles) if line.funder_id in mine else set(roles) - set(FUNDER_PEOPLE)


@blueprint.get("/programmation/<int:call_id>/enveloppes")
@requires(*READERS, on=Call)
def programme_envelopes(call: Call) -> ResponseReturnValue:
    return render_template(
        "committee/programme/envelopes.html",
        call=call,
        envelopes=queries.envelopes(call, _reader(call)),
        hidden=queries.hidden_from(call.id, current_person().id),
        manages=Role.MANAGER in roles_of(call),
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
    form = ProposalForm(amount=line.proposed_cents, version=str(line.version))
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
        steps=steps,
        back=_row_of(line),
        letter=letter_queries.letter_keyed(letters.refusal_key(line)),
    )


def _row_of(line: FundingLine) -> str:
    return url_for(".programme", call_id=line.application.call_id, _anchor=f"dossier-{line.application_id}")


def _in_place(form: ProposalForm, line: FundingLine, done: bool) -> ResponseReturnValue:
    """The answer to the script: what to show, or what is wrong, or both amounts to choose from."""
    shown = {"version": line.version, "status": line.status.label}
    if done:
        return jsonify(shown | {"amount": format_euros(line.proposed_cents or 0)})
    if form.conflict:
        words = {"message": form.conflict.message, "theirs": form.conflict.theirs, "mine": form.conflict.mine}
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
