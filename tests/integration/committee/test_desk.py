"""The instruction desk and the file of an application."""

from __future__ import annotations

from datetime import date

import pytest

from portal.accounts.rules import Role
from portal.calls.models import FundingLine
from portal.calls.states import ApplicationStatus, FundingStatus, Origin
from portal.committee.models import AdmissibilityProposal, ChangeRequest, CompletenessCheck, Opinion
from portal.committee.rules.desk import Stage
from portal.committee.states import ChangeRequestStatus, CheckResult, Outcome, Verdict
from portal.contracts.models import Nature
from portal.foundation import clock
from tests import factories
from tests.factories import save
from tests.queries import counted
from tests.visitors import Visitor

TITLES = '//tbody//th[@scope="row"]/a'


def queue(scene, visitor=None, query=""):
    return (visitor or scene.as_officer).get(f"/instruction/{scene.call.id}{query}")


def checked(application, result=CheckResult.OK):
    save(
        CompletenessCheck(
            application_id=application.id, code="balance", label="Budget", automatic=result, evidence="…", position=1
        )
    )


def test_the_desk_lists_the_calls_one_instructs(scene):
    page = scene.as_officer.get("/instruction")
    assert page.texts("//article//h2") == [scene.call.title]
    assert "1 dossier déposé" in page.text.replace("\u00a0", " ")


def test_the_queue_shows_filed_applications_and_never_a_draft(scene):
    scene.another("Brouillon", ApplicationStatus.DRAFT)
    assert queue(scene).texts(TITLES) == ["Cuisines d’été"]


def test_filters_live_in_the_address(scene):
    other = scene.another("Été au stade", ApplicationStatus.ADMISSIBLE)
    for query, titles in [
        ("?q=ete", ["Cuisines d’été", "Été au stade"]),
        ("?q=tisseurs", ["Cuisines d’été"]),
        ("?statut=admissible", ["Été au stade"]),
        ("?etape=check", ["Cuisines d’été"]),
        (f"?quartier={scene.quartier.id}", ["Cuisines d’été", "Été au stade"]),
        ("?quartier=999999", []),
        ("?sort=-titre", ["Été au stade", "Cuisines d’été"]),
        ("?statut=n’importe quoi&quartier=x&sort=?", ["Cuisines d’été", "Été au stade"]),
    ]:
        assert queue(scene, query=query).texts(TITLES) == titles, query
    assert other.status is ApplicationStatus.ADMISSIBLE


def stage_of(scene):
    return queue(scene).texts('//tbody//td[@data-label="Attend"]/span[contains(@class, "tag")][1]')[0]


def said(stage):
    return (
        f"{'!' if stage.tone == 'warning' else {'info': '→', 'danger': '✕', 'success': '✓'}[stage.tone]}{stage.label}"
    )


def test_what_a_filed_application_waits_for_follows_the_work(scene):
    of = scene.application
    assert stage_of(scene) == said(Stage.CHECK)
    checked(of)
    assert stage_of(scene) == said(Stage.PROPOSE)
    request = ChangeRequest(
        application_id=of.id,
        status=ChangeRequestStatus.ASKED,
        message="RIB",
        due_on=date(2099, 1, 1),
        asked_at=clock.now(),
    )
    save(request)
    assert stage_of(scene) == said(Stage.CORRECTIONS_AWAITED)


@pytest.mark.parametrize(
    ("status", "due_on", "stage"),
    [
        (ChangeRequestStatus.ASKED, date(2020, 1, 1), Stage.CORRECTIONS_LATE),
        (ChangeRequestStatus.ANSWERED, date(2020, 1, 1), Stage.CORRECTIONS_TO_READ),
        (ChangeRequestStatus.ACCEPTED, date(2020, 1, 1), Stage.PROPOSE),
    ],
)
def test_a_change_request_comes_before_the_rest(scene, status, due_on, stage):
    checked(scene.application)
    save(
        ChangeRequest(
            application_id=scene.application.id, status=status, message="RIB", due_on=due_on, asked_at=clock.now()
        )
    )
    assert stage_of(scene) == said(stage)


def test_a_line_to_settle_keeps_the_file_at_completeness(scene):
    checked(scene.application, CheckResult.MISSING)
    assert stage_of(scene) == said(Stage.CHECK)


def test_a_proposal_waits_to_be_pronounced(scene):
    checked(scene.application)
    save(
        AdmissibilityProposal(application_id=scene.application.id, outcome=Outcome.ADMISSIBLE, proposed_at=clock.now())
    )
    assert stage_of(scene) == said(Stage.PRONOUNCE)


def test_an_admitted_application_waits_for_analyses_then_opinions_then_the_committee(scene):
    scene.admitted()
    assert stage_of(scene) == said(Stage.ASSIGN)
    reviewer = scene.assigned()
    assert stage_of(scene) == said(Stage.ASSESSMENTS_AWAITED)
    fields = {f"level_{each.id}": "3" for each in scene.criteria} | {"verdict": "favourable", "version": "0"}
    assert scene.visit(reviewer).post(scene.path("analyse"), **fields, final="1").status_code == 302
    assert stage_of(scene) == said(Stage.OPINIONS_AWAITED)
    for funder in (scene.city, scene.state):
        save(
            Opinion(
                application_id=scene.application.id,
                funder_id=funder.id,
                verdict=Verdict.NONE,
                given_at=clock.now(),
            )
        )
    assert stage_of(scene) == said(Stage.ARBITRATE)


