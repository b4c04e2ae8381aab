"""A new bank account waits for a call-back before anything is paid."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.accounts.models import BankAccount, ReadAudit
from portal.accounts.operations import banking as operations
from portal.accounts.operations.people import by
from portal.accounts.queries.banking import payments_frozen, phone_changed_at, why_payments_wait
from portal.accounts.queries.structures import structures_page
from portal.accounts.rules import MemberLevel, Role, ScopeKind
from portal.calls.states import ApplicationStatus
from portal.extensions import db
from portal.foundation.database import in_unit_of_work
from portal.foundation.events import history_of
from tests import factories
from tests.factories import save
from tests.queries import counted
from tests.visitors import Visitor

FIRST, SECOND = "FR7630006000011234567890189", "FR1420041010050500013M02606"
CALLED = {"called_name": "Mme Roche, trésorière", "called_number": "04 42 00 00 00"}


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


def give_account(organisation, person, iban=FIRST, holder="Les Ateliers du Vallon"):
    return in_unit_of_work(lambda: operations.change_bank_account(organisation, iban, None, holder, actor=by(person)))


def page(organisation):
    return f"/direction/structures/{organisation.id}/compte"


def answer(visitor, organisation, account, said="yes"):
    return visitor.post(page(organisation), account_id=account.id, answer=said, **CALLED)


def in_force(organisation):
    db.session.expire_all()
    return db.session.execute(
        sa.select(BankAccount).where(BankAccount.organisation_id == organisation.id, BankAccount.replaced_at.is_(None))
    ).scalar_one()


def test_nothing_is_paid_without_an_account_nor_before_the_call(organisation, owner, officer):
    assert "pas donné de compte" in why_payments_wait(organisation.id)
    account = give_account(organisation, owner)
    assert "vérifié par téléphone" in why_payments_wait(organisation.id)
    answer(officer, organisation, account)
    assert not payments_frozen(organisation.id)


def test_a_changed_iban_freezes_payments_again_and_tells_the_owners(organisation, owner, officer, mailbox):
    answer(officer, organisation, give_account(organisation, owner))
    assert mailbox.collect() == []
    give_account(organisation, owner, SECOND)
    assert payments_frozen(organisation.id)
    mail = mailbox.one()
    assert (mail.to, mail.link) == (owner.email, f"/structures/{organisation.id}/compte-bancaire")
    assert SECOND not in mail.text and "2606" not in mail.text


def test_the_same_numbers_sent_again_keep_the_confirmation(organisation, owner, officer):
    answer(officer, organisation, give_account(organisation, owner))
    give_account(organisation, owner)
    assert not payments_frozen(organisation.id)


def test_the_call_leaves_its_trace_without_naming_anybody_in_the_journal(organisation, owner, officer):
    account = give_account(organisation, owner)
    answer(officer, organisation, account)
    kept = in_force(organisation)
    assert (kept.called_name, kept.called_number) == tuple(CALLED.values())
    assert kept.checked_by_id == officer.person_id and kept.checked_at is not None
    event = history_of("organisation", organisation.id)[-1]
    assert (event.action, event.actor_person_id) == ("organisation.bank_account_checked", officer.person_id)
    assert event.details == {"account": account.id, "personal": ["called_name", "called_number"]}


def test_an_account_that_the_structure_does_not_know_stays_frozen_and_is_told(organisation, owner, officer, mailbox):
    account = give_account(organisation, owner)
    answer(officer, organisation, account, "no")
    assert "pas reconnu" in why_payments_wait(organisation.id)
    assert mailbox.one().to == owner.email
    assert "déjà sa réponse" in answer(officer, organisation, account).text


def test_an_account_changed_meanwhile_is_not_confirmed_in_place_of_the_new_one(organisation, owner, officer):
    seen = give_account(organisation, owner)
    give_account(organisation, owner, SECOND)
    assert "changé de compte entre-temps" in answer(officer, organisation, seen).text
    assert payments_frozen(organisation.id)


def test_nobody_confirms_an_account_they_typed_nor_that_of_their_own_structure(app, contract, organisation, owner):
    both = factories.staff(Role.OFFICER, contract)
    factories.grant(both, Role.APPLICANT, ScopeKind.ORGANISATION, organisation.id, MemberLevel.EDITOR)
    told = answer(Visitor(app, both), organisation, give_account(organisation, owner))
    assert "Une autre personne" in told.text
    typist = factories.staff(Role.MANAGER, contract)
    told = answer(Visitor(app, typist), organisation, give_account(organisation, typist, SECOND))
    assert "Une autre personne" in told.text
    assert payments_frozen(organisation.id)


def test_what_is_missing_is_told_beside_its_field_and_nothing_is_confirmed(organisation, owner, officer):
    account = give_account(organisation, owner)
    told = officer.post(page(organisation), account_id=account.id)
    assert set(told.errors) == {"called_name", "called_number", "answer"}
    assert payments_frozen(organisation.id)


def test_the_whole_number_is_shown_once_the_password_is_recent_and_its_reading_is_recorded(
    app, organisation, owner, officer
):
    give_account(organisation, owner, holder="Jean Dupont")
    shown = officer.get(page(organisation))
    assert "FR76 3000 6000 0112 3456 7890 189" in shown.text
    assert "Le titulaire n’est pas la structure" in shown.text
    (audit,) = db.session.execute(sa.select(ReadAudit)).scalars()
    assert (audit.what, audit.person_id) == ("bank_account.read", officer.person_id)
    with officer.client.session_transaction() as session:
        session["confirmed_at"] = 0
    assert "/confirmer" in officer.get(page(organisation)).location


def test_a_phone_changed_on_the_sheet_is_told_before_calling(app, organisation, owner, officer):
    give_account(organisation, owner)
    assert "Un téléphone de la fiche a changé" not in officer.get(page(organisation)).text
    Visitor(app, owner).post(
        f"/structures/{organisation.id}/fiche",
        version=1,
        name=organisation.name,
        kind="association",
        phone="0612345678",
    )
    assert phone_changed_at(organisation.id) is not None
    assert "Un téléphone de la fiche a changé" in officer.get(page(organisation)).text


def test_another_contract_s_direction_does_not_find_the_structure_nor_its_account(app, organisation, owner):
    give_account(organisation, owner)
    other = Visitor(app, factories.staff(Role.MANAGER, factories.contract()))
    assert {
        other.get(path).status_code for path in (page(organisation), f"/direction/structures/{organisation.id}")
    } == {404}
    assert "Les Ateliers du Vallon" not in other.get("/direction/structures").text


def test_somebody_recused_from_a_dossier_sees_nothing_of_its_structure(app, contract, organisation, owner):
    give_account(organisation, owner)
    who = factories.staff(Role.MANAGER, contract)
    from portal.calls.models import Application

    factories.recusal(who, db.session.execute(sa.select(Application)).scalar_one())
    visitor = Visitor(app, who)
    assert visitor.get(page(organisation)).status_code == 404
    listed = visitor.get("/direction/structures")
    assert "Les Ateliers du Vallon" not in listed.text and "à vérifier par téléphone" not in listed.text


def test_the_list_finds_by_name_or_number_and_shows_the_accounts_that_wait(app, organisation, owner, officer):
    factories.organisation("Une autre structure")
    give_account(organisation, owner)
    rows = "//tbody//th"
    assert officer.get("/direction/structures").texts(rows) == ["Les Ateliers du Vallon", "Une autre structure"]
    assert officer.get("/direction/structures?etat=compte").texts(rows) == ["Les Ateliers du Vallon"]
    assert officer.get("/direction/structures?etat=responsable").texts(rows) == ["Une autre structure"]
    for asked in ("vallon", organisation.siren[:5], organisation.siret):
        assert "Les Ateliers du Vallon" in officer.get(f"/direction/structures?q={asked}").texts(rows)


def test_two_accounts_cannot_be_in_force_at_once(organisation, owner):
    give_account(organisation, owner)
    with pytest.raises(sa.exc.IntegrityError):
        save(BankAccount(organisation_id=organisation.id, iban=SECOND, holder="x", created_at=organisation.created_at))


def test_the_list_costs_the_same_whatever_it_holds(app, contract, organisation, owner):
    give_account(organisation, owner)

    def listed():
        with counted() as queries:
            page = structures_page([contract.id], owner.id, "", "", 1)
        return len(page.rows), len(queries)

    one = listed()
    for _ in range(5):
        give_account(factories.organisation(), owner)
    assert (one[0], listed()) == (1, (6, one[1]))
