"""Who is convened to a sitting, what they were sent, and cancelling it."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires, roles_of
from portal.committee.forms.sittings import CancelForm, MemberForm
from portal.committee.models import Convocation, Sitting, SittingMember
from portal.committee.operations import convening as operations
from portal.committee.operations.sittings import move_sitting as move
from portal.committee.queries import convocations
from portal.committee.queries import sittings as queries
from portal.committee.states import SittingStatus
from portal.committee.views import blueprint
from portal.committee.views.sittings import DIRECT
from portal.extensions import db
from portal.foundation.files import StoredFile, attachment
from portal.foundation.forms import perform


@blueprint.route("/seances/<int:sitting_id>/membres", methods=["GET", "POST"])
@requires(*DIRECT, on=Sitting)
def sitting_members(sitting: Sitting) -> ResponseReturnValue:
    form = MemberForm()
    form.offer(queries.convenable(sitting))
    if form.validate_on_submit():
        seat = form.seat()
        if form.attempt(
            operations.convene,
            sitting,
            person_id=seat.person_id,
            name=seat.name,
            capacity=seat.capacity,
            is_voting=seat.is_voting,
            email=seat.email,
            actor=current_actor(),
        ):
            flash(f"{form.result.name} est sur la liste des convoqués.", "success")
            return redirect(url_for(".sitting_members", sitting_id=sitting.id))
    summoned = convocations.summoned(sitting)
    return render_template(
        "committee/sittings/members.html",
        form=form,
        sitting=sitting,
        summoned=summoned,
        waiting=sum(not each.is_current for each in summoned),
        history=convocations.history_of(sitting),
        usual=queries.usual_members(sitting),
        planned=sitting.status is SittingStatus.PLANNED,
    )


@blueprint.post("/seances/<int:sitting_id>/membres/habituels")
@requires(*DIRECT, on=Sitting)
def convene_usual(sitting: Sitting) -> ResponseReturnValue:
    count = perform(operations.convene_usual, sitting, actor=current_actor())
    flash(f"Membres ajoutés : {count}.", "success")
    return redirect(url_for(".sitting_members", sitting_id=sitting.id))


@blueprint.post("/seances/<int:sitting_id>/membres/<int:member_id>/retirer")
@requires(*DIRECT, on=Sitting)
def dismiss_member(sitting: Sitting, member_id: int) -> ResponseReturnValue:
    member = db.session.get(SittingMember, member_id)
    if member is None or member.sitting_id != sitting.id:
        abort(404)
    perform(operations.dismiss, member, sitting, actor=current_actor())
    flash("La personne est retirée de la liste.", "success")
    return redirect(url_for(".sitting_members", sitting_id=sitting.id))


@blueprint.post("/seances/<int:sitting_id>/convocations")
@requires(*DIRECT, on=Sitting)
def send_convocations(sitting: Sitting) -> ResponseReturnValue:
    count = perform(operations.send_convocations, sitting, actor=current_actor())
    flash(f"Convocations en préparation : {count}. Elles partent dès que leur PDF est prêt.", "success")
    return redirect(url_for(".sitting_members", sitting_id=sitting.id))


@blueprint.get("/seances/<int:sitting_id>/convocations/<int:convocation_id>.pdf")
@requires(*DIRECT, on=Sitting)
def convocation_file(sitting: Sitting, convocation_id: int) -> ResponseReturnValue:
    """To print for those without an address."""
    made = db.session.get(Convocation, convocation_id)
    if made is None or made.sitting_id != sitting.id or made.file_id is None:
        abort(404)
    return attachment(db.session.get_one(StoredFile, made.file_id))


@blueprint.route("/seances/<int:sitting_id>/annuler", methods=["GET", "POST"])
@requires(*DIRECT, on=Sitting)
def cancel_sitting(sitting: Sitting) -> ResponseReturnValue:
    form = CancelForm()
    if form.validate_on_submit() and form.attempt(
        move, sitting, "cancel", reason=form.reason.data or "", actor=current_actor(), roles=roles_of(sitting)
    ):
        flash("La séance est annulée ; les personnes convoquées sont prévenues.", "success")
        return redirect(url_for(".sitting", sitting_id=sitting.id))
    return render_template("committee/sittings/cancel.html", form=form, sitting=sitting)
