"""Typing on behalf what came on paper or by e-mail; the organisation's confirmation."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, may, public, requires, roles_of
from portal.accounts.models import Organisation
from portal.accounts.operations.membership import register_organisation
from portal.accounts.queries.mandates import search_organisations
from portal.accounts.queries.membership import organisation_by_siren
from portal.accounts.rules import MemberLevel, Role
from portal.accounts.rules.identifiers import siren_of
from portal.calls.forms.reception import ConfirmationForm, ReceivedOrganisationForm, ReceptionForm
from portal.calls.models import Application, Call, Reception
from portal.calls.operations import reception as operations
from portal.calls.queries.submission import submission_of
from portal.calls.reception_links import read_link
from portal.calls.rules.cycle import DIRECTION, GUEST
from portal.calls.rules.filing_sheet import laid_out
from portal.calls.rules.reception import ANSWERABLE
from portal.calls.rules.submission import thawed
from portal.calls.states import CallStatus, Confirmation
from portal.calls.views import blueprint
from portal.calls.views.filing import READS
from portal.calls.views.submission import cannot_sign
from portal.extensions import db
from portal.foundation import files
from portal.foundation.actors import Actor
from portal.foundation.forms import perform
from portal.foundation.refusals import Refusal
from portal.foundation.web.requests import takes_files

ANSWERED = {
    "confirm": "Merci : le dossier est confirmé.",
    "correct": "Merci : la Direction est prévenue de ce qui est à corriger.",
    "refuse": "Votre réponse est enregistrée. La Direction est prévenue et vous écrira.",
}


# -- typing ------------------------------------------------------------------------------------------


@blueprint.get("/appels/<int:call_id>/saisir")
@requires(*DIRECTION, on=Call)
def received_by(call: Call) -> ResponseReturnValue:
    """First find the organisation whose application came."""
    _must_take(call)
    text = request.args.get("q", "").strip()[:200]
    return render_template(
        "calls/reception/organisation.html", call=call, text=text, found=search_organisations(text) if text else []
    )


@blueprint.route("/appels/<int:call_id>/saisir/nouvelle-structure", methods=["GET", "POST"])
@requires(*DIRECTION, on=Call)
def received_from_unknown(call: Call) -> ResponseReturnValue:
    """Create the organisation, whose sheet is completed with its application."""
    _must_take(call)
    form = ReceivedOrganisationForm()
    if form.validate_on_submit():
        known = organisation_by_siren(siren_of(form.siret.data))
        if known is not None:
            flash("Cette structure est déjà connue du portail : la voici.", "info")
            return redirect(url_for(".type_on_behalf", call_id=call.id, organisation_id=known.id))
        if form.attempt(
            register_organisation,
            form.name.data,
            form.kind.data,
            form.siret.data,
            form.rna.data,
            actor=current_actor(),
        ):
            return redirect(url_for(".type_on_behalf", call_id=call.id, organisation_id=form.result.id))
    return render_template("calls/reception/new_organisation.html", call=call, form=form)


@blueprint.route("/appels/<int:call_id>/saisir/<int:organisation_id>", methods=["GET", "POST"])
@requires(*DIRECTION, on=Call)
@takes_files
def type_on_behalf(call: Call, organisation_id: int) -> ResponseReturnValue:
    """Then say how it was received, and begin to type."""
    _must_take(call)
    organisation = db.session.get(Organisation, organisation_id)
    if organisation is None or organisation.merged_into_id is not None:
        abort(404)
    form = ReceptionForm(data={"confirm_email": organisation.representative_email or organisation.email})
    if form.validate_on_submit() and _attempt(form, operations.start_on_behalf, call, organisation):
        flash("La réception est notée. Recopiez maintenant le dossier, rubrique par rubrique.", "success")
        return redirect(url_for(".application", application_id=form.result.id))
    return render_template(
        "calls/reception/begin.html", call=call, organisation=organisation, form=form, accept=files.ACCEPT
    )


def _must_take(call: Call) -> None:
    if call.status is not CallStatus.PUBLISHED:
        abort(404)


def _attempt(form: ReceptionForm, operation: Any, *about: Any) -> bool:
    """The bytes are written before the transaction that names them."""
    evidence, sent = None, form.evidence.data
    if sent:
        try:
            evidence = files.receive(sent.stream, sent.filename, field="evidence")
        except Refusal as refusal:
            form.refuse(refusal)
            return False
    return form.attempt(operation, *about, form.terms, evidence, actor=current_actor())


def _reception_of(application: Application) -> Reception:
    return application.reception or abort(404)


@blueprint.route("/dossiers/<int:application_id>/reception", methods=["GET", "POST"])
@requires(*DIRECTION, on=Application)
@takes_files
def reception(application: Application) -> ResponseReturnValue:
    """How it was received, for the Direction to correct."""
    noted = _reception_of(application)
    form = ReceptionForm(
        data={
            "channel": noted.channel.value, "received_at": noted.received_at, "confirm_email": noted.confirm_email
        }
    )  # fmt: skip
    if form.validate_on_submit() and _attempt(form, operations.describe_reception, noted):
        flash("La réception est enregistrée.", "success")
        return redirect(url_for(".application", application_id=application.id))
    return render_template(
        "calls/reception/edit.html", application=application, reception=noted, form=form, accept=files.ACCEPT
    )


@blueprint.get("/dossiers/<int:application_id>/reception/copie")
@READS
def reception_evidence(application: Application) -> ResponseReturnValue:
    """The copy of what came, to the Direction and to the organisation."""
    noted = _reception_of(application)
    return files.attachment(noted.evidence or abort(404))


@blueprint.post("/dossiers/<int:application_id>/reception/confirmation")
@requires(*DIRECTION, on=Application)
def ask_confirmation(application: Application) -> ResponseReturnValue:
    """Send the corrected application back to its organisation."""
    perform(operations.ask_again, _reception_of(application), actor=current_actor(), roles=roles_of(application))
    flash("La structure est invitée à confirmer le dossier.", "success")
    return redirect(url_for(".application", application_id=application.id))


# -- the organisation answers --------------------------------------------------------------------------


@blueprint.route("/dossiers/<int:application_id>/confirmation", methods=["GET", "POST"])
@requires(Role.APPLICANT, on=Application, level=MemberLevel.EDITOR)
def confirm_application(application: Application) -> ResponseReturnValue:
    """A member of the organisation reads what was typed on its behalf, and answers."""
    noted = _reception_of(application)
    actor = current_actor()
    form = ConfirmationForm(data={"version": noted.version, "name": actor.label})
    roles = roles_of(application, level=MemberLevel.EDITOR)
    if form.validate_on_submit() and _answer(form, noted, actor, roles):
        flash(ANSWERED[form.answer.data], "success")
        return redirect(url_for(".application", application_id=application.id))
    return _confirmation_page(noted, form, is_member=True)


@blueprint.route("/confirmation/<token>", methods=["GET", "POST"])
@public
def confirm_by_link(token: str) -> ResponseReturnValue:
    """The same for whoever received the link by mail; it serves until the organisation has answered."""
    noted = read_link(token)
    if noted is None:
        return render_template("calls/reception/over.html"), 410
    form = ConfirmationForm(data={"version": noted.version})
    guest = Actor.guest("La structure")
    if form.validate_on_submit() and _answer(form, noted, guest, frozenset({GUEST})):
        return render_template("calls/reception/answered.html", words=ANSWERED[form.answer.data])
    return _confirmation_page(noted, form, is_member=False)


def _answer(form: ConfirmationForm, noted: Reception, actor: Actor, roles: frozenset[str]) -> bool:
    return form.attempt(
        operations.answer_reception,
        noted,
        form.answer.data,
        form.words.data or "",
        form["name"].data or "",
        version=form.version.data,
        actor=actor,
        roles=roles,
    )


def _confirmation_page(noted: Reception, form: ConfirmationForm, *, is_member: bool) -> str:
    submission = submission_of(noted.application_id)
    if submission is None:
        abort(404)
    return render_template(
        "calls/reception/confirm.html",
        application=noted.application,
        reception=noted,
        submission=submission,
        sections=laid_out(thawed(submission.snapshot)),
        form=form,
        is_member=is_member,
        cannot_sign=cannot_sign(noted.application) if is_member else None,
        awaits=noted.confirmation in (Confirmation.AWAITED, Confirmation.CORRECTING)
        and noted.application.status in ANSWERABLE,
    )


@blueprint.app_template_global("filing_root")
def filing_root(application: Application) -> tuple[str, str]:
    """Where the pages of an application lead back to: one's own list, or the call's for the Direction."""
    if may(application, Role.APPLICANT):
        return "Mes dossiers", url_for("calls.my_applications")
    return application.call.title, url_for("calls.call_applications", call_id=application.call_id)
