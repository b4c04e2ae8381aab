"""Proposing the admissibility, and pronouncing it outside a sitting by a recorded delegation."""

from __future__ import annotations

from flask import flash, redirect, render_template
from werkzeug.wrappers import Response

from portal.accounts.access import current_actor, requires, roles_of
from portal.calls.models import Application
from portal.calls.rules.cycle import DIRECTION
from portal.committee.forms.admissibility import DelegationForm, ProposalForm
from portal.committee.operations import admissibility as operations
from portal.committee.queries import admissibility as queries
from portal.committee.queries import completeness
from portal.committee.states import DecisionKind
from portal.committee.views import blueprint
from portal.committee.views.desk import desk_url


@blueprint.route("/dossiers/<int:application_id>/recevabilite/proposer", methods=["GET", "POST"])
@requires(*DIRECTION, on=Application)
def propose_admissibility(application: Application) -> Response | str:
    proposal = queries.proposal_on(application.id)
    saved = {"outcome": proposal.outcome.value, "reason": proposal.reason} if proposal else {}
    form = ProposalForm(data=saved)
    if form.validate_on_submit() and form.attempt(
        operations.propose_admissibility,
        application,
        form.chosen(),
        form.reason.data or "",
        actor=current_actor(),
        roles=roles_of(application),
    ):
        flash("La proposition est enregistrée ; la recevabilité reste à prononcer.", "success")
        return redirect(desk_url(application))
    return render_template(
        "committee/propose_admissibility.html",
        application=application,
        checks=completeness.checklist(application.id),
        form=form,
    )


@blueprint.route("/dossiers/<int:application_id>/recevabilite/prononcer", methods=["GET", "POST"])
@requires(*DIRECTION, on=Application)
def pronounce_by_delegation(application: Application) -> Response | str:
    proposal = queries.proposal_on(application.id)
    saved = {"outcome": proposal.outcome.value, "reason": proposal.reason} if proposal else {}
    former = queries.standing_decision(application.id, DecisionKind.ADMISSIBILITY)
    form = DelegationForm(data=saved | {"seen": str(former.id) if former else ""})
    if form.validate_on_submit() and form.attempt(
        operations.pronounce_admissibility,
        None,
        application,
        form.chosen(),
        form.reason.data or "",
        form.delegation_note.data,
        seen_decision_id=form.seen_decision(),
        actor=current_actor(),
        roles=roles_of(application),
    ):
        flash("La décision est enregistrée.", "success")
        return redirect(desk_url(application))
    if form.conflict:
        # Validating again is then a choice made with both decisions in sight.
        former = queries.standing_decision(application.id, DecisionKind.ADMISSIBILITY)
        form.seen.data = str(former.id) if former else ""
    return render_template(
        "committee/pronounce_admissibility.html",
        application=application,
        proposal=proposal,
        former=former,
        form=form,
    )
