"""Filing an application: one transaction that checks, freezes, and asks for what follows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.accounts.rules import Role
from portal.accounts.rules.merging import check_may_file
from portal.calls.models import Application, Submission
from portal.calls.operations.apportioning import reapportion
from portal.calls.operations.confirming import ask_or_confirm
from portal.calls.operations.cycle import move_application
from portal.calls.operations.sections_typed import write_attestations
from portal.calls.queries.deadlines import judged_at, window_for
from portal.calls.queries.filing_checklist import checklist_of
from portal.calls.queries.sections import dossier_of
from portal.calls.queries.signing import standing_to_sign
from portal.calls.queries.submission import submission_of
from portal.calls.rules import cycle
from portal.calls.rules import submission as rules
from portal.calls.rules.calling import closing_verdict
from portal.calls.rules.sections import asked_attestations
from portal.calls.rules.signing import refused
from portal.calls.states import ApplicationStatus, Origin
from portal.extensions import db
from portal.foundation import clock, outbox
from portal.foundation.actors import Actor
from portal.foundation.faults import fault_point
from portal.foundation.files import StoredFile
from portal.foundation.periods import to_paris
from portal.foundation.refusals import Refusal, Refusals


def submit(
    application: Application,
    *,
    signatory_name: str,
    signatory_role: str,
    attested: Iterable[str],
    received_at: datetime,
    form_opened_at: datetime | None,
    actor: Actor,
    roles: Iterable[str],
) -> Submission:
    """File the application and answer its submission; filed already, answer the one there is.

    `received_at` is when the server received the request, `form_opened_at` when the page was opened:
    the closing is judged on them, save for what the Direction typed on behalf: it is judged on the day
    it was received. Raises Refusal (with everything that is missing) otherwise.
    """
    roles = frozenset(roles)
    fault_point("before_write")
    # Two clicks, two members: the second waits here, then finds the first one's submission.
    db.session.refresh(application, with_for_update=True)
    filed = submission_of(application.id)
    if filed is not None and application.status is not ApplicationStatus.DRAFT:
        return filed
    rules.check_signature(signatory_name, signatory_role)
    check_entitled(application, actor, roles)
    write_attestations(application, attested, actor=actor)
    received_at = judged_at(application, received_at)
    late = closing_verdict(window_for(application, held=True), received_at, form_opened_at)
    move_application(
        application,
        "submit",
        actor=actor,
        roles=roles,
        received_at=received_at,
        form_opened_at=form_opened_at,
        late_seconds=late,
    )
    application.submitted_at = received_at
    reapportion(application)
    submission = freeze(
        application, signatory_name.strip(), signatory_role.strip(), received_at, actor=actor, late=late
    )
    _acknowledge(application, submission, actor)
    if application.reception is not None:
        ask_or_confirm(application.reception, actor=actor, roles=roles)
    return submission


def freeze(
    application: Application,
    signatory_name: str,
    signatory_role: str,
    received_at: datetime,
    *,
    actor: Actor,
    late: int = 0,
    number: int = 1,
) -> Submission:
    """Keep the application as it is now: canonical text, digest, receipt; its PDF follows by a job."""
    db.session.flush()
    call = application.call
    receipt = rules.receipt_number(call.year, call.id, application.number, number)
    snapshot = rules.frozen(
        dossier_of(application),
        receipt=receipt,
        received_at=received_at,
        signatory_name=signatory_name,
        signatory_role=signatory_role,
    )
    submission = Submission(
        application_id=application.id,
        number=number,
        receipt_number=receipt,
        received_at=received_at,
        late_seconds=late,
        submitted_by_id=actor.person_id,
        signatory_name=signatory_name,
        signatory_role=signatory_role,
        snapshot=snapshot,
        sha256=rules.digest(snapshot),
    )
    db.session.add(submission)
    db.session.flush()
    outbox.enqueue(
        "application_pdf",
        key=f"application-pdf:{submission.id}",
        label=f"PDF du dossier {application.reference}",
        submission_id=submission.id,
    )
    return submission


def _acknowledge(application: Application, submission: Submission, actor: Actor) -> None:
    """The receipt by mail, and its PDF: asked once for an application, whoever presses the button."""
    person = db.session.get(Person, actor.person_id) if actor.person_id else None
    recipient = person.email if person else None
    if application.origin is Origin.ON_BEHALF:
        recipient = application.contact_email or recipient
    if recipient:
        outbox.mail(
            "application_submitted",
            to=recipient,
            key=f"ack:{application.id}",
            person_id=actor.person_id,
            submission_id=submission.id,
        )
    outbox.enqueue(
        "acknowledgement_pdf",
        key=f"ack-pdf:{submission.id}",
        label=f"Accusé de réception du dossier {application.reference}",
        submission_id=submission.id,
    )


def keep_pdf(submission_id: int, column: str, stored: StoredFile) -> None:
    """Name the PDF made for a submission; the first one made stays."""
    db.session.add(stored)
    db.session.flush()
    db.session.execute(
        sa.update(Submission)
        .where(Submission.id == submission_id, getattr(Submission, column).is_(None))
        .values({column: stored.id})
    )


def check_entitled(application: Application, actor: Actor, roles: frozenset[str]) -> None:
    """A member who files engages the organisation; the Direction copies a signature that it received."""
    if Role.APPLICANT not in roles or actor.person_id is None:
        return
    standing = standing_to_sign(application, actor.person_id)
    if not standing.is_entitled:
        raise Refusal(refused(standing))


@cycle.APPLICATION.guard("structure_may_file")
def _structure_may_file(application: Application, **_values: object) -> None:
    organisation = application.organisation
    check_may_file(organisation.merged_into_id, organisation.dissolved_on, to_paris(clock.now()).date())


@cycle.APPLICATION.guard("sections_complete")
def _sections_complete(application: Application, **_values: object) -> None:
    unfinished = checklist_of(application).unfinished
    if unfinished:
        raise Refusals(
            [Refusal(f"Rubrique « {standing.section.label} » : {_why(standing.told)}") for standing in unfinished]
        )


def _why(told: list[str]) -> str:
    return " ".join(told) if told else "elle n’a pas encore été enregistrée."


@cycle.APPLICATION.guard("attestations_made")
def _attestations_made(application: Application, **_values: object) -> None:
    made = dossier_of(application)
    lacking = [
        Refusal("Cochez cette attestation.", f"attest_{code}")
        for code in asked_attestations(made.organisation.kind)
        if code not in made.attestations
    ]
    if lacking:
        raise Refusals(lacking)
