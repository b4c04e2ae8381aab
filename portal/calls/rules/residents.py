"""How many residents of priority quartiers a project reaches, against what its call asks for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from portal.calls.rules.filing import Dossier, PlacedShare
from portal.calls.states import ResidentsRule
from portal.foundation.money import NBSP, WHOLE_IN_BASIS_POINTS, format_share, group_thousands


@dataclass(frozen=True)
class Part:
    """The part asked: `part` in `whole` of the people expected, more than it when `is_strict`."""

    part: int
    whole: int
    is_strict: bool
    words: str

    def least(self, expected: int) -> int:
        """The fewest residents that make the part among `expected` people."""
        product = self.part * expected
        return product // self.whole + 1 if self.is_strict else -(-product // self.whole)


ASKED = {
    ResidentsRule.MAJORITY: Part(1, 2, True, "plus de la moitié"),
    ResidentsRule.TWO_THIRDS: Part(2, 3, False, "les deux tiers"),
    ResidentsRule.ALL: Part(1, 1, False, "la totalité"),
}


def is_met(rule: ResidentsRule, residents: int, expected: int) -> bool:
    """Whether that many residents of priority quartiers are enough among the people expected."""
    asked = ASKED.get(rule)
    return asked is None or residents >= asked.least(expected)


def residents_of(placements: Iterable[PlacedShare]) -> int:
    """The residents of priority quartiers (QPV) expected; those of a quartier in watch do not count."""
    return sum(place.residents_expected or 0 for place in placements if place.is_qpv)


@dataclass(frozen=True)
class Standing:
    """What the pages show: the residents of priority quartiers, the part asked, where the project stands."""

    count: int
    asked: Part | None
    words: str


def standing_of(dossier: Dossier) -> Standing:
    rule, count = dossier.call.residents_rule, residents_of(dossier.placements)
    return Standing(count, ASKED.get(rule), told(rule, count, dossier.public.people_expected))


def told(rule: ResidentsRule, residents: int, expected: int | None) -> str:
    """Where the project stands, in numbers; the page says the same as one types."""
    if not expected:
        return "Le nombre de personnes attendues (rubrique « Le public ») manque pour comparer."
    share = format_share(residents * WHOLE_IN_BASIS_POINTS // expected)
    counted = (
        f"{group_thousands(residents)}{NBSP}habitants des quartiers prioritaires sur {group_thousands(expected)} "
        f"personnes attendues, soit {share}."
    )
    asked = ASKED.get(rule)
    if asked is None:
        return counted
    lacking = asked.least(expected) - residents
    verdict = "c’est atteint." if lacking <= 0 else f"il en manque {group_thousands(lacking)}."
    return f"{counted} L’appel demande {asked.words}{NBSP}: {verdict}"
