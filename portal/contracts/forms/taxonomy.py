"""Pillars and themes, plain lists, indicators."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Regexp

from portal.accounts.forms.validators import stripped
from portal.contracts.forms.settings import year_field
from portal.contracts.models import IndicatorKind
from portal.contracts.queries import Pillar
from portal.contracts.rules.settings import IndicatorDefinition, alias_lines
from portal.foundation.forms import Form

NO_CHOICE = ""


def _id_or_none(value: Any) -> int | None:
    return int(value) if value not in (None, NO_CHOICE, "None") else None


class PillarForm(Form):
    label = StringField("Nom", [InputRequired("Écrivez un nom."), Length(max=200)], filters=[stripped])
    objective = TextAreaField("Objectif", [Length(max=2000)], filters=[stripped])

    def values(self) -> dict[str, Any]:
        """What the operations take beside the label."""
        return {"pillar_id": None, "objective": self.objective.data, "basis": None, "printed_as": []}


class ThemeForm(PillarForm):
    pillar_id = SelectField("Rattachement", coerce=_id_or_none)
    basis = StringField(
        "Fondement du rattachement",
        [Length(max=300)],
        filters=[stripped],
        description="D’où vient ce rattachement, quand il n’est pas certain.",
    )
    printed_as = TextAreaField(
        "Autres noms",
        [Length(max=2000)],
        description="Un par ligne : comment les tableaux impriment cette thématique. L’import les reconnaît.",
    )

    def offer(self, pillars: list[Pillar]) -> None:
        """The pillars to choose from; a theme may have none."""
        known = [SelectChoice(pillar.id, pillar.label) for pillar in pillars if pillar.id is not None]
        self.pillar_id.choices = [SelectChoice(NO_CHOICE, "Sans rattachement"), *known]

    def values(self) -> dict[str, Any]:
        return {
            "pillar_id": self.pillar_id.data,
            "objective": self.objective.data,
            "basis": self.basis.data,
            "printed_as": alias_lines(self.printed_as.data),
        }


class LineForm(Form):
    """A line of a plain list."""

    label = StringField("Intitulé", [InputRequired("Écrivez un intitulé."), Length(max=200)], filters=[stripped])


class YearLineForm(LineForm):
    year = year_field("Année")


class IndicatorForm(Form):
    label = StringField("Nom", [InputRequired("Nommez l’indicateur."), Length(max=200)], filters=[stripped])
    definition = TextAreaField(
        "Définition",
        [InputRequired("Définissez l’indicateur."), Length(max=2000)],
        filters=[stripped],
        description="Ce qu’on compte et comment. La changer crée une nouvelle version ; les valeurs passées restent.",
    )
    unit = StringField("Unité", [InputRequired("Indiquez une unité."), Length(max=60)], filters=[stripped])
    kind = SelectField("Nature", choices=[SelectChoice(kind.value, kind.label) for kind in IndicatorKind])
    numerator_label = StringField(
        "Numérateur", [Length(max=200)], filters=[stripped], description="Pour une part seulement."
    )
    denominator_label = StringField(
        "Dénominateur", [Length(max=200)], filters=[stripped], description="Pour une part seulement."
    )
    theme_id = SelectField("Thématique", coerce=_id_or_none)
    is_compulsory = BooleanField("Demandé à tous les porteurs")

    def offer(self, pillars: list[Pillar]) -> None:
        """The themes to choose from; an indicator without theme is common to all."""
        known = [SelectChoice(theme.id, theme.label) for pillar in pillars for theme in pillar.themes]
        self.theme_id.choices = [SelectChoice(NO_CHOICE, "Commun à toutes les thématiques"), *known]

    def read_definition(self) -> IndicatorDefinition:
        return IndicatorDefinition(
            self.label.data,
            self.definition.data,
            self.unit.data,
            self.kind.data,
            self.numerator_label.data,
            self.denominator_label.data,
        )


class NewIndicatorForm(IndicatorForm):
    code = StringField(
        "Code",
        [
            InputRequired("Donnez un code."),
            Length(max=10),
            Regexp(r"^[A-Z]{1,3}[0-9]{1,3}$", message="Des majuscules puis un nombre, par exemple R5."),
        ],
        filters=[stripped],
        description="Des majuscules puis un nombre, par exemple R5. Il ne changera plus.",
    )
