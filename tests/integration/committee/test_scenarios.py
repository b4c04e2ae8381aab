"""Scenarios: asked for, computed, read, compared, taken up by a person; hidden unless opened."""

from __future__ import annotations

import pytest
import time_machine

from portal.accounts.rules import Role
from portal.calls.models import AgreementYear, Call, FundingLine
from portal.calls.states import FundingStatus
from portal.committee.jobs import scenarios as job
from portal.committee.models import Assignment, Letter, Scenario, ScenarioAmount
from portal.committee.operations.letters import make_grant_letters
from portal.committee.operations.programme import propose
from portal.committee.queries.scenario_mention import scenario_mention
from portal.committee.states import ScenarioStatus
from portal.extensions import db
from portal.foundation import clock, delivery
from portal.foundation.database import unit_of_work
from portal.foundation.events import Event
from portal.foundation.outbox import Task, TaskState
from portal.foundation.solving import SolveError
from portal.quartiers.models import QuartierKind
from tests import factories
from tests.integration.committee.deciding import Scene, make_scene
from tests.integration.committee.test_programme import many, scored
from tests.queries import counted
from tests.typography import plain

RULES = {
    "title": "Premier essai",
    "weighs_scores": "demandes",
    "step_cents": "10000",
    "state_in_qpv_only": "y",
    "agreements_first": "y",
    **{f"fixed_envelope_{row}": "" for row in range(4)},
}


@pytest.fixture
def scene(app) -> Scene:
    """A call open to scenarios: 20 000 € of the city, 10 000 € of the State."""
    made = make_scene(app)
    with unit_of_work():
        made.call.scenarios_enabled = True
    return made


def ask(scene, role=Role.OFFICER, **rules):
    """Ask for a scenario by its form; its answer."""
    return scene.visit(role).post(f"/programmation/{scene.call.id}/scenarios/nouveau", **(RULES | rules))


def worked() -> None:
    """What the worker does with the jobs that wait."""
    for task_id in db.session.scalars(db.select(Task.id).where(Task.state == TaskState.WAITING)).all():
        db.session.rollback()
        delivery.run_task(task_id)


def computed(scene, role=Role.OFFICER, **rules) -> Scenario:
    answer = ask(scene, role, **rules)
    assert answer.status_code == 302, answer.errors
    worked()
    return last()


def last() -> Scenario:
    db.session.expire_all()
    return db.session.scalars(db.select(Scenario).order_by(Scenario.id.desc())).first()


