"""The sheet of a structure on its own page, and what it keeps for later."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from portal.accounts.models import Approval, Organisation
from portal.accounts.rules import MemberLevel
from portal.accounts.rules.organisation import needs_check
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.database import unit_of_work
from portal.foundation.events import history_of
from tests import factories
from tests.visitors import Visitor


@pytest.fixture
def organisation(app):
    return factories.organisation("Les Ateliers du Vallon")


@pytest.fixture
def owner(app, organisation):
    return Visitor(app, factories.member(organisation))


def sheet(organisation):
    return f"/structures/{organisation.id}/fiche"


def stored(organisation_id):
    db.session.expire_all()
    return db.session.get_one(Organisation, organisation_id)


def test_the_sheet_is_saved_and_leads_back_to_itself(owner, organisation):
    answer = owner.post(sheet(organisation), version=1, name="Les Ateliers", kind="association", town="Aix")
    assert answer.location == sheet(organisation)
    kept = stored(organisation.id)
    assert (kept.name, kept.name_fold, kept.town, kept.version) == ("Les Ateliers", "les ateliers", "Aix", 2)


def test_what_cannot_be_read_is_told_beside_its_field_and_nothing_is_written(owner, organisation):
    answer = owner.post(sheet(organisation), version=1, name="Autre", kind="association", siret="12")
    assert "14 chiffres" in answer.errors["siret"]
    assert stored(organisation.id).name == "Les Ateliers du Vallon"


def test_a_siret_of_another_siren_is_refused(owner, organisation):
    other = factories.organisation("Une autre")
    answer = owner.post(sheet(organisation), version=1, name="Les Ateliers", kind="association", siret=other.siret)
    assert "neuf premiers chiffres" in answer.errors["siret"]


def test_a_new_siret_of_the_same_siren_replaces_the_one_before(owner, organisation):
    from stdnum import luhn

    stem = f"{organisation.siren}0002"
    siret = stem + luhn.calc_check_digit(stem)
    owner.post(sheet(organisation), version=1, name="Les Ateliers", kind="association", siret=siret)
    kept = stored(organisation.id)
    assert kept.siret == siret
    assert [place.ends_on is None for place in kept.establishments] == [False, True]


def test_somebody_who_saved_first_is_not_overwritten(owner, organisation):
    owner.post(sheet(organisation), version=1, name="Premier", kind="association")
    answer = owner.post(sheet(organisation), version=1, name="Second", kind="association")
    assert "modifiée entre-temps" in answer.text
    assert stored(organisation.id).name == "Premier"
    version = answer.tree.xpath('//input[@name="version"]/@value')[0]
    owner.post(sheet(organisation), version=version, name="Second", kind="association")
    assert stored(organisation.id).name == "Second"


def test_only_those_who_write_for_the_structure_find_it(app, organisation):
    reader = Visitor(app, factories.member(organisation, MemberLevel.READER))
    stranger = Visitor(app, factories.member(factories.organisation("Une autre")))
    assert {visitor.get(sheet(organisation)).status_code for visitor in (reader, stranger)} == {404}
    assert reader.post(sheet(organisation), version=1, name="x").status_code == 404


# -- read again each year --------------------------------------------------------------------------


ASKED_AGAIN = "Ces informations sont-elles toujours exactes"


def test_a_sheet_is_confirmed_once_a_year_by_a_button_or_by_saving_it(app, owner, organisation):
    assert "Personne n’a encore confirmé" in owner.get(sheet(organisation)).text
    owner.post(f"{sheet(organisation)}/exacte")
    page = owner.get(sheet(organisation))
    assert ASKED_AGAIN not in page.text and "par Noa Membre" in page.text
    with unit_of_work():
        db.session.get_one(Organisation, organisation.id).checked_at = datetime(2020, 5, 4, tzinfo=UTC)
    page = owner.get(sheet(organisation))
    assert ASKED_AGAIN in page.text and "4 mai 2020" in page.text
    owner.post(sheet(organisation), version=1, name=organisation.name, kind="association")
    assert ASKED_AGAIN not in owner.get(sheet(organisation)).text
    assert [event.action for event in history_of("organisation", organisation.id)] == ["organisation.sheet_checked"] * 2


@pytest.mark.parametrize(
    ("checked", "again"),
    [(None, True), (date(2025, 12, 31), True), (date(2026, 1, 1), False), (date(2026, 11, 20), False)],
)
def test_the_question_comes_back_with_the_new_year(checked, again):
    assert needs_check(checked, date(2026, 11, 21)) is again


# -- two writers -----------------------------------------------------------------------------------


def test_two_writers_of_the_sheet_see_both_texts(app, owner, organisation):
    colleague = Visitor(app, factories.member(organisation, MemberLevel.EDITOR))
    colleague.post(sheet(organisation), version=1, name="Les Ateliers", kind="association", town="Aix")
    page = owner.post(sheet(organisation), version=1, name="Les Ateliers", kind="association", town="Marseille")
    assert page.texts("//section[contains(@class, 'difference')]/h2") == ["Commune"]
    assert page.texts("//div[@class='both-values']//p") == ["Aix", "Marseille"]
    assert "Déjà enregistré par Noa Membre" in page.text
    assert stored(organisation.id).town == "Aix"


def test_the_same_words_typed_by_two_people_are_no_conflict(app, owner, organisation):
    colleague = Visitor(app, factories.member(organisation, MemberLevel.EDITOR))
    typed = {"name": organisation.name, "kind": "association", "town": "Aix"}
    colleague.post(sheet(organisation), version=1, **typed)
    assert owner.post(sheet(organisation), version=1, **typed).location == sheet(organisation)


# -- year by year ----------------------------------------------------------------------------------


def years(organisation, year=None):
    return f"/structures/{organisation.id}/annees" + (f"/{year}" if year else "")


def test_several_years_are_kept_and_shown(owner, organisation):
    this = clock.now().year
    owner.post(sheet(organisation), version=1, name="x", kind="association", public_subsidies_cents="60 000")
    owner.post(years(organisation, this - 2), version=2, budget_cents="120 000", public_subsidies_cents="153 000,01")
    page = owner.get(years(organisation))
    rows = {row[0]: row[1:] for row in ([cell.strip() for cell in line] for line in _cells(page))}
    assert rows[f"{this - 1}"][:2] == ["–", "60 000,00 €"]
    assert rows[f"{this - 2}"][:2] == ["120 000,00 €", "153 000,01 €"]
    assert rows[f"{this - 3}"][:2] == ["–", "–"]
    assert f"En {this - 2}." in page.text and "L612-4" in page.text
    assert f"{this - 2}" in owner.get(sheet(organisation)).texts("//table//th[@scope='row']")


def _cells(page):
    return [
        [" ".join(cell.text_content().split()).removesuffix(" : modifier") for cell in row.xpath("./th|./td")]
        for row in page.tree.xpath("//tbody/tr")
    ]


def test_a_year_that_is_not_shown_is_not_written(owner, organisation):
    this = clock.now().year
    for year in (this + 1, this - 6, 1):
        assert owner.post(years(organisation, year), version=1, budget_cents="1").status_code == 404
    assert "montant" in owner.post(years(organisation, this), version=1, budget_cents="beaucoup").errors["budget_cents"]


def test_a_reader_sees_the_years_and_changes_none(app, organisation):
    reader = Visitor(app, factories.member(organisation, MemberLevel.READER))
    page = reader.get(years(organisation))
    assert page.status_code == 200
    assert page.tree.xpath("//tbody//a") == []
    assert reader.get(years(organisation, clock.now().year - 1)).status_code == 404


# -- approvals, signatory --------------------------------------------------------------------------


def test_approvals_are_listed_once_each_and_taken_away(owner, organisation):
    path = f"/structures/{organisation.id}/agrements"
    owner.post(path, kind="Centre social", given_by="CAF", given_on="15/03/2019")
    assert "déjà dans la liste" in owner.post(path, kind="centre SOCIAL").errors["kind"]
    page = owner.get(sheet(organisation))
    assert "Centre social, CAF, le 15 mars 2019" in page.text
    form = owner.get(path).tree.xpath("//form[contains(@action, '/retirer')]/@action")
    owner.post(form[0])
    assert "Aucun agrément" in owner.get(path).text


def test_an_approval_of_another_structure_is_not_found(app, owner, organisation):
    other = factories.organisation()
    theirs = factories.save(Approval(organisation_id=other.id, kind="ESUS"))
    assert owner.post(f"/structures/{organisation.id}/agrements/{theirs.id}/retirer").status_code == 404


def test_a_signatory_who_is_not_the_representative_needs_a_delegation(owner, organisation):
    told = "Il manque la délégation de signature"
    assert told not in owner.get(sheet(organisation)).text
    owner.post(sheet(organisation), version=1, name="x", kind="association", signatory_name="Lou Petit")
    assert told in owner.get(sheet(organisation)).text


def test_the_list_of_structures_says_which_sheet_to_read_again(owner, organisation):
    assert "Fiche à relire" in owner.get("/structures").text
    owner.post(f"{sheet(organisation)}/exacte")
    assert "Fiche à relire" not in owner.get("/structures").text
