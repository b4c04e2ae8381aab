"""The documents a structure keeps: until when they serve, where they are used, who is warned."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from portal.accounts.models import ReadAudit, VaultDocument
from portal.accounts.operations.vault import remind_expiring
from portal.accounts.queries.vault import documents_of
from portal.accounts.rules import MemberLevel
from portal.accounts.rules.vault import Expiry, expiry
from portal.calls.models import ApplicationDocument
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.database import in_unit_of_work
from portal.foundation.periods import to_paris
from tests import factories
from tests.queries import counted
from tests.visitors import Visitor

PDF = b"%PDF-1.4\n%%EOF"


@pytest.fixture
def organisation(app):
    return factories.organisation("Les Ateliers du Vallon")


@pytest.fixture
def owner(app, organisation):
    return Visitor(app, factories.member(organisation))


def page(organisation, rest=""):
    return f"/structures/{organisation.id}/documents{rest}"


def add(visitor, organisation, kind="statutes", **values):
    return visitor.post(page(organisation, "/ajouter"), kind=kind, file=(io.BytesIO(PDF), "a.pdf"), **values)


def kept(organisation):
    db.session.expire_all()
    statement = sa.select(VaultDocument).where(VaultDocument.organisation_id == organisation.id)
    return list(db.session.scalars(statement.order_by(VaultDocument.id)))


def today():
    return to_paris(clock.now()).date()


def written(day):
    return f"{day:%d/%m/%Y}"


def test_a_document_is_kept_with_its_dates_and_who_added_it(owner, organisation):
    assert add(owner, organisation, dated_on="15/03/2024").location == page(organisation)
    shown = owner.get(page(organisation)).text
    assert "Statuts en vigueur a.pdf" in shown and "15 mars 2024 sans fin" in shown
    assert "par Noa Membre aucun dossier" in shown


def test_a_replaced_document_stays_for_the_trace(owner, organisation):
    add(owner, organisation)
    (first,) = kept(organisation)
    path = page(organisation, f"/{first.id}/modifier")
    owner.post(path, file=(io.BytesIO(PDF), "b.pdf"), dated_on="01/02/2026")
    replaced, running = kept(organisation)
    assert replaced.replaced_at is not None
    assert (running.kind, running.replaced_at, running.dated_on) == ("statutes", None, date(2026, 2, 1))
    assert "Documents remplacés ou retirés" in owner.get(page(organisation)).text
    # What is no longer in force is not dated.
    assert "remplacé ou retiré" in owner.post(path, dated_on="01/03/2026").text


def test_dates_are_corrected_alone_and_what_cannot_be_is_told_beside_its_field(owner, organisation):
    add(owner, organisation)
    (document,) = kept(organisation)
    path = page(organisation, f"/{document.id}/modifier")
    tomorrow = written(today() + timedelta(days=1))
    assert "à venir" in owner.post(path, dated_on=tomorrow).errors["dated_on"]
    assert "précéder" in owner.post(path, dated_on="02/01/2026", expires_on="01/01/2026").errors["expires_on"]
    assert set(owner.post(path, dated_on="hier").errors) == {"dated_on"}
    assert kept(organisation)[0].dated_on is None
    owner.post(path, dated_on="01/01/2026", expires_on="31/12/2026")
    assert [(each.dated_on, each.expires_on) for each in kept(organisation)] == [(date(2026, 1, 1), date(2026, 12, 31))]


def test_without_a_file_or_with_a_wrong_one_nothing_is_kept(owner, organisation):
    assert "Choisissez un fichier" in owner.post(page(organisation, "/ajouter"), kind="statutes").errors["file"]
    sent = {"kind": "statutes", "file": (io.BytesIO(b"MZ"), "virus.exe")}
    assert "type de fichier" in owner.post(page(organisation, "/ajouter"), **sent).errors["file"]
    assert kept(organisation) == []


@pytest.mark.parametrize(
    ("days", "state"),
    [(None, Expiry.NONE), (-1, Expiry.PAST), (0, Expiry.SOON), (30, Expiry.SOON), (31, Expiry.LATER)],
)
def test_a_document_serves_until_its_last_day(days, state):
    day = date(2026, 11, 21)
    assert expiry(None if days is None else day + timedelta(days=days), day) is state


def test_what_expires_is_said_on_the_page(owner, organisation):
    add(owner, organisation, expires_on=written(today() + timedelta(days=10)))
    add(owner, organisation, "accounts", expires_on=written(today() - timedelta(days=1)))
    shown = owner.get(page(organisation)).text
    assert "Expire bientôt" in shown and "Expiré" in shown


def test_those_who_write_are_told_once_a_month_before(app, owner, organisation, mailbox):
    factories.member(organisation, MemberLevel.READER)
    add(owner, organisation, expires_on=written(today() + timedelta(days=30)))
    add(owner, organisation, "accounts", expires_on=written(today() + timedelta(days=31)))
    for _ in range(2):
        in_unit_of_work(remind_expiring)
    mail = mailbox.one()
    assert "Statuts en vigueur" in mail.text and mail.link == page(organisation)


def test_a_document_taken_away_stays_in_the_dossiers_that_join_it(owner, organisation):
    add(owner, organisation)
    (document,) = kept(organisation)
    call = factories.call(factories.contract())
    application = factories.application(call, organisation, title="Lire au pied des tours", number=7)
    factories.save(
        ApplicationDocument(
            application_id=application.id, label="Statuts", file_id=document.file_id,
            vault_document_id=document.id, added_at=clock.now(),
        )
    )  # fmt: skip
    shown = owner.get(page(organisation))
    assert shown.tree.xpath(f"//a[@href='/dossiers/{application.id}']")[0].text == "2026-007 Lire au pied des tours"
    owner.post(page(organisation, f"/{document.id}/retirer"))
    assert "Aucun document conservé" in owner.get(page(organisation)).text
    assert owner.get(page(organisation, f"/{document.id}")).data == PDF


def test_reading_a_rib_is_recorded_and_other_documents_are_not(owner, organisation):
    add(owner, organisation)
    add(owner, organisation, "rib")
    for document in kept(organisation):
        assert owner.get(page(organisation, f"/{document.id}")).status_code == 200
    assert [audit.what for audit in db.session.scalars(sa.select(ReadAudit))] == ["bank_document.read"]


def test_a_reader_looks_and_changes_nothing_and_a_stranger_finds_nothing(app, owner, organisation):
    add(owner, organisation)
    (document,) = kept(organisation)
    reader = Visitor(app, factories.member(organisation, MemberLevel.READER))
    shown = reader.get(page(organisation))
    assert "Statuts en vigueur" in shown.text and "Remplacer" not in shown.text
    paths = [page(organisation, "/ajouter"), page(organisation, f"/{document.id}/modifier")]
    assert {reader.get(path).status_code for path in paths} == {404}
    assert reader.post(page(organisation, f"/{document.id}/retirer")).status_code == 404
    other = factories.organisation()
    stranger = Visitor(app, factories.member(other))
    assert stranger.get(page(organisation)).status_code == 404
    assert stranger.get(page(other, f"/{document.id}/modifier")).status_code == 404


def test_the_page_costs_the_same_whatever_it_holds(owner, organisation):
    add(owner, organisation)
    with counted() as one:
        documents_of(organisation.id, today())
    for kind in ("accounts", "rib", "directors", "autre-code"):
        factories.save(
            VaultDocument(
                organisation_id=organisation.id,
                kind=kind,
                file_id=kept(organisation)[0].file_id,
                created_at=clock.now(),
            )
        )
    with counted() as many:
        documents_of(organisation.id, today())
    assert len(many) == len(one)
