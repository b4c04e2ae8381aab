"""Giving an opinion."""

from __future__ import annotations

from typing import Any

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length

from portal.committee.forms.versioned import VersionedForm
from portal.committee.models import Opinion
from portal.committee.operations.opinions import OpinionText, text_of
from portal.committee.rules.opinions import Envisaged
from portal.committee.states import Verdict
from portal.contracts.models import Nature
from portal.foundation.fields import EurosField, choices, line
from portal.foundation.forms import Form

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
        verdict = Verdict(chosen) if chosen in set(Verdict) else None
        return OpinionText(verdict, self.reserve.data or "", self.reason.data or "", self._envisaged(), self._signer())

    def _envisaged(self) -> Envisaged:
        return Envisaged()

    def _signer(self) -> str:
        return ""


class FunderOpinionForm(OpinionForm):
    envisaged_cents = EurosField(
        "Montant envisagé",
        description="Facultatif. C’est une indication : elle ne vaut ni proposition, ni décision.",
    )
    envisaged_nature = SelectField(
        "Nature du crédit envisagé",
        choices=choices([("", "À préciser avec le montant"), *((nature.value, nature.label) for nature in Nature)]),
        validate_choice=False,
    )

    def _envisaged(self) -> Envisaged:
        chosen = self.envisaged_nature.data
        return Envisaged(self.envisaged_cents.data, chosen if chosen in set(Nature) else None)


class PartnerOpinionForm(OpinionForm):
    partner_name = StringField(
        "Qui donne cet avis ?",
        [Length(max=200, message="200 caractères au plus.")],
        description="Service de la Ville, bailleur, conseil citoyen…",
    )


class _Signed(Form):
    signed_by = line(
        "Votre nom et votre fonction",
        asked=True,
        help="Ils accompagnent votre avis dans le dossier.",
    )


class InvitedOpinionForm(OpinionForm, _Signed):
    """What a partner asked for its opinion fills in."""

    def _signer(self) -> str:
        return str(self.signed_by.data or "")


class InvitedFunderForm(FunderOpinionForm, _Signed):
    """The same for whoever answers in the name of a funder."""

    def _signer(self) -> str:
        return str(self.signed_by.data or "")


def saved(opinion: Opinion | None) -> dict[str, Any]:
    """What the forms show of an opinion already given."""
    if opinion is None:
        return {}
    text = text_of(opinion)
    return {
        "version": opinion.version,
        "verdict": opinion.verdict.value,
        "reserve": text.reserve,
        "reason": text.reason,
        "partner_name": opinion.partner_name,
        "envisaged_cents": text.envisaged.cents,
        "envisaged_nature": text.envisaged.nature or "",
        "signed_by": text.signed_by,
    }
