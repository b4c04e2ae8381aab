"""The questions of a call as a section to fill, and as the Direction previews them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from wtforms import Field, FileField, HiddenField, RadioField, SelectMultipleField
from wtforms.validators import ValidationError

from portal.calls.forms.sections import SectionForm, Typed, chosen_id, with_fields
from portal.calls.forms.sections import yes_no as yes_no_field
from portal.calls.models import Application
from portal.calls.operations.answers import write_answers
from portal.calls.rules.filing import Dossier
from portal.calls.rules.questions import LONGEST, AskedQuestion, Option, Said, shown
from portal.calls.states import QuestionKind, Section
from portal.foundation.actors import Actor
from portal.foundation.fields import Asked, DayField, ThousandthsField, choices, line, words
from portal.foundation.quantities import format_thousandths, plain_number


class Between:
    """Holds a number (thousandths) between the bounds of its question."""

    def __init__(self, least: int | None, most: int | None) -> None:
        self.least, self.most = least, most

    def __call__(self, form: Any, field: Any) -> None:
        if field.data is None:
            return
        if self.least is not None and field.data < self.least:
            raise ValidationError(f"Indiquez au moins {format_thousandths(self.least)}.")
        if self.most is not None and field.data > self.most:
            raise ValidationError(f"Indiquez au plus {format_thousandths(self.most)}.")


class QuestionsSection(SectionForm):
    """One field `q_ID` per question, and the wording that the page shows under `w_ID`.

    Hidden questions have their fields too, so that what was typed there is kept; they refuse nothing.
    """

    section = Section.QUESTIONS
    takes_files = True
    questions: tuple[AskedQuestion, ...]

    @classmethod
    def made_for(cls, application: Application, dossier: Dossier, typed: Typed, extra: str = "") -> type[SectionForm]:
        return of_questions(cls, dossier.questions)

    @classmethod
    def initial(cls, dossier: Dossier) -> dict[str, Any]:
        return answers_shown(dossier.questions)

    @property
    def asked(self) -> list[AskedQuestion]:
        """The questions to answer, hidden ones included."""
        return [question for question in self.questions if not question.is_retired]

    @property
    def retired(self) -> list[AskedQuestion]:
        return [question for question in self.questions if question.is_retired]

    @property
    def said(self) -> dict[int, Said | None]:
        """What the fields say, by question id; what cannot be read says nothing."""
        return {question.id: self._said(question) for question in self.asked}

    @property
    def shown(self) -> frozenset[int]:
        """The ids of the questions to show for what the fields say."""
        return shown(self.questions, self.said)

    def _said(self, question: AskedQuestion) -> Said:
        if question.kind is QuestionKind.FILE:
            return question.said or Said()
        value = self[question.field].data
        read = plain_number(self[f"w_{question.id}"].data) or question.wording
        said = Said(min(read, question.wording))
        if question.kind in LONGEST:
            return replace(said, text=value)
        if question.kind is QuestionKind.NUMBER:
            return replace(said, number=value)
        if question.kind is QuestionKind.YES_NO:
            return replace(said, yes=value)
        if question.kind is QuestionKind.DATE:
            return replace(said, day=value)
        if question.kind is QuestionKind.ONE_CHOICE:
            return replace(said, options=(value,) if value else ())
        return replace(said, options=tuple(sorted(value or ())))

    def validate(self, extra_validators: Any = None) -> bool:
        """What cannot be read of a question that is not shown prevents nothing."""
        super().validate(extra_validators)
        visible = self.shown
        for question in self.asked:
            if question.id not in visible:
                self[question.field].errors = []
        return not self.errors

    def write(self, application: Application, dossier: Dossier, actor: Actor) -> None:
        typed = {question.id: question for question in self.asked if question.kind is not QuestionKind.FILE}
        said = self.said
        write_answers(application, typed, {id_: said[id_] or Said() for id_ in typed})


def of_questions(kind: type[SectionForm], questions: tuple[AskedQuestion, ...]) -> type[SectionForm]:
    """The form class of these questions."""
    fields: dict[str, Any] = {"questions": questions}
    for question in questions:
        if not question.is_retired:
            fields[question.field] = _field(question)
            fields[f"w_{question.id}"] = HiddenField(default=str(question.wording))
    return with_fields(kind, fields)


def answers_shown(questions: Sequence[AskedQuestion]) -> dict[str, Any]:
    """What the fields show of the answers kept."""
    values: dict[str, Any] = {}
    for question in questions:
        said = question.said
        if said is None or question.is_retired:
            continue
        one = said.options[0] if said.options else None
        values[question.field] = {
            QuestionKind.NUMBER: said.number,
            QuestionKind.YES_NO: said.yes,
            QuestionKind.DATE: said.day,
            QuestionKind.ONE_CHOICE: one,
            QuestionKind.SEVERAL_CHOICES: list(said.options),
        }.get(question.kind, said.text)
    return values


def _field(question: AskedQuestion) -> Field:
    label, help = question.label, question.help or ""
    marks = [Asked()] if question.is_required else []
    if question.kind is QuestionKind.SHORT_TEXT:
        return line(label, asked=question.is_required, longest=_longest(question), help=help)
    if question.kind is QuestionKind.LONG_TEXT:
        return words(label, asked=question.is_required, longest=_longest(question), help=help)
    if question.kind is QuestionKind.NUMBER:
        return ThousandthsField(label, [*marks, Between(question.least, question.most)], description=_bounded(question))
    if question.kind is QuestionKind.YES_NO:
        return yes_no_field(label, no="non", yes="oui", asked=question.is_required, help=help)
    if question.kind is QuestionKind.DATE:
        return DayField(label, marks, description=help)
    if question.kind is QuestionKind.FILE:
        return FileField(label, marks, description=help)
    offered = choices([(option.id, _option_words(option)) for option in question.options])
    if question.kind is QuestionKind.ONE_CHOICE:
        return RadioField(label, marks, coerce=chosen_id, choices=offered, validate_choice=False, description=help)
    return SelectMultipleField(label, marks, coerce=_id, choices=offered, validate_choice=False, description=help)


def _id(value: Any) -> int:
    """An option's id; what was tampered with is the id of nothing."""
    return plain_number(str(value)) or 0


def _longest(question: AskedQuestion) -> int:
    return question.longest or LONGEST[question.kind]


def _bounded(question: AskedQuestion) -> str:
    """The help of a number, with its bounds in words."""
    least, most = (None if each is None else format_thousandths(each) for each in (question.least, question.most))
    told = {
        (True, True): f"Entre {least} et {most}.",
        (True, False): f"Au moins {least}.",
        (False, True): f"Au plus {most}.",
    }.get((least is not None, most is not None), "")
    return " ".join(part for part in (question.help, told) if part)


def _option_words(option: Option) -> str:
    return f"{option.label} (choix retiré de la liste, gardé pour vous)" if option.is_retired else option.label
