"""Roles given with their scope from screens, ended with their trace; accounts looked after."""

from __future__ import annotations

import pytest

from portal.accounts.models import Grant, JoinRequest, Person
from portal.accounts.queries.grants import holders
from portal.accounts.rules import INSTANCE_ID, Role, ScopeKind
from portal.committee.models import Sitting, SittingKind
from portal.extensions import db
from portal.foundation.events import history_of
from tests import factories
from tests.queries import counted
from tests.visitors import Visitor

INVITED = {"email": "ines@exemple.test", "given_name": "Inès", "family_name": "Moreau"}


@pytest.fixture
def contract(app):
    return factories.contract()


@pytest.fixture
def manager(app, contract):
    return Visitor(app, factories.staff(Role.MANAGER, contract))


@pytest.fixture
def admin(app):
    return Visitor(app, factories.admin())


def sitting(contract) -> Sitting:
    kind = factories.save(SittingKind(contract_id=contract.id, code="copil", label="COPIL", position=1))
    return factories.save(
        Sitting(
            kind_id=kind.id, contract_id=contract.id, title="COPIL de printemps", held_on=factories.date(2026, 4, 2)
        )
    )


def roles(kind: ScopeKind, scope_id: int) -> list[tuple[str, str]]:
    return [(holder.email, holder.role.value) for holder in holders(kind, scope_id)]


@pytest.mark.parametrize("role", ["officer", "manager", "delegate", "steering"])
def test_a_manager_gives_the_roles_of_the_contract(app, manager, contract, role, mailbox, anonymous):
    answer = manager.post(f"/personnes/inviter?portee=contract-{contract.id}", role=role, **INVITED)
    assert answer.location == f"/personnes/acces?portee=contract-{contract.id}"
    assert ("ines@exemple.test", role) in roles(ScopeKind.CONTRACT, contract.id)
    mail = mailbox.one()
    assert (mail.to, mail.subject) == ("ines@exemple.test", "Invitation sur le portail du Contrat de ville")
    assert anonymous.post(mail.link, password="les figues mûrissent en août").location == "/connexion"


def test_a_manager_gives_the_roles_of_calls_funders_quartiers_and_sittings(manager, contract):
    call = factories.call(contract)
    state = factories.funder("État", factories.FunderKind.STATE)
    caf = factories.funder("CAF", factories.FunderKind.CAF)
    quartier = factories.quartier(contract, "Beisson")
    held = sitting(contract)
    wanted = [
        (ScopeKind.CALL, call.id, "reviewer"),
        (ScopeKind.FUNDER, state.id, "state_officer"),
        (ScopeKind.FUNDER, caf.id, "funder_agent"),
        (ScopeKind.QUARTIER, quartier.id, "resident"),
        (ScopeKind.SITTING, held.id, "resident"),
    ]
    for kind, scope_id, role in wanted:
        page = manager.get(f"/personnes/inviter?portee={kind}-{scope_id}")
        assert page.tree.xpath('//input[@name="role"]/@value') == [role]
        manager.post(f"/personnes/inviter?portee={kind}-{scope_id}", role=role, **INVITED)
        assert roles(kind, scope_id) == [("ines@exemple.test", role)]


def test_an_admin_gives_the_instance(admin, mailbox):
    known = factories.person(email="ines@exemple.test")
    admin.post(f"/personnes/inviter?portee=instance-{INSTANCE_ID}", role="admin", **INVITED)
    assert (known.email, "admin") in roles(ScopeKind.INSTANCE, INSTANCE_ID)
    assert mailbox.one().subject == "Vous avez un nouvel accès"


def test_a_manager_gives_neither_the_instance_nor_what_is_another_contract_s(app, manager):
    other = factories.contract()
    call = factories.call(other)
    for code in (f"instance-{INSTANCE_ID}", f"contract-{other.id}", f"call-{call.id}", "contract-0", "x", ""):
        assert manager.get(f"/personnes/acces?portee={code}").status_code == 404
        assert manager.post(f"/personnes/inviter?portee={code}", role="officer", **INVITED).status_code == 404
    assert db.session.execute(db.select(Person).where(Person.email_fold == "ines@exemple.test")).all() == []


def test_a_role_of_another_scope_is_refused(manager, contract):
    page = manager.post(f"/personnes/inviter?portee=contract-{contract.id}", role="admin", **INVITED)
    assert list(page.errors) == ["role"]


def test_a_role_held_already_is_told_at_the_address(manager, contract):
    for _ in range(2):
        page = manager.post(f"/personnes/inviter?portee=contract-{contract.id}", role="officer", **INVITED)
    assert page.errors == {"email": "Cette personne a déjà cet accès."}
    assert len(roles(ScopeKind.CONTRACT, contract.id)) == 2


