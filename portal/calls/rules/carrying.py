"""What of an earlier application may serve again in a new call: what the new call still offers, dates shifted.

Labels decide what is the same from one contract to the next; ids only mean something within one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from portal.calls.rules.calling import shifted_day
from portal.calls.rules.filing import (
    AgeCount,
    BudgetEntry,
    Choice,
    PeopleCount,
    PlacedShare,
    Policy,
    Project,
    Public,
    Target,
)
from portal.calls.rules.partners import Partner
from portal.calls.states import Duration, Section
from portal.foundation.folding import fold

KEEPABLE = (
    Section.PROJECT, Section.QUARTIERS, Section.THEMES, Section.PUBLIC, Section.BUDGET, Section.INDICATORS,
)  # fmt: skip
"""The sections that may be kept: the structure's sheet is shared already; what is asked of the funders, the
documents and the attestations are given anew each year."""


@dataclass(frozen=True)
class Offer:
    """What the new call offers: ids by folded label, accounts by side and code."""

    quartier_ids: Collection[int]
    themes: Mapping[str, int]
    axes: Mapping[str, int]
    priorities: Mapping[str, int]
    age_bands: Mapping[str, int]
    accounts: Collection[tuple[str, str]]
    indicators: Mapping[str, int]


def project_values(project: Project, years: int, renewed_id: int) -> dict[str, Any]:
    """The project's fields, dates `years` later; a multi-year one starts again from one year."""
    days = {"starts_on": project.starts_on, "ends_on": project.ends_on}
    shifted = {name: day and shifted_day(day, years) for name, day in days.items()}
    kept = Duration.SCHOOL_YEAR if project.duration is Duration.SCHOOL_YEAR else Duration.ONE_YEAR
    return {
        **vars(project), **shifted, "duration": kept, "years": 1, "objectives_by_year": None,
        "is_renewal": True, "renewal_of_id": renewed_id,
    }  # fmt: skip


def partners_kept(partners: Collection[Partner]) -> dict[int, Partner]:
    """The partners, by their place; what is passed on to them belongs to what is asked this year."""
    return {place: replace(partner, reversement_cents=0) for place, partner in enumerate(partners)}


def placements_kept(placements: Collection[PlacedShare], offer: Offer) -> list[PlacedShare]:
    """The quartiers that the new call takes; shares stay as they were, to be completed when one is gone.

    A quartier's own theme stays when the new contract still names it.
    """
    return [
        replace(place, theme=_theme_kept(place.theme, offer))
        for place in placements
        if place.quartier_id in offer.quartier_ids
    ]


def _theme_kept(theme: Choice | None, offer: Offer) -> Choice | None:
    kept = offer.themes.get(fold(theme.label)) if theme else None
    return Choice(kept, theme.label) if theme and kept is not None else None


@dataclass(frozen=True)
class ChosenPolicy:
    main_theme_id: int | None
    secondary: tuple[int, ...]
    axes: tuple[int, ...]
    priorities: tuple[int, ...]


def policy_kept(policy: Policy, offer: Offer) -> ChosenPolicy:
    """The themes, axes and priorities that the new contract still names so."""
    main = offer.themes.get(fold(policy.main_theme.label)) if policy.main_theme else None
    return ChosenPolicy(
        main,
        _found(policy.secondary_themes, offer.themes),
        _found(policy.axes, offer.axes),
        _found(policy.priorities, offer.priorities),
    )


def _found(choices: Collection[Choice], offered: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(offered[fold(choice.label)] for choice in choices if fold(choice.label) in offered)


def public_kept(public: Public, actual: Public | None, offer: Offer, placed: Collection[int]) -> Public:
    """The people expected: those really reached when the bilan tells them, else those expected before.

    Only the quartiers of the new application (`placed`) and the age bands of the new contract count.
    """
    told = actual or public
    by_age = [
        AgeCount(offer.age_bands[fold(count.label)], count.label, count.people)
        for count in told.by_age
        if fold(count.label) in offer.age_bands
    ]
    by_quartier: tuple[PeopleCount, ...] = tuple(count for count in told.by_quartier if count.quartier_id in placed)
    return replace(public, people_expected=told.people_expected, by_quartier=by_quartier, by_age=tuple(by_age))


def budget_kept(budget: Collection[BudgetEntry], offer: Offer) -> list[BudgetEntry]:
    """The lines that somebody typed, under accounts that the new chart still has; never what funders were asked."""
    return [
        entry
        for entry in budget
        if entry.funder_id is None and (entry.side.value, entry.account_code) in offer.accounts
    ]


def targets_kept(targets: Collection[Target], offer: Offer) -> list[Target]:
    """The applicant's own indicators and those that the new call offers."""
    kept = []
    for target in targets:
        if target.indicator_id is None:
            kept.append(target)
        elif fold(target.label) in offer.indicators:
            kept.append(replace(target, indicator_id=offer.indicators[fold(target.label)]))
    return kept
