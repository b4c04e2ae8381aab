"""The questions of a call: which are asked of an application, what their answers say, what they still lack.

Numbers are thousandths. An application already filed keeps the questions as they stood that day.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from portal.calls.states import CHOICE_KINDS, DECIDING_KINDS, QuestionKind
from portal.foundation.money import NBSP
from portal.foundation.quantities import format_thousandths
from portal.foundation.refusals import Refusal, Refusals
from portal.foundation.scan_states import ScanState

LONGEST = {QuestionKind.SHORT_TEXT: 200, QuestionKind.LONG_TEXT: 6000}
"""The usual length of a text, in characters."""


@dataclass(frozen=True)
class Option:
    id: int
    label: str
    is_retired: bool = False


@dataclass(frozen=True)
class Condition:
    """The answer to `source_id` without which a question is not asked: an option, or yes or no."""

    source_id: int
    option_id: int | None = None
    yes: bool | None = None

    def is_met_by(self, said: Said | None) -> bool:
        if said is None:
            return False
        if self.option_id is not None:
            return self.option_id in said.options
        return said.yes is not None and said.yes is self.yes


@dataclass(frozen=True)
class JoinedFile:
    """The file that answers a question; `document_id` leads to it. One with a virus answers nothing."""

    document_id: int
    name: str
    size_bytes: int
    sha256: str
    scan: ScanState = ScanState.NOT_SCANNED


@dataclass(frozen=True)
class Said:
    """What was answered to a question, in the typed rows' own units. `wording` is the one that was read."""

    wording: int = 1
    text: str | None = None
    number: int | None = None
    yes: bool | None = None
    day: date | None = None
    options: tuple[int, ...] = ()
    file: JoinedFile | None = None

    @property
    def is_empty(self) -> bool:
        return (
            self.text is None
            and self.number is None
            and self.yes is None
            and self.day is None
            and not self.options
            and (self.file is None or self.file.scan is ScanState.INFECTED)
        )


@dataclass(frozen=True)
class AskedQuestion:
    """A question as one application meets it, with what was answered so far, shown or not.

    `is_retired`: no longer asked, kept for its answer. `is_new`: added after the application was
    begun. `answered_under`: the words that were read when the answer was given, when they changed since.
    """

    id: int
    kind: QuestionKind
    label: str
    wording: int = 1
    heading: str | None = None
    help: str | None = None
    example: str | None = None
    is_required: bool = False
    longest: int | None = None
    unit: str | None = None
    least: int | None = None
    most: int | None = None
    options: tuple[Option, ...] = ()
    condition: Condition | None = None
    is_retired: bool = False
    is_new: bool = False
    answered_under: str | None = None
    said: Said | None = None

    @property
    def field(self) -> str:
        """The name of its field in the form."""
        return f"q_{self.id}"


@dataclass(frozen=True)
class GivenAnswer:
    """A question that was asked and its answer, in the words of that day: what the snapshot keeps."""

    question_id: int
    wording: int
    kind: QuestionKind
    heading: str | None
    label: str
    unit: str | None = None
    text: str | None = None
    number: int | None = None
    yes: bool | None = None
    day: date | None = None
    options: tuple[str, ...] = ()
    file_name: str | None = None
    file_sha256: str | None = None


def is_asked(added_at: datetime, retired_at: datetime | None, filed_at: datetime | None, *, is_answered: bool) -> bool:
    """Whether an application has to do with a question: what was added after it was filed is none of
    its business; what was retired before matters to a draft only for the answer it holds."""
    if filed_at is None:
        return retired_at is None or is_answered
    return added_at <= filed_at and (retired_at is None or retired_at > filed_at)


def shown(questions: Sequence[AskedQuestion], said: Mapping[int, Said | None] | None = None) -> frozenset[int]:
    """The ids of the questions to show, given what is answered (by question id; their own by default).

    A condition on a question that is itself not shown is not met.
    """
    answers = {question.id: question.said for question in questions} if said is None else said
    found: set[int] = set()
    for question in questions:
        condition = question.condition
        if question.is_retired:
            continue
        if condition is None or (
            condition.source_id in found and condition.is_met_by(answers.get(condition.source_id))
        ):
            found.add(question.id)
    return frozenset(found)


