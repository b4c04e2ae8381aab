"""The rules of a scenario in plain French: on its page, in the letters' notice, in what is refused."""

from __future__ import annotations

from collections.abc import Mapping

from portal.committee.rules.scenarios.model import WHOLE, Rules
from portal.committee.rules.scenarios.parameters import Parameters
from portal.foundation.money import format_euros, format_share

OFF = frozenset({"aucun", "aucune limite", "non prise en compte", "non prises en compte", "partout"})
"""The values of rules that change nothing."""


def minimum_words(rules: Rules) -> str:
    """« au moins 500 € par dossier, ou rien »."""
    leasts = []
    if rules.minimum_cents:
        leasts.append(format_euros(rules.minimum_cents))
    if rules.minimum_bp:
        leasts.append(f"{format_share(rules.minimum_bp)} de la demande")
    return f"au moins {' et '.join(leasts)} par dossier, ou rien" if leasts else "aucun"


def score_words(rules: Rules) -> str:
    """Who is left out by their score."""
    if rules.threshold is None:
        return "Dossiers sans note écartés"
    points, rest = divmod(rules.threshold, 100)
    written = f"{points},{rest:02d}" if rest else f"{points}"
    return f"Note d’au moins {written} sur 100"


def rules_in_words(
    chosen: Parameters, quartiers: Mapping[int, str], pillars: Mapping[int, str], *, level: str = "pilier"
) -> list[tuple[str, str]]:
    """(rule, its value) for a page; a rule that is off says so, save the shares that nobody asked."""
    rules = chosen.rules
    told = [
        (
            "Ce qui compte",
            "chaque euro compte autant que la note de son dossier"
            if rules.weighs_scores
            else "chaque euro demandé compte autant, quelle que soit la note",
        ),
        ("Note", score_words(rules) if rules.reads_scores else "non prise en compte"),
        ("Minimum utile", minimum_words(rules)),
        (
            "Baisse maximale",
            "aucune limite"
            if rules.max_cut_bp >= WHOLE
            else f"{format_share(rules.max_cut_bp)} de la demande pour un dossier retenu",
        ),
        (
            "Crédits de l’État",
            "seulement dans les quartiers prioritaires" if rules.state_in_qpv_only else "partout",
        ),
        (
            "Conventions pluriannuelles",
            "tranches servies d’abord" if chosen.agreements_first else "comme les autres demandes",
        ),
        ("Propositions déjà faites", "gardées" if chosen.keeps_proposals else "non prises en compte"),
        ("Montants fixés à la main", str(len(chosen.fixed)) if chosen.fixed else "aucun"),
        ("Arrondi", f"à {format_euros(rules.step_cents)}, vers le bas"),
    ]
    told += [
        (f"Part minimale pour {quartiers.get(key, '?')}", _of_the_money(share))
        for key, share in rules.quartiers.items()
        if share
    ]
    told += [
        (f"Part minimale du {level} {pillars.get(key, '?')}", _of_the_money(share))
        for key, share in rules.pillars.items()
        if share
    ]
    return told


def _of_the_money(share_bp: int) -> str:
    return f"{format_share(share_bp)} de l’argent à répartir"
