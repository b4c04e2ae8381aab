"""The programming table: who sees and proposes what, totals to the cent, two writers of one amount."""

from __future__ import annotations

import pytest

from portal.accounts.rules import Role
from portal.calls.models import Criterion, FundingLine
from portal.calls.states import ApplicationStatus, FundingStatus, Origin
from portal.committee.models import Assessment, Assignment, CriterionScore, Opinion
from portal.committee.operations.programme import propose
from portal.committee.states import AssessmentStatus, Outcome, Verdict
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.database import unit_of_work
from portal.foundation.refusals import Conflict, Refusal
from tests import factories
from tests.integration.committee.deciding import Scene, make_scene
from tests.queries import counted


@pytest.fixture
def scene(app) -> Scene:
    return make_scene(app)


def table(scene, role=Role.OFFICER, query=""):
    return scene.visit(role).get(f"/programmation/{scene.call.id}{query}")


def cells(page, line):
    return page.texts(f"//tr[@id='ligne-{line.id}']/*")[:9]


def put(scene, line, cents, role=Role.OFFICER, version=None):
    actor = scene.actor(role)
    with unit_of_work():
        propose(line, cents, version=version, actor=actor, roles={role})


def test_a_row_tells_what_is_asked_last_year_s_grant_opinion_proposal(scene):
    organisation = factories.organisation("Les Tisseurs")
    last_year = factories.call(scene.contract, [scene.quartier], year=2025)
    before = factories.application(last_year, organisation, status=ApplicationStatus.CLOSED, title="Ateliers")
    line = factories.funding_line(before, scene.city, 4_000_00)
    with unit_of_work():
        line.status, line.granted_cents = FundingStatus.NOTIFIED, 2_500_00
    application = factories.application(
        scene.call, organisation, [scene.quartier], status=ApplicationStatus.ADMISSIBLE, title="ATELIERS"
    )
    line = factories.funding_line(application, scene.city, 5_000_00, scene.city_envelope)
    factories.save(
        Opinion(
            application_id=application.id,
            funder_id=scene.city.id,
            verdict=Verdict.RESERVED,
            reserve="Calendrier à préciser",
            given_at=clock.now(),
        )
    )
    put(scene, line, 3_000_00)
    assert cells(table(scene), line) == [
        "Ville d’essaiCrédits politique de la ville",
        "5 000,00 €",
        "2 500,00 €",
        "–",
        "Favorable sous réserveCalendrier à préciser",
        "3 000,00 €",
        "–",
        "–",
        "Proposé",
    ]


def test_totals_by_quartier_and_pillar_add_up_and_the_envelope_says_what_is_left(scene):
    pillar = factories.theme(scene.contract, "Cohésion sociale")
    culture = factories.theme(scene.contract, "Culture", pillar)
    other = factories.quartier(scene.contract, "Autre quartier")
    shared = factories.application(
        scene.call,
        factories.organisation(),
        [scene.quartier, other],
        status=ApplicationStatus.ADMISSIBLE,
        main_theme_id=culture.id,
    )
    factories.funding_line(shared, scene.city, 1_000_01, scene.city_envelope)
    single = scene.application(city=2_000_00, state=0)
    put(scene, scene.line(single), 1_500_00)
    page = table(scene)
    rows = page.texts("//table[caption='Totaux par quartier']/tbody/tr")
    assert rows == [
        "Quartier d’essai 2 500,01 € 1 500,00 € 0,00 € 0,00 €",
        "Autre quartier 500,00 € 0,00 € 0,00 € 0,00 €",
    ]
    assert page.texts("//table[caption='Totaux par quartier']/tfoot/tr") == [
        "Ensemble3 000,01 € 1 500,00 € 0,00 € 0,00 €"
    ]
    assert page.texts("//table[caption='Totaux par pilier']/tbody/tr") == [
        "Cohésion sociale 1 000,01 € 0,00 € 0,00 € 0,00 €",
        "Sans pilier 2 000,00 € 1 500,00 € 0,00 € 0,00 €",
    ]
    envelope = page.texts("//table[caption='Enveloppes de l’appel']/tbody/tr[1]/td")
    assert envelope == [
        "Prévisionnelle", "20 000,00 €", "3 000,01 €", "1 500,00 €", "0,00 €", "0,00 €", "18 500,00 €", "20 000,00 €",
    ]  # fmt: skip


