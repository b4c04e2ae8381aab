"""Sending one document."""

from __future__ import annotations

from flask_wtf.file import FileField, FileRequired
from wtforms import IntegerField
from wtforms.validators import Optional

from portal.foundation.fields import line
from portal.foundation.forms import Form


class DocumentForm(Form):
    """A file, for a document of the list (`requirement`) or beside it (with a name)."""

    requirement = IntegerField("Document de la liste", [Optional()])
    label = line("Nom du document", longest=120)
    file = FileField("Fichier", [FileRequired("Choisissez d’abord un fichier.")])
