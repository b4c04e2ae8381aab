"""Proposing and pronouncing the admissibility."""

from __future__ import annotations

from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import Length

from portal.committee.rules.admissibility import STEPS
from portal.committee.states import Outcome
from portal.foundation.forms import Form
from portal.foundation.quantities import plain_number

WORDS_LENGTH = Length(max=5000, message="5 000 caractères au plus.")


def _outcome(label: str) -> RadioField:
    return RadioField(
        label, choices={outcome.value: outcome.label for outcome in STEPS}, validate_choice=False, default=""
    )


class _OutcomeForm(Form):
    def chosen(self) -> Outcome | None:
        """The outcome ticked, None when none or none of these."""
        known = {outcome.value: outcome for outcome in STEPS}
        return known.get(self["outcome"].data)


class ProposalForm(_OutcomeForm):
    outcome = _outcome("Votre proposition")
    reason = TextAreaField(
        "Motif", [WORDS_LENGTH], description="Obligatoire si vous proposez l’irrecevabilité. Texte interne."
    )


class DelegationForm(_OutcomeForm):
    """Pronouncing outside a sitting."""

    outcome = _outcome("Décision")
    reason = TextAreaField(
        "Motif", [WORDS_LENGTH], description="Obligatoire pour une irrecevabilité. Il figurera dans la lettre."
    )
    delegation_note = StringField(
        "Délégation",
        [Length(max=500, message="500 caractères au plus.")],
        description="Le texte qui permet de prononcer hors séance : instance, date, étendue.",
    )
    seen = HiddenField()

    def seen_decision(self) -> int | None:
        return plain_number(self.seen.data)
