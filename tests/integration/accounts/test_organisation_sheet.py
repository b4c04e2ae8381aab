"""The sheet of a structure on its own page, and what it keeps for later."""

from __future__ import annotations

import pytest

from portal.accounts.models import Organisation
from portal.accounts.rules import MemberLevel
from portal.extensions import db
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
