"""Mandates and the deletion of an account."""

from __future__ import annotations

from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired, Length

from portal.accounts.forms.validators import stripped
from portal.foundation.fields import DayField
from portal.foundation.forms import Form


class MandateForm(Form):
    office = StringField(
        "Fonction",
        [InputRequired("Indiquez la fonction."), Length(max=100)],
        filters=[stripped],
        description="Présidence, trésorerie, membre du conseil d’administration, salarié, bénévole actif…",
    )
    starts_on = DayField("Depuis le", [InputRequired("Indiquez depuis quand.")])
    ends_on = DayField("Jusqu’au", description="Laissez vide si le mandat est en cours.")


class EndMandateForm(Form):
    ends_on = DayField("Fin du mandat", [InputRequired("Indiquez la fin du mandat.")])


class EraseForm(Form):
    sure = BooleanField(
        "Je demande la suppression de mon compte, et je sais qu’elle ne s’annule pas",
        [InputRequired("Cochez cette case pour confirmer.")],
    )
