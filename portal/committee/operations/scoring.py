"""Writing an analysis sheet: saved as one goes, then given for good."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import CursorResult
from sqlalchemy.exc import IntegrityError

from portal.accounts.rules import Role
from portal.calls.models import Application, Criterion
from portal.committee.models import Assessment, CriterionScore
from portal.committee.operations.recusals import refuse_recused
from portal.committee.queries import reviewing, scoring
from portal.committee.rules.scoring import ASSESSMENT, TOP_LEVEL, Mark, running_total, written_score
from portal.committee.states import AssessmentStatus, Verdict
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.refusals import Conflict, Refusal


@dataclass(frozen=True)
class SheetText:
    """What a reviewer typed. `marks` maps a criterion's id to (level or None, comment)."""

    verdict: Verdict | None = None
    strengths: str = ""
    reserves: str = ""
    marks: dict[int, tuple[int | None, str]] = field(default_factory=dict)


def save_sheet(
    application: Application, text: SheetText, version: int, *, actor: Actor, roles: Iterable[str]
) -> Assessment:
    """Keep a sheet under way, whole or not. `version` is the one read, 0 for a new sheet.

    Raises Conflict with both texts when the sheet was saved elsewhere since.
    """
    person_id = _reviewer(application, actor, roles)
    criteria = scoring.grid(application.call)
    assessment = _claim(application, person_id, text, version, criteria)
    _write(assessment, text, criteria)
    return assessment


def finalise_sheet(
    application: Application, text: SheetText, version: int, *, actor: Actor, roles: Iterable[str]
) -> Assessment:
    """Save the sheet and give it for good. Raises Refusals naming all that lacks; then nothing is kept."""
    assessment = save_sheet(application, text, version, actor=actor, roles=roles)
    db.session.flush()
    db.session.refresh(assessment, ["scores"])
    marks = scoring.marks_of(assessment, scoring.grid(application.call))
    step = ASSESSMENT.check(
        "finalise",
        assessment.status,
        roles,
        assessment,
        verdict=assessment.verdict,
        reserves=assessment.reserves,
        marks=marks,
    )
    assessment.status = AssessmentStatus(step.target)
    assessment.finalised_at = clock.now()
    # Neither the marks nor the opinion enter the journal: it is read by people who may not see them yet.
    record(actor, step.event, assessment)
    return assessment


def reopen_sheet(assessment: Assessment, reason: str, *, actor: Actor, roles: Iterable[str]) -> None:
    """Give a final sheet back to its reviewer."""
    refuse_recused(actor, assessment.application)
    step = ASSESSMENT.check("reopen", assessment.status, roles, assessment, reason=reason)
    assessment.status = AssessmentStatus(step.target)
    assessment.finalised_at = None
    assessment.version += 1
    record(actor, step.event, assessment, reason=reason.strip())


def _reviewer(application: Application, actor: Actor, roles: Iterable[str]) -> int:
    """The actor as the application's reviewer, or a refusal."""
    refuse_recused(actor, application)
    if Role.REVIEWER not in set(roles) or actor.person_id is None:
        raise Refusal("Seules les personnes chargées d’analyser ce dossier remplissent une fiche.")
    assignment = reviewing.assignment_of(application.id, actor.person_id)
    if assignment is None or assignment.ended_at is not None:
        raise Refusal("Ce dossier ne vous est pas confié.")
    if application.status not in reviewing.REVIEWED:
        raise Refusal(f"Ce dossier ne s’analyse plus dans l’état actuel : {application.status.label}.")
    return actor.person_id


def _claim(
    application: Application, person_id: int, text: SheetText, version: int, criteria: Sequence[Criterion]
) -> Assessment:
    """Take the sheet at the version read, one step further; whoever saved in between wins."""
    found = scoring.assessment_of(application.id, person_id)
    if found is None:
        return _begin(application, person_id, text, criteria)
    if found.status is AssessmentStatus.FINAL:
        raise Refusal("Votre analyse est déjà rendue : la Direction peut la rouvrir à votre demande.")
    moved = db.session.execute(
        sa.update(Assessment)
        .where(Assessment.id == found.id, Assessment.version == version)
        .values(version=Assessment.version + 1, updated_at=clock.now())
        .execution_options(synchronize_session="fetch")
    )
    if not cast(CursorResult[Any], moved).rowcount:
        raise _conflict(found, text, criteria)
    return found


def _begin(application: Application, person_id: int, text: SheetText, criteria: Sequence[Criterion]) -> Assessment:
    assessment = Assessment(
        application_id=application.id, person_id=person_id, status=AssessmentStatus.DRAFT, updated_at=clock.now()
    )
    try:
        with db.session.begin_nested():
            db.session.add(assessment)
    except IntegrityError:
        # Two pages of the same person began the sheet at the same instant.
        theirs = scoring.assessment_of(application.id, person_id)
        if theirs is None:
            raise
        raise _conflict(theirs, text, criteria) from None
    return assessment


def _write(assessment: Assessment, text: SheetText, criteria: Sequence[Criterion]) -> None:
    assessment.verdict = text.verdict
    assessment.strengths = text.strengths.strip()
    assessment.reserves = text.reserves.strip()
    rows = {line.criterion_id: line for line in assessment.scores}
    for criterion in criteria:
        level, comment = text.marks.get(criterion.id, (None, ""))
        if level is not None and not 0 <= level <= TOP_LEVEL:
            raise Refusal("Choisissez une note de 0 à 4.", f"level_{criterion.id}")
        line = rows.get(criterion.id)
        if line is None:
            line = CriterionScore(assessment_id=assessment.id, criterion_id=criterion.id)
            db.session.add(line)
        line.level, line.comment = level, comment.strip()


def _conflict(found: Assessment, text: SheetText, criteria: Sequence[Criterion]) -> Conflict:
    """Both sheets in words, so that the person chooses."""
    theirs = scoring.marks_of(found, criteria)
    mine = [Mark(each.id, each.weight, *text.marks.get(each.id, (None, ""))) for each in criteria]
    return Conflict(
        "Cette fiche a été enregistrée entre-temps, depuis une autre page. Comparez, puis enregistrez ce qui convient.",
        theirs=_words(found.verdict, found.strengths, found.reserves, theirs, criteria),
        mine=_words(text.verdict, text.strengths, text.reserves, mine, criteria),
    )


def _words(
    verdict: Verdict | None, strengths: str, reserves: str, marks: Sequence[Mark], criteria: Sequence[Criterion]
) -> dict[str, str]:
    told = {"Avis": verdict.label if verdict else "", "Points forts": strengths, "Réserves": reserves}
    for criterion, mark in zip(criteria, marks, strict=True):
        level = "" if mark.level is None else f"{mark.level}/{TOP_LEVEL}"
        told[criterion.label] = f"{level} {mark.comment}".strip()
    return told | ({"Total": written_score(running_total(marks))} if criteria else {})
