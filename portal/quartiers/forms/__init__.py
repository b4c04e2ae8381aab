"""The forms of this room."""

from __future__ import annotations

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.accounts.forms.validators import checked, stripped
from portal.contracts.forms.settings import VersionedForm, between
from portal.foundation.fields import CountField, DayField, ShareField, ThousandthsField
from portal.foundation.forms import Form
from portal.quartiers.models import QuartierKind, StructureKind
from portal.quartiers.rules import FigureValues, QuartierValues, StructureValues, official_code


class QuartierForm(VersionedForm):
    name = StringField("Nom", [InputRequired("Nommez le quartier."), Length(max=120)], filters=[stripped])
    kind = SelectField(
        "Statut dans ce contrat", choices=[SelectChoice(kind.value, kind.label) for kind in QuartierKind]
    )
    official_code = StringField(
        "Code officiel",
        [Optional(), checked(official_code)],
        filters=[stripped],
        description="QP et six chiffres jusqu’en 2023, QN et six signes depuis.",
    )
    starts_on = DayField("Dans le contrat depuis le", [Optional()])
    ends_on = DayField("Dans le contrat jusqu’au", [Optional()])
    presentation = TextAreaField(
        "Présentation", [Length(max=5000)], filters=[stripped], description="Lue sur la page publique du quartier."
    )

    def values(self) -> QuartierValues:
        return QuartierValues(
            self.name.data,
            self.kind.data,
            self.official_code.data,
            self.starts_on.data,
            self.ends_on.data,
            self.presentation.data,
        )


class FigureForm(Form):
    label = StringField(
        "Ce que dit le chiffre", [InputRequired("Écrivez un intitulé."), Length(max=300)], filters=[stripped]
    )
    value_thousandths = ThousandthsField(
        "Valeur", [Optional()], description="Laissez vide si la valeur n’est pas communiquée."
    )
    unit = StringField("Unité", [InputRequired("Indiquez une unité."), Length(max=60)], filters=[stripped])
    year = CountField("Année", [Optional(), between(1900, 2100)])
    source = StringField("Source", [Length(max=300)], filters=[stripped], description="Par exemple : INSEE.")
    note = TextAreaField("Remarque", [Length(max=2000)], filters=[stripped])

    def values(self) -> FigureValues:
        return FigureValues(
            self.label.data,
            self.value_thousandths.data,
            self.unit.data,
            self.year.data,
            self.source.data,
            self.note.data,
        )


class StructureForm(Form):
    name = StringField("Nom", [InputRequired("Nommez la structure."), Length(max=200)], filters=[stripped])
    kind = RadioField(
        "Type",
        [InputRequired("Choisissez un type.")],
        choices=[
            SelectChoice("landlord", "Bailleur"),
            SelectChoice("school", "Établissement scolaire"),
            SelectChoice("equipment", "Équipement"),
        ],
    )
    category = StringField(
        "Catégorie",
        [Length(max=100)],
        filters=[stripped],
        description="Pour un établissement scolaire : écoles, collèges…",
    )
    share_bp = ShareField("Part du parc de logements", [Optional()], description="Pour un bailleur.")

    def values(self) -> StructureValues:
        return StructureValues(
            StructureKind(self.kind.data).value, self.category.data, self.name.data, self.share_bp.data
        )
