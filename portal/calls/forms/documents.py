"""Sending documents."""

from __future__ import annotations

from flask_wtf.file import MultipleFileField
from werkzeug.datastructures import FileStorage

from portal.calls.rules.documents import MOST_FILES
from portal.foundation.fields import DayField, line
from portal.foundation.forms import Form


class DocumentForm(Form):
    """Files for one document of the list, or beside it (with a name)."""

    label = line("Nom du document", longest=120)
    dated_on = DayField("Date écrite sur le document")
    file = MultipleFileField("Fichiers")
    requirement_id: int | None = None

    def sent(self) -> list[FileStorage]:
        """The files that were chosen; none, or too many, is told beside the field."""
        chosen = [each for each in self.file.data or [] if isinstance(each, FileStorage) and each.filename]
        if not chosen:
            self.file.errors = [*self.file.errors, "Choisissez d’abord un fichier."]
        if len(chosen) > MOST_FILES:
            self.file.errors = [*self.file.errors, f"Envoyez au plus {MOST_FILES} fichiers à la fois."]
            return []
        return chosen
