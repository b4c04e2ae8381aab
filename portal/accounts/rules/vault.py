"""The documents an organisation keeps: their kinds, and when they serve no more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from portal.foundation.refusals import Refusal

KINDS: Mapping[str, str] = {
    "statutes": "Statuts en vigueur",
    "declaration_receipt": "Récépissé de déclaration en préfecture",
    "directors": "Liste des dirigeants",
    "sirene_notice": "Avis de situation Insee",
    "rib": "Relevé d’identité bancaire (RIB)",
    "delegation": "Délégation de signature",
    "accounts": "Comptes du dernier exercice clos",
    "activity_report": "Rapport d’activité du dernier exercice",
    "general_meeting": "Procès-verbal de la dernière assemblée générale",
    "auditor_report": "Rapport du commissaire aux comptes",
    "public_sirene_notice": "Avis de situation Insee de l’organisme public",
}
"""What a structure keeps from one year to the next, under the codes of the calls' lists."""

BANK_KINDS = frozenset({"rib"})
"""The kinds whose reading is recorded."""

WARNED = timedelta(days=30)
"""How long before its end a document is said to expire soon."""


class Expiry(StrEnum):
    """Where a document stands. Without an end it serves for good."""

    NONE = "none"
    LATER = "later"
    SOON = "soon"
    PAST = "past"

    @property
    def label(self) -> str:
        return {"soon": "Expire bientôt", "past": "Expiré"}.get(self.value, "")

    @property
    def tone(self) -> str:
        return {"soon": "warning", "past": "danger"}.get(self.value, "neutral")


def expiry(expires_on: date | None, today: date) -> Expiry:
    """Where a document stands: it still serves on its last day."""
    if expires_on is None:
        return Expiry.NONE
    if expires_on < today:
        return Expiry.PAST
    return Expiry.SOON if expires_on <= today + WARNED else Expiry.LATER


def check_dates(dated_on: date | None, expires_on: date | None, today: date) -> None:
    """Raises Refusal on `dated_on` or `expires_on`."""
    if dated_on is not None and dated_on > today:
        raise Refusal("Cette date est à venir : indiquez celle qui est écrite sur le document.", "dated_on")
    if dated_on is not None and expires_on is not None and expires_on < dated_on:
        raise Refusal("La fin de validité ne peut pas précéder la date du document.", "expires_on")
