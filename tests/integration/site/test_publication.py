"""What anybody may see of applications, and what nobody finds by looking around."""

from __future__ import annotations

import pytest

from portal.calls.models import FundingLine
from portal.calls.states import ApplicationStatus, CallStatus, FundingStatus
from portal.committee.states import Outcome
from portal.contracts.models import Nature
from tests import factories, scenes
from tests.queries import counted

ROWS = "//table[contains(@class, 'data-table')]/tbody/tr"


@pytest.fixture
def city(app):
    return scenes.city()


def titles(answer):
    return answer.texts(f"{ROWS}/th")


def public_pages(city, application):
    """Every public page on which an application could show."""
    return [
        "/",
        "/actions",
        "/actions?donnees=demonstration",
        "/actions?q=secret",
        f"/actions?structure={application.organisation_id}",
        f"/actions/{application.id}",
        "/appels-a-projets",
        f"/appels-a-projets/{city.call.id}",
        "/quartiers",
        "/quartiers/encagnane",
        "/quartiers/encagnane?annee=2026",
        "/plan-du-site",
    ]


PRIVATE = {
    "a draft": {"status": ApplicationStatus.DRAFT, "outcome": None, "line": FundingStatus.REQUESTED},
    "a submitted one": {"status": ApplicationStatus.SUBMITTED, "outcome": None, "line": FundingStatus.REQUESTED},
    "an inadmissible one": {"status": ApplicationStatus.INADMISSIBLE, "outcome": None, "line": None},
    "a refused one": {"outcome": Outcome.NOT_RETAINED, "line": FundingStatus.REFUSED},
    "a refused one whose line was notified": {"outcome": Outcome.NOT_RETAINED, "line": FundingStatus.NOTIFIED},
    "a retained one not yet granted": {"line": FundingStatus.ARBITRATED},
    "a granted one not yet notified": {"line": FundingStatus.GRANTED},
    "one on the waiting list": {"outcome": Outcome.WAITING_LIST},
    "a withdrawn one": {"status": ApplicationStatus.WITHDRAWN},
    "one that was not carried out": {"status": ApplicationStatus.NOT_CARRIED_OUT},
    "one with a landlord's tax relief alone": {"nature": Nature.TFPB},
    "one without a decision": {"outcome": None},
}


@pytest.mark.parametrize("case", PRIVATE)
def test_what_is_not_published_shows_on_no_public_page(anonymous, city, case):
    hidden = scenes.filed_action(
        city, "Projet secret", by=factories.organisation("Structure discrète"), cents=987_654, **PRIVATE[case]
    )
    for path in public_pages(city, hidden):
        answer = anonymous.get(path)
        assert "Projet secret" not in answer.text, path
        assert "Structure discrète" not in answer.text, path
        assert "9 876,54" not in answer.text.replace("\u202f", " ").replace("\xa0", " "), path
    assert anonymous.get(f"/actions/{hidden.id}").status_code == 404


def test_a_superseded_decision_publishes_nothing(anonymous, city):
    hidden = scenes.filed_action(city, "Projet secret", outcome=None)
    scenes.decide(hidden, Outcome.RETAINED, superseded=True)
    scenes.decide(hidden, Outcome.ADJOURNED)
    assert titles(anonymous.get("/actions")) == []


def test_a_notified_grant_is_published_with_its_amount(anonymous, city):
    shown = scenes.filed_action(city, "Cuisine du dimanche")
    assert titles(anonymous.get("/actions")) == ["Cuisine du dimanche"]
    card = anonymous.get(f"/actions/{shown.id}")
    assert card.texts(f"{ROWS}/td[@data-label='Montant']") == ["1 234,00 €"]
    assert "Description de Cuisine du dimanche" in card.text


def test_a_line_not_yet_notified_stays_out_of_a_published_action(anonymous, city):
    shown = scenes.filed_action(city, "Cuisine du dimanche")
    factories.save(
        FundingLine(
            application_id=shown.id,
            funder_id=factories.funder("Région d’essai").id,
            nature=Nature.SPECIFIC,
            status=FundingStatus.GRANTED,
            requested_cents=500_000,
            granted_cents=500_000,
        )
    )
    card = anonymous.get(f"/actions/{shown.id}")
    assert "Région d’essai" not in card.text
    assert anonymous.get("/actions").texts(f"{ROWS}/td[@data-label='Montant notifié']") == ["1 234,00 €"]


def test_people_counts_are_never_shown(anonymous, city):
    shown = scenes.filed_action(city, "Cuisine du dimanche")
    with factories.unit_of_work():
        shown.people_expected = 7_193
    assert "7193" not in anonymous.get(f"/actions/{shown.id}").text.replace("\u202f", "")


def test_an_imported_action_says_that_its_amount_is_unknown(anonymous, city):
    past = scenes.past_action(city, "Ateliers de théâtre")
    card = anonymous.get(f"/actions/{past.id}")
    assert "non communiqué" in card.text
    assert "Bilan municipal des actions 2022" in card.text


def test_an_imported_action_still_open_is_not_published(anonymous, city):
    past = scenes.past_action(city, "Ateliers de théâtre")
    with factories.unit_of_work():
        past.status = ApplicationStatus.DECIDED
    assert anonymous.get(f"/actions/{past.id}").status_code == 404


