"""Structures: mine, a new one, one to join; their members."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, current_person, requires, signed_in
from portal.accounts.forms.membership import LEVEL_HINTS, InviteMemberForm, LevelForm, NewOrganisationForm
from portal.accounts.models import Grant, JoinRequest, Organisation, OrganisationKind
from portal.accounts.operations import grants as grant_operations
from portal.accounts.operations import membership as operations
from portal.accounts.queries import membership as queries
from portal.accounts.queries.people import organisations_of
from portal.accounts.rules import MemberLevel, Role, ScopeKind
from portal.accounts.rules.identifiers import siren_of, siret_number
from portal.accounts.rules.organisation import needs_check
from portal.accounts.views import limits
from portal.accounts.views.blueprint import blueprint
from portal.accounts.views.organisation import day_of, today
from portal.extensions import db
from portal.foundation.forms import ActionForm, perform
from portal.foundation.money import NBSP
from portal.foundation.refusals import Refusal


@blueprint.get("/structures")
@signed_in
def organisations() -> ResponseReturnValue:
    person = current_person()
    return render_template(
        "accounts/organisations.html",
        organisations=organisations_of(person.id),
        is_to_check=lambda row: needs_check(day_of(row.checked_at), today()),
        requests=queries.requests_of(person.id),
    )


@blueprint.route("/structures/nouvelle", methods=["GET", "POST"])
@signed_in
def new_organisation() -> ResponseReturnValue:
    form = NewOrganisationForm(data=_from_directory())
    if form.validate_on_submit():
        if queries.organisation_by_siren(siren_of(form.siret.data)) is not None:
            return redirect(url_for(".join_organisation", siret=form.siret.data))
        if form.attempt(
            operations.create_organisation,
            current_person(),
            form.name.data,
            form.kind.data,
            form.siret.data,
            form.rna.data,
        ):
            flash(
                f"La structure est créée{NBSP}: vous en êtes responsable. "
                "Vous pouvez commencer un dossier depuis votre tableau de bord.",
                "success",
            )
            return redirect(url_for(".members", organisation_id=form.result.id))
    return render_template("accounts/new_organisation.html", form=form)


def _from_directory() -> dict[str, object]:
    """What the directory knew of the structure chosen there: a beginning, to be read and sent."""
    told: dict[str, object] = {
        name: request.args.get(key) for key, name in (("nom", "name"), ("siret", "siret"), ("rna", "rna"))
    }
    kind = request.args.get("nature")
    return told | ({"kind": OrganisationKind(kind)} if kind in set(OrganisationKind) else {})


@blueprint.route("/structures/rejoindre", methods=["GET", "POST"])
@signed_in
def join_organisation() -> ResponseReturnValue:
    """Reached with the SIRET of a structure that is known already."""
    organisation = _known(request.args.get("siret", ""))
    form = ActionForm()
    if form.validate_on_submit() and form.attempt(operations.ask_to_join, current_person(), organisation):
        flash("Votre demande est envoyée. Vous recevrez la réponse par courriel.", "success")
        return redirect(url_for(".organisations"))
    is_member = queries.membership(organisation.id, current_person().id) is not None
    return render_template("accounts/join_organisation.html", form=form, organisation=organisation, is_member=is_member)


def _known(siret: str) -> Organisation:
    try:
        organisation = queries.organisation_by_siren(siren_of(siret_number(siret)))
    except Refusal:
        organisation = None
    return organisation or abort(404)


@blueprint.get("/structures/<int:organisation_id>/membres")
@requires(Role.APPLICANT, on=Organisation)
def members(organisation: Organisation) -> ResponseReturnValue:
    mine = queries.membership(organisation.id, current_person().id)
    is_owner = mine is not None and mine.level is MemberLevel.OWNER
    return render_template(
        "accounts/members.html",
        organisation=organisation,
        members=queries.members_of(organisation.id),
        requests=queries.waiting_requests(organisation.id) if is_owner else [],
        is_owner=is_owner,
        may_edit=mine is not None and mine.level is not MemberLevel.READER,
        my_person_id=current_person().id,
    )


@blueprint.route("/structures/<int:organisation_id>/membres/inviter", methods=["GET", "POST"])
@requires(Role.APPLICANT, on=Organisation, level=MemberLevel.OWNER)
@limits.mails_asked
def invite_member(organisation: Organisation) -> ResponseReturnValue:
    form = InviteMemberForm()
    if form.validate_on_submit() and form.attempt(
        operations.invite_member,
        organisation,
        form.email.data,
        form.given_name.data,
        form.family_name.data,
        form.level.data,
        actor=current_actor(),
    ):
        flash("L’invitation est envoyée.", "success")
        return redirect(url_for(".members", organisation_id=organisation.id))
    return render_template("accounts/invite_member.html", form=form, organisation=organisation, hints=LEVEL_HINTS)


@blueprint.route("/structures/membres/<int:grant_id>", methods=["GET", "POST"])
@requires(Role.APPLICANT, on=Grant, level=MemberLevel.OWNER)
def edit_member(grant: Grant) -> ResponseReturnValue:
    organisation = _organisation_of(grant)
    form = LevelForm(level=grant.level)
    if form.validate_on_submit() and form.attempt(
        operations.change_level, grant, form.level.data, actor=current_actor()
    ):
        flash("Le niveau est changé.", "success")
        return redirect(url_for(".members", organisation_id=organisation.id))
    return render_template(
        "accounts/edit_member.html", form=form, grant=grant, organisation=organisation, hints=LEVEL_HINTS
    )


def _organisation_of(grant: Grant) -> Organisation:
    if grant.scope_kind is not ScopeKind.ORGANISATION or grant.ended_at is not None:
        abort(404)
    return db.session.get_one(Organisation, grant.scope_id)


@blueprint.post("/structures/membres/<int:grant_id>/retirer")
@requires(Role.APPLICANT, on=Grant, level=MemberLevel.OWNER)
def remove_member(grant: Grant) -> ResponseReturnValue:
    organisation = _organisation_of(grant)
    itself = grant.person_id == current_person().id
    perform(grant_operations.end, grant, actor=current_actor())
    flash("L’accès est retiré.", "success")
    return redirect(url_for(".organisations") if itself else url_for(".members", organisation_id=organisation.id))


@blueprint.post("/structures/membres/<int:grant_id>/transmettre")
@requires(Role.APPLICANT, on=Grant, level=MemberLevel.OWNER)
def transfer_ownership(grant: Grant) -> ResponseReturnValue:
    """Hand the organisation over to another member."""
    organisation = _organisation_of(grant)
    perform(operations.transfer_ownership, grant, current_person())
    flash(f"{grant.person.display_name} est maintenant responsable de la structure.", "success")
    return redirect(url_for(".members", organisation_id=organisation.id))


@blueprint.post("/structures/<int:organisation_id>/quitter")
@requires(Role.APPLICANT, on=Organisation)
def leave(organisation: Organisation) -> ResponseReturnValue:
    perform(operations.leave, organisation, current_person())
    flash("Vous ne faites plus partie de cette structure.", "success")
    return redirect(url_for(".organisations"))


@blueprint.post("/structures/demandes/<int:join_request_id>/accepter")
@requires(Role.APPLICANT, Role.MANAGER, Role.ADMIN, on=JoinRequest, level=MemberLevel.OWNER)
def accept_join_request(join_request: JoinRequest) -> ResponseReturnValue:
    return _answer(join_request, accepted=True)


@blueprint.post("/structures/demandes/<int:join_request_id>/refuser")
@requires(Role.APPLICANT, Role.MANAGER, Role.ADMIN, on=JoinRequest, level=MemberLevel.OWNER)
def refuse_join_request(join_request: JoinRequest) -> ResponseReturnValue:
    return _answer(join_request, accepted=False)


def _answer(join_request: JoinRequest, *, accepted: bool) -> ResponseReturnValue:
    organisation_id = join_request.organisation_id
    perform(operations.answer_join_request, join_request, accepted, answerer=current_person())
    flash("La demande est acceptée." if accepted else "La demande est refusée.", "success")
    if queries.membership(organisation_id, current_person().id) is not None:
        return redirect(url_for(".members", organisation_id=organisation_id))
    return redirect(url_for(".ownerless_requests"))
