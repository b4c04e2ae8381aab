"""The checklist, the corrections asked and answered."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from portal.accounts.rules import MemberLevel, Role
from portal.calls.models import Application, FundingLine, SectionDraft, Submission
from portal.calls.queries.reopening import reopened_sections
from portal.calls.queries.sections import dossier_of
from portal.calls.rules.submission import digest, frozen
from portal.calls.states import ApplicationStatus, Origin, Section
from portal.committee.models import ChangeRequest
from portal.committee.operations import completeness as operations
from portal.committee.operations import corrections
from portal.committee.queries import completeness as queries
from portal.committee.rules.completeness import OfficerWord
from portal.committee.states import ChangeRequestStatus as C
from portal.committee.states import CheckResult
from portal.contracts.models import Nature
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.database import in_unit_of_work
from portal.foundation.delivery import compose
from portal.foundation.events import history_of_application
from portal.foundation.outbox import Mail
from portal.foundation.periods import to_paris
from portal.foundation.refusals import Refusal, Refusals
from tests import factories
from tests.factories import save
from tests.integration.committee.scene import REVIEWER, actor, days_from_now

APPLICANT = frozenset({Role.APPLICANT})
SIGNED = {"signatory_name": "Nadia Roche", "signatory_role": "présidente"}


def do(operation, *args, **values):
    return in_unit_of_work(lambda: operation(*args, **values))


def lines(scene):
    return {line.code: line for line in queries.checklist(scene.application.id)}


def opened(scene):
    do(operations.open_checklists)
    return lines(scene)


def ask(scene, sections=(Section.BUDGET,), documents=(), message="Le budget est à revoir.", days=10):
    due_on = to_paris(clock.now()).date() + timedelta(days=days)
    return do(corrections.ask_changes, scene.application, sections, documents, message, due_on, **scene.by_officer)


def mails():
    rows = db.session.execute(sa.select(Mail.template, Mail.recipient).order_by(Mail.id))
    return [tuple(row) for row in rows]


# -- the checklist --------------------------------------------------------------------------------


def test_time_opens_the_checklist_of_each_filed_application_once(scene):
    draft = scene.another("Brouillon", ApplicationStatus.DRAFT)
    found = opened(scene)
    assert {code: line.automatic.value for code, line in found.items()} == {
        "document.rib": "missing",
        "identifiers": "ok",
        "balance": "ok",
        "asked": "ok",
        "shares": "ok",
        "public_share": "ok",
        "account_holder": "missing",
        "previous_bilans": "ok",
    }
    do(operations.open_checklists)
    assert [event.action for event in history_of_application(scene.application.id)] == ["checklist.refreshed"]
    assert queries.checklist(draft.id) == []


def test_a_past_programme_has_no_checklist_by_itself(scene):
    past = factories.application(
        scene.call, scene.organisation, status=ApplicationStatus.SUBMITTED, origin=Origin.IMPORTED
    )
    do(operations.open_checklists)
    assert queries.checklist(past.id) == []


def test_the_officer_settles_the_lines_and_signs_only_what_changes(scene):
    found = opened(scene)
    rib, balance = found["document.rib"], found["balance"]
    page = scene.as_officer.post(
        scene.path("completude"),
        **{
            f"says_{rib.id}": "ok",
            f"note_{rib.id}": "Reçu par courriel",
            f"says_{balance.id}": "",
            f"note_{balance.id}": "",
        },
    )
    assert page.location == scene.file
    after = lines(scene)
    assert (after["document.rib"].result, after["document.rib"].note) == (CheckResult.OK, "Reçu par courriel")
    assert after["document.rib"].checked_by == scene.officer.display_name
    assert after["balance"].checked_by is None


def shown(page):
    """What the form of the checklist holds, as its page was read."""
    found = {each.name: each.value for each in page.tree.xpath("//form//input[@name]")}
    return found | {each.name: each.value or "" for each in page.tree.xpath("//form//select[@name]")}


def test_two_officers_on_one_checklist_keep_each_other_s_lines_and_compare_what_both_changed(scene):
    rib, balance = (opened(scene)[code] for code in ("document.rib", "balance"))
    page, colleague = scene.path("completude"), scene.visit(factories.staff(Role.OFFICER, scene.contract))
    mine = shown(scene.as_officer.get(page))
    colleague.post(page, **shown(colleague.get(page)) | {f"says_{rib.id}": "ok", f"note_{rib.id}": "Vu au guichet"})

    # What one left as it was read does not undo what the other wrote.
    assert scene.as_officer.post(page, **mine | {f"note_{balance.id}": "À l’équilibre"}).location == scene.file
    after = lines(scene)
    assert (after["document.rib"].note, after["balance"].note) == ("Vu au guichet", "À l’équilibre")

    late = scene.as_officer.post(page, **mine | {f"says_{rib.id}": "missing"})
    assert late.texts("//*[@class='both-values']//dd") == ["Conforme. Vu au guichet", "Manquant"]
    assert lines(scene)["document.rib"].officer_says is CheckResult.OK
    again = shown(late)
    assert (again[f"says_{rib.id}"], again[f"note_{balance.id}"]) == ("missing", "À l’équilibre")
    assert scene.as_officer.post(page, **again).location == scene.file
    assert lines(scene)["document.rib"].officer_says is CheckResult.MISSING


def test_looking_again_keeps_the_officers_word(scene):
    rib = opened(scene)["document.rib"]
    words = {rib.id: OfficerWord(CheckResult.OK, "Vu")}
    do(operations.settle_checklist, scene.application, words, **scene.by_officer)
    scene.as_officer.post(scene.path("completude/verifier"))
    assert (lines(scene)["document.rib"].automatic, lines(scene)["document.rib"].officer_says) == (
        CheckResult.MISSING,
        CheckResult.OK,
    )


def test_a_reviewer_does_not_settle_the_checklist(scene):
    opened(scene)
    with pytest.raises(Refusal, match="Direction"):
        do(
            operations.settle_checklist,
            scene.application,
            {},
            actor=actor(scene.reviewer()),
            roles=REVIEWER,
        )
    assert scene.visit(scene.reviewer()).get(scene.path("completude")).status_code == 404


# -- asking ---------------------------------------------------------------------------------------


def test_asking_from_the_page_reopens_only_what_is_named_and_tells_owners_and_editors(scene):
    factories.member(scene.organisation, MemberLevel.READER)
    editor = factories.member(scene.organisation, MemberLevel.EDITOR)
    page = scene.as_officer.post(
        scene.path("corrections/demander"),
        sections=["budget", "public"],
        documents=[str(scene.requirement.id)],
        message="Le RIB est illisible.",
        due_on=days_from_now(15),
    )
    assert page.location == scene.file
    assert reopened_sections(scene.application.id) == {Section.BUDGET, Section.PUBLIC, Section.DOCUMENTS}
    assert mails() == [("changes_requested", scene.owner.email), ("changes_requested", editor.email)]


def test_the_organisation_edits_what_is_reopened_and_nothing_else(scene):
    ask(scene, sections=(Section.QUARTIERS,))
    home = scene.as_owner.get(scene.path("").rstrip("/"))
    assert home.tree.xpath(f'//a[@href="{scene.path("corrections")}"]')
    opened_, closed = (scene.as_owner.get(scene.path(part)).status_code for part in ("quartiers", "projet"))
    assert (opened_, closed) == (200, 302)
    request = queries.open_request(scene.application.id)
    answer(scene, request)
    assert scene.as_owner.get(scene.path("quartiers")).status_code == 302


def test_a_request_that_lacks_everything_says_so_field_by_field(scene):
    page = scene.as_officer.post(scene.path("corrections/demander"), message="", due_on="")
    assert set(page.errors) == {"sections", "due_on", "message"}
    assert reopened_sections(scene.application.id) == frozenset()


def test_one_request_at_a_time(scene):
    ask(scene)
    with pytest.raises(Refusal, match="déjà en cours"):
        ask(scene)


@pytest.mark.parametrize("change", [{"sections": ()}, {"message": " "}, {"days": 0}])
def test_a_request_without_its_parts_changes_nothing(scene, change):
    with pytest.raises(Refusals):
        ask(scene, **change)
    assert queries.requests_on(scene.application.id) == []


def test_only_the_direction_asks(scene):
    with pytest.raises(Refusal, match="Direction"):
        do(
            corrections.ask_changes,
            scene.application,
            [Section.BUDGET],
            [],
            "?",
            date(2099, 1, 1),
            actor=actor(scene.reviewer()),
            roles=REVIEWER,
        )


# -- answering ------------------------------------------------------------------------------------


def answer(scene, request, roles=APPLICANT):
    do(corrections.answer_changes, request, "Voici", "Nadia Roche", "présidente", actor=actor(scene.owner), roles=roles)


def test_the_organisation_reads_the_request_and_answers_then_the_sections_close(scene):
    ask(scene)
    page = scene.as_owner.get(scene.path("corrections"))
    assert "Le budget est à revoir." in page.text
    assert page.tree.xpath(f'//a[@href="/dossiers/{scene.application.id}/budget"]')
    sent = scene.as_owner.post(scene.path("corrections"), answer="Le budget est corrigé.", **SIGNED)
    assert sent.status_code == 302
    assert reopened_sections(scene.application.id) == frozenset()
    assert mails()[1:] == [("changes_answered", scene.officer.email), ("changes_received", scene.owner.email)]
    assert "Le budget est corrigé." in scene.as_officer.get(scene.file).text
    assert "Vos corrections sont envoyées" in scene.as_owner.get(scene.path("corrections")).text


def test_a_reader_of_the_organisation_and_strangers_do_not_answer(scene):
    ask(scene)
    reader = scene.visit(factories.member(scene.organisation, MemberLevel.READER))
    stranger = scene.visit(factories.member(factories.organisation()))
    for visitor in (reader, stranger, scene.as_officer):
        assert visitor.get(scene.path("corrections")).status_code == 404


def test_answering_is_the_organisations_and_happens_once(scene):
    request = ask(scene)
    with pytest.raises(Refusal, match="qualité"):
        answer(scene, request, roles=frozenset({Role.OFFICER}))
    answer(scene, request)
    with pytest.raises(Refusal, match="déjà fait"):
        answer(scene, request)


def test_what_is_half_typed_is_not_sent(scene):
    request = ask(scene)
    save(
        SectionDraft(
            application_id=scene.application.id,
            section=Section.BUDGET,
            raw={"amount": ["douze"]},
            version=3,
            typed_version=2,
            updated_at=clock.now(),
        )
    )
    page = scene.as_owner.post(scene.path("corrections"), answer="Voilà", **SIGNED)
    assert "Corrigez d’abord les erreurs signalées dans" in page.text
    assert db.session.get_one(ChangeRequest, request.id).status is C.ASKED


def test_the_answer_refreshes_the_checklist(scene):
    opened(scene)
    request = ask(scene)
    answer(scene, request)
    actions = [event.action for event in history_of_application(scene.application.id)]
    assert actions[-2:] == ["change_request.answered", "checklist.refreshed"]


# -- what becomes of the answer -------------------------------------------------------------------


def test_accepting_ends_the_request_and_a_repeat_changes_nothing(scene):
    request = ask(scene)
    answer(scene, request)
    accept = scene.path(f"corrections/{request.id}/accepter")
    assert scene.as_officer.post(accept).status_code == 302
    assert scene.as_officer.post(accept).status_code == 409
    assert db.session.get_one(ChangeRequest, request.id).status is C.ACCEPTED


def test_an_answer_still_to_come_is_not_accepted(scene):
    request = ask(scene)
    with pytest.raises(Refusal, match="pas possible"):
        do(corrections.accept_changes, request, **scene.by_officer)


def test_asking_again_reopens_the_same_sections_and_tells_the_organisation_again(scene):
    request = ask(scene)
    answer(scene, request)
    again = scene.path(f"corrections/{request.id}/relancer")
    assert set(scene.as_officer.post(again, message="", due_on="").errors) == {"due_on"}
    assert scene.as_officer.post(again, message="Le total ne va pas.", due_on=days_from_now(5)).location == scene.file
    assert reopened_sections(scene.application.id) == {Section.BUDGET}
    assert [template for template, _ in mails()] == [
        "changes_requested",
        "changes_answered",
        "changes_received",
        "changes_requested",
    ]
    with pytest.raises(Refusal, match="déjà fait"):
        do(corrections.ask_again, request, "Encore", date(2099, 1, 1), **scene.by_officer)


def test_the_request_of_another_application_is_not_found_here(scene):
    request = ask(scene)
    other = scene.another("Autre")
    assert scene.as_officer.post(f"/dossiers/{other.id}/corrections/{request.id}/accepter").status_code == 404


def test_a_reminder_leaves_once_before_the_date(scene):
    ask(scene, days=10)
    do(corrections.remind_changes)
    assert [template for template, _ in mails()] == ["changes_requested"]
    with time_machine.travel(clock.now() + timedelta(days=8), tick=False):
        do(corrections.remind_changes)
        do(corrections.remind_changes)
    assert [template for template, _ in mails()] == ["changes_requested", "changes_reminder"]


def test_nothing_reopens_once_the_application_is_decided(scene):
    ask(scene)

    def decide() -> None:
        db.session.get_one(Application, scene.application.id).status = ApplicationStatus.DECIDED

    do(decide)
    assert reopened_sections(scene.application.id) == frozenset()


@pytest.mark.parametrize("template", ["changes_requested", "changes_reminder", "changes_answered"])
def test_each_mail_names_the_file_and_leads_to_its_page(scene, template):
    request = ask(scene, documents=[scene.requirement.id])
    answer(scene, request)
    do(corrections.ask_again, request, "Le total ne va pas.", date(2099, 1, 1), **scene.by_officer)

    def about_to_end() -> None:
        db.session.get_one(ChangeRequest, request.id).due_on = to_paris(clock.now()).date()

    do(about_to_end)
    do(corrections.remind_changes)
    mail = db.session.execute(sa.select(Mail).where(Mail.template == template).limit(1)).scalar_one()
    message = compose(mail)
    text = message.get_content()
    page = "instruction" if template == "changes_answered" else "corrections"
    assert scene.application.reference in text
    assert f"/dossiers/{scene.application.id}/{page}" in text
    assert message["Subject"]


def test_a_past_programme_opens_its_file_and_says_what_nobody_communicated(scene):
    past = factories.application(
        scene.call, scene.organisation, [scene.quartier], status=ApplicationStatus.DECIDED, origin=Origin.IMPORTED
    )
    save(FundingLine(application_id=past.id, funder_id=scene.city.id, nature=Nature.SPECIFIC))
    page = scene.as_officer.get(f"/dossiers/{past.id}/instruction")
    assert page.status_code == 200
    assert "Repris d’une programmation passée" in page.text
    assert page.texts('//section[@id="financements"]//td[@data-label="Demandé"]')[0] == "non communiqué"


def test_the_officer_reads_what_the_answer_changed(scene):
    dossier = dossier_of(scene.application)
    snapshot = frozen(
        dossier, receipt="R-1", received_at=clock.now(), signatory_name="Nadia", signatory_role="présidente"
    )
    save(
        Submission(
            application_id=scene.application.id,
            receipt_number="R-1",
            received_at=clock.now(),
            signatory_name="Nadia",
            signatory_role="présidente",
            snapshot=snapshot,
            sha256=digest(snapshot),
        )
    )
    request = ask(scene, sections=(Section.PROJECT,))

    def correct() -> None:
        db.session.get_one(Application, scene.application.id).need = "Les familles manquent de repas en août."

    do(correct)
    answer(scene, request)
    page = scene.as_officer.get(scene.file)
    assert page.texts('//li[@class="change"]/p') == ["Besoin ✓Ajouté"]
    assert page.texts('//li[@class="change"]//ins') == ["Les familles manquent de repas en août."]
