"""What a call should hold before it is published, part by part, with the page where each is completed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.calls.rules.calling import CallContents, missing_to_publish


@dataclass(frozen=True)
class Check:
    """A part of a call: whether it is ready; `is_needed` for what keeps it from being published."""

    part: str
    page: str
    is_there: bool
    words: str
    is_needed: bool = True

    def values(self, call: Any) -> dict[str, int]:
        """What the address of its page is made with."""
        return {"contract_id": call.contract_id} if self.page.startswith("contracts.") else {"call_id": call.id}


@dataclass(frozen=True)
class Advised:
    """What a call does better with, though it may do without."""

    has_contact: bool
    steps: int
    indicators: int
    has_bilan_date: bool


def checks(call: CallContents, advised: Advised, now: datetime) -> list[Check]:
    """Every part in the order of the settings: the needed ones, then those advised."""
    missing = missing_to_publish(call, now)

    def needed(part: str, page: str) -> Check:
        told = [words.partition("\u00a0: ")[2] for words in missing if words.startswith(part)]
        return Check(part, page, not told, " ".join(words[:1].upper() + words[1:] for words in told))

    grid = [needed("La grille", ".edit_call_weights")] if call.scoring_enabled else []
    return [
        needed("Les dates", ".edit_call_dates"),
        needed("La présentation", ".edit_call_presentation"),
        needed("Les quartiers", ".edit_call_quartiers"),
        needed("Les documents", ".call_settings"),
        *grid,
        needed("Les enveloppes", ".call_envelopes"),
        Check("La remise du bilan", ".edit_call_dates", advised.has_bilan_date, "Dites pour quand.", False),
        Check(
            "Les indicateurs",
            ".edit_call_indicators",
            advised.indicators > 0,
            "Sans indicateur, les résultats ne se comparent pas.",
            False,
        ),
        Check(
            "Le rétroplanning",
            ".call_plan",
            advised.steps > 0,
            "Les associations verront les étapes qui suivent le dépôt.",
            False,
        ),
        Check(
            "Le contact du contrat",
            "contracts.edit",
            advised.has_contact,
            "L’adresse, le courriel ou le téléphone de la Direction manquent sur la page de l’appel.",
            False,
        ),
    ]
