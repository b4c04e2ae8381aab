"""Filing: once, whole, in time, and only what is complete."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from portal.calls.models import Apportionment, FundingLine, Submission
from portal.calls.rules import cycle
from portal.calls.states import ApplicationStatus, DocumentCase
from portal.extensions import db
from portal.foundation import clock, files
from portal.foundation.database import unit_of_work
from portal.foundation.delivery import run_task
from portal.foundation.events import history_of_application
from portal.foundation.outbox import Mail, Task
from portal.foundation.refusals import Refusal
from tests import factories
from tests.integration.calls.filing.scene import document_asked, filer, fresh


def submissions():
    found = db.session.scalars(sa.select(Submission)).all()
    db.session.rollback()
    return found


@pytest.fixture
def ready(owner, it, draft):
    """The id of an application that lacks only its signature."""
    owner.fill(draft, it)
    return draft


def test_a_complete_application_is_filed_and_everything_follows(owner, it, ready):
    answer = owner.sign(ready)
    assert answer.location == f"/dossiers/{ready}/recepisse", answer.text
    filed = fresh(ready)
    submission = db.session.execute(sa.select(Submission)).scalar_one()
    assert filed.status is ApplicationStatus.SUBMITTED
    assert filed.submitted_at == submission.received_at
    assert set(db.session.scalars(sa.select(Task.key).where(Task.name != "preview_file"))) == {
        f"application-pdf:{submission.id}",
        f"ack-pdf:{submission.id}",
    }
    assert [mail.key for mail in db.session.scalars(sa.select(Mail))] == [f"ack:{ready}"]
    actions = [event.action for event in history_of_application(ready)]
    assert actions.count("application.submitted") == 1
    assert submission.receipt_number in owner.follow(answer).text


def test_the_snapshot_is_the_application_and_its_digest_proves_it(owner, it, ready):
    owner.sign(ready)
    (submission,) = submissions()
    assert submission.sha256 == hashlib.sha256(submission.snapshot.encode()).hexdigest()
    content = json.loads(submission.snapshot)
    assert json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")) == submission.snapshot
    dossier = content["dossier"]
    assert dossier["project"]["title"] == "Lire en bas des tours"
    assert sum(line["requested_cents"] for line in dossier["funding"]) == 700_050
    assert [document["sha256"] for document in dossier["documents"]] != []
    assert content["signature"] == {"name": "Dominique Martin", "role": "Présidente"}
    assert "30006000" not in submission.snapshot


def test_what_was_sent_is_read_even_after_the_organisation_changed(owner, it, ready):
    owner.sign(ready)
    with unit_of_work():
        fresh(ready).organisation.name = "Nouveau nom"
    page = owner.get(f"/dossiers/{ready}/lecture")
    assert "Les Ateliers du Vallon" in page.text
    assert "Nouveau nom" not in page.text


def test_the_amounts_are_apportioned_to_the_cent(owner, it, ready):
    owner.sign(ready)
    for line in db.session.scalars(sa.select(FundingLine)).all():
        split = db.session.scalars(
            sa.select(Apportionment.requested_cents).where(Apportionment.funding_line_id == line.id)
        ).all()
        assert (len(split), sum(split)) == (2, line.requested_cents)
    db.session.rollback()


def test_pressing_twice_and_two_members_make_one_submission(app, owner, it, ready):
    colleague = filer(app, factories.member(it.organisation))
    first = owner.sign(ready)
    second = owner.post(f"/dossiers/{ready}/depot", deposer="1")
    third = colleague.post(f"/dossiers/{ready}/depot", deposer="1")
    assert {answer.location for answer in (first, second, third)} == {f"/dossiers/{ready}/recepisse"}
    (submission,) = submissions()
    for member in (owner, colleague):
        assert submission.receipt_number in member.get(f"/dossiers/{ready}/recepisse").text
    assert db.session.execute(sa.select(sa.func.count()).select_from(Mail)).scalar_one() == 1


def test_what_is_missing_is_told_by_section_and_nothing_is_filed(owner, it, draft):
    page = owner.get(f"/dossiers/{draft}/depot")
    assert "9 rubriques restent à compléter" in page.text.replace("\u00a0", " ")
    answer = owner.sign(draft)
    assert answer.status_code == 200
    assert "Rubrique « Le projet »" in answer.text
    assert fresh(draft).status is ApplicationStatus.DRAFT
    assert submissions() == []


@pytest.mark.parametrize(
    ("section", "typed"),
    [
        ("budget", {"line_expense_606_0_amount": "1"}),
        ("projet", {"title": ""}),
        ("indicateurs", {"evaluation_method": "x"}),
    ],
)
def test_a_section_that_became_incomplete_stops_the_filing(owner, it, ready, section, typed):
    owner.save(ready, section, **typed)
    assert owner.sign(ready).status_code == 200
    assert submissions() == []


def test_a_structure_dissolved_meanwhile_files_no_more(owner, it, ready):
    with unit_of_work():
        it.organisation.dissolved_on = date(2020, 6, 30)
    answer = owner.sign(ready)
    assert answer.errors == {"": "Cette structure est dissoute : elle ne peut plus déposer de dossier."}
    assert submissions() == []


def test_words_that_cannot_be_read_stop_the_filing(owner, it, ready):
    owner.save(ready, "public", people_expected="beaucoup")
    answer = owner.sign(ready)
    assert "Rubrique « Le public » : Des réponses sont à corriger." in answer.text
    assert submissions() == []


def test_each_attestation_and_the_signature_are_asked(owner, it, ready):
    told = owner.sign(ready, signatory_name=" ").errors
    assert told["signatory_name"] == "Indiquez le nom de la personne qui signe."
    page = owner.post(
        f"/dossiers/{ready}/depot", version=1, page="p", signatory_name="D", signatory_role="P", deposer="1"
    )
    assert page.errors["attest_duties"] == "Cochez cette attestation."
    assert submissions() == []


def test_saving_the_signature_without_filing_keeps_it(owner, it, ready):
    owner.post(
        f"/dossiers/{ready}/depot",
        version=0,
        page="p",
        attest_sincerity="y",
        signatory_name="D. Martin",
        signatory_role="",
    )
    page = owner.get(f"/dossiers/{ready}/depot")
    assert page.tree.xpath('//input[@name="attest_sincerity"]/@checked') == ["checked"]
    assert page.tree.xpath('//input[@name="signatory_name"]/@value') == ["D. Martin"]
    assert submissions() == []


# -- the closing -----------------------------------------------------------------------------------


def close(it, ago):
    with unit_of_work():
        call = db.session.merge(it.call)
        call.closes_at = clock.now() - ago


def test_a_form_opened_before_the_closing_has_its_grace(owner, it, ready):
    # The mark is dated to the second: open it a moment before the call closes.
    page = owner.get(f"/dossiers/{ready}/depot")
    opened = page.tree.xpath('//input[@name="opened"]/@value')[0]
    close(it, timedelta(0))
    answer = owner.sign(ready, opened=opened)
    assert answer.status_code == 302, answer.text
    (submission,) = submissions()
    assert submission.late_seconds >= 1


def test_a_form_opened_after_the_closing_files_nothing(owner, it, ready):
    close(it, timedelta(seconds=10))
    answer = owner.sign(ready)
    assert "clos" in answer.text
    assert submissions() == []
    assert fresh(ready).status is ApplicationStatus.DRAFT


def test_a_forged_opening_hour_is_no_grace(owner, it, ready):
    close(it, timedelta(seconds=10))
    owner.sign(ready, opened="2020-01-01")
    assert submissions() == []


def test_after_the_grace_nothing_is_filed(owner, it, ready):
    opened = owner.get(f"/dossiers/{ready}/depot").tree.xpath('//input[@name="opened"]/@value')[0]
    close(it, timedelta(seconds=121))
    owner.sign(ready, opened=opened)
    assert submissions() == []


def test_the_guard_on_earlier_bilans_is_asked(owner, it, ready):
    def refuse(_application, **_values):
        raise Refusal("Le bilan 2025 manque.")

    guards = cycle.APPLICATION._guards["previous_bilans"]
    guards.append(refuse)
    try:
        assert "Le bilan 2025 manque." in owner.sign(ready).text
    finally:
        guards.remove(refuse)
    assert submissions() == []


# -- what follows ----------------------------------------------------------------------------------


def test_the_mail_acknowledges_and_says_when_silence_is_a_refusal(owner, it, ready, mailbox):
    owner.sign(ready)
    from portal.foundation.delivery import send_due_mails

    assert (send_due_mails(), send_due_mails()) == (1, 0)
    db.session.rollback()
    mail = db.session.execute(sa.select(Mail)).scalar_one()
    assert mail.recipient == it.owner.email
    from portal.foundation.delivery import compose

    text = compose(mail).get_content().replace("\u00a0", " ").replace("\u202f", " ")
    (submission,) = submissions()
    assert submission.receipt_number in text
    assert "il peut encore vous accorder une subvention" in text
    assert "politique.ville@exemple.test" in text
    assert "4 000,00 €" in text


def test_the_pdfs_are_made_once_and_downloaded_by_the_applicant_alone(app, owner, it, ready):
    import pikepdf

    owner.sign(ready)
    assert "en préparation" in owner.get(f"/dossiers/{ready}").text
    tasks = db.session.scalars(sa.select(Task.id).order_by(Task.id)).all()
    db.session.rollback()
    for task_id in [*tasks, *tasks]:
        run_task(task_id)
    for name in ("dossier.pdf", "accuse-de-reception.pdf"):
        answer = owner.get(f"/dossiers/{ready}/{name}")
        assert answer.data.startswith(b"%PDF")
        import io

        with pikepdf.open(io.BytesIO(answer.data)) as pdf:
            assert pdf.Root.MarkInfo.Marked
            assert len(pdf.pages) >= 1
    stranger = filer(app, factories.member(factories.organisation("Une autre")))
    assert stranger.get(f"/dossiers/{ready}/dossier.pdf").status_code == 404
    assert db.session.execute(sa.select(sa.func.count()).select_from(files.StoredFile)).scalar_one() == 4


def test_a_document_asked_of_nobody_here_does_not_stop_the_filing(owner, it, ready):
    document_asked(it.call, "deliberation", "Délibération", DocumentCase.PUBLIC_BODY, 9)
    assert owner.sign(ready).status_code == 302


def test_neither_a_reader_nor_a_stranger_nor_the_direction_files_it(app, owner, it, ready):
    from portal.accounts.rules import MemberLevel, Role

    refused = [
        factories.member(it.organisation, MemberLevel.READER),
        factories.member(factories.organisation("Une autre")),
        factories.staff(Role.MANAGER, it.contract),
    ]
    for person in refused:
        answer = filer(app, person).post(
            f"/dossiers/{ready}/depot", deposer="1", signatory_name="x", signatory_role="x"
        )
        assert answer.status_code == 404
    assert submissions() == []


def test_an_abandoned_draft_is_not_filed(owner, it, ready):
    owner.post(f"/dossiers/{ready}/abandon")
    assert owner.get(f"/dossiers/{ready}/depot").location == f"/dossiers/{ready}"
    assert owner.get(f"/dossiers/{ready}/recepisse").status_code == 404
    assert submissions() == []
