"""Rules of a call for projects: its dates, what it needs before publication, when it is closed.

Instants are aware datetimes; days are dates of Paris.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from portal.calls.states import CallStatus
from portal.foundation.money import NBSP
from portal.foundation.periods import from_paris_input, months_after, to_paris
from portal.foundation.refusals import Refusal, Refusals

GRID_TOTAL = 100

LOCKED = (
    f"L’appel est publié{NBSP}: les porteurs s’appuient sur ces règles, elles ne changent plus. "
    f"La clôture se prolonge{NBSP}; la présentation, le rétroplanning et les enveloppes peuvent évoluer."
)


# -- dates --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CallDates:
    """When a call takes applications, when its actions take place, when their bilan is due."""

    opens_at: datetime
    closes_at: datetime
    actions_start_on: date
    actions_end_on: date
    bilan_due_on: date | None

    def check(self) -> None:
        """Raises Refusals beside each date that precedes another wrongly."""
        wrong = []
        if self.closes_at <= self.opens_at:
            wrong.append(Refusal("La clôture doit être postérieure à l’ouverture.", "closes_at"))
        if self.actions_end_on < self.actions_start_on:
            wrong.append(Refusal("La fin des actions précède leur début.", "actions_end_on"))
        if self.bilan_due_on is not None and self.bilan_due_on < self.actions_end_on:
            wrong.append(Refusal("Le bilan ne peut pas être attendu avant la fin des actions.", "bilan_due_on"))
        if wrong:
            raise Refusals(wrong)

    def shifted(self, years: int) -> CallDates:
        """The same dates `years` later, at the same hours of Paris."""
        return CallDates(
            shifted_instant(self.opens_at, years),
            shifted_instant(self.closes_at, years),
            shifted_day(self.actions_start_on, years),
            shifted_day(self.actions_end_on, years),
            None if self.bilan_due_on is None else shifted_day(self.bilan_due_on, years),
        )


def default_dates(year: int) -> CallDates:
    """The usual calendar of a yearly call: filed in autumn, actions over the calendar year."""
    return CallDates(
        _at(date(year - 1, 10, 1), time(9)),
        _at(date(year - 1, 11, 20), time(18)),
        date(year, 1, 1),
        date(year, 12, 31),
        date(year + 1, 6, 30),
    )


def _at(day: date, hour: time) -> datetime:
    return from_paris_input(datetime.combine(day, hour))


def shifted_day(day: date, years: int) -> date:
    """The same day `years` later; 29 February becomes the 28th where there is none."""
    return months_after(day, 12 * years)


def shifted_instant(instant: datetime, years: int) -> datetime:
    """The same day and hour of Paris `years` later, whatever summer time does on either night.

    An hour that the new night lacks (the last Sunday of March) becomes the next one.
    """
    local = to_paris(instant).replace(tzinfo=None, fold=0)
    wanted = datetime.combine(shifted_day(local.date(), years), local.time())
    try:
        return from_paris_input(wanted)
    except ValueError:
        return from_paris_input(wanted + timedelta(hours=1))


def extended_closing(current: datetime, wanted: datetime, now: datetime) -> datetime:
    """The new closing instant. A closing only moves later, and only into the future.

    Raises Refusal on `closes_at` otherwise.
    """
    if wanted <= current:
        raise Refusal("La nouvelle clôture doit être postérieure à l’actuelle.", "closes_at")
    if wanted <= now:
        raise Refusal("La nouvelle clôture est déjà passée.", "closes_at")
    return wanted


# -- closing ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CallWindow:
    """What decides whether a call still takes an application."""

    status: CallStatus
    opens_at: datetime
    closes_at: datetime
    grace_seconds: int


def closing_verdict(window: CallWindow, received_at: datetime, form_opened_at: datetime | None = None) -> int:
    """The seconds by which an application comes late: 0 in time, more within the grace.

    Judged on the instant the server received the request. The grace serves only a form opened
    before the closing (`form_opened_at`, None when unknown): pressing the button at the last
    second must not lose a project to a slow line. Raises Refusal when the call takes nothing.
    """
    if window.status is CallStatus.DRAFT or received_at < window.opens_at:
        raise Refusal("L’appel à projets n’est pas encore ouvert.")
    if window.status is CallStatus.ARCHIVED:
        raise Refusal("L’appel à projets est terminé.")
    late = received_at - window.closes_at
    if late <= timedelta(0):
        return 0
    in_hand = form_opened_at is not None and form_opened_at <= window.closes_at
    if not in_hand or late > timedelta(seconds=window.grace_seconds):
        raise Refusal("L’appel à projets est clos. Votre brouillon est conservé, mais il ne peut plus être déposé.")
    return -(-late // timedelta(seconds=1))


def is_open(window: CallWindow, now: datetime) -> bool:
    """Whether a form opened now could be filed now."""
    return window.status is CallStatus.PUBLISHED and window.opens_at <= now <= window.closes_at


# -- publishing and ending ------------------------------------------------------------------------


@dataclass(frozen=True)
class CallContents:
    """How much of each thing a call holds, before it is published."""

    closes_at: datetime
    has_presentation: bool
    quartiers: int
    documents: int
    scoring_enabled: bool
    weights: Sequence[int]
    criteria_without_levels: Sequence[str]
    envelopes: int


def missing_to_publish(call: CallContents, now: datetime) -> list[str]:
    """What a call still lacks, one sentence each; an empty list when it is ready."""
    asked = [
        (call.closes_at > now, f"Les dates{NBSP}: la clôture est déjà passée."),
        (call.has_presentation, f"La présentation{NBSP}: dites à quoi sert l’appel et qui peut y répondre."),
        (call.quartiers > 0, f"Les quartiers{NBSP}: choisissez au moins un quartier d’intervention."),
        (call.documents > 0, f"Les documents{NBSP}: la liste des pièces demandées est vide."),
        (call.envelopes > 0, f"Les enveloppes{NBSP}: aucun financeur n’a encore d’enveloppe."),
    ]
    return [words for there, words in asked if not there] + (_missing_of_grid(call) if call.scoring_enabled else [])


def _missing_of_grid(call: CallContents) -> list[str]:
    told = []
    if (total := sum(call.weights)) != GRID_TOTAL:
        told.append(f"La grille{NBSP}: {words_of_total(total)}")
    told += [
        f"La grille{NBSP}: décrivez les cinq niveaux de «{NBSP}{label}{NBSP}»."
        for label in call.criteria_without_levels
    ]
    return told


def words_of_total(total: int) -> str:
    return f"les poids des critères totalisent {total}{NBSP}; ils doivent totaliser {GRID_TOTAL}."


def check_weights(weights: Sequence[int]) -> None:
    """Raises Refusal unless the weights of a grid add to 100."""
    if (total := sum(weights)) != GRID_TOTAL:
        raise Refusal(words_of_total(total).capitalize())


def check_over(closes_at: datetime, undecided: int, now: datetime) -> None:
    """Raises Refusal while a call still takes applications or has some to decide."""
    if now <= closes_at:
        raise Refusal("L’appel prend encore des dossiers. Attendez sa clôture pour le terminer.")
    if undecided == 1:
        raise Refusal("Un dossier attend encore une décision ou un retrait.")
    if undecided:
        raise Refusal(f"{undecided} dossiers attendent encore une décision ou un retrait.")


def check_editable(status: CallStatus) -> None:
    """Raises Refusal once the rules of a call are known to the public."""
    if status is not CallStatus.DRAFT:
        raise Refusal(LOCKED)


def check_not_archived(status: CallStatus) -> None:
    """Raises Refusal on a call that has ended."""
    if status is CallStatus.ARCHIVED:
        raise Refusal("L’appel est terminé, il ne change plus.")