def amounts(scenario):
    """The euros of each line, {line id: euros}."""
    rows = db.session.scalars(db.select(ScenarioAmount).where(ScenarioAmount.scenario_id == scenario.id))
    return {row.funding_line_id: row.amount_cents // 100 for row in rows}


def page_of(scene, scenario, role=Role.OFFICER, query=""):
    return scene.visit(role).get(f"/scenarios/{scenario.id}{query}")


def take_up(scene, scenario, *applications, role=Role.OFFICER, **fields):
    picked = {"dossier": [str(each.id) for each in applications]} if applications else {}
    return scene.visit(role).post(f"/scenarios/{scenario.id}/reprendre", **picked, **fields)


def proposed(line):
    db.session.expire_all()
    found = db.session.get(FundingLine, line.id)
    return found.status, found.proposed_cents


# -- opening, asking ------------------------------------------------------------------------------


def test_nobody_meets_scenarios_until_the_head_of_the_direction_opens_them(app):
    scene = make_scene(app)
    table, place = f"/programmation/{scene.call.id}", f"/programmation/{scene.call.id}/scenarios"
    assert "Scénarios" not in scene.visit().get(table).text
    assert [scene.visit().get(f"{place}{rest}").status_code for rest in ("", "/nouveau", "/comparer")] == [404] * 3
    setting = f"/appels/{scene.call.id}/scenarios/reglage"
    assert scene.visit().post(setting, version="1", is_enabled="y").status_code == 404
    scene.visit(Role.MANAGER).post(setting, version="1", is_enabled="y")
    assert db.session.get(Call, scene.call.id).scenarios_enabled
    assert "Scénarios" in scene.visit().get(table).text
    assert scene.visit().get(place).status_code == 200
    assert "Scénarios ouverts ou fermés" in scene.visit().get(f"/appels/{scene.call.id}/historique").text


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"title": " "}, {"title": "Donnez-lui un nom."}),
        ({"minimum_cents": "peu"}, {"minimum_cents": "Indiquez un montant en euros, par exemple 1 234,56."}),
        ({"max_cut_bp": "120"}, {"max_cut_bp": "Un pourcentage ne peut pas dépasser 100."}),
        (
            {"fixed_number_0": "9999", "fixed_amount_0": "10"},
            {"fixed_number_0": "Aucun dossier de ce numéro n’attend de proposition de cette enveloppe."},
        ),
        (
            {"fixed_number_1": "12", "fixed_amount_1": "5", "fixed_envelope_1": ""},
            {"fixed_envelope_1": "Choisissez l’enveloppe."},
        ),
        ({"fixed_number_1": "12"}, {"fixed_amount_1": "Indiquez le montant fixé ; 0 pour ne rien proposer."}),
        ({"fixed_amount_1": "12"}, {"fixed_number_1": "Indiquez le numéro du dossier."}),
    ],
)
def test_a_wrong_rule_is_told_beside_its_field_and_nothing_is_kept(scene, typed, errors):
    envelope = {f"fixed_envelope_{row}": str(scene.city_envelope.id) for row in range(4)}
    page = ask(scene, **(envelope | typed))
    assert {name: plain(words) for name, words in page.errors.items()} == errors
    assert last() is None
    assert page.tree.xpath("//input[@name='step_cents']|//select[@name='step_cents']")


def test_an_amount_fixed_beyond_the_request_is_refused(scene):
    application = scene.application()
    fixed = {"fixed_number_0": str(application.number), "fixed_envelope_0": str(scene.city_envelope.id)}
    page = ask(scene, **fixed, fixed_amount_0="5 000,01")
    assert plain(page.errors["fixed_amount_0"]) == "Ce montant dépasse la demande : 5 000,00 €."


def test_shares_beyond_everything_are_refused(scene):
    other = factories.quartier(scene.contract, "Beisson")
    with unit_of_work():
        db.session.get(Call, scene.call.id).quartiers.append(other)
    page = ask(scene, **{f"quartier_{scene.quartier.id}": "60", f"quartier_{other.id}": "50"})
    assert page.errors == {f"quartier_{scene.quartier.id}": "Ces parts minimales dépassent 100 % à elles toutes."}


# -- computing ------------------------------------------------------------------------------------


def test_a_scenario_shares_what_is_left_of_the_envelopes_and_writes_nothing_in_the_table(scene):
    settled = scene.application(city=9_000_00, state=0)
    scene.arbitrate(settled, city=8_000_00)
    first, second = scene.application(city=9_000_00), scene.application(city=9_000_00)
    scenario = computed(scene)
    lines = [scene.line(first), scene.line(first, scene.state), scene.line(second), scene.line(second, scene.state)]
    assert scenario.status is ScenarioStatus.DONE
    assert amounts(scenario) == dict(zip([line.id for line in lines], [9_000, 3_000, 3_000, 3_000]))
    assert [proposed(line) for line in lines] == [(FundingStatus.REQUESTED, None)] * 4
    page = page_of(scene, scenario)
    assert "sur 18 000,00 € à répartir" in plain(page.text)
    assert "Servi en partie : l’enveloppe ne permet pas plus" in plain(page.text)


def test_the_page_tells_who_gets_nothing_and_why(scene):
    served, refused = scene.application(city=5_000_00, state=0), scene.application(city=4_000_00, state=0)
    reader = factories.staff(Role.REVIEWER, scene.call)
    scored(scene, served, reader, 4)
    scored(scene, refused, reader, 1)
    scenario = computed(scene, weighs_scores="notes", threshold="50")
    page = page_of(scene, scenario, query="?voir=ecartes")
    assert refused.title in page.text
    assert served.title not in page.text
    assert "Note 25,00 sur 100" in page.text
    assert "Note sous le seuil" in page.text


