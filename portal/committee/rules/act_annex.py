"""The annex of a délibération or of an arrêté: what a funder gives, line by line. Cents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal.committee.rules.wording import Block
from portal.foundation.money import format_euros


@dataclass(frozen=True)
class Line:
    """One grant as the assembly reads it."""

    reference: str
    organisation: str
    siret: str | None
    title: str
    quartiers: str
    nature: str
    amount_cents: int


@dataclass(frozen=True)
class Annex:
    """What an act gives, or would give while it is not taken (`act` is None).

    `hidden` counts the lines left out because the reader stepped out of them.
    """

    funder: str
    call: str
    act: str | None
    lines: Sequence[Line]
    hidden: int = 0

    @property
    def title(self) -> str:
        return f"Annexe – {self.act}" if self.act else f"Projet d’annexe – {self.funder}"

    @property
    def total_cents(self) -> int:
        return sum(line.amount_cents for line in self.lines)

    @property
    def warning(self) -> str:
        """What a reader must know before it is joined to an act; empty when it is whole."""
        if not self.hidden:
            return ""
        return (
            f"Annexe incomplète : {self.hidden} ligne(s) dont son auteur est en déport n’y sont pas, et le total "
            "est hors dossiers déportés. Faites-la établir par quelqu’un qui n’est pas en déport."
        )


HEADINGS = ("Dossier", "Structure", "SIRET", "Action", "Quartiers", "Crédits", "Montant")


def blocks(annex: Annex) -> list[Block]:
    """The annex as a document."""
    widths = (1.3, 3, 2.2, 3.4, 2.4, 2, 1.8)
    columns: list[Block] = [{"label": label, "width": width} for label, width in zip(HEADINGS, widths, strict=True)]
    columns[-1]["align"] = "right"
    return [
        *([{"kind": "callout", "tone": "warning", "text": annex.warning}] if annex.warning else []),
        {
            "kind": "key_values",
            "rows": [
                ["Financeur", annex.funder],
                ["Appel à projets", annex.call],
                ["Acte", annex.act or "à prendre : montants arbitrés, non encore attribués"],
                ["Actions", str(len(annex.lines))],
            ],
        },
        {
            "kind": "table",
            "columns": columns,
            "rows": [
                [
                    line.reference,
                    line.organisation,
                    line.siret,
                    line.title,
                    line.quartiers or "–",
                    line.nature,
                    format_euros(line.amount_cents),
                ]
                for line in annex.lines
            ],
            "total": ["Total", "", "", "", "", "", format_euros(annex.total_cents)] if annex.lines else None,
            "empty": "Aucune ligne.",
            "size": 8.5,
        },
    ]
