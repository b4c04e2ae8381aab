"""The rétroplanning of a call: its own dates, and the steps laid around its closing. Days are those of Paris."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from portal.calls.rules.calling import CallDates, shifted_day
from portal.calls.states import MilestoneKind, MilestoneState
from portal.foundation.periods import from_paris_input, to_paris
from portal.foundation.refusals import Refusal

LONGEST_SHIFT = 366
"""Days by which the steps left to do move at most in one go."""


@dataclass(frozen=True)
class MilestoneTerms:
    """A step as it is laid down; `ends_on` None when it lasts a day."""

    kind: MilestoneKind
    label: str
    concerns: str | None
    starts_on: date
    ends_on: date | None
    is_public: bool

    def check(self) -> None:
        """Raises Refusal beside an end that precedes the start."""
        if self.ends_on is not None and self.ends_on < self.starts_on:
            raise Refusal("La fin précède le début.", "ends_on")


@dataclass(frozen=True)
class PlanLine:
    """A line of the plan. `id` is None for a date of the call itself; `at` is its instant when it has an hour."""

    id: int | None
    code: str
    label: str
    concerns: str | None
    starts_on: date
    ends_on: date | None
    at: datetime | None
    is_public: bool
    done_at: datetime | None
    changed_at: datetime | None
    version: int
    state: MilestoneState
    kind: MilestoneKind | None = None


# -- standing ---------------------------------------------------------------------------------------


def state_of(starts_on: date, ends_on: date | None, *, is_done: bool, today: date) -> MilestoneState:
    """A step not done is late from the day after its last one."""
    if is_done:
        return MilestoneState.DONE
    if (ends_on or starts_on) < today:
        return MilestoneState.LATE
    return MilestoneState.RUNNING if starts_on <= today else MilestoneState.COMING


def own_lines(dates: CallDates, now: datetime) -> list[PlanLine]:
    """The dates that the call itself lays down: time alone makes them done."""
    instants = [
        ("opening", "Ouverture du dépôt", dates.opens_at),
        ("closing", "Clôture du dépôt", dates.closes_at),
    ]
    days = [
        ("actions_start", "Début des actions", dates.actions_start_on),
        ("actions_end", "Fin des actions", dates.actions_end_on),
        ("bilan", "Bilan final à rendre", dates.bilan_due_on),
    ]
    lines = [_own(code, label, to_paris(at).date(), at, at <= now) for code, label, at in instants]
    today = to_paris(now).date()
    lines += [_own(code, label, day, None, day < today) for code, label, day in days if day is not None]
    return lines


def _own(code: str, label: str, day: date, at: datetime | None, is_past: bool) -> PlanLine:
    state = MilestoneState.DONE if is_past else MilestoneState.COMING
    return PlanLine(None, code, label, "Structures qui déposent", day, None, at, True, None, None, 1, state)


def in_order(lines: Sequence[PlanLine]) -> list[PlanLine]:
    """By day; on the same one, what has an hour comes first, then the steps as they were made."""
    return sorted(lines, key=lambda line: (line.starts_on, _hour(line), line.ends_on or line.starts_on, line.id or 0))


def _hour(line: PlanLine) -> datetime:
    return line.at or from_paris_input(datetime.combine(line.starts_on, time(23, 59)))


# -- offering ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Usual:
    """A usual step: how many days after the closing it begins, how many it lasts (0: one day)."""

    kind: MilestoneKind
    label: str
    concerns: str
    after: int
    lasts: int
    is_public: bool


_USUAL = (
    _Usual(MilestoneKind.INFORMATION, "Réunion d’information des porteurs", "Structures, quartiers", -40, 0, True),
    _Usual(MilestoneKind.COMPLETENESS, "Vérification des dossiers", "Direction", 1, 18, True),
    _Usual(MilestoneKind.COTECH, "Comité technique : recevabilité", "Direction, État, partenaires", 21, 0, False),
    _Usual(MilestoneKind.ANALYSIS, "Analyse des dossiers", "Membres du comité technique", 22, 28, True),
    _Usual(MilestoneKind.COTECH, "Comité technique : analyse des projets", "Comité technique", 56, 0, False),
    _Usual(MilestoneKind.COPIL, "Comité de pilotage : programmation", "Élus, Préfet, financeurs", 84, 0, True),
    _Usual(MilestoneKind.ASSEMBLY, "Délibérations et arrêtés des financeurs", "Financeurs", 90, 45, False),
    _Usual(MilestoneKind.NOTIFICATION, "Notification des décisions", "Structures qui ont déposé", 136, 14, True),
    _Usual(MilestoneKind.CONVENTIONS, "Signature des conventions", "Structures financées, financeurs", 150, 30, False),
    _Usual(MilestoneKind.PAYMENT, "Versement des subventions", "Financeurs", 160, 60, False),
)


def offered(closes_at: datetime) -> list[MilestoneTerms]:
    """The usual steps around a closing, moved off the week-ends."""
    closing = to_paris(closes_at).date()
    return [_laid(usual, closing + timedelta(days=usual.after)) for usual in _USUAL]


def _laid(usual: _Usual, day: date) -> MilestoneTerms:
    start = working_day(day)
    end = working_day(start + timedelta(days=usual.lasts)) if usual.lasts else None
    return MilestoneTerms(usual.kind, usual.label, usual.concerns, start, end, usual.is_public)


def working_day(day: date) -> date:
    """The day itself, or the Monday after a week-end. Public holidays are not known here."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= 5 else 0)


# -- moving -----------------------------------------------------------------------------------------


def years_later(terms: MilestoneTerms, years: int) -> MilestoneTerms:
    """The same step `years` later, moved off the week-ends."""
    return replace(
        terms,
        starts_on=working_day(shifted_day(terms.starts_on, years)),
        ends_on=None if terms.ends_on is None else working_day(shifted_day(terms.ends_on, years)),
    )


def days_later(terms: MilestoneTerms, days: int) -> MilestoneTerms:
    """The same step `days` later, moved off the week-ends."""
    gap = timedelta(days=days)
    return replace(
        terms,
        starts_on=working_day(terms.starts_on + gap),
        ends_on=None if terms.ends_on is None else working_day(terms.ends_on + gap),
    )


def check_shift(days: int) -> None:
    """Raises Refusal on a move of no day, or of more than a year."""
    if not days or abs(days) > LONGEST_SHIFT:
        raise Refusal(f"Indiquez de 1 à {LONGEST_SHIFT} jours, avec un signe moins pour avancer.", "days")
