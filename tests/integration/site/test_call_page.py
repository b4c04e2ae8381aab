"""The public page of a call and its calendar."""

from __future__ import annotations

from datetime import date, timedelta

import icalendar
import pytest

from portal.accounts.rules import Role
from portal.calls.models import CallMilestone, DocumentRequirement
from portal.calls.operations import calling
from portal.calls.states import CallStatus, DocumentCase, MilestoneKind, ResidentsRule
from portal.foundation import clock
from portal.foundation.actors import SYSTEM
from portal.foundation.database import unit_of_work
from portal.foundation.periods import parse_instant
from tests import factories
from tests.queries import counted
from tests.typography import plain
from tests.visitors import Visitor

DAY = timedelta(days=1)


@pytest.fixture
def contract(app):
    made = factories.contract(contact_service="Direction", contact_email="direction@exemple.test")
    education = factories.theme(made, "Éducation")
    factories.theme(made, "Réussite scolaire", education)
    return made


@pytest.fixture
def call(contract):
    return factories.call(
        contract,
        [factories.quartier(contract, "Encagnane")],
        who_may_apply="Les associations.",
        residents_rule=ResidentsRule.MAJORITY,
        closes_at=parse_instant("20/11/2036 18:00"),
        bilan_due_on=date(2038, 6, 30),
    )


@pytest.fixture
def anonymous(app):
    return Visitor(app)


def step(call, label, kind=MilestoneKind.COPIL, *, is_public=True, starts_on=date(2037, 2, 12)):
    return factories.save(
        CallMilestone(
            call_id=call.id, kind=kind, label=label, starts_on=starts_on, is_public=is_public, changed_at=clock.now()
        )
    )


def document(call, label, case, position):
    return factories.save(DocumentRequirement(call_id=call.id, code=label, label=label, case=case, position=position))


def events(visitor, call):
    answer = visitor.get(f"/appels-a-projets/{call.id}/calendrier.ics")
    assert answer.response.content_type == "text/calendar; charset=utf-8"
    return {str(event["uid"]): event for event in icalendar.Calendar.from_ical(answer.data).walk("VEVENT")}


def test_the_page_says_who_for_what_where_when_with_what_and_what_follows(anonymous, call):
    document(call, "Comptes", DocumentCase.PRIVATE, 1)
    document(call, "Délibération", DocumentCase.PUBLIC_BODY, 2)
    step(call, "COPIL de février")
    step(call, "COTECH réservé", MilestoneKind.COTECH, is_public=False)
    page = anonymous.get(f"/appels-a-projets/{call.id}")
    told = plain(page.text)
    for words in (
        "Les associations.",
        "Encagnane",
        "Réussite scolaire",
        "20 novembre 2036 à 18 h",
        "La majorité des personnes concernées habitent un quartier prioritaire.",
        "Si vous êtes une association ou un organisme privé",
        "Si vous êtes un organisme public",
        "direction@exemple.test",
        "COPIL de février : 12 février 2037",
        "Au plus tard le 30 juin 2038",
    ):
        assert words in told
    assert "COTECH réservé" not in told


def test_whoever_comes_finds_how_to_begin(app, anonymous, call):
    page = anonymous.get(f"/appels-a-projets/{call.id}")
    begin = f"/appels/{call.id}/deposer"
    assert set(page.tree.xpath("//a[.='Commencer mon dossier']/@href")) == {begin}
    assert page.tree.xpath("//main//a[.='Créer un compte']/@href") == ["/inscription"]
    member = Visitor(app, factories.member(factories.organisation()))
    assert set(member.get(f"/appels-a-projets/{call.id}").tree.xpath("//a[.='Commencer mon dossier']/@href")) == {begin}
    officer = Visitor(app, factories.staff(Role.OFFICER, call.contract))
    assert officer.get(f"/appels-a-projets/{call.id}").tree.xpath("//a[.='Commencer mon dossier']") == []


