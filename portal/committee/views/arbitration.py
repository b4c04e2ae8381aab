"""What a sitting says of its items: one by one, on the sitting's screen or afterwards, or in blocks."""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, current_person, requires, roles_of, usable_grants
from portal.calls.models import Application
from portal.calls.queries.visibility import visible_applications
from portal.committee.forms.arbitration import (
    AdmissibilityForm,
    ArbitrationForm,
    BlockForm,
    arbitration_form,
    block_form,
)
from portal.committee.models import AgendaItem, Decision, Sitting
from portal.committee.operations import arbitration, blocks
from portal.committee.queries import blocks as block_queries
from portal.committee.queries import sittings as queries
from portal.committee.queries.admissibility import standing_decision
from portal.committee.queries.cahier import actions_of
from portal.committee.queries.live import course, decides
from portal.committee.queries.minutes import letters_sent
from portal.committee.queries.waiting_list import envelope_of_lines, envelopes_left
from portal.committee.rules import blocks as block_rules
from portal.committee.rules.arbitration import GRANTED
from portal.committee.states import DecisionKind, SittingStatus
from portal.committee.views import blueprint
from portal.committee.views.sittings import DIRECT
from portal.foundation.quantities import plain_number

# -- one by one -----------------------------------------------------------------------------------


@blueprint.route("/ordre-du-jour/<int:agenda_item_id>/arbitrage", methods=["GET", "POST"])
@requires(*DIRECT, on=AgendaItem)
def arbitrate(agenda_item: AgendaItem) -> ResponseReturnValue:
    """The same entry as on the sitting's screen, on an ordinary page."""
    kind = decides(agenda_item.sitting, agenda_item.application)
    if kind is None:
        abort(404)
    form, done = _decided(agenda_item, kind)
    if done:
        return redirect(url_for(".sitting", sitting_id=agenda_item.sitting_id))
    lines = agenda_item.application.funding_lines
    history = queries.decisions_of(agenda_item.application_id)
    return render_template(
        "committee/sittings/arbitrate.html",
        form=form,
        item=agenda_item,
        kind=kind,
        application=agenda_item.application,
        lines=lines,
        granted=[line for line in lines if line.status in GRANTED],
        history=history,
        sent=letters_sent([decision.id for decision in history]),
        voices=queries.voices_on(agenda_item.sitting, agenda_item.application),
    )


def _decided(item: AgendaItem, kind: DecisionKind) -> tuple[ArbitrationForm | AdmissibilityForm, bool]:
    """The form of one decision, and whether it was just recorded."""
    standing = standing_decision(item.application_id, kind)
    form = _form(item, kind, standing)
    if form.validate_on_submit() and _record(form, item):
        flash(f"Dossier {item.application.reference} : décision enregistrée.", "success")
        return form, True
    if form.conflict:
        # Validating again is then a choice made with both values in sight.
        now = standing_decision(item.application_id, kind)
        form.seen.data = str(now.id) if now else ""
    return form, False


def _form(item: AgendaItem, kind: DecisionKind, standing: Decision | None) -> ArbitrationForm | AdmissibilityForm:
    said = {
        "outcome": standing.outcome.value if standing else None,
        "reason": standing.reason if standing else "",
        "seen": str(standing.id) if standing else "",
    }
    if kind is DecisionKind.ADMISSIBILITY:
        return AdmissibilityForm(**said)
    rank = standing.waiting_rank if standing else None
    return arbitration_form(item.application.funding_lines)(**said, waiting_rank=rank)


def _record(form: ArbitrationForm | AdmissibilityForm, item: AgendaItem) -> bool:
    common = {
        "votes": form.votes(),
        "seen_decision_id": form.seen_decision(),
        "actor": current_actor(),
        "roles": roles_of(item),
    }
    reason = form.reason.data or ""
    if isinstance(form, AdmissibilityForm):
        return form.attempt(blocks.pronounce_item, item, form.decision(), reason, **common)
    return form.attempt(
        arbitration.arbitrate,
        item,
        form.decision(),
        reason,
        form.amounts(item.application.funding_lines),
        waiting_rank=form.waiting_rank.data,
        **common,
    )


# -- on the sitting's screen ----------------------------------------------------------------------


@blueprint.get("/seances/<int:sitting_id>/en-direct")
@requires(*DIRECT, on=Sitting)
def live_sitting(sitting: Sitting) -> ResponseReturnValue:
    """To the first item that waits for its decision."""
    found = course(sitting, current_person().id)
    if not found.stops:
        flash("L’ordre du jour ne porte aucun dossier.", "warning")
        return redirect(url_for(".sitting", sitting_id=sitting.id))
    return redirect(url_for(".live_item", agenda_item_id=found.stops[found.place].item_id))


