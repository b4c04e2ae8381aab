"""The landlords, schools and equipment of a quartier."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Role
from portal.contracts.models import Contract
from portal.extensions import db
from portal.foundation.forms import perform
from portal.quartiers import queries
from portal.quartiers.forms import StructureForm
from portal.quartiers.models import Structure
from portal.quartiers.operations import editing as operations
from portal.quartiers.views.blueprint import blueprint, quartier_of


@blueprint.route("/contrats/<int:contract_id>/quartiers/<int:quartier_id>/structures/ajouter", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Contract)
def add_structure(contract: Contract, quartier_id: int) -> ResponseReturnValue:
    quartier = quartier_of(contract, quartier_id)
    form = StructureForm()
    if form.validate_on_submit() and form.attempt(
        operations.add_structure, quartier_id, form.values(), actor=current_actor()
    ):
        return _done(contract, quartier_id, "La structure est ajoutée.")
    return _page(contract, form, quartier, "Ajouter une structure")


@blueprint.route(
    "/contrats/<int:contract_id>/quartiers/<int:quartier_id>/structures/<int:structure_id>/modifier",
    methods=["GET", "POST"],
)
@requires(Role.MANAGER, on=Contract)
def edit_structure(contract: Contract, quartier_id: int, structure_id: int) -> ResponseReturnValue:
    quartier = quartier_of(contract, quartier_id)
    structure = _structure(quartier, structure_id)
    form = StructureForm(obj=structure)
    if form.validate_on_submit() and form.attempt(
        operations.edit_structure, structure, form.values(), actor=current_actor()
    ):
        return _done(contract, quartier_id, "La structure est modifiée.")
    return _page(contract, form, quartier, "Modifier une structure")


@blueprint.post("/contrats/<int:contract_id>/quartiers/<int:quartier_id>/structures/<int:structure_id>/retirer")
@requires(Role.MANAGER, on=Contract)
def remove_structure(contract: Contract, quartier_id: int, structure_id: int) -> ResponseReturnValue:
    structure = _structure(quartier_of(contract, quartier_id), structure_id)
    perform(operations.remove_structure, structure, actor=current_actor())
    return _done(contract, quartier_id, "La structure est retirée.")


def _structure(quartier: queries.QuartierLine, structure_id: int) -> Structure:
    structure = db.session.get(Structure, structure_id)
    if structure is None or structure.quartier_id != quartier.id:
        abort(404)
    return structure


def _page(contract: Contract, form: StructureForm, quartier: queries.QuartierLine, title: str) -> str:
    return render_template("quartiers/structure.html", contract=contract, form=form, quartier=quartier, title=title)


def _done(contract: Contract, quartier_id: int, words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for(".show", contract_id=contract.id, quartier_id=quartier_id))
