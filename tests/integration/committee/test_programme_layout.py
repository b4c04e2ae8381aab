"""The programming table laid out as somebody wants it, and an application's lines all written on one page."""

from __future__ import annotations

import pytest

from portal.accounts.rules import Role
from portal.calls.models import FundingLine
from portal.calls.states import ApplicationStatus, EnvelopeStatus, FundingStatus
from portal.committee.operations.programme import propose
from portal.committee.states import Outcome
from portal.contracts.models import FunderKind
from portal.extensions import db
from portal.foundation.database import unit_of_work
from portal.quartiers.models import QuartierKind
from tests import factories
from tests.integration.committee.deciding import Scene, make_scene
from tests.integration.committee.test_programme import many
from tests.queries import counted

GROUPS = "//span[@class='programme-group-name']"


@pytest.fixture
def scene(app) -> Scene:
    return make_scene(app)


def table(scene, query="", role=Role.OFFICER):
    return scene.visit(role).get(f"/programmation/{scene.call.id}{query}")


def titles(page):
    return page.texts("//a[@class='programme-title']")


def named(application):
    return f"{application.reference} — {application.title}"


def put(scene, line, cents, role=Role.OFFICER):
    actor = scene.actor(role)
    with unit_of_work():
        propose(line, cents, version=None, actor=actor, roles={role})


# -- groups, filters, order, columns --------------------------------------------------------------


def test_by_quartier_those_of_several_stand_together_and_nothing_is_counted_twice(scene):
    other = factories.quartier(scene.contract, "Autre quartier")
    here = scene.application(city=1_000_00, state=0)
    both = factories.application(
        scene.call, factories.organisation(), [scene.quartier, other], status=ApplicationStatus.ADMISSIBLE
    )
    factories.funding_line(both, scene.city, 3_000_00)
    page = table(scene, "?groupe=quartier")
    assert page.texts(GROUPS) == ["Quartier d’essai", "Plusieurs quartiers"]
    assert titles(page) == [named(here), named(both)]
    sums = [text.split("Proposé")[0] for text in page.texts("//tbody[contains(@class, 'programme-group')]")]
    assert [text.split("1 dossier")[1].strip() for text in sums] == ["Demandé : 1 000,00 €", "Demandé : 3 000,00 €"]


def test_by_funder_each_application_is_under_each_of_its_funders(scene):
    first, second = scene.application(), scene.application(city=0)
    page = table(scene, "?groupe=financeur")
    assert page.texts(GROUPS) == ["Ville d’essai", "État"]
    assert titles(page) == [named(first), named(first), named(second)]
    assert len(page.tree.xpath("//tr[starts-with(@id, 'ligne-')]")) == 3
    mine = table(scene, "?groupe=financeur", Role.FUNDER_AGENT)
    assert mine.texts(GROUPS) == ["Ville d’essai"]
    assert titles(mine) == [named(first)]


def test_by_pillar_and_by_structure(scene):
    pillar = factories.theme(scene.contract, "Cohésion sociale")
    theme = factories.theme(scene.contract, "Culture", pillar)
    without, within = scene.application(), scene.application()
    with unit_of_work():
        within.main_theme_id = theme.id
    page = table(scene, "?groupe=pilier")
    assert page.texts(GROUPS) == ["Cohésion sociale", "Sans pilier"]
    assert titles(page) == [named(within), named(without)]
    names = sorted([without.organisation.name, within.organisation.name])
    assert table(scene, "?groupe=structure").texts(GROUPS) == names


def test_words_number_status_and_decision_narrow_the_rows(scene):
    first, second = scene.application(), scene.application()
    put(scene, scene.line(first), 1_000_00)
    scene.decide(second, Outcome.ADJOURNED)
    kept = {
        f"?mots={first.title.upper()}": [first],
        f"?mots={second.reference}": [second],
        "?etat=proposed": [first],
        f"?etat=proposed&financeur={scene.state.id}": [],
        "?decision=adjourned": [second],
        "?mots=introuvable": [],
        "?etat=x&decision=y&groupe=z&ordre=w&page=q": [first, second],
    }
    for query, expected in kept.items():
        assert titles(table(scene, query)) == [named(each) for each in expected], query


