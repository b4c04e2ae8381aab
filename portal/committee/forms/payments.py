"""The forms of a payment, of what stops it, and of what is left."""

from __future__ import annotations

from typing import cast

from flask_wtf.file import FileField
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from portal.accounts.forms.validators import stripped
from portal.committee.operations.leftovers import LeftoverTerms
from portal.committee.states import LeftoverFate
from portal.foundation.fields import DayField, EurosField, choices
from portal.foundation.files import StoredFile, receive
from portal.foundation.forms import Form
from portal.foundation.refusals import Refusal


class FileForm(Form):
    """A form with a file, received before the unit of work. `stored` is None when none was sent."""

    file: FileField
    stored: StoredFile | None = None

    def receive(self) -> bool:
        """Write the file sent; False when it is refused, said beside its field."""
        sent = self.file.data
        if not sent or not sent.filename:
            return True
        try:
            self.stored = receive(sent.stream, sent.filename, field="file")
        except Refusal as refusal:
            self.refuse(refusal)
            return False
        return True


class PaymentForm(Form):
    amount = EurosField("Montant versé", [InputRequired("Indiquez le montant versé.")])
    paid_on = DayField("Date du versement", [InputRequired("Indiquez la date du versement.")])
    reference = StringField(
        "Référence",
        [InputRequired("Indiquez la référence du versement."), Length(max=120)],
        filters=[stripped],
        description="Le numéro du mandat, du virement ou de l’engagement.",
    )


class ToldReasonForm(Form):
    reason = TextAreaField("Motif", [InputRequired("Indiquez le motif."), Length(max=4000)])


class LeftoverForm(FileForm):
    amount = EurosField(
        "Somme non employée",
        [InputRequired("Indiquez la somme non employée.")],
        description="Sur ce qui a été versé, d’après le compte rendu financier.",
    )
    fate = RadioField(
        "Ce qu’elle devient",
        [InputRequired("Choisissez ce qu’elle devient.")],
        choices=choices((each.value, each.label) for each in LeftoverFate),
    )
    due_on = DayField("À reverser avant le", [Optional()], description="Seulement pour un reversement.")
    reason = TextAreaField(
        "Motif", [InputRequired("Indiquez le motif."), Length(max=4000)], description="Il est communiqué au porteur."
    )
    file = FileField("Document", description="Titre de recette ou courrier : obligatoire pour un reversement.")

    def terms(self) -> LeftoverTerms:
        """What was typed, once the form is valid."""
        return LeftoverTerms(
            cast(int, self.amount.data), LeftoverFate(self.fate.data), self.reason.data or "", self.due_on.data
        )


class RepaymentForm(Form):
    repaid_on = DayField("Reversé le", [InputRequired("Indiquez la date.")])
