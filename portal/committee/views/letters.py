"""Letters to applicants: read, notified; those of decisions, made from their sitting."""

from __future__ import annotations

from collections.abc import Collection

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, current_person, requires, roles_of
from portal.accounts.rules import Role
from portal.accounts.sessions import recently_confirmed
from portal.committee.models import Letter, Sitting
from portal.committee.operations import letters as operations
from portal.committee.queries import letters as queries
from portal.committee.views import blueprint
from portal.committee.views.sittings import DIRECT
from portal.extensions import db
from portal.foundation.files import StoredFile, attachment
from portal.foundation.forms import ActionForm, perform


def _sent_to_applicants(_person: object, letter: Letter, roles: Collection[Role]) -> bool:
    """Applicants read a letter once it was sent."""
    return letter.sent_at is not None or set(roles) != {Role.APPLICANT}


@blueprint.get("/courriers/<int:letter_id>.pdf")
@requires(
    Role.APPLICANT,
    *DIRECT,
    Role.DELEGATE,
    Role.FUNDER_AGENT,
    Role.STATE_OFFICER,
    on=Letter,
    narrowed_by=_sent_to_applicants,
)
def letter_file(letter: Letter) -> ResponseReturnValue:
    if letter.file_id is None:
        abort(404)
    return attachment(db.session.get_one(StoredFile, letter.file_id))


@blueprint.get("/courriers/<int:letter_id>.docx")
@requires(*DIRECT, Role.FUNDER_AGENT, Role.STATE_OFFICER, on=Letter)
def letter_word(letter: Letter) -> ResponseReturnValue:
    """The same words, to be worked on; what is notified stays the PDF."""
    if letter.word_file_id is None:
        abort(404)
    return attachment(db.session.get_one(StoredFile, letter.word_file_id))


@blueprint.route("/courriers/<int:letter_id>/notifier", methods=["GET", "POST"])
@requires(*DIRECT, Role.FUNDER_AGENT, Role.STATE_OFFICER, on=Letter)
@recently_confirmed
def notify_letter(letter: Letter) -> ResponseReturnValue:
    form = ActionForm()
    back = _origin(letter)
    if form.validate_on_submit() and form.attempt(
        operations.notify, letter, actor=current_actor(), roles=roles_of(letter)
    ):
        flash(f"Dossier {letter.application.reference} : le courrier est notifié, le porteur est prévenu.", "success")
        return redirect(back)
    return render_template("committee/letters/notify.html", form=form, letter=letter, back=back)


def _origin(letter: Letter) -> str:
    """The page from which a letter is managed."""
    if letter.act_id is not None:
        return url_for(".act", funding_act_id=letter.act_id)
    if letter.funder_id is None and letter.decision is not None and letter.decision.sitting_id is not None:
        return url_for(".sitting_letters", sitting_id=letter.decision.sitting_id)
    return url_for(".programme", call_id=letter.application.call_id)


@blueprint.route("/seances/<int:sitting_id>/courriers", methods=["GET", "POST"])
@requires(*DIRECT, on=Sitting)
def sitting_letters(sitting: Sitting) -> ResponseReturnValue:
    """The letters of a sitting's decisions: POST makes those that are missing."""
    form = ActionForm()
    if form.validate_on_submit():
        made = perform(operations.make_sitting_letters, sitting, actor=current_actor(), roles=roles_of(sitting))
        flash(f"Courriers en préparation : {made}. Actualisez la page pour les lire.", "success")
        return redirect(url_for(".sitting_letters", sitting_id=sitting.id))
    return render_template(
        "committee/letters/sitting.html",
        sitting=sitting,
        decisions=queries.decisions_to_tell(sitting.id, current_person().id),
        letters=queries.letters_of_sitting(sitting.id, current_person().id),
    )
