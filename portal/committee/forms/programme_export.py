"""The columns of the programming table's workbook."""

from __future__ import annotations

from wtforms import SelectMultipleField
from wtforms.fields.choices import SelectChoice

from portal.committee.rules.programme_export import ALWAYS, Shown
from portal.foundation.forms import Form

OPTIONAL = [each for each in Shown if each not in ALWAYS]


class ProgrammeExportForm(Form):
    colonnes = SelectMultipleField(
        "Colonnes",
        choices=[SelectChoice(each.value, each.label) for each in OPTIONAL],
        default=[each.value for each in OPTIONAL],
        description="Le numéro du dossier et le financeur y sont toujours.",
    )
