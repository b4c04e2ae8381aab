"""Who holds which role: the lists, invitations and ends; the accounts."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from portal.accounts.access import all_roles, current_actor, my_scope_ids, requires
from portal.accounts.forms.membership import InviteStaffForm, ReasonForm
from portal.accounts.models import Grant, Person
from portal.accounts.operations import grants as operations
from portal.accounts.operations import second_factor
from portal.accounts.queries import grants as queries
from portal.accounts.queries.mails import stuck_mails
from portal.accounts.queries.membership import ownerless_requests as requests_without_owner
from portal.accounts.rules import Role
from portal.accounts.sessions import recently_confirmed
from portal.accounts.views.blueprint import blueprint
from portal.foundation.forms import perform
from portal.foundation.pagination import asked_page


def _granter() -> queries.Granter:
    return queries.Granter(Role.ADMIN in all_roles(), frozenset(my_scope_ids(Role.MANAGER)))


def _asked_scope() -> queries.ManagedScope:
    """The scope of the address (`?portee=call-3`), 404 when it is not the visitor's to manage."""
    return queries.managed_scope(request.args.get("portee", ""), _granter()) or abort(404)


@blueprint.get("/personnes")
@requires(Role.ADMIN, Role.MANAGER)
def people() -> ResponseReturnValue:
    return render_template(
        "accounts/people.html",
        groups=queries.managed_scopes_by_kind(_granter()),
        waiting=len(requests_without_owner()),
        is_admin=Role.ADMIN in all_roles(),
        stuck=stuck_mails() if Role.ADMIN in all_roles() else 0,
    )


@blueprint.get("/personnes/acces")
@requires(Role.ADMIN, Role.MANAGER)
def holders() -> ResponseReturnValue:
    scope = _asked_scope()
    return render_template(
        "accounts/holders.html",
        scope=scope,
        holders=queries.holders(scope.kind, scope.id),
        is_admin=Role.ADMIN in all_roles(),
    )


@blueprint.route("/personnes/inviter", methods=["GET", "POST"])
@requires(Role.ADMIN, Role.MANAGER)
def invite() -> ResponseReturnValue:
    scope = _asked_scope()
    form = InviteStaffForm()
    form.role.choices = [SelectChoice(role.value, role.label) for role in scope.roles]
    if len(scope.roles) == 1 and not form.is_submitted():
        form.role.data = scope.roles[0]
    if form.validate_on_submit() and form.attempt(
        operations.invite,
        form.email.data,
        form.given_name.data,
        form.family_name.data,
        form.role.data,
        scope.kind,
        scope.id,
        f"{form.role.data.label} ({scope.label})",
        actor=current_actor(),
    ):
        flash("L’accès est donné et la personne prévenue.", "success")
        return redirect(url_for(".holders", portee=scope.code))
    return render_template("accounts/invite.html", form=form, scope=scope)


@blueprint.post("/personnes/acces/<int:grant_id>/fin")
@requires(Role.ADMIN, Role.MANAGER, on=Grant)
def end_grant(grant: Grant) -> ResponseReturnValue:
    code = f"{grant.scope_kind}-{grant.scope_id}"
    perform(operations.end, grant, actor=current_actor())
    flash("L’accès est terminé.", "success")
    managed = queries.managed_scope(code, _granter())
    return redirect(url_for(".holders", portee=code) if managed else url_for(".people"))


@blueprint.get("/personnes/demandes")
@requires(Role.ADMIN, Role.MANAGER)
def ownerless_requests() -> ResponseReturnValue:
    return render_template("accounts/ownerless_requests.html", requests=requests_without_owner())


@blueprint.get("/personnes/comptes")
@requires(Role.ADMIN)
def accounts() -> ResponseReturnValue:
    page = queries.accounts_page(request.args.get("q", "")[:200], asked_page())
    return render_template("accounts/accounts.html", page=page)


@blueprint.get("/personnes/comptes/<int:person_id>")
@requires(Role.ADMIN, on=Person)
def show_account(person: Person) -> ResponseReturnValue:
    return render_template(
        "accounts/show_account.html",
        person=person,
        grants=queries.grants_of(person.id),
        events=queries.history_of_person(person.id),
    )


@blueprint.route("/personnes/comptes/<int:person_id>/double-authentification", methods=["GET", "POST"])
@requires(Role.ADMIN, on=Person)
@recently_confirmed
def reset_second_factor(person: Person) -> ResponseReturnValue:
    form = ReasonForm()
    if form.validate_on_submit() and form.attempt(
        second_factor.reset_second_factor, person, form.reason.data, actor=current_actor()
    ):
        flash("La double authentification est réinitialisée et la personne prévenue.", "success")
        return redirect(url_for(".show_account", person_id=person.id))
    return render_template("accounts/reset_second_factor.html", form=form, person=person)


@blueprint.route("/personnes/comptes/<int:person_id>/fermer", methods=["GET", "POST"])
@requires(Role.ADMIN, on=Person)
@recently_confirmed
def close_account(person: Person) -> ResponseReturnValue:
    form = ReasonForm()
    if form.validate_on_submit() and form.attempt(
        operations.close_account, person, form.reason.data, actor=current_actor()
    ):
        flash("Le compte est fermé.", "success")
        return redirect(url_for(".show_account", person_id=person.id))
    return render_template("accounts/close_account.html", form=form, person=person)


@blueprint.post("/personnes/comptes/<int:person_id>/rouvrir")
@requires(Role.ADMIN, on=Person)
def reopen_account(person: Person) -> ResponseReturnValue:
    perform(operations.reopen_account, person, actor=current_actor())
    flash("Le compte est rouvert.", "success")
    return redirect(url_for(".show_account", person_id=person.id))


@blueprint.post("/personnes/comptes/<int:person_id>/relancer")
@requires(Role.ADMIN, on=Person)
def resend_invitation(person: Person) -> ResponseReturnValue:
    perform(operations.resend_invitation, person, actor=current_actor())
    flash("L’invitation est renvoyée.", "success")
    return redirect(url_for(".show_account", person_id=person.id))
