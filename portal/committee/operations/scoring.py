"""Writing an analysis sheet: saved as one goes, then given for good."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import CursorResult
from sqlalchemy.exc import IntegrityError

from portal.accounts.rules import Role
from portal.calls.models import Application, Criterion
from portal.calls.operations.table_changes import touch_application
from portal.committee.models import Assessment, CriterionScore
from portal.committee.operations.recusals import refuse_recused
from portal.committee.queries import reviewing, scoring
from portal.committee.rules.scoring import ASSESSMENT, TOP_LEVEL, Mark, SheetText, running_total, written_score
from portal.committee.states import AssessmentStatus
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.refusals import Conflict, Refusal


def save_sheet(
    application: Application,
    text: SheetText,
    version: int,
    *,
    by: str = "",
    sequence: int = 0,
    actor: Actor,
    roles: Iterable[str],
) -> int:
    """Keep a sheet under way, whole or not; answers its version then.

    `version` is the one read, 0 for a new sheet. `by` names the page or workbook that saves, and
    `sequence` counts its saves: what is overtaken on the way by the next of the same page changes
    nothing. Raises Conflict with both texts when the sheet was saved elsewhere since.
    """
    person_id = _reviewer(application, actor, roles)
    criteria = scoring.grid(application.call)
    found = scoring.assessment_of(application.id, person_id) or _begun(application.id, person_id)
    if found.status is AssessmentStatus.FINAL:
        raise Refusal("Votre analyse est déjà rendue : la Direction peut la rouvrir à votre demande.")
    while not _claim(found, version, by, sequence):
        db.session.refresh(found)
        is_ours = bool(by) and found.saved_by == by
        if is_ours and sequence < found.saved_sequence:
            return found.version
        if not is_ours and not _says(found, text, criteria):
            raise _conflict(found, text, criteria)
        version = found.version
    _write(found, text, criteria)
    return found.version


def finalise_sheet(
    application: Application,
    text: SheetText,
    version: int,
    *,
    by: str = "",
    sequence: int = 0,
    actor: Actor,
    roles: Iterable[str],
) -> Assessment:
    """Save the sheet and give it for good. Raises Refusals naming all that lacks; then nothing is kept."""
    save_sheet(application, text, version, by=by, sequence=sequence, actor=actor, roles=roles)
    db.session.flush()
    return give_sheet(application, actor=actor, roles=roles)


def give_sheet(application: Application, *, actor: Actor, roles: Iterable[str]) -> Assessment:
    """Give the sheet as it is saved. Raises Refusals naming all that lacks."""
    assessment = scoring.assessment_of(application.id, _reviewer(application, actor, roles))
    if assessment is None:
        raise Refusal("Cette analyse n’est pas commencée.")
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
    touch_application(application)
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
    touch_application(assessment.application)
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


def _begun(application_id: int, person_id: int) -> Assessment:
    """An empty sheet, at version 0. Two pages of the same person may begin it at the same instant."""
    assessment = Assessment(application_id=application_id, person_id=person_id, updated_at=clock.now(), version=0)
    try:
        with db.session.begin_nested():
            db.session.add(assessment)
    except IntegrityError:
        theirs = scoring.assessment_of(application_id, person_id)
        if theirs is None:
            raise
        return theirs
    return assessment


def _claim(found: Assessment, version: int, by: str, sequence: int) -> bool:
    """Take the sheet at that version, one step further; False when somebody saved in between."""
    moved = db.session.execute(
        sa.update(Assessment)
        .where(Assessment.id == found.id, Assessment.version == version)
        .values(version=version + 1, updated_at=clock.now(), saved_by=by, saved_sequence=sequence)
        .execution_options(synchronize_session="fetch")
    )
    return bool(cast(CursorResult[Any], moved).rowcount)


def _says(found: Assessment, text: SheetText, criteria: Sequence[Criterion]) -> bool:
    """Whether the sheet already holds these very words."""
    return _words(scoring.text_of(found, criteria), criteria) == _words(text, criteria)


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
    return Conflict(
        "Cette fiche a été enregistrée entre-temps, depuis une autre page. Comparez, puis enregistrez ce qui convient.",
        theirs=_words(scoring.text_of(found, criteria), criteria),
        mine=_words(text, criteria),
    )


def _words(text: SheetText, criteria: Sequence[Criterion]) -> dict[str, str]:
    told = {
        "Avis": text.verdict.label if text.verdict else "",
        "Points forts": text.strengths.strip(),
        "Réserves": text.reserves.strip(),
    }
    marks = [Mark(each.id, each.weight, *text.marks.get(each.id, (None, ""))) for each in criteria]
    for criterion, mark in zip(criteria, marks, strict=True):
        level = "" if mark.level is None else f"{mark.level}/{TOP_LEVEL}"
        told[criterion.label] = f"{level} {mark.comment}".strip()
    return told | ({"Total": written_score(running_total(marks))} if criteria else {})
