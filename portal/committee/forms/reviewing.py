"""Giving files to reviewers."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import BooleanField, IntegerField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange

from portal.committee.operations.reviewing import AT_MOST, Wanted
from portal.committee.queries.reviewing import Reviewer, Scope
from portal.foundation.fields import choices
from portal.foundation.forms import Form
from portal.foundation.quantities import plain_number


class AssignForm(Form):
    person = SelectField("Membre du comité technique", [InputRequired("Choisissez une personne.")], coerce=int)

    def offer(self, reviewers: Iterable[Reviewer]) -> None:
        self.person.choices = {each.id: f"{each.name} ({each.assigned} à analyser)" for each in reviewers}


ALL = ""


class DistributeForm(Form):
    """What to distribute, among whom. Everything but the number may be left as it is."""

    per_application = IntegerField(
        "Nombre d’analyses par dossier",
        [
            InputRequired("Indiquez un nombre."),
            NumberRange(1, AT_MOST, f"Demandez de 1 à {AT_MOST} analyses par dossier."),
        ],
        default=2,
    )
    quartier = SelectField("Quartier", default=ALL, validate_choice=False)
    theme = SelectField("Thématique", default=ALL, validate_choice=False)
    lost = BooleanField("Seulement les dossiers qui ont perdu une analyse par déport")
    people = SelectMultipleField("Entre ces personnes seulement", coerce=int, validate_choice=False)
    levels = BooleanField("Rééquilibrer aussi les analyses confiées qui ne sont pas commencées")

    def offer(
        self, reviewers: Iterable[Reviewer], quartiers: Iterable[tuple[int, str]], themes: Iterable[tuple[int, str]]
    ) -> None:
        self.people.choices = choices([(each.id, each.name) for each in reviewers])
        self.quartier.choices = choices([(ALL, "Tous"), *((str(number), name) for number, name in quartiers)])
        self.theme.choices = choices([(ALL, "Toutes"), *((str(number), name) for number, name in themes)])

    @property
    def wanted(self) -> Wanted:
        scope = Scope(plain_number(self.quartier.data), plain_number(self.theme.data), bool(self.lost.data))
        people = frozenset(self.people.data or ())
        return Wanted(self.per_application.data or 0, scope, people, bool(self.levels.data))
