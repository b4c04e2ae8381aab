"""Signing in, up and out; choosing a password by a link."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.accounts import links, passwords, resuming, sessions
from portal.accounts.access import current_person, password_given, public, signed_in
from portal.accounts.forms.signing import (
    AddressForm,
    CodeForm,
    ConfirmAgainForm,
    NewPasswordForm,
    SignInForm,
    SignUpForm,
)
from portal.accounts.models import Person
from portal.accounts.operations import people as operations
from portal.accounts.operations import second_factor
from portal.accounts.queries.people import unused_recovery_codes
from portal.accounts.views import limits
from portal.accounts.views.blueprint import blueprint
from portal.foundation.forms import ActionForm, perform
from portal.foundation.refusals import Refusal


@blueprint.route("/connexion", methods=["GET", "POST"])
@public
@limits.sign_in_attempts
def sign_in() -> ResponseReturnValue:
    form = SignInForm()
    if current_user.is_authenticated:
        return _arrived(form.kept.data)
    if form.validate_on_submit():
        person = operations.authenticate(form.email.data, form.password.data)
        if person is None:
            form.refuse(Refusal("Adresse ou mot de passe inconnu. Vérifiez les deux, majuscules comprises."))
        elif form.attempt(operations.note_sign_in, person, operations.better_hash(person, form.password.data)):
            return _begin(person, form.kept.data)
    return render_template("accounts/sign_in.html", form=form, is_resuming=resuming.read(form.kept.data) is not None)


def _begin(person: Person, kept: str | None) -> ResponseReturnValue:
    sessions.begin(person)
    if not person.totp_confirmed_at:
        return _arrived(kept)
    if resuming.read(kept) is None:
        return redirect(url_for(".second_factor", next=request.args.get("next")))
    # The words that wait go from form to form: a redirection would drop them.
    form = CodeForm(formdata=None, kept=kept)
    return render_template("accounts/second_factor.html", form=form, action=url_for(".second_factor"))


def _arrived(kept_text: str | None) -> ResponseReturnValue:
    """Signed in: back to what was being sent when the session ended, else to the page first wanted."""
    kept = resuming.read(kept_text)
    if kept is None or not kept.belongs_to(current_person()):
        return redirect(sessions.destination())
    return resuming.resume_page(kept)


@blueprint.route("/connexion/code", methods=["GET", "POST"], endpoint="second_factor")
@password_given
@limits.codes_tried
def second_factor_step() -> ResponseReturnValue:
    person = current_person()
    if person.totp_confirmed_at is None:
        return redirect(url_for(".set_up_second_factor", next=request.args.get("next")))
    form = CodeForm()
    if form.validate_on_submit() and form.attempt(second_factor.pass_second_factor, person, form.code.data):
        sessions.pass_second_factor(person)
        if form.result == "recovery":
            flash(_codes_left(unused_recovery_codes(person.id)), "warning")
        return _arrived(form.kept.data)
    return render_template("accounts/second_factor.html", form=form)


def _codes_left(count: int) -> str:
    if count == 0:
        return "C’était votre dernier code de secours : demandez-en de nouveaux depuis votre compte."
    return f"Ce code de secours ne servira plus. Il vous en reste {count}."


@blueprint.route("/connexion/confirmer", methods=["GET", "POST"])
@signed_in
@limits.codes_tried
def confirm_again() -> ResponseReturnValue:
    """Asks for the password or a code before a sensitive step."""
    person = current_person()
    form = ConfirmAgainForm()
    if form.validate_on_submit():
        if passwords.matches(person.password_hash, form.secret.data):
            sessions.note_confirmed()
            return redirect(sessions.destination())
        if form.attempt(second_factor.pass_second_factor, person, form.secret.data):
            sessions.note_confirmed()
            return redirect(sessions.destination())
        form.form_errors.clear()
        form.refuse(Refusal("Ni votre mot de passe, ni un code valable.", "secret"))
    return render_template("accounts/confirm_again.html", form=form)


@blueprint.post("/deconnexion")
@public
def sign_out() -> ResponseReturnValue:
    if not ActionForm().validate_on_submit():
        abort(400)
    sessions.end()
    flash("La déconnexion est faite.", "success")
    return redirect("/")


@blueprint.post("/deconnexion-partout")
@password_given
def sign_out_everywhere() -> ResponseReturnValue:
    perform(operations.end_sessions, current_person())
    sessions.end()
    flash("La déconnexion est faite sur tous vos appareils.", "success")
    return redirect(url_for(".sign_in"))


@blueprint.route("/inscription", methods=["GET", "POST"])
@public
@limits.mails_asked
def sign_up() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(sessions.destination())
    form = SignUpForm()
    if form.validate_on_submit() and form.attempt(
        operations.ask_account, form.given_name.data, form.family_name.data, form.email.data
    ):
        return _mail_sent(form.email.data)
    return render_template("accounts/sign_up.html", form=form)


@blueprint.route("/mot-de-passe-oublie", methods=["GET", "POST"])
@public
@limits.mails_asked
def forgotten_password() -> ResponseReturnValue:
    form = AddressForm()
    if form.validate_on_submit() and form.attempt(operations.ask_password_reset, form.email.data):
        return _mail_sent(form.email.data)
    return render_template("accounts/forgotten_password.html", form=form)


def _mail_sent(email: str) -> ResponseReturnValue:
    """The same answer for every address: it tells nothing of who has an account."""
    return render_template("accounts/mail_sent.html", email=email)


@blueprint.route("/mot-de-passe/<token>", methods=["GET", "POST"])
@public
def choose_password(token: str) -> ResponseReturnValue:
    link = links.read(token, *links.PASSWORD_KINDS)
    if link is None:
        return render_template("accounts/link_over.html"), 410
    person = link.person
    form = NewPasswordForm([person.email, person.given_name, person.family_name, person.display_name])
    if form.validate_on_submit():
        chosen = passwords.hashed(form.password.data)
        if form.attempt(operations.choose_password, link, chosen):
            sessions.end()
            flash("Votre mot de passe est enregistré. Connectez-vous.", "success")
            return redirect(url_for(".sign_in"))
    return render_template("accounts/choose_password.html", form=form, person=person, kind=link.kind)
