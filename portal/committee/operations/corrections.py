"""Asking an organisation to correct its application, its answer, and what the officer makes of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from portal.calls.models import Application, Submission
from portal.calls.operations.submission import check_entitled, freeze
from portal.calls.queries.sections import dossier_of
from portal.calls.queries.submission import submission_of
from portal.calls.queries.writers import Recipient, recipient, writers_of
from portal.calls.rules.cycle import DIRECTION
from portal.calls.rules.differences import differences
from portal.calls.rules.submission import thawed
from portal.calls.states import Section
from portal.committee.models import ChangeRequest, ChangeRequestDocument, ChangeRequestRound, ChangeRequestSection
from portal.committee.operations.completeness import refresh_checklist
from portal.committee.operations.recusals import refuse_recused
from portal.committee.queries import completeness as queries
from portal.committee.rules.corrections import (
    CHANGE_REQUEST,
    OPEN_STATUSES,
    check_request,
    extended_day,
    later_day,
    opened_by,
)
from portal.committee.states import ChangeRequestStatus
from portal.extensions import db
from portal.foundation import clock, outbox
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.periods import to_paris
from portal.foundation.refusals import Refusal
from portal.foundation.web.formats import date_fr

REMINDED_BEFORE = timedelta(days=3)
TOLD_LATE = timedelta(days=7)
"""How long a date gone by is still told, should the portal have been stopped on the day itself."""


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
    # Two officers asking at once: the second waits here, then finds what the first asked.
    db.session.refresh(application, with_for_update=True)
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


def answer_changes(
    request: ChangeRequest,
    answer: str,
    signatory_name: str,
    signatory_role: str,
    *,
    actor: Actor,
    roles: Iterable[str],
) -> Submission:
    """The organisation sends its corrections: a new version is frozen, with its own receipt and digest.

    The sections close again and the checklist looks anew. Raises Refusal.
    """
    # Two clicks, two members: the second waits here, then is told that it is done.
    db.session.refresh(request, with_for_update=True)
    application = request.application
    if application.status not in OPEN_STATUSES:
        raise Refusal(f"Le dossier ne se corrige plus dans son état actuel : {application.status.label}.")
    check_entitled(application, actor, frozenset(roles))
    signature = {"signatory_name": signatory_name, "signatory_role": signatory_role}
    step = CHANGE_REQUEST.check("answer", request.status, roles, request, answer=answer, **signature)
    now = clock.now()
    before, request.status = request.status, ChangeRequestStatus(step.target)
    request.answer, request.answered_at = answer.strip(), now
    application.version += 1
    last = submission_of(application.id)
    submission = freeze(
        application,
        signatory_name.strip(),
        signatory_role.strip(),
        now,
        actor=actor,
        number=last.number + 1 if last else 1,
    )
    request.submission_id = submission.id
    record(actor, step.event, request, status=[before, request.status], version=submission.number)
    refresh_checklist(application, actor=actor)
    _tell_answer(request, submission, actor)
    return submission


def _tell_answer(request: ChangeRequest, submission: Submission, actor: Actor) -> None:
    """The officer who asked, and a receipt for whoever sent."""
    officer = queries.officer_of(request)
    if officer is not None:
        _mail("changes_answered", request, officer)
    sender = recipient(actor.person_id)
    if sender is not None:
        _mail("changes_received", request, sender, receipt=submission.receipt_number)


def accept_changes(request: ChangeRequest, *, actor: Actor, roles: Iterable[str]) -> None:
    """The officer is satisfied."""
    refuse_recused(actor, request.application)
    db.session.refresh(request, with_for_update=True)
    step = CHANGE_REQUEST.check("accept", request.status, roles, request)
    before, request.status = request.status, ChangeRequestStatus(step.target)
    request.accepted_at = clock.now()
    record(actor, step.event, request, status=[before, request.status])


def ask_again(request: ChangeRequest, message: str, due_on: date | None, *, actor: Actor, roles: Iterable[str]) -> None:
    """The answer is not enough: the same sections reopen until another date."""
    refuse_recused(actor, request.application)
    db.session.refresh(request, with_for_update=True)
    step = CHANGE_REQUEST.check(
        "ask_again", request.status, roles, request, message=message, due_on=due_on, today=_today()
    )
    before, request.status = request.status, ChangeRequestStatus(step.target)
    db.session.add(_round_of(request))
    request.answer, request.submission_id = "", None
    request.message, request.due_on, request.asked_at = message.strip(), later_day(due_on, _today()), clock.now()
    request.asked_by_id, request.answered_at = actor.person_id, None
    record(actor, step.event, request, status=[before, request.status], message=request.message, due_on=request.due_on)
    _tell_organisation(request, "changes_requested")


def extend_request(request: ChangeRequest, due_on: date | None, *, actor: Actor, roles: Iterable[str]) -> None:
    """The organisation gets more time for the same corrections, late or not, and is told."""
    refuse_recused(actor, request.application)
    db.session.refresh(request, with_for_update=True)
    step = CHANGE_REQUEST.check("extend", request.status, roles, request, due_on=due_on, today=_today())
    before, request.due_on = request.due_on, extended_day(request.due_on, due_on, _today())
    record(actor, step.event, request, due=[before, request.due_on], due_on=request.due_on)
    _tell_organisation(request, "changes_extended")


def remind_now(request: ChangeRequest, *, actor: Actor, roles: Iterable[str]) -> None:
    """The officer reminds the organisation of what it was asked: one mail a day at most."""
    if not DIRECTION & set(roles):
        raise Refusal("Seule la Direction rappelle les corrections attendues.")
    refuse_recused(actor, request.application)
    if request.status is not ChangeRequestStatus.ASKED:
        raise Refusal("La structure a déjà répondu.")
    record(actor, "change_request.reminded", request, due_on=request.due_on)
    template = "changes_overdue" if request.due_on < _today() else "changes_reminder"
    for each in writers_of(request.application.organisation_id):
        _mail(template, request, each, told=f"reminded:{_today().isoformat()}")


def _round_of(request: ChangeRequest) -> ChangeRequestRound:
    """What was asked and answered until now, kept before it is asked again."""
    return ChangeRequestRound(
        change_request_id=request.id,
        message=request.message,
        due_on=request.due_on,
        asked_at=request.asked_at,
        asked_by_id=request.asked_by_id,
        answer=request.answer,
        answered_at=request.answered_at,
        submission_id=request.submission_id,
    )


@CHANGE_REQUEST.guard("something_answered")
def something_answered(request: ChangeRequest, *, answer: str, **_: object) -> None:
    """An answer that changes nothing says why in words."""
    last = submission_of(request.application_id)
    if answer.strip() or last is None:
        return
    if not differences(thawed(last.snapshot), dossier_of(request.application)):
        raise Refusal("Vous n’avez rien changé : écrivez votre réponse à la Direction.", "answer")


@CHANGE_REQUEST.guard("corrections_valid")
def corrections_valid(request: ChangeRequest, **_: object) -> None:
    """What was typed in the reopened sections can be read: nothing half-entered is sent."""
    sections = opened_by([line.section for line in request.sections], bool(request.documents))
    pending = queries.unreadable_sections(request.application_id, sections)
    if pending:
        names = ", ".join(section.label for section in pending)
        raise Refusal(f"Corrigez d’abord les erreurs signalées dans : {names}.")


def remind_changes() -> None:
    """A few days before the date, then once it is past: once per request and date."""
    today = _today()
    for request in queries.requests_due(today, today + REMINDED_BEFORE):
        _tell_organisation(request, "changes_reminder")
    for request in queries.requests_due(today - TOLD_LATE, today - timedelta(days=1)):
        _tell_organisation(request, "changes_overdue")
        officer = queries.officer_of(request)
        if officer is not None:
            _mail("changes_unanswered", request, officer)


outbox.periodic(remind_changes)


BY_DATE = frozenset({"changes_reminder", "changes_overdue", "changes_unanswered", "changes_extended"})
"""The mails about a date: each leaves once for it."""


def _tell_organisation(request: ChangeRequest, template: str) -> None:
    for each in writers_of(request.application.organisation_id):
        _mail(template, request, each)


def _mail(template: str, request: ChangeRequest, to: Recipient, receipt: str = "", told: str = "") -> None:
    """`told` is what makes the mail one, when it is neither its date nor its moment."""
    db.session.flush()
    moment = request.due_on if template in BY_DATE else request.answered_at or request.asked_at
    application = request.application
    outbox.mail(
        template,
        to=to.email,
        person_id=to.person_id,
        key=f"{template}:{request.id}:{told or moment.isoformat()}:{to.person_id}",
        application_id=application.id,
        reference=application.reference,
        title=application.title,
        message=request.message,
        answer=request.answer,
        due_on=date_fr(request.due_on),
        sections=[line.section.label for line in request.sections],
        documents=[line.requirement.label for line in request.documents],
        receipt=receipt,
    )


def _today() -> date:
    return to_paris(clock.now()).date()
