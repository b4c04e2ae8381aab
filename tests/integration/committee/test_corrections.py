"""Corrections that come back: what they changed, the versions they leave, the dates gone by."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from portal.accounts.rules import MemberLevel, Role
from portal.calls.models import Application, ApplicationDocument, Recusal, Submission
from portal.calls.operations import documents
from portal.calls.operations.submission import freeze
from portal.calls.rules.submission import digest, thawed
from portal.calls.states import ApplicationStatus, RecusalSource, Section
from portal.committee.models import ChangeRequest
from portal.committee.operations import corrections
from portal.committee.states import ChangeRequestStatus as C
from portal.extensions import db
from portal.foundation import clock, files
from portal.foundation.database import in_unit_of_work
from portal.foundation.outbox import Mail, Task
from portal.foundation.periods import to_paris
from portal.foundation.refusals import Refusal, Refusals
from tests import factories
from tests.factories import save
from tests.integration.committee.scene import Scene, actor, days_from_now
from tests.queries import counted

SIGNED = {"signatory_name": "Nadia Roche", "signatory_role": "présidente"}
NEED = "Les familles manquent de repas en août."


def do(operation, *args, **values):
    return in_unit_of_work(lambda: operation(*args, **values))


@pytest.fixture
def asked(scene: Scene) -> ChangeRequest:
    """The application as filed, frozen, and a correction asked of its project."""
    do(freeze, scene.application, "Sami Filed", "trésorier", clock.now(), actor=actor(scene.owner))
    return ask(scene)


def ask(scene: Scene, message: str = "Dites mieux le besoin.", days: int = 10) -> ChangeRequest:
    due_on = to_paris(clock.now()).date() + timedelta(days=days)
    return do(corrections.ask_changes, scene.application, [Section.PROJECT], [], message, due_on, **scene.by_officer)


def write_need(scene: Scene, need: str = NEED) -> None:
    def write() -> None:
        db.session.get_one(Application, scene.application.id).need = need

    do(write)


def answer(scene: Scene, words: str = "Voici."):
    return scene.as_owner.post(scene.path("corrections"), answer=words, **SIGNED)


def told_changes(page) -> list[str]:
    return page.texts('//li[@class="change"]/p[@class="change-label"]')


def templates() -> list[str]:
    return list(db.session.scalars(sa.select(Mail.template).order_by(Mail.id)))


def submissions() -> list[Submission]:
    return list(db.session.scalars(sa.select(Submission).order_by(Submission.number)))


# -- before sending --------------------------------------------------------------------------------


def test_the_organisation_reads_what_it_changes_before_sending_and_the_direction_does_not_yet(scene, asked):
    page = scene.as_owner.get(scene.path("corrections"))
    assert "Vous n’avez encore rien changé." in page.text
    write_need(scene)
    assert told_changes(scene.as_owner.get(scene.path("corrections"))) == ["Besoin ✓Ajouté"]
    reviewer = scene.assigned()
    for reader in (scene.officer, reviewer, scene.agent(scene.city)):
        assert NEED not in scene.visit(reader).get(scene.file).text
    assert NEED not in scene.visit(reviewer).get(scene.path("analyse")).text


def test_a_correction_never_sent_stays_unread_once_the_application_has_moved_on(scene, asked):
    write_need(scene)

    def settle() -> None:
        db.session.get_one(Application, scene.application.id).status = ApplicationStatus.DECIDED

    do(settle)
    for reader in (scene.officer, scene.agent(scene.city)):
        assert NEED not in scene.visit(reader).get(scene.file).text


def joined(scene: Scene, label: str) -> int:
    """A document that the organisation joins now; its id."""
    stored = files.keep(label.encode(), f"{label}.pdf", "application/pdf")
    return do(documents.add_document, scene.application, None, stored, actor=actor(scene.owner), label=label).id


def taken_away(scene: Scene, document_id: int) -> None:
    def remove() -> None:
        document = db.session.get_one(ApplicationDocument, document_id)
        documents.remove_document(scene.application, document, actor=actor(scene.owner))

    do(remove)


def ask_documents(scene: Scene) -> None:
    due_on = to_paris(clock.now()).date() + timedelta(days=10)
    do(corrections.ask_changes, scene.application, [Section.DOCUMENTS], [], "Joignez-la.", due_on, **scene.by_officer)


def test_a_document_joined_while_correcting_opens_for_its_organisation_alone_until_it_is_sent(scene):
    do(freeze, scene.application, "Sami Filed", "trésorier", clock.now(), actor=actor(scene.owner))
    ask_documents(scene)
    added, regretted = joined(scene, "Attestation"), joined(scene, "Bulletin de paie")
    taken_away(scene, regretted)
    readers = (scene.as_owner, scene.as_officer, scene.visit(scene.assigned()), scene.visit(scene.agent(scene.city)))

    def opens(document_id: int) -> list[int]:
        return [reader.get(scene.path(f"pieces/{document_id}")).status_code for reader in readers]

    assert opens(added) == opens(regretted) == [200, 404, 404, 404]
    assert answer(scene).status_code == 302
    assert opens(added) == [200, 200, 200, 200]
    assert opens(regretted) == [200, 404, 404, 404]


def test_the_archive_of_the_direction_holds_what_was_received_not_what_is_being_corrected(scene):
    do(freeze, scene.application, "Sami Filed", "trésorier", clock.now(), actor=actor(scene.owner))
    ask_documents(scene)
    joined(scene, "Attestation")

    def archived() -> list[str]:
        content = scene.as_officer.get(scene.path("archive.zip")).data
        return zipfile.ZipFile(io.BytesIO(content)).namelist()

    assert archived() == ["00 sommaire.txt", "03 budget.xlsx"]
    answer(scene)
    assert archived() == ["00 sommaire.txt", "03 budget.xlsx", "documents/01 Attestation - Attestation.pdf"]


def test_an_answer_that_changes_nothing_says_why(scene, asked):
    assert answer(scene, "").errors == {"answer": "Vous n’avez rien changé : écrivez votre réponse à la Direction."}
    assert db.session.get_one(ChangeRequest, asked.id).status is C.ASKED
    assert answer(scene, "Le besoin est déjà dit page 2.").status_code == 302
    assert "Rien n’a été changé dans le dossier." in scene.as_officer.get(scene.file).text


def test_whoever_sends_says_their_name_and_role_those_of_the_last_version_offered(scene, asked):
    page = scene.as_owner.get(scene.path("corrections"))
    assert [field.get("value") for field in page.tree.xpath('//form//input[starts-with(@name, "signatory")]')] == [
        "Sami Filed",
        "trésorier",
    ]
    refused = scene.as_owner.post(scene.path("corrections"), answer="Voici", signatory_name="", signatory_role=" ")
    assert set(refused.errors) == {"signatory_name", "signatory_role"}
    with pytest.raises(Refusals):
        do(corrections.answer_changes, asked, "Voici", "", "", actor=actor(scene.owner), roles={Role.APPLICANT})


# -- what sending leaves ---------------------------------------------------------------------------


def test_sending_freezes_a_second_version_with_its_receipt_its_digest_and_its_pdf(scene, asked):
    write_need(scene)
    sent = scene.as_owner.follow(answer(scene))
    first, second = submissions()
    assert (second.number, second.receipt_number) == (2, f"{first.receipt_number}-2")
    assert (thawed(first.snapshot).project.need, thawed(second.snapshot).project.need) == (None, NEED)
    assert (second.sha256, second.signatory_name) == (digest(second.snapshot), "Nadia Roche")
    assert sent.flashes == [f"Vos corrections sont envoyées, récépissé {second.receipt_number}."]
    pdfs = db.session.scalars(sa.select(Task.arguments).where(Task.name == "application_pdf").order_by(Task.id))
    assert list(pdfs) == [{"submission_id": first.id}, {"submission_id": second.id}]
    assert templates()[1:] == ["changes_answered", "changes_received"]


def test_a_member_who_only_writes_is_told_before_and_sends_no_correction(scene, asked):
    write_need(scene)
    editor = scene.visit(factories.member(scene.organisation, MemberLevel.EDITOR))
    assert "Vous ne pouvez pas signer ces corrections" in editor.get(scene.path("corrections")).text
    refused = editor.post(scene.path("corrections"), answer="Voici.", **SIGNED)
    assert "Vous pouvez rédiger ce dossier, mais pas le signer" in refused.errors[""]
    assert len(submissions()) == 1
    assert "Vous ne pouvez pas signer" not in scene.as_owner.get(scene.path("corrections")).text


def test_a_second_click_freezes_nothing_more(scene, asked):
    write_need(scene)
    assert answer(scene).status_code == 302
    assert "C’est déjà fait" in answer(scene).text
    assert len(submissions()) == 2


def test_both_sides_read_what_the_answer_changed(scene, asked):
    write_need(scene)
    answer(scene)
    for page in (scene.as_officer.get(scene.file), scene.as_owner.get(scene.path("corrections"))):
        assert told_changes(page) == ["Besoin ✓Ajouté"]
        assert page.texts('//li[@class="change"]//ins') == [NEED]


def test_asked_again_nothing_of_the_first_answer_is_lost(scene, asked):
    write_need(scene)
    answer(scene, "Premier essai.")
    again = scene.path(f"corrections/{asked.id}/relancer")
    scene.as_officer.post(again, message="Chiffrez-le.", due_on=days_from_now(5))
    write_need(scene, f"{NEED} Ils sont quarante.")
    answer(scene, "Deuxième essai.")
    assert [submission.number for submission in submissions()] == [1, 2, 3]
    for page in (scene.as_officer.get(scene.file), scene.as_owner.get(scene.path("corrections"))):
        for words in ("Dites mieux le besoin.", "Premier essai.", "Chiffrez-le.", "Deuxième essai."):
            assert words in page.text
        assert told_changes(page) == ["Besoin →Modifié", "Besoin ✓Ajouté"]
        assert "Ils sont quarante." in page.texts('//p[contains(@class, "change-text")]')[0]


def test_the_receipt_and_the_acknowledgement_stay_those_of_the_filing(scene, asked):
    write_need(scene)
    answer(scene)
    first, _ = submissions()
    assert first.receipt_number in scene.as_owner.get(scene.path("recepisse")).texts('//p[@class="receipt-number"]')


# -- the versions ----------------------------------------------------------------------------------


def test_both_sides_list_the_versions_read_each_and_compare_any_two(scene, asked):
    write_need(scene)
    answer(scene)
    for visitor in (scene.as_owner, scene.as_officer):
        page = visitor.get(scene.path("versions"))
        assert page.texts("//tbody/tr/th") == ["Version corrigée n° 2", "Dossier déposé"]
        assert told_changes(page) == ["Besoin ✓Ajouté"]
        assert told_changes(visitor.get(scene.path("versions?avant=2&apres=1"))) == ["Besoin !Retiré"]
        same = visitor.get(scene.path("versions?avant=2&apres=2"))
        assert "Choisissez deux versions différentes." in same.text
        assert NEED in visitor.get(scene.path("versions/2")).text
        assert NEED not in visitor.get(scene.path("versions/1")).text
        assert visitor.get(scene.path("versions/3")).status_code == 404
        assert visitor.get(scene.path("versions/2/dossier.pdf")).status_code == 404  # not made yet
    for odd in ("avant=9&apres=1", "avant=x&apres=", "avant=-1", "avant=99999999999999999999"):
        assert scene.as_owner.get(scene.path(f"versions?{odd}")).status_code == 200


def test_versions_are_read_by_those_who_read_the_application_and_nobody_else(scene, asked):
    recused = factories.staff(Role.OFFICER, scene.contract)
    save(
        Recusal(
            person_id=recused.id,
            application_id=scene.application.id,
            source=RecusalSource.DECLARED,
            reason="Parent d’une salariée",
            created_at=clock.now(),
        )
    )
    stranger = factories.member(factories.organisation())
    other_funder = scene.agent(scene.caf)
    for person in (recused, stranger, other_funder):
        assert scene.visit(person).get(scene.path("versions")).status_code == 404
        assert scene.visit(person).get(scene.path("versions/1")).status_code == 404
    for person in (scene.assigned(), scene.agent(scene.city), factories.staff(Role.DELEGATE, scene.contract)):
        assert scene.visit(person).get(scene.path("versions/1")).status_code == 200


def test_the_list_of_versions_costs_the_same_for_one_and_for_many(scene, asked):
    def cost(path: str) -> int:
        scene.as_owner.get(path)
        with counted() as queries:
            scene.as_owner.get(path)
        return len(queries)

    def freeze_again(number: int) -> None:
        do(freeze, scene.application, "A", "B", clock.now(), actor=actor(scene.owner), number=number)

    freeze_again(2)
    few = cost(scene.path("versions"))
    for number in range(3, 9):
        freeze_again(number)
    assert cost(scene.path("versions")) == few


# -- dates gone by ---------------------------------------------------------------------------------


def test_a_date_gone_by_is_told_once_to_both_sides(scene, asked):
    with time_machine.travel(clock.now() + timedelta(days=11), tick=False):
        do(corrections.remind_changes)
        do(corrections.remind_changes)
        assert templates() == ["changes_requested", "changes_overdue", "changes_unanswered"]
        assert "La réponse était attendue le" in scene.as_owner.get(scene.path("corrections")).text
        write_need(scene)
        assert answer(scene).status_code == 302


def test_an_application_decided_meanwhile_takes_no_more_answers(scene, asked):
    def decide() -> None:
        db.session.get_one(Application, scene.application.id).status = ApplicationStatus.DECIDED

    do(decide)
    page = scene.as_owner.get(scene.path("corrections"))
    assert "Cette demande n’attend plus de réponse" in page.text and page.tree.xpath("//textarea") == []
    with pytest.raises(Refusal, match="ne se corrige plus"):
        do(corrections.answer_changes, asked, "?", "A", "B", actor=actor(scene.owner), roles={Role.APPLICANT})


def test_the_officer_gives_more_time_even_when_the_date_is_past(scene, asked):
    page = scene.path(f"corrections/{asked.id}/prolonger")
    assert page in scene.as_officer.get(scene.file).tree.xpath("//a/@href")
    early = scene.as_officer.post(page, due_on=days_from_now(5))
    assert early.errors == {"due_on": "La nouvelle date doit être postérieure à celle déjà donnée."}
    with time_machine.travel(clock.now() + timedelta(days=11), tick=False):
        today = to_paris(clock.now()).date()
        with pytest.raises(Refusal, match="à venir"):
            do(corrections.extend_request, asked, today, **scene.by_officer)
        do(corrections.extend_request, asked, today + timedelta(days=4), **scene.by_officer)
        assert templates()[-1] == "changes_extended"
        read = scene.as_owner.get(scene.path("corrections"))
        assert "Réponse attendue au plus tard le" in read.text
        assert "La réponse était attendue" not in read.text
        assert "Délai de correction prolongé" in scene.as_owner.get(f"/dossiers/{scene.application.id}").text


def test_no_more_time_is_given_once_answered(scene, asked):
    write_need(scene)
    answer(scene)
    page = scene.as_officer.post(scene.path(f"corrections/{asked.id}/prolonger"), due_on=days_from_now(30))
    assert "n’est pas possible" in page.text
