"""The order of the complementary list, and a promotion by delegation."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import HiddenField, IntegerField, TextAreaField
from wtforms.validators import Length, Optional

from portal.committee.queries.waiting_list import WaitingRow
from portal.foundation.forms import Form
from portal.foundation.quantities import plain_number


class RanksForm(Form):
    def ranks(self, rows: Sequence[WaitingRow]) -> dict[int, int | None]:
        """The rank typed for each application."""
        return {row.application_id: self[f"rank_{row.application_id}"].data for row in rows}


def ranks_form(rows: Sequence[WaitingRow]) -> type[RanksForm]:
    """A rank for each application of the list."""
    fields = {
        f"rank_{row.application_id}": IntegerField(f"Rang du dossier {row.reference}", [Optional()], default=row.rank)
        for row in rows
    }
    return type("RanksFormOfThese", (RanksForm,), fields)


class PromotionForm(Form):
    reason = TextAreaField(
        "Motif",
        [Length(max=4000)],
        description="Quel crédit s’est libéré. Il est communiqué au porteur.",
    )
    delegation_note = TextAreaField(
        "Délégation",
        [Length(max=1000)],
        description="Par exemple : délégation donnée au maire par le COPIL du 24 février pour promouvoir la liste.",
    )
    seen = HiddenField()

    def seen_decision(self) -> int | None:
        return plain_number(self.seen.data)
