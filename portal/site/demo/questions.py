"""The questions of the demonstration's calls, and what its invented structures answer."""

from __future__ import annotations

from portal.calls.models import Application, Call
from portal.calls.operations.answers import write_answers
from portal.calls.operations.calling_questions import add_question
from portal.calls.queries.questions import questions_of
from portal.calls.rules.questions import Condition, QuestionTerms, Said, Wording
from portal.calls.states import QuestionKind
from portal.extensions import db
from portal.foundation.actors import Actor

EVENINGS = "Le projet a-t-il lieu en soirée ou le week-end ?"
WHEN = "Quels jours, et à quelles heures ?"
DECIDING = "Comment les habitants prennent-ils part aux choix du projet ?"
WAYS = ("Par des réunions régulières", "Par une enquête ou un vote", "Un groupe d’habitants mène une partie du projet")
HOURS = "Combien d’heures d’activité par semaine ?"
HEADING = "La place des habitants"


def ask(call: Call, actor: Actor) -> None:
    """Add the questions to a call in preparation."""
    evenings = _add(call, QuestionTerms(QuestionKind.YES_NO, Wording(EVENINGS), is_required=True), actor)
    when = Wording(WHEN, example="le samedi de 14 h à 18 h")
    _add(call, QuestionTerms(QuestionKind.SHORT_TEXT, when, True, condition=Condition(evenings, yes=True)), actor)
    hours = Wording(HOURS, help="En moyenne, pendant les semaines où il y a des activités.")
    _add(call, QuestionTerms(QuestionKind.NUMBER, hours, unit="heures", least=0, most=168_000), actor)
    deciding = Wording(DECIDING, HEADING, "Plusieurs réponses sont possibles.")
    _add(call, QuestionTerms(QuestionKind.SEVERAL_CHOICES, deciding, True, options=WAYS), actor)
    letter = Wording("Un mot d’habitants ou de partenaires qui soutiennent le projet", HEADING)
    _add(call, QuestionTerms(QuestionKind.FILE, letter), actor)


def _add(call: Call, terms: QuestionTerms, actor: Actor) -> int:
    made = add_question(call, terms, version=call.version, actor=actor)
    db.session.flush()
    db.session.refresh(call)
    return made.id


def answer(application: Application, hours: int) -> None:
    """What a structure answers, by the words of each question."""
    asked = {question.label: question for question in questions_of(application)}
    ways = asked[DECIDING].options
    said = {
        EVENINGS: Said(yes=hours > 4),
        WHEN: Said(text="Le samedi de 14 h à 18 h" if hours > 4 else None),
        HOURS: Said(number=hours * 1000),
        DECIDING: Said(options=tuple(sorted(option.id for option in ways[: 1 + hours % 2]))),
    }
    questions = {asked[label].id: asked[label] for label in said}
    write_answers(application, questions, {asked[label].id: what for label, what in said.items()})
