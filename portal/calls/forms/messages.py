"""Writing a message."""

from __future__ import annotations

from typing import Any

from flask_wtf.file import MultipleFileField

from portal.calls.rules.messages import LONGEST, MOST_FILES
from portal.foundation.fields import words
from portal.foundation.forms import Form


class MessageForm(Form):
    body = words("Votre message", asked=True, longest=LONGEST)
    files = MultipleFileField(
        "Fichiers à joindre",
        description=f"Facultatif, {MOST_FILES} au plus. PDF, photo, Word, Excel ou équivalents libres.",
    )

    @property
    def uploads(self) -> list[Any]:
        """The files chosen; a browser sends an empty one when there is none."""
        return [each for each in self.files.data or [] if each and each.filename]
