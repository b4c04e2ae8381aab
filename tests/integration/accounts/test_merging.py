"""A structure absorbed by another: what moves, what cannot, what stays as the trace; a structure dissolved."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from portal.accounts import merging
from portal.accounts.models import (
    Approval,
    BankAccount,
    Establishment,
    JoinRequest,
    Mandate,
    Organisation,
    OrganisationKind,
    OrganisationYear,
    OwnershipRestoration,
    VaultDocument,
)
from portal.accounts.operations.merging import absorb, obstacles
from portal.accounts.queries.banking import bank_account_of, payments_frozen
from portal.accounts.queries.membership import members_of, organisation_by_rna, organisation_by_siren
from portal.accounts.rules import MemberLevel, Role, ScopeKind
from portal.accounts.rules.merging import check_may_file, level_after
from portal.calls.models import Application, Recusal
from portal.calls.states import ApplicationStatus, Origin, RecusalSource
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import SYSTEM
from portal.foundation.database import in_unit_of_work, unit_of_work
from portal.foundation.events import history_of
from portal.foundation.files import StoredFile
from portal.foundation.periods import to_paris
from portal.foundation.refusals import Refusal
from tests import factories
from tests.factories import save
from tests.visitors import Visitor

IBAN = "FR7630006000011234567890189"


@pytest.fixture
def contract(app):
    return factories.contract()


@pytest.fixture
def call(contract):
    return factories.call(contract, title="Appel 2026")


@pytest.fixture
def absorbed(app, call):
    made = factories.organisation("Les Ateliers")
    factories.application(call, made, status=ApplicationStatus.SUBMITTED, title="Lire")
    return made


@pytest.fixture
def successor(app, call):
    made = factories.organisation("Le Grand Vallon")
    factories.application(call, made, status=ApplicationStatus.SUBMITTED, title="Chanter")
    return made


@pytest.fixture
def manager(app, contract):
    return Visitor(app, factories.staff(Role.MANAGER, contract))


def path(organisation, other=None):
    return f"/direction/structures/{organisation.id}/fusion" + (f"?vers={other.id}" if other else "")


def confirm(visitor, absorbed, successor, **values):
    return visitor.post(path(absorbed, successor), **{"reason": "Fusion votée le 12 mars", "is_sure": "y", **values})


def join(absorbed, successor):
    in_unit_of_work(lambda: absorb(absorbed, successor, "Doublon", actor=SYSTEM))
    db.session.expire_all()


def nameless(name, **values):
    """A structure that an import knows by its name alone."""
    return save(
        Organisation(
            name=name, name_fold=name.lower(), kind=OrganisationKind.UNKNOWN, printed_key=name.lower(),
            created_at=clock.now(), **values,
        )
    )  # fmt: skip


def stored_file():
    return save(
        StoredFile(
            path=f"x/{clock.now().timestamp()}", original_name="a.pdf", media_type="application/pdf", size_bytes=1,
            sha256="0" * 64, created_at=clock.now(),
        )
    )  # fmt: skip


def fresh(thing):
    db.session.expire_all()
    return db.session.get_one(type(thing), thing.id)


def test_every_table_that_names_an_organisation_knows_how_to_follow(app):
    naming = {
        table.name
        for table in db.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name == "organisation" and table.name != "organisation"
    }
    followed = {mover.table for mover in merging.movers()}
    assert naming <= followed, f"register a mover (portal/accounts/merging.py) for {sorted(naming - followed)}"


# -- the screen ------------------------------------------------------------------------------------


def test_the_manager_chooses_sees_what_moves_and_confirms(manager, absorbed, successor, mailbox):
    member = factories.member(absorbed)
    assert manager.get(f"/direction/structures/{absorbed.id}").tree.xpath(f"//a[@href='{path(absorbed)}']")
    found = manager.get(f"{path(absorbed)}?q=vallon")
    (link,) = found.tree.xpath("//a[starts-with(., 'Choisir')]/@href")
    shown = manager.get(link).text
    assert "1 dossier" in shown and "1 membre" in shown and "1 SIRET" not in shown and "clos aujourd’hui" in shown
    assert "Noa Membre : responsable" in shown
    answer = confirm(manager, absorbed, successor)
    assert answer.location == f"/direction/structures/{successor.id}"
    titles = sa.select(Application.title).where(Application.organisation_id == successor.id)
    assert set(db.session.scalars(titles)) == {"Lire", "Chanter"}
    assert fresh(absorbed).merged_into_id == successor.id
    mail = mailbox.one()
    assert (mail.to, mail.link) == (member.email, f"/structures/{successor.id}/membres")


def test_without_a_reason_and_a_second_yes_nothing_moves(manager, absorbed, successor):
    told = manager.post(path(absorbed, successor))
    assert set(told.errors) == {"reason", "is_sure"}
    assert fresh(absorbed).merged_into_id is None
    with manager.client.session_transaction() as session:
        session["confirmed_at"] = 0
    assert confirm(manager, absorbed, successor).location.startswith("/connexion/confirmer")
    assert fresh(absorbed).merged_into_id is None


def test_only_a_manager_of_both_puts_them_together(app, contract, manager, absorbed, successor):
    officer = Visitor(app, factories.staff(Role.OFFICER, contract))
    assert confirm(officer, absorbed, successor).status_code == 404
    elsewhere = factories.organisation("Ailleurs")
    factories.application(factories.call(factories.contract()), elsewhere, status=ApplicationStatus.SUBMITTED)
    assert confirm(manager, absorbed, elsewhere).status_code == 404
    assert confirm(manager, elsewhere, successor).status_code == 404
    assert "Ailleurs" not in manager.get(f"{path(absorbed)}?q=ailleurs").text


def test_the_trace_stays_and_the_old_page_leads_to_the_successor(app, manager, absorbed, successor):
    member = Visitor(app, factories.member(absorbed))
    confirm(manager, absorbed, successor)
    shown = manager.get(f"/direction/structures/{absorbed.id}")
    assert "Elle fait partie de Le Grand Vallon" in shown.text and "Fusion votée le 12 mars" in shown.text
    assert "Elle a repris : Les Ateliers" in manager.get(f"/direction/structures/{successor.id}").text
    assert "Les Ateliers" not in manager.get("/direction/structures").texts("//tbody//th")
    assert member.get(f"/structures/{absorbed.id}/membres").location == f"/structures/{successor.id}/membres"
    told = member.post(f"/structures/{absorbed.id}/fiche", version=1, name="x", kind="association")
    assert told.status_code == 409 and "réunie à une autre" in told.text
    event = next(each for each in history_of("organisation", absorbed.id) if each.action == "organisation.absorbed")
    assert (event.actor_person_id, event.details["into"]) == (manager.person_id, successor.id)
    assert event.details["moved"]["application"] == 1


# -- what forbids it -------------------------------------------------------------------------------


def test_what_cannot_be_put_together_is_said_and_nothing_moves(manager, call, absorbed, successor):
    for each in (absorbed, successor):
        factories.application(
            call, each, status=ApplicationStatus.CLOSED, origin=Origin.IMPORTED, title="Fête", printed_key="fête"
        )
    told = manager.get(path(absorbed, successor))
    assert "Appel 2026 : les deux structures y ont l’action « Fête »" in told.text
    assert told.tree.xpath("//button[contains(., 'Réunir les deux')]") == []
    assert "Fête" in confirm(manager, absorbed, successor).errors[""]
    assert fresh(absorbed).merged_into_id is None
    statement = sa.select(sa.func.count()).select_from(Application)
    assert db.session.scalar(statement.where(Application.organisation_id == absorbed.id)) == 2


def test_a_structure_is_not_put_into_itself_nor_twice_nor_into_one_that_is_gone(app, absorbed, successor):
    third = factories.organisation("Une troisième")
    assert obstacles(absorbed, absorbed)
    join(absorbed, successor)
    assert "déjà été réunie" in obstacles(absorbed, third)[0]
    assert "elle-même été réunie" in obstacles(third, absorbed)[0]
    with pytest.raises(Refusal):
        join(absorbed, third)


def test_a_chain_of_structures_leads_to_the_last_in_one_step(app, absorbed, successor):
    last = factories.organisation("La dernière")
    siren = absorbed.siren
    join(absorbed, successor)
    join(successor, last)
    assert {fresh(each).merged_into_id for each in (absorbed, successor)} == {last.id}
    assert organisation_by_siren(siren).id == last.id


# -- what both hold --------------------------------------------------------------------------------


def test_the_same_structure_known_twice_becomes_one_with_its_numbers(app, successor):
    imported = nameless("le grand vallon")
    with unit_of_work():
        db.session.get_one(Organisation, successor.id).rna = "W131001234"
    siren, siret = successor.siren, successor.siret
    # The other way round: the one that is known only by its name takes over.
    join(fresh(successor), imported)
    kept = fresh(imported)
    assert (kept.siren, kept.siret, kept.rna, kept.kind) == (siren, siret, "W131001234", OrganisationKind.ASSOCIATION)
    assert fresh(successor).siren is None
    assert organisation_by_siren(siren).id == organisation_by_rna("W131001234").id == imported.id


def test_between_two_sirens_the_sirets_end_and_still_lead_on(app, absorbed, successor):
    siren, sirets = absorbed.siren, {place.siret for place in successor.establishments}
    join(absorbed, successor)
    assert {place.siret for place in fresh(successor).establishments} == sirets
    (place,) = db.session.scalars(sa.select(Establishment).where(Establishment.organisation_id == absorbed.id))
    assert place.ends_on == to_paris(clock.now()).date()
    assert organisation_by_siren(siren).id == successor.id


def test_members_of_both_keep_their_level_and_nobody_takes_a_structure_that_has_somebody(app, absorbed, successor):
    owner = factories.member(successor)
    both = factories.member(successor, MemberLevel.READER)
    factories.grant(both, Role.APPLICANT, ScopeKind.ORGANISATION, absorbed.id, MemberLevel.OWNER)
    theirs = factories.member(absorbed)
    join(absorbed, successor)
    assert {member.person_id: member.level for member in members_of(successor.id)} == {
        owner.id: MemberLevel.OWNER, both.id: MemberLevel.READER, theirs.id: MemberLevel.EDITOR,
    }  # fmt: skip
    assert members_of(absorbed.id) == []


def test_a_structure_without_anybody_responsible_takes_the_other_s_owner():
    assert level_after(MemberLevel.OWNER, successor_has_owner=False) is MemberLevel.OWNER
    assert level_after(MemberLevel.OWNER, successor_has_owner=True) is MemberLevel.EDITOR
    assert level_after(MemberLevel.READER, successor_has_owner=True) is MemberLevel.READER


def account(organisation, **values):
    return save(BankAccount(organisation_id=organisation.id, iban=IBAN, holder="x", created_at=clock.now(), **values))


CHECKED = {"checked_at": clock.now(), "called_name": "Mme Roche", "called_number": "04"}


def test_the_successor_keeps_its_checked_account(app, absorbed, successor):
    kept = account(successor, **CHECKED)
    account(absorbed, **CHECKED)
    join(absorbed, successor)
    assert bank_account_of(successor.id).id == kept.id
    assert not payments_frozen(successor.id)
    assert bank_account_of(absorbed.id) is None


def test_an_account_that_comes_alone_is_checked_again(app, absorbed, successor):
    account(absorbed, **CHECKED)
    join(absorbed, successor)
    assert bank_account_of(successor.id).iban == IBAN
    assert payments_frozen(successor.id)


def test_both_vaults_years_approvals_and_requests_become_one(app, absorbed, successor):
    file, asker = stored_file(), factories.person()
    for each in (absorbed, successor):
        save(VaultDocument(organisation_id=each.id, kind="statutes", file_id=file.id, created_at=clock.now()))
        save(OrganisationYear(organisation_id=each.id, year=2025, budget_cents=each.id))
        save(Approval(organisation_id=each.id, kind="Centre social"))
        save(JoinRequest(organisation_id=each.id, person_id=asker.id, created_at=clock.now()))
    save(VaultDocument(organisation_id=absorbed.id, kind="rib", file_id=file.id, created_at=clock.now()))
    save(OrganisationYear(organisation_id=absorbed.id, year=2024, budget_cents=7))
    save(Approval(organisation_id=absorbed.id, kind="ESUS"))
    save(Mandate(organisation_id=absorbed.id, holder_name="Jo", office="Trésorier", starts_on=date(2024, 1, 1)))
    save(
        OwnershipRestoration(
            organisation_id=absorbed.id, person_id=asker.id, at=clock.now(), reason="x", file_id=file.id
        )
    )
    join(absorbed, successor)

    def of(model, *columns):
        return sorted(
            tuple(row) for row in db.session.execute(sa.select(*columns).where(model.organisation_id == successor.id))
        )

    assert of(VaultDocument, VaultDocument.kind, VaultDocument.replaced_at.is_(None)) == [
        ("rib", True), ("statutes", False), ("statutes", True),
    ]  # fmt: skip
    assert of(OrganisationYear, OrganisationYear.year, OrganisationYear.budget_cents) == [
        (2024, 7), (2025, successor.id),
    ]  # fmt: skip
    assert of(Approval, Approval.kind) == [("Centre social",), ("ESUS",)]
    assert of(JoinRequest, JoinRequest.answered_at.is_(None)) == [(False,), (True,)]
    assert (len(of(Mandate, Mandate.id)), len(of(OwnershipRestoration, OwnershipRestoration.id))) == (1, 1)


def test_who_stepped_out_of_one_has_stepped_out_of_all(app, contract, absorbed, successor):
    who = factories.staff(Role.OFFICER, contract)
    save(
        Recusal(
            person_id=who.id, organisation_id=absorbed.id, source=RecusalSource.DECLARED, reason="Parente",
            created_at=clock.now(),
        )
    )  # fmt: skip
    join(absorbed, successor)
    assert Visitor(app, who).get(f"/direction/structures/{successor.id}").status_code == 404


def test_a_failure_half_way_leaves_both_as_they_were(app, monkeypatch, absorbed, successor):
    factories.member(absorbed)
    last = merging.movers()[-1]
    broken = merging.Mover(last.table, last.one, last.many, last.count, lambda *_: 1 / 0)
    monkeypatch.setitem(merging._movers, last.table, broken)
    with pytest.raises(ZeroDivisionError):
        join(absorbed, successor)
    assert fresh(absorbed).merged_into_id is None
    assert len(members_of(absorbed.id)) == 1


# -- dissolved -------------------------------------------------------------------------------------


def dissolution(organisation):
    return f"/direction/structures/{organisation.id}/dissolution"


def test_a_dissolved_structure_begins_no_dossier_and_keeps_those_it_filed(app, manager, call, absorbed):
    member = Visitor(app, factories.member(absorbed))
    assert set(manager.post(dissolution(absorbed)).errors) == {"on", "reason"}
    manager.post(dissolution(absorbed), on="30/06/2026", reason="Assemblée du 30 juin")
    assert "Structure dissoute" in manager.get(f"/direction/structures/{absorbed.id}").text
    assert "Aucune structure" in member.get(f"/appels/{call.id}/deposer").text
    assert member.post(f"/appels/{call.id}/deposer", organisation=absorbed.id).status_code == 200
    titles = sa.select(Application.title).where(Application.organisation_id == absorbed.id)
    assert list(db.session.scalars(titles)) == ["Lire"]
    manager.post(dissolution(absorbed), reason="Erreur de structure")
    assert fresh(absorbed).dissolved_on is None
    actions = [each.action for each in history_of("organisation", absorbed.id)]
    assert actions == ["organisation.dissolved", "organisation.revived"]


def test_a_dissolution_to_come_lets_file_until_its_day():
    day = date(2026, 11, 21)
    check_may_file(None, day + timedelta(days=1), day)
    for gone in ({"merged_into_id": 3, "dissolved_on": None}, {"merged_into_id": None, "dissolved_on": day}):
        with pytest.raises(Refusal):
            check_may_file(**gone, today=day)
