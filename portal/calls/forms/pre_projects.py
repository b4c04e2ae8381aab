"""The forms of the note d'opportunité: writing it, answering it, taking notes in a call."""

from __future__ import annotations

from wtforms import BooleanField, RadioField, SelectMultipleField

from portal.calls.forms.calling import REQUIRED, VersionedForm
from portal.calls.rules.pre_projects import ANSWERS, NoteWords
from portal.foundation.fields import DayField, EurosField, choices, line, words
from portal.foundation.forms import Form


class NoteForm(VersionedForm):
    """One page. It may be saved half written; what it lacks is told when it is sent."""

    title = line("Titre de l’idée", asked=True, longest=150, help="Court : le projet en quelques mots.")
    quartiers = SelectMultipleField("Quartiers concernés", coerce=int)
    need = words("À quel besoin répond-elle ?", asked=True, longest=3000, help="Qui l’a repéré, chez qui, comment.")
    idea = words("Que feriez-vous ?", asked=True, longest=4000, help="Avec qui, à quel rythme, pour quel résultat.")
    budget_cents = EurosField(
        "Budget approximatif", description="Un ordre de grandeur suffit. Laissez vide si vous ne savez pas encore."
    )
    funders_text = line(
        "Financeurs pressentis", longest=500, help="À qui pensez-vous demander, et combien si vous le savez."
    )

    def offer(self, quartiers: list[tuple[int, str]]) -> None:
        self.quartiers.choices = choices(quartiers)

    def said(self) -> NoteWords:
        """What was typed, once the form can be read."""
        return NoteWords(
            self.title.data or "", self.idea.data, self.need.data, self.budget_cents.data, self.funders_text.data
        )


class AnswerForm(Form):
    verdict = RadioField("Votre réponse", [REQUIRED], choices=choices((each.value, each.label) for each in ANSWERS))
    words = words(
        "Ce que vous en dites",
        asked=True,
        longest=4000,
        help="Les points forts, ce qui manque, qui rencontrer. L’association lira ces mots.",
    )


class NotesForm(VersionedForm):
    is_enabled = BooleanField("Les associations peuvent proposer une note d’opportunité avant leur dossier")
    until = DayField(
        "Dernier jour pour l’envoyer", description="Laissez vide pour prendre les notes jusqu’à la clôture."
    )