def given(questions: Sequence[AskedQuestion]) -> tuple[GivenAnswer, ...]:
    """What is submitted: each question shown and its answer, empty or not; hidden answers stay out."""
    visible = shown(questions)
    return tuple(_given(question, question.said or Said()) for question in questions if question.id in visible)


def _given(question: AskedQuestion, said: Said) -> GivenAnswer:
    return GivenAnswer(
        question.id,
        question.wording,
        question.kind,
        question.heading,
        question.label,
        question.unit,
        text=said.text,
        number=said.number,
        yes=said.yes,
        day=said.day,
        options=tuple(option.label for option in question.options if option.id in said.options),
        file_name=said.file.name if said.file else None,
        file_sha256=said.file.sha256 if said.file else None,
    )


def words_of(answer: GivenAnswer) -> str | None:
    """An answer as people read it; None when there is none."""
    if answer.number is not None:
        return f"{format_thousandths(answer.number)}{NBSP}{answer.unit or ''}".strip()
    if answer.yes is not None:
        return "oui" if answer.yes else "non"
    if answer.day is not None:
        return f"{answer.day:%d/%m/%Y}"
    if answer.options:
        return ", ".join(answer.options)
    return answer.text or answer.file_name


def lacking(questions: Sequence[AskedQuestion]) -> list[Refusal]:
    """The required questions shown and not answered, each beside its field."""
    visible = shown(questions)
    return [
        Refusal(f"{_WANTED[question.kind]}{NBSP}: {question.label}", question.field)
        for question in questions
        if question.is_required and question.id in visible and (question.said or Said()).is_empty
    ]


_WANTED = {
    QuestionKind.SHORT_TEXT: "Répondez à la question",
    QuestionKind.LONG_TEXT: "Répondez à la question",
    QuestionKind.NUMBER: "Indiquez un nombre",
    QuestionKind.YES_NO: "Répondez par oui ou par non",
    QuestionKind.ONE_CHOICE: "Choisissez une réponse",
    QuestionKind.SEVERAL_CHOICES: "Choisissez au moins une réponse",
    QuestionKind.FILE: "Ajoutez un fichier",
    QuestionKind.DATE: "Indiquez une date",
}


def changes_told(questions: Sequence[AskedQuestion]) -> list[str]:
    """What became of the questions since the draft was begun, in words; nothing when nothing did."""
    visible = shown(questions)
    added = [question for question in questions if question.is_new and question.id in visible]
    reworded = [question for question in questions if question.answered_under and question.id in visible]
    retired = [question for question in questions if question.is_retired]
    told = [
        (added, "La Direction a ajouté une question depuis que vous avez commencé"),
        (reworded, "La Direction a changé les mots d’une question après votre réponse, relisez-la"),
        (retired, "La Direction a retiré une question, votre réponse n’est plus demandée"),
    ]
    return [f"{words}{NBSP}: {quoted(found)}." for found, words in told if found]


def quoted(questions: Iterable[AskedQuestion]) -> str:
    return ", ".join(f"«{NBSP}{question.label}{NBSP}»" for question in questions)


# -- what the Direction writes -----------------------------------------------------------------------


@dataclass(frozen=True)
class Wording:
    """The words of a question: they may be made clearer at any time, as a new wording."""

    label: str
    heading: str | None = None
    help: str | None = None
    example: str | None = None


@dataclass(frozen=True)
class QuestionTerms:
    """A question as the Direction sets it. Bounds in thousandths."""

    kind: QuestionKind
    wording: Wording
    is_required: bool = False
    longest: int | None = None
    unit: str | None = None
    least: int | None = None
    most: int | None = None
    options: tuple[str, ...] = ()
    condition: Condition | None = None

    def kept(self) -> QuestionTerms:
        """The same without what does not go with its kind."""
        is_number, is_text = self.kind is QuestionKind.NUMBER, self.kind in LONGEST
        return QuestionTerms(
            self.kind,
            self.wording,
            self.is_required,
            self.longest if is_text else None,
            self.unit if is_number else None,
            self.least if is_number else None,
            self.most if is_number else None,
            self.options if self.kind in CHOICE_KINDS else (),
            self.condition,
        )


