"""The funders, shared by the contracts of the portal."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import all_roles, current_actor, requires
from portal.accounts.rules import Role
from portal.contracts import queries
from portal.contracts.forms.settings import FunderForm
from portal.contracts.models import Funder
from portal.contracts.operations import editing
from portal.contracts.operations import settings as operations
from portal.contracts.views.blueprint import READERS, blueprint
from portal.extensions import db
from portal.foundation.forms import perform


@blueprint.get("/financeurs")
@requires(*READERS)
def funders() -> ResponseReturnValue:
    return render_template(
        "contracts/funders.html",
        funders=queries.funders(with_retired=True),
        editable=Role.MANAGER in all_roles(),
    )


@blueprint.route("/financeurs/ajouter", methods=["GET", "POST"])
@requires(Role.MANAGER)
def add_funder() -> ResponseReturnValue:
    form = FunderForm()
    if form.validate_on_submit() and form.attempt(operations.add_funder, *form.values(), actor=current_actor()):
        flash("Le financeur est ajouté.", "success")
        return redirect(url_for(".funders"))
    return render_template("contracts/funder.html", form=form, funder=None)


@blueprint.route("/financeurs/<int:funder_id>/modifier", methods=["GET", "POST"])
@requires(Role.MANAGER)
def edit_funder(funder_id: int) -> ResponseReturnValue:
    funder = _funder(funder_id)
    form = FunderForm(obj=funder)
    if form.validate_on_submit() and form.attempt(
        operations.edit_funder, funder, *form.values(), actor=current_actor()
    ):
        flash("Le financeur est modifié.", "success")
        return redirect(url_for(".funders"))
    return render_template("contracts/funder.html", form=form, funder=funder)


@blueprint.post("/financeurs/<int:funder_id>/retirer")
@requires(Role.MANAGER)
def retire_funder(funder_id: int) -> ResponseReturnValue:
    perform(editing.retire, _funder(funder_id), actor=current_actor(), action="funder.retired")
    flash("Le financeur n’est plus proposé ; ses lignes de financement restent.", "success")
    return redirect(url_for(".funders"))


@blueprint.post("/financeurs/<int:funder_id>/remettre")
@requires(Role.MANAGER)
def restore_funder(funder_id: int) -> ResponseReturnValue:
    perform(editing.restore, _funder(funder_id), actor=current_actor(), action="funder.restored")
    flash("Le financeur est de nouveau proposé.", "success")
    return redirect(url_for(".funders"))


def _funder(funder_id: int) -> Funder:
    funder = db.session.get(Funder, funder_id)
    if funder is None:
        abort(404)
    return funder
