"""A table of past actions to import."""

from __future__ import annotations

from flask_wtf.file import FileField, FileRequired
from wtforms.validators import InputRequired

from portal.contracts.forms.settings import between
from portal.foundation.fields import CountField
from portal.foundation.forms import Form


class ActionsFileForm(Form):
    year = CountField("Année de la programmation", [InputRequired("Indiquez une année."), between(1900, 2100)])
    file = FileField(
        "Tableau des actions",
        [FileRequired("Choisissez un fichier.")],
        description="Un fichier CSV, tel qu’un tableur l’enregistre.",
    )
