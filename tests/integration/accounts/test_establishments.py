"""The dated SIRETs of a structure and its officers, as its members see and write them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from stdnum import luhn

from portal.accounts.models import Establishment, Mandate, Organisation
from portal.accounts.rules import MemberLevel
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.events import history_of
from portal.foundation.periods import to_paris
from tests import factories
from tests.visitors import Visitor


@pytest.fixture
def organisation(app):
    return factories.organisation("Les Ateliers du Vallon")


@pytest.fixture
def editor(app, organisation):
    return Visitor(app, factories.member(organisation, MemberLevel.EDITOR))


def siret(siren, nic="0002"):
    return siren + nic + luhn.calc_check_digit(siren + nic)


def page(organisation, rest=""):
    return f"/structures/{organisation.id}/etablissements{rest}"


def stored(organisation):
    db.session.expire_all()
    return db.session.get_one(Organisation, organisation.id)


def places(organisation):
    return {place.siret: (place.starts_on, place.ends_on) for place in stored(organisation).establishments}


def test_a_moved_seat_adds_a_siret_then_ends_the_one_before(editor, organisation):
    old, new = organisation.siret, siret(organisation.siren)
    editor.post(page(organisation), siret=new, starts_on="01/09/2025")
    assert stored(organisation).siret == new
    assert "Siège" in editor.get(page(organisation)).text
    (first,) = (place for place in stored(organisation).establishments if place.siret == old)
    editor.post(page(organisation, f"/{first.id}/fin"), ends_on="31/08/2025")
    assert places(organisation) == {old: (date(2015, 1, 1), date(2025, 8, 31)), new: (date(2025, 9, 1), None)}
    assert [event.action for event in history_of("organisation", organisation.id)] == [
        "organisation.siret_added", "organisation.siret_ended",
    ]  # fmt: skip
    assert stored(organisation).version == 3


def test_a_siret_must_exist_share_the_siren_and_be_nobody_s(editor, organisation):
    other = factories.organisation()
    since = {"starts_on": "01/09/2025"}
    for typed, told in (
        (siret(other.siren), "neuf premiers chiffres"),
        (organisation.siret, "déjà celui"),
        (siret(organisation.siren)[:-1] + "x", "chiffres"),
        ("12", "14 chiffres"),
    ):
        assert told in editor.post(page(organisation), siret=typed, **since).errors["siret"]
    wrong = siret(organisation.siren)
    wrong = wrong[:-1] + str((int(wrong[-1]) + 1) % 10)
    assert "mal recopié" in editor.post(page(organisation), siret=wrong, **since).errors["siret"]
    assert len(places(organisation)) == 1


def test_la_poste_has_its_own_key(app):
    # Its establishments follow another rule: the digits add to a multiple of five.
    poste = factories.organisation("La Poste", siren="356000000")
    editor = Visitor(app, factories.member(poste))
    assert editor.post(page(poste), siret="356 000 000 49837", starts_on="01/01/2020").status_code == 302
    assert "35600000049837" in places(poste)


def test_dates_to_come_or_upside_down_are_refused(editor, organisation):
    tomorrow = f"{to_paris(clock.now()).date() + timedelta(days=1):%d/%m/%Y}"
    new = siret(organisation.siren)
    assert "à venir" in editor.post(page(organisation), siret=new, starts_on=tomorrow).errors["starts_on"]
    editor.post(page(organisation), siret=new, starts_on="01/09/2025")
    (place,) = (place for place in stored(organisation).establishments if place.siret == new)
    end = page(organisation, f"/{place.id}/fin")
    assert "précéder" in editor.post(end, ends_on="31/08/2025").errors["ends_on"]
    assert "à venir" in editor.post(end, ends_on=tomorrow).errors["ends_on"]
    assert set(editor.post(end).errors) == {"ends_on"}


def test_a_structure_keeps_one_siret_in_force(editor, organisation):
    (place,) = stored(organisation).establishments
    told = editor.post(page(organisation, f"/{place.id}/fin"), ends_on="31/08/2025")
    assert "Ajoutez d’abord" in told.errors["ends_on"]


def test_another_structure_s_siret_is_not_found(app, editor, organisation):
    other = factories.organisation()
    (theirs,) = other.establishments
    assert editor.post(page(organisation, f"/{theirs.id}/fin"), ends_on="31/08/2025").status_code == 404
    reader = Visitor(app, factories.member(organisation, MemberLevel.READER))
    assert reader.get(page(organisation)).status_code == 404


def test_the_last_opened_siret_counts_whatever_the_order_of_unknown_dates(app):
    made = Organisation(name="x", name_fold="x", establishments=[])
    made.establishments = [
        Establishment(siret="2" * 14, starts_on=date(2020, 1, 1)), Establishment(siret="1" * 14, starts_on=None),
    ]  # fmt: skip
    assert made.siret == "2" * 14
    db.session.rollback()


# -- officers --------------------------------------------------------------------------------------


def officers(organisation, rest=""):
    return f"/structures/{organisation.id}/dirigeants{rest}"


JEANNE = {"holder_name": "Jeanne Martin", "office": "Présidente", "starts_on": "01/02/2024"}


def test_the_structure_says_who_directs_it_and_until_when(editor, organisation):
    editor.post(officers(organisation, "/ajouter"), **JEANNE)
    shown = editor.get(officers(organisation))
    assert "Jeanne Martin Présidente 1er février 2024 en cours" in shown.text
    (link,) = shown.tree.xpath("//tbody//a/@href")
    assert "précéder" in editor.post(link, **JEANNE, ends_on="01/01/2024").errors["ends_on"]
    editor.post(link, **JEANNE, ends_on="31/01/2026")
    assert "31 janvier 2026" in editor.get(officers(organisation)).text
    event = history_of("organisation", organisation.id)[-1]
    assert event.action == "organisation.officer_changed" and "Jeanne" not in str(event.details)


def test_what_is_missing_is_told_beside_its_field(editor, organisation):
    assert set(editor.post(officers(organisation, "/ajouter")).errors) == {"holder_name", "office", "starts_on"}


def declared(organisation, person, office):
    return factories.save(
        Mandate(
            organisation_id=organisation.id, person_id=person.id, holder_name=person.display_name, office=office,
            starts_on=date(2024, 1, 1),
        )
    )  # fmt: skip


def test_what_its_members_declared_is_shown_and_theirs_and_what_others_declared_is_not_shown(app, editor, organisation):
    mine = declared(organisation, factories.member(organisation), "Trésorier")
    theirs = declared(organisation, factories.person("Rémi", "Comité"), "Conjoint de la directrice")
    shown = editor.get(officers(organisation)).text
    assert "Trésorier" in shown and "déclaré par la personne" in shown
    assert "Comité" not in shown and "Conjoint" not in shown
    for mandate in (mine, theirs):
        assert editor.post(officers(organisation, f"/{mandate.id}"), **JEANNE).status_code == 404


def test_a_reader_looks_and_writes_nothing(app, organisation):
    reader = Visitor(app, factories.member(organisation, MemberLevel.READER))
    assert reader.get(officers(organisation)).status_code == 200
    assert reader.post(officers(organisation, "/ajouter"), **JEANNE).status_code == 404
