"""The Direction writes the questions of a call. Once it is published, what was answered stays as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from portal.calls.models import Call, CallQuestion, QuestionCondition, QuestionOption, QuestionWording
from portal.calls.operations.calling_changes import STALE, Shown, claim
from portal.calls.operations.reminders import tell_beginners
from portal.calls.queries.questions import settings_of, terms_of
from portal.calls.rules import calling
from portal.calls.rules.questions import (
    Condition,
    QuestionTerms,
    Setting,
    Wording,
    check_options_kept,
    check_removal,
    check_terms,
    moved,
)
from portal.calls.states import CallStatus
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.refusals import Conflict, Refusal


def add_question(call: Call, terms: QuestionTerms, *, version: int, actor: Actor) -> CallQuestion:
    """Add a question at the end; also to a published call: files already filed are not concerned."""
    _claim(call, version, None, terms)
    settings = settings_of(call)
    check_terms(terms, settings, [each.label for each in settings])
    made = _make(call, terms.kept(), _last_position(call) + 1, actor)
    record(actor, "call.question_added", call, label=terms.wording.label, answer_form=terms.kind.label)
    _tell(call, f"La Direction a ajouté une question : {terms.wording.label}")
    return made


def change_question(call: Call, question: CallQuestion, terms: QuestionTerms, *, version: int, actor: Actor) -> None:
    """Change a question: all of it in a call in preparation; in a published one its words (as a new
    wording) and its options. Raises Refusal on what applicants rely on."""
    _claim(call, version, question, terms)
    _check_in_force(question)
    before, wanted, settings = terms_of(question), terms.kept(), settings_of(call)
    if call.status is CallStatus.PUBLISHED:
        wanted = replace(before, wording=wanted.wording, options=wanted.options)
    ids = [each.id for each in settings]
    earlier = settings[: ids.index(question.id)]
    check_terms(wanted, earlier, [each.label for each in settings if each.id != question.id])
    _check_deciding(question, wanted, settings)
    _set(question, wanted)
    _write_options(question, wanted.options, settings)
    _write_condition(question, wanted.condition)
    _write_wording(call, question, wanted.wording, actor)
    db.session.flush()
    record(actor, "call.question_changed", call, label=[before.wording.label, wanted.wording.label])
    if before.wording.label != wanted.wording.label:
        _tell(call, f"La Direction a changé les mots d’une question, qui devient : {wanted.wording.label}")


def remove_question(call: Call, question: CallQuestion, *, version: int, actor: Actor) -> None:
    """Take a question out: deleted from a call in preparation, retired from a published one."""
    _claim(call, version, question, None)
    _check_in_force(question)
    settings = settings_of(call)
    check_removal(next(each for each in settings if each.id == question.id), settings)
    label = question.label
    if call.status is CallStatus.DRAFT:
        _delete(question)
    else:
        question.retired_at = clock.now()
    record(actor, "call.question_removed", call, label=label)
    _tell(call, f"La Direction a retiré une question : {label}")


def move_question(call: Call, question: CallQuestion, *, up: bool, actor: Actor) -> int:
    """Move a question one place; its new place, counted from 1. Raises Refusal when its condition forbids it."""
    _lock(call)
    _check_in_force(question)
    order = moved(settings_of(call), question.id, up=up)
    for position, id_ in enumerate(order, start=1):
        db.session.get_one(CallQuestion, id_).position = position
    place = order.index(question.id) + 1
    record(actor, "call.question_moved", call, label=question.label, place=place)
    return place


def copy_questions(call: Call, source: Call, *, actor: Actor) -> None:
    """The questions in force of an earlier call, in their last words, with their conditions."""
    made: dict[int, CallQuestion] = {}
    options: dict[int, int] = {}
    in_force = [question for question in source.questions if question.retired_at is None]
    for position, question in enumerate(in_force, start=1):
        terms = terms_of(question)
        condition = terms.condition
        if condition is not None:
            option_id = options[condition.option_id] if condition.option_id is not None else None
            condition = Condition(made[condition.source_id].id, option_id, condition.yes)
        copy = _make(call, replace(terms, condition=condition), position, actor)
        made[question.id] = copy
        new_ids = {option.label: option.id for option in copy.options}
        options |= {option.id: new_ids[option.label] for option in question.options if option.label in new_ids}


# -- how -----------------------------------------------------------------------------------------------


def _claim(call: Call, version: int, question: CallQuestion | None, terms: QuestionTerms | None) -> None:
    """Take the call's next version; Conflict with both wordings when somebody wrote since."""
    if not claim(call, version):
        db.session.expire_all()
        theirs = _words(terms_of(question)) if question is not None else {}
        mine = _words(terms) if terms is not None else {"État": "retirée de l’appel"}
        raise Conflict(STALE, theirs=theirs, mine=mine)
    calling.check_not_archived(call.status)


