"""The pure rules of a call's questions: which are shown, what is submitted, what the Direction may change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.calls.rules import questions as rules
from portal.calls.rules.questions import (
    AskedQuestion,
    Condition,
    JoinedFile,
    Option,
    QuestionTerms,
    Said,
    Setting,
    Wording,
)
from portal.calls.states import QuestionKind
from portal.foundation.refusals import Refusal, Refusals

FILED = datetime(2026, 11, 1, tzinfo=UTC)
DAY = timedelta(days=1)
YES_NO, TEXT, ONE = QuestionKind.YES_NO, QuestionKind.SHORT_TEXT, QuestionKind.ONE_CHOICE


def asked(id_: int, kind: QuestionKind = TEXT, **values: object) -> AskedQuestion:
    return AskedQuestion(id_, kind, f"Question {id_}", **values)  # type: ignore[arg-type]


def chain(length: int) -> list[AskedQuestion]:
    """Yes or no questions, each asked when the one before is answered by yes."""
    return [
        asked(number, YES_NO, condition=Condition(number - 1, yes=True) if number > 1 else None)
        for number in range(1, length + 1)
    ]


# -- conditions ---------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from([True, False, None]), min_size=1, max_size=8))
def test_a_chain_of_questions_is_shown_up_to_the_first_answer_that_is_not_yes(answers):
    questions = chain(len(answers))
    said = {number: Said(yes=answer) for number, answer in enumerate(answers, start=1)}
    yes_before = next((place for place, answer in enumerate(answers) if answer is not True), len(answers) - 1)
    assert rules.shown(questions, said) == set(range(1, yes_before + 2))


def test_a_question_is_asked_when_the_chosen_options_contain_the_one_it_waits_for():
    source = asked(1, QuestionKind.SEVERAL_CHOICES, options=(Option(10, "Sport"), Option(11, "Culture")))
    waiting = asked(2, condition=Condition(1, option_id=11))
    assert rules.shown([source, waiting], {1: Said(options=(10,))}) == {1}
    assert rules.shown([source, waiting], {1: Said(options=(10, 11))}) == {1, 2}


def test_no_answer_is_not_no():
    source, waiting = asked(1, YES_NO), asked(2, condition=Condition(1, yes=False))
    assert rules.shown([source, waiting], {1: Said()}) == {1}
    assert rules.shown([source, waiting], {1: Said(yes=False)}) == {1, 2}


def test_a_retired_question_is_not_shown_and_neither_is_the_one_that_waits_for_it():
    source = asked(1, YES_NO, is_retired=True, said=Said(yes=True))
    assert rules.shown([source, asked(2, condition=Condition(1, yes=True))]) == set()


# -- what is submitted ----------------------------------------------------------------------------------


def test_hidden_answers_are_kept_but_not_submitted():
    source = asked(1, YES_NO, said=Said(yes=False))
    hidden = asked(2, condition=Condition(1, yes=True), said=Said(text="Un minibus"))
    answers = rules.given([source, hidden])
    assert [(answer.question_id, rules.words_of(answer)) for answer in answers] == [(1, "non")]


def test_what_is_submitted_says_its_answers_in_words():
    questions = [
        asked(1, said=Said(text="Le mercredi")),
        asked(2, QuestionKind.NUMBER, unit="heures", said=Said(number=1500)),
        asked(3, QuestionKind.DATE, said=Said(day=date(2026, 3, 1))),
        asked(4, ONE, options=(Option(10, "Sport"), Option(11, "Culture")), said=Said(options=(11,))),
        asked(5, QuestionKind.FILE, said=Said(file=JoinedFile(8, "plan.pdf", 100, "ab"))),
        asked(6),
    ]
    told = [rules.words_of(answer) for answer in rules.given(questions)]
    assert told == ["Le mercredi", "1,5\u00a0heures", "01/03/2026", "Culture", "plan.pdf", None]


def test_only_required_questions_that_are_shown_are_lacking():
    source = asked(1, YES_NO, is_required=True, said=Said(yes=False))
    hidden = asked(2, is_required=True, condition=Condition(1, yes=True))
    optional, missing = asked(3), asked(4, QuestionKind.FILE, is_required=True)
    lacks = rules.lacking([source, hidden, optional, missing])
    assert [(lack.field, lack.message) for lack in lacks] == [("q_4", "Ajoutez un fichier\u00a0: Question 4")]


@given(
    st.sampled_from([FILED - DAY, FILED, FILED + DAY]),
    st.sampled_from([None, FILED - DAY, FILED, FILED + DAY]),
    st.booleans(),
)
def test_a_filed_application_keeps_the_questions_of_its_day(added_at, retired_at, is_answered):
    concerned = rules.is_asked(added_at, retired_at, FILED, is_answered=is_answered)
    assert concerned == (added_at <= FILED and (retired_at is None or retired_at > FILED))


def test_a_draft_meets_what_is_in_force_and_keeps_the_answers_to_what_is_not():
    assert rules.is_asked(FILED, None, None, is_answered=False)
    assert not rules.is_asked(FILED, FILED + DAY, None, is_answered=False)
    assert rules.is_asked(FILED, FILED + DAY, None, is_answered=True)


def test_a_draft_is_told_what_changed_under_it():
    told = rules.changes_told(
        [asked(1, is_new=True), asked(2, answered_under="Avant"), asked(3, is_retired=True, said=Said(text="x"))]
    )
    assert [words.split("\u00a0: ")[1] for words in told] == [f"«\u00a0Question {id_}\u00a0»." for id_ in (1, 2, 3)]
    assert rules.changes_told([asked(1)]) == []


# -- what the Direction writes ----------------------------------------------------------------------------


def refused(terms: QuestionTerms, earlier: list[Setting] = [], others: list[str] = []) -> dict[str | None, str]:  # noqa: B006 - never changed
    with pytest.raises(Refusals) as caught:
        rules.check_terms(terms, earlier, others)
    return {refusal.field: refusal.message for refusal in caught.value.refusals}


def test_a_list_needs_two_different_choices():
    terms = QuestionTerms(ONE, Wording("Quoi"), options=("Sport",))
    assert refused(terms) == {"options": "Proposez au moins deux choix, un par ligne."}
    assert refused(QuestionTerms(ONE, Wording("Quoi"), options=("A", "A"))) == {
        "options": "Deux choix sont identiques."
    }


def test_bounds_words_and_conditions_are_checked_together():
    terms = QuestionTerms(
        QuestionKind.NUMBER, Wording("Combien"), least=2000, most=1000, condition=Condition(9, yes=True)
    )
    assert set(refused(terms, others=["Combien"])) == {"label", "most", "condition"}


def test_a_condition_names_an_answer_that_its_question_can_have():
    earlier = [Setting(1, YES_NO, "A"), Setting(2, ONE, "B", option_ids=frozenset({5})), Setting(3, TEXT, "C")]
    for condition in (Condition(1, yes=True), Condition(2, option_id=5)):
        rules.check_terms(QuestionTerms(TEXT, Wording("Q"), condition=condition), earlier, [])
    for condition in (Condition(1, option_id=5), Condition(2, option_id=6), Condition(3, yes=True)):
        assert set(refused(QuestionTerms(TEXT, Wording("Q"), condition=condition), earlier)) == {"condition"}


def test_what_does_not_go_with_the_kind_is_left_out():
    terms = QuestionTerms(TEXT, Wording("Q"), unit="km", least=1, most=2, options=("A", "B"), longest=50).kept()
    assert (terms.unit, terms.least, terms.most, terms.options, terms.longest) == (None, None, None, (), 50)


def test_a_question_that_decides_of_another_is_not_removed():
    source, waiting = Setting(1, YES_NO, "A"), Setting(2, TEXT, "B", Condition(1, yes=True))
    with pytest.raises(Refusal, match="B"):
        rules.check_removal(source, [source, waiting])
    rules.check_removal(waiting, [source, waiting])


@given(st.integers(min_value=1, max_value=6), st.data())
def test_moving_keeps_every_question_once_and_each_after_the_one_it_waits_for(size, data):
    settings = [Setting(number, YES_NO, str(number)) for number in range(1, size + 1)]
    source = data.draw(st.integers(min_value=1, max_value=size))
    after = data.draw(st.integers(min_value=source, max_value=size))
    if after > source:
        settings[after - 1] = Setting(after, YES_NO, str(after), Condition(source, yes=True))
    place = data.draw(st.sampled_from([setting.id for setting in settings]))
    try:
        order = rules.moved(settings, place, up=data.draw(st.booleans()))
    except Refusal:
        return
    assert sorted(order) == [setting.id for setting in settings]
    assert after == source or order.index(source) < order.index(after)
