"""« Courriels non partis »: what the mail server refused, or whose answer was lost."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.operations import mails as operations
from portal.accounts.queries import mails as queries
from portal.accounts.rules import Role
from portal.accounts.views.blueprint import blueprint
from portal.extensions import db
from portal.foundation.forms import perform
from portal.foundation.outbox import Mail
from portal.foundation.web.formats import plural


@blueprint.get("/personnes/courriels")
@requires(Role.ADMIN)
def mails() -> ResponseReturnValue:
    """To whom and since when; what a mail says stays between its sender and its reader."""
    return render_template(
        "accounts/mails.html",
        page=queries.mails_that_did_not_leave(),
        stuck=queries.STUCK,
        failed=queries.failed_mails(),
    )


@blueprint.post("/personnes/courriels/renvoyer")
@requires(Role.ADMIN)
def send_mails_again() -> ResponseReturnValue:
    again = perform(operations.send_failed_again, actor=current_actor())
    flash(f"{plural(again, 'courriel repart', 'courriels repartent')}.", "success")
    return redirect(url_for(".mails"))


@blueprint.post("/personnes/courriels/<int:mail_id>/renvoyer")
@requires(Role.ADMIN)
def send_mail_again(mail_id: int) -> ResponseReturnValue:
    mail = db.session.get(Mail, mail_id) or abort(404)
    perform(operations.send_again, mail, actor=current_actor())
    flash("Le courriel repart.", "success")
    return redirect(url_for(".mails"))
