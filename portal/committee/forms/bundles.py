"""How letters or conventions are gathered."""

from __future__ import annotations

from wtforms import BooleanField, RadioField
from wtforms.validators import InputRequired

from portal.committee.operations.bundles import BundleTerms
from portal.foundation.fields import choices
from portal.foundation.forms import Form


class BundleForm(Form):
    form = RadioField(
        "Réunir",
        [InputRequired("Choisissez comment réunir les documents.")],
        choices=choices([("pdf", "En un seul PDF, avec un signet par document"), ("docx", "En une archive de .docx")]),
        default="pdf",
    )
    odd_pages = BooleanField("Commencer chaque document sur une page impaire, pour une impression recto verso")

    def terms(self) -> BundleTerms:
        return BundleTerms(self.form.data == "docx", bool(self.odd_pages.data))
