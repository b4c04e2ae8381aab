"""What an application answers to the questions of its call."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from portal.calls.models import AnswerOption, Application, ApplicationDocument, CallQuestion, QuestionAnswer
from portal.calls.operations.sections import check_editable
from portal.calls.rules.questions import AskedQuestion, Said
from portal.calls.states import QuestionKind, Section
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.files import StoredFile
from portal.foundation.refusals import Refusal, Refusals


def write_answers(application: Application, questions: Mapping[int, AskedQuestion], said: Mapping[int, Said]) -> None:
    """Replace what is typed for these questions, hidden ones too; files have their own operation.

    Raises Refusals beside a question whose chosen option is no longer offered.
    """
    _check_options(questions, said)
    known = {
        row.question_id: row
        for row in db.session.scalars(
            sa.select(QuestionAnswer).where(
                QuestionAnswer.application_id == application.id, QuestionAnswer.question_id.in_(list(said))
            )
        )
    }
    db.session.execute(
        sa.delete(AnswerOption).where(AnswerOption.answer_id.in_([row.id for row in known.values()])),
        execution_options={"synchronize_session": False},
    )
    for question_id, answer in said.items():
        row = known.get(question_id)
        if answer.is_empty:
            if row is not None:
                db.session.delete(row)
            continue
        _write(application, question_id, answer, row)
    db.session.flush()


def _write(application: Application, question_id: int, said: Said, row: QuestionAnswer | None) -> None:
    if row is None:
        row = QuestionAnswer(application_id=application.id, question_id=question_id)
        db.session.add(row)
    row.wording, row.text, row.yes, row.day = said.wording, said.text, said.yes, said.day
    row.number_thousandths = said.number
    db.session.flush()
    if said.options:
        rows = [{"answer_id": row.id, "option_id": option} for option in said.options]
        db.session.execute(sa.insert(AnswerOption), rows)


def _check_options(questions: Mapping[int, AskedQuestion], said: Mapping[int, Said]) -> None:
    """An option that was retired stays with those who had chosen it, and is chosen by nobody else."""
    told = []
    for question_id, answer in said.items():
        offered = {option.id for option in questions[question_id].options}
        if not set(answer.options) <= offered:
            words = "Ce choix n’est plus proposé : choisissez-en un autre."
            told.append(Refusal(words, questions[question_id].field))
    if told:
        raise Refusals(told)


def join_answer(
    application: Application, question: AskedQuestion, stored: StoredFile, *, actor: Actor
) -> ApplicationDocument:
    """Answer a question with an upload (`stored`, not saved yet); it replaces the one joined before it."""
    check_editable(application, Section.QUESTIONS)
    row = db.session.get(CallQuestion, question.id)
    if row is None or row.call_id != application.call_id or row.kind is not QuestionKind.FILE:
        raise Refusal("Cette question n’attend pas de fichier.")
    stored.created_by_id = actor.person_id
    db.session.add(stored)
    db.session.flush()
    _remove(application, question)
    joined = ApplicationDocument(
        application_id=application.id,
        question_id=question.id,
        label=question.label,
        file_id=stored.id,
        added_at=clock.now(),
        added_by_id=actor.person_id,
    )
    db.session.add(joined)
    record(actor, "application.document_added", joined, label=joined.label)
    return joined


def remove_answer(application: Application, question: AskedQuestion, *, actor: Actor) -> None:
    """Take away the file that answers a question; its row stays for the trace."""
    check_editable(application, Section.QUESTIONS)
    if _remove(application, question):
        record(actor, "application.document_removed", application, label=question.label)


def _remove(application: Application, question: AskedQuestion) -> bool:
    there = db.session.scalars(
        sa.select(ApplicationDocument).where(
            ApplicationDocument.application_id == application.id,
            ApplicationDocument.question_id == question.id,
            ApplicationDocument.removed_at.is_(None),
        )
    ).all()
    for document in there:
        document.removed_at = clock.now()
    return bool(there)
