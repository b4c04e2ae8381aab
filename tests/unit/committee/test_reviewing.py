"""The balanced distribution."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from portal.committee.rules.reviewing import balanced, levelled, place_in


def test_loads_are_even_and_the_same_question_has_the_same_answer():
    def ask():
        return balanced(range(1, 7), [10, 20, 30], per_application=2, assigned={}, recused=())

    assert ask() == ask()
    assert Counter(person for _, person in ask()) == {10: 4, 20: 4, 30: 4}


def test_everybody_reads_with_everybody():
    pairs = balanced(range(12), [10, 20, 30, 40], per_application=2, assigned={}, recused=())
    readers = [tuple(person for one, person in pairs if one == each) for each in range(12)]
    assert Counter(readers) == dict.fromkeys([(10, 20), (10, 30), (10, 40), (20, 30), (20, 40), (30, 40)], 2)


def test_what_is_already_entrusted_counts():
    pairs = balanced([1, 2], [10, 20], per_application=1, assigned={1: {10}}, recused=())
    assert pairs == [(2, 20)]


def test_a_recused_person_never_gets_the_file_even_alone():
    assert balanced([1], [10], per_application=1, assigned={}, recused=[(1, 10)]) == []


def test_a_file_that_only_one_may_take_is_served_first():
    pairs = balanced([1, 2], [10, 20], per_application=1, assigned={}, recused=[(2, 20)])
    assert pairs == [(1, 20), (2, 10)]


@given(
    st.lists(st.integers(1, 30), unique=True, max_size=15),
    st.lists(st.integers(100, 110), unique=True, max_size=6),
    st.integers(1, 4),
    st.sets(st.tuples(st.integers(1, 30), st.integers(100, 110)), max_size=40),
)
def test_nobody_recused_nobody_twice_and_as_many_as_possible(applications, reviewers, wanted, recused):
    pairs = balanced(applications, reviewers, per_application=wanted, assigned={}, recused=recused)
    assert not set(pairs) & recused
    assert len(pairs) == len(set(pairs))
    for each in applications:
        eligible = [person for person in reviewers if (each, person) not in recused]
        assert sum(1 for one, _ in pairs if one == each) == min(wanted, len(eligible))


@given(st.integers(1, 30), st.integers(1, 6), st.integers(1, 3))
def test_without_recusal_loads_differ_by_one_at_most(applications, reviewers, wanted):
    pairs = balanced(range(applications), range(100, 100 + reviewers), per_application=wanted, assigned={}, recused=())
    loads = Counter(dict.fromkeys(range(100, 100 + reviewers), 0))
    loads.update(person for _, person in pairs)
    assert max(loads.values()) - min(loads.values()) <= 1


def test_what_the_other_applications_weigh_counts():
    pairs = balanced([1], [10, 20], per_application=1, assigned={}, recused=(), loads={10: 7, 20: 2})
    assert pairs == [(1, 20)]


def test_a_load_is_levelled_from_hand_to_hand():
    # Nothing of 10 may go to 30, but 20 may pass something on.
    held = {1: {10}, 2: {10}, 3: {10}, 4: {20}, 5: {20}}
    pairs = [(each, person) for each, people in held.items() for person in people]
    given = levelled(pairs, [10, 20, 30], assigned=held, recused=[(1, 30), (2, 30), (3, 30)])
    assert Counter(person for _, person in given) == {10: 2, 20: 2, 30: 1}
    assert len(set(given) - set(pairs)) == 2


reviewers_of_ten = st.lists(st.integers(100, 106), unique=True, min_size=1, max_size=5)


@given(
    st.dictionaries(st.integers(1, 20), st.sets(st.integers(100, 106), min_size=1, max_size=3), max_size=12),
    reviewers_of_ten,
    st.sets(st.tuples(st.integers(1, 20), st.integers(100, 106)), max_size=40),
)
def test_levelling_keeps_the_numbers_never_reaches_somebody_recused_and_never_worsens(held, reviewers, recused):
    held = {each: {person for person in people if person in reviewers} for each, people in held.items()}
    pairs = {(each, person) for each, people in held.items() for person in people if (each, person) not in recused}
    given = levelled(pairs, reviewers, assigned=held, recused=recused)
    assert len(given) == len(set(given)) == len(pairs)
    assert not set(given) & recused
    assert Counter(each for each, _ in given) == Counter(each for each, _ in pairs)
    loads = [Counter(dict.fromkeys(reviewers, 0)) for _ in range(2)]
    staying = [person for each, people in held.items() for person in people if (each, person) not in pairs]
    for load, told in zip(loads, (pairs, given), strict=True):
        load.update([person for _, person in told] + staying)
    assert sum(load**2 for load in loads[1].values()) <= sum(load**2 for load in loads[0].values())


def test_a_round_goes_on_with_what_is_left_to_give_from_there_then_from_the_start():
    turns = ["a", "b", "c", "d"]
    given = {"b", "d"}.__contains__
    places = [place_in(turns, here, given) for here in range(4)]
    assert [(place.rank, place.previous, place.following, place.after) for place in places] == [
        (1, None, "b", "c"), (2, "a", "c", "c"), (3, "b", "d", "a"), (4, "c", None, "a"),
    ]  # fmt: skip
    assert place_in(["a"], 0, given).after is None
