"""The checklist of an application and what was asked of its organisation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from portal.accounts.models import Person
from portal.calls.models import Application, DocumentRequirement, SectionDraft
from portal.calls.queries.reopening import register_correcting, register_reopened
from portal.calls.queries.submission import as_received
from portal.calls.queries.visibility import is_recused
from portal.calls.queries.writers import Recipient, recipient
from portal.calls.states import ApplicationStatus, Origin, Section
from portal.committee.models import ChangeRequest, CompletenessCheck
from portal.committee.queries.words import full_name
from portal.committee.rules.completeness import Check, OfficerWord, automatic_checks
from portal.committee.rules.corrections import OPEN_STATUSES, opened_by
from portal.committee.states import ChangeRequestStatus, CheckResult
from portal.extensions import db

FurtherCheck = Callable[[Application], Check | None]
_further: list[FurtherCheck] = []


def register_check(check: FurtherCheck) -> FurtherCheck:
    """Let a higher room add an automatic line to the checklist (the bilans of the years before)."""
    if check not in _further:
        _further.append(check)
    return check


def automatic_results(application: Application) -> list[Check]:
    """What the data tell now, line by line."""
    told = [check(application) for check in _further]
    return automatic_checks(as_received(application)) + [check for check in told if check is not None]


def checks_of(application_id: int) -> list[CompletenessCheck]:
    return list(
        db.session.execute(
            sa.select(CompletenessCheck)
            .where(CompletenessCheck.application_id == application_id)
            .order_by(CompletenessCheck.position, CompletenessCheck.id)
        ).scalars()
    )


@dataclass(frozen=True)
class ChecklistLine:
    """A line of the checklist as read: the officer's word stands over the automatic result."""

    id: int
    code: str
    label: str
    automatic: CheckResult
    evidence: str
    officer_says: CheckResult | None
    note: str | None
    checked_by: str | None
    checked_at: datetime | None

    @property
    def result(self) -> CheckResult:
        return self.officer_says or self.automatic

    @property
    def word(self) -> OfficerWord:
        return OfficerWord(self.officer_says, self.note or "")


def checklist(application_id: int) -> list[ChecklistLine]:
    rows = db.session.execute(
        sa.select(
            CompletenessCheck.id,
            CompletenessCheck.code,
            CompletenessCheck.label,
            CompletenessCheck.automatic,
            CompletenessCheck.evidence,
            CompletenessCheck.officer_says,
            CompletenessCheck.note,
            full_name(),
            CompletenessCheck.checked_at,
        )
        .outerjoin(Person, Person.id == CompletenessCheck.checked_by_id)
        .where(CompletenessCheck.application_id == application_id)
        .order_by(CompletenessCheck.position, CompletenessCheck.id)
    )
    return [ChecklistLine(*row) for row in rows]


def without_checklist(limit: int) -> list[Application]:
    """Filed applications whose checklist nobody has opened yet, oldest first."""
    begun = sa.select(CompletenessCheck.id).where(CompletenessCheck.application_id == Application.id).exists()
    return list(
        db.session.execute(
            sa.select(Application)
            .where(Application.status == ApplicationStatus.SUBMITTED, Application.origin != Origin.IMPORTED, ~begun)
            .order_by(Application.submitted_at, Application.id)
            .limit(limit)
        ).scalars()
    )


def requests_on(application_id: int) -> list[ChangeRequest]:
    """The change requests of an application, the last first."""
    return list(
        db.session.execute(
            sa.select(ChangeRequest)
            .where(ChangeRequest.application_id == application_id)
            .options(
                selectinload(ChangeRequest.sections),
                selectinload(ChangeRequest.documents),
                selectinload(ChangeRequest.earlier),
            )
            .order_by(ChangeRequest.id.desc())
        ).scalars()
    )


def open_request(application_id: int) -> ChangeRequest | None:
    """The change request that is not accepted yet; there is at most one."""
    return db.session.execute(
        sa.select(ChangeRequest)
        .where(ChangeRequest.application_id == application_id, ChangeRequest.status != ChangeRequestStatus.ACCEPTED)
        .order_by(ChangeRequest.id.desc())
        .limit(1)
    ).scalar()


@register_reopened
def reopened(application_id: int) -> frozenset[Section]:
    """The sections that a change request waiting for its answer reopens."""
    request = db.session.execute(
        sa.select(ChangeRequest)
        .join(Application)
        .where(
            ChangeRequest.application_id == application_id,
            ChangeRequest.status == ChangeRequestStatus.ASKED,
            Application.status.in_(OPEN_STATUSES),
        )
        .order_by(ChangeRequest.id.desc())
        .limit(1)
    ).scalar()
    if request is None:
        return frozenset()
    return opened_by([line.section for line in request.sections], bool(request.documents))


@register_correcting
def is_being_corrected(application_id: int) -> bool:
    """Whether a change request had no answer, even once the application no longer takes one."""
    found = sa.select(ChangeRequest.id).where(
        ChangeRequest.application_id == application_id, ChangeRequest.status == ChangeRequestStatus.ASKED
    )
    return bool(db.session.execute(sa.select(found.exists())).scalar())


def unreadable_sections(application_id: int, sections: frozenset[Section]) -> list[Section]:
    """Among `sections`, those whose last typed text did not become typed rows."""
    rows = db.session.execute(
        sa.select(SectionDraft.section).where(
            SectionDraft.application_id == application_id,
            SectionDraft.section.in_(sections),
            SectionDraft.typed_version.is_distinct_from(SectionDraft.version),
        )
    )
    return sorted(rows.scalars(), key=list(Section).index)


def requirements_of(application: Application) -> list[DocumentRequirement]:
    """The documents that a change request may name."""
    return list(
        db.session.execute(
            sa.select(DocumentRequirement)
            .where(DocumentRequirement.call_id == application.call_id)
            .order_by(DocumentRequirement.position)
        ).scalars()
    )


def officer_of(request: ChangeRequest) -> Recipient | None:
    """Who asked for the corrections, to be told what became of them; nobody once they stepped out."""
    if request.asked_by_id is None or is_recused(request.asked_by_id, request.application):
        return None
    return recipient(request.asked_by_id)


def requests_due(from_day: date, to_day: date) -> list[ChangeRequest]:
    """The requests waiting for an answer whose date falls between two days, included."""
    return list(
        db.session.execute(
            sa.select(ChangeRequest)
            .join(Application)
            .where(
                ChangeRequest.status == ChangeRequestStatus.ASKED,
                ChangeRequest.due_on >= from_day,
                ChangeRequest.due_on <= to_day,
                Application.status.in_(OPEN_STATUSES),
            )
            .order_by(ChangeRequest.id)
        ).scalars()
    )