def test_an_action_told_differently_in_each_quartier_shows_both(anonymous, city):
    past = scenes.past_action(
        city,
        "Sorties",
        places={city.encagnane: (city.culture, "Au musée"), city.beisson: (city.sport, "À la piscine")},
    )
    card = anonymous.get(f"/actions/{past.id}")
    rows = [(row[0], row[1], row[2]) for row in (answer_cells(card, number) for number in (1, 2))]
    assert rows == [("Encagnane", "Culture", "Au musée"), ("Beisson", "Sport", "À la piscine")]


def answer_cells(answer, number):
    return answer.texts(f"({ROWS})[{number}]/*")


# -- search ----------------------------------------------------------------------------------------


@pytest.fixture
def programme(city):
    """Three past actions of two structures, and a granted one of another year."""
    other = factories.organisation("Régie des Écoles")
    scenes.past_action(city, "Théâtre à l’école")
    scenes.past_action(city, "Boxe éducative", by=other, places={city.beisson: (city.sport, None)})
    scenes.past_action(
        city, "Été au pied des immeubles", by=other,
        places={city.encagnane: (city.sport, None), city.beisson: (city.culture, None)},
    )  # fmt: skip
    scenes.filed_action(city, "Cuisine du dimanche")
    return other


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"Théâtre à l’école", "Boxe éducative", "Été au pied des immeubles", "Cuisine du dimanche"}),
        ("q=THEATRE", {"Théâtre à l’école"}),
        ("q=ete+immeubles", {"Été au pied des immeubles"}),
        ("q=regie", {"Boxe éducative", "Été au pied des immeubles"}),
        ("q=%25", set()),
        ("annee=2026", {"Cuisine du dimanche"}),
        ("annee=x", {"Théâtre à l’école", "Boxe éducative", "Été au pied des immeubles", "Cuisine du dimanche"}),
        ("quartier=beisson", {"Boxe éducative", "Été au pied des immeubles"}),
        ("thematique=culture", {"Théâtre à l’école", "Été au pied des immeubles"}),
        ("quartier=beisson&thematique=culture", {"Été au pied des immeubles"}),
        ("quartier=encagnane&thematique=culture", {"Théâtre à l’école"}),
        ("pilier=cohesion-sociale&annee=2022", {"Théâtre à l’école", "Boxe éducative", "Été au pied des immeubles"}),
        ("pilier=inconnu", set()),
        ("donnees=demonstration", set()),
    ],
)  # fmt: skip
def test_the_search_narrows_by_words_place_theme_and_year(anonymous, programme, query, found):
    assert set(titles(anonymous.get(f"/actions?{query}"))) == found


def test_the_search_narrows_by_structure(anonymous, programme):
    assert titles(anonymous.get(f"/actions?structure={programme.id}")) == [
        "Boxe éducative",
        "Été au pied des immeubles",
    ]


def test_the_filters_stay_in_the_address_from_page_to_page(anonymous, city):
    for number in range(30):
        scenes.past_action(city, f"Atelier {number:02d}")
    first = anonymous.get("/actions?quartier=encagnane")
    assert len(titles(first)) == 25
    following = first.tree.xpath("//a[@rel='next']/@href")
    assert following == ["/actions?quartier=encagnane&page=2"]
    assert titles(anonymous.get(following[0])) == [f"Atelier {number}" for number in range(25, 30)]


def test_the_filters_offer_only_what_is_published(anonymous, programme, city):
    scenes.filed_action(city, "Secret", by=factories.organisation("Structure discrète"), line=FundingStatus.GRANTED)
    page = anonymous.get("/actions")
    assert page.texts("//select[@name='structure']/option") == ["Toutes", "Les Tisseurs", "Régie des Écoles"]
    assert page.texts("//select[@name='annee']/option") == ["Toutes", "2026", "2022"]
    assert page.texts("//select[@name='pilier']/option") == ["Tous", "Cohésion sociale"]
    assert page.texts("//select[@name='thematique']/option") == ["Toutes", "Culture", "Sport"]


@pytest.mark.parametrize("path", ["/actions", "/quartiers/encagnane", "/"])
def test_a_public_list_costs_the_same_for_1_action_and_for_200(anonymous, city, path):
    scenes.past_action(city, "Atelier")
    scenes.filed_action(city, "Cuisine")
    with counted() as few:
        assert anonymous.get(path).status_code == 200
    for number in range(100):
        by = factories.organisation(f"Structure {number}")
        scenes.past_action(city, f"Atelier {number}", by=by)
        scenes.filed_action(city, f"Cuisine {number}", by=by)
    with counted() as many:
        anonymous.get(path)
    assert len(few) == len(many)


# -- real and invented -------------------------------------------------------------------------------


def test_invented_actions_are_kept_apart_and_said_so(anonymous, city):
    invented = factories.contract("demo-2024-2030", name="Contrat de démonstration", is_demo=True)
    call = factories.call(invented, year=2025, title="Appel fictif", status=CallStatus.ARCHIVED)
    past = scenes.past_action(city, "Action inventée", call=call)
    assert titles(anonymous.get("/actions")) == []
    listed = anonymous.get("/actions?donnees=demonstration")
    assert titles(listed) == ["Action inventée"]
    notice = "Contrat de démonstration : personnes, montants et notes fictifs."
    for page in (listed, anonymous.get(f"/actions/{past.id}"), anonymous.get(f"/appels-a-projets/{call.id}")):
        assert page.texts("//aside[contains(@class, 'demo-notice')]") == [notice]
    assert anonymous.get("/actions").texts("//aside[contains(@class, 'demo-notice')]") == []
