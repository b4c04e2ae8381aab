"""A document of the vault: its kind, its dates, its file."""

from __future__ import annotations

from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField

from portal.accounts.rules.vault import KINDS
from portal.foundation.fields import DayField, choices
from portal.foundation.forms import Form


class DatesForm(Form):
    dated_on = DayField("Date du document", description="Celle qui est écrite dessus.")
    expires_on = DayField(
        "Valable jusqu’au", description="Si le document a une fin. Un courriel vous prévient un mois avant."
    )


class KeepForm(DatesForm):
    kind = SelectField("Document", choices=choices(sorted(KINDS.items(), key=lambda each: each[1])))
    file = FileField("Fichier", [FileRequired("Choisissez un fichier.")], description="PDF, photo ou document.")


class ReplaceForm(DatesForm):
    file = FileField("Nouveau fichier", description="Laissez vide pour ne corriger que les dates.")
