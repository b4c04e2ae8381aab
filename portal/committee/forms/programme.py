"""Amounts proposed in the programming table: one line, or all those of an application."""

from __future__ import annotations

from collections.abc import Sequence

from werkzeug.datastructures import MultiDict
from wtforms import HiddenField
from wtforms.validators import InputRequired

from portal.committee.operations.programme import Wanted
from portal.committee.queries.programme_rows import TableLine
from portal.foundation.fields import EurosField
from portal.foundation.forms import Form
from portal.foundation.quantities import plain_number


class ProposalForm(Form):
    amount = EurosField("Montant proposé", [InputRequired("Indiquez un montant ; 0 pour ne rien proposer.")])
    version = HiddenField()

    def seen_version(self) -> int | None:
        """The version of the line that the person saw."""
        return plain_number(self.version.data)


class RowForm(Form):
    """The amounts of an application: for each line the field, the version and the amount its author saw."""

    def wanted(self, lines: Sequence[TableLine]) -> dict[int, Wanted]:
        """What is asked of each line."""
        return {
            line.id: Wanted(
                self[f"amount_{line.id}"].data,
                plain_number(self[f"seen_{line.id}"].data),
                plain_number(self[f"version_{line.id}"].data),
            )
            for line in lines
        }


def row_form(lines: Sequence[TableLine]) -> type[RowForm]:
    fields: dict[str, object] = {}
    for line in lines:
        fields[f"amount_{line.id}"] = EurosField(f"{line.funder} — {line.nature.label}", default=line.proposed_cents)
        fields[f"seen_{line.id}"] = HiddenField(default="" if line.proposed_cents is None else str(line.proposed_cents))
        fields[f"version_{line.id}"] = HiddenField(default=str(line.version))
    return type("RowFormOfOne", (RowForm,), fields)


def chosen(sent: MultiDict[str, str], lines: Sequence[TableLine]) -> MultiDict[str, str]:
    """What was sent once its author chose between both amounts of a line: ?garder=sienne-12 or mienne-12.

    Either way the choice was made with the stored amount in sight, so its version is the one seen.
    """
    whose, _, number = sent.get("garder", "").partition("-")
    found = MultiDict(sent)
    for line in lines:
        if str(line.id) != number:
            continue
        found[f"version_{line.id}"] = str(line.version)
        if whose == "sienne":
            cents = line.proposed_cents
            found[f"amount_{line.id}"] = "" if cents is None else EurosField.written(cents)
            found[f"seen_{line.id}"] = "" if cents is None else str(cents)
    return found