def test_the_state_s_credits_and_agreements_follow_their_rules(scene):
    watched = factories.quartier(scene.contract, "Pinette", QuartierKind.ACTIVE_WATCH)
    application, later = scene.application(), scene.application(city=18_000_00, state=0)
    factories.save(AgreementYear(application_id=later.id, first_id=application.id, year_index=2))
    with unit_of_work():
        application.placements[0].quartier_id = watched.id
    scenario = computed(scene)
    assert amounts(scenario) == {
        scene.line(later).id: 18_000,
        scene.line(application).id: 2_000,
        scene.line(application, scene.state).id: 0,
    }
    words = page_of(scene, scenario).text
    assert "Tranche de convention pluriannuelle" in words
    assert "Crédits de l’État réservés aux quartiers prioritaires" in words
    anywhere = computed(scene, state_in_qpv_only="")
    assert amounts(anywhere)[scene.line(application, scene.state).id] == 3_000


def test_what_is_fixed_by_hand_or_already_proposed_is_taken_as_it_is(scene):
    first, second = scene.application(city=15_000_00, state=0), scene.application(city=15_000_00, state=0)
    with unit_of_work():
        propose(scene.line(second), 1_234_56, version=None, actor=scene.actor(), roles={Role.OFFICER})
    fixed = {"fixed_number_0": str(first.number), "fixed_envelope_0": str(scene.city_envelope.id)}
    scenario = computed(scene, **fixed, fixed_amount_0="2 000,50", keeps_proposals="y")
    rows = db.session.scalars(db.select(ScenarioAmount).where(ScenarioAmount.scenario_id == scenario.id))
    assert {row.funding_line_id: row.amount_cents for row in rows} == {
        scene.line(first).id: 2_000_50,
        scene.line(second).id: 1_234_56,
    }
    again = scene.visit().get(f"/programmation/{scene.call.id}/scenarios/nouveau?depuis={scenario.id}")
    assert again.tree.xpath("//input[@name='fixed_amount_0']/@value") == ["2 000,50"]
    assert again.tree.xpath("//input[@name='keeps_proposals']/@checked") == ["checked"]


def test_contradictory_rules_are_named_on_the_page(scene):
    scene.application(city=1_000_00, state=0)
    other = factories.quartier(scene.contract, "Beisson")
    with unit_of_work():
        db.session.get(Call, scene.call.id).quartiers.append(other)
    scenario = computed(scene, **{f"quartier_{other.id}": "30"})
    assert scenario.status is ScenarioStatus.IMPOSSIBLE
    page = page_of(scene, scenario)
    assert (
        "La part minimale de 30 % pour Beisson demande 300,00 € ; les dossiers de Beisson ne demandent que 0,00 €."
        in plain(page.text)
    )
    assert scene.visit().get(f"/scenarios/{scenario.id}/reprendre").status_code == 404


def test_a_computing_under_way_is_stopped_and_run_again(scene):
    application = scene.application()
    ask(scene)
    scenario = last()
    state = scene.visit().get(f"/scenarios/{scenario.id}/etat").json
    assert (state["state"], state["url"]) == ("running", None)
    assert "En attente" in page_of(scene, scenario).text
    scene.visit().post(f"/scenarios/{scenario.id}/arreter")
    worked()
    assert (last().status, amounts(scenario)) == (ScenarioStatus.CANCELLED, {})
    assert scene.visit().post(f"/scenarios/{scenario.id}/arreter").status_code == 409
    scene.visit().post(f"/scenarios/{scenario.id}/relancer")
    worked()
    assert last().status is ScenarioStatus.DONE
    assert amounts(scenario)[scene.line(application).id] == 5_000
    state = scene.visit().get(f"/scenarios/{scenario.id}/etat").json
    assert (state["state"], state["url"]) == ("finished", f"/scenarios/{scenario.id}")