def test_warnings_only_keeps_what_a_rule_points_out(scene):
    watched = factories.quartier(scene.contract, "Quartier suivi", QuartierKind.ACTIVE_WATCH)
    plain, warned = scene.application(), scene.application()
    with unit_of_work():
        warned.placements[0].quartier_id = watched.id
    assert titles(table(scene, "?alertes=1")) == [named(warned)]
    # Who sees none of the State's lines has nothing to be warned of.
    assert titles(table(scene, "?alertes=1", Role.FUNDER_AGENT)) == []
    assert titles(table(scene)) == [named(plain), named(warned)]


def test_the_order_asked_holds(scene):
    small, large = scene.application(city=1_000_00), scene.application(city=9_000_00)
    assert titles(table(scene, "?ordre=-demande")) == [named(large), named(small)]
    assert titles(table(scene, "?ordre=demande")) == [named(small), named(large)]


def test_columns_are_chosen_and_kept_for_the_person(scene):
    scene.application()
    officer, other = scene.visit(), scene.visit(Role.MANAGER)
    headings = "//table[caption='Dossiers et financements']/thead//th"
    here = f"/programmation/{scene.call.id}?groupe=quartier"
    address = f"/programmation/{scene.call.id}/colonnes"
    answer = officer.post(address, colonnes=["n-2", "etat", "inconnue"], ici=here)
    assert answer.location == f"{here}&colonnes=n-2&colonnes=etat"
    shown = ["Financeur", "Attribué N−2", "Proposé", "État", "Action"]
    assert officer.get(answer.location).texts(headings) == shown
    assert officer.get(f"/programmation/{scene.call.id}").texts(headings) == shown
    assert len(other.get(f"/programmation/{scene.call.id}").texts(headings)) == 10
    officer.post(address, colonnes=["avis"], ici="https://ailleurs.test/")
    assert officer.get(f"/programmation/{scene.call.id}").texts(headings) == ["Financeur", "Avis", "Proposé", "Action"]


@pytest.mark.parametrize("query", ["?groupe=quartier", "?groupe=financeur&ordre=-propose", "?alertes=1&mots=action"])
def test_the_queries_do_not_grow_with_the_rows(scene, query):
    scene.application()
    many(scene, 1)
    visitor, counts = scene.visit(), []
    for more in (0, 100):
        many(scene, more, first=20_000)
        with counted() as queries:
            assert visitor.get(f"/programmation/{scene.call.id}{query}").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_funder_without_envelope_is_told_so(scene):
    region = factories.funder("Région d’essai", FunderKind.REGION)
    application = scene.application()
    line = factories.funding_line(application, region, 1_000_00)
    page = table(scene)
    told = page.texts(f"//tr[@id='ligne-{line.id}']/th")[0]
    assert told == "Région d’essaiCrédits politique de la villeSans enveloppe : aucun plafond"
    assert "Sans enveloppe" not in page.texts(f"//tr[@id='ligne-{scene.line(application).id}']/th")[0]


def test_n_2_follows_an_action_renamed_once(scene):
    organisation = factories.organisation()
    years = [factories.call(scene.contract, [scene.quartier], year=year) for year in (2024, 2025)]
    oldest = factories.application(years[0], organisation, status=ApplicationStatus.CLOSED, title="Ateliers")
    before = factories.application(
        years[1], organisation, status=ApplicationStatus.CLOSED, title="Ateliers", renewal_of_id=oldest.id
    )
    today = factories.application(
        scene.call, organisation, status=ApplicationStatus.ADMISSIBLE, title="Fabrique", renewal_of_id=before.id
    )
    for application, cents in ((oldest, 1_000_00), (before, 2_000_00)):
        granted = factories.funding_line(application, scene.city, cents)
        with unit_of_work():
            granted.granted_cents = cents
    line = factories.funding_line(today, scene.city, 5_000_00)
    assert table(scene).texts(f"//tr[@id='ligne-{line.id}']/td")[1:3] == ["2 000,00 €", "1 000,00 €"]


# -- the page of one application --------------------------------------------------------------------


def row_values(page):
    found = {field.get("name"): field.get("value") or "" for field in page.tree.xpath("//main//form//input[@name]")}
    return {name: value for name, value in found.items() if name != "csrf_token"}


def stored(*lines):
    return [db.session.get_one(FundingLine, line.id, populate_existing=True).proposed_cents for line in lines]


