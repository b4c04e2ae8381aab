"""Setting up the second factor and its recovery codes."""

from __future__ import annotations

import segno
from flask import current_app, render_template, request, session
from flask.typing import ResponseReturnValue

from portal.accounts import sessions
from portal.accounts.access import current_person, signed_in
from portal.accounts.forms.signing import SetUpForm
from portal.accounts.operations import second_factor as operations
from portal.accounts.rules.credentials import new_totp_secret, totp_address
from portal.accounts.views import limits
from portal.accounts.views.blueprint import blueprint
from portal.foundation.forms import perform


@blueprint.route("/compte/double-authentification", methods=["GET", "POST"])
@signed_in
@sessions.recently_confirmed
@limits.codes_tried
def set_up_second_factor() -> ResponseReturnValue:
    """The secret waits in the person's own session until their application has shown a right code."""
    person = current_person()
    secret = session.setdefault("totp_pending", new_totp_secret())
    form = SetUpForm()
    if form.validate_on_submit() and form.attempt(operations.confirm_second_factor, person, secret, form.code.data):
        onward = sessions.destination() if "next" in request.args else None
        sessions.pass_second_factor(person)
        return render_template("accounts/recovery_codes.html", codes=form.result, onward=onward)
    address = totp_address(secret, person.email, f"Contrat de ville {current_app.config['PORTAL'].city_name}")
    picture = segno.make(address, error="m").svg_data_uri(scale=5, border=3)
    return render_template(
        "accounts/set_up_second_factor.html",
        form=form,
        picture=picture,
        secret=secret,
        replaces=person.totp_confirmed_at,
    )


@blueprint.post("/compte/codes-de-secours")
@signed_in
@sessions.recently_confirmed
def renew_recovery_codes() -> ResponseReturnValue:
    codes = perform(operations.renew_recovery_codes, current_person())
    return render_template("accounts/recovery_codes.html", codes=codes, onward=None)