def test_losing_a_staff_role_ends_the_sessions_and_leaves_a_trace(app, manager, contract):
    officer = factories.staff(Role.OFFICER, contract)
    grant = db.session.execute(db.select(Grant).where(Grant.person_id == officer.id)).scalar_one()
    visitor = Visitor(app, officer)
    assert visitor.get("/compte").status_code == 200
    manager.post(f"/personnes/acces/{grant.id}/fin")
    assert visitor.get("/compte").location.startswith("/connexion")
    assert history_of("grant", grant.id)[-1].action == "grant.ended"
    assert history_of("grant", grant.id)[-1].actor_person_id == manager.person_id
    assert manager.post(f"/personnes/acces/{grant.id}/fin").status_code == 409


def test_a_manager_cannot_end_what_is_not_theirs(app, manager, contract):
    elsewhere = factories.staff(Role.OFFICER, factories.contract())
    boss = factories.admin()
    for person in (elsewhere, boss):
        grant = db.session.execute(db.select(Grant).where(Grant.person_id == person.id)).scalar_one()
        assert manager.post(f"/personnes/acces/{grant.id}/fin").status_code == 404


def test_the_last_admin_stays(app, admin):
    grant = db.session.execute(db.select(Grant).where(Grant.role == Role.ADMIN)).scalar_one()
    assert admin.post(f"/personnes/acces/{grant.id}/fin").status_code == 409


def test_an_officer_does_not_find_the_pages_of_people(app, contract):
    officer = Visitor(app, factories.staff(Role.OFFICER, contract))
    assert officer.get("/personnes").status_code == 404
    assert officer.get(f"/personnes/acces?portee=contract-{contract.id}").status_code == 404
    assert officer.get("/personnes/comptes").status_code == 404


def test_a_manager_finds_the_lists_but_not_the_accounts(manager, contract):
    page = manager.get("/personnes")
    assert f"/personnes/acces?portee=contract-{contract.id}" in page.tree.xpath("//td/..//a/@href")
    assert manager.get("/personnes/comptes").status_code == 404


def test_an_admin_finds_an_account_and_its_history(admin, contract):
    officer = factories.staff(Role.OFFICER, contract)
    assert "Sacha officer" in admin.get("/personnes/comptes?q=sacha").text
    page = admin.get(f"/personnes/comptes/{officer.id}")
    assert "Chargé·e de mission" in page.text
    assert contract.name in page.text


def test_a_lost_second_factor_is_reset_by_an_admin_with_a_reason(app, admin, contract, mailbox):
    officer = factories.staff(Role.OFFICER, contract)
    visitor = Visitor(app, officer)
    path = f"/personnes/comptes/{officer.id}/double-authentification"
    assert list(admin.post(path, reason="").errors) == ["reason"]
    admin.post(path, reason="Reconnue au guichet")
    assert db.session.get_one(Person, officer.id).totp_confirmed_at is None
    assert history_of("person", officer.id)[-1].details == {"reason": "Reconnue au guichet"}
    assert mailbox.one().subject == "Votre double authentification est réinitialisée"
    assert visitor.get("/compte").location.startswith("/connexion")


def test_a_closed_account_is_signed_out_and_reopens(app, admin):
    person = factories.person()
    visitor = Visitor(app, person)
    admin.post(f"/personnes/comptes/{person.id}/fermer", reason="Départ")
    assert visitor.get("/compte").location.startswith("/connexion")
    admin.post(f"/personnes/comptes/{person.id}/rouvrir")
    assert db.session.get_one(Person, person.id).disabled_at is None


def test_an_invitation_is_sent_again(admin, manager, contract, mailbox):
    manager.post(f"/personnes/inviter?portee=contract-{contract.id}", role="officer", **INVITED)
    invited = db.session.execute(db.select(Person).where(Person.email_fold == "ines@exemple.test")).scalar_one()
    admin.post(f"/personnes/comptes/{invited.id}/relancer")
    assert [mail.subject for mail in mailbox.collect()] == ["Invitation sur le portail du Contrat de ville"] * 2


def test_lists_ask_as_many_queries_for_one_person_and_for_many(app, admin, contract):
    organisation = factories.organisation()
    owner = Visitor(app, factories.member(organisation))
    code = f"contract-{contract.id}"
    lists = [
        (admin, "/personnes"),
        (admin, "/personnes/comptes"),
        (admin, f"/personnes/acces?portee={code}"),
        (owner, f"/structures/{organisation.id}/membres"),
        (admin, "/personnes/demandes"),
    ]

    def grow(count: int) -> None:
        for _ in range(count):
            factories.staff(Role.OFFICER, contract)
            factories.call(contract)
            asker = factories.member(organisation)
            empty = factories.organisation()
            for joined in (organisation, empty):
                factories.save(
                    JoinRequest(organisation_id=joined.id, person_id=asker.id, created_at=factories.clock.now())
                )

    def costs() -> list[int]:
        found = []
        for visitor, path in lists:
            with counted() as counter:
                assert visitor.get(path).status_code == 200
            found.append(len(counter))
        return found

    grow(1)
    few = costs()
    grow(30)
    assert costs() == few
