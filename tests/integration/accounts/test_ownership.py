"""Who answers for a structure: handed over by its owner, given back by the Direction on evidence."""

from __future__ import annotations

import io

import pytest
import sqlalchemy as sa

from portal.accounts.models import OwnershipRestoration, ReadAudit
from portal.accounts.queries.membership import members_of, owners_of
from portal.accounts.rules import MemberLevel, Role
from portal.calls.states import ApplicationStatus
from portal.extensions import db
from portal.foundation.events import history_of
from tests import factories
from tests.visitors import Visitor

PDF = b"%PDF-1.4\n%%EOF"


@pytest.fixture
def contract(app):
    return factories.contract()


@pytest.fixture
def organisation(app, contract):
    made = factories.organisation("Les Ateliers du Vallon")
    factories.application(factories.call(contract), made, status=ApplicationStatus.SUBMITTED)
    return made


@pytest.fixture
def owner(app, organisation):
    return factories.member(organisation)


@pytest.fixture
def officer(app, contract):
    return Visitor(app, factories.staff(Role.OFFICER, contract))


def levels(organisation):
    db.session.expire_all()
    return {member.person_id: member.level for member in members_of(organisation.id)}


def grant_of(person):
    return person.grants[0].id


# -- handed over -----------------------------------------------------------------------------------


def test_an_owner_hands_over_then_may_leave(app, organisation, owner, mailbox):
    other = factories.member(organisation, MemberLevel.READER)
    visitor = Visitor(app, owner)
    assert visitor.post(f"/structures/{organisation.id}/quitter").status_code == 409
    visitor.post(f"/structures/membres/{grant_of(other)}/transmettre")
    assert levels(organisation) == {owner.id: MemberLevel.EDITOR, other.id: MemberLevel.OWNER}
    assert mailbox.one().to == other.email
    assert visitor.post(f"/structures/{organisation.id}/quitter").status_code == 302
    assert levels(organisation) == {other.id: MemberLevel.OWNER}


def test_nobody_hands_over_to_who_has_no_account_yet_nor_without_being_responsible(app, organisation, owner):
    invited = factories.member(organisation, MemberLevel.EDITOR)
    from portal.foundation.database import unit_of_work

    with unit_of_work():
        db.session.get_one(type(invited), invited.id).confirmed_at = None
    path = f"/structures/membres/{grant_of(invited)}/transmettre"
    assert "pas encore ouvert son compte" in Visitor(app, owner).post(path).text
    editor = factories.member(organisation, MemberLevel.EDITOR)
    assert Visitor(app, editor).post(path).status_code == 404
    assert levels(organisation)[owner.id] is MemberLevel.OWNER


# -- given back ------------------------------------------------------------------------------------


def restore(visitor, organisation, **values):
    sent = {
        "email": "nouvelle@exemple.test", "given_name": "Ada", "family_name": "Neuve",
        "reason": "Nouveau bureau élu le 3 mars", "file": (io.BytesIO(PDF), "pv.pdf"),
    }  # fmt: skip
    return visitor.post(f"/direction/structures/{organisation.id}/responsable", **{**sent, **values})


def test_the_direction_gives_a_structure_back_on_evidence_and_tells_its_owners(organisation, owner, officer, mailbox):
    answer = restore(officer, organisation)
    assert answer.location == f"/direction/structures/{organisation.id}"
    assert [each.email for each in owners_of(organisation.id)] == [owner.email, "nouvelle@exemple.test"]
    told = {mail.to: mail for mail in mailbox.collect()}
    assert set(told) == {owner.email, "nouvelle@exemple.test"}
    assert told[owner.email].link == f"/structures/{organisation.id}/membres"
    event = history_of("organisation", organisation.id)[-1]
    assert (event.action, event.actor_person_id) == ("organisation.ownership_restored", officer.person_id)
    shown = officer.get(answer.location)
    assert "Nouveau bureau élu le 3 mars" in shown.text
    (proof,) = shown.tree.xpath("//a[starts-with(., 'justificatif')]/@href")
    assert officer.get(proof).data == PDF
    assert db.session.scalars(sa.select(ReadAudit.what)).all() == ["ownership_proof.read"]


def test_a_member_becomes_responsible_without_a_second_access(organisation, officer):
    member = factories.member(organisation, MemberLevel.READER)
    restore(officer, organisation, email=member.email)
    assert levels(organisation) == {member.id: MemberLevel.OWNER}


def test_without_evidence_or_reason_or_for_oneself_nothing_is_given(organisation, owner, officer):
    assert set(restore(officer, organisation, reason="", file=(io.BytesIO(b""), "")).errors) == {"reason", "file"}
    mine = db.session.execute(
        sa.text("select email from person where id = :id"), {"id": officer.person_id}
    ).scalar_one()
    db.session.rollback()
    assert "vous-même" in restore(officer, organisation, email=mine).errors["email"]
    assert "déjà responsable" in restore(officer, organisation, email=owner.email).errors["email"]
    assert levels(organisation) == {owner.id: MemberLevel.OWNER}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(OwnershipRestoration)) == 0


def test_the_password_is_asked_again_and_another_contract_s_direction_finds_nothing(app, organisation, officer):
    with officer.client.session_transaction() as session:
        session["confirmed_at"] = 0
    assert restore(officer, organisation).location.startswith("/connexion/confirmer")
    other = Visitor(app, factories.staff(Role.MANAGER, factories.contract()))
    assert restore(other, organisation).status_code == 404


def test_a_structure_that_filed_nothing_is_any_direction_s_to_give_back(app, officer):
    unknown = factories.organisation("Inconnue")
    assert restore(officer, unknown).status_code == 302
