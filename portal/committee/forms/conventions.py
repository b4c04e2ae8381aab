"""The forms of a convention and of its template."""

from __future__ import annotations

from flask_wtf.file import FileField
from wtforms import HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.committee.forms.payments import FileForm
from portal.committee.operations.conventions import ConventionTerms
from portal.foundation.fields import CountField, DayField, ShareField
from portal.foundation.forms import Form
from portal.foundation.quantities import plain_number


class VersionForm(Form):
    """The version its author read travels with what is typed."""

    version = HiddenField()

    @property
    def read_version(self) -> int:
        number = plain_number(self.version.data)
        return -1 if number is None else number


class ConventionForm(VersionForm):
    first_payment_bp = ShareField(
        "Part versée à la signature",
        [InputRequired("Indiquez une part.")],
        description="Le solde attend l’acceptation du bilan final.",
    )
    payment_days = CountField("Délai de versement, en jours", [InputRequired("Indiquez un nombre de jours.")])
    last_year = CountField("Dernière année couverte", [InputRequired("Indiquez une année.")])
    body = TextAreaField(
        "Texte de la convention",
        [Length(max=60_000)],
        description="Une ligne qui commence par # est un titre, par un tiret un élément de liste.",
    )

    def terms(self, *, anew: bool) -> ConventionTerms:
        """What was typed; `anew` leaves the words to be made from the template."""
        return ConventionTerms(
            self.last_year.data or 0,
            self.first_payment_bp.data or 0,
            self.payment_days.data or 0,
            None if anew else (self.body.data or "").replace("\r\n", "\n").strip(),
        )


class SignedForm(FileForm):
    file = FileField("Convention signée", description="PDF ou photo lisible de toutes les pages.")


class AcceptForm(Form):
    signed_on = DayField("Date de la dernière signature", [InputRequired("Indiquez la date de la dernière signature.")])
