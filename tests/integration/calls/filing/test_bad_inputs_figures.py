"""Dates, amounts, shares and counts that cannot be read: told at their field, shown back, nothing half-saved."""

from __future__ import annotations

import pytest

from tests.integration.calls.filing.bad_inputs import filled, refused, typed_rows
from tests.integration.calls.filing.scene import sections_of

NO_SUCH_DAY = "Cette date n’existe pas dans le calendrier."
DAY = "Indiquez une date sous la forme jj/mm/aaaa, par exemple 21/11/2026."
YEAR = "Vérifiez l’année : de 1800 à 2100."


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("31/02/2026", NO_SUCH_DAY),
        ("29/02/2026", NO_SUCH_DAY),
        ("00/01/2026", NO_SUCH_DAY),
        ("01/13/2026", NO_SUCH_DAY),
        ("2026-02-30", NO_SUCH_DAY),
        ("01/01/0000", YEAR),
        ("31/12/9999", YEAR),
        ("01/02/26", DAY),
        ("1/2", DAY),
        ("21 novembre 2026", DAY),
        ("２１/１１/２０２６", DAY),
        ("٢١/١١/٢٠٢٦", DAY),
        ("21/11/2026 18:00", DAY),
        ("-1/01/2026", DAY),
    ],
)
def test_a_day_that_does_not_exist_is_told_at_its_field(owner, it, draft, typed, told):
    filled(owner, it, draft, "projet")
    assert refused(owner, it, draft, "projet", "starts_on", typed) == told


def test_a_project_that_ends_before_it_starts_is_told_at_its_end(owner, it, draft):
    filled(owner, it, draft, "projet")
    told = refused(owner, it, draft, "projet", "ends_on", "01/01/2026")
    assert "début" in told


def test_the_creation_of_a_structure_is_a_plausible_day(owner, it, draft):
    filled(owner, it, draft, "structure")
    assert refused(owner, it, draft, "structure", "created_on", "12/12/9999") == YEAR


EUROS = "Indiquez un montant en euros, par exemple 1 234,56."
POSITIVE = "Indiquez un nombre positif."
TWO_DECIMALS = "Indiquez au plus deux chiffres après la virgule."
TOO_HIGH = "Ce montant est trop élevé : au plus un milliard d’euros."
AMOUNTS = [
    ("-5", POSITIVE),
    ("\u22125", POSITIVE),
    ("12,345", TWO_DECIMALS),
    ("1e9", EUROS),
    ("1E+5", EUROS),
    ("NaN", EUROS),
    ("Infinity", EUROS),
    ("9" * 20, TOO_HIGH),
    ("9" * 5000, TOO_HIGH),
    ("1 000 000 000,01", TOO_HIGH),
    ("12 000,5O", EUROS),
    ("１２００", EUROS),
    ("١٢٠٠", EUROS),
    ("12 50", EUROS),
    ("1.200,50", EUROS),
    ("1,2,3", EUROS),
    ("1_000", EUROS),
    ("0x10", EUROS),
    ("50 $", EUROS),
    ("=1+1", EUROS),
    ("²", EUROS),
]


@pytest.mark.parametrize(("typed", "told"), AMOUNTS)
def test_an_amount_that_cannot_be_read_is_told_at_its_line_of_the_budget(owner, it, draft, typed, told):
    filled(owner, it, draft, "budget")
    assert refused(owner, it, draft, "budget", "line_expense_606_0_amount", typed) == told


@pytest.mark.parametrize(("typed", "told"), [("-1", POSITIVE), ("1e9", EUROS), ("0,001", TWO_DECIMALS)])
def test_an_amount_asked_of_a_funder_is_read_in_the_same_way(owner, it, draft, typed, told):
    filled(owner, it, draft, "financements")
    assert refused(owner, it, draft, "financements", f"asked_{it.city.id}_specific", typed) == told


def test_the_subsidies_of_a_structure_are_read_in_the_same_way(owner, it, draft):
    filled(owner, it, draft, "structure")
    assert refused(owner, it, draft, "structure", "public_subsidies_cents", "12 000,5O") == EUROS