def test_the_queue_and_its_filters_ask_the_same_number_of_queries_for_1_and_200_rows(scene):
    def queries():
        scene.as_officer.get(f"/instruction/{scene.call.id}")
        with counted() as counter:
            assert queue(scene).status_code == 200
        return len(counter)

    one = queries()
    for number in range(199):
        scene.another(f"Projet {number}")
    assert queries() == one
    page = queue(scene, query="?page=2")
    assert len(page.texts(TITLES)) == 50


def test_an_unknown_amount_is_said_not_communicated_and_a_part_unknown_makes_the_whole_unknown(scene):
    save(
        FundingLine(
            application_id=scene.application.id, funder_id=scene.caf.id, nature=Nature.SPECIFIC, requested_cents=None
        )
    )
    assert queue(scene).texts('//tbody//td[@data-label="Demandé"]') == ["non communiqué"]


@pytest.mark.parametrize("role", [Role.STEERING, Role.ADMIN])
def test_others_do_not_find_the_desk(scene, role):
    who = factories.staff(role, scene.contract) if role is Role.STEERING else factories.admin()
    for path in ("/instruction", f"/instruction/{scene.call.id}"):
        assert scene.visit(who).get(path).status_code == 404


def test_an_officer_of_another_contract_finds_nothing(scene):
    stranger = Visitor(scene.app, factories.staff(Role.OFFICER, factories.contract()))
    assert [stranger.get(path).status_code for path in (f"/instruction/{scene.call.id}", scene.file)] == [404, 404]


# -- the file ------------------------------------------------------------------------------------


def test_the_file_shows_the_application_the_documents_the_money_and_what_is_next(scene):
    page = scene.as_officer.get(scene.file)
    assert page.status_code == 200
    for words in ("Cuisines d’été", "Les Tisseurs", "Encagnane", "Ville d’Aix", "Prononcer par délégation"):
        assert words in page.text


def test_the_applicant_finds_nothing_of_the_instruction(scene):
    assert scene.as_owner.get(scene.file).status_code == 404


@pytest.mark.parametrize("role", [Role.DELEGATE, Role.STEERING])
def test_those_who_only_read_are_offered_no_act(scene, role):
    page = scene.visit(factories.staff(role, scene.contract)).get(scene.file)
    assert page.status_code == 200
    assert page.tree.xpath(f'//form[starts-with(@action, "/dossiers/{scene.application.id}/")]') == []
    assert "Proposer la recevabilité" not in page.text


def test_a_funders_agent_reads_the_application_and_only_its_own_amounts_and_opinion(scene):
    for funder, words in ((scene.city, "Très utile au quartier"), (scene.state, "Réserve de l’État")):
        save(
            Opinion(
                application_id=scene.application.id,
                funder_id=funder.id,
                verdict=Verdict.FAVOURABLE,
                reason=words,
                given_at=clock.now(),
            )
        )
    page = scene.visit(scene.agent(scene.city)).get(scene.file)
    assert "Très utile au quartier" in page.text
    for hidden in ("Réserve de l’État", "Complétude", "Analyses", "Historique", "Décisions"):
        assert hidden not in page.text
    assert page.texts('//section[@id="financements"]//table[1]//td[@data-label="Attribué"]') == [
        "réservé",
        "pas encore",
    ]


def test_an_agent_of_a_funder_not_asked_finds_nothing(scene):
    assert scene.visit(scene.agent(scene.caf)).get(scene.file).status_code == 404


def test_the_past_of_the_organisation_tells_nothing_asked_from_not_communicated(scene):
    last = factories.call(scene.contract, [scene.quartier], year=2025)
    before = factories.call(scene.contract, [scene.quartier], year=2024)
    known = factories.application(last, scene.organisation, status=ApplicationStatus.DECIDED, title="Cuisines 2025")
    line = factories.funding_line(known, scene.city, 5_000_00)
    granted(line, 4_200_00)
    unknown = factories.application(
        before,
        scene.organisation,
        status=ApplicationStatus.DECIDED,
        title="Cuisines 2024",
        origin=Origin.IMPORTED,
    )
    save(FundingLine(application_id=unknown.id, funder_id=scene.state.id, nature=Nature.SPECIFIC))
    page = scene.as_officer.get(scene.file)
    rows = page.texts('//table[caption[contains(., "deux années précédentes")]]/tbody/tr')
    assert [row.replace("\u202f", " ").replace("\u00a0", " ") for row in rows] == [
        "Ville d’Aix 4 200,00 € aucune demande",
        "État aucune demande non communiqué",
    ]
    assert "Cuisines 2025" in page.text


def granted(line, cents):
    from portal.extensions import db
    from portal.foundation.database import unit_of_work

    with unit_of_work():
        found = db.session.get_one(FundingLine, line.id)
        found.granted_cents, found.status = cents, FundingStatus.GRANTED


def test_the_file_asks_the_same_number_of_queries_whatever_it_holds(scene):
    def queries():
        scene.as_officer.get(scene.file)
        with counted() as counter:
            assert scene.as_officer.get(scene.file).status_code == 200
        return len(counter)

    scene.assigned("Ada")
    one = queries()
    for name in ("Béa", "Cléo", "Dina"):
        scene.assigned(name)
    scene.another("Autre")
    assert queries() == one