@blueprint.route("/ordre-du-jour/<int:agenda_item_id>/en-direct", methods=["GET", "POST"])
@requires(*DIRECT, on=AgendaItem)
def live_item(agenda_item: AgendaItem) -> ResponseReturnValue:
    sitting, application = agenda_item.sitting, agenda_item.application
    here = course(sitting, current_person().id, agenda_item.id)
    kind = decides(sitting, application)
    form = None
    if kind is not None and sitting.status is SittingStatus.OPEN:
        form, done = _decided(agenda_item, kind)
        if done:
            following = here.next.item_id if here.next else agenda_item.id
            return redirect(url_for(".live_item", agenda_item_id=following))
    [action] = actions_of(sitting, current_person().id, application.id)
    visible = visible_applications(current_person().id, usable_grants())
    history = queries.decisions_of(application.id)
    return render_template(
        "committee/sittings/live.html",
        sitting=sitting,
        item=agenda_item,
        application=application,
        action=action,
        course=here,
        form=form,
        kind=kind,
        lines=application.funding_lines,
        granted=[line for line in application.funding_lines if line.status in GRANTED],
        envelope_of=envelope_of_lines(application),
        envelopes=envelopes_left(application.call, visible),
        history=history,
        sent=letters_sent([decision.id for decision in history]),
        quorum=queries.quorum_on(sitting, application),
        voices=queries.voices_on(sitting, application),
    )


# -- in blocks --------------------------------------------------------------------------------------


@blueprint.route("/seances/<int:sitting_id>/bloc", methods=["GET", "POST"])
@requires(*DIRECT, on=Sitting)
def block_decision(sitting: Sitting) -> ResponseReturnValue:
    """The selection is shown whole before anything is decided: ?items=1&items=2, or ?items=sans-decision."""
    kind = sitting.kind
    if not (kind.pronounces_admissibility or kind.arbitrates):
        abort(404)
    agenda = queries.agenda(sitting, current_person().id).rows
    rows = _picked(agenda)
    if not rows:
        flash("Cochez au moins un dossier de l’ordre du jour.", "warning")
        return redirect(url_for(".sitting", sitting_id=sitting.id))
    ids = [row.application_id for row in rows]
    seen = block_queries.standing_ids(ids)
    form = block_form(ids)(**{f"seen_{id}": _written(seen.get(id, frozenset())) for id in ids})
    form.offer(_outcomes(sitting), ids)
    if form.validate_on_submit() and _decide_block(form, sitting, ids):
        flash(f"Décisions enregistrées : {len(rows)}.", "success")
        return redirect(url_for(".sitting", sitting_id=sitting.id))
    if form.conflict:
        # Validating again is then a choice made with both decisions in sight.
        for id, known in block_queries.standing_ids(ids).items():
            form[f"seen_{id}"].data = _written(known)
    visible = visible_applications(current_person().id, usable_grants())
    return render_template(
        "committee/sittings/block.html",
        form=form,
        sitting=sitting,
        rows=rows,
        selection=block_queries.selection_of(ids, visible) if kind.arbitrates else None,
    )


def _picked(agenda: Sequence[queries.AgendaRow]) -> list[queries.AgendaRow]:
    if "sans-decision" in request.args.getlist("items"):
        return [row for row in agenda if not row.decisions]
    asked = request.form if request.method == "POST" else request.args
    wanted = set(asked.getlist("picked" if request.method == "POST" else "items", type=int))
    return [row for row in agenda if row.application_id in wanted]


def _outcomes(sitting: Sitting) -> list[block_rules.BlockOutcome]:
    kind = sitting.kind
    return [
        *(block_rules.ADMISSIBILITY if kind.pronounces_admissibility else ()),
        *(block_rules.ARBITRATION if kind.arbitrates else ()),
    ]


def _decide_block(form: BlockForm, sitting: Sitting, ids: Sequence[int]) -> bool:
    lines = [
        blocks.BlockLine(
            application,
            form[f"reason_{application.id}"].data or "",
            _read(form[f"seen_{application.id}"].data or ""),
        )
        for application in _in_order(ids)
    ]
    return form.attempt(
        blocks.decide_block,
        sitting,
        lines,
        block_rules.BlockOutcome(form.outcome.data),
        form.reason.data or "",
        votes=form.votes(),
        actor=current_actor(),
        roles=roles_of(sitting),
    )


def _written(decision_ids: frozenset[int]) -> str:
    return " ".join(map(str, sorted(decision_ids)))


def _read(text: str) -> frozenset[int]:
    return frozenset(number for part in text.split() if (number := plain_number(part)) is not None)


def _in_order(ids: Sequence[int]) -> list[Application]:
    """The applications in the order of the agenda, which the complementary list follows."""
    found = {application.id: application for application in queries.applications(ids)}
    return [found[id] for id in ids]
