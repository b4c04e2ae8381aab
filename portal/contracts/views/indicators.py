"""The catalogue of indicators."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, may, requires
from portal.accounts.rules import Role
from portal.contracts import queries
from portal.contracts.forms.taxonomy import IndicatorForm, NewIndicatorForm
from portal.contracts.models import Contract, Indicator
from portal.contracts.operations import editing
from portal.contracts.operations import indicators as operations
from portal.contracts.views.blueprint import READERS, blueprint
from portal.extensions import db
from portal.foundation.forms import perform


@blueprint.get("/contrats/<int:contract_id>/indicateurs")
@requires(*READERS, on=Contract)
def indicators(contract: Contract) -> ResponseReturnValue:
    lines = queries.indicators(contract.id, with_retired=True)
    groups: dict[str, list[queries.IndicatorLine]] = {}
    for line in lines:
        groups.setdefault(line.theme_label or "Communs à toutes les thématiques", []).append(line)
    return render_template(
        "contracts/indicators.html", contract=contract, groups=groups, editable=may(contract, Role.MANAGER)
    )


@blueprint.get("/contrats/<int:contract_id>/indicateurs/<int:indicator_id>")
@requires(*READERS, on=Contract)
def indicator(contract: Contract, indicator_id: int) -> ResponseReturnValue:
    """All the versions of an indicator."""
    found = _indicator(contract, indicator_id)
    return render_template(
        "contracts/indicator.html",
        contract=contract,
        versions=queries.indicator_versions(contract.id, found.code),
        editable=may(contract, Role.MANAGER),
    )


@blueprint.route("/contrats/<int:contract_id>/indicateurs/ajouter", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Contract)
def add_indicator(contract: Contract) -> ResponseReturnValue:
    form = NewIndicatorForm()
    form.offer(queries.pillars_and_themes(contract.id))
    if form.validate_on_submit() and form.attempt(
        operations.add_indicator,
        contract,
        form.code.data,
        form.read_definition(),
        theme_id=form.theme_id.data,
        is_compulsory=form.is_compulsory.data,
        actor=current_actor(),
    ):
        return _done(contract, "L’indicateur est ajouté.")
    return render_template("contracts/edit_indicator.html", contract=contract, form=form, indicator=None)


@blueprint.route("/contrats/<int:contract_id>/indicateurs/<int:indicator_id>/modifier", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Contract)
def edit_indicator(contract: Contract, indicator_id: int) -> ResponseReturnValue:
    found = _indicator(contract, indicator_id)
    form = IndicatorForm(obj=found)
    form.offer(queries.pillars_and_themes(contract.id))
    if form.validate_on_submit() and form.attempt(
        operations.edit_indicator,
        contract,
        found,
        form.read_definition(),
        theme_id=form.theme_id.data,
        is_compulsory=form.is_compulsory.data,
        actor=current_actor(),
    ):
        return _done(contract, "L’indicateur est modifié.")
    return render_template("contracts/edit_indicator.html", contract=contract, form=form, indicator=found)


@blueprint.post("/contrats/<int:contract_id>/indicateurs/<int:indicator_id>/retirer")
@requires(Role.MANAGER, on=Contract)
def retire_indicator(contract: Contract, indicator_id: int) -> ResponseReturnValue:
    perform(editing.retire, _newest(contract, indicator_id), actor=current_actor(), action="indicator.retired")
    return _done(contract, "L’indicateur n’est plus proposé.")


@blueprint.post("/contrats/<int:contract_id>/indicateurs/<int:indicator_id>/remettre")
@requires(Role.MANAGER, on=Contract)
def restore_indicator(contract: Contract, indicator_id: int) -> ResponseReturnValue:
    perform(editing.restore, _newest(contract, indicator_id), actor=current_actor(), action="indicator.restored")
    return _done(contract, "L’indicateur est de nouveau proposé.")


def _indicator(contract: Contract, indicator_id: int) -> Indicator:
    found = db.session.get(Indicator, indicator_id)
    if found is None or found.contract_id != contract.id:
        abort(404)
    return found


def _newest(contract: Contract, indicator_id: int) -> Indicator:
    return operations.newest_of(contract, _indicator(contract, indicator_id).code)


def _done(contract: Contract, words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for(".indicators", contract_id=contract.id))
