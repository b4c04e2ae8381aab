"""Sittings: planned, convened, opened, closed."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, current_person, my_scope_ids, requires, roles_of, usable_grants
from portal.accounts.rules import Role
from portal.calls.rules.cycle import DIRECTION
from portal.committee.forms.sittings import SittingForm
from portal.committee.models import Sitting
from portal.committee.operations import sittings as operations
from portal.committee.queries import sittings as queries
from portal.committee.queries.attendance import attendance_of
from portal.committee.queries.sitting_documents import papers_of
from portal.committee.rules.letters import TELLING
from portal.committee.rules.sittings import SITTING
from portal.committee.views import blueprint
from portal.contracts import queries as contracts
from portal.foundation.forms import perform
from portal.foundation.pagination import asked_page, paged

DIRECT = (Role.OFFICER, Role.MANAGER)
READERS = (*DIRECT, Role.DELEGATE, Role.STEERING, Role.REVIEWER, Role.RESIDENT)


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
        # A resident is told of decisions, and of states that follow them, once the sitting is closed; never of amounts.
        reads=bool(roles - {Role.RESIDENT}),
        steps={step.name for step in SITTING.available(sitting.status, roles)},
        steps_out=queries.steps_out_of_agenda(current_person().id, sitting),
        papers=papers_of(sitting, current_person().id, roles),
        attendance=attendance_of(sitting),
        copies=queries.recused_members(sitting) if roles & DIRECTION else [],
        tells=any(decision.outcome in TELLING for row in agenda.rows for decision in row.decisions.values()),
    )


@blueprint.route("/seances/<int:sitting_id>/modifier", methods=["GET", "POST"])
@requires(*DIRECT, on=Sitting)
def edit_sitting(sitting: Sitting) -> ResponseReturnValue:
    form = SittingForm(
        kind_id=str(sitting.kind_id),
        call_id=str(sitting.call_id or ""),
        title=sitting.title,
        held_on=sitting.held_on,
        starts_at=sitting.starts_at,
        place=sitting.place,
        seen=operations.terms_of(sitting).mark,
    )
    form.offer(queries.kinds_of([sitting.contract_id]), queries.calls_of([sitting.contract_id]))
    if form.validate_on_submit() and form.attempt(
        operations.change_sitting, sitting, form.terms(), seen=form.seen.data, actor=current_actor()
    ):
        flash("La séance est enregistrée.", "success")
        return redirect(url_for(".sitting", sitting_id=sitting.id))
    if form.conflict:
        # Saving again is then a choice made with both in sight.
        form.seen.data = operations.terms_of(sitting).mark
    return render_template("committee/sittings/edit.html", form=form, sitting=sitting)


@blueprint.post("/seances/<int:sitting_id>/<any(open, close):step>")
@requires(*DIRECT, on=Sitting)
def move_sitting(sitting: Sitting, step: str) -> ResponseReturnValue:
    perform(operations.move_sitting, sitting, step, actor=current_actor(), roles=roles_of(sitting))
    done = {"open": "La séance est ouverte.", "close": "La séance est close ; son relevé de décisions se prépare."}
    flash(done[step], "success")
    return redirect(url_for(".sitting", sitting_id=sitting.id))
