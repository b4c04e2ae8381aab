"""The extraction of the State's services: the file, then what its columns mean."""

from __future__ import annotations

from collections.abc import Mapping

from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import Length

from portal.exchange.rules.sent.extraction import COLUMNS
from portal.exchange.rules.sent.tables import SentTable
from portal.foundation.fields import stripped
from portal.foundation.forms import Form

NOT_THERE = ""
_HELP = {
    "instructed": "Il devient une proposition, si le dossier est recevable.",
    "voted": "Il devient une attribution quand l’acte et sa date sont là aussi ; sans acte, une proposition.",
    "asked": "Il est comparé, jamais écrit.",
    "status": "Il est gardé tel quel, sans rien décider ici.",
}


class ExtractionFileForm(Form):
    file = FileField(
        "Extraction des services de l’État",
        [FileRequired("Choisissez un fichier.")],
        description="Un classeur Excel (.xlsx) ou un fichier CSV : 2 Mo et 3 000 lignes au plus.",
    )


class ChoicesForm(Form):
    """What goes with the choices: they are read from the rows themselves, which are those of the file."""

    cut_reason = TextAreaField(
        "Motif des montants inférieurs à la demande",
        [Length(max=4000)],
        filters=[stripped],
        description="Il est communiqué aux porteurs concernés. Sans lui, c’est le motif du comité qui l’est.",
    )


class ColumnsForm(Form):
    """One question for each thing a row may say: which column of the file gives it."""

    def places(self) -> dict[str, int]:
        """{what: column} as chosen."""
        chosen = {column.key: self[f"column_{column.key}"].data for column in COLUMNS}
        return {key: int(place) for key, place in chosen.items() if place}


def columns_form(table: SentTable, places: Mapping[str, int]) -> ColumnsForm:
    """The form of a file, with the columns guessed."""
    offered = [SelectChoice(NOT_THERE, "Pas dans ce fichier")]
    offered += [SelectChoice(str(place), heading) for place, heading in sorted(table.headings.items())]
    fields = {
        f"column_{column.key}": SelectField(
            column.label if column.key != "number" else "Numéro DAUPHIN",
            choices=offered,
            default=str(places.get(column.key, NOT_THERE)),
            description=_HELP.get(column.key, ""),
        )
        for column in COLUMNS
    }
    return type("ColumnsOfFile", (ColumnsForm,), fields)()
