"""The forms of the rétroplanning."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length

from portal.calls.forms.calling import REQUIRED, VersionedForm
from portal.calls.rules.milestones import MilestoneTerms
from portal.calls.states import MilestoneKind
from portal.foundation.fields import DayField, choices
from portal.foundation.forms import Form
from portal.foundation.web.formats import date_fr


class MilestoneForm(VersionedForm):
    label = StringField("Étape", [REQUIRED, Length(max=200)])
    kind = SelectField("Nature", [REQUIRED], choices=choices((each.value, each.label) for each in MilestoneKind))
    starts_on = DayField("Date, ou premier jour", [REQUIRED])
    ends_on = DayField("Dernier jour", description="Seulement si l’étape dure plusieurs jours.")
    concerns = StringField(
        "Qui est concerné", [Length(max=200)], description="Par exemple « Direction, État, partenaires »."
    )
    is_public = BooleanField(
        "Montrer cette étape aux associations",
        description="Sur la page de l’appel et dans le calendrier auquel elles s’abonnent.",
    )

    def terms(self) -> MilestoneTerms:
        """What was typed, once the form is valid."""
        first: Any = self.starts_on.data
        return MilestoneTerms(
            MilestoneKind(self.kind.data),
            str(self.label.data).strip(),
            (self.concerns.data or "").strip() or None,
            first,
            self.ends_on.data,
            self.is_public.data,
        )


class OfferedForm(Form):
    """The usual steps; those still to come are ticked at first."""

    steps = SelectMultipleField("Étapes à reprendre", coerce=int)

    def offer(self, offered: list[MilestoneTerms]) -> None:
        self.steps.choices = choices((number, _words(terms)) for number, terms in enumerate(offered))


def _words(terms: MilestoneTerms) -> str:
    when = f"du {date_fr(terms.starts_on)} au {date_fr(terms.ends_on)}" if terms.ends_on else date_fr(terms.starts_on)
    return f"{terms.label}, {when}"


class ShiftForm(Form):
    days = IntegerField(
        "Nombre de jours",
        [InputRequired("Indiquez un nombre de jours.")],
        description="Avec un signe moins pour avancer les étapes. Une date qui tombe un week-end passe au lundi.",
    )
