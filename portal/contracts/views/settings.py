"""A contract's own page, its settings, its age bands."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, may, my_scope_ids, requires
from portal.accounts.rules import Role
from portal.contracts import queries
from portal.contracts.forms.settings import AgeBandForm, ContractForm
from portal.contracts.models import AgeBand, Contract
from portal.contracts.operations import settings as operations
from portal.contracts.views.blueprint import READERS, blueprint
from portal.extensions import db
from portal.foundation.forms import perform


@blueprint.get("/contrats")
@requires(*READERS)
def index() -> ResponseReturnValue:
    """The contracts the person works on."""
    return render_template("contracts/index.html", contracts=queries.contracts_of(my_scope_ids(*READERS)))


@blueprint.get("/contrats/<int:contract_id>")
@requires(*READERS, on=Contract)
def show(contract: Contract) -> ResponseReturnValue:
    return render_template(
        "contracts/show.html",
        contract=contract,
        levels=queries.level_names(contract.id),
        editable=may(contract, Role.MANAGER),
    )


@blueprint.route("/contrats/<int:contract_id>/modifier", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Contract)
def edit(contract: Contract) -> ResponseReturnValue:
    form = ContractForm.of(contract)
    if form.validate_on_submit() and form.attempt(
        operations.edit_contract, contract, form.seen_version(), form.settings(), actor=current_actor()
    ):
        flash("Le contrat est modifié.", "success")
        return redirect(url_for(".show", contract_id=contract.id))
    form.keep_mine(contract.version)
    return render_template("contracts/edit.html", contract=contract, form=form)


@blueprint.get("/contrats/<int:contract_id>/tranches-d-age")
@requires(*READERS, on=Contract)
def age_bands(contract: Contract) -> ResponseReturnValue:
    return render_template(
        "contracts/age_bands.html",
        contract=contract,
        bands=queries.age_bands(contract.id),
        editable=may(contract, Role.MANAGER),
    )


@blueprint.route("/contrats/<int:contract_id>/tranches-d-age/ajouter", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Contract)
def add_age_band(contract: Contract) -> ResponseReturnValue:
    form = AgeBandForm()
    if form.validate_on_submit() and form.attempt(
        operations.add_age_band,
        contract,
        form.label.data,
        form.from_age.data,
        form.to_age.data,
        actor=current_actor(),
    ):
        flash("La tranche d’âge est ajoutée.", "success")
        return redirect(url_for(".age_bands", contract_id=contract.id))
    return render_template("contracts/age_band.html", contract=contract, form=form, band=None)


@blueprint.route("/contrats/<int:contract_id>/tranches-d-age/<int:band_id>/modifier", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Contract)
def edit_age_band(contract: Contract, band_id: int) -> ResponseReturnValue:
    band = _band(contract, band_id)
    form = AgeBandForm(obj=band)
    if form.validate_on_submit() and form.attempt(
        operations.edit_age_band,
        contract,
        band,
        form.label.data,
        form.from_age.data,
        form.to_age.data,
        actor=current_actor(),
    ):
        flash("La tranche d’âge est modifiée.", "success")
        return redirect(url_for(".age_bands", contract_id=contract.id))
    return render_template("contracts/age_band.html", contract=contract, form=form, band=band)


@blueprint.post("/contrats/<int:contract_id>/tranches-d-age/<int:band_id>/retirer")
@requires(Role.MANAGER, on=Contract)
def remove_age_band(contract: Contract, band_id: int) -> ResponseReturnValue:
    perform(operations.remove_age_band, _band(contract, band_id), actor=current_actor())
    flash("La tranche d’âge est retirée.", "success")
    return redirect(url_for(".age_bands", contract_id=contract.id))


def _band(contract: Contract, band_id: int) -> AgeBand:
    band = db.session.get(AgeBand, band_id)
    if band is None or band.contract_id != contract.id:
        abort(404)
    return band
