"""« Copier vers DAUPHIN »: an application in that tool's order, as a page and as text, and the number it gave."""

from __future__ import annotations

from collections.abc import Collection

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, current_person, may, requires, roles_of
from portal.accounts.models import Person
from portal.accounts.rules import MemberLevel, Role
from portal.calls.forms.dauphin import DauphinNumberForm
from portal.calls.models import Application
from portal.calls.operations import dauphin as operations
from portal.calls.queries.dauphin import state_line
from portal.calls.queries.notices import Told, register_notice
from portal.calls.queries.sections import dossier_of
from portal.calls.queries.submission import as_received
from portal.calls.rules.dauphin import may_applicant_give
from portal.calls.rules.dauphin_sheet import as_text, copy_sheet
from portal.calls.rules.filing import Dossier
from portal.calls.states import NEVER_FILED, DauphinRule
from portal.calls.views import blueprint

STAFF = (Role.OFFICER, Role.MANAGER, Role.DELEGATE, Role.STATE_OFFICER)
READERS = (Role.APPLICANT, *STAFF)


def asks_the_state(_person: Person, application: Application, _roles: Collection[Role]) -> bool:
    """There is something to copy only when the State's credits are asked for."""
    return state_line(application) is not None


reads = requires(*READERS, on=Application, narrowed_by=asks_the_state)
gives = requires(*READERS, on=Application, level=MemberLevel.EDITOR, narrowed_by=asks_the_state)


@register_notice
def _dauphin_first(application: Application) -> Told | None:
    """« DAUPHIN d'abord », said from the first page of the draft on, as long as the number is not there."""
    rule, line = application.call.dauphin_rule, state_line(application)
    if rule is DauphinRule.OFF or line is None or line.external_ref:
        return None
    copied = (("Copier la demande vers DAUPHIN", url_for("calls.dauphin", application_id=application.id)),)
    if rule is DauphinRule.BLOCK:
        return Told(
            "DAUPHIN d’abord : déposez sur l’outil de l’État la demande que vous lui faites, puis donnez ici le numéro "
            "reçu. Sans lui, ce dossier ne peut pas être déposé.",
            copied,
            blocks=True,
        )
    return Told(
        "DAUPHIN d’abord : la demande à l’État se dépose aussi sur son outil. Donnez ici le numéro reçu, avant ou "
        "après le dépôt.",
        copied,
    )


def _dossier(application: Application) -> Dossier:
    """Its organisation copies what it typed; those who study it, what they received."""
    if Role.APPLICANT in roles_of(application) or application.status in NEVER_FILED:
        return dossier_of(application)
    return as_received(application)


@blueprint.get("/dossiers/<int:application_id>/dauphin")
@reads
def dauphin(application: Application) -> ResponseReturnValue:
    """The fields, each with its button; the number, once DAUPHIN gave it."""
    line = state_line(application)
    return _page(application, DauphinNumberForm(number=line.external_ref if line else None))


@blueprint.post("/dossiers/<int:application_id>/dauphin")
@gives
def dauphin_number(application: Application) -> ResponseReturnValue:
    form = DauphinNumberForm()
    if form.validate_on_submit() and form.attempt(
        operations.keep_number,
        application,
        form.number.data or "",
        actor=current_actor(),
        roles=roles_of(application, level=MemberLevel.EDITOR),
    ):
        flash("Le numéro DAUPHIN est enregistré." if form.number.data else "Le numéro DAUPHIN est effacé.", "success")
        return redirect(url_for(".dauphin", application_id=application.id))
    return _page(application, form)


@blueprint.get("/dossiers/<int:application_id>/dauphin.txt")
@reads
def dauphin_text(application: Application) -> ResponseReturnValue:
    """The same as plain text: nothing to click, and it can be kept beside the tool."""
    content = as_text(_dossier(application))
    answer = Response("\ufeff" + content, mimetype="text/plain; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="dauphin-{application.reference}.txt"'
    return answer


def _page(application: Application, form: DauphinNumberForm) -> ResponseReturnValue:
    line = state_line(application)
    staff = not may(application, Role.APPLICANT)
    return render_template(
        "calls/dauphin.html",
        application=application,
        form=form,
        line=line,
        parts=copy_sheet(_dossier(application)),
        marks=f"dauphin-{application.id}-{current_person().id}",
        staff=staff,
        gives=may(application, *READERS, level=MemberLevel.EDITOR)
        and (staff or (line is not None and may_applicant_give(application.status, line.status))),
    )
