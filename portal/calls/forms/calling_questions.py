"""The form of one question of a call, and its preview."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.calls.forms.calling import VersionedForm
from portal.calls.forms.questions import QuestionsSection, of_questions
from portal.calls.forms.sections import MARK
from portal.calls.rules.questions import AskedQuestion, Condition, QuestionTerms, Wording
from portal.calls.states import DECIDING_KINDS, QuestionKind
from portal.foundation.fields import CountField, ThousandthsField, choices, stripped
from portal.foundation.quantities import plain_number

REQUIRED = InputRequired("Répondez à cette question.")
ALWAYS = ""


def _lines(text: str | None) -> list[str]:
    """One option per line, spaces folded, empty lines left out."""
    return [" ".join(each.split()) for each in (text or "").splitlines() if each.strip()]


class WordingForm(VersionedForm):
    """What may still change once the call is published: the words, and the options of a list."""

    heading = StringField(
        "Titre du groupe",
        [Length(max=120)],
        filters=[stripped],
        description="Facultatif. Les questions qui se suivent sous le même titre sont présentées ensemble.",
    )
    label = StringField(
        "Question", [REQUIRED, Length(max=300)], filters=[stripped],
        description="En mots simples, une seule chose à la fois.",
    )  # fmt: skip
    help = StringField(
        "Aide", [Length(max=500)], filters=[stripped], description="Facultatif. Affichée sous la question."
    )
    example = StringField("Exemple", [Length(max=200)], filters=[stripped], description="Facultatif.")
    options = TextAreaField(
        "Choix proposés",
        [Length(max=10_000)],
        description="Pour une liste : un choix par ligne, dans l’ordre.",
    )

    def wording(self) -> Wording:
        return Wording(self.label.data or "", self.heading.data, self.help.data, self.example.data)

    def terms(self, kind: QuestionKind) -> QuestionTerms:
        """The terms of a question of that kind; once published, the operation keeps the rest as it was."""
        options = self.options.data if "options" in self else None
        return QuestionTerms(kind, self.wording(), options=tuple(_lines(options)))


class QuestionForm(WordingForm):
    """A whole question, for a call in preparation or a new question."""

    kind = RadioField(
        "Forme de la réponse", [REQUIRED], choices=choices([(kind.value, kind.label) for kind in QuestionKind])
    )
    is_required = BooleanField("La réponse est obligatoire")
    condition = SelectField(
        "Poser cette question",
        description="Toujours, ou seulement après une certaine réponse à une question précédente.",
    )
    longest = CountField("Longueur d’un texte, en caractères au plus", description="Facultatif.")
    unit = StringField("Unité d’un nombre", [Length(max=40)], filters=[stripped], description="Facultatif.")
    least = ThousandthsField("Plus petit nombre accepté", description="Facultatif.")
    most = ThousandthsField("Plus grand nombre accepté", description="Facultatif.")

    def offer(self, earlier: Iterable[AskedQuestion]) -> None:
        """The answers on which the question may depend."""
        listed = [(ALWAYS, "Toujours")]
        for question in earlier:
            if question.kind in DECIDING_KINDS:
                listed += [(key, f"Si « {question.label} » : {words}") for key, words in _answers_of(question)]
        self.condition.choices = choices(listed)

    def terms(self, kind: QuestionKind) -> QuestionTerms:
        return QuestionTerms(
            kind,
            self.wording(),
            bool(self.is_required.data),
            self.longest.data or None,
            self.unit.data,
            self.least.data,
            self.most.data,
            tuple(_lines(self.options.data)),
            _condition(self.condition.data),
        )


def _answers_of(question: AskedQuestion) -> list[tuple[str, str]]:
    if question.kind is QuestionKind.YES_NO:
        return [(f"{question.id}:oui", "oui"), (f"{question.id}:non", "non")]
    return [(f"{question.id}:{option.id}", option.label) for option in question.options]


def _condition(answer: str | None) -> Condition | None:
    """« 12:oui », « 12:34 » as a condition; None for « always »."""
    source, _, wanted = (answer or "").partition(":")
    source_id = plain_number(source)
    if source_id is None:
        return None
    if wanted in ("oui", "non"):
        return Condition(source_id, yes=wanted == "oui")
    return Condition(source_id, option_id=plain_number(wanted))


def shown_terms(terms: QuestionTerms) -> dict[str, Any]:
    """What the form shows of a question."""
    condition, words = terms.condition, terms.wording
    if condition is None:
        key = ALWAYS
    elif condition.option_id is not None:
        key = f"{condition.source_id}:{condition.option_id}"
    else:
        key = f"{condition.source_id}:{'oui' if condition.yes else 'non'}"
    return {
        "kind": terms.kind.value,
        "heading": words.heading,
        "label": words.label,
        "help": words.help,
        "example": words.example,
        "is_required": terms.is_required,
        "longest": terms.longest,
        "unit": terms.unit,
        "least": terms.least,
        "most": terms.most,
        "options": "\n".join(terms.options),
        "condition": key,
    }


def preview_form(questions: tuple[AskedQuestion, ...], sent: MultiDict[str, str] | None) -> QuestionsSection:
    """The section as the association sees it, empty or as somebody tries it out."""
    kind = of_questions(QuestionsSection, questions)
    if sent is not None:
        sent = MultiDict(sent)
        sent.add(MARK, "1")
    form: QuestionsSection = kind(formdata=sent)
    return form
