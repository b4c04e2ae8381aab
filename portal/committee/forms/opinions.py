"""Giving an opinion."""

from __future__ import annotations

from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import Length

from portal.committee.forms.versioned import VersionedForm
from portal.committee.operations.opinions import OpinionText
from portal.committee.states import Verdict

WORDS_LENGTH = Length(max=5000, message="5 000 caractères au plus.")


class OpinionForm(VersionedForm):
    verdict = RadioField(
        "Avis",
        choices={verdict.value: verdict.label for verdict in Verdict},
        validate_choice=False,
        default="",
    )
    reserve = TextAreaField("Réserve", [WORDS_LENGTH], description="Obligatoire pour un avis favorable sous réserve.")
    reason = TextAreaField("Motif", [WORDS_LENGTH], description="Obligatoire pour un avis défavorable.")

    def text(self) -> OpinionText:
        """What was typed, as the operations take it."""
        chosen = self.verdict.data
        return OpinionText(
            Verdict(chosen) if chosen in set(Verdict) else None, self.reserve.data or "", self.reason.data or ""
        )


class PartnerOpinionForm(OpinionForm):
    partner_name = StringField(
        "Qui donne cet avis ?",
        [Length(max=200, message="200 caractères au plus.")],
        description="Service de la Ville, bailleur, conseil citoyen…",
    )
