"""The acts of funders: recorded with their lines, then notified by letters."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, current_person, my_scope_ids, requires, roles_of, usable_grants
from portal.accounts.rules import Role, ScopeKind
from portal.accounts.sessions import recently_confirmed
from portal.calls.models import Call
from portal.calls.queries.visibility import visible_applications
from portal.calls.rules.cycle import DIRECTION
from portal.committee.forms.acts import NotifyForm, act_form, letters_of
from portal.committee.models import FundingAct
from portal.committee.operations import acts as operations
from portal.committee.operations import letters
from portal.committee.queries import acts as queries
from portal.committee.queries.doors import doors_of
from portal.committee.queries.letters import unsent_of_act
from portal.committee.rules.acts import RECORDERS
from portal.committee.rules.desk import COMMITTEE
from portal.committee.views import blueprint
from portal.contracts.models import Funder, FunderKind
from portal.extensions import db
from portal.foundation.files import StoredFile, attachment
from portal.foundation.forms import perform
from portal.foundation.web.requests import takes_files

READERS = (*COMMITTEE, Role.FUNDER_AGENT, Role.STATE_OFFICER)
SENDERS = (Role.OFFICER, Role.MANAGER, Role.FUNDER_AGENT, Role.STATE_OFFICER)


@dataclass(frozen=True)
class FunderSide:
    """A funder's part in a call: what roles on it are asked of."""

    contract_id: int
    funder_id: int

    def access_scopes(self) -> dict[ScopeKind, set[int]]:
        return {ScopeKind.CONTRACT: {self.contract_id}, ScopeKind.FUNDER: {self.funder_id}}


def roles_for(call: Call, funder_id: int) -> frozenset[Role]:
    """The roles of the signed-in person that reach a funder's part of a call."""
    return roles_of(FunderSide(call.contract_id, funder_id))


@blueprint.get("/programmation/<int:call_id>/actes")
@requires(*READERS, on=Call)
def acts(call: Call) -> ResponseReturnValue:
    roles = roles_of(call)
    committee = bool(roles & COMMITTEE)
    mine = my_scope_ids(Role.FUNDER_AGENT, Role.STATE_OFFICER)
    funders = queries.funders_of(call.id, current_person().id)
    return render_template(
        "committee/acts/list.html",
        directs=bool(roles & DIRECTION),
        call=call,
        acts=queries.acts_of(call.id, current_person().id, None if committee else mine),
        doors=[
            (funder.name, door)
            for funder in funders
            for door in doors_of(call, funder.id, funder.kind is FunderKind.STATE)
        ],
        funders=[
            funder for funder in funders if roles_for(call, funder.id) & RECORDERS and (committee or funder.id in mine)
        ],
    )


@blueprint.route("/programmation/<int:call_id>/actes/nouveau/<int:funder_id>", methods=["GET", "POST"])
@requires(Role.MANAGER, Role.FUNDER_AGENT, Role.STATE_OFFICER, on=Call)
@takes_files
def record_act(call: Call, funder_id: int) -> ResponseReturnValue:
    funder, roles = db.session.get(Funder, funder_id), roles_for(call, funder_id)
    if funder is None or not roles & RECORDERS:
        abort(404)
    visible = visible_applications(current_person().id, usable_grants())
    lines = queries.lines_awaiting(call.id, funder_id, visible)
    form = act_form(lines)()
    sent = form.validate_on_submit() and form.holds_all(lines, request.form) and form.receive()
    if sent and form.attempt(
        operations.record_act,
        call,
        funder,
        form.terms(),
        form.amounts(lines),
        file=form.stored,
        actor=current_actor(),
        roles=roles,
    ):
        flash("L’acte est enregistré et ses financements sont attribués.", "success")
        return redirect(url_for(".act", funding_act_id=form.result.id))
    return render_template("committee/acts/record.html", form=form, call=call, funder=funder, lines=lines)


# -- one act ------------------------------------------------------------------------------------


@blueprint.get("/actes/<int:funding_act_id>")
@requires(*READERS, on=FundingAct)
def act(funding_act: FundingAct) -> ResponseReturnValue:
    lines = queries.act_lines(funding_act, current_person().id)
    return render_template(
        "committee/acts/show.html",
        act=funding_act,
        lines=lines,
        total=sum(line.amount_cents for line in lines),
        hidden=len(funding_act.lines) - len(lines),
        sends=bool(roles_of(funding_act) & set(SENDERS)),
        reads_letters=bool(roles_of(funding_act) & {*SENDERS, Role.DELEGATE}),
    )


@blueprint.get("/actes/<int:funding_act_id>/fichier")
@requires(*READERS, on=FundingAct)
def act_file(funding_act: FundingAct) -> ResponseReturnValue:
    """The signed act names every grant: it is closed to whoever stepped out of one."""
    shown = len(queries.act_lines(funding_act, current_person().id))
    if funding_act.file_id is None or shown < len(funding_act.lines):
        abort(404)
    return attachment(db.session.get_one(StoredFile, funding_act.file_id))


@blueprint.post("/actes/<int:funding_act_id>/courriers")
@requires(*SENDERS, on=FundingAct)
def make_grant_letters(funding_act: FundingAct) -> ResponseReturnValue:
    made = perform(letters.make_grant_letters, funding_act, actor=current_actor(), roles=roles_of(funding_act))
    flash(f"Courriers en préparation : {made}. Actualisez la page pour les lire.", "success")
    return redirect(url_for(".act", funding_act_id=funding_act.id))


@blueprint.route("/actes/<int:funding_act_id>/notifier", methods=["GET", "POST"])
@requires(*SENDERS, on=FundingAct)
@recently_confirmed
def notify_act(funding_act: FundingAct) -> ResponseReturnValue:
    """The selection is shown first; then those letters leave, and no other."""
    lines = _ready_lines(funding_act)
    form = NotifyForm(shown=letters_of(lines))
    if form.validate_on_submit() and form.attempt(
        letters.notify_act, funding_act, shown=form.letters(), actor=current_actor(), roles=roles_of(funding_act)
    ):
        flash(f"Courriers notifiés : {form.result}. Les porteurs sont prévenus.", "success")
        return redirect(url_for(".act", funding_act_id=funding_act.id))
    if form.is_submitted():
        # What is notified next is what the page now shows.
        lines = _ready_lines(funding_act)
        form.shown.data = letters_of(lines)
    return render_template("committee/acts/notify.html", form=form, act=funding_act, lines=lines)


def _ready_lines(act: FundingAct) -> list[queries.ActLine]:
    """The lines whose letter would leave now."""
    ready = {letter.id for letter in unsent_of_act(act.id, current_person().id)}
    return [line for line in queries.act_lines(act, current_person().id) if line.letter_id in ready]
