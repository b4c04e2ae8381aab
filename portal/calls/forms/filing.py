"""Beginning and withdrawing an application."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import RadioField
from wtforms.validators import InputRequired

from portal.foundation.fields import choices, words
from portal.foundation.forms import Form


class StartForm(Form):
    """For which organisation; the only one is chosen beforehand."""

    organisation = RadioField(
        "Au nom de quelle structure ?", [InputRequired("Choisissez une structure.")], coerce=int, validate_choice=True
    )

    def __init__(self, organisations: Sequence[tuple[int, str]]) -> None:
        super().__init__(data={"organisation": organisations[0][0]} if len(organisations) == 1 else None)
        self.organisation.choices = choices(organisations)


class WithdrawForm(Form):
    reason = words("Pourquoi retirez-vous ce dossier ?", asked=True, longest=1000)