def test_a_computing_stopped_while_it_works_keeps_nothing(scene, monkeypatch):
    scene.application()
    ask(scene)
    scenario = last()

    def stopped_meanwhile(program, *, limits, stop):
        assert not stop()
        scene.visit().post(f"/scenarios/{scenario.id}/arreter")
        assert stop()
        raise SolveError("cancelled", "asked to stop")

    monkeypatch.setattr(job, "solve", stopped_meanwhile)
    worked()
    assert (last().status, last().result, amounts(scenario)) == (ScenarioStatus.CANCELLED, {}, {})


@pytest.mark.parametrize(
    ("reason", "words"), [("time", "Le calcul a pris trop de temps."), ("crash", "Le calcul n’a pas abouti.")]
)
def test_a_computing_that_fails_says_so_and_may_be_run_again(scene, monkeypatch, reason, words):
    scene.application()
    ask(scene)

    def failing(*_args, **_values):
        raise SolveError(reason, "on purpose")

    with monkeypatch.context() as patched:
        patched.setattr(job, "solve", failing)
        worked()
    scenario = last()
    assert scenario.status is ScenarioStatus.FAILED
    assert words in page_of(scene, scenario).text
    scene.visit().post(f"/scenarios/{scenario.id}/relancer")
    worked()
    assert last().status is ScenarioStatus.DONE


def test_the_same_rules_on_the_same_table_give_the_same_amounts(scene):
    for _ in range(6):
        scene.application()
    assert amounts(computed(scene)) == amounts(computed(scene))


def test_a_call_without_anything_to_share_gives_an_empty_result(scene):
    scenario = computed(scene)
    assert (scenario.status, amounts(scenario)) == (ScenarioStatus.DONE, {})
    page = page_of(scene, scenario)
    assert "Aucun dossier ne correspond." in page.text
    assert "Rien n’a limité la répartition" in page.text


# -- taking up ------------------------------------------------------------------------------------


def test_a_person_takes_up_some_applications_then_the_others(scene):
    first, second = scene.application(), scene.application()
    scenario = computed(scene)
    preview = scene.visit().get(f"/scenarios/{scenario.id}/reprendre?dossier={first.id}")
    assert first.title in preview.text
    assert second.title not in preview.text
    assert proposed(scene.line(first)) == (FundingStatus.REQUESTED, None)

    take_up(scene, scenario, first)
    assert proposed(scene.line(first)) == (FundingStatus.PROPOSED, 5_000_00)
    assert proposed(scene.line(first, scene.state)) == (FundingStatus.PROPOSED, 3_000_00)
    assert proposed(scene.line(second)) == (FundingStatus.REQUESTED, None)
    assert last().status is ScenarioStatus.APPLIED
    told = db.session.scalars(db.select(Event).where(Event.action == "funding.proposed").order_by(Event.id)).first()
    assert (told.details["scenario"], told.details["scenario_title"]) == (scenario.id, "Premier essai")
    assert told.actor_person_id == scene.person(Role.OFFICER).id
    assert db.session.get(Call, scene.call.id).table_revision == 1

    # What was taken up may have changed by hand since: the rest does not care.
    with unit_of_work():
        line = scene.line(first)
        propose(line, 1_00, version=None, actor=scene.actor(), roles={Role.OFFICER})
    take_up(scene, scenario)
    assert proposed(scene.line(first)) == (FundingStatus.PROPOSED, 1_00)
    assert proposed(scene.line(second)) == (FundingStatus.PROPOSED, 5_000_00)
    page = take_up(scene, scenario)
    assert page.errors == {"": "Aucun financement n’est choisi, ou tous sont déjà repris."}


