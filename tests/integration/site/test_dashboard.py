"""The home of each role: what waits for it, and doors that open."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from portal.accounts.rules import MemberLevel, Role, ScopeKind
from portal.calls.models import Recusal
from portal.calls.states import ApplicationStatus, FundingStatus, RecusalSource, Section
from portal.committee.models import Assessment, Assignment, ChangeRequest, ChangeRequestSection, Sitting, SittingKind
from portal.committee.states import AssessmentStatus, ChangeRequestStatus, Outcome, SittingStatus
from portal.contracts.models import FunderKind
from portal.evaluation.models import Bilan
from portal.evaluation.states import BilanKind, BilanStatus
from portal.foundation import clock
from tests import factories, scenes
from tests.queries import counted
from tests.visitors import Visitor

HOME = "/accueil"


@pytest.fixture
def city(app):
    return scenes.city()


def tile(answer, label):
    """The figure of a tile, or None when the tile is not there."""
    found = answer.texts(f"//li[contains(@class, 'tile')][.//span[.='{label}']]//span[@class='tile-figure']")
    return found[0] if found else None


def home_of(app, person):
    answer = Visitor(app, person).get(HOME)
    assert answer.status_code == 200
    return answer


def asked(city, **values):
    """A filed application asking the city's funder."""
    return scenes.filed_action(
        city, "Cuisine du dimanche",
        **{"status": ApplicationStatus.SUBMITTED, "outcome": None, "line": FundingStatus.REQUESTED, **values},
    )  # fmt: skip


def test_somebody_signed_out_is_sent_to_sign_in(anonymous):
    assert anonymous.get(HOME).location.startswith("/connexion?next=")


def test_a_new_account_is_told_to_join_its_structure(app, city):
    page = home_of(app, factories.person())
    assert "Rattachez d’abord votre structure" in page.text
    assert "Appel à projets 2026" in page.texts("//h3")


def test_an_applicant_finds_what_is_due_the_most_urgent_first(app, city):
    member = factories.member(city.organisation)
    factories.application(city.call, city.organisation, title="Brouillon en cours")
    corrected = asked(city)
    soon = clock.now().date() + timedelta(days=3)
    request = factories.save(
        ChangeRequest(
            application_id=corrected.id, status=ChangeRequestStatus.ASKED, message="Le budget", due_on=soon,
            asked_at=clock.now(),
        )
    )  # fmt: skip
    factories.save(ChangeRequestSection(change_request_id=request.id, section=Section.BUDGET))
    done = scenes.filed_action(city, "Action menée")
    factories.save(
        Bilan(application_id=done.id, kind=BilanKind.FINAL, status=BilanStatus.DUE, due_on=date(2036, 6, 30))
    )
    asked(city, by=factories.organisation("Une autre"))
    page = home_of(app, member)
    assert page.texts("//table//tbody/tr/th") == ["Cuisine du dimanche", "Brouillon en cours", "Action menée"]
    assert tile(page, "Mes dossiers") == "3"


def test_every_door_of_an_applicant_s_home_opens(app, city):
    factories.application(city.call, city.organisation, title="Brouillon en cours")
    visitor = Visitor(app, factories.member(city.organisation))
    links = visitor.get(HOME).tree.xpath("//main//a/@href")
    assert f"/appels/{city.call.id}/deposer" in links
    assert [(link, visitor.get(link).status_code) for link in links if visitor.get(link).status_code != 200] == []


def test_an_applicant_learns_nothing_of_a_decision_before_it_is_notified(app, city):
    member = factories.member(city.organisation)
    scenes.filed_action(city, "Projet arbitré", outcome=Outcome.NOT_RETAINED, line=FundingStatus.ARBITRATED)
    page = home_of(app, member)
    assert "Projet arbitré" not in page.text


def test_the_direction_sees_its_calls_at_a_glance(app, city):
    officer = factories.staff(Role.OFFICER, city.contract)
    asked(city)
    asked(city, status=ApplicationStatus.ADMISSIBLE, by=factories.organisation())
    asked(city, status=ApplicationStatus.DRAFT, by=factories.organisation())
    page = home_of(app, officer)
    cells = page.texts("//table[caption='Dossiers déposés, par appel']/tbody/tr/td[@class='num']")
    assert cells == ["1", "1", "0", "2"]


def test_a_recused_officer_does_not_count_what_they_stepped_out_of(app, city):
    officer = factories.staff(Role.OFFICER, city.contract)
    application = asked(city)
    factories.save(
        Recusal(
            person_id=officer.id, application_id=application.id, source=RecusalSource.DECLARED,
            reason="Membre du bureau", created_at=clock.now(),
        )
    )  # fmt: skip
    page = home_of(app, officer)
    cells = page.texts("//table[caption='Dossiers déposés, par appel']/tbody/tr/td[@class='num']")
    assert cells == ["0", "0", "0", "0"]


