"""What is read of the public directory's answers, and what is left out."""

from __future__ import annotations

from datetime import date

import pytest

from portal.accounts.rules.directory import Company, NotTheFormat, companies, question
from portal.foundation.refusals import Refusal
from tests.directory import SECOND_SIRET, SIREN, SIRET, answer, company


def one(asked=SIREN, **values):
    (found,) = companies(answer(company(**values)), asked)
    return found


def test_a_documented_line_is_read_whole():
    assert one() == Company(
        siren=SIREN, name="LES ATELIERS DU VALLON", acronym="LAV", kind="association", siret=SIRET, rna="W131001234",
        created_on=date(1998, 3, 15), address="8 B RUE DU VALLON", postcode="13100", town="AIX-EN-PROVENCE",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("category", "kind"),
    [
        ("9220", "association"), ("9300", "foundation"), ("7210", "commune"), ("7361", "ccas"), ("7346", "epci"),
        ("7331", "eple"), ("7410", "gip"), ("8210", "mutual"), ("5546", "landlord"), ("7172", "other_public"),
    ],
)  # fmt: skip
def test_the_legal_category_tells_the_kind(category, kind):
    assert one(nature_juridique=category).kind == kind


def test_an_unknown_category_says_nothing_unless_the_directory_calls_it_an_association():
    assert one(nature_juridique="5710", complements={"est_association": False}).kind is None
    assert one(nature_juridique=None, complements={"est_association": True}).kind == "association"


def test_what_nobody_types_on_purpose_is_left_out_of_its_words():
    assert one(nom_raison_sociale="LES\0 ATELIERS\u202e\nDU VALLON").name == "LES ATELIERS DU VALLON"


def test_what_is_not_disclosed_or_not_valid_is_left_out():
    found = one(
        sigle="[NON-DIFFUSIBLE]",
        date_creation="hier",
        complements={"identifiant_association": "12345"},
        siege={"siret": "13900001200028", "libelle_voie": None, "adresse": "[NON-DIFFUSIBLE]"},
    )
    assert (found.acronym, found.created_on, found.rna, found.siret, found.address) == (None,) * 5


def test_a_siret_of_another_siren_is_not_offered():
    assert one(siege={"siret": "73282932000017"}).siret is None


def test_a_whole_address_loses_its_town():
    assert one(siege={"libelle_voie": None}).address == "8 B RUE DU VALLON"


def test_the_open_establishment_asked_for_is_offered_rather_than_the_seat():
    places = [{"siret": SECOND_SIRET, "etat_administratif": "A"}]
    found = one(SECOND_SIRET, matching_etablissements=places)
    assert (found.siret, found.asked_is_closed) == (SECOND_SIRET, False)


def test_a_closed_seat_is_not_offered():
    found = one(SIRET, siege={"etat_administratif": "F"})
    assert (found.siret, found.asked_is_closed) == (None, True)


@pytest.mark.parametrize("wrong", [None, [], {}, {"results": None}, {"results": {}}, "results", 3])
def test_anything_else_is_not_the_format(wrong):
    with pytest.raises(NotTheFormat):
        companies(wrong, SIREN)


@pytest.mark.parametrize(
    "line", [None, 3, {}, {"siren": 139000012}, {"siren": "123456789", "nom_complet": "x"}, {"siren": SIREN}]
)
def test_a_line_that_cannot_be_read_is_left_out(line):
    assert companies({"results": [line]}, SIREN) == []


def test_odd_parts_of_a_line_do_no_harm():
    line = company() | {"siege": [], "complements": "non", "matching_etablissements": [None, 3]}
    (read,) = companies({"results": [line]}, SIREN)
    assert (read.siret, read.rna, read.address) == (None, None, None)


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        (" 139 000 012 ", SIREN), ("139 000 012 00027", SIRET), ("w131 001 234", "W131001234"),
        ("Les  Ateliers", "LES ATELIERS"), ("1234", "1234"),
    ],
)  # fmt: skip
def test_numbers_lose_their_spaces_and_words_keep_one(typed, asked):
    assert question(typed) == asked


def test_two_letters_are_not_enough():
    with pytest.raises(Refusal, match="trois lettres"):
        question(" ab ")
