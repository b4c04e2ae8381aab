"""Granting a later deadline, taking it back."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import RadioField
from wtforms.validators import InputRequired

from portal.foundation.fields import InstantField, choices, words
from portal.foundation.forms import Form
from portal.foundation.quantities import plain_number


class ExemptionForm(Form):
    application = RadioField("Pour quoi", [InputRequired("Dites pour quoi vous accordez ce délai.")])
    until = InstantField("Jusqu’au", [InputRequired("Indiquez le jour et l’heure.")], description="Heure de Paris.")
    reason = words("Motif", asked=True, longest=1000, help="La structure le lira.")

    def offer(self, drafts: Sequence[tuple[int, str]]) -> None:
        """The drafts of the organisation, by id and name; all that it sends comes first."""
        every = [("tout", "Tous les dossiers de la structure, même à commencer")]
        self.application.choices = choices(every + [(str(each), told) for each, told in drafts])
        if not drafts and self.application.data is None:
            self.application.data = "tout"

    @property
    def application_id(self) -> int | None:
        return plain_number(str(self.application.data))


class RevokeForm(Form):
    reason = words("Motif", asked=True, longest=1000, help="La structure le lira.")
