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

    def seen(self, rows: Sequence[WaitingRow]) -> dict[int, int | None]:
        """The decision that was read of each application."""
        return {row.application_id: plain_number(self[f"seen_{row.application_id}"].data) for row in rows}

    def take_seen(self, rows: Sequence[WaitingRow]) -> None:
        """After a conflict, saving again replaces what was just shown: that is now a choice."""
        for row in rows:
            self[f"seen_{row.application_id}"].data = str(row.decision_id)


def ranks_form(rows: Sequence[WaitingRow]) -> type[RanksForm]:
    """A rank for each application of the list, and the decision that gave it the present one."""
    fields: dict[str, object] = {}
    for row in rows:
        label = f"Rang du dossier {row.reference}"
        fields[f"rank_{row.application_id}"] = IntegerField(label, [Optional()], default=row.rank)
        fields[f"seen_{row.application_id}"] = HiddenField(default=str(row.decision_id))
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
