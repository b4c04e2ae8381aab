"""How a call fills up, and the reminders to those who have begun."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.accounts.rules import MemberLevel, Role
from portal.calls.models import SectionDraft
from portal.calls.states import ApplicationStatus, Section
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.database import unit_of_work
from portal.foundation.events import history_of
from portal.foundation.outbox import Mail
from tests import factories
from tests.mailbox import Mailbox
from tests.queries import counted
from tests.typography import plain
from tests.visitors import Visitor

DAY = timedelta(days=1)
TODAY = "//table[caption='Les derniers jours']/tbody/tr[last()]"


@pytest.fixture
def call(app):
    contract = factories.contract(contact_phone="04 42 00 00 00")
    return factories.call(contract, [factories.quartier(contract, "Encagnane")], opens_at=clock.now() - 20 * DAY)


@pytest.fixture
def officer(app, call):
    return Visitor(app, factories.staff(Role.OFFICER, call.contract))


@pytest.fixture
def mailbox(app):
    return Mailbox(app)


def draft(call, name, title="Projet secret", touched=timedelta(0), sections=0):
    organisation = factories.organisation(name)
    owner = factories.member(organisation)
    made = factories.application(call, organisation, title=title)
    with unit_of_work() as session:
        session.add(made)
        made.created_at = clock.now() - touched
        for section in list(Section)[:sections]:
            session.add(
                SectionDraft(
                    application_id=made.id, section=section, raw={}, typed_version=1, updated_at=clock.now() - touched
                )
            )
    return made, owner


def send(officer, call, selection="", **fields):
    """Read the list, then send what it shows."""
    address = f"/appels/{call.id}/rappel{'?qui=' + selection if selection else ''}"
    (mark,) = officer.get(address).tree.xpath("//input[@name='mark']/@value") or [""]
    return officer.post(address, **{"mark": mark, "message": "closing", "words": "", **fields})


# -- how a call fills up ----------------------------------------------------------------------------------


def test_drafts_are_counted_by_stage_and_by_day_and_nothing_of_them_is_told(officer, call):
    draft(call, "Les Amandiers")
    draft(call, "Les Micocouliers", sections=3, touched=8 * DAY)
    factories.application(call, factories.organisation(), status=ApplicationStatus.SUBMITTED)
    page = officer.get(f"/appels/{call.id}/avancement")
    assert page.texts("//table[caption='Brouillons par avancement']//span[@class='bar-shown']") == ["1", "1", "0", "0"]
    assert page.texts(f"{TODAY}/td[@class='num']") == ["2", "1"]
    assert page.texts(f"{TODAY}//span[@class='bar-shown']") == ["3", "1"]
    assert page.texts("//dd[preceding-sibling::dt[contains(., 'sept jours')]]") == ["1"]
    for secret in ("Projet secret", "Les Amandiers", "Les Micocouliers"):
        assert secret not in page.text


def test_who_stepped_out_of_a_project_finds_it_in_no_count(officer, call):
    filed = factories.application(call, factories.organisation(), status=ApplicationStatus.SUBMITTED)
    factories.application(call, factories.organisation(), status=ApplicationStatus.SUBMITTED)
    page = f"/appels/{call.id}/avancement"
    before = officer.get(page).texts(f"{TODAY}//span[@class='bar-shown']")
    factories.recusal(db.session.get_one(type(factories.person()), officer.person_id), filed)
    after = officer.get(page).texts(f"{TODAY}//span[@class='bar-shown']")
    assert (before, after) == (["2", "2"], ["1", "1"])


def test_the_page_runs_as_many_queries_for_one_draft_as_for_many(officer, call):
    draft(call, "Une")
    pages = [f"/appels/{call.id}/avancement", f"/appels/{call.id}/rappel"]

    def asked():
        counts = []
        for page in pages:
            with counted() as queries:
                officer.get(page)
            counts.append(len(queries))
        return counts

    asked()
    one = asked()
    for number in range(8):
        draft(call, f"Structure {number}", sections=number)
    assert asked() == one


# -- reminders ----------------------------------------------------------------------------------------------


def test_the_selection_is_shown_by_structure_before_anything_leaves(officer, call, mailbox):
    draft(call, "Les Amandiers")
    draft(call, "Les Micocouliers", touched=8 * DAY)
    page = officer.get(f"/appels/{call.id}/rappel")
    rows = "//table[caption='Structures qui recevront le rappel']/tbody/tr/th"
    assert page.texts(rows) == ["Les Amandiers", "Les Micocouliers"]
    assert "Projet secret" not in page.text
    assert officer.get(f"/appels/{call.id}/rappel?qui=idle").texts(rows) == ["Les Micocouliers"]
    assert mailbox.collect() == []


def test_a_reminder_reaches_the_selection_with_the_chosen_words_and_is_written_down(officer, call, mailbox):
    _first, owner = draft(call, "Les Amandiers")
    sleeping, sleeper = draft(call, "Les Micocouliers", touched=8 * DAY)
    reader = factories.member(db.session.get_one(type(sleeping), sleeping.id).organisation, MemberLevel.READER)
    answer = send(officer, call, "idle", message="help", words="Permanence mardi.")
    assert answer.location == f"/appels/{call.id}/avancement"
    (mail,) = mailbox.collect()
    assert mail.to == sleeper.email
    assert mail.to not in (owner.email, reader.email)
    assert "04 42 00 00 00" in mail.text
    assert "Permanence mardi." in mail.text
    page = officer.get(f"/appels/{call.id}/avancement")
    (line,) = page.texts("//table[caption='Rappels envoyés']/tbody/tr")
    assert "Les Micocouliers" in line
    assert "Proposer de l’aide pour terminer" in plain(line)
    (event,) = [each for each in history_of("call", call.id) if each.action == "call.reminded"]
    assert (event.details["people"], event.details["applications"]) == (1, [sleeping.id])


def test_a_reminder_leaves_once_a_day(officer, call):
    draft(call, "Les Amandiers")
    send(officer, call)
    assert send(officer, call, message="help").errors == {"": "Un rappel est déjà parti aujourd’hui."}
    assert len(db.session.execute(sa.select(Mail)).all()) == 1


def test_a_list_that_changed_since_it_was_read_is_shown_again_and_nothing_leaves(officer, call, mailbox):
    draft(call, "Les Amandiers")
    (mark,) = officer.get(f"/appels/{call.id}/rappel").tree.xpath("//input[@name='mark']/@value")
    draft(call, "Les Micocouliers")
    page = officer.post(f"/appels/{call.id}/rappel", mark=mark, message="closing", words="À bientôt")
    assert page.errors == {"": "La liste a changé depuis que vous l’avez lue. Relisez-la, puis envoyez."}
    assert "Les Micocouliers" in page.text
    assert "À bientôt" in page.text
    assert mailbox.collect() == []


def test_no_reminder_when_nobody_has_begun_or_the_call_is_closed(officer, call):
    closed = factories.call(call.contract, year=2025, opens_at=clock.now() - 9 * DAY, closes_at=clock.now() - DAY)
    assert "Aucun dossier" in send(officer, call).errors[""]
    assert "n’est pas ouvert" in send(officer, closed).errors[""]
    assert db.session.execute(sa.select(Mail)).all() == []


def test_a_structure_one_stepped_out_of_is_written_to_and_not_named(officer, call, mailbox):
    made, owner = draft(call, "Les Amandiers")
    factories.recusal(db.session.get_one(type(owner), officer.person_id), made)
    page = officer.get(f"/appels/{call.id}/rappel")
    assert "Les Amandiers" not in page.text
    assert "1 structure dont vous êtes en déport le recevra aussi" in plain(page.text)
    send(officer, call)
    assert [mail.to for mail in mailbox.collect()] == [owner.email]
    assert "Les Amandiers" not in officer.get(f"/appels/{call.id}/avancement").text
