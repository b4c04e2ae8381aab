"""The documents of an application and the organisation's vault."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.accounts.models import OrganisationKind, OrganisationYear, ReadAudit, VaultDocument
from portal.accounts.rules import MemberLevel, Role
from portal.calls.models import ApplicationDocument, DocumentRequirement
from portal.calls.queries.filing_timeline import timeline_of
from portal.calls.queries.sections import dossier_of
from portal.calls.rules.documents import MOST_FILES
from portal.calls.rules.sections import lacking
from portal.calls.states import ApplicationStatus, DocumentCase, Section
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.database import unit_of_work
from portal.foundation.periods import months_after, to_paris
from portal.foundation.web.formats import date_fr
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


def test_a_document_may_be_made_of_several_files_each_taken_away_alone(owner, it, draft):
    owner.add_document(draft, it.report.id, name="rapport page 1.pdf")
    owner.add_document(draft, it.report.id, name="rapport page 2.pdf")
    both = [("Rapport d’activité", "rapport page 1.pdf"), ("Rapport d’activité", "rapport page 2.pdf")]
    assert joined(draft) == both
    first = db.session.execute(sa.select(sa.func.min(ApplicationDocument.id))).scalar_one()
    owner.post(f"/dossiers/{draft}/documents/{first}/retirer")
    assert joined(draft) == both[1:]


def test_several_files_are_sent_at_once_and_the_one_refused_is_named(owner, it, draft):
    answer = owner.post(
        f"/dossiers/{draft}/documents",
        requirement=it.report.id,
        file=[(io.BytesIO(PDF), "un.pdf"), (io.BytesIO(b"hello"), "deux.pdf"), (io.BytesIO(PDF), "trois.pdf")],
    )
    assert answer.status_code == 200
    assert answer.errors == {
        f"fichier-{it.report.id}": "« deux.pdf » : Le contenu du fichier ne correspond pas à son nom. "
        "Vérifiez qu’il s’ouvre, puis renvoyez-le."
    }
    assert answer.flashes == ["2 documents ajoutés."]
    assert [name for _label, name in joined(draft)] == ["un.pdf", "trois.pdf"]


def test_a_script_is_answered_as_json(owner, it, draft):
    def send(content):
        return owner.client.post(
            f"/dossiers/{draft}/documents",
            data={"requirement": str(it.report.id), "file": (io.BytesIO(content), "a.pdf")},
            headers={"Accept": "application/json"},
        )

    sent, refused = send(PDF), send(b"hello")
    assert (sent.status_code, sent.get_json()) == (200, {"added": ["a.pdf"], "errors": []})
    assert (refused.status_code, refused.get_json()["added"]) == (422, [])
    assert refused.get_json()["errors"][0].startswith("Le contenu du fichier ne correspond pas")


def test_there_is_a_limit_to_the_files_of_one_document(owner, it, draft):
    for _ in range(MOST_FILES):
        assert owner.add_document(draft, it.report.id).status_code == 302
    assert "Il y a déjà 10 fichiers" in owner.add_document(draft, it.report.id).text
    assert len(joined(draft)) == MOST_FILES


def test_a_file_that_is_not_what_it_says_is_refused_in_words(owner, it, draft):
    answer = owner.add_document(draft, it.report.id, content=b"hello", name="rapport.pdf")
    assert "ne correspond pas à son nom" in answer.text
    assert "pas accepté" in owner.add_document(draft, None, name="virus.exe").text
    assert "Choisissez d’abord un fichier" in owner.post(f"/dossiers/{draft}/documents").text
    assert joined(draft) == []


def test_another_document_carries_the_name_it_is_given(owner, draft):
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
    """{the document: why it is asked} as the page says it."""
    page = owner.get(f"/dossiers/{draft}/documents")
    return dict(zip(page.texts('//h2[@class="document-title"]'), page.texts('//p[@class="document-why"]'), strict=True))


def test_the_list_follows_the_answers_and_says_why(owner, it, draft):
    for position, case in enumerate(DocumentCase):
        requirement(it.call, f"case_{case.value}", case.label, case, 10 + position)
    private = "Demandé parce que votre structure est une association."
    base = {
        "Relevé d’identité bancaire": "Demandé à toutes les structures.",
        "Rapport d’activité": private,
        "Toujours": "Demandé à toutes les structures.",
        "Associations et organismes privés": private,
    }
    older = {
        "Associations et organismes privés de plus d’un an": "Demandé aux structures de plus d’un an. Si la vôtre est "
        "plus récente, indiquez sa date de création dans la rubrique « Votre structure »."
    }
    assert asked(owner, draft) == base | older
    with unit_of_work():
        fresh(draft).is_renewal = False
    assert asked(owner, draft)["Première demande"] == "Demandé parce que c’est une première demande."
    with unit_of_work():
        application = fresh(draft)
        application.is_renewal = True
        application.organisation.created_on = to_paris(it.call.closes_at).date() - timedelta(days=60)
        application.organisation.signatory_name = "Camille Durand"
    factories.save(OrganisationYear(organisation_id=it.organisation.id, year=2025, public_subsidies_cents=153_000_01))
    found = asked(owner, draft)
    assert found["Renouvellement"] == "Demandé parce que le projet renouvelle une action déjà soutenue."
    assert found["Première demande"] == "À joindre seulement s’il a changé depuis votre dernière demande."
    assert "Demandé parce que la structure a reçu 153 000 €" in found["Au-delà du seuil de subventions publiques"]
    assert "Associations et organismes privés de plus d’un an" not in found
    assert "a moins d’un an" in found["Associations et organismes privés de moins d’un an"]
    assert "Camille Durand signe à la place" in found["Signataire autre que le représentant légal"]
    with unit_of_work():
        fresh(draft).organisation.kind = OrganisationKind.CCAS
    assert asked(owner, draft)["Organisme public"] == "Demandé parce que votre structure est un CCAS."
    assert "Rapport d’activité" not in asked(owner, draft)


def test_what_changed_only_is_not_required_at_a_renewal(owner, it, draft):
    requirement(it.call, "statutes", "Statuts", DocumentCase.FIRST, 10)
    for is_renewal, lacks in ((False, True), (True, False)):
        with unit_of_work():
            fresh(draft).is_renewal = is_renewal
        told = [refusal.message for refusal in lacking(Section.DOCUMENTS, dossier_of(fresh(draft)))]
        db.session.rollback()
        assert ("Ajoutez le document : Statuts." in told) is lacks


def dated(it, months=3):
    with unit_of_work():
        db.session.get_one(DocumentRequirement, it.report.id).valid_months = months


def today():
    return to_paris(clock.now()).date()


def test_a_document_of_the_vault_is_offered_with_its_date_and_expiry(owner, it, draft):
    dated(it)
    on = today() - timedelta(days=20)
    owner.post(
        f"/dossiers/{draft}/documents", requirement=it.report.id, dated_on=f"{on:%d/%m/%Y}",
        file=(io.BytesIO(PDF), "rapport.pdf"),
    )  # fmt: skip
    owner.save(draft, "projet", title="Lire")
    second = owner.begin(it)
    (offered,) = owner.get(f"/dossiers/{second}/documents").texts('//div[contains(@class, "joined-words")]/p')
    told = f"(daté du {date_fr(on)}, valable jusqu’au {date_fr(months_after(on, 3))})"
    assert offered == f"Conservé pour votre structure : rapport.pdf {told}".replace("\u00a0", " ")


def test_an_expired_document_of_the_vault_is_not_taken_again(owner, it, draft):
    dated(it)
    owner.add_document(draft, it.report.id, name="rapport.pdf")
    owner.save(draft, "projet", title="Lire")
    second = owner.begin(it)
    with unit_of_work():
        vault = db.session.execute(sa.select(VaultDocument)).scalar_one()
        vault.expires_on, path = today() - timedelta(days=1), f"/reprendre/{it.report.id}/{vault.id}"
    page = owner.get(f"/dossiers/{second}/documents")
    assert "Expiré" in page.text
    assert "Reprendre ce document" not in page.text
    refused = owner.post(f"/dossiers/{second}/documents{path}")
    assert refused.status_code == 409
    assert "n’est plus valable depuis le" in refused.text
    assert joined(second) == []


@pytest.mark.parametrize(
    ("days", "told"), [(1, "Cette date est à venir"), (-200, "Ce document n’est plus valable depuis le")]
)
def test_a_date_to_come_or_too_old_is_refused_at_its_field(owner, it, draft, days, told):
    dated(it)
    typed = f"{today() + timedelta(days=days):%d/%m/%Y}"
    answer = owner.post(
        f"/dossiers/{draft}/documents", requirement=it.report.id, dated_on=typed, file=(io.BytesIO(PDF), "a.pdf")
    )
    assert list(answer.errors) == [f"fichier-{it.report.id}-date"]
    assert answer.errors[f"fichier-{it.report.id}-date"].startswith(told)
    assert answer.tree.xpath(f'//input[@id="fichier-{it.report.id}-date"]/@value') == [typed]
    assert joined(draft) == []


def test_a_page_of_the_vault_cannot_serve_as_another_document(owner, it, draft):
    owner.add_document(draft, it.report.id)
    vault = db.session.execute(sa.select(VaultDocument.id)).scalar_one()
    assert owner.post(f"/dossiers/{draft}/documents/reprendre/{it.rib.id}/{vault}").status_code == 409


def test_documents_joined_in_a_row_are_one_line_of_the_history(owner, it, draft):
    owner.add_document(draft, it.rib.id)
    owner.add_document(draft, it.report.id)
    told = [(entry.title, entry.text) for entry in timeline_of(fresh(draft))]
    assert told == [("Documents ajoutés", f"{it.report.label}, {it.rib.label}"), ("Dossier commencé", "")]
