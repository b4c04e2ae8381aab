"""What came on paper or by e-mail: typed by the Direction, judged on its receipt, confirmed by its organisation."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.accounts.models import Organisation
from portal.accounts.rules import MemberLevel, Role
from portal.calls.models import Application, ApplicationDocument, Reception, Submission
from portal.calls.operations.confirming import remind_confirmations
from portal.calls.states import ApplicationStatus, Confirmation, Origin
from portal.committee.operations.completeness import open_checklists
from portal.committee.queries.completeness import checklist
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.database import unit_of_work
from portal.foundation.events import history_of_application
from portal.foundation.outbox import Mail
from portal.foundation.web.formats import datetime_fr
from tests import factories
from tests.integration.calls.filing.scene import PDF, Filer, filer, fresh, sections_of
from tests.typography import plain


@pytest.fixture
def officer(app, it) -> Filer:
    return filer(app, factories.staff(Role.OFFICER, it.contract))


def paris(instant):
    from portal.foundation.periods import to_paris

    return f"{to_paris(instant):%d/%m/%Y %H:%M}"


def begin(officer, it, *, received_at=None, evidence=PDF, organisation=None, **more) -> int:
    sent = {
        "channel": "paper", "received_at": paris(received_at or clock.now() - timedelta(hours=1)),
        "confirm_email": "bureau@ateliers.test", **more,
    }  # fmt: skip
    if evidence:
        sent["evidence"] = (io.BytesIO(evidence), "dossier-papier.pdf")
    answer = officer.post(f"/appels/{it.call.id}/saisir/{(organisation or it.organisation).id}", **sent)
    assert answer.location is not None, (answer.errors, answer.text[:600])
    return int(answer.location.rsplit("/", 1)[1])


def fill(officer, application_id, it) -> None:
    for name, typed in sections_of(it).items():
        answer = officer.save(application_id, name, **typed)
        assert answer.status_code == 302, (name, answer.errors)
    for requirement in (it.rib, it.report):
        assert officer.add_document(application_id, requirement.id).status_code == 302


@pytest.fixture
def typed(officer, it) -> int:
    """The id of an application typed on behalf that lacks only its filing."""
    application_id = begin(officer, it)
    fill(officer, application_id, it)
    return application_id


@pytest.fixture
def filed(officer, typed) -> int:
    answer = officer.sign(typed)
    assert answer.location == f"/dossiers/{typed}/recepisse", answer.text
    return typed


def reception_of(application_id) -> Reception:
    return fresh(application_id).reception


def mails(template) -> list[tuple[str, str]]:
    found = db.session.execute(
        sa.select(Mail.recipient, Mail.key).where(Mail.template == template).order_by(Mail.id)
    ).all()
    db.session.rollback()
    return [tuple(row) for row in found]


def without_account(it) -> None:
    """The organisation loses its only member."""
    from portal.accounts.models import Grant

    with unit_of_work():
        db.session.execute(sa.update(Grant).where(Grant.person_id == it.owner.id).values(ended_at=clock.now()))


# -- beginning ---------------------------------------------------------------------------------------


def test_the_direction_finds_the_page_from_the_call_and_the_structure_by_name_or_siret(officer, it):
    page = officer.get(f"/appels/{it.call.id}")
    assert page.tree.xpath(f'//a[@href="/appels/{it.call.id}/saisir"]')
    for asked in ("ateliers vallon", it.organisation.siret, it.organisation.siren):
        found = officer.get(f"/appels/{it.call.id}/saisir?q={asked}")
        assert found.texts("//tbody//th") == ["Les Ateliers du Vallon"]
    assert officer.get(f"/appels/{it.call.id}/saisir?q=12345678901234").texts("//tbody//th") == []


def test_an_unknown_structure_is_created_without_the_officer_becoming_its_member(officer, it):
    number = factories.siren()
    from stdnum import luhn

    siret = number + "0001" + luhn.calc_check_digit(number + "0001")
    answer = officer.post(
        f"/appels/{it.call.id}/saisir/nouvelle-structure", name="Club fictif", kind="association", siret=siret, rna=""
    )
    made = db.session.execute(sa.select(Organisation).where(Organisation.name == "Club fictif")).scalar_one()
    db.session.rollback()
    assert answer.location == f"/appels/{it.call.id}/saisir/{made.id}"
    assert officer.get(f"/structures/{made.id}/membres").status_code == 404
    again = officer.post(
        f"/appels/{it.call.id}/saisir/nouvelle-structure", name="Encore", kind="association", siret=siret, rna=""
    )
    assert again.location == answer.location


def test_pressing_twice_begins_one_application(officer, it):
    assert begin(officer, it) == begin(officer, it)


def test_a_receipt_in_the_future_or_before_the_opening_is_refused_beside_its_field(officer, it):
    for days, told in ((2, "Cette date est dans le futur."), (-40, "Ce jour-là, l’appel n’était pas encore ouvert.")):
        answer = officer.post(
            f"/appels/{it.call.id}/saisir/{it.organisation.id}",
            channel="email", received_at=paris(clock.now() + timedelta(days=days)),
        )  # fmt: skip
        assert answer.errors == {"received_at": told}
    assert db.session.execute(sa.select(sa.func.count()).select_from(Application)).scalar_one() == 0
    db.session.rollback()


def test_nothing_typed_is_lost_when_the_copy_is_refused(officer, it):
    answer = officer.post(
        f"/appels/{it.call.id}/saisir/{it.organisation.id}",
        channel="email", received_at=paris(clock.now() - timedelta(hours=1)), confirm_email="b@c.test",
        evidence=(io.BytesIO(b"MZ"), "a.exe"),
    )  # fmt: skip
    assert "evidence" in answer.errors
    assert answer.tree.xpath('//input[@name="confirm_email"]/@value') == ["b@c.test"]


def test_somebody_who_stepped_out_of_the_structure_does_not_type_for_it(app, it):
    from portal.calls.models import Recusal
    from portal.calls.states import RecusalSource

    person = factories.staff(Role.OFFICER, it.contract)
    factories.save(
        Recusal(
            person_id=person.id, organisation_id=it.organisation.id, source=RecusalSource.DECLARED,
            reason="Parent", created_at=clock.now(),
        )
    )  # fmt: skip
    answer = filer(app, person).post(
        f"/appels/{it.call.id}/saisir/{it.organisation.id}",
        channel="paper", received_at=paris(clock.now() - timedelta(hours=1)),
    )  # fmt: skip
    assert "déporté" in answer.errors[""]


# -- typing ------------------------------------------------------------------------------------------


def test_every_page_says_who_typed_it_and_for_whom(officer, it, typed):
    for path in ("", "/projet", "/documents", "/depot", "/lecture"):
        page = plain(officer.get(f"/dossiers/{typed}{path}").text)
        assert "Saisi par la Direction" in page, path
        assert "au nom de Les Ateliers du Vallon" in page, path


def test_the_bank_page_and_the_vault_stay_the_members_own(app, owner, officer, it, typed):
    assert officer.get(f"/structures/{it.organisation.id}/compte-bancaire").status_code == 404
    assert "Seul un membre de la structure indique ce compte" in officer.get(f"/dossiers/{typed}/structure").text
    earlier = owner.begin(it)
    owner.add_document(earlier, it.rib.id, name="secret-rib.pdf")
    other = begin(officer, it, received_at=clock.now() - timedelta(hours=3))
    assert "secret-rib.pdf" not in officer.get(f"/dossiers/{other}/documents").text
    assert "secret-rib.pdf" in owner.get(f"/dossiers/{other}/documents").text


def test_a_draft_typed_on_behalf_is_not_shown_to_reviewers_nor_funders(app, it, typed):
    for person in (factories.staff(Role.REVIEWER, it.call), factories.staff(Role.FUNDER_AGENT, it.city)):
        assert filer(app, person).get(f"/dossiers/{typed}/instruction").status_code == 404


def test_the_copy_of_what_came_is_asked_before_filing_and_read_by_both_sides(app, owner, officer, it):
    application_id = begin(officer, it, evidence=None)
    fill(officer, application_id, it)
    assert "Joignez la copie de ce que la Direction a reçu" in officer.sign(application_id).text
    officer.post(
        f"/dossiers/{application_id}/reception",
        channel="email", received_at=paris(clock.now() - timedelta(hours=1)), evidence=(io.BytesIO(PDF), "c.pdf"),
    )  # fmt: skip
    assert officer.sign(application_id).status_code == 302
    for who in (owner, officer):
        assert who.get(f"/dossiers/{application_id}/reception/copie").data == PDF
    stranger = filer(app, factories.member(factories.organisation("Une autre")))
    assert stranger.get(f"/dossiers/{application_id}/reception/copie").status_code == 404


# -- the closing -------------------------------------------------------------------------------------


def close(it, ago):
    with unit_of_work():
        db.session.merge(it.call).closes_at = clock.now() - ago


def test_received_in_time_it_is_filed_after_the_closing_with_its_own_date(officer, it, typed):
    received_at = reception_of(typed).received_at
    close(it, timedelta(minutes=5))
    assert officer.sign(typed).status_code == 302
    filed = fresh(typed)
    submission = db.session.execute(sa.select(Submission)).scalar_one()
    assert (filed.status, filed.submitted_at, submission.received_at) == (
        ApplicationStatus.SUBMITTED, received_at, received_at,
    )  # fmt: skip
    assert submission.late_seconds == 0
    page = plain(officer.get(f"/dossiers/{typed}/recepisse").text)
    assert plain(f"reçu le {datetime_fr(received_at)}") in page


def test_received_late_it_is_kept_but_not_filed(officer, it, typed):
    close(it, timedelta(hours=2))
    assert "Reçu après la clôture" in officer.get(f"/dossiers/{typed}").text
    assert "clos" in officer.sign(typed).text
    assert fresh(typed).status is ApplicationStatus.DRAFT


def test_no_grace_is_left_to_what_came_on_paper(officer, it):
    with unit_of_work():
        db.session.merge(it.call).closes_at = (clock.now() - timedelta(hours=1)).replace(second=0, microsecond=0)
    application_id = begin(officer, it, received_at=fresh_call(it).closes_at + timedelta(minutes=1))
    fill(officer, application_id, it)
    assert "clos" in officer.sign(application_id).text


def fresh_call(it):
    db.session.expire_all()
    return db.session.merge(it.call)


# -- the organisation confirms -----------------------------------------------------------------------


def test_the_member_is_asked_and_confirms_once_signed_in(owner, officer, it, filed, mailbox):
    assert reception_of(filed).confirmation is Confirmation.AWAITED
    (mail,) = [mail for mail in mailbox.collect() if "onfirmez" in mail.subject]
    assert (mail.to, mail.link) == (it.owner.email, f"/dossiers/{filed}/confirmation")
    page = owner.get(mail.link)
    assert "Lire en bas des tours" in page.text
    version = page.tree.xpath('//input[@name="version"]/@value')[0]
    answer = owner.post(mail.link, version=version, answer="confirm", name="Noa, présidente", entitled="y")
    assert answer.location == f"/dossiers/{filed}"
    assert reception_of(filed).confirmation is Confirmation.CONFIRMED
    assert "Confirmé par la structure" in officer.get(f"/dossiers/{filed}/instruction").text
    told = [event for event in history_of_application(filed) if event.action == "reception.confirmed"]
    assert len(told) == 1
    assert "Noa" not in str(told[0].details)


def test_without_account_the_link_of_the_mail_opens_that_file_alone_and_serves_once(
    app, officer, it, typed, mailbox, anonymous
):
    without_account(it)
    officer.sign(typed)
    (mail,) = [mail for mail in mailbox.collect() if "onfirmez" in mail.subject]
    assert mail.to == "bureau@ateliers.test"
    page = anonymous.get(mail.link)
    assert "bien le vôtre" in page.text
    assert page.tree.xpath('//main//nav[@class="breadcrumb"]') == []
    assert anonymous.get(f"/dossiers/{typed}").location.startswith("/connexion")
    version = page.tree.xpath('//input[@name="version"]/@value')[0]
    sent = {"version": version, "answer": "confirm", "name": "D. Martin, présidente", "entitled": "y"}
    assert "le dossier est confirmé" in anonymous.post(mail.link, **sent).text
    assert anonymous.post(mail.link, **sent).status_code == 410
    assert anonymous.get(mail.link).status_code == 410
    assert reception_of(typed).answered_by == "D. Martin, présidente"


def test_a_link_is_over_after_sixty_days_and_when_forged(officer, it, typed, mailbox, anonymous):
    without_account(it)
    officer.sign(typed)
    (mail,) = [mail for mail in mailbox.collect() if "onfirmez" in mail.subject]
    assert anonymous.get(mail.link + "x").status_code == 410
    with clock.held(clock.now() + timedelta(days=61)):
        from portal.calls.reception_links import read_link

        assert read_link(mail.link.rsplit("/", 1)[1]) is None
    db.session.rollback()


def test_an_empty_answer_is_told_all_that_it_lacks_at_once(owner, filed):
    page = owner.get(f"/dossiers/{filed}/confirmation")
    version = page.tree.xpath('//input[@name="version"]/@value')[0]
    answer = owner.post(f"/dossiers/{filed}/confirmation", version=version, name="")
    assert set(answer.errors) == {"answer", "name", "entitled"}


@pytest.mark.parametrize(
    ("missing", "field"), [("name", "name"), ("entitled", "entitled"), ("answer", "answer"), ("words", "words")]
)
def test_an_answer_says_who_answers_and_why(owner, filed, missing, field):
    page = owner.get(f"/dossiers/{filed}/confirmation")
    sent = {
        "version": page.tree.xpath('//input[@name="version"]/@value')[0], "answer": "refuse", "name": "Noa",
        "entitled": "y", "words": "Nous n’avons rien envoyé.",
    }  # fmt: skip
    sent[missing] = ""
    if missing == "entitled":
        del sent["entitled"]
    answer = owner.post(f"/dossiers/{filed}/confirmation", **sent)
    assert field in answer.errors
    assert reception_of(filed).confirmation is Confirmation.AWAITED


def test_who_does_not_recognise_it_says_why_and_the_direction_is_told(owner, officer, it, filed, mailbox):
    mailbox.collect()
    page = owner.get(f"/dossiers/{filed}/confirmation")
    owner.post(
        f"/dossiers/{filed}/confirmation", version=page.tree.xpath('//input[@name="version"]/@value')[0],
        answer="refuse", words="Nous n’avons rien envoyé.", name="Noa", entitled="y",
    )  # fmt: skip
    mail = mailbox.one()
    assert "Nous n’avons rien envoyé." in mail.text
    assert "Nous n’avons rien envoyé." in officer.get(f"/dossiers/{filed}/instruction").text
    warned = officer.get(f"/dossiers/{filed}/recevabilite/proposer")
    assert "Non reconnu par la structure" in warned.text


def test_a_correction_reopens_the_sections_and_freezes_the_corrected_file(owner, officer, it, filed):
    assert officer.post(f"/dossiers/{filed}/projet", version=1, page="q", title="x").status_code != 302
    page = owner.get(f"/dossiers/{filed}/confirmation")
    owner.post(
        f"/dossiers/{filed}/confirmation", version=page.tree.xpath('//input[@name="version"]/@value')[0],
        answer="correct", words="Le titre est faux.", name="Noa", entitled="y",
    )  # fmt: skip
    values = sections_of(it)["projet"] | {"title": "Lire au pied des tours"}
    assert officer.save(filed, "projet", **values).status_code == 302
    answer = officer.post(f"/dossiers/{filed}/reception/confirmation")
    assert answer.location == f"/dossiers/{filed}"
    sent = db.session.scalars(sa.select(Submission).order_by(Submission.number)).all()
    assert [each.number for each in sent] == [1, 2]
    assert sent[0].received_at == sent[1].received_at
    assert "Lire au pied des tours" in sent[1].snapshot
    db.session.rollback()
    assert reception_of(filed).confirmation is Confirmation.AWAITED
    assert len(mails("reception_to_confirm")) == 2
    assert officer.save(filed, "projet", version=2, **values).status_code == 200


def test_a_member_corrects_and_confirms_in_one_go(owner, officer, it, filed):
    page = owner.get(f"/dossiers/{filed}/confirmation")
    path = f"/dossiers/{filed}/confirmation"
    owner.post(
        path, version=page.tree.xpath('//input[@name="version"]/@value')[0], answer="correct", words="Le public.",
        name="Noa", entitled="y",
    )  # fmt: skip
    owner.save(filed, "public", **(sections_of(it)["public"] | {"outreach": "Porte à porte."}))
    version = owner.get(path).tree.xpath('//input[@name="version"]/@value')[0]
    owner.post(path, version=version, answer="confirm", name="Noa", entitled="y")
    assert reception_of(filed).confirmation is Confirmation.CONFIRMED
    assert db.session.execute(sa.select(sa.func.count()).select_from(Submission)).scalar_one() == 2
    db.session.rollback()


def test_an_answer_on_a_page_that_another_answered_since_changes_nothing(app, owner, it, filed):
    path = f"/dossiers/{filed}/confirmation"
    version = owner.get(path).tree.xpath('//input[@name="version"]/@value')[0]
    owner.post(path, version=version, answer="confirm", name="Noa", entitled="y")
    colleague = filer(app, factories.member(it.organisation, MemberLevel.EDITOR))
    late = colleague.post(path, version=version, answer="refuse", words="Non.", name="Lou", entitled="y")
    assert "Une réponse est arrivée entre-temps" in late.errors[""]
    assert reception_of(filed).confirmation is Confirmation.CONFIRMED


def test_what_is_being_typed_is_read_by_the_organisation_and_the_direction_alone(app, owner, officer, it, typed):
    document_id = db.session.scalars(sa.select(ApplicationDocument.id).order_by(ApplicationDocument.id)).first()
    db.session.rollback()
    others = [filer(app, factories.staff(role, it.contract)) for role in (Role.DELEGATE, Role.STEERING)]
    for path in (f"pieces/{document_id}", "instruction", "versions"):
        assert [each.get(f"/dossiers/{typed}/{path}").status_code for each in others] == [404, 404], path
    assert [each.get(f"/dossiers/{typed}/pieces/{document_id}").status_code for each in (owner, officer)] == [200, 200]


def test_a_member_who_only_writes_is_told_before_and_confirms_nothing(app, owner, it, filed):
    editor, path = filer(app, factories.member(it.organisation, MemberLevel.EDITOR)), f"/dossiers/{filed}/confirmation"
    page = editor.get(path)
    assert "Vous ne pouvez pas confirmer ce dossier" in page.text
    version = page.tree.xpath('//input[@name="version"]/@value')[0]
    refused = editor.post(path, version=version, answer="confirm", name="Noa, présidente", entitled="y")
    assert "Vous pouvez rédiger ce dossier, mais pas le signer" in refused.errors[""]
    assert reception_of(filed).confirmation is Confirmation.AWAITED
    assert "Vous ne pouvez pas confirmer" not in owner.get(path).text


def test_an_application_taken_back_awaits_no_answer_by_link_nor_by_a_member(
    owner, officer, it, typed, mailbox, anonymous
):
    without_account(it)
    officer.sign(typed)
    (mail,) = [mail for mail in mailbox.collect() if "onfirmez" in mail.subject]
    page = anonymous.get(mail.link)
    assert officer.post(f"/dossiers/{typed}/retrait", reason="Déposé deux fois.").status_code == 302
    version = page.tree.xpath('//input[@name="version"]/@value')[0]
    sent = {"version": version, "answer": "refuse", "words": "Non.", "name": "D. Martin", "entitled": "y"}
    assert (anonymous.get(mail.link).status_code, anonymous.post(mail.link, **sent).status_code) == (410, 410)
    assert reception_of(typed).confirmation is Confirmation.AWAITED


def test_a_member_who_files_it_has_confirmed_it(owner, officer, it, typed):
    assert owner.sign(typed).status_code == 302
    assert reception_of(typed).confirmation is Confirmation.CONFIRMED
    assert mails("reception_to_confirm") == []


def test_reminders_leave_once_each_and_stop_with_the_answer(owner, it, filed):
    asked_at = reception_of(filed).asked_at
    for days, count in ((6, 1), (7, 2), (8, 2), (21, 3), (40, 3)):
        with clock.held(asked_at + timedelta(days=days)), unit_of_work():
            remind_confirmations()
        assert len(mails("reception_to_confirm")) == count, days


def test_the_checklist_follows_the_answer(owner, officer, it, filed):
    def line():
        (found,) = [each for each in checklist(filed) if each.code == "confirmed_by_organisation"]
        db.session.rollback()
        return found.result.value

    with unit_of_work():
        open_checklists()
    assert line() == "to_check"
    path = f"/dossiers/{filed}/confirmation"
    version = owner.get(path).tree.xpath('//input[@name="version"]/@value')[0]
    owner.post(path, version=version, answer="confirm", name="Noa", entitled="y")
    assert line() == "ok"


def test_lists_tell_what_was_typed_and_what_awaits_confirmation(officer, it, filed):
    for path in (f"/appels/{it.call.id}/dossiers", f"/instruction/{it.call.id}"):
        text = officer.get(path).text
        assert "Saisi par la Direction" in text
        assert "À confirmer par la structure" in text


def test_an_application_filed_online_has_no_reception(owner, officer, it, draft):
    assert fresh(draft).origin is Origin.ONLINE
    assert owner.get(f"/dossiers/{draft}/confirmation").status_code == 404
    assert owner.get(f"/dossiers/{draft}/reception/copie").status_code == 404
