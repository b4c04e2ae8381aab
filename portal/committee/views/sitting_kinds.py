"""The kinds of sitting of a contract: what each may pronounce, who sits, what its convocation says."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, my_scope_ids, requires
from portal.committee.forms.sittings import KindForm, MemberForm, WordsForm
from portal.committee.models import SittingKind, SittingSeat
from portal.committee.operations import sitting_kinds as operations
from portal.committee.queries import sittings as queries
from portal.committee.rules.convocations import MODEL, USUAL
from portal.committee.views import blueprint
from portal.committee.views.sittings import DIRECT
from portal.contracts import queries as contracts
from portal.extensions import db
from portal.foundation.forms import perform


@blueprint.get("/seances/natures")
@requires(*DIRECT)
def sitting_kinds() -> ResponseReturnValue:
    contract_ids = my_scope_ids(*DIRECT)
    kinds = queries.kinds_of(contract_ids)
    grouped = [
        (contract, [kind for kind in kinds if kind.contract_id == contract.id])
        for contract in contracts.contracts_of(contract_ids)
    ]
    return render_template("committee/sittings/kinds.html", grouped=grouped)


@blueprint.post("/seances/natures/habituelles/<int:contract_id>")
@requires(*DIRECT)
def usual_kinds(contract_id: int) -> ResponseReturnValue:
    if contract_id not in my_scope_ids(*DIRECT):
        abort(404)
    perform(operations.add_usual_kinds, contract_id, actor=current_actor())
    flash("Les natures de séance habituelles sont en place.", "success")
    return redirect(url_for(".sitting_kinds"))


def _mine(kind_id: int) -> SittingKind:
    kind = db.session.get(SittingKind, kind_id)
    if kind is None or kind.contract_id not in my_scope_ids(*DIRECT):
        abort(404)
    return kind


@blueprint.route("/seances/natures/<int:kind_id>", methods=["GET", "POST"])
@requires(*DIRECT)
def edit_kind(kind_id: int) -> ResponseReturnValue:
    kind = _mine(kind_id)
    form = KindForm(obj=kind, pronounces=kind.pronounces_admissibility)
    if form.validate_on_submit() and form.attempt(operations.set_kind, kind, form.terms(), actor=current_actor()):
        flash("La nature de séance est enregistrée.", "success")
        return redirect(url_for(".sitting_kinds"))
    return render_template("committee/sittings/kind.html", form=form, kind=kind)


@blueprint.route("/seances/natures/<int:kind_id>/membres", methods=["GET", "POST"])
@requires(*DIRECT)
def kind_seats(kind_id: int) -> ResponseReturnValue:
    """Who is convened to every sitting of a kind."""
    kind = _mine(kind_id)
    form = MemberForm()
    form.offer(queries.people_of_contract(kind.contract_id, {seat.person_id for seat in kind.seats if seat.person_id}))
    if form.validate_on_submit() and form.attempt(operations.add_seat, kind, form.seat(), actor=current_actor()):
        flash(f"{form.result.name} siégera d’office.", "success")
        return redirect(url_for(".kind_seats", kind_id=kind.id))
    return render_template("committee/sittings/seats.html", form=form, kind=kind)


@blueprint.post("/seances/natures/<int:kind_id>/membres/<int:seat_id>/retirer")
@requires(*DIRECT)
def remove_seat(kind_id: int, seat_id: int) -> ResponseReturnValue:
    kind = _mine(kind_id)
    seat = db.session.get(SittingSeat, seat_id)
    if seat is None or seat.kind_id != kind.id:
        abort(404)
    perform(operations.remove_seat, seat, kind, actor=current_actor())
    flash("La personne ne siège plus d’office ; les séances déjà prévues ne changent pas.", "success")
    return redirect(url_for(".kind_seats", kind_id=kind.id))


@blueprint.route("/seances/natures/<int:kind_id>/convocation", methods=["GET", "POST"])
@requires(*DIRECT)
def kind_convocation(kind_id: int) -> ResponseReturnValue:
    """The words of the convocations of a kind."""
    kind = _mine(kind_id)
    form = WordsForm(body=kind.convocation or USUAL)
    if form.validate_on_submit() and form.attempt(
        operations.set_convocation, kind, form.body.data or "", actor=current_actor()
    ):
        flash("Le modèle de convocation est enregistré.", "success")
        return redirect(url_for(".edit_kind", kind_id=kind.id))
    return render_template("committee/sittings/convocation.html", form=form, kind=kind, placeholders=MODEL.placeholders)
