"""The documents of an application and the organisation's vault."""

from __future__ import annotations

import sqlalchemy as sa

from portal.accounts.models import OrganisationKind, OrganisationYear, ReadAudit, VaultDocument
from portal.accounts.rules import MemberLevel, Role
from portal.calls.models import ApplicationDocument
from portal.calls.queries.filing_timeline import timeline_of
from portal.calls.queries.sections import dossier_of
from portal.calls.states import ApplicationStatus, DocumentCase
from portal.extensions import db
from portal.foundation.database import unit_of_work
from tests import factories
from tests.integration.calls.filing.scene import PDF, filer, fresh
from tests.integration.calls.filing.scene import document_asked as requirement


def joined(draft):
    found = [(document.label, document.file_name) for document in dossier_of(fresh(draft)).documents]
    db.session.rollback()
    return found


def only_document():
    return db.session.execute(
        sa.select(ApplicationDocument.id).where(ApplicationDocument.removed_at.is_(None))
    ).scalar_one()


def test_a_document_is_added_replaced_and_taken_away(owner, it, draft):
    owner.add_document(draft, it.report.id, name="rapport 2024.pdf")
    owner.add_document(draft, it.report.id, name="rapport 2025.pdf")
    assert joined(draft) == [("Rapport d’activité", "rapport 2025.pdf")]
    owner.post(f"/dossiers/{draft}/documents/{only_document()}/retirer")
    assert joined(draft) == []


def test_a_file_that_is_not_what_it_says_is_refused_in_words(owner, it, draft):
    answer = owner.add_document(draft, it.report.id, content=b"hello", name="rapport.pdf")
    assert "ne correspond pas à son nom" in answer.text
    assert "pas accepté" in owner.add_document(draft, None, name="virus.exe").text
    assert "Choisissez d’abord un fichier" in owner.post(f"/dossiers/{draft}/documents").text
    assert joined(draft) == []


def test_another_document_carries_the_name_it_is_given(owner, draft):
    import io

    owner.post(f"/dossiers/{draft}/documents", label="Lettre du collège", file=(io.BytesIO(PDF), "lettre.pdf"))
    assert joined(draft) == [("Lettre du collège", "lettre.pdf")]


def test_a_reusable_document_serves_again_in_another_application(owner, it, draft):
    owner.add_document(draft, it.report.id, name="rapport.pdf")
    owner.save(draft, "projet", title="Lire")
    second = owner.begin(it)
    vault = db.session.execute(sa.select(VaultDocument)).scalar_one()
    assert "rapport.pdf" in owner.get(f"/dossiers/{second}/documents").text
    answer = owner.post(f"/dossiers/{second}/documents/reprendre/{it.report.id}/{vault.id}")
    assert answer.status_code == 302
    assert joined(second) == [("Rapport d’activité", "rapport.pdf")]


def test_the_vault_of_another_organisation_is_out_of_reach(app, owner, it, draft):
    owner.add_document(draft, it.report.id)
    vault = db.session.execute(sa.select(VaultDocument.id)).scalar_one()
    other = factories.organisation("Une autre")
    stranger = filer(app, factories.member(other))
    mine = factories.application(it.call, other)
    assert stranger.post(f"/dossiers/{mine.id}/documents/reprendre/{it.report.id}/{vault}").status_code == 404
    assert stranger.get(f"/structures/{other.id}/documents/{vault}").status_code == 404


def test_a_document_is_an_attachment_and_only_for_those_allowed(app, owner, it, draft):
    owner.add_document(draft, it.report.id, name="rapport.pdf")
    path = f"/dossiers/{draft}/pieces/{only_document()}"
    answer = owner.get(path)
    assert answer.data == PDF
    assert answer.response.headers["Content-Disposition"].startswith("attachment")
    people = {
        "stranger": filer(app, factories.member(factories.organisation("Une autre"))),
        "manager": filer(app, factories.staff(Role.MANAGER, it.contract)),
    }
    assert {name: visitor.get(path).status_code for name, visitor in people.items()} == {
        "stranger": 404,
        "manager": 404,
    }
    with unit_of_work():
        fresh(draft).status = ApplicationStatus.SUBMITTED
    assert {name: visitor.get(path).status_code for name, visitor in people.items()} == {
        "stranger": 404,
        "manager": 200,
    }


def test_reading_a_bank_document_leaves_a_trace(app, owner, it, draft):
    owner.add_document(draft, it.rib.id)
    owner.get(f"/dossiers/{draft}/pieces/{only_document()}")
    audit = db.session.execute(sa.select(ReadAudit)).scalar_one()
    assert (audit.what, audit.person_id) == ("bank_document.read", it.owner.id)
    db.session.rollback()


def test_a_reader_downloads_and_does_not_add(app, owner, it, draft):
    owner.add_document(draft, it.report.id)
    reader = filer(app, factories.member(it.organisation, MemberLevel.READER))
    assert reader.get(f"/dossiers/{draft}/pieces/{only_document()}").status_code == 200
    assert reader.add_document(draft, it.report.id).status_code == 404


def asked(owner, draft):
    return owner.get(f"/dossiers/{draft}/documents").texts('//h2[@class="document-title"]')


def test_the_list_follows_the_organisation_and_the_request(owner, it, draft):
    for position, case in enumerate(DocumentCase):
        requirement(it.call, f"case_{case.value}", case.label, case, 10 + position)
    base = ["Relevé d’identité bancaire", "Rapport d’activité", "Toujours", "Associations et organismes privés"]
    assert asked(owner, draft) == base
    with unit_of_work():
        fresh(draft).is_renewal = False
    assert asked(owner, draft) == [*base, "Première demande"]
    with unit_of_work():
        fresh(draft).is_renewal = True
    factories.save(OrganisationYear(organisation_id=it.organisation.id, year=2025, public_subsidies_cents=153_000_01))
    assert asked(owner, draft) == [*base, "Renouvellement", "Au-delà du seuil de subventions publiques"]
    with unit_of_work():
        fresh(draft).organisation.kind = OrganisationKind.CCAS
    assert "Organisme public" in asked(owner, draft)
    assert "Rapport d’activité" not in asked(owner, draft)


def test_documents_joined_in_a_row_are_one_line_of_the_history(owner, it, draft):
    owner.add_document(draft, it.rib.id)
    owner.add_document(draft, it.report.id)
    told = [(entry.title, entry.text) for entry in timeline_of(fresh(draft))]
    assert told == [("Documents ajoutés", f"{it.report.label}, {it.rib.label}"), ("Dossier commencé", "")]
