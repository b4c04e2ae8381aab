"""The number that DAUPHIN gave."""

from __future__ import annotations

from wtforms import StringField
from wtforms.validators import Length

from portal.calls.rules.dauphin import LONGEST
from portal.foundation.fields import stripped
from portal.foundation.forms import Form


class DauphinNumberForm(Form):
    number = StringField(
        "Numéro du dossier sur DAUPHIN",
        [Length(max=2 * LONGEST, message=f"Un numéro DAUPHIN a au plus {LONGEST} caractères.")],
        filters=[stripped],
        description="Il figure sur l’accusé de réception de DAUPHIN. Effacez-le s’il a été donné par erreur.",
    )
