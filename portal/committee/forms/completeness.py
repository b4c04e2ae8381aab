"""The checklist, and asking for corrections."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from wtforms import HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length

from portal.calls.models import DocumentRequirement
from portal.calls.states import Section
from portal.committee.queries.completeness import ChecklistLine
from portal.committee.rules.completeness import OfficerWord
from portal.committee.states import CheckResult
from portal.foundation.fields import DayField, line
from portal.foundation.forms import Form

NOTE_LENGTH = Length(max=2000, message="2 000 caractères au plus.")
MESSAGE_LENGTH = Length(max=5000, message="5 000 caractères au plus.")


class ChecklistForm(Form):
    """One select and one note per line, named after the line."""

    def words(self, lines: Sequence[ChecklistLine]) -> dict[int, OfficerWord]:
        """The officer's word by line id."""
        return {line.id: self._word(line.id) for line in lines}

    def _word(self, line_id: int) -> OfficerWord:
        return OfficerWord(self._says(line_id), self[f"note_{line_id}"].data or "", self[f"seen_{line_id}"].data)

    def meet(self, lines: Sequence[ChecklistLine]) -> None:
        """After a conflict: what was left as read follows what is stored, the rest replaces it knowingly."""
        for each in lines:
            if self._word(each.id).is_left:
                self[f"says_{each.id}"].data = each.officer_says.value if each.officer_says else ""
                self[f"note_{each.id}"].data = each.note or ""
            self[f"seen_{each.id}"].data = each.word.mark

    def _says(self, line_id: int) -> CheckResult | None:
        chosen = self[f"says_{line_id}"].data
        return CheckResult(chosen) if chosen else None


def checklist_form(lines: Sequence[ChecklistLine]) -> ChecklistForm:
    """The form of these very lines, filled with what the officer said before."""
    choices = {"": "Résultat automatique"} | {result.value: result.label for result in CheckResult}
    fields: dict[str, Any] = {}
    for each in lines:
        fields[f"says_{each.id}"] = SelectField(
            "Votre avis", choices=choices, default=each.officer_says.value if each.officer_says else ""
        )
        fields[f"note_{each.id}"] = StringField("Note interne", [NOTE_LENGTH], default=each.note or "")
        fields[f"seen_{each.id}"] = HiddenField(default=each.word.mark)
    return cast("ChecklistForm", type("LinesForm", (ChecklistForm,), fields)())


class ChangeRequestForm(Form):
    sections = SelectMultipleField(
        "Sections à rouvrir",
        choices={section.value: section.label for section in Section if section is not Section.SIGNATURE},
        description="Seules ces sections redeviennent modifiables par la structure.",
    )
    documents = SelectMultipleField("Documents demandés", coerce=int)
    message = TextAreaField(
        "Ce qui doit être corrigé ou complété",
        [MESSAGE_LENGTH],
        description="Ce texte est envoyé aux responsables et aux rédacteurs de la structure.",
    )
    due_on = DayField("Réponse attendue au plus tard le")

    def offer(self, requirements: Sequence[DocumentRequirement], *, asks_questions: bool) -> None:
        """The documents that may be asked, and the sections that this application has."""
        if not asks_questions:
            self.sections.choices.pop(Section.QUESTIONS.value)
        self.documents.choices = {each.id: each.label for each in requirements}

    def chosen_sections(self) -> list[Section]:
        return [Section(value) for value in self.sections.data or []]


class AskAgainForm(Form):
    message = TextAreaField("Ce qui manque encore", [MESSAGE_LENGTH])
    due_on = DayField("Réponse attendue au plus tard le")


class ExtendRequestForm(Form):
    due_on = DayField("Réponse attendue au plus tard le")


class AnswerForm(Form):
    answer = TextAreaField(
        "Votre réponse à la Direction",
        [MESSAGE_LENGTH],
        description="Ce que vous avez changé, ou pourquoi vous n’avez rien changé.",
    )
    signatory_name = line("Nom de la personne qui envoie ces corrections", asked=True, longest=120)
    signatory_role = line("Sa fonction dans la structure", asked=True, longest=120)
