"""What the Direction answers to a bilan."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.accounts import access
from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Role
from portal.evaluation.forms.bilan import AnswerForm, CorrectionForm
from portal.evaluation.models import Bilan
from portal.evaluation.operations import cycle
from portal.evaluation.views import blueprint
from portal.foundation.forms import perform

direction = requires(Role.OFFICER, Role.MANAGER, on=Bilan)


def _who(bilan: Bilan) -> dict[str, Any]:
    return {"actor": current_actor(), "roles": access.roles_of(bilan)}


def _back(bilan: Bilan, said: str) -> Response:
    flash(said, "success")
    return redirect(url_for("evaluation.show", bilan_id=bilan.id))


@blueprint.post("/bilans/<int:bilan_id>/accepter")
@direction
def accept(bilan: Bilan) -> Response:
    perform(cycle.accept, bilan, **_who(bilan))
    return _back(bilan, "Le bilan est accepté ; l’association en est prévenue.")


@blueprint.route("/bilans/<int:bilan_id>/correction", methods=["GET", "POST"])
@direction
def correction(bilan: Bilan) -> Response | str:
    form = CorrectionForm()
    if form.validate_on_submit() and form.attempt(cycle.ask_correction, bilan, form.reason.data or "", **_who(bilan)):
        return _back(bilan, "La demande de correction est envoyée à l’association.")
    return render_template("evaluation/correction.html", bilan=bilan, form=form)


@blueprint.route("/bilans/<int:bilan_id>/reponse-prolongation", methods=["GET", "POST"])
@direction
def answer_postponement(bilan: Bilan) -> Response | str:
    form = AnswerForm()
    granted = request.form.get("answer") == "grant"
    operation = cycle.grant_postponement if granted else cycle.refuse_postponement
    if form.validate_on_submit() and form.attempt(operation, bilan, form.reason.data or "", **_who(bilan)):
        return _back(
            bilan, f"La prolongation est {'accordée' if granted else 'refusée'} ; l’association en est prévenue."
        )
    return render_template("evaluation/answer_postponement.html", bilan=bilan, form=form)
