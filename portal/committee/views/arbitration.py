"""What a sitting says of its items: admissibility in blocks, arbitration one by one."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from portal.accounts.access import current_actor, current_person, requires, roles_of
from portal.committee.forms.arbitration import BlockForm, arbitration_form
from portal.committee.models import AgendaItem, Sitting
from portal.committee.operations import arbitration as operations
from portal.committee.queries import sittings as queries
from portal.committee.queries.admissibility import standing_decision
from portal.committee.rules.arbitration import GRANTED
from portal.committee.states import DecisionKind, Outcome
from portal.committee.views import blueprint
from portal.committee.views.sittings import DIRECT


@blueprint.route("/seances/<int:sitting_id>/recevabilite", methods=["GET", "POST"])
@requires(*DIRECT, on=Sitting)
def block_decision(sitting: Sitting) -> ResponseReturnValue:
    """The selection is shown whole before anything is decided: ?items=1&items=2."""
    if not sitting.kind.pronounces_admissibility:
        abort(404)
    form = BlockForm()
    agenda = queries.agenda(sitting, current_person().id).rows
    form.picked.choices = [SelectChoice(str(row.application_id), row.reference) for row in agenda]
    picked = form.picked.data if form.is_submitted() else request.args.getlist("items", type=int)
    rows = [row for row in agenda if row.application_id in set(picked or [])]
    if not rows:
        flash("Cochez au moins un dossier de l’ordre du jour.", "warning")
        return redirect(url_for(".sitting", sitting_id=sitting.id))
    if form.validate_on_submit() and form.attempt(
        operations.pronounce_block,
        sitting,
        queries.applications([row.application_id for row in rows]),
        Outcome(form.outcome.data),
        form.reason.data or "",
        actor=current_actor(),
        roles=roles_of(sitting),
    ):
        flash(f"Décisions enregistrées : {len(rows)}.", "success")
        return redirect(url_for(".sitting", sitting_id=sitting.id))
    return render_template("committee/sittings/block.html", form=form, sitting=sitting, rows=rows)


@blueprint.route("/ordre-du-jour/<int:agenda_item_id>/arbitrage", methods=["GET", "POST"])
@requires(*DIRECT, on=AgendaItem)
def arbitrate(agenda_item: AgendaItem) -> ResponseReturnValue:
    if not agenda_item.sitting.kind.arbitrates:
        abort(404)
    application = agenda_item.application
    lines = application.funding_lines
    standing = standing_decision(application.id, DecisionKind.ARBITRATION)
    form = arbitration_form(lines)(
        outcome=standing.outcome.value if standing else None,
        reason=standing.reason if standing else "",
        waiting_rank=standing.waiting_rank if standing else None,
        seen=str(standing.id) if standing else "",
    )
    if form.validate_on_submit() and form.attempt(
        operations.arbitrate,
        agenda_item,
        form.decision(),
        form.reason.data or "",
        form.amounts(lines),
        waiting_rank=form.waiting_rank.data,
        seen_decision_id=form.seen_decision(),
        actor=current_actor(),
        roles=roles_of(agenda_item),
    ):
        flash(f"Dossier {application.reference} : décision enregistrée.", "success")
        return redirect(url_for(".sitting", sitting_id=agenda_item.sitting_id))
    if form.conflict:
        # Validating again is then a choice made with both values in sight.
        standing = standing_decision(application.id, DecisionKind.ARBITRATION)
        form.seen.data = str(standing.id) if standing else ""
    return render_template(
        "committee/sittings/arbitrate.html",
        form=form,
        item=agenda_item,
        application=application,
        lines=lines,
        granted=[line for line in lines if line.status in GRANTED],
        history=queries.decisions_of(application.id),
    )
