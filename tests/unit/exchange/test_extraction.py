"""How alike two titles are, which decides what is offered and never what is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.exchange.rules.sent.extraction import ALIKE, FAR, likeness


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jardin partagé", "JARDIN PARTAGE"),
        ("Cuisine et santé", "santé et cuisine"),
        ("L’école  ouverte", "L'ecole ouverte"),
    ],
)
def test_accents_case_spaces_and_order_do_not_make_two_titles(one, other):
    assert likeness(one, other) == 100


def test_a_word_more_is_probable_and_another_title_is_far():
    assert ALIKE <= likeness("Ateliers cuisine du monde", "Ateliers cuisines du monde") < 100
    assert likeness("Aide aux devoirs", "Chorale de quartier") < ALIKE
    assert likeness("abc", "xyz") < FAR


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_is_a_share(one, other):
    assert 0 <= likeness(one, other) <= 100
