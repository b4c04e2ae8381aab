"""The figures of a quartier, and those of the city and the country."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Role
from portal.contracts.models import Contract
from portal.extensions import db
from portal.foundation.forms import perform
from portal.quartiers import queries
from portal.quartiers.forms import FigureForm
from portal.quartiers.models import Figure, FigureScope
from portal.quartiers.operations import editing as operations
from portal.quartiers.views.blueprint import blueprint, quartier_of

PLACES = {FigureScope.CITY: "la commune", FigureScope.COUNTRY: "le pays"}


@blueprint.route("/contrats/<int:contract_id>/quartiers/<int:quartier_id>/chiffres/ajouter", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Contract)
def add_figure(contract: Contract, quartier_id: int) -> ResponseReturnValue:
    quartier = quartier_of(contract, quartier_id)
    return _add(contract, FigureScope.QUARTIER, quartier)


@blueprint.route("/contrats/<int:contract_id>/comparaisons/ajouter", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Contract)
def add_comparison(contract: Contract) -> ResponseReturnValue:
    """A figure of the city, or of the country with ?de=pays."""
    scope = FigureScope.COUNTRY if request.args.get("de") == "pays" else FigureScope.CITY
    return _add(contract, scope, None)


@blueprint.route("/contrats/<int:contract_id>/chiffres/<int:figure_id>/modifier", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Contract)
def edit_figure(contract: Contract, figure_id: int) -> ResponseReturnValue:
    figure = _figure(contract, figure_id)
    form = FigureForm(obj=figure)
    if form.validate_on_submit() and form.attempt(operations.edit_figure, figure, form.values(), actor=current_actor()):
        flash("Le chiffre est modifié.", "success")
        return redirect(_back(contract, figure.quartier_id))
    quartier = quartier_of(contract, figure.quartier_id) if figure.quartier_id else None
    return _page(contract, form, figure.scope, quartier, "Modifier un chiffre")


@blueprint.post("/contrats/<int:contract_id>/chiffres/<int:figure_id>/retirer")
@requires(Role.MANAGER, on=Contract)
def remove_figure(contract: Contract, figure_id: int) -> ResponseReturnValue:
    figure = _figure(contract, figure_id)
    back = _back(contract, figure.quartier_id)
    perform(operations.remove_figure, figure, actor=current_actor())
    flash("Le chiffre est retiré.", "success")
    return redirect(back)


def _add(contract: Contract, scope: FigureScope, quartier: queries.QuartierLine | None) -> ResponseReturnValue:
    quartier_id = quartier.id if quartier else None
    form = FigureForm()
    if form.validate_on_submit() and form.attempt(
        operations.add_figure, contract, scope, quartier_id, form.values(), actor=current_actor()
    ):
        flash("Le chiffre est ajouté.", "success")
        return redirect(_back(contract, quartier_id))
    return _page(contract, form, scope, quartier, "Ajouter un chiffre")


def _page(
    contract: Contract, form: FigureForm, scope: FigureScope, quartier: queries.QuartierLine | None, title: str
) -> str:
    return render_template(
        "quartiers/figure.html",
        contract=contract,
        form=form,
        quartier=quartier,
        place=quartier.name if quartier else PLACES[scope],
        title=title,
        back=_back(contract, quartier.id if quartier else None),
    )


def _back(contract: Contract, quartier_id: int | None) -> str:
    if quartier_id is None:
        return url_for(".index", contract_id=contract.id)
    return url_for(".show", contract_id=contract.id, quartier_id=quartier_id)


def _figure(contract: Contract, figure_id: int) -> Figure:
    figure = db.session.get(Figure, figure_id)
    if figure is None or figure.contract_id != contract.id:
        abort(404)
    return figure