@dataclass(frozen=True)
class Setting:
    """A question of the call, for the rules on the whole list: earlier ones come first."""

    id: int
    kind: QuestionKind
    label: str
    condition: Condition | None = None
    option_ids: frozenset[int] = field(default=frozenset())


def check_terms(terms: QuestionTerms, earlier: Sequence[Setting], others: Iterable[str]) -> None:
    """Raises Refusals beside the fields of the question's form. `earlier` come before it, `others` are the
    words of all the other questions of the call."""
    told = [*_wrong_words(terms, others), *_wrong_bounds(terms)]
    if terms.kind in CHOICE_KINDS:
        told += _wrong_options(terms.options)
    if terms.condition is not None and not _is_possible(terms.condition, earlier):
        told.append(Refusal("Choisissez une question placée avant celle-ci.", "condition"))
    if told:
        raise Refusals(told)


def _wrong_words(terms: QuestionTerms, others: Iterable[str]) -> list[Refusal]:
    if terms.wording.label in set(others):
        # Two questions of the same words could not be told apart in the file that is read.
        return [Refusal("Une autre question de cet appel porte déjà ces mots.", "label")]
    return []


def _wrong_bounds(terms: QuestionTerms) -> list[Refusal]:
    if terms.least is not None and terms.most is not None and terms.least > terms.most:
        return [Refusal("Le plus grand nombre accepté est inférieur au plus petit.", "most")]
    return []


def _wrong_options(options: Sequence[str]) -> list[Refusal]:
    if len(options) < 2:
        return [Refusal("Proposez au moins deux choix, un par ligne.", "options")]
    if len(set(options)) < len(options):
        return [Refusal("Deux choix sont identiques.", "options")]
    return []


def _is_possible(condition: Condition, earlier: Sequence[Setting]) -> bool:
    source = next((each for each in earlier if each.id == condition.source_id), None)
    if source is None or source.kind not in DECIDING_KINDS:
        return False
    if source.kind is QuestionKind.YES_NO:
        return condition.yes is not None
    return condition.option_id in source.option_ids


def copied_label(label: str, taken: Collection[str]) -> str:
    """The words of a copy that no other question has: « … (copie) », « … (copie 2) »."""
    number = 1
    while (found := f"{label} (copie{f' {number}' if number > 1 else ''})") in taken:
        number += 1
    return found


def check_removal(removed: Setting, all_settings: Iterable[Setting]) -> None:
    """Raises Refusal while another question is asked because of this one."""
    waiting = [each.label for each in all_settings if each.condition and each.condition.source_id == removed.id]
    if waiting:
        named = ", ".join(f"«{NBSP}{label}{NBSP}»" for label in waiting)
        raise Refusal(f"Cette question décide de celles-ci, retirez-les ou changez-les d’abord{NBSP}: {named}.")


def check_options_kept(kept: Callable[[int], bool], question_id: int, all_settings: Iterable[Setting]) -> None:
    """Raises Refusal on `options` when one that goes (`kept` is false of its id) decides of another question."""
    for each in all_settings:
        needed = each.condition.option_id if each.condition and each.condition.source_id == question_id else None
        if needed is not None and not kept(needed):
            words = f"Un choix que vous retirez décide de la question «{NBSP}{each.label}{NBSP}»."
            raise Refusal(words, "options")


def moved(settings: Sequence[Setting], question_id: int, *, up: bool) -> list[int]:
    """The ids in their new order, one place up or down. Raises Refusal when a question would come
    before the one that decides of it; at either end nothing moves."""
    ids = [each.id for each in settings]
    place = ids.index(question_id)
    other = place + (-1 if up else 1)
    if not 0 <= other < len(ids):
        return ids
    first, second = (settings[other], settings[place]) if up else (settings[place], settings[other])
    if second.condition is not None and second.condition.source_id == first.id:
        raise Refusal(f"«{NBSP}{second.label}{NBSP}» dépend de «{NBSP}{first.label}{NBSP}», elle reste après elle.")
    ids[place], ids[other] = ids[other], ids[place]
    return ids
