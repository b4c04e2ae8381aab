"""The analysis sheet and its marks: exact integers only. A score is in hundredths of a point out of 100."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from portal.accounts.rules import Role
from portal.calls.rules.cycle import DIRECTION
from portal.committee.states import AssessmentStatus as S
from portal.committee.states import Verdict
from portal.foundation.refusals import Refusal, Refusals
from portal.foundation.transitions import Step, TransitionTable

TOP_LEVEL = 4
COMMENTED_LEVELS = frozenset({0, 1})
"""The marks that must be explained."""
FULL_SCORE = 100_00


@dataclass(frozen=True)
class Mark:
    """One criterion's mark: `level` 0 to 4, None while not given."""

    criterion_id: int
    weight: int
    level: int | None = None
    comment: str = ""


@dataclass(frozen=True)
class SheetText:
    """What a reviewer typed. `marks` maps a criterion's id to (level or None, comment)."""

    verdict: Verdict | None = None
    strengths: str = ""
    reserves: str = ""
    marks: Mapping[int, tuple[int | None, str]] = field(default_factory=dict)


ASSESSMENT = TransitionTable(
    "l’analyse",
    S,
    [
        Step(
            "finalise",
            frozenset({S.DRAFT}),
            S.FINAL,
            frozenset({Role.REVIEWER}),
            "Rendre l’analyse",
            "assessment.finalised",
            ("sheet_complete",),
        ),
        # By the Direction only: a reviewer who has read the others could otherwise score after them.
        Step(
            "reopen",
            frozenset({S.FINAL}),
            S.DRAFT,
            DIRECTION,
            "Rouvrir l’analyse",
            "assessment.reopened",
            ("reopening_reason",),
        ),
    ],
)


@ASSESSMENT.guard("reopening_reason")
def reopening_reason(_assessment: object, *, reason: str = "", **_: object) -> None:
    if not reason.strip():
        raise Refusal("Indiquez pourquoi l’analyse est rouverte.", "reason")


@ASSESSMENT.guard("sheet_complete")
def sheet_complete(_assessment: object, *, verdict: Verdict | None, reserves: str, marks: Sequence[Mark]) -> None:
    """All that a sheet needs before it is given; every lack is told at once, beside its field."""
    refusals = unanswered(verdict, marks) + unexplained(verdict, reserves, marks)
    if refusals:
        raise Refusals(refusals)


def unanswered(verdict: Verdict | None, marks: Sequence[Mark]) -> list[Refusal]:
    """What a sheet under way may still lack."""
    refusals = [Refusal("Donnez votre avis.", "verdict")] if verdict is None else []
    missing = (mark for mark in marks if mark.level is None)
    return refusals + [Refusal("Choisissez une note de 0 à 4.", f"level_{mark.criterion_id}") for mark in missing]


def unexplained(verdict: Verdict | None, reserves: str, marks: Sequence[Mark]) -> list[Refusal]:
    """The answers that need words of their own and have none."""
    refusals = []
    if verdict is Verdict.RESERVED and not reserves.strip():
        refusals.append(Refusal("Écrivez la réserve.", "reserves"))
    if verdict is Verdict.UNFAVOURABLE and not reserves.strip():
        refusals.append(Refusal("Dites pourquoi l’avis est défavorable.", "reserves"))
    for mark in marks:
        if mark.level in COMMENTED_LEVELS and not mark.comment.strip():
            words = f"Une note de {mark.level} doit être expliquée."
            refusals.append(Refusal(words, f"comment_{mark.criterion_id}"))
    return refusals


def running_total(marks: Sequence[Mark]) -> int:
    """The points so far, hundredths out of 100: a mark not given yet counts for nothing."""
    weights = sum(mark.weight for mark in marks)
    if weights == 0:
        return 0
    points = sum(mark.weight * (mark.level or 0) for mark in marks)
    return _rounded(points * FULL_SCORE, weights * TOP_LEVEL)


def score(marks: Sequence[Mark]) -> int | None:
    """The score of a whole sheet, hundredths out of 100; None when a mark is missing or there is no grid."""
    if not marks or any(mark.level is None for mark in marks):
        return None
    return running_total(marks)


@dataclass(frozen=True)
class Summary:
    """What the scores of one application say together; hundredths, None when nobody scored."""

    mean: int | None
    spread: int | None
    scored: int
    missing: int


def summary(scores: Sequence[int], missing: int) -> Summary:
    """Mean and spread of final scores, with how many assigned reviewers have not given theirs."""
    if not scores:
        return Summary(None, None, 0, missing)
    return Summary(_rounded(sum(scores), len(scores)), max(scores) - min(scores), len(scores), missing)


def sees_scores(*, oversees: bool, reviews: bool, blind: bool, own_final: bool, own_pending: bool) -> bool:
    """Whether somebody may read the others' analyses of one application.

    `oversees`: a role that reads analyses without scoring (Direction, delegate, steering). Blind
    scoring binds whoever still owes an analysis, whatever else they are.
    """
    if not (oversees or reviews):
        return False
    if not blind or own_final:
        return True
    return oversees and not own_pending


def written_score(hundredths: int | None) -> str:
    """« 72,50 » of a score; « – » when there is none."""
    if hundredths is None:
        return "–"
    return f"{hundredths // 100},{hundredths % 100:02d}"


def _rounded(numerator: int, denominator: int) -> int:
    """The nearest integer, halves up; both positive."""
    return (2 * numerator + denominator) // (2 * denominator)
