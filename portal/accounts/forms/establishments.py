"""The SIRETs and the officers of an organisation."""

from __future__ import annotations

from wtforms.validators import InputRequired

from portal.accounts.forms.organisation import SiretField
from portal.foundation.fields import DayField, line
from portal.foundation.forms import Form


class EstablishmentForm(Form):
    siret = SiretField(
        "Nouveau numéro SIRET",
        [InputRequired("Indiquez le numéro SIRET.")],
        description="14 chiffres ; les neuf premiers ne changent pas.",
    )
    starts_on = DayField("En vigueur depuis le", [InputRequired("Indiquez depuis quand.")])


class EndEstablishmentForm(Form):
    ends_on = DayField("Fin le", [InputRequired("Indiquez la date de fin.")])


class OfficerForm(Form):
    holder_name = line("Prénom et nom", asked=True, validators=[InputRequired("Indiquez le nom de cette personne.")])
    office = line("Fonction", asked=True, help="Par exemple présidente, trésorier, administratrice.",
                  validators=[InputRequired("Indiquez sa fonction.")])  # fmt: skip
    starts_on = DayField("Depuis le", [InputRequired("Indiquez depuis quand.")])
    ends_on = DayField("Jusqu’au", description="Laissez vide tant que le mandat court.")
