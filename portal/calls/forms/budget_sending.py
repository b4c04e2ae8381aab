"""Filling the budget at one go: a pasted block, or the workbook sent back."""

from __future__ import annotations

from collections.abc import Sequence

from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired

from portal.foundation.fields import choices
from portal.foundation.forms import Form

ALL_YEARS = "toutes"


class PasteForm(Form):
    """A block of cells, what becomes of the lines already typed, and for a multi-year project whose amounts."""

    # Kept as it comes: the empty cells at its ends have their place.
    block = TextAreaField("Lignes copiées", [InputRequired("Collez les lignes copiées dans votre tableur.")])
    mode = RadioField(
        "Que deviennent les lignes déjà saisies ?",
        choices=choices(
            [("add", "Elles restent, celles-ci s’ajoutent"), ("replace", "Celles-ci les remplacent toutes")]
        ),
        default="add",
    )
    year = SelectField("Les montants collés sont ceux de", default=ALL_YEARS)

    def __init__(self, years: Sequence[int]) -> None:
        super().__init__()
        if len(years) == 1:
            del self.year
            return
        listed = [(ALL_YEARS, f"toutes les années, une colonne par année : {', '.join(map(str, years))}")]
        self.year.choices = choices([*listed, *((str(year), f"{year} seulement") for year in years)])

    def places(self, years: Sequence[int]) -> list[int]:
        """The years (from 0) of the amounts of the block, in the order of its columns."""
        chosen = self.year.data if self.year else None
        return [years.index(int(chosen))] if chosen and chosen != ALL_YEARS else list(range(len(years)))


class SendWorkbookForm(Form):
    file = FileField(
        "Classeur rempli",
        [FileRequired("Choisissez le classeur que vous avez rempli.")],
        description="Celui que vous avez téléchargé ici, enregistré au format Excel (.xlsx).",
    )