def test_lines_changed_since_the_computing_are_told_with_both_amounts_and_nothing_is_written(scene):
    first, second = scene.application(state=0), scene.application(state=0)
    scenario = computed(scene)
    agent = {"actor": scene.actor(Role.FUNDER_AGENT), "roles": {Role.FUNDER_AGENT}}
    with unit_of_work():
        propose(scene.line(first), 1_000_00, version=None, **agent)
    page = take_up(scene, scenario)
    named = f"Dossier {first.reference}, Ville d’essai"
    assert [plain(words) for words in page.texts("//div[@class='both-values']/section")] == [
        f"Déjà enregistré {named} 1 000,00 € (proposé)",
        f"Votre saisie, non enregistrée {named} 5 000,00 €",
    ]
    assert (proposed(scene.line(first))[1], proposed(scene.line(second))[1]) == (1_000_00, None)
    assert last().status is ScenarioStatus.DONE

    [seen] = page.tree.xpath("//input[@name='seen']/@value")
    with unit_of_work():
        propose(scene.line(first), 900_00, version=None, actor=scene.actor(), roles={Role.OFFICER})
    # Changed once more since it was shown.
    assert take_up(scene, scenario, seen=seen).status_code == 200
    assert proposed(scene.line(first))[1] == 900_00
    [seen] = take_up(scene, scenario).tree.xpath("//input[@name='seen']/@value")
    take_up(scene, scenario, seen=seen)
    assert (proposed(scene.line(first))[1], proposed(scene.line(second))[1]) == (5_000_00, 5_000_00)


def test_a_line_arbitrated_since_cannot_be_taken_up_and_nothing_else_is(scene):
    first, second = scene.application(state=0), scene.application(state=0)
    scenario = computed(scene)
    scene.arbitrate(first, city=4_000_00)
    page = take_up(scene, scenario)
    assert page.errors[""].startswith(f"Dossier {first.reference}, Ville d’essai ne reçoit plus de proposition")
    assert proposed(scene.line(second))[1] is None
    take_up(scene, scenario, second)
    assert proposed(scene.line(second))[1] == 5_000_00


def test_a_request_lowered_since_is_told_and_nothing_is_written(scene):
    first, second = scene.application(state=0), scene.application(state=0)
    scenario = computed(scene)
    with unit_of_work():
        scene.line(first).requested_cents = 4_000_00
    page = take_up(scene, scenario)
    assert plain(page.errors[""]).startswith(
        f"Dossier {first.reference}, Ville d’essai ne demande plus que 4 000,00 €."
    )
    assert proposed(scene.line(second))[1] is None


def test_letters_of_applications_whose_amounts_were_taken_up_say_so(scene):
    first, second = scene.application(), scene.application()
    scenario = computed(scene, minimum_cents="500")
    assert scenario_mention(first.id) == ""
    with time_machine.travel("2026-03-12 12:00", tick=True):
        take_up(scene, scenario, first)
    told = plain(scenario_mention(first.id))
    assert "scénario « Premier essai », repris le 12 mars 2026" in told
    assert "minimum utile : au moins 500,00 € par dossier, ou rien" in told
    assert "L311-3-1" in told
    assert "aucune limite" not in told
    assert scenario_mention(second.id) == ""


def test_the_grant_letter_of_an_application_whose_amounts_were_taken_up_carries_the_notice(scene):
    first, second = scene.application(), scene.application()
    take_up(scene, computed(scene), first)
    told = {}
    for number, application in enumerate((first, second)):
        scene.arbitrate(application, city=4_000_00)
        act = scene.act(application, 4_000_00, f"2026-{number}")
        with unit_of_work():
            make_grant_letters(act, actor=scene.actor(Role.FUNDER_AGENT), roles={Role.FUNDER_AGENT})
        letter = db.session.scalars(db.select(Letter).where(Letter.application_id == application.id)).one()
        told[application.id] = str(letter.content)
    assert "Un traitement algorithmique a aidé à préparer la proposition" in told[first.id]
    assert "traitement algorithmique" not in told[second.id]


# -- putting away ---------------------------------------------------------------------------------


