"""The questions of a call, as an application meets them and as the Direction sets them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa

from portal.calls.models import (
    AnswerOption,
    Application,
    ApplicationDocument,
    Call,
    CallQuestion,
    QuestionAnswer,
    QuestionCondition,
    QuestionOption,
    QuestionWording,
)
from portal.calls.rules.questions import (
    AskedQuestion,
    Condition,
    JoinedFile,
    Option,
    QuestionTerms,
    Said,
    Setting,
    Wording,
    is_asked,
)
from portal.extensions import db
from portal.foundation.files import StoredFile


def questions_of(application: Application) -> tuple[AskedQuestion, ...]:
    """The questions that the application has to do with, in order, with what it answers. Six queries at most."""
    questions = _rows_of(application.call_id)
    if not questions:
        return ()
    said = _said_in(application.id)
    filed_at = application.submitted_at
    asked = [
        question
        for question in questions
        if is_asked(question.added_at, question.retired_at, filed_at, is_answered=question.id in said)
    ]
    parts = _Parts.of([question.id for question in asked])
    return tuple(_asked(question, parts, said.get(question.id), application) for question in asked)


def questions_to_preview(call: Call) -> tuple[AskedQuestion, ...]:
    """The questions that a new application would meet now."""
    questions = [question for question in _rows_of(call.id) if question.retired_at is None]
    parts = _Parts.of([question.id for question in questions])
    return tuple(_asked(question, parts, None, None) for question in questions)


def asks_questions() -> sa.Exists:
    """Whether the call of a row of `Call` asks something; for lists."""
    return sa.exists().where(CallQuestion.call_id == Call.id, CallQuestion.retired_at.is_(None))


def _rows_of(call_id: int) -> Sequence[CallQuestion]:
    statement = (
        sa.select(CallQuestion)
        .where(CallQuestion.call_id == call_id)
        .order_by(CallQuestion.position, CallQuestion.id)
        .execution_options(populate_existing=True)
    )
    return db.session.execute(statement).scalars().all()


class _Parts:
    """What hangs on some questions: wordings, options, conditions, by question id."""

    def __init__(self) -> None:
        self.wordings: dict[int, list[QuestionWording]] = defaultdict(list)
        self.options: dict[int, list[QuestionOption]] = defaultdict(list)
        self.conditions: dict[int, Condition] = {}

    @classmethod
    def of(cls, ids: Sequence[int]) -> _Parts:
        parts = cls()
        for wording in db.session.scalars(
            sa.select(QuestionWording).where(QuestionWording.question_id.in_(ids)).order_by(QuestionWording.number)
        ):
            parts.wordings[wording.question_id].append(wording)
        for option in db.session.scalars(
            sa.select(QuestionOption)
            .where(QuestionOption.question_id.in_(ids))
            .order_by(QuestionOption.position, QuestionOption.id)
        ):
            parts.options[option.question_id].append(option)
        for each in db.session.scalars(sa.select(QuestionCondition).where(QuestionCondition.question_id.in_(ids))):
            parts.conditions[each.question_id] = Condition(each.source_id, each.option_id, each.yes)
        return parts


def _asked(question: CallQuestion, parts: _Parts, said: Said | None, application: Application | None) -> AskedQuestion:
    filed_at = application.submitted_at if application else None
    wordings = parts.wordings[question.id]
    wording = _in_force(wordings, filed_at)
    chosen = said.options if said else ()
    read = next((each for each in wordings if said and each.number == said.wording), wording)
    is_draft = application is not None and filed_at is None
    return AskedQuestion(
        question.id,
        question.kind,
        wording.label,
        wording.number,
        wording.heading,
        wording.help,
        wording.example,
        question.is_required,
        question.longest,
        question.unit,
        question.least_thousandths,
        question.most_thousandths,
        tuple(
            Option(option.id, option.label, option.retired_at is not None)
            for option in parts.options[question.id]
            if option.retired_at is None or option.id in chosen
        ),
        parts.conditions.get(question.id),
        is_retired=filed_at is None and question.retired_at is not None,
        is_new=is_draft and application is not None and question.added_at > application.created_at,
        answered_under=read.label if is_draft and read.label != wording.label else None,
        said=said,
    )


def _in_force(wordings: Sequence[QuestionWording], at: datetime | None) -> QuestionWording:
    """The last wording made until that instant; the very last one when none is told."""
    known = [each for each in wordings if at is None or each.made_at <= at]
    return known[-1] if known else wordings[0]


def _said_in(application_id: int) -> dict[int, Said]:
    """What an application answers, by question id."""
    chosen: dict[int, list[int]] = defaultdict(list)
    for answer_id, option_id in db.session.execute(
        sa.select(AnswerOption.answer_id, AnswerOption.option_id)
        .join(QuestionAnswer, QuestionAnswer.id == AnswerOption.answer_id)
        .where(QuestionAnswer.application_id == application_id)
        .order_by(AnswerOption.option_id)
    ):
        chosen[answer_id].append(option_id)
    said = {
        row.question_id: Said(row.wording, row.text, row.number_thousandths, row.yes, row.day, tuple(chosen[row.id]))
        for row in db.session.scalars(
            sa.select(QuestionAnswer)
            .where(QuestionAnswer.application_id == application_id)
            .execution_options(populate_existing=True)
        )
    }
    for question_id, file in _files_in(application_id):
        said[question_id] = Said(file=file)
    return said


def _files_in(application_id: int) -> Iterable[tuple[int, JoinedFile]]:
    rows = db.session.execute(
        sa.select(
            ApplicationDocument.question_id, ApplicationDocument.id, StoredFile.original_name, StoredFile.size_bytes,
            StoredFile.sha256, StoredFile.scan,
        )
        .join(StoredFile, StoredFile.id == ApplicationDocument.file_id)
        .where(
            ApplicationDocument.application_id == application_id,
            ApplicationDocument.question_id.is_not(None),
            ApplicationDocument.removed_at.is_(None),
        )
        .order_by(ApplicationDocument.id)
    )  # fmt: skip
    return [(row[0], JoinedFile(*row[1:])) for row in rows]


# -- for the Direction ---------------------------------------------------------------------------------


def settings_of(call: Call) -> list[Setting]:
    """The questions in force of a call, in order, for the rules on the whole list. Four queries."""
    return [
        Setting(
            question.id,
            question.kind,
            question.label,
            question.condition,
            frozenset(option.id for option in question.options),
        )
        for question in questions_to_preview(call)
    ]


def terms_of(question: CallQuestion) -> QuestionTerms:
    """A question as its form shows it."""
    words, condition = question.wordings[-1], question.condition
    return QuestionTerms(
        question.kind,
        Wording(words.label, words.heading, words.help, words.example),
        question.is_required,
        question.longest,
        question.unit,
        question.least_thousandths,
        question.most_thousandths,
        tuple(option.label for option in question.options if option.retired_at is None),
        Condition(condition.source_id, condition.option_id, condition.yes) if condition else None,
    )


def answers_by_question(call_id: int) -> dict[int, int]:
    """How many applications of the call answer each question, drafts included; nothing of what they say."""
    typed = (
        sa.select(QuestionAnswer.question_id, sa.func.count())
        .join(CallQuestion, CallQuestion.id == QuestionAnswer.question_id)
        .where(CallQuestion.call_id == call_id)
        .group_by(QuestionAnswer.question_id)
    )
    joined = (
        sa.select(ApplicationDocument.question_id, sa.func.count())
        .join(CallQuestion, CallQuestion.id == ApplicationDocument.question_id)
        .where(CallQuestion.call_id == call_id, ApplicationDocument.removed_at.is_(None))
        .group_by(ApplicationDocument.question_id)
    )
    return {question_id: count for statement in (typed, joined) for question_id, count in db.session.execute(statement)}


def retired_of(call: Call) -> list[CallQuestion]:
    """The questions taken out of the call after it was published, kept for their answers."""
    return [question for question in _rows_of(call.id) if question.retired_at is not None]
