"""Pillars and themes."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, may, requires
from portal.accounts.rules import Role
from portal.contracts import queries
from portal.contracts.forms.taxonomy import PillarForm, ThemeForm
from portal.contracts.models import Contract, Theme
from portal.contracts.operations import editing
from portal.contracts.operations import taxonomy as operations
from portal.contracts.views.blueprint import READERS, blueprint
from portal.extensions import db
from portal.foundation.forms import perform


@blueprint.get("/contrats/<int:contract_id>/thematiques")
@requires(*READERS, on=Contract)
def taxonomy(contract: Contract) -> ResponseReturnValue:
    return render_template(
        "contracts/taxonomy.html",
        contract=contract,
        levels=queries.level_names(contract.id),
        pillars=queries.pillars_and_themes(contract.id, with_retired=True),
        aliases=queries.aliases(contract.id),
        editable=may(contract, Role.MANAGER),
    )


@blueprint.route("/contrats/<int:contract_id>/thematiques/ajouter", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Contract)
def add_theme(contract: Contract) -> ResponseReturnValue:
    """A theme, or a pillar with ?niveau=0."""
    depth = 0 if request.args.get("niveau") == "0" else 1
    form = _form(contract, depth, None)
    if form.validate_on_submit() and form.attempt(
        operations.add_theme, contract, form.label.data, depth=depth, actor=current_actor(), **form.values()
    ):
        flash("La ligne est ajoutée.", "success")
        return redirect(url_for(".taxonomy", contract_id=contract.id))
    return _page(contract, form, depth, None)


@blueprint.route("/contrats/<int:contract_id>/thematiques/<int:theme_id>/modifier", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Contract)
def edit_theme(contract: Contract, theme_id: int) -> ResponseReturnValue:
    theme = _theme(contract, theme_id)
    form = _form(contract, theme.depth, theme)
    if form.validate_on_submit() and form.attempt(
        operations.edit_theme, contract, theme, form.label.data, actor=current_actor(), **form.values()
    ):
        flash("La ligne est modifiée.", "success")
        return redirect(url_for(".taxonomy", contract_id=contract.id))
    return _page(contract, form, theme.depth, theme)


@blueprint.post("/contrats/<int:contract_id>/thematiques/<int:theme_id>/retirer")
@requires(Role.MANAGER, on=Contract)
def retire_theme(contract: Contract, theme_id: int) -> ResponseReturnValue:
    perform(editing.retire, _theme(contract, theme_id), actor=current_actor(), action="theme.retired")
    return _done(contract, "La ligne est retirée des listes ; ce qui l’utilise la garde.")


@blueprint.post("/contrats/<int:contract_id>/thematiques/<int:theme_id>/remettre")
@requires(Role.MANAGER, on=Contract)
def restore_theme(contract: Contract, theme_id: int) -> ResponseReturnValue:
    perform(editing.restore, _theme(contract, theme_id), actor=current_actor(), action="theme.restored")
    return _done(contract, "La ligne est de nouveau proposée.")


@blueprint.post("/contrats/<int:contract_id>/thematiques/<int:theme_id>/deplacer")
@requires(Role.MANAGER, on=Contract)
def move_theme(contract: Contract, theme_id: int) -> ResponseReturnValue:
    up = request.form.get("sens") == "haut"
    perform(operations.move_theme, contract, _theme(contract, theme_id), up=up, actor=current_actor())
    return _done(contract, "L’ordre est modifié.")


def _form(contract: Contract, depth: int, theme: Theme | None) -> PillarForm:
    if depth == 0:
        return PillarForm(obj=theme)
    printed = "\n".join(queries.aliases(contract.id).get(theme.id, [])) if theme else ""
    form = ThemeForm(obj=theme, data={"pillar_id": theme.parent_id if theme else None, "printed_as": printed})
    form.offer(queries.pillars_and_themes(contract.id))
    return form


def _page(contract: Contract, form: PillarForm, depth: int, theme: Theme | None) -> str:
    return render_template(
        "contracts/theme.html",
        contract=contract,
        level=queries.level_names(contract.id)[depth],
        form=form,
        theme=theme,
    )


def _done(contract: Contract, words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for(".taxonomy", contract_id=contract.id))


def _theme(contract: Contract, theme_id: int) -> Theme:
    theme = db.session.get(Theme, theme_id)
    if theme is None or theme.contract_id != contract.id:
        abort(404)
    return theme
