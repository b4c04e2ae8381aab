"""Who answered what, reminders by themselves and by hand, the end of the wait, the address book's keeping."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa
import time_machine
from openpyxl import load_workbook

from portal.accounts.models import ReadAudit
from portal.accounts.rules import Role
from portal.committee.models import OpinionLink, OpinionRequest
from portal.committee.operations.opinion_addresses import forget_old_addresses
from portal.committee.operations.opinion_requests import end_waits
from portal.committee.operations.reminding_opinions import remind_on_their_day
from portal.committee.states import OpinionRequestStatus as R
from portal.contracts.models import PartnerContact
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.database import in_unit_of_work, unit_of_work
from portal.foundation.outbox import Mail
from tests import factories
from tests.integration.committee.asking import ask, only_request, partner, request_on, requests
from tests.queries import counted


@pytest.fixture
def landlord(scene):
    return partner(scene.contract, "Famille et Provence")


def follow(scene, rest=""):
    return scene.as_officer.get(f"/appels/{scene.call.id}/avis{rest}")


def line(page, name):
    """The figures of one recipient on the dashboard."""
    (row,) = page.tree.xpath(f'//table[caption="Destinataires"]/tbody/tr[th[contains(., "{name}")]]')
    return {cell.get("data-label"): " ".join(cell.text_content().split()) for cell in row if cell.get("data-label")}


def reminders():
    db.session.rollback()
    return list(db.session.scalars(sa.select(Mail.recipient).where(Mail.template == "opinions_reminder")))


def on_day(days):
    return time_machine.travel(clock.now() + timedelta(days=days), tick=False)


def tick():
    for _ in range(2):  # each minute: the second finds nothing to do
        in_unit_of_work(remind_on_their_day)
        in_unit_of_work(end_waits)


# -- by itself -------------------------------------------------------------------------------------


def test_reminders_leave_on_their_days_and_stop_at_the_end(scene, landlord):
    ask(scene, f"c{landlord.id}", days=10)
    left = []
    for day in range(20):
        with on_day(day):
            before = len(reminders())
            tick()
            if len(reminders()) > before:
                left.append((day, len(reminders()) - before))
    assert left == [(5, 1), (9, 1), (12, 1)]
    made = only_request()
    assert (made.status, made.reminders) == (R.EXPIRED, 3)


def test_a_worker_that_slept_sends_one_reminder_not_three(scene, landlord):
    ask(scene, f"c{landlord.id}", days=10)
    with on_day(13):
        tick()
    assert len(reminders()) == 1


def test_no_reminder_follows_a_demand_made_late(scene, landlord):
    ask(scene, f"c{landlord.id}", days=3)
    tick()
    assert reminders() == []
    with on_day(2):
        tick()
    assert len(reminders()) == 1


def test_who_answered_declined_or_is_no_longer_asked_is_left_in_peace(scene, landlord):
    for number, status in enumerate((R.GIVEN, R.DECLINED, R.WITHDRAWN)):
        request_on(scene, scene.another(f"Projet {number}"), contact=landlord, status=status, due_in=1)
    with on_day(1):
        tick()
    assert reminders() == []


def test_a_funders_people_are_reminded_together_save_who_stepped_out(scene):
    first, second = scene.agent(scene.city), scene.agent(scene.city)
    ask(scene, f"f{scene.city.id}", days=10)
    factories.recusal(first, scene.application)
    with on_day(6):
        tick()
    assert reminders() == [second.email]


def test_a_link_that_the_direction_closed_is_not_opened_again_by_a_reminder(scene, landlord, mailbox):
    ask(scene, f"c{landlord.id}", days=10)
    mailbox.collect()
    (number,) = db.session.scalars(sa.select(OpinionLink.id))
    scene.as_officer.post(f"/avis/liens/{number}/fermer")
    with on_day(6):
        tick()
    page, _ = remind(scene)
    assert ("1 demande ne peut être rappelée" in page.text, reminders()) == (True, [])


def test_an_overdue_request_waits_for_the_grace_then_is_over(scene, landlord):
    request_on(scene, scene.application, contact=landlord, due_in=0)
    with on_day(7):
        tick()
        assert requests()[0][3] == "asked"
    with on_day(8):
        tick()
    assert requests()[0][3] == "expired"


def test_a_contract_has_its_own_days_of_reminder_and_of_grace(scene, landlord):
    with unit_of_work():
        scene.contract.opinion_reminder_days, scene.contract.opinion_grace_days = "-2, 1", 3
    ask(scene, f"c{landlord.id}", days=10)
    told = []
    for day in range(16):
        with on_day(day):
            tick()
            told.append((len(reminders()), only_request().status))
    assert [day for day in range(1, 16) if told[day][0] > told[day - 1][0]] == [8, 11]
    assert [told[day][1] for day in (13, 14)] == [R.ASKED, R.EXPIRED]


def test_a_contract_without_days_of_reminder_reminds_nobody(scene, landlord):
    with unit_of_work():
        scene.contract.opinion_reminder_days = ""
    ask(scene, f"c{landlord.id}", days=10)
    with on_day(12):
        tick()
    assert reminders() == []


# -- by hand ---------------------------------------------------------------------------------------


def remind(scene, query=""):
    path = f"/appels/{scene.call.id}/avis/relancer{query}"
    officer = scene.visit(scene.officer)  # a session of its own: days pass between two reminders
    page = officer.get(path)
    (mark,) = page.tree.xpath('//input[@name="mark"]/@value') or [""]
    return page, officer.post(path, mark=mark, words="La séance est jeudi.")


def test_those_who_have_not_answered_are_reminded_once_a_day(scene, landlord, mailbox):
    school = partner(scene.contract, "École Jules-Ferry", "ecole@ac.test")
    request_on(scene, scene.application, contact=landlord, due_in=-2)
    request_on(scene, scene.application, contact=school, status=R.GIVEN)
    mailbox.collect()
    page, sent = remind(scene)
    assert page.texts('//th[@scope="row"]') == ["Famille et Provence"]
    assert sent.location == f"/appels/{scene.call.id}/avis"
    mail = mailbox.one()
    assert (mail.to, "\n\nLa séance est jeudi.\n\nLisez" in mail.text) == ("service@partenaire.test", True)
    _, again = remind(scene)
    assert list(again.errors) == [""]
    assert len(reminders()) == 1
    with on_day(1):
        remind(scene)
    assert len(reminders()) == 2


def test_only_the_late_ones_when_asked_so(scene, landlord):
    school = partner(scene.contract, "École Jules-Ferry", "ecole@ac.test")
    request_on(scene, scene.application, contact=landlord, due_in=-2)
    request_on(scene, scene.application, contact=school, due_in=2)
    page, _ = remind(scene, "?etat=late")
    assert page.texts('//th[@scope="row"]') == ["Famille et Provence"]
    assert reminders() == ["service@partenaire.test"]


def test_a_list_that_changed_is_read_again(scene, landlord):
    request_on(scene, scene.application, contact=landlord)
    path = f"/appels/{scene.call.id}/avis/relancer"
    (mark,) = scene.as_officer.get(path).tree.xpath('//input[@name="mark"]/@value')
    request_on(scene, scene.another("Deuxième"), contact=landlord)
    answer = scene.as_officer.post(path, mark=mark)
    assert answer.errors == {"": "La liste a changé depuis que vous l’avez lue. Relisez-la, puis envoyez."}
    assert reminders() == []


# -- the dashboard ---------------------------------------------------------------------------------


def test_the_dashboard_counts_by_recipient_and_leaves_the_recused_out(scene, landlord):
    request_on(scene, scene.application, contact=landlord, due_in=-2)
    for number, status in enumerate((R.GIVEN, R.DECLINED, R.EXPIRED, R.WITHDRAWN)):
        request_on(scene, scene.another(f"Projet {number}"), contact=landlord, status=status)
    told = line(follow(scene), "Famille et Provence")
    assert {name: told[name] for name in ("Demandés", "Rendus", "En attente")} == {
        "Demandés": "4", "Rendus": "1", "En attente": "1",
    }  # fmt: skip
    assert (told["Sans avis attendu"], told["Taux"]) == ("1 décliné, 1 sans réponse", "25 %")
    factories.recusal(scene.officer, scene.application)
    page = follow(scene)
    told = line(page, "Famille et Provence")
    assert (told["Demandés"], told["En retard"]) == ("3", "0")
    assert "Cuisines d’été" not in follow(scene, "/demandes").text


def test_the_list_filters_by_state_recipient_and_quartier(scene, landlord):
    school = partner(scene.contract, "École Jules-Ferry", "ecole@ac.test")
    request_on(scene, scene.application, contact=landlord, due_in=-2)
    request_on(scene, scene.another("Deuxième"), contact=school)
    elsewhere = factories.quartier(scene.contract, "Beisson")

    def titles(query):
        return follow(scene, f"/demandes?{query}").texts('//td[@data-label="Demandé à"]')

    assert titles("etat=late") == ["Famille et Provence"]
    assert titles(f"a=c{school.id}") == ["École Jules-Ferry"]
    assert titles(f"quartier={elsewhere.id}") == []
    assert len(titles("etat=inconnu&a=x&quartier=y")) == 2


def test_the_sheet_holds_what_the_list_shows_and_no_formula(scene, landlord):
    made = request_on(scene, scene.application, contact=landlord)
    with_formula = "=1+1"

    def decline():
        request = db.session.get_one(OpinionRequest, made.id)
        request.status, request.declined_reason = R.DECLINED, with_formula

    in_unit_of_work(decline)
    answer = follow(scene, "/tableur")
    sheet = load_workbook(BytesIO(answer.data)).active
    row = [cell.value for cell in sheet[2]]
    assert (row[1], row[3], row[4], row[10]) == ("Cuisines d’été", "Famille et Provence", "Décliné", with_formula)
    assert sheet["K2"].data_type == "s"
    assert db.session.scalars(sa.select(ReadAudit.what)).all() == ["export.opinions"]


def test_only_the_direction_and_the_delegate_follow_and_the_delegate_reminds_nobody(scene, landlord):
    request_on(scene, scene.application, contact=landlord)
    base = f"/appels/{scene.call.id}/avis"
    delegate = scene.visit(factories.staff(Role.DELEGATE, scene.contract))
    assert "Famille et Provence" in delegate.get(base).text
    assert delegate.get(f"{base}/relancer").status_code == 404
    for who in (scene.agent(scene.city), scene.reviewer(), scene.owner):
        for rest in ("", "/demandes", "/tableur"):
            assert scene.visit(who).get(base + rest).status_code == 404


def test_the_dashboard_asks_the_same_number_of_queries_for_1_and_30_requests(scene, landlord):
    request_on(scene, scene.application, contact=landlord)

    def look():
        with counted() as counter:
            assert (follow(scene).status_code, follow(scene, "/demandes").status_code) == (200, 200)
        return len(counter)

    look()
    one = look()
    for number in range(30):
        other = partner(scene.contract, f"Partenaire {number}", f"p{number}@test.test")
        request_on(scene, scene.another(f"Projet {number}"), contact=other)
    assert look() == one


# -- personal data ---------------------------------------------------------------------------------


def test_an_address_of_which_nothing_is_asked_for_two_years_is_forgotten(scene, landlord):
    asked = partner(scene.contract, "École Jules-Ferry", "ecole@ac.test")
    with on_day(400):
        request_on(scene, scene.application, contact=asked)
    with on_day(800):
        in_unit_of_work(forget_old_addresses)
        in_unit_of_work(forget_old_addresses)
    db.session.rollback()
    assert dict(db.session.execute(sa.select(PartnerContact.name, PartnerContact.email)).all()) == {
        "Famille et Provence": None, "École Jules-Ferry": "ecole@ac.test",
    }  # fmt: skip
    with on_day(1200):
        in_unit_of_work(forget_old_addresses)
    assert db.session.scalars(sa.select(PartnerContact.email)).all() == [None, None]


def test_forgetting_somebody_takes_away_the_mails_they_got(scene, landlord, mailbox):
    ask(scene, f"c{landlord.id}")
    mailbox.collect()
    path = f"/contrats/{scene.contract.id}/partenaires/{landlord.id}/oublier"
    assert scene.as_officer.post(path).status_code == 302
    assert db.session.scalars(sa.select(Mail.id).where(Mail.recipient == "service@partenaire.test")).all() == []
    assert scene.as_officer.post(path).status_code == 409


def test_somebody_s_export_holds_what_the_address_books_hold_of_them(scene):
    who = factories.person("Awa", "Diallo")
    request_on(scene, scene.application, contact=partner(scene.contract, "Conseil citoyen", who.email.upper()))
    partner(scene.contract, "Un autre", "autre@test.test")
    told = scene.visit(who).get("/compte/mes-donnees.json").json
    assert [each["name"] for each in told["carnet_des_partenaires"]] == ["Conseil citoyen"]
    assert [each["status"] for each in told["avis_demandes"]] == ["asked"]
