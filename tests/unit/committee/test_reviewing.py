"""The balanced distribution."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from portal.committee.rules.reviewing import balanced


def test_loads_are_even_and_the_same_question_has_the_same_answer():
    def ask():
        return balanced(range(1, 7), [10, 20, 30], per_application=2, assigned={}, recused=())

    assert ask() == ask()
    assert Counter(person for _, person in ask()) == {10: 4, 20: 4, 30: 4}


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
