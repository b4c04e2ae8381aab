"""One's own account: profile, password, address."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import links, passwords, sessions
from portal.accounts.access import current_person, my_grants, public, signed_in
from portal.accounts.forms.signing import AddressForm, NewPasswordForm, ProfileForm
from portal.accounts.operations import people as operations
from portal.accounts.queries.people import unused_recovery_codes
from portal.accounts.rules import STAFF_ROLES
from portal.accounts.views import limits
from portal.accounts.views.blueprint import blueprint
from portal.foundation.forms import ActionForm, perform


@blueprint.get("/compte")
@signed_in
def account() -> ResponseReturnValue:
    person = current_person()
    return render_template(
        "accounts/account.html",
        person=person,
        is_staff=any(grant.role in STAFF_ROLES for grant in my_grants()),
        recovery_codes=unused_recovery_codes(person.id),
    )


@blueprint.route("/compte/profil", methods=["GET", "POST"])
@signed_in
def edit_profile() -> ResponseReturnValue:
    person = current_person()
    form = ProfileForm(obj=person)
    if form.validate_on_submit() and form.attempt(
        operations.edit_profile, person, form.given_name.data, form.family_name.data, form.phone.data
    ):
        flash("Votre profil est à jour.", "success")
        return redirect(url_for(".account"))
    return render_template("accounts/edit_profile.html", form=form)


@blueprint.route("/compte/mot-de-passe", methods=["GET", "POST"])
@signed_in
@sessions.recently_confirmed
def change_password() -> ResponseReturnValue:
    person = current_person()
    form = NewPasswordForm([person.email, person.given_name, person.family_name, person.display_name])
    if form.validate_on_submit():
        chosen = passwords.hashed(form.password.data)
        if form.attempt(operations.change_password, person, chosen):
            sessions.renew(person)
            flash("Votre mot de passe est changé. Vos autres appareils sont déconnectés.", "success")
            return redirect(url_for(".account"))
    return render_template("accounts/change_password.html", form=form)


@blueprint.route("/compte/courriel", methods=["GET", "POST"])
@signed_in
@sessions.recently_confirmed
@limits.mails_asked
def change_email() -> ResponseReturnValue:
    form = AddressForm()
    if form.validate_on_submit() and form.attempt(operations.ask_email_change, current_person(), form.email.data):
        return render_template("accounts/mail_sent.html", email=form.email.data)
    return render_template("accounts/change_email.html", form=form, person=current_person())


@blueprint.route("/compte/courriel/<token>", methods=["GET", "POST"])
@public
def confirm_email(token: str) -> ResponseReturnValue:
    """Opened from the new mailbox, perhaps on another device: the link is what proves."""
    link = links.read(token, links.LinkKind.EMAIL)
    if link is None:
        return render_template("accounts/link_over.html"), 410
    form = ActionForm()
    if form.validate_on_submit():
        perform(operations.confirm_email_change, link)
        sessions.end()
        flash("Votre nouvelle adresse est confirmée. Connectez-vous avec elle.", "success")
        return redirect(url_for(".sign_in"))
    return render_template("accounts/confirm_email.html", form=form, email=link.email)
