"""Sittings: planned, convened, opened, closed."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, current_person, my_scope_ids, requires, roles_of, usable_grants
from portal.accounts.rules import Role
from portal.calls.queries.visibility import visible_applications
from portal.calls.rules.cycle import DIRECTION
from portal.calls.states import ApplicationStatus
from portal.committee.forms.sittings import KindForm, MemberForm, PickForm, SittingForm
from portal.committee.models import AgendaItem, Sitting, SittingKind, SittingMember
from portal.committee.operations import sitting_kinds as kind_operations
from portal.committee.operations import sittings as operations
from portal.committee.operations.letters import REFUSING
from portal.committee.queries import sittings as queries
from portal.committee.rules.sittings import SITTING
from portal.committee.states import SittingStatus
from portal.committee.views import blueprint
from portal.contracts import queries as contracts
from portal.extensions import db
from portal.foundation.files import StoredFile, attachment
from portal.foundation.forms import perform
from portal.foundation.pagination import asked_page, paged

DIRECT = (Role.OFFICER, Role.MANAGER)
READERS = (*DIRECT, Role.DELEGATE, Role.STEERING, Role.REVIEWER, Role.RESIDENT)
ELIGIBLE = {
    "submitted": (ApplicationStatus.SUBMITTED,),
    "admissible": (ApplicationStatus.ADMISSIBLE,),
    "decided": (ApplicationStatus.DECIDED,),
    "inadmissible": (ApplicationStatus.INADMISSIBLE,),
}


@blueprint.get("/seances")
@requires(*READERS)
def sittings() -> ResponseReturnValue:
    page = paged(queries.sittings_seen(usable_grants()), asked_page())
    return render_template("committee/sittings/list.html", page=page, may_plan=bool(my_scope_ids(*DIRECT)))


@blueprint.route("/seances/nouvelle", methods=["GET", "POST"])
@requires(*DIRECT)
def plan_sitting() -> ResponseReturnValue:
    contract_ids = my_scope_ids(*DIRECT)
    form = SittingForm()
    kinds = queries.kinds_of(contract_ids)
    form.offer(kinds, queries.calls_of(contract_ids))
    if form.validate_on_submit() and form.attempt(operations.create_sitting, form.terms(), actor=current_actor()):
        return redirect(url_for(".sitting", sitting_id=form.result.id))
    return render_template(
        "committee/sittings/plan.html", form=form, kinds=kinds, contracts=contracts.contracts_of(contract_ids)
    )


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
    perform(kind_operations.add_usual_kinds, contract_id, actor=current_actor())
    flash("Les natures de séance habituelles sont en place.", "success")
    return redirect(url_for(".sitting_kinds"))


@blueprint.route("/seances/natures/<int:kind_id>", methods=["GET", "POST"])
@requires(*DIRECT)
def edit_kind(kind_id: int) -> ResponseReturnValue:
    kind = db.session.get(SittingKind, kind_id)
    if kind is None or kind.contract_id not in my_scope_ids(*DIRECT):
        abort(404)
    form = KindForm(
        label=kind.label,
        pronounces=kind.pronounces_admissibility,
        arbitrates=kind.arbitrates,
        quorum=kind.quorum,
    )
    if form.validate_on_submit() and form.attempt(
        kind_operations.set_kind,
        kind,
        label=form.label.data,
        pronounces=form.pronounces.data,
        arbitrates=form.arbitrates.data,
        quorum=form.quorum.data,
        actor=current_actor(),
    ):
        flash("La nature de séance est enregistrée.", "success")
        return redirect(url_for(".sitting_kinds"))
    return render_template("committee/sittings/kind.html", form=form, kind=kind)


# -- one sitting --------------------------------------------------------------------------------


@blueprint.get("/seances/<int:sitting_id>")
@requires(*READERS, on=Sitting)
def sitting(sitting: Sitting) -> ResponseReturnValue:
    roles = roles_of(sitting)
    agenda = queries.agenda(sitting, current_person().id)
    return render_template(
        "committee/sittings/show.html",
        sitting=sitting,
        agenda=agenda,
        directs=bool(roles & DIRECTION),
        # A resident is told of decisions once the sitting is closed, never of amounts.
        reads=bool(roles - {Role.RESIDENT}),
        steps={step.name for step in SITTING.available(sitting.status, roles)},
        minutes_open=not queries.steps_out_of_agenda(current_person().id, sitting),
        minutes_task=queries.minutes_task(sitting.id),
        refuses=any(decision.outcome in REFUSING for row in agenda.rows for decision in row.decisions.values()),
    )


@blueprint.route("/seances/<int:sitting_id>/modifier", methods=["GET", "POST"])
@requires(*DIRECT, on=Sitting)
def edit_sitting(sitting: Sitting) -> ResponseReturnValue:
    form = SittingForm(
        kind_id=str(sitting.kind_id),
        call_id=str(sitting.call_id or ""),
        title=sitting.title,
        held_on=sitting.held_on,
        place=sitting.place,
    )
    form.offer(queries.kinds_of([sitting.contract_id]), queries.calls_of([sitting.contract_id]))
    if form.validate_on_submit() and form.attempt(
        operations.change_sitting, sitting, form.terms(), actor=current_actor()
    ):
        flash("La séance est enregistrée.", "success")
        return redirect(url_for(".sitting", sitting_id=sitting.id))
    return render_template("committee/sittings/edit.html", form=form, sitting=sitting)


@blueprint.post("/seances/<int:sitting_id>/<any(open, close):step>")
@requires(*DIRECT, on=Sitting)
def move_sitting(sitting: Sitting, step: str) -> ResponseReturnValue:
    perform(operations.move_sitting, sitting, step, actor=current_actor(), roles=roles_of(sitting))
    done = {"open": "La séance est ouverte.", "close": "La séance est close ; son relevé de décisions se prépare."}
    flash(done[step], "success")
    return redirect(url_for(".sitting", sitting_id=sitting.id))


# -- members ------------------------------------------------------------------------------------


@blueprint.route("/seances/<int:sitting_id>/membres", methods=["GET", "POST"])
@requires(*DIRECT, on=Sitting)
def sitting_members(sitting: Sitting) -> ResponseReturnValue:
    form = MemberForm()
    form.offer(queries.convenable(sitting))
    if form.validate_on_submit() and form.attempt(
        operations.convene,
        sitting,
        person_id=form.chosen_person(),
        name=form.name.data or "",
        capacity=form.capacity.data,
        is_voting=form.is_voting.data,
        actor=current_actor(),
    ):
        flash(f"{form.result.name} est sur la liste des convoqués.", "success")
        return redirect(url_for(".sitting_members", sitting_id=sitting.id))
    return render_template(
        "committee/sittings/members.html",
        form=form,
        sitting=sitting,
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
    flash(f"Convocations envoyées : {count}.", "success")
    return redirect(url_for(".sitting_members", sitting_id=sitting.id))


@blueprint.route("/seances/<int:sitting_id>/emargement", methods=["GET", "POST"])
@requires(*DIRECT, on=Sitting)
def attendance(sitting: Sitting) -> ResponseReturnValue:
    form = PickForm(picked=[member.id for member in sitting.members if member.is_present])
    form.offer([member.id for member in sitting.members])
    if form.validate_on_submit() and form.attempt(operations.take_attendance, sitting, form.ids, actor=current_actor()):
        flash("La présence est pointée.", "success")
        return redirect(url_for(".sitting", sitting_id=sitting.id))
    return render_template("committee/sittings/attendance.html", form=form, sitting=sitting)


# -- agenda -------------------------------------------------------------------------------------


@blueprint.route("/seances/<int:sitting_id>/ordre-du-jour", methods=["GET", "POST"])
@requires(*DIRECT, on=Sitting)
def sitting_agenda(sitting: Sitting) -> ResponseReturnValue:
    usual = "submitted" if sitting.kind.pronounces_admissibility else "admissible"
    asked = request.args.get("etat", usual)
    visible = visible_applications(current_person().id, usable_grants())
    found = queries.candidates(sitting, visible, ELIGIBLE.get(asked, ELIGIBLE[usual]))
    form = PickForm()
    form.offer([each.id for each in found])
    if form.validate_on_submit() and form.attempt(
        operations.add_to_agenda, sitting, queries.applications(form.ids), actor=current_actor()
    ):
        flash("L’ordre du jour est complété.", "success")
        return redirect(url_for(".sitting", sitting_id=sitting.id))
    return render_template("committee/sittings/agenda.html", form=form, sitting=sitting, candidates=found, asked=asked)


@blueprint.post("/ordre-du-jour/<int:agenda_item_id>/retirer")
@requires(*DIRECT, on=AgendaItem)
def take_off_agenda(agenda_item: AgendaItem) -> ResponseReturnValue:
    sitting_id = agenda_item.sitting_id
    perform(operations.take_off_agenda, agenda_item, actor=current_actor(), roles=roles_of(agenda_item))
    flash("Le dossier est retiré de l’ordre du jour.", "success")
    return redirect(url_for(".sitting", sitting_id=sitting_id))


# -- minutes ------------------------------------------------------------------------------------


def _not_recused(person: object, thing: Sitting, _roles: object) -> bool:
    """The minutes tell of every item: they are closed to whoever stepped out of one."""
    return not queries.steps_out_of_agenda(current_person().id, thing)


@blueprint.get("/seances/<int:sitting_id>/releve.pdf")
@requires(*DIRECT, Role.DELEGATE, Role.STEERING, Role.REVIEWER, on=Sitting, narrowed_by=_not_recused)
def minutes_file(sitting: Sitting) -> ResponseReturnValue:
    if sitting.minutes_file_id is None:
        abort(404)
    return attachment(db.session.get_one(StoredFile, sitting.minutes_file_id))


@blueprint.post("/seances/<int:sitting_id>/releve")
@requires(*DIRECT, on=Sitting)
def ask_minutes(sitting: Sitting) -> ResponseReturnValue:
    perform(operations.ask_minutes, sitting, actor=current_actor())
    flash("Le relevé de décisions se prépare.", "success")
    return redirect(url_for(".sitting", sitting_id=sitting.id))