def test_a_recused_person_s_table_and_totals_leave_the_application_out(scene):
    _kept, left = scene.application(), scene.application()
    scene.arbitrate(left, city=4_000_00)
    scene.act(left, 4_000_00)
    scene.recuse(scene.person(Role.OFFICER), left)
    page = table(scene)
    assert left.title not in page.text
    assert "hors dossiers déportés" in page.text
    assert page.texts("//table[caption='Enveloppes de l’appel']/tbody/tr[1]/td")[-1] == "20 000,00 €"
    assert page.texts("//table[caption='Totaux par quartier']/tfoot/tr/td") == [
        "8 000,00 €", "0,00 €", "0,00 €", "0,00 €",
    ]  # fmt: skip
    assert table(scene, Role.MANAGER).texts("//table[caption='Enveloppes de l’appel']/tbody/tr[1]/td")[-1] == (
        "16 000,00 €"
    )


def test_a_funder_sees_its_own_lines_and_envelope_only(scene):
    both, only_state = scene.application(), scene.application(city=0)
    page = table(scene, Role.FUNDER_AGENT)
    assert both.title in page.text
    assert only_state.title not in page.text
    assert page.tree.xpath(f"//tr[@id='ligne-{scene.line(both, scene.state).id}']") == []
    assert len(page.texts("//table[caption='Enveloppes de l’appel']/tbody/tr")) == 1


def test_filters_of_the_address_narrow_the_rows(scene):
    other = factories.quartier(scene.contract, "Autre quartier")
    here, there = scene.application(), scene.application()
    with unit_of_work():
        there.placements[0].quartier_id = other.id
    page = table(scene, query=f"?quartier={other.id}")
    assert there.title in page.text
    assert here.title not in page.text
    page = table(scene, query=f"?financeur={scene.state.id}")
    assert page.tree.xpath(f"//tr[@id='ligne-{scene.line(here).id}']") == []
    assert table(scene, query="?pilier=999&quartier=abc").status_code == 200


def test_only_admissible_applications_and_after_are_in_the_table(scene):
    drafts = [
        scene.application(status=status)
        for status in (ApplicationStatus.SUBMITTED, ApplicationStatus.INADMISSIBLE, ApplicationStatus.WITHDRAWN)
    ]
    decided = scene.application()
    scene.decide(decided, Outcome.NOT_RETAINED)
    page = table(scene)
    assert [each.title in page.text for each in drafts] == [False, False, False]
    assert decided.title in page.text


def test_credits_of_the_state_in_active_watch_alone_are_pointed_out(scene):
    from portal.quartiers.models import QuartierKind

    watched = factories.quartier(scene.contract, "Quartier suivi", QuartierKind.ACTIVE_WATCH)
    application = scene.application()
    with unit_of_work():
        application.placements[0].quartier_id = watched.id
    assert "Crédits de l’État demandés en veille active seulement" in table(scene).text


def previous_grant(page, line):
    return cells(page, line)[2]


def test_last_year_s_grant_follows_a_renewal_under_another_title(scene):
    last_year = factories.call(scene.contract, [scene.quartier], year=2025)
    organisation = factories.organisation()
    before = factories.application(last_year, organisation, status=ApplicationStatus.CLOSED, title="Ancien titre")
    granted = factories.funding_line(before, scene.city, 4_000_00)
    with unit_of_work():
        granted.granted_cents = 1_800_00
    renewed = factories.application(
        scene.call, organisation, status=ApplicationStatus.ADMISSIBLE, title="Nouveau titre", renewal_of_id=before.id
    )
    line = factories.funding_line(renewed, scene.city, 5_000_00)
    other = factories.application(scene.call, organisation, status=ApplicationStatus.ADMISSIBLE, title="Autre action")
    new = factories.funding_line(other, scene.city, 5_000_00)
    page = table(scene)
    assert [previous_grant(page, each) for each in (line, new)] == ["1 800,00 €", "–"]


def test_a_past_action_without_known_amounts_is_said_so_never_zero(scene):
    past = factories.call(scene.contract, [scene.quartier], year=2025)
    organisation = factories.organisation()
    factories.application(past, organisation, status=ApplicationStatus.CLOSED, title="Ateliers", origin=Origin.IMPORTED)
    again = factories.application(scene.call, organisation, status=ApplicationStatus.ADMISSIBLE, title="Ateliers")
    line = factories.funding_line(again, scene.city, 5_000_00)
    assert previous_grant(table(scene), line) == "non communiqué"


