"""The applicant's page and list: where each application stands, what it waits for, what happened."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine

from portal.calls.models import Application, CallMilestone
from portal.calls.operations.submission import freeze
from portal.calls.states import ApplicationStatus, MilestoneKind, Section
from portal.committee.operations import corrections
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.database import in_unit_of_work
from portal.foundation.events import record
from portal.foundation.periods import to_paris
from tests import factories
from tests.factories import save
from tests.integration.committee.scene import Scene, actor
from tests.queries import counted

SIGNED = {"signatory_name": "Nadia Roche", "signatory_role": "présidente"}


def do(operation, *args, **values):
    return in_unit_of_work(lambda: operation(*args, **values))


def today() -> date:
    return to_paris(clock.now()).date()


@pytest.fixture
def filed(scene: Scene) -> Scene:
    """The application as filed now, frozen."""
    do(freeze, scene.application, "Sami Filed", "trésorier", clock.now(), actor=actor(scene.owner))

    def file() -> None:
        db.session.get_one(Application, scene.application.id).submitted_at = clock.now()

    do(file)
    return scene


def milestone(scene: Scene, kind: MilestoneKind, label: str, in_days: int, *, public: bool = True) -> None:
    save(
        CallMilestone(
            call_id=scene.call.id,
            kind=kind,
            label=label,
            starts_on=today() + timedelta(days=in_days),
            is_public=public,
            changed_at=clock.now(),
        )
    )


def ask(scene: Scene, days: int = 10) -> None:
    due_on = today() + timedelta(days=days)
    do(corrections.ask_changes, scene.application, [Section.PROJECT], [], "Dites mieux.", due_on, **scene.by_officer)


def page(scene: Scene):
    return scene.as_owner.get(f"/dossiers/{scene.application.id}")


def steps(answer) -> list[str]:
    return answer.texts('//nav[@aria-label="Étapes du dossier"]//li')


def test_the_page_says_where_it_stands_who_acts_and_when(filed):
    milestone(filed, MilestoneKind.COPIL, "Comité de pilotage", 80)
    milestone(filed, MilestoneKind.COTECH, "Comité technique interne", 30, public=False)
    read = page(filed)
    assert read.texts('//dl[@class="standing-facts"]//dd')[0] == "La Direction"
    assert [step.split()[0] for step in steps(read)] == ["✓Dépôtfait", "2Vérification", "3Étude", "4Réponse", "5Action"]
    assert "Comité de pilotage" in read.text and "Comité technique interne" not in read.text
    assert "Sans réponse d’un financeur le" in read.text


def test_what_is_asked_of_the_organisation_comes_first_with_its_day(filed):
    ask(filed)
    read = page(filed)
    assert read.texts('//div[contains(@class, "callout")]//li/a') == ["Corrections à envoyer"]
    assert read.texts('//dl[@class="standing-facts"]//dd')[0] == "Vous"
    assert "Le délai de réponse des financeurs est suspendu" in read.text
    listed = filed.as_owner.get("/dossiers")
    assert "À faire Corrections à envoyer" in listed.text
    filed.as_owner.post(filed.path("corrections"), answer="Voici", **SIGNED)
    assert "Vos corrections sont relues par la Direction" in page(filed).text
    assert "Corrections à envoyer" not in filed.as_owner.get("/dossiers").text


def test_a_date_gone_by_is_said_late(filed):
    ask(filed)
    with time_machine.travel(clock.now() + timedelta(days=20), tick=False):
        assert "Corrections à envoyer, attendu depuis le" in page(filed).text
        assert "En retard" in filed.as_owner.get("/dossiers").text


def test_the_history_tells_the_corrections_with_their_dates_and_versions(filed):
    ask(filed)
    filed.as_owner.post(filed.path("corrections"), answer="Voici", **SIGNED)
    told = page(filed).texts('//ol[@class="timeline"]/li')
    assert "Corrections envoyées" in told[0] and "Version corrigée n° 2" in told[0]
    assert "Corrections demandées" in told[1] and "Réponse attendue au plus tard le" in told[1]


def test_nothing_of_the_inside_work_is_told(filed):
    reviewer = filed.assigned()

    def inside() -> None:
        application = db.session.get_one(Application, filed.application.id)
        application.status = ApplicationStatus.DECIDED
        for action in ("application.decided", "assessment.finalised", "funding.arbitrated", "opinion.given"):
            record(actor(reviewer), action, application, reason="Trop cher", amount=123_456_00)

    do(inside)
    read = page(filed)
    for secret in ("Trop cher", "123", reviewer.display_name, "Analyse rendue", "Décision rendue", "Arbitr"):
        assert secret not in read.text
    assert [step.split()[0] for step in steps(read)] == ["✓Dépôtfait", "✓Vérification", "3Étude", "4Réponse", "5Action"]
    assert "À l’étude" in filed.as_owner.get("/dossiers").text


def test_the_page_leads_to_everything_of_the_application(filed):
    ask(filed)
    number = filed.application.id
    links = set(page(filed).tree.xpath("//main//a/@href"))
    wanted = ("messages", "corrections", "lecture", "versions", "recepisse", "retrait", "archive")
    assert {f"/dossiers/{number}/{rest}" for rest in wanted} <= links


def test_the_list_costs_the_same_for_one_application_and_for_many(filed):
    def cost() -> int:
        filed.as_owner.get("/dossiers")
        with counted() as queries:
            filed.as_owner.get("/dossiers")
        return len(queries)

    ask(filed)
    one = cost()
    for number in range(12):
        another = factories.application(
            filed.call, filed.organisation, [filed.quartier], status=ApplicationStatus.SUBMITTED, title=f"P {number}"
        )
        due_on = today() + timedelta(days=5)
        do(corrections.ask_changes, another, [Section.BUDGET], [], "Le total.", due_on, **filed.by_officer)
    assert cost() == one
