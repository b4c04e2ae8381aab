"""The quartiers of a contract, as the Direction keeps them."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, may, requires
from portal.accounts.rules import Role
from portal.contracts.models import Contract
from portal.contracts.views.blueprint import READERS
from portal.extensions import db
from portal.quartiers import queries
from portal.quartiers.forms import QuartierForm
from portal.quartiers.models import FigureScope, Quartier, StructureKind
from portal.quartiers.operations import editing as operations
from portal.quartiers.views.blueprint import blueprint, quartier_of


@blueprint.get("/contrats/<int:contract_id>/quartiers")
@requires(*READERS, on=Contract)
def index(contract: Contract) -> ResponseReturnValue:
    """The quartiers, and the figures of the city and country they are compared with."""
    return render_template(
        "quartiers/index.html",
        contract=contract,
        quartiers=queries.quartiers_of(contract.id),
        comparisons=queries.comparisons_of(contract.id),
        city=FigureScope.CITY,
        editable=may(contract, Role.MANAGER),
    )


@blueprint.get("/contrats/<int:contract_id>/quartiers/<int:quartier_id>")
@requires(*READERS, on=Contract)
def show(contract: Contract, quartier_id: int) -> ResponseReturnValue:
    profile = queries.profile(contract.id, quartier_id)
    if profile is None:
        abort(404)
    return render_template(
        "quartiers/manage.html",
        contract=contract,
        profile=profile,
        kinds=list(StructureKind),
        editable=may(contract, Role.MANAGER),
    )


@blueprint.route("/contrats/<int:contract_id>/quartiers/ajouter", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Contract)
def add(contract: Contract) -> ResponseReturnValue:
    form = QuartierForm()
    if form.validate_on_submit() and form.attempt(
        operations.add_quartier, contract, form.values(), actor=current_actor()
    ):
        flash("Le quartier est ajouté au contrat.", "success")
        return redirect(url_for(".show", contract_id=contract.id, quartier_id=form.result.id))
    return render_template("quartiers/edit.html", contract=contract, form=form, quartier=None)


@blueprint.route("/contrats/<int:contract_id>/quartiers/<int:quartier_id>/modifier", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Contract)
def edit(contract: Contract, quartier_id: int) -> ResponseReturnValue:
    line = quartier_of(contract, quartier_id)
    quartier = db.session.get_one(Quartier, quartier_id)
    form = QuartierForm(obj=line)
    if form.validate_on_submit() and form.attempt(
        operations.edit_quartier, contract, quartier, form.seen_version(), form.values(), actor=current_actor()
    ):
        flash("Le quartier est modifié.", "success")
        return redirect(url_for(".show", contract_id=contract.id, quartier_id=quartier_id))
    form.keep_mine(quartier.version)
    return render_template("quartiers/edit.html", contract=contract, form=form, quartier=line)
