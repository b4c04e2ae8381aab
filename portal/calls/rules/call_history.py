"""The words of a call's history. An event that has none here is not shown."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from portal.calls.states import CallStatus, DauphinRule, DocumentCase, MilestoneKind, PreviousBilansRule, ResidentsRule
from portal.foundation.money import format_share

WORDS = {
    "call.created": "Appel créé",
    "call.published": "Appel publié",
    "call.extended": "Clôture prolongée",
    "call.archived": "Appel terminé",
    "call.dates_changed": "Dates modifiées",
    "call.rules_changed": "Règles modifiées",
    "call.presentation_changed": "Présentation modifiée",
    "call.quartiers_changed": "Quartiers modifiés",
    "call.indicators_changed": "Indicateurs modifiés",
    "call.notes_changed": "Notes d’opportunité réglées",
    "call.scenarios_changed": "Scénarios ouverts ou fermés",
    "call.document_added": "Document ajouté à la liste",
    "call.document_changed": "Document de la liste modifié",
    "call.document_removed": "Document retiré de la liste",
    "call.criterion_added": "Critère ajouté",
    "call.criterion_changed": "Critère modifié",
    "call.criterion_removed": "Critère retiré",
    "call.weights_changed": "Poids de la grille modifiés",
    "call.question_added": "Question ajoutée",
    "call.question_changed": "Question modifiée",
    "call.question_removed": "Question retirée",
    "call.question_moved": "Question déplacée",
    "call.order_changed": "Ordre d’une liste modifié",
    "call.milestone_added": "Étape ajoutée au rétroplanning",
    "call.milestone_changed": "Étape du rétroplanning modifiée",
    "call.milestone_removed": "Étape retirée du rétroplanning",
    "call.milestone_done": "Étape marquée comme faite",
    "call.milestone_undone": "Étape remise à faire",
    "call.milestones_adopted": "Étapes habituelles ajoutées",
    "call.milestones_shifted": "Étapes décalées",
    "call.reminded": "Rappel envoyé à ceux qui ont commencé",
}

_FIELDS = {
    "opens_at": "Ouverture",
    "closes_at": "Clôture",
    "reason": "Motif",
    "status": "État",
    "actions_start_on": "Début des actions",
    "actions_end_on": "Fin des actions",
    "bilan_due_on": "Remise du bilan",
    "title": "Titre",
    "presentation": "Présentation",
    "who_may_apply": "Qui peut répondre",
    "previous_bilans_rule": "Bilans des années passées",
    "residents_rule": "Habitants des quartiers prioritaires",
    "public_share_warn_bp": "Part de financements publics",
    "reversement_allowed": "Reversement",
    "dauphin_rule": "DAUPHIN",
    "scoring_enabled": "Notation",
    "blind_scoring": "Notation à l’aveugle",
    "quartiers": "Quartiers",
    "compulsory": "Obligatoires",
    "offered": "Au choix",
    "pre_projects_enabled": "Notes d’opportunité",
    "scenarios_enabled": "Scénarios",
    "pre_projects_until": "Dernier jour des notes",
    "label": "Intitulé",
    "labels": "Étapes",
    "answer_form": "Forme de la réponse",
    "place": "Nouvelle place",
    "step": "Étape",
    "help": "Aide",
    "case": "Cas",
    "is_compulsory": "Obligatoire",
    "is_reusable": "Réutilisable",
    "valid_months": "Validité, en mois",
    "weight": "Poids",
    "starts_on": "Premier jour",
    "ends_on": "Dernier jour",
    "concerns": "Qui est concerné",
    "kind": "Nature",
    "is_public": "Visible des associations",
    "days": "Jours",
    "people": "Personnes",
    "selection": "À qui",
    "message": "Message",
}

_LISTS: dict[str, type[StrEnum]] = {
    "status": CallStatus,
    "previous_bilans_rule": PreviousBilansRule,
    "residents_rule": ResidentsRule,
    "dauphin_rule": DauphinRule,
    "case": DocumentCase,
    "kind": MilestoneKind,
}
_ALONE = frozenset({"labels", "compulsory", "offered"})
"""Details that are a list of names, not a before and an after."""


def told_changes(details: Mapping[str, Any]) -> tuple[tuple[str, str | None, str], ...]:
    """(what, before, after) of the details of an event that have a word; before None when there is none."""
    return tuple(_told(name, value) for name, value in details.items() if name in _FIELDS)


def _told(name: str, value: Any) -> tuple[str, str | None, str]:
    is_change = isinstance(value, list) and len(value) == 2 and name not in _ALONE
    if is_change:
        return _FIELDS[name], _words(name, value[0]), _words(name, value[1])
    return _FIELDS[name], None, _words(name, value)


def _words(name: str, value: Any) -> str:
    if value is None or value == "":
        return "non renseigné"
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "aucun"
    if name in _LISTS:
        found = next((member for member in _LISTS[name] if member.value == value), None)
        return str(getattr(found, "label", value))
    return format_share(value) if name.endswith("_bp") else str(value)