def _words(terms: QuestionTerms) -> Shown:
    told = {"Question": terms.wording.label, "Aide": terms.wording.help, "Choix": ", ".join(terms.options)}
    return {name: words or "non renseigné" for name, words in told.items()}


def _lock(call: Call) -> None:
    db.session.execute(sa.select(Call.id).where(Call.id == call.id).with_for_update())
    calling.check_not_archived(call.status)


def _tell(call: Call, words: str) -> None:
    """Write to those who have begun, once the call is public."""
    if call.status is CallStatus.PUBLISHED:
        tell_beginners(call, words)


def _check_in_force(question: CallQuestion) -> None:
    if question.retired_at is not None:
        raise Refusal("Cette question est retirée de l’appel : elle ne se modifie plus.")


def _check_deciding(question: CallQuestion, wanted: QuestionTerms, settings: Sequence[Setting]) -> None:
    """A question that decides of others keeps its kind."""
    decides = any(each.condition and each.condition.source_id == question.id for each in settings)
    if decides and wanted.kind is not question.kind:
        raise Refusal("D’autres questions dépendent de celle-ci : elle garde sa forme de réponse.", "kind")


def _last_position(call: Call) -> int:
    statement = sa.select(sa.func.coalesce(sa.func.max(CallQuestion.position), 0)).where(
        CallQuestion.call_id == call.id
    )
    return int(db.session.execute(statement).scalar_one())


def _make(call: Call, terms: QuestionTerms, position: int, actor: Actor) -> CallQuestion:
    now = clock.now()
    question = CallQuestion(call_id=call.id, kind=terms.kind, position=position, added_at=now)
    _set(question, terms)
    db.session.add(question)
    db.session.flush()
    words = terms.wording
    db.session.add(
        QuestionWording(
            question_id=question.id, number=1, heading=words.heading, label=words.label, help=words.help,
            example=words.example, made_at=now, made_by_id=actor.person_id,
        )
    )  # fmt: skip
    db.session.add_all(
        QuestionOption(question_id=question.id, label=label, position=place)
        for place, label in enumerate(terms.options, start=1)
    )
    _write_condition(question, terms.condition)
    db.session.flush()
    db.session.refresh(question)
    return question


def _set(question: CallQuestion, terms: QuestionTerms) -> None:
    question.kind, question.is_required = terms.kind, terms.is_required
    question.longest, question.unit = terms.longest, terms.unit
    question.least_thousandths, question.most_thousandths = terms.least, terms.most


def _write_options(question: CallQuestion, labels: Sequence[str], settings: Sequence[Setting]) -> None:
    """The options of these words in this order; one that goes is retired, one that comes back is in force again."""
    known = {option.label: option for option in question.options}
    going = {option.id for label, option in known.items() if label not in labels}
    check_options_kept(lambda option_id: option_id not in going, question.id, settings)
    for place, label in enumerate(labels, start=1):
        option = known.get(label)
        if option is None:
            option = QuestionOption(question_id=question.id, label=label)
            question.options.append(option)
        option.position, option.retired_at = place, None
    for option in question.options:
        if option.id in going and option.retired_at is None:
            option.retired_at = clock.now()


def _write_condition(question: CallQuestion, condition: Condition | None) -> None:
    db.session.execute(sa.delete(QuestionCondition).where(QuestionCondition.question_id == question.id))
    if condition is not None:
        db.session.execute(
            sa.insert(QuestionCondition).values(
                question_id=question.id,
                source_id=condition.source_id,
                option_id=condition.option_id,
                yes=condition.yes,
            )
        )


def _write_wording(call: Call, question: CallQuestion, words: Wording, actor: Actor) -> None:
    """New words: in place while nobody can have read them, as a further wording afterwards."""
    last = question.wordings[-1]
    if (last.label, last.heading, last.help, last.example) == (words.label, words.heading, words.help, words.example):
        return
    if call.status is CallStatus.DRAFT:
        last.label, last.heading, last.help, last.example = words.label, words.heading, words.help, words.example
        return
    question.wordings.append(
        QuestionWording(
            question_id=question.id, number=last.number + 1, heading=words.heading, label=words.label,
            help=words.help, example=words.example, made_at=clock.now(), made_by_id=actor.person_id,
        )
    )  # fmt: skip


def _delete(question: CallQuestion) -> None:
    _write_condition(question, None)
    for part in (*question.wordings, *question.options):
        db.session.delete(part)
    db.session.flush()
    db.session.delete(question)
