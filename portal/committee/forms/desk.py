"""What the queue asks: the name of a view, and what a step on several files needs."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, TextAreaField
from wtforms.validators import Length

from portal.committee.operations.desk_steps import Terms
from portal.committee.rules.desk_steps import DeskStep
from portal.foundation.fields import DayField, line
from portal.foundation.forms import Form


class ViewForm(Form):
    name = line("Nom de la vue", longest=60, help="Par exemple « Corsy, corrections en retard ».")
    is_shared = BooleanField("La proposer à toute l’équipe")
    query = HiddenField()


class StepForm(Form):
    """The words or the day that a step needs; what it does not need is not shown."""

    words = TextAreaField("Texte", [Length(max=5000, message="5 000 caractères au plus.")])
    day = DayField("Réponse attendue au plus tard le")

    def suit(self, step: DeskStep) -> None:
        """Name the text after what it is for this step."""
        if step is DeskStep.PRONOUNCE:
            self.words.label.text = "Délégation au titre de laquelle vous prononcez"
            self.words.description = "Qui l’a donnée, quand, par quel acte : ce texte figure dans chaque décision."
        else:
            self.words.label.text = "Votre message"
            self.words.description = (
                "Chaque structure le reçoit dans les messages de son dossier, et par courriel un signe qu’il l’attend."
            )

    def terms(self) -> Terms:
        return Terms(words=self.words.data or "", day=self.day.data)
