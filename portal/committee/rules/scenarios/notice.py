"""The notice that a letter carries when a scenario served its decision (CRPA L311-3-1, R311-3-1-1)."""

from __future__ import annotations

from collections.abc import Sequence

from portal.committee.rules.scenarios.words import OFF


def notice(scenario: str, applied_on: str, rules: Sequence[tuple[str, str]], contact: str) -> str:
    """The paragraph of a letter: what the calculation was for, by which rules, and whom to ask.

    `applied_on` and the rules are already written in French; rules that were off are left out.
    """
    told = " ; ".join(f"{name[:1].lower()}{name[1:]} : {value}" for name, value in rules if value not in OFF)
    return (
        "Un traitement algorithmique a aidé à préparer la proposition de financement "
        f"(scénario « {scenario} », repris le {applied_on}). Il répartit l’argent disponible entre les dossiers "
        f"selon des règles choisies par la Direction — {told}. Il n’a rien décidé : des personnes ont examiné les "
        "montants, les ont modifiés s’il le fallait, et les ont arrêtés. Vous pouvez demander communication des "
        "règles de ce traitement et des principales caractéristiques de sa mise en œuvre pour votre dossier "
        f"(article L311-3-1 du code des relations entre le public et l’administration) : {contact}."
    )
