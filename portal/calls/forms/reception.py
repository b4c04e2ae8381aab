"""What came on paper or by e-mail: who sent it, how it was received, and the organisation's answer."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from flask_wtf.file import FileField
from wtforms import BooleanField, Field, HiddenField, RadioField
from wtforms.validators import InputRequired, ValidationError

from portal.accounts.forms.membership import NewOrganisationForm
from portal.accounts.forms.organisation import EMAIL
from portal.calls.operations.reception import ReceptionTerms
from portal.calls.states import Channel
from portal.foundation.fields import InstantField, choices, line, words
from portal.foundation.forms import Form
from portal.foundation.quantities import plain_number


class ReceivedOrganisationForm(NewOrganisationForm):
    """The organisation of an application received, when the portal does not know it."""


class ReceptionForm(Form):
    channel = RadioField(
        "Reçu par",
        [InputRequired("Dites par quelle voie le dossier est arrivé.")],
        choices=choices((each.value, each.label) for each in Channel),
    )
    received_at = InstantField(
        "Reçu le",
        [InputRequired("Indiquez le jour et l’heure de réception.")],
        description="Jour et heure, à Paris, du tampon d’arrivée ou du courriel. La clôture se juge sur cette date.",
    )
    evidence = FileField(
        "Copie de ce qui a été reçu", description="Le scan du dossier papier, ou le courriel enregistré en PDF."
    )
    confirm_email = line(
        "Adresse électronique de la structure",
        validators=EMAIL,
        help="Elle reçoit le lien qui permet de confirmer le dossier, si aucun membre n’a de compte.",
    )

    @property
    def terms(self) -> ReceptionTerms:
        """What was typed, once the form is valid."""
        return ReceptionTerms(
            Channel(self.channel.data), cast("datetime", self.received_at.data), self.confirm_email.data
        )


ANSWERS = (
    ("confirm", "Oui, ce dossier est bien le nôtre et il est exact"),
    ("correct", "Il est bien le nôtre, mais une partie est à corriger"),
    ("refuse", "Non, nous ne reconnaissons pas ce dossier"),
)


class ConfirmationForm(Form):
    """What an organisation says of an application typed on its behalf."""

    version = HiddenField(filters=[lambda text: plain_number(str(text or "")) or 0])
    answer = RadioField("Votre réponse", [InputRequired("Choisissez une réponse.")], choices=choices(ANSWERS))
    words = words("Ce qui est à corriger, ou pourquoi vous ne reconnaissez pas ce dossier", longest=3000)
    name = line("Vos nom et prénom, et votre fonction dans la structure", longest=150, asked=True)
    entitled = BooleanField(
        "Je suis habilité·e à répondre pour la structure", [InputRequired("Cochez cette case pour répondre.")]
    )

    def validate_name(self, field: Field) -> None:
        if not (field.data or "").strip():
            raise ValidationError("Indiquez votre nom.")
