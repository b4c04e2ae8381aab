"""What was asked of an organisation and what it answered, time after time, with what each answer changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from portal.calls.models import Application, Submission
from portal.calls.queries.awaited import Awaited, register_awaited
from portal.calls.queries.refusal_delay import register_pauses
from portal.calls.queries.sections import dossier_of
from portal.calls.queries.submission import submission_of
from portal.calls.rules.differences import Change, by_section, differences
from portal.calls.rules.submission import Pause, thawed
from portal.calls.states import Section
from portal.committee.models import ChangeRequest, ChangeRequestRound
from portal.committee.queries.completeness import requests_on
from portal.committee.rules.corrections import OPEN_STATUSES, is_overdue
from portal.committee.states import ChangeRequestStatus
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.periods import to_paris

BySection = list[tuple[Section, list[Change]]]


@dataclass(frozen=True)
class Round:
    """Something asked and, once `answered_at` is known, what came back.

    `number` and `receipt` name the version that the answer froze; `changes` is what it changed since
    the version before, None when there is nothing to compare it with.
    """

    message: str
    due_on: date
    asked_at: datetime
    answer: str
    answered_at: datetime | None
    number: int | None
    receipt: str | None
    changes: BySection | None


def rounds_of(application_id: int) -> dict[int, list[Round]]:
    """The rounds of each change request of an application, by request, the last first."""
    requests = requests_on(application_id)
    frozen = _versions(application_id) if any(_answers(request) for request in requests) else {}
    asked: dict[int, list[ChangeRequest | ChangeRequestRound]] = {
        request.id: [request, *request.earlier] for request in requests
    }
    return {number: [_round(each, frozen) for each in rounds] for number, rounds in asked.items()}


def _answers(request: ChangeRequest) -> bool:
    return bool(request.answered_at or request.earlier)


def _versions(application_id: int) -> dict[int, Submission]:
    """The versions of an application, by number."""
    found = db.session.execute(sa.select(Submission).where(Submission.application_id == application_id)).scalars()
    return {submission.number: submission for submission in found}


def _round(asked: ChangeRequest | ChangeRequestRound, frozen: dict[int, Submission]) -> Round:
    version = next((each for each in frozen.values() if each.id == asked.submission_id), None)
    former = frozen.get(version.number - 1) if version else None
    return Round(
        message=asked.message,
        due_on=asked.due_on,
        asked_at=asked.asked_at,
        answer=asked.answer,
        answered_at=asked.answered_at,
        number=version.number if version else None,
        receipt=version.receipt_number if version else None,
        changes=_changes([former, version]) if version and former else None,
    )


def _changes(versions: Iterable[Submission | None]) -> BySection:
    before, after = (thawed(each.snapshot) for each in versions if each is not None)
    return by_section(differences(before, after))


def changes_to_send(application: Application) -> BySection | None:
    """What the organisation has changed since the last version received; None when none was kept."""
    last = submission_of(application.id)
    return by_section(differences(thawed(last.snapshot), dossier_of(application))) if last else None


@register_awaited
def corrections_awaited(application_ids: Sequence[int]) -> dict[int, list[Awaited]]:
    """The corrections asked of an organisation, and those sent that the Direction reads."""
    rows = db.session.execute(
        sa.select(ChangeRequest.application_id, ChangeRequest.status, ChangeRequest.due_on)
        .join(Application, Application.id == ChangeRequest.application_id)
        .where(
            ChangeRequest.application_id.in_(application_ids),
            ChangeRequest.status != ChangeRequestStatus.ACCEPTED,
            Application.status.in_(OPEN_STATUSES),
        )
        .order_by(ChangeRequest.id)
    )
    today = _day(clock.now())
    return {number: [_awaited(number, status, due_on, today)] for number, status, due_on in rows}


def _awaited(number: int, status: ChangeRequestStatus, due_on: date, today: date) -> Awaited:
    page = f"/dossiers/{number}/corrections"
    if status is ChangeRequestStatus.ASKED:
        return Awaited(True, "Corrections à envoyer", page, due_on, is_overdue(status, due_on, today))
    return Awaited(False, "Vos corrections sont relues par la Direction", page)


@register_pauses
def pauses_of(application_id: int) -> list[Pause]:
    """The times during which the organisation was awaited: the delay of an implicit refusal did not run."""
    rounds: list[ChangeRequest | ChangeRequestRound] = []
    for request in requests_on(application_id):
        rounds += [request, *request.earlier]
    return [
        Pause(_day(each.asked_at), each.due_on, _day(each.answered_at) if each.answered_at else None) for each in rounds
    ]


def _day(instant: datetime) -> date:
    return to_paris(instant).date()