def scored(scene, application, reviewer, level):
    """A final analysis of one criterion, marked `level`."""
    criterion = db.session.query(Criterion).first() or factories.save(
        Criterion(call_id=scene.call.id, label="Pertinence", weight=100, position=1)
    )
    factories.save(Assignment(application_id=application.id, person_id=reviewer.id, assigned_at=clock.now()))
    sheet = factories.save(
        Assessment(
            application_id=application.id,
            person_id=reviewer.id,
            status=AssessmentStatus.FINAL,
            verdict=Verdict.FAVOURABLE,
            updated_at=clock.now(),
            finalised_at=clock.now(),
        )
    )
    factories.save(CriterionScore(assessment_id=sheet.id, criterion_id=criterion.id, level=level))


def test_scores_are_for_those_who_oversee_and_for_reviewers_who_gave_theirs(scene):
    application = scene.application()
    scored(scene, application, factories.staff(Role.REVIEWER, scene.call), 3)
    mine = scene.person(Role.REVIEWER)
    assert "Note 75,00 sur 100" in table(scene, Role.STEERING).text
    assert "Note masquée jusqu’à votre analyse" in table(scene, Role.REVIEWER).text
    assert "Note" not in table(scene, Role.FUNDER_AGENT).text
    scored(scene, application, mine, 1)
    assert "Note 50,00 sur 100" in table(scene, Role.REVIEWER).text


# -- proposing ----------------------------------------------------------------------------------


def test_a_funder_agent_proposes_on_its_line_and_comes_back_to_the_row(scene):
    application = scene.application()
    line = scene.line(application)
    answer = scene.visit(Role.FUNDER_AGENT).post(f"/programmation/lignes/{line.id}", amount="3 000,50", version="1")
    assert answer.location.endswith(f"/programmation/{scene.call.id}#dossier-{application.id}")
    line = db.session.get(FundingLine, line.id)
    assert (line.status, line.proposed_cents) == (FundingStatus.PROPOSED, 3_000_50)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Indiquez un montant ; 0 pour ne rien proposer."),
        ("trois mille", "Indiquez un montant en euros, par exemple 1 234,56."),
        ("5 000,01", "Ce montant dépasse la demande : 5 000,00 €."),
    ],
)
def test_a_wrong_amount_is_said_beside_the_field(scene, typed, words):
    line = scene.line(scene.application())
    page = scene.visit().post(f"/programmation/lignes/{line.id}", amount=typed, version="1")
    assert page.errors == {"amount": words}
    assert page.tree.xpath("//input[@name='amount']/@value") == [typed]
    assert db.session.get(FundingLine, line.id).proposed_cents is None


def test_the_second_writer_sees_both_amounts_and_chooses(scene):
    line = scene.line(scene.application())
    put(scene, line, 1_000_00, Role.FUNDER_AGENT)
    officer = scene.visit()
    page = officer.post(f"/programmation/lignes/{line.id}", amount="2 000", version="1")
    assert page.texts("//div[@class='both-values']//p") == ["1 000,00 €", "2 000,00 €"]
    assert db.session.get(FundingLine, line.id).proposed_cents == 1_000_00
    [version] = page.tree.xpath("//input[@name='version']/@value")
    officer.post(f"/programmation/lignes/{line.id}", amount="2 000", version=version)
    assert db.session.get(FundingLine, line.id).proposed_cents == 2_000_00


def test_the_script_saves_in_place_and_hears_of_conflicts(scene):
    line = scene.line(scene.application())
    officer = scene.visit()

    def save(**fields):
        return officer.client.post(
            f"/programmation/lignes/{line.id}", data=fields, headers={"Accept": "application/json"}
        )

    assert save(amount="2000", version="1").json == {
        "version": 2,
        "status": "Proposé",
        "proposed": 2_000_00,
        "amount": "2\u202f000,00\u00a0€",
    }
    conflict = save(amount="3000", version="1")
    assert (conflict.status_code, conflict.json["theirs"], conflict.json["version"]) == (409, "2\u202f000,00\u00a0€", 2)
    assert save(amount="x", version="2").status_code == 422