def test_a_coming_call_says_when_it_opens_and_offers_nothing_to_begin(anonymous, contract):
    coming = factories.call(
        contract, opens_at=parse_instant("01/10/2036 09:00"), closes_at=parse_instant("20/11/2036 18:00")
    )
    page = anonymous.get(f"/appels-a-projets/{coming.id}")
    assert "Le dépôt ouvre le 1er octobre 2036 à 9 h" in plain(page.text)
    assert page.tree.xpath("//a[.='Commencer mon dossier']") == []


def test_a_note_is_offered_while_it_is_taken(app, anonymous, call):
    assert "note d’opportunité" not in anonymous.get(f"/appels-a-projets/{call.id}").text
    with unit_of_work() as session:
        session.add(call)
        call.pre_projects_enabled = True
    member = Visitor(app, factories.member(factories.organisation()))
    for visitor in (anonymous, member):
        page = visitor.get(f"/appels-a-projets/{call.id}")
        assert page.tree.xpath("//a[.='Proposer une note']/@href") == [f"/appels/{call.id}/note"]
    assert member.get(f"/appels/{call.id}/note").status_code == 200


def test_the_calendar_has_the_public_dates_at_the_hours_of_paris(anonymous, call):
    shown = step(call, "COPIL de février")
    step(call, "Réunion interne", is_public=False)
    found = events(anonymous, call)
    assert len(found) == 6
    closing = found[f"appel-{call.id}@contrat-de-ville"]
    assert str(closing["dtstart"].dt) == "2036-11-20 18:00:00+01:00"
    assert found[f"appel-{call.id}-step-{shown.id}@contrat-de-ville"].decoded("dtstart") == date(2037, 2, 12)
    page = anonymous.get(f"/appels-a-projets/{call.id}/calendrier")
    assert page.tree.xpath("//a[contains(., 'S’abonner')]/@href") == [
        f"webcal://localhost/appels-a-projets/{call.id}/calendrier.ics"
    ]
    assert "COPIL de février" in page.text
    assert "Réunion interne" not in page.text


def test_an_extension_moves_the_closing_under_the_same_identity_with_a_later_revision(anonymous, call):
    before = events(anonymous, call)[f"appel-{call.id}@contrat-de-ville"]
    with unit_of_work() as session:
        session.add(call)
        calling.extend_call(call, parse_instant("27/11/2036 18:00"), "Panne", version=1, actor=SYSTEM)
    after = events(anonymous, call)[f"appel-{call.id}@contrat-de-ville"]
    assert (before["sequence"], after["sequence"]) == (0, 1)
    assert after.decoded("dtstamp") > before.decoded("dtstamp")
    assert str(after["dtstart"].dt) == "2036-11-27 18:00:00+01:00"


def test_who_asks_again_for_an_unchanged_calendar_is_told_so(anonymous, call):
    address = f"/appels-a-projets/{call.id}/calendrier.ics"
    first = anonymous.get(address)
    again = anonymous.get(address, headers={"If-None-Match": first.response.headers["ETag"]})
    assert again.status_code == 304
    assert "attachment" in anonymous.get(f"{address}?fichier=1").response.headers["Content-Disposition"]


def test_a_call_in_preparation_has_neither_page_nor_calendar(anonymous, contract):
    draft = factories.call(contract, status=CallStatus.DRAFT)
    for tail in ("", "/calendrier", "/calendrier.ics"):
        assert anonymous.get(f"/appels-a-projets/{draft.id}{tail}").status_code == 404


def test_the_page_and_its_calendar_run_as_many_queries_whatever_the_steps(anonymous, call):
    pages = [f"/appels-a-projets/{call.id}{tail}" for tail in ("", "/calendrier", "/calendrier.ics")]

    def asked():
        counts = []
        for page in pages:
            with counted() as queries:
                anonymous.get(page)
            counts.append(len(queries))
        return counts

    step(call, "Une")
    asked()
    one = asked()
    for number in range(10):
        step(call, f"Étape {number}", starts_on=date(2037, 3, 1) + number * DAY)
    assert asked() == one