def test_a_reviewer_counts_the_analyses_left(app, city):
    reviewer = factories.staff(Role.REVIEWER, city.call)
    for number, status in enumerate([AssessmentStatus.FINAL, AssessmentStatus.DRAFT, None]):
        application = asked(city, by=factories.organisation(f"Structure {number}"))
        factories.save(Assignment(application_id=application.id, person_id=reviewer.id, assigned_at=clock.now()))
        if status:
            factories.save(
                Assessment(application_id=application.id, person_id=reviewer.id, status=status, updated_at=clock.now())
            )
    assert tile(home_of(app, reviewer), "Analyses à rendre") == "2"


def test_a_funders_agent_counts_the_opinions_to_give(app, city):
    agent = factories.staff(Role.FUNDER_AGENT, city.funder)
    asked(city)
    asked(city, status=ApplicationStatus.DRAFT, by=factories.organisation())
    assert tile(home_of(app, agent), "Avis à rendre") == "1"


def test_a_delegate_counts_the_opinions_of_the_state_alone(app, city):
    delegate = factories.staff(Role.DELEGATE, city.contract)
    application = asked(city)
    state = factories.funder("État", FunderKind.STATE)
    factories.funding_line(application, state, 300_000)
    home = home_of(app, delegate)
    assert tile(home, "Avis de l’État à rendre") == "1"
    assert tile(home, "Actes à enregistrer") is None


def sitting(city, title, held_on, status=SittingStatus.PLANNED):
    kind = factories.save(SittingKind(contract_id=city.contract.id, code=title, label="Comité de pilotage", position=1))
    return factories.save(
        Sitting(kind_id=kind.id, contract_id=city.contract.id, title=title, held_on=held_on, status=status)
    )


def test_the_steering_committee_sees_the_sittings_to_come(app, city):
    member = factories.staff(Role.STEERING, city.contract)
    sitting(city, "COPIL passé", date(2020, 1, 1))
    sitting(city, "COPIL à venir", date(2036, 3, 1))
    page = home_of(app, member)
    assert page.texts("//table[caption='Séances à venir']/tbody/tr/th") == ["COPIL à venir"]


def test_a_resident_finds_the_quartier_and_the_sittings_they_are_invited_to(app, city):
    resident = factories.person()
    invited, other = sitting(city, "Commission", date(2036, 3, 1)), sitting(city, "COPIL", date(2036, 4, 1))
    factories.grant(resident, Role.RESIDENT, ScopeKind.QUARTIER, city.beisson.id)
    factories.grant(resident, Role.RESIDENT, ScopeKind.SITTING, invited.id)
    page = home_of(app, resident)
    assert page.tree.xpath("//ul[@class='places']//a/@href") == ["/quartiers/beisson"]
    assert page.texts("//table[caption='Séances à venir']/tbody/tr/th") == ["Commission"]
    assert other.title not in page.text


def test_an_admin_finds_the_accounts(app, city):
    page = home_of(app, factories.admin())
    assert tile(page, "Comptes") == "1"


def test_staff_without_a_second_factor_are_asked_for_it_and_see_no_count(app, city):
    officer = factories.person(totp_secret=None, totp_confirmed_at=None)
    factories.grant(officer, Role.OFFICER, ScopeKind.CONTRACT, city.contract.id)
    asked(city)
    page = Visitor(app, officer, second_factor=False).get(HOME)
    assert "Activez la double authentification" in page.text
    assert "Dossiers déposés, par appel" not in page.text


@pytest.mark.parametrize(
    "role", [Role.OFFICER, Role.MANAGER, Role.DELEGATE, Role.STEERING, Role.REVIEWER, Role.FUNDER_AGENT]
)
def test_every_door_of_a_home_opens(app, city, role):
    scope = {Role.REVIEWER: city.call, Role.FUNDER_AGENT: city.funder}.get(role, city.contract)
    visitor = Visitor(app, factories.staff(role, scope))
    asked(city)
    sitting(city, "COPIL à venir", date(2036, 3, 1))
    links = visitor.get(HOME).tree.xpath("//main//a/@href")
    assert [(link, visitor.get(link).status_code) for link in links if visitor.get(link).status_code != 200] == []


def test_a_home_costs_the_same_for_1_application_and_for_200(app, city):
    officer = factories.staff(Role.OFFICER, city.contract)
    for role, scope in ((Role.REVIEWER, ScopeKind.CALL), (Role.FUNDER_AGENT, ScopeKind.FUNDER)):
        factories.grant(officer, role, scope, city.call.id if scope is ScopeKind.CALL else city.funder.id)
    factories.grant(officer, Role.APPLICANT, ScopeKind.ORGANISATION, city.organisation.id, MemberLevel.OWNER)
    asked(city)
    visitor = Visitor(app, officer)
    with counted() as few:
        visitor.get(HOME)
    for number in range(200):
        asked(city, by=factories.organisation(f"Structure {number}"))
        factories.application(city.call, city.organisation, title=f"Brouillon {number}")
    with counted() as many:
        visitor.get(HOME)
    assert len(few) == len(many)
