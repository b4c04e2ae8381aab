"""The complementary list of a call: its order, and who can be promoted."""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, current_person, requires, roles_of, usable_grants
from portal.calls.models import Application, Call
from portal.calls.queries.visibility import visible_applications
from portal.calls.rules.cycle import DIRECTION
from portal.committee.forms.waiting_list import PromotionForm, RanksForm, ranks_form
from portal.committee.operations import waiting_list as operations
from portal.committee.queries import waiting_list as queries
from portal.committee.queries.admissibility import standing_decision
from portal.committee.queries.programme import hidden_from
from portal.committee.rules.desk import COMMITTEE
from portal.committee.rules.waiting_list import proposals
from portal.committee.states import DecisionKind, Outcome
from portal.committee.views import blueprint
from portal.committee.views.sittings import DIRECT


@blueprint.get("/programmation/<int:call_id>/liste-complementaire")
@requires(*COMMITTEE, on=Call)
def waiting_list(call: Call) -> ResponseReturnValue:
    rows = _rows(call)
    return _page(call, rows, ranks_form(rows)())


@blueprint.post("/programmation/<int:call_id>/liste-complementaire")
@requires(*DIRECT, on=Call)
def reorder_waiting_list(call: Call) -> ResponseReturnValue:
    """Another order, by decisions of the open sitting."""
    rows = _rows(call)
    form = ranks_form(rows)()
    if form.validate_on_submit() and form.attempt(
        operations.reorder,
        call,
        queries.open_sitting_for(call),
        form.ranks(rows),
        form.seen(rows),
        actor=current_actor(),
        roles=roles_of(call),
    ):
        flash("La liste est dans son nouvel ordre : chaque rang changé est une décision de la séance.", "success")
        return redirect(url_for(".waiting_list", call_id=call.id))
    if form.conflict:
        form.take_seen(rows)
    return _page(call, rows, form)


def _rows(call: Call) -> list[queries.WaitingRow]:
    return queries.waiting_of(call, visible_applications(current_person().id, usable_grants()))


def _page(call: Call, rows: Sequence[queries.WaitingRow], form: RanksForm) -> str:
    envelopes = queries.envelopes_left(call, visible_applications(current_person().id, usable_grants()))
    left = {each.id: each.left_cents for each in envelopes}
    fits = proposals([(row.application_id, row.wanted) for row in rows], left)
    return render_template(
        "committee/sittings/waiting_list.html",
        call=call,
        rows=list(zip(rows, fits, strict=True)),
        envelopes=envelopes,
        form=form,
        sitting=queries.open_sitting_for(call),
        directs=bool(roles_of(call) & DIRECTION),
        hidden=hidden_from(call.id, current_person().id),
    )


@blueprint.route("/dossiers/<int:application_id>/promouvoir", methods=["GET", "POST"])
@requires(*DIRECT, on=Application)
def promote(application: Application) -> ResponseReturnValue:
    """Promote an application of the complementary list by a recorded delegation."""
    standing = standing_decision(application.id, DecisionKind.ARBITRATION)
    if standing is None or standing.outcome is not Outcome.WAITING_LIST:
        abort(404)
    form = PromotionForm(seen=str(standing.id))
    if form.validate_on_submit() and form.attempt(
        operations.promote,
        application,
        form.reason.data or "",
        form.delegation_note.data or "",
        seen_decision_id=form.seen_decision(),
        actor=current_actor(),
        roles=roles_of(application),
    ):
        flash(f"Dossier {application.reference} : il est retenu par délégation.", "success")
        return redirect(url_for(".waiting_list", call_id=application.call_id))
    return render_template(
        "committee/sittings/promote.html",
        form=form,
        application=application,
        standing=standing,
        wanted=queries.wanted_of(application),
    )
