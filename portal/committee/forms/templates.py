"""The forms of the words that letters and conventions are made from."""

from __future__ import annotations

from flask import request
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.accounts.forms.validators import stripped
from portal.committee.forms.versioned import VersionedForm
from portal.foundation.refusals import Refusal, Refusals


class TemplateForm(VersionedForm):
    body = TextAreaField("Texte du modèle", [InputRequired("Écrivez le texte."), Length(max=60_000)])
    dossier = StringField(
        "Ou le numéro d’un autre dossier", [Length(max=20)], filters=[stripped], description="Par exemple 2026-014."
    )

    def asks(self, what: str) -> bool:
        """Whether the button pressed asks for `what`; a press of Enter saves."""
        buttons = {"essayer", "pdf"} & set(request.form)
        return what in buttons or (what == "enregistrer" and not buttons)

    def refuse_all(self, refusal: Refusal) -> None:
        """Show a refusal, or each of several."""
        for each in refusal.refusals if isinstance(refusal, Refusals) else [refusal]:
            self.refuse(each)


class ResetForm(VersionedForm):
    """A button, with the version its author read."""
