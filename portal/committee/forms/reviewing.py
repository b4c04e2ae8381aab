"""Giving files to reviewers."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange

from portal.committee.operations.reviewing import AT_MOST
from portal.committee.queries.reviewing import Reviewer
from portal.foundation.forms import Form


class AssignForm(Form):
    person = SelectField("Membre du comité technique", [InputRequired("Choisissez une personne.")], coerce=int)

    def offer(self, reviewers: Iterable[Reviewer]) -> None:
        self.person.choices = {each.id: f"{each.name} ({each.assigned} à analyser)" for each in reviewers}


class DistributeForm(Form):
    per_application = IntegerField(
        "Nombre d’analyses par dossier",
        [
            InputRequired("Indiquez un nombre."),
            NumberRange(1, AT_MOST, f"Demandez de 1 à {AT_MOST} analyses par dossier."),
        ],
        default=2,
    )