def test_a_conflict_names_the_colleague_who_wrote_and_nobody_when_it_was_oneself(scene):
    line = scene.line(scene.application())
    put(scene, line, 2_000_00, Role.FUNDER_AGENT)
    name = scene.person(Role.FUNDER_AGENT).display_name
    address, sent = f"/programmation/lignes/{line.id}", {"amount": "3000", "version": "1"}

    def words_for(role):
        page = scene.visit(role).post(address, **sent)
        return page.errors[""], page.texts("//*[@class='both-values']//h2")[0]

    assert words_for(Role.OFFICER) == (
        f"{name} a modifié ce montant entre-temps. Choisissez la valeur à garder.",
        f"Déjà enregistré par {name}",
    )
    assert words_for(Role.FUNDER_AGENT) == (
        "Ce montant a été modifié entre-temps. Choisissez la valeur à garder.",
        "Déjà enregistré",
    )
    told = scene.visit().client.post(address, data=sent, headers={"Accept": "application/json"}).json
    assert (told["by"], told["theirs"]) == (name, "2\u202f000,00\u00a0€")


def test_a_proposal_is_made_by_those_who_may_where_it_may(scene):
    application = scene.application()
    line = scene.line(application)
    with pytest.raises(Refusal, match="qualité"):
        put(scene, line, 1_00, Role.STEERING)
    with pytest.raises(Refusal, match="qualité"):
        put(scene, line, 1_00, Role.DELEGATE)
    put(scene, scene.line(application, scene.state), 1_00, Role.DELEGATE)
    put(scene, line, 1_00)
    with pytest.raises(Conflict):
        put(scene, line, 2_00, version=1)
    submitted = scene.application(status=ApplicationStatus.SUBMITTED)
    with pytest.raises(Refusal, match="recevabilité"):
        put(scene, scene.line(submitted), 1_00)
    scene.arbitrate(application, city=1_00)
    with pytest.raises(Refusal, match="n’est pas possible dans l’état actuel"):
        put(scene, line, 1_00)


def test_a_funder_does_not_find_the_line_of_another(scene):
    line = scene.line(scene.application(), scene.state)
    assert scene.visit(Role.FUNDER_AGENT).get(f"/programmation/lignes/{line.id}").status_code == 404
    city_line = scene.line(line.application)
    assert scene.visit(Role.DELEGATE).get(f"/programmation/lignes/{city_line.id}").status_code == 404
    assert scene.visit(Role.DELEGATE).get(f"/programmation/lignes/{line.id}").status_code == 200


def test_a_recused_agent_does_not_find_the_line(scene):
    application = scene.application()
    scene.recuse(scene.person(Role.OFFICER), application)
    assert scene.visit().get(f"/programmation/lignes/{scene.line(application).id}").status_code == 404


def test_each_change_moves_the_revision_of_the_table(scene):
    line = scene.line(scene.application())
    put(scene, line, 1_00)
    put(scene, line, 2_00)
    assert db.session.get(type(scene.call), scene.call.id).table_revision == 2


@pytest.mark.parametrize("role", [Role.OFFICER, Role.REVIEWER, Role.FUNDER_AGENT])
def test_the_table_takes_the_same_queries_for_one_application_and_for_two_hundred(scene, role):
    scene.application()
    visitor = scene.visit(role)
    counts = []
    for more in (0, 199):
        many(scene, more)
        with counted() as queries:
            assert visitor.get(f"/programmation/{scene.call.id}").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def many(scene, count, first=10_000):
    """More applications in one go, numbered from `first`."""
    from portal.calls.models import Application, Placement
    from portal.contracts.models import Nature

    organisation = factories.organisation()
    with unit_of_work() as session:
        for number in range(count):
            made = Application(
                call_id=scene.call.id,
                organisation_id=organisation.id,
                number=first + number,
                origin=Origin.ONLINE,
                status=ApplicationStatus.ADMISSIBLE,
                title=f"Action {number}",
                title_fold=f"action {number}",
                created_at=clock.now(),
                placements=[Placement(quartier_id=scene.quartier.id, share_bp=10_000)],
            )
            made.funding_lines = [
                FundingLine(funder_id=funder.id, nature=Nature.SPECIFIC, requested_cents=100_00)
                for funder in (scene.city, scene.state)
            ]
            session.add(made)


@pytest.mark.parametrize("path", ["", "/enveloppes", "/actes"])
def test_an_applicant_does_not_find_the_table(scene, path):
    application = scene.application()
    visitor = scene.visit(scene.member(application))
    assert visitor.get(f"/programmation/{scene.call.id}{path}").status_code == 404
