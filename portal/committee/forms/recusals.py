"""Stepping out."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.foundation.forms import Form

WORDS_LENGTH = Length(max=2000, message="2 000 caractères au plus.")


class DeclareForm(Form):
    extent = RadioField(
        "Vous vous déportez",
        choices={"application": "De ce dossier", "organisation": "De tous les dossiers de cette structure"},
        default="application",
    )
    reason = TextAreaField(
        "Motif", [WORDS_LENGTH], description="Un lien personnel, familial, professionnel ou associatif, par exemple."
    )


class RecordForm(Form):
    """The Direction notes a recusal. `subject` reads « a12 » (application) or « o3 » (structure)."""

    person = SelectField("Personne", [InputRequired("Choisissez une personne.")], coerce=int)
    subject = SelectField("Dossier ou structure", [InputRequired("Choisissez un dossier ou une structure.")])
    reason = TextAreaField("Motif", [WORDS_LENGTH])

    def offer(
        self,
        people: Sequence[tuple[int, str]],
        applications: Sequence[tuple[int, str]],
        organisations: Sequence[tuple[int, str]],
    ) -> None:
        self.person.choices = dict(people)
        self.subject.choices = {
            "Structures": {f"o{each}": name for each, name in organisations},
            "Dossiers": {f"a{each}": name for each, name in applications},
        }


class EndForm(Form):
    reason = TextAreaField("Pourquoi ce déport prend-il fin ?", [WORDS_LENGTH])
