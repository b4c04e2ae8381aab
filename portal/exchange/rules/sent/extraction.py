"""The extraction of the State's services: each row beside the applications it may mean, and what it would bring.

Nothing here decides: a row is certain only when one application alone can be meant and nothing contradicts it.
Money in cents, scores in hundredths.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum

from portal.calls.rules.dauphin import LONGEST, checked_number, number_key
from portal.calls.states import ApplicationStatus
from portal.calls.states import FundingStatus as F
from portal.committee.rules.acts import GRANTABLE
from portal.committee.states import ActKind
from portal.exchange.rules.sent import cells
from portal.exchange.rules.sent.cells import BadCell
from portal.exchange.rules.sent.columns import NUMBER, SIRET, TITLE, Column, Reader
from portal.exchange.rules.sent.matching import KnownLine
from portal.exchange.rules.sent.report import Fault
from portal.exchange.rules.sent.rows import RowReading
from portal.exchange.rules.sent.tables import SentRow
from portal.exchange.rules.sent.votes import LONGEST_NUMBER, Known, Terms
from portal.foundation.folding import fold
from portal.foundation.money import format_euros
from portal.foundation.refusals import Refusal
from portal.foundation.workbooks import SentCell

STATUS = Column.named("status", "Statut", "etat", "statut du dossier", "etat du dossier", "avancement", "etape")
ASKED = Column.named("asked", "Montant demandé", "demande", "montant sollicite", "subvention demandee")
INSTRUCTED = Column.named(
    "instructed", "Montant instruit", "montant propose", "propose", "montant retenu", "montant eligible"
)
VOTED = Column.named("voted", "Montant voté", "montant accorde", "montant attribue", "montant engage", "accorde")
ACT = Column.named("act", "Numéro de l’acte", "n d acte", "numero de decision", "n arrete", "numero d arrete")
DAY = Column.named("day", "Date de l’acte", "date de decision", "date de l arrete", "date de notification")
COLUMNS = (NUMBER, SIRET, TITLE, STATUS, ASKED, INSTRUCTED, VOTED, ACT, DAY)

LONGEST_STATUS = 80
ALIKE, FAR = 80, 40
"""Titles alike enough to be probable; too far to be offered."""
MOST_CANDIDATES = 5
_PROPOSABLE = frozenset({F.REQUESTED, F.OPINION_GIVEN, F.PROPOSED, F.FILED_ELSEWHERE})
_ADMISSIBLE = frozenset({ApplicationStatus.ADMISSIBLE, ApplicationStatus.DECIDED})


class Match(StrEnum):
    CERTAIN = "certain"
    PROBABLE = "probable"
    SEVERAL = "several"
    NONE = "none"

    @property
    def label(self) -> str:
        return {
            "certain": "Certaine",
            "probable": "Probable",
            "several": "Plusieurs possibles",
            "none": "Aucune",
        }[self.value]


@dataclass(frozen=True)
class Values:
    """What a row says."""

    number: str = ""
    siret: str = ""
    title: str = ""
    status: str = ""
    asked: int | None = None
    instructed: int | None = None
    voted: int | None = None
    act: str = ""
    day: date | None = None


@dataclass(frozen=True)
class Effects:
    """What a row would write of a line: `told` in words, `conflicts` with what the portal says (both values)."""

    number: str | None = None
    status: str | None = None
    proposed: int | None = None
    granted: tuple[Terms, int] | None = None
    told: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()

    @property
    def changes_nothing(self) -> bool:
        return (self.number, self.status, self.proposed, self.granted) == (None, None, None, None)


@dataclass(frozen=True)
class Candidate:
    """A line that a row may mean. `score` 0 to 100: how alike the titles are."""

    line: KnownLine
    score: int
    by_number: bool
    effects: Effects


@dataclass(frozen=True)
class RowMatch:
    number: int
    values: Values
    match: Match
    candidates: tuple[Candidate, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def is_done(self) -> bool:
        """Whether the portal says already all that could be taken from it."""
        if self.match not in (Match.CERTAIN, Match.PROBABLE) or not self.candidates:
            return False
        best = self.candidates[0]
        return (best.by_number or best.score == 100) and best.effects.changes_nothing

    def of(self, line_id: int) -> Candidate | None:
        return next((each for each in self.candidates if each.line.id == line_id), None)


@dataclass
class Extraction:
    """The rows beside the portal."""

    rows: list[RowMatch] = field(default_factory=list)

    @property
    def to_choose(self) -> list[RowMatch]:
        return [row for row in self.rows if row.candidates and not row.is_done and not row.faults]

    @property
    def certain(self) -> list[RowMatch]:
        return [row for row in self.to_choose if row.match is Match.CERTAIN]

    @property
    def may_grant(self) -> bool:
        """Whether some choice would record an act."""
        return any(each.effects.granted for row in self.to_choose for each in row.candidates)

    @property
    def others(self) -> list[RowMatch]:
        """The rows that ask for no choice: nothing found, already there, or wrong."""
        chosen = {row.number for row in self.to_choose}
        return [row for row in self.rows if row.number not in chosen]

    def counts(self) -> dict[str, int]:
        found = Counter(row.match.value for row in self.rows if not row.faults)
        return {
            **{each.value: found[each.value] for each in Match},
            "rows": len(self.rows),
            "done": sum(row.is_done for row in self.rows),
            "wrong": sum(bool(row.faults) for row in self.rows),
        }


def matched(reader: Reader, known: Known, *, may_grant: bool) -> Extraction:
    """Every row with its candidates. `may_grant`: whether its reader records the State's acts."""
    found = Extraction()
    for row in reader.table.rows:
        found.rows.append(_row(reader, row, known, may_grant))
    _doubt_what_comes_twice(found)
    return found


