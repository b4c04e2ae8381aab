import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.foundation.folding import fold, printed_key


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Éducation", "education"),
        ("L’École  des\u00a0Œuvres", "l'ecole des oeuvres"),
        ("  ÇA\tva\nbien ", "ca va bien"),
        ("Ex æquo", "ex aequo"),
        ("Nai\u0308ve", "naive"),
    ],
)
def test_search_forgets_accents_case_ligatures_and_spaces(written, folded):
    assert fold(written) == folded


def test_the_same_title_printed_differently_is_one_title():
    assert printed_key("L’Été  des jeunes") == printed_key("l'e\u0301te\u0301 des\u202fJEUNES")


def test_accents_still_tell_two_titles_apart():
    assert printed_key("Marché") != printed_key("Marche")


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_a_printed_key_is_its_own_key(text):
    assert printed_key(printed_key(text)) == printed_key(text)
