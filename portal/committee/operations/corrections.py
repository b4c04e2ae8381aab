"""Asking an organisation to correct its application, its answer, and what the officer makes of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from portal.calls.models import Application
from portal.calls.rules.cycle import DIRECTION
from portal.calls.states import Section
from portal.committee.models import ChangeRequest, ChangeRequestDocument, ChangeRequestSection
from portal.committee.operations.completeness import refresh_checklist
from portal.committee.operations.recusals import refuse_recused
from portal.committee.queries import completeness as queries
from portal.committee.rules.corrections import CHANGE_REQUEST, OPEN_STATUSES, check_request, later_day, opened_by
from portal.committee.states import ChangeRequestStatus
from portal.extensions import db
from portal.foundation import clock, outbox
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.periods import to_paris
from portal.foundation.refusals import Refusal
from portal.foundation.web.formats import date_fr

REMINDED_BEFORE = timedelta(days=3)


def ask_changes(
    application: Application,
    sections: Collection[Section],
    document_ids: Collection[int],
    message: str,
    due_on: date | None,
    *,
    actor: Actor,
    roles: Iterable[str],
) -> ChangeRequest:
    """Reopen some sections of a filed application to its organisation, and tell it why and until when."""
    if not DIRECTION & set(roles):
        raise Refusal("Seule la Direction demande des corrections.")
    refuse_recused(actor, application)
    known = {requirement.id for requirement in queries.requirements_of(application)}
    documents = sorted(set(document_ids) & known)
    due = check_request(
        application.status,
        sections,
        documents,
        due_on,
        message,
        today=_today(),
        another_is_open=queries.open_request(application.id) is not None,
    )
    request = ChangeRequest(
        application_id=application.id,
        application=application,
        status=ChangeRequestStatus.ASKED,
        message=message.strip(),
        due_on=due,
        asked_at=clock.now(),
        asked_by_id=actor.person_id,
        sections=[ChangeRequestSection(section=section) for section in Section if section in sections],
        documents=[ChangeRequestDocument(requirement_id=each) for each in documents],
    )
    db.session.add(request)
    record(
        actor,
        "change_request.asked",
        request,
        sections=sorted(sections),
        documents=documents,
        due_on=due,
        message=request.message,
    )
    _tell_organisation(request, "changes_requested")
    return request


def answer_changes(request: ChangeRequest, answer: str, *, actor: Actor, roles: Iterable[str]) -> None:
    """The organisation sends its corrections; the sections close again and the checklist looks anew."""
    if request.application.status not in OPEN_STATUSES:
        raise Refusal(f"Le dossier ne se corrige plus dans son état actuel : {request.application.status.label}.")
    step = CHANGE_REQUEST.check("answer", request.status, roles, request)
    before, request.status = request.status, ChangeRequestStatus(step.target)
    request.answer, request.answered_at = answer.strip(), clock.now()
    request.application.version += 1
    record(actor, step.event, request, status=[before, request.status])
    refresh_checklist(request.application, actor=actor)
    officer = queries.officer_of(request)
    if officer is not None:
        _mail("changes_answered", request, officer)


def accept_changes(request: ChangeRequest, *, actor: Actor, roles: Iterable[str]) -> None:
    """The officer is satisfied."""
    refuse_recused(actor, request.application)
    step = CHANGE_REQUEST.check("accept", request.status, roles, request)
    before, request.status = request.status, ChangeRequestStatus(step.target)
    request.accepted_at = clock.now()
    record(actor, step.event, request, status=[before, request.status])


def ask_again(request: ChangeRequest, message: str, due_on: date | None, *, actor: Actor, roles: Iterable[str]) -> None:
    """The answer is not enough: the same sections reopen until another date."""
    refuse_recused(actor, request.application)
    step = CHANGE_REQUEST.check(
        "ask_again", request.status, roles, request, message=message, due_on=due_on, today=_today()
    )
    before, request.status = request.status, ChangeRequestStatus(step.target)
    request.message, request.due_on, request.asked_at = message.strip(), later_day(due_on, _today()), clock.now()
    request.asked_by_id, request.answered_at = actor.person_id, None
    record(actor, step.event, request, status=[before, request.status], message=request.message, due_on=request.due_on)
    _tell_organisation(request, "changes_requested")


@CHANGE_REQUEST.guard("corrections_valid")
def corrections_valid(request: ChangeRequest, **_: object) -> None:
    """What was typed in the reopened sections can be read: nothing half-entered is sent."""
    sections = opened_by([line.section for line in request.sections], bool(request.documents))
    pending = queries.unreadable_sections(request.application_id, sections)
    if pending:
        names = ", ".join(section.label for section in pending)
        raise Refusal(f"Corrigez d’abord les erreurs signalées dans : {names}.")


def remind_changes() -> None:
    """A few days before the date, once per request and date."""
    today = _today()
    for request in queries.requests_to_remind(today, today + REMINDED_BEFORE):
        _tell_organisation(request, "changes_reminder")


outbox.periodic(remind_changes)


def _tell_organisation(request: ChangeRequest, template: str) -> None:
    for recipient in queries.writers_of(request.application.organisation_id):
        _mail(template, request, recipient)


def _mail(template: str, request: ChangeRequest, recipient: queries.Recipient) -> None:
    db.session.flush()
    moment = request.due_on if template == "changes_reminder" else request.answered_at or request.asked_at
    application = request.application
    outbox.mail(
        template,
        to=recipient.email,
        person_id=recipient.person_id,
        key=f"{template}:{request.id}:{moment.isoformat()}:{recipient.person_id}",
        application_id=application.id,
        reference=application.reference,
        title=application.title,
        message=request.message,
        answer=request.answer,
        due_on=date_fr(request.due_on),
        sections=[line.section.label for line in request.sections],
        documents=[line.requirement.label for line in request.documents],
    )


def _today() -> date:
    return to_paris(clock.now()).date()
