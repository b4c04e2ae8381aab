"""The address book of a contract."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.accounts.rules import Role
from portal.contracts.models import PartnerContact
from portal.extensions import db
from portal.foundation.events import Event
from tests import factories
from tests.queries import counted
from tests.visitors import Visitor

SHEET = {"name": "DASEN", "kind": "state_service", "email": "dasen@ac.test", "person_name": "Mme Roux", "funder_id": ""}


@pytest.fixture
def contract(app):
    return factories.contract()


@pytest.fixture
def officer(app, contract):
    return Visitor(app, factories.staff(Role.OFFICER, contract))


def base(contract):
    return f"/contrats/{contract.id}/partenaires"


def book():
    db.session.rollback()
    rows = db.session.execute(
        sa.select(PartnerContact.name, PartnerContact.email, PartnerContact.retired_at).order_by(PartnerContact.id)
    )
    return [(name, email, retired is not None) for name, email, retired in rows]


def test_the_direction_keeps_its_address_book(contract, officer):
    assert officer.post(f"{base(contract)}/ajouter", **SHEET).location == base(contract)
    (partner,) = db.session.scalars(sa.select(PartnerContact))
    line = f"{base(contract)}/{partner.id}"
    officer.post(line, **SHEET | {"email": "ce.dasen@ac.test", "version": "1"})
    assert book() == [("DASEN", "ce.dasen@ac.test", False)]
    officer.post(f"{line}/retirer")
    assert book() == [("DASEN", "ce.dasen@ac.test", True)]
    officer.post(f"{line}/remettre")
    officer.post(f"{line}/oublier")
    assert book() == [("DASEN", None, False)]


def test_the_journal_names_the_fields_and_keeps_no_address(contract, officer):
    officer.post(f"{base(contract)}/ajouter", **SHEET)
    (partner,) = db.session.scalars(sa.select(PartnerContact))
    officer.post(f"{base(contract)}/{partner.id}", **SHEET | {"email": "autre@ac.test", "version": "1"})
    told = str([(event.action, event.details) for event in db.session.scalars(sa.select(Event))])
    assert ("partner_contact.changed" in told, "@ac.test" in told, "Roux" in told) == (True, False, False)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": " "}, "name"),
        ({"email": "pas une adresse"}, "email"),
        ({"kind": "roi"}, "kind"),
        ({"name": "x" * 201}, "name"),
    ],
)
def test_what_cannot_be_kept_is_told_at_its_field(contract, officer, fields, wrong):
    assert set(officer.post(f"{base(contract)}/ajouter", **SHEET | fields).errors) == {wrong}
    assert book() == []


def test_the_same_name_or_funder_twice_is_refused(contract, officer):
    funder = factories.funder("Métropole")
    officer.post(f"{base(contract)}/ajouter", **SHEET | {"funder_id": str(funder.id)})
    assert set(officer.post(f"{base(contract)}/ajouter", **SHEET | {"name": "dasen"}).errors) == {"name"}
    again = officer.post(f"{base(contract)}/ajouter", **SHEET | {"name": "Autre", "funder_id": str(funder.id)})
    assert set(again.errors) == {"funder_id"}


def test_the_second_writer_sees_both(contract, officer):
    officer.post(f"{base(contract)}/ajouter", **SHEET)
    (partner,) = db.session.scalars(sa.select(PartnerContact))
    line = f"{base(contract)}/{partner.id}"
    officer.post(line, **SHEET | {"person_name": "M. Blanc", "version": "1"})
    answer = officer.post(line, **SHEET | {"person_name": "Mme Noir", "version": "1"})
    assert ("M. Blanc" in answer.text, "Mme Noir" in answer.text) == (True, True)


def test_the_book_of_a_contract_is_its_own(app, contract, officer):
    other = factories.contract("ailleurs")
    officer.post(f"{base(contract)}/ajouter", **SHEET)
    (partner,) = db.session.scalars(sa.select(PartnerContact))
    stranger = Visitor(app, factories.staff(Role.MANAGER, other))
    assert stranger.get(f"{base(contract)}/{partner.id}").status_code == 404
    assert stranger.get(f"{base(other)}/{partner.id}").status_code == 404
    delegate = Visitor(app, factories.staff(Role.DELEGATE, contract))
    assert delegate.get(base(contract)).status_code == 404


def test_the_book_is_paged_and_searched(contract, officer):
    def look():
        with counted() as counter:
            assert officer.get(base(contract)).status_code == 200
        return len(counter)

    officer.post(f"{base(contract)}/ajouter", **SHEET)
    look()
    one = look()
    for number in range(55):
        officer.post(f"{base(contract)}/ajouter", **SHEET | {"name": f"École {number}"})
    assert look() == one
    assert len(officer.get(base(contract)).texts("//tbody/tr")) == 50
    assert officer.get(f"{base(contract)}?q=ECOLE 54").texts("//tbody//th") == ["École 54"]
