"""What a reviewer's workbook holds, and what is saved of it when it comes back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.models import Person
from portal.calls.models import Application, Call, Criterion, Placement
from portal.calls.queries.submission import as_received
from portal.calls.queries.visibility import recused_applications
from portal.calls.rules.filing import Dossier
from portal.committee.models import Assessment, Assignment, ChangeRequest
from portal.committee.queries import scoring
from portal.committee.queries.reviewing import REVIEWED
from portal.committee.rules.analysis_return import Standing
from portal.committee.rules.analysis_shape import AT_MOST, About, GridLine, ToAnalyse
from portal.committee.rules.scoring import TOP_LEVEL
from portal.committee.states import AssessmentStatus, ChangeRequestStatus
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.marker import marker
from portal.quartiers.models import Quartier


def about(call: Call, person: Person, workbook: str = "") -> About:
    """Which workbook this is, for its reviewer and with the call's grid of now."""
    grid = tuple(_line(each) for each in scoring.grid(call))
    is_demo = marker("demo") is not None
    return About(workbook, call.id, call.title, person.id, person.display_name, clock.now(), grid, is_demo)


def _line(criterion: Criterion) -> GridLine:
    descriptors = {level.level: level.descriptor for level in criterion.levels}
    every = tuple(descriptors.get(level, "") for level in range(TOP_LEVEL + 1))
    return GridLine(criterion.id, criterion.label, criterion.help or "", criterion.weight, every)


def parts_of(call: Call, person_id: int) -> int:
    """How many workbooks it takes for all that somebody has left to give."""
    number = db.session.execute(sa.select(sa.func.count()).select_from(_open(call, person_id).subquery())).scalar_one()
    return -(-number // AT_MOST)


def to_analyse(call: Call, person_id: int, part: int = 1) -> list[ToAnalyse]:
    """The applications of one workbook: given to the person, not stepped out of, not given back yet."""
    asked = _open(call, person_id).order_by(Application.number).limit(AT_MOST).offset((part - 1) * AT_MOST)
    applications = list(db.session.execute(asked.options(joinedload(Application.organisation))).scalars())
    ids = [each.id for each in applications]
    criteria = scoring.grid(call)
    sheets = _sheets(ids, person_id)
    places = _quartiers(ids)
    correcting = _correcting(ids)
    return [
        ToAnalyse(
            each.id,
            each.reference,
            each.title,
            each.organisation.name,
            ", ".join(places[each.id]),
            _received(as_received(each)) if each.id in correcting else _typed(each),
            scoring.text_of(sheets.get(each.id), criteria),
            sheets[each.id].version if each.id in sheets else 0,
        )
        for each in applications
    ]


def standings(call: Call, person_id: int) -> dict[int, Standing]:
    """Every application of a call that was ever given to somebody, as their sheet is saved now.

    Of one they stepped out of, or that was taken back, nothing is told but why its sheet is closed.
    """
    rows = db.session.execute(
        sa.select(Application, Assignment.ended_at, Application.id.in_(recused_applications(person_id)))
        .join(Assignment, Assignment.application_id == Application.id)
        .where(Application.call_id == call.id, Assignment.person_id == person_id)
    ).all()
    criteria = scoring.grid(call)
    sheets = _sheets([row[0].id for row in rows], person_id)
    found = {}
    for application, ended_at, is_recused in rows:
        barred = _barred(application, ended_at is not None, bool(is_recused))
        found[application.id] = _standing(application, None if barred else sheets.get(application.id), barred, criteria)
    return found


def _barred(application: Application, is_over: bool, is_recused: bool) -> str:
    if is_recused:
        return "Vous vous êtes déporté·e de ce dossier."
    if is_over:
        return "Ce dossier ne vous est plus confié."
    if application.status not in REVIEWED:
        return f"Ce dossier ne s’analyse plus dans l’état actuel : {application.status.label}."
    return ""


def _standing(
    application: Application, sheet: Assessment | None, barred: str, criteria: Sequence[Criterion]
) -> Standing:
    text = scoring.text_of(sheet, criteria)
    title = "" if barred else application.title
    if sheet is None:
        return Standing(application.id, application.reference, title, text, barred=barred)
    is_given = sheet.status is AssessmentStatus.FINAL
    return Standing(application.id, application.reference, title, text, sheet.version, sheet.saved_by, is_given)


def _open(call: Call, person_id: int) -> sa.Select[Any]:
    given = sa.select(Assessment.id).where(
        Assessment.application_id == Application.id,
        Assessment.person_id == person_id,
        Assessment.status == AssessmentStatus.FINAL,
    )
    return (
        sa.select(Application)
        .join(Assignment, Assignment.application_id == Application.id)
        .where(
            Application.call_id == call.id,
            Application.status.in_(REVIEWED),
            Assignment.person_id == person_id,
            Assignment.ended_at.is_(None),
            Application.id.not_in(recused_applications(person_id)),
            ~given.correlate(Application).exists(),
        )
    )


def _sheets(application_ids: Collection[int], person_id: int) -> dict[int, Assessment]:
    rows = db.session.execute(
        sa.select(Assessment)
        .where(Assessment.application_id.in_(application_ids), Assessment.person_id == person_id)
        .options(selectinload(Assessment.scores))
    ).scalars()
    return {row.application_id: row for row in rows}


def _quartiers(application_ids: Collection[int]) -> dict[int, list[str]]:
    rows = db.session.execute(
        sa.select(Placement.application_id, Quartier.name)
        .join(Quartier, Quartier.id == Placement.quartier_id)
        .where(Placement.application_id.in_(application_ids))
        .order_by(Quartier.position, Quartier.id)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for application_id, name in rows:
        found[application_id].append(name)
    return found


def _correcting(application_ids: Collection[int]) -> set[int]:
    """Those that may hold words not sent yet: they are read from what was received."""
    asked = sa.select(ChangeRequest.application_id).where(
        ChangeRequest.application_id.in_(application_ids), ChangeRequest.status == ChangeRequestStatus.ASKED
    )
    return set(db.session.execute(asked).scalars())


def _typed(application: Application) -> tuple[tuple[str, str], ...]:
    return _essentials(
        application.need,
        application.objectives,
        application.description,
        application.calendar,
        application.public_characteristics,
        application.partners_text,
    )


def _received(dossier: Dossier) -> tuple[tuple[str, str], ...]:
    project = dossier.project
    return _essentials(
        project.need,
        project.objectives,
        project.description,
        project.calendar,
        dossier.public.characteristics,
        project.partners_text,
    )


def _essentials(*texts: str | None) -> tuple[tuple[str, str], ...]:
    labels = ("Besoin", "Objectifs", "Description", "Calendrier", "Public", "Partenaires")
    return tuple((label, text) for label, text in zip(labels, texts, strict=True) if text)