def _doubt_what_comes_twice(found: Extraction) -> None:
    """Two rows cannot both be certain of one line: a person chooses."""
    meant = Counter(row.candidates[0].line.id for row in found.rows if row.match is Match.CERTAIN)
    found.rows = [
        replace(row, match=Match.PROBABLE)
        if row.match is Match.CERTAIN and meant[row.candidates[0].line.id] > 1
        else row
        for row in found.rows
    ]


def _row(reader: Reader, row: SentRow, known: Known, may_grant: bool) -> RowMatch:
    reading = RowReading(reader, row)
    values = _values(reading)
    if reading.faults:
        return RowMatch(row.number, values, Match.NONE, faults=tuple(reading.faults))
    named = _named(values, known)
    candidates = tuple(
        Candidate(line, score, by_number, effects_of(values, line, known, may_grant=may_grant))
        for line, score, by_number in named
    )
    return RowMatch(row.number, values, _judged(values, candidates), candidates)


def _values(reading: RowReading) -> Values:
    return Values(
        number=reading.take("number", _number) or "",
        siret=reading.take("siret", cells.siret) or "",
        title=reading.take("title", cells.words) or "",
        status=(reading.take("status", cells.words) or "")[:LONGEST_STATUS],
        asked=reading.take("asked", cells.cents),
        instructed=reading.take("instructed", cells.cents),
        voted=reading.take("voted", cells.cents),
        act=(reading.take("act", cells.words) or "")[:LONGEST_NUMBER],
        day=reading.take("day", cells.day),
    )


def _number(cell: SentCell) -> str:
    text = cells.words(cell)
    try:
        return checked_number(text)
    except Refusal:
        raise BadCell(f"« {text[:LONGEST]} » n’est pas un numéro DAUPHIN.") from None


def _named(values: Values, known: Known) -> list[tuple[KnownLine, int, bool]]:
    """(line, score, by its number) of the lines that a row may mean, the likeliest first."""
    by_number = known.lines.by_number.get(number_key(values.number), []) if values.number else []
    if by_number:
        return [(line, likeness(values.title, line.title), True) for line in by_number[:MOST_CANDIDATES]]
    if not values.title:
        return []
    if values.siret:
        same = known.lines.by_siren.get(values.siret[:9], [])
    else:
        same = [line for line in known.lines.lines if fold(line.title) == fold(values.title)]
    scored = [(line, likeness(values.title, line.title), False) for line in same]
    kept = sorted((each for each in scored if each[1] >= FAR), key=lambda each: (-each[1], each[0].reference))
    return kept[:MOST_CANDIDATES]


def likeness(one: str, other: str) -> int:
    """How alike two titles are, 0 to 100, whatever the order of their words."""
    first, second = fold(one), fold(other)
    in_order = SequenceMatcher(None, first, second, autojunk=False).ratio()
    sorted_words = (" ".join(sorted(first.split())), " ".join(sorted(second.split())))
    return round(100 * max(in_order, SequenceMatcher(None, *sorted_words, autojunk=False).ratio()))


def _judged(values: Values, candidates: tuple[Candidate, ...]) -> Match:
    if not candidates:
        return Match.NONE
    best = candidates[0]
    rivals = [each for each in candidates[1:] if each.score >= min(best.score, ALIKE)]
    if rivals:
        return Match.SEVERAL
    agrees = values.siret == "" or values.siret[:9] in best.line.sirens
    sure = (best.by_number and agrees) or (best.score == 100 and values.siret != "" and len(_equal(candidates)) == 1)
    if sure and not best.effects.conflicts:
        return Match.CERTAIN
    return Match.PROBABLE if best.score >= ALIKE or best.by_number else Match.SEVERAL


