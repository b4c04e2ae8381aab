"""What a sitting says of an application."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import HiddenField, IntegerField, RadioField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.calls.models import FundingLine
from portal.committee.rules.arbitration import ARBITRABLE, OUTCOMES
from portal.committee.states import Outcome
from portal.foundation.fields import EurosField
from portal.foundation.forms import Form
from portal.foundation.quantities import plain_number


class ArbitrationForm(Form):
    outcome = RadioField(
        "Décision",
        [InputRequired("Choisissez une décision.")],
        choices=[SelectChoice(outcome.value, outcome.label) for outcome in OUTCOMES],
    )
    reason = TextAreaField(
        "Motif",
        [Length(max=4000)],
        description="Obligatoire sauf pour un dossier retenu comme demandé. Il est communiqué au porteur.",
    )
    waiting_rank = IntegerField(
        "Rang sur la liste complémentaire", [Optional()], description="Seulement pour la liste complémentaire."
    )
    seen = HiddenField()

    def amounts(self, lines: Sequence[FundingLine]) -> dict[int, int | None]:
        """The cents typed for each open line."""
        return {line.id: self[f"amount_{line.id}"].data for line in open_lines(lines)}

    def decision(self) -> Outcome:
        return Outcome(self.outcome.data)

    def seen_decision(self) -> int | None:
        return plain_number(self.seen.data)


def open_lines(lines: Sequence[FundingLine]) -> list[FundingLine]:
    return [line for line in lines if line.status in ARBITRABLE]


def arbitration_form(lines: Sequence[FundingLine]) -> type[ArbitrationForm]:
    """The form of one application: a field for each line still open."""
    fields = {
        f"amount_{line.id}": EurosField(
            f"{line.funder.name} — {line.nature.label}", default=_usual(line), validators=[Optional()]
        )
        for line in open_lines(lines)
    }
    return type("ArbitrationFormOfOne", (ArbitrationForm,), fields)


def _usual(line: FundingLine) -> int | None:
    """What was last said of the line: arbitrated, else proposed, else asked."""
    said = (line.arbitrated_cents, line.proposed_cents, line.requested_cents)
    return next((cents for cents in said if cents is not None), None)


class BlockForm(Form):
    """The same admissibility for several applications."""

    outcome = RadioField(
        "Décision",
        [InputRequired("Choisissez une décision.")],
        choices=[SelectChoice(each.value, each.label) for each in (Outcome.ADMISSIBLE, Outcome.INADMISSIBLE)],
    )
    reason = TextAreaField(
        "Motif", [Length(max=4000)], description="Obligatoire pour une irrecevabilité. Il est communiqué au porteur."
    )
    picked = SelectMultipleField("Dossiers", coerce=int)
