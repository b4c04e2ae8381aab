"""The files that answer questions of a call: kept beside the words of the section, whatever becomes of these."""

from __future__ import annotations

from flask import request

from portal.accounts.access import current_actor
from portal.calls.models import Application
from portal.calls.operations.answers import join_answer, remove_answer
from portal.calls.queries.questions import questions_of
from portal.calls.rules.questions import AskedQuestion, shown
from portal.calls.states import QuestionKind, Section
from portal.foundation import files
from portal.foundation.database import in_unit_of_work
from portal.foundation.quantities import plain_number
from portal.foundation.refusals import Refusal

REMOVES = "retirer"
JOINS = "joindre"


def keep_files(application: Application, section: Section) -> list[Refusal]:
    """Join the files that this request sends, take away the one it names; what was refused, by field."""
    if section is not Section.QUESTIONS:
        return []
    questions = questions_of(application)
    visible = shown(questions)
    awaited = [each for each in questions if each.kind is QuestionKind.FILE and each.id in visible]
    told = []
    for question in awaited:
        try:
            _keep(application, question)
        except Refusal as refusal:
            told.append(refusal)
    return told


def _keep(application: Application, question: AskedQuestion) -> None:
    sent = request.files.get(question.field)
    if sent is not None and sent.filename:
        # The bytes are written before the transaction that names them.
        stored = files.receive(sent.stream, sent.filename, field=question.field)
        in_unit_of_work(lambda: join_answer(application, question, stored, actor=current_actor()))
    elif plain_number(request.form.get(REMOVES)) == question.id:
        in_unit_of_work(lambda: remove_answer(application, question, actor=current_actor()))


def touched_question() -> str | None:
    """The field to come back to after a button beside a file, or one that shows what follows."""
    number = plain_number(request.form.get(REMOVES)) or plain_number(request.form.get(JOINS))
    if number:
        return f"question-{number}"
    return "suite" if "afficher" in request.form else None
