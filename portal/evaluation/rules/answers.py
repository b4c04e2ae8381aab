"""Whether the sections of a bilan are answered: "not measured", with why, is an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.foundation.refusals import Refusal


@dataclass(frozen=True)
class Answer:
    """One indicator of a bilan. `measured` says whether a value (both parts of a ratio) is there."""

    label: str
    measured: bool
    not_measured_reason: str


@dataclass(frozen=True)
class Missing:
    """What a section lacks, in words, and where to go and write it."""

    section: str
    message: str


def check_people(total: int | None, reason: str, by_quartier: Sequence[int], by_age: Sequence[int]) -> None:
    """People reached: a total, or why there is none; no part exceeds the whole.

    Refusals name `people_reached` or `not_measured_reason`.
    """
    if total is None:
        if any(by_quartier) or any(by_age):
            raise Refusal("Indiquez aussi le nombre total de personnes touchées.", "people_reached")
        return
    if reason.strip():
        raise Refusal(
            "Vous donnez un nombre de personnes : laissez vide la raison d’une absence de mesure.",
            "not_measured_reason",
        )
    if sum(by_quartier) > total:
        raise Refusal(f"La répartition par quartier ({sum(by_quartier)}) dépasse le total ({total}).", "people_reached")
    if sum(by_age) > total:
        raise Refusal(f"La répartition par âge ({sum(by_age)}) dépasse le total ({total}).", "people_reached")


def check_ratio(numerator: int | None, denominator: int | None) -> None:
    """The two parts of a ratio go together, and the part does not exceed the whole.

    Refusals name `numerator` or `denominator`.
    """
    if numerator is None and denominator is None:
        return
    if numerator is None:
        raise Refusal("Indiquez aussi la partie (numérateur).", "numerator")
    if not denominator:
        raise Refusal("Indiquez aussi l’ensemble (dénominateur), supérieur à zéro.", "denominator")
    if numerator > denominator:
        raise Refusal("La partie ne peut pas dépasser l’ensemble.", "numerator")


def missing_answers(
    words: Mapping[str, str],
    people_reached: int | None,
    people_reason: str,
    indicators: Sequence[Answer],
    unanswered_accounts: Sequence[str],
    unexplained_accounts: Sequence[str],
) -> list[Missing]:
    """All that stands between a bilan and its sending, in the order of the sections.

    `words` are the texts by their French question; account lists hold the words shown.
    """
    found = [Missing("recit", f"Répondez à « {question} ».") for question, text in words.items() if not text.strip()]
    found += [Missing("budget", f"Indiquez le montant réalisé : {account}.") for account in unanswered_accounts]
    found += [Missing("budget", f"Expliquez l’écart de plus de 10 % : {account}.") for account in unexplained_accounts]
    if people_reached is None and not people_reason.strip():
        found.append(Missing("public", "Indiquez le nombre de personnes touchées, ou pourquoi il n’a pas été mesuré."))
    found += [
        Missing("indicateurs", f"Donnez la valeur de « {each.label} », ou dites pourquoi elle n’a pas été mesurée.")
        for each in indicators
        if not each.measured and not each.not_measured_reason.strip()
    ]
    return found