def test_a_scenario_that_served_nothing_is_deleted_one_that_served_is_archived(scene):
    scene.application()
    scenario = computed(scene)
    assert scene.visit().get(f"/scenarios/{scenario.id}/supprimer").status_code == 200
    scene.visit().post(f"/scenarios/{scenario.id}/supprimer")
    assert last() is None
    assert db.session.scalars(db.select(Event).where(Event.action == "scenario.deleted")).one().details["title"]

    used = computed(scene)
    take_up(scene, used)
    page = scene.visit().post(f"/scenarios/{used.id}/supprimer")
    assert page.errors[""].startswith("Ce scénario a servi à des propositions")
    scene.visit().post(f"/scenarios/{used.id}/archiver")
    place = f"/programmation/{scene.call.id}/scenarios"
    assert "Premier essai" not in scene.visit().get(place).text
    assert "Premier essai" in scene.visit().get(f"{place}?voir=archives").text


def test_a_scenario_under_way_is_not_put_away(scene):
    ask(scene)
    assert scene.visit().post(f"/scenarios/{last().id}/archiver").status_code == 409


# -- comparing ------------------------------------------------------------------------------------


def test_scenarios_are_compared_application_by_application(scene):
    first, second = scene.application(city=15_000_00, state=0), scene.application(city=15_000_00, state=0)
    one = computed(scene)
    two = computed(scene, title="Second essai", minimum_bp="50")
    page = scene.visit().get(f"/programmation/{scene.call.id}/scenarios/comparer?scenario={one.id}&scenario={two.id}")
    rows = [
        [plain(words) for words in cells] for cells in _rows(page, "Montant de chaque dossier, tous financeurs réunis")
    ]
    differ = "→Les scénarios diffèrent"
    assert rows == [
        [f"{first.reference} — {first.title}{first.organisation.name}{differ}", "15 000,00 €", "12 500,00 €"],
        [f"{second.reference} — {second.title}{second.organisation.name}{differ}", "5 000,00 €", "7 500,00 €"],
    ]
    assert "Premier essai" in page.text
    assert "Second essai" in page.text


def _rows(page, caption):
    table = f"//table[caption='{caption}']"
    count = len(page.tree.xpath(f"{table}/tbody/tr"))
    return [page.texts(f"{table}/tbody/tr[{number}]/*") for number in range(1, count + 1)]


def test_less_than_two_are_not_compared(scene):
    answer = scene.visit().get(f"/programmation/{scene.call.id}/scenarios/comparer?scenario=x")
    assert answer.location.endswith(f"/programmation/{scene.call.id}/scenarios")


# -- who sees what --------------------------------------------------------------------------------


def test_a_recused_officer_neither_counts_an_application_nor_meets_scenarios_that_count_it(scene):
    hers, other = scene.application(city=15_000_00, state=0), scene.application(city=9_000_00, state=0)
    settled = scene.application(city=5_000_00, state=0)
    scene.arbitrate(settled, city=5_000_00)
    whole = computed(scene, Role.MANAGER)
    for application in (hers, settled):
        scene.recuse(scene.person(Role.OFFICER), application)
    place = f"/programmation/{scene.call.id}/scenarios"
    assert "Premier essai" not in scene.visit().get(place).text
    for path in ("", "/etat", "/reprendre", "/supprimer"):
        assert scene.visit().get(f"/scenarios/{whole.id}{path}").status_code == 404
    compared = scene.visit().get(f"{place}/comparer?scenario={whole.id}&scenario={whole.id}")
    assert compared.status_code == 302
    again = scene.visit().get(f"{place}/nouveau?depuis={whole.id}")
    assert again.tree.xpath("//input[@name='title']/@value") == ["Scénario 2"]

    own = computed(scene, title="Le mien")
    assert (amounts(own), own.left_out) == ({scene.line(other).id: 9_000}, 2)
    page = page_of(scene, own)
    assert hers.title not in page.text
    # What the envelope gave to what she stepped out of is not told either.
    assert "20 000,00 €" in plain(page.text)
    assert "Calculé sans 2 dossiers dont son auteur est en déport" in page_of(scene, own, Role.MANAGER).text