def test_all_the_lines_of_an_application_are_written_at_once(scene):
    application = scene.application()
    city, state = scene.line(application), scene.line(application, scene.state)
    officer, address = scene.visit(), f"/programmation/dossiers/{application.id}"
    values = row_values(officer.get(address))
    answer = officer.post(address, **values | {f"amount_{city.id}": "1 000"})
    assert answer.location.endswith(f"/programmation/{scene.call.id}#dossier-{application.id}")
    assert stored(city, state) == [1_000_00, None]
    assert db.session.get_one(FundingLine, state.id).status is FundingStatus.REQUESTED


def test_an_error_is_at_its_field_and_nothing_is_half_saved(scene):
    application = scene.application()
    city, state = scene.line(application), scene.line(application, scene.state)
    officer, address = scene.visit(), f"/programmation/dossiers/{application.id}"
    values = row_values(officer.get(address)) | {f"amount_{city.id}": "1 000", f"amount_{state.id}": "9 000"}
    page = officer.post(address, **values)
    assert page.errors == {f"amount_{state.id}": "Ce montant dépasse la demande : 3 000,00 €."}
    assert row_values(page)[f"amount_{city.id}"] == "1 000"
    assert stored(city, state) == [None, None]


@pytest.mark.parametrize(("choice", "kept"), [("sienne", 500_00), ("mienne", 1_000_00)])
def test_two_writers_of_a_row_the_second_chooses_line_by_line(scene, choice, kept):
    application = scene.application()
    city, state = scene.line(application), scene.line(application, scene.state)
    officer, address = scene.visit(), f"/programmation/dossiers/{application.id}"
    values = row_values(officer.get(address)) | {f"amount_{city.id}": "1 000", f"amount_{state.id}": "2 000"}
    put(scene, city, 500_00, Role.FUNDER_AGENT)
    page = officer.post(address, **values)
    author = scene.person(Role.FUNDER_AGENT).display_name
    assert page.texts("//div[starts-with(@id, 'conflit-')]/p") == [
        f"Enregistré entre-temps par {author} : 500,00 €. Rien n’est écrit tant que vous n’avez pas choisi."
    ]
    assert stored(city, state) == [500_00, None]
    # Sent again as it is, the choice is asked again.
    assert officer.post(address, **row_values(page)).texts("//button[@name='garder']") != []
    assert officer.post(address, **row_values(page), garder=f"{choice}-{city.id}").status_code == 302
    assert stored(city, state) == [kept, 2_000_00]


def test_a_line_left_as_it_was_never_undoes_a_colleague_s(scene):
    application = scene.application()
    city, state = scene.line(application), scene.line(application, scene.state)
    officer, address = scene.visit(), f"/programmation/dossiers/{application.id}"
    values = row_values(officer.get(address)) | {f"amount_{state.id}": "2 000"}
    put(scene, city, 500_00, Role.FUNDER_AGENT)
    assert officer.post(address, **values).status_code == 302
    assert stored(city, state) == [500_00, 2_000_00]


def test_a_funder_finds_its_own_line_and_writes_no_other(scene):
    application = scene.application()
    city, state = scene.line(application), scene.line(application, scene.state)
    agent, address = scene.visit(Role.FUNDER_AGENT), f"/programmation/dossiers/{application.id}"
    values = row_values(agent.get(address))
    assert f"amount_{state.id}" not in values
    forged = {f"amount_{state.id}": "1", f"version_{state.id}": "1", f"seen_{state.id}": ""}
    assert agent.post(address, **values | forged | {f"amount_{city.id}": "10"}).status_code == 302
    assert stored(city, state) == [10_00, None]
    delegate = scene.visit(Role.DELEGATE)
    assert [name for name in row_values(delegate.get(address)) if name.startswith("amount")] == [f"amount_{state.id}"]


def test_who_stepped_out_or_has_no_part_in_it_does_not_find_the_row(scene):
    application, filed = scene.application(), scene.application(status=ApplicationStatus.SUBMITTED)
    scene.recuse(scene.person(Role.OFFICER), application)
    address = f"/programmation/dossiers/{application.id}"
    assert [scene.visit(who).get(address).status_code for who in (Role.OFFICER, Role.STEERING)] == [404, 404]
    answer = scene.visit(Role.MANAGER).get(f"/programmation/dossiers/{filed.id}")
    assert answer.location == f"/programmation/{scene.call.id}"


def test_a_proposal_may_exceed_its_envelope_which_says_so(scene):
    application = scene.application(city=30_000_00)
    with unit_of_work():
        scene.city_envelope.status = EnvelopeStatus.FORECAST
    put(scene, scene.line(application), 25_000_00)
    assert "proposé au-delà de l’enveloppe" in table(scene).text