def _equal(candidates: Iterable[Candidate]) -> list[Candidate]:
    return [each for each in candidates if each.score == 100]


def effects_of(values: Values, line: KnownLine, known: Known, *, may_grant: bool) -> Effects:
    """What the row would write of this line, and where it contradicts the portal."""
    found = _Weighing(values, line, known, may_grant)
    found.weigh()
    return found.effects


@dataclass
class _Weighing:
    """One row against one line."""

    values: Values
    line: KnownLine
    known: Known
    may_grant: bool
    effects: Effects = Effects()

    def weigh(self) -> None:
        self._identity()
        self._number()
        self._status()
        self._asked()
        self._voted()
        if self.effects.granted is None:
            self._instructed()

    def _tell(self, words: str, **written: object) -> None:
        self.effects = replace(self.effects, told=(*self.effects.told, words), **written)  # type: ignore[arg-type]  # each caller names fields of Effects

    def _conflict(self, words: str) -> None:
        self.effects = replace(self.effects, conflicts=(*self.effects.conflicts, words))

    def _identity(self) -> None:
        siret = self.values.siret
        if siret and siret[:9] not in self.line.sirens:
            mine = ", ".join(sorted(self.line.sirets)) or "inconnu"
            self._conflict(f"SIRET : {mine} dans le portail, {siret} dans le fichier")

    def _number(self) -> None:
        number, mine = self.values.number, self.line.number
        if not number or (mine and number_key(mine) == number_key(number)):
            return
        if mine:
            self._conflict(f"Numéro : {mine} dans le portail, {number} dans le fichier")
        self._tell(f"numéro {number}", number=number)

    def _status(self) -> None:
        status = self.values.status
        if status and status != self.line.external_status:
            self._tell(f"statut « {status} »", status=status)

    def _asked(self) -> None:
        asked, mine = self.values.asked, self.line.requested_cents
        if asked is not None and mine is not None and asked != mine:
            self._conflict(f"Demandé : {format_euros(mine)} dans le portail, {format_euros(asked)} dans le fichier")

    def _voted(self) -> None:
        """An amount voted becomes a grant under its act; without one it is an amount like another, proposed."""
        cents, values = self.values.voted, self.values
        if not cents:
            return
        if (before := self.known.recorded.get(self.line.id)) is not None:
            if before.cents != cents:
                self._conflict(
                    f"Attribué : {format_euros(before.cents)} dans le portail ({before.terms.words}), "
                    f"{format_euros(cents)} dans le fichier"
                )
            return
        if not values.act or values.day is None:
            return
        terms = Terms(ActKind.DECISION, values.act, values.day)
        why = self._why_not_granted(terms)
        if why:
            self._tell(f"attribution de {format_euros(cents)} non reprise : {why}")
        else:
            self._tell(f"attribué {format_euros(cents)} ({terms.words})", granted=(terms, cents))

    def _why_not_granted(self, terms: Terms) -> str | None:
        if not self.may_grant:
            return "seuls l’État et la responsable de la Direction enregistrent ses actes"
        if self.line.status not in GRANTABLE or self.line.application_id not in self.known.retained:
            return f"le financement n’attend pas d’acte, il est « {self.line.status.label} »"
        if terms in self.known.acts:
            return "cet acte est déjà enregistré sans ce dossier"
        if terms.decided_on > self.known.today:
            return "la date de l’acte est à venir"
        return None

    def _instructed(self) -> None:
        values, line = self.values, self.line
        cents = values.instructed if values.instructed is not None else values.voted
        if cents is None or cents == line.proposed_cents or line.id in self.known.recorded:
            return
        if line.status not in _PROPOSABLE or line.application_status not in _ADMISSIBLE:
            self._tell(f"montant instruit {format_euros(cents)} non repris : le financement est « {line.status.label} »"
                       f", le dossier « {line.application_status.label} »")  # fmt: skip
            return
        if line.requested_cents is not None and cents > line.requested_cents:
            self._tell(f"montant instruit {format_euros(cents)} non repris : il dépasse la demande")
            return
        if line.proposed_cents is not None:
            self._conflict(
                f"Proposé : {format_euros(line.proposed_cents)} dans le portail, {format_euros(cents)} dans le fichier"
            )
        self._tell(f"proposé {format_euros(cents)}", proposed=cents)