SHARE = "Indiquez un pourcentage, par exemple 12,5."


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("101", "Un pourcentage ne peut pas dépasser 100."),
        ("100,01", "Un pourcentage ne peut pas dépasser 100."),
        ("9" * 400, "Un pourcentage ne peut pas dépasser 100."),
        ("-1", POSITIVE),
        ("33,333", TWO_DECIMALS),
        ("NaN", SHARE),
        ("1e1", SHARE),
        ("50 %%", SHARE),
        ("５０", SHARE),
        ("un tiers", SHARE),
        ("1/3", SHARE),
    ],
)
def test_a_share_that_cannot_be_read_is_told_at_its_quartier(owner, it, draft, typed, told):
    filled(owner, it, draft, "quartiers")
    assert refused(owner, it, draft, "quartiers", f"share_{it.qpv.id}", typed) == told


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ("80", "30", "Les parts dépassent 100 % de 10 %."),
        ("33,33", "33,33", "Il reste 33,34 % du public à répartir : le total doit faire 100 %."),
    ],
)
def test_shares_that_do_not_make_a_whole_are_kept_and_told(owner, it, draft, first, second, told):
    answers = {**sections_of(it)["quartiers"], f"share_{it.qpv.id}": first, f"share_{it.watch.id}": second}
    owner.save(draft, "quartiers", **answers)
    assert told in owner.get(owner.section(draft, "quartiers")).text
    assert told in owner.get(f"/dossiers/{draft}/depot").text


COUNT = "Indiquez un nombre entier, par exemple 25."


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("-3", COUNT),
        ("1,5", COUNT),
        ("1e3", COUNT),
        ("beaucoup", COUNT),
        ("²", COUNT),
        ("Ⅷ", COUNT),
        ("３０", COUNT),
        ("9" * 30, "Ce nombre est trop grand."),
    ],
)
def test_a_number_of_people_that_cannot_be_read_is_told_at_its_field(owner, it, draft, typed, told):
    filled(owner, it, draft, "quartiers", "public")
    assert refused(owner, it, draft, "public", "people_expected", typed) == told


@pytest.mark.parametrize(
    ("section", "field", "typed", "told"),
    [
        ("projet", "staff_fte_hundredths", "0,555", "Indiquez au plus 2 chiffres après la virgule."),
        ("projet", "staff_fte_hundredths", "-0,5", "Indiquez un nombre, par exemple 1,5."),
        ("structure", "fte_hundredths", "1e3", "Indiquez un nombre, par exemple 1,5."),
        ("structure", "volunteers", "quatorze", COUNT),
    ],
)
def test_means_that_cannot_be_read_are_told_at_their_field(owner, it, draft, section, field, typed, told):
    filled(owner, it, draft, section)
    assert refused(owner, it, draft, section, field, typed) == told


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("1,2345", "Indiquez au plus 3 chiffres après la virgule."),
        ("NaN", "Indiquez un nombre, par exemple 1,5."),
        ("9" * 20, "Ce nombre est trop grand."),
    ],
)
def test_a_target_that_cannot_be_read_is_told_at_its_indicator(owner, it, draft, typed, told):
    filled(owner, it, draft, "indicateurs")
    assert refused(owner, it, draft, "indicateurs", "own_0_value", typed) == told


def test_more_residents_than_a_table_holds_are_refused(owner, it, draft):
    filled(owner, it, draft, "quartiers")
    field = f"residents_{it.qpv.id}"
    assert refused(owner, it, draft, "quartiers", field, "1 000 000 001") == "Ce nombre est trop grand."


def test_spaces_of_every_kind_are_read_as_spaces(owner, it, draft):
    typed = "12\u202f000,50\u00a0€"
    answers = {**sections_of(it)["structure"], "public_subsidies_cents": typed}
    assert owner.save(draft, "structure", **answers).status_code == 302
    assert typed_rows(draft).organisation.means.public_subsidies_cents == 1_200_050
