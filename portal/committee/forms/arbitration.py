"""What a sitting says of an application, one by one or in blocks."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import HiddenField, IntegerField, RadioField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.calls.models import FundingLine
from portal.committee.rules.arbitration import ARBITRABLE, OUTCOMES
from portal.committee.rules.blocks import BlockOutcome
from portal.committee.rules.votes import Votes
from portal.committee.states import Outcome
from portal.foundation.fields import EurosField
from portal.foundation.forms import Form
from portal.foundation.quantities import plain_number

VOICES = NumberRange(min=0, max=500, message="Entre 0 et 500 voix.")


class VotesForm(Form):
    """The voices of a decision; left empty where nobody votes."""

    votes_for = IntegerField("Pour", [Optional(), VOICES])
    votes_against = IntegerField("Contre", [Optional(), VOICES])
    votes_abstained = IntegerField("Abstentions", [Optional(), VOICES])

    def votes(self) -> Votes | None:
        """What was counted; a box left empty beside a filled one is zero."""
        boxes = (self.votes_for.data, self.votes_against.data, self.votes_abstained.data)
        if all(box is None for box in boxes):
            return None
        return Votes(*(box or 0 for box in boxes))


class ArbitrationForm(VotesForm):
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


class AdmissibilityForm(VotesForm):
    """The admissibility of one application of the agenda."""

    outcome = RadioField(
        "Décision",
        [InputRequired("Choisissez une décision.")],
        choices=[SelectChoice(each.value, each.label) for each in (Outcome.ADMISSIBLE, Outcome.INADMISSIBLE)],
    )
    reason = TextAreaField(
        "Motif", [Length(max=4000)], description="Obligatoire pour une irrecevabilité. Il est communiqué au porteur."
    )
    seen = HiddenField()

    def decision(self) -> Outcome:
        return Outcome(self.outcome.data)

    def seen_decision(self) -> int | None:
        return plain_number(self.seen.data)


class BlockForm(VotesForm):
    """The same decision for several applications, with a reason for all or one for each."""

    outcome = RadioField("Décision", [InputRequired("Choisissez une décision.")])
    reason = TextAreaField(
        "Motif commun",
        [Length(max=4000)],
        description="Obligatoire pour tout refus, baisse, ajournement ou attente. Il est communiqué aux porteurs.",
    )
    picked = SelectMultipleField("Dossiers", coerce=int)

    def offer(self, outcomes: Sequence[BlockOutcome], ids: Sequence[int]) -> None:
        self.outcome.choices = [SelectChoice(each.value, each.label) for each in outcomes]
        self.picked.choices = [SelectChoice(str(id), str(id)) for id in ids]


def block_form(application_ids: Sequence[int]) -> type[BlockForm]:
    """The form of a selection: a reason, and what was seen, for each application."""
    fields: dict[str, object] = {}
    for id in application_ids:
        fields[f"reason_{id}"] = TextAreaField("Motif de ce dossier", [Length(max=4000)])
        fields[f"seen_{id}"] = HiddenField()
    return type("BlockFormOfThese", (BlockForm,), fields)
