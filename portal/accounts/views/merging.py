"""The manager puts two organisations together, or notes that one is dissolved."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import sessions
from portal.accounts.access import current_actor, current_person, may, my_scope_ids, requires
from portal.accounts.forms.structures import AbsorbForm, DissolveForm, ReviveForm
from portal.accounts.models import Organisation
from portal.accounts.operations import merging as operations
from portal.accounts.operations import merging_own  # noqa: F401 - what follows a structure registers itself
from portal.accounts.queries import merging as queries
from portal.accounts.queries.structures import structures_page
from portal.accounts.rules import Role
from portal.accounts.views.blueprint import blueprint
from portal.extensions import db
from portal.foundation.forms import Form
from portal.foundation.pagination import Page, asked_page
from portal.foundation.quantities import plain_number


@blueprint.route("/direction/structures/<int:organisation_id>/fusion", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Organisation)
@sessions.recently_confirmed
def absorb_structure(organisation: Organisation) -> ResponseReturnValue:
    """Choose the structure that takes over, see what moves, say why, confirm."""
    asked = plain_number(request.args.get("vers"))
    if asked is None:
        return render_template(
            "accounts/structures/choose.html", organisation=organisation, page=_candidates(), text=_text()
        )
    successor = db.session.get(Organisation, asked)
    if successor is None or not may(successor, Role.MANAGER):
        abort(404)
    form = AbsorbForm()
    if form.validate_on_submit() and form.attempt(
        operations.absorb, organisation, successor, form.reason.data, actor=current_actor()
    ):
        flash("Les deux structures sont réunies ; les membres sont prévenus.", "success")
        return redirect(url_for(".followed_structure", organisation_id=successor.id))
    return render_template(
        "accounts/structures/absorb.html",
        organisation=organisation,
        successor=successor,
        obstacles=operations.obstacles(organisation, successor),
        moves=queries.moves_of(organisation, successor),
        arrivals=queries.arrivals(organisation.id, successor.id),
        accounts=queries.accounts_met(organisation.id, successor.id),
        form=form,
    )


def _text() -> str:
    return request.args.get("q", "").strip()[:200]


def _candidates() -> Page | None:
    if not _text():
        return None
    return structures_page(my_scope_ids(Role.MANAGER), current_person().id, _text(), "", asked_page())


@blueprint.route("/direction/structures/<int:organisation_id>/dissolution", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Organisation)
def dissolve_structure(organisation: Organisation) -> ResponseReturnValue:
    """Note the dissolution, or that it was a mistake."""
    is_dissolved = organisation.dissolved_on is not None
    form: Form = ReviveForm() if is_dissolved else DissolveForm()
    if form.validate_on_submit() and _note(form, organisation, is_dissolved):
        flash("La dissolution est annulée." if is_dissolved else "La dissolution est enregistrée.", "success")
        return redirect(url_for(".followed_structure", organisation_id=organisation.id))
    return render_template("accounts/structures/dissolve.html", organisation=organisation, form=form)


def _note(form: Form, organisation: Organisation, is_dissolved: bool) -> bool:
    if is_dissolved:
        return form.attempt(operations.revive, organisation, form["reason"].data, actor=current_actor())
    return form.attempt(operations.dissolve, organisation, form["on"].data, form["reason"].data, actor=current_actor())