def test_what_an_envelope_gave_to_what_one_stepped_out_of_is_read_in_no_scenario(scene):
    scene.application(city=9_000_00, state=0)
    settled = scene.application(city=5_000_00, state=0)
    scene.arbitrate(settled, city=5_000_00)
    whole = computed(scene, Role.MANAGER)
    assert page_of(scene, whole).status_code == 200
    scene.recuse(scene.person(Role.OFFICER), settled)
    assert page_of(scene, whole).status_code == 404
    place = f"/programmation/{scene.call.id}/scenarios"
    assert "Premier essai" not in scene.visit().get(place).text
    scene.recuse(scene.person(Role.MANAGER), settled)
    shared = computed(scene, Role.MANAGER, title="Sans lui")
    assert page_of(scene, shared).status_code == 200


def test_an_amount_fixed_by_hand_is_told_by_no_scenario_not_computed_yet(scene):
    application = scene.application(state=0)
    fixed = {"fixed_number_0": str(application.number), "fixed_envelope_0": str(scene.city_envelope.id)}
    assert ask(scene, Role.MANAGER, **fixed, fixed_amount_0="1 234").status_code == 302
    scene.recuse(scene.person(Role.OFFICER), application)
    assert page_of(scene, last()).status_code == 404
    again = scene.visit().get(f"/programmation/{scene.call.id}/scenarios/nouveau?depuis={last().id}")
    assert again.tree.xpath("//input[@name='fixed_amount_0']/@value") in ([], [""])


def test_an_amount_cannot_be_fixed_on_an_application_from_which_one_stepped_out(scene):
    application = scene.application()
    scene.recuse(scene.person(Role.OFFICER), application)
    fixed = {"fixed_number_0": str(application.number), "fixed_envelope_0": str(scene.city_envelope.id)}
    page = ask(scene, **fixed, fixed_amount_0="10")
    assert page.errors == {"fixed_number_0": "Aucun dossier de ce numéro n’attend de proposition de cette enveloppe."}


def test_who_scores_blind_and_still_owes_an_analysis_gets_no_scenario_from_the_scores(scene):
    application = scene.application()
    scored(scene, application, factories.staff(Role.REVIEWER, scene.call), 3)
    whole = computed(scene, Role.MANAGER, weighs_scores="notes")
    factories.save(
        Assignment(application_id=application.id, person_id=scene.person(Role.OFFICER).id, assigned_at=clock.now())
    )
    assert ask(scene, weighs_scores="notes").errors["weighs_scores"].startswith("Vous devez encore des analyses")
    assert page_of(scene, whole).status_code == 404
    assert computed(scene).status is ScenarioStatus.DONE


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.STEERING, Role.DELEGATE, Role.FUNDER_AGENT])
def test_scenarios_are_the_direction_s_alone(scene, role):
    scene.application()
    scenario = computed(scene)
    assert page_of(scene, scenario, role).status_code == 404
    assert ask(scene, role).status_code == 404
    assert "Scénarios" not in scene.visit(role).get(f"/programmation/{scene.call.id}").text


def test_the_pages_take_the_same_queries_for_one_application_and_for_many(scene):
    scene.application()
    visitor = scene.visit()
    counts = []
    for more in (0, 40):
        many(scene, more)
        scenario, other = computed(scene), computed(scene)
        of_pages = []
        for path in (
            f"/scenarios/{scenario.id}",
            f"/scenarios/{scenario.id}/reprendre",
            f"/programmation/{scene.call.id}/scenarios",
            f"/programmation/{scene.call.id}/scenarios/nouveau",
            f"/programmation/{scene.call.id}/scenarios/comparer?scenario={scenario.id}&scenario={other.id}",
        ):
            with counted() as queries:
                assert visitor.get(path).status_code == 200
            of_pages.append(len(queries))
        counts.append(of_pages)
    assert counts[0] == counts[1]
