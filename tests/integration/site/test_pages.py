"""Calls, quartiers and legal pages as a visitor reads them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from portal.accounts.rules import Role
from portal.calls.states import CallStatus
from portal.evaluation.models import TerritorialReport
from portal.quartiers.models import ContractQuartier, QuartierKind
from tests import factories, scenes
from tests.visitors import Visitor

NOTICE = "//aside[contains(@class, 'demo-notice')]"


@pytest.fixture
def city(app):
    made = scenes.city()
    scenes.described(made)
    return made


def test_calls_are_sorted_into_open_coming_and_past(anonymous, city):
    now = datetime.now(UTC)
    factories.call(
        city.contract, title="Quartiers d’été", opens_at=now + timedelta(days=5), closes_at=now + timedelta(days=50)
    )
    factories.call(
        city.contract, title="Appel 2025", opens_at=now - timedelta(days=400), closes_at=now - timedelta(days=350)
    )
    factories.call(city.contract, title="Appel en préparation", status=CallStatus.DRAFT)
    page = anonymous.get("/appels-a-projets")
    shown = {heading: page.texts(f"//section[h2='{heading}']//h3") for heading in ("Ouverts", "À venir", "Terminés")}
    assert shown == {
        "Ouverts": ["Appel à projets 2026"],
        "À venir": ["Quartiers d’été"],
        "Terminés": ["Appel 2025"],
    }


def test_a_call_in_preparation_and_a_past_programme_have_no_page(anonymous, city):
    draft = factories.call(city.contract, title="Appel en préparation", status=CallStatus.DRAFT)
    assert anonymous.get(f"/appels-a-projets/{draft.id}").status_code == 404
    assert anonymous.get(f"/appels-a-projets/{city.past.id}").status_code == 404


def test_the_page_of_a_call_says_all_that_one_needs(anonymous, city):
    with factories.unit_of_work():
        city.call.closes_at = datetime(2036, 11, 20, 17, 0, tzinfo=UTC)
        city.call.extension_reason = "Panne du 12 novembre"
    page = anonymous.get(f"/appels-a-projets/{city.call.id}")
    for words in (
        "Les associations et les établissements scolaires.",
        "20 novembre 2036 à 18 h",
        "Panne du 12 novembre",
        "Encagnane",
        "Ville d’essai",
        "Relevé d’identité bancaire",
        "Statuts signés",
        "Réponse aux priorités du quartier",
        "politique.ville@exemple.test",
        "30 juin 2027",
    ):
        assert words in page.text
    # What the funders put in is theirs to announce.
    assert "10 000" not in page.text.replace("\u202f", " ")


def test_an_open_call_is_answered_from_its_page_after_signing_in(app, anonymous, city):
    page = anonymous.get(f"/appels-a-projets/{city.call.id}")
    (begin,) = set(page.tree.xpath("//a[.='Commencer mon dossier']/@href"))
    assert anonymous.get(begin).location.startswith("/connexion?next=")
    assert Visitor(app, factories.member(city.organisation)).get(begin).status_code == 200


def test_somebody_without_a_structure_is_sent_to_find_it_first(app, city):
    page = Visitor(app, factories.person()).get(f"/appels-a-projets/{city.call.id}")
    assert set(page.tree.xpath("//a[.='Rattacher ma structure pour déposer']/@href")) == {"/structures"}
    assert page.tree.xpath("//a[.='Commencer mon dossier']") == []


def test_a_closed_call_is_not_answered_any_more(anonymous, city):
    now = datetime.now(UTC)
    past = factories.call(city.contract, opens_at=now - timedelta(days=40), closes_at=now - timedelta(days=1))
    assert anonymous.get(f"/appels-a-projets/{past.id}").tree.xpath("//a[.='Commencer mon dossier']") == []


def test_a_quartier_is_set_beside_the_city_and_the_country(anonymous, city):
    page = anonymous.get("/quartiers/encagnane")
    row = "//table[caption='Revenu disponible médian']/tbody/tr"
    assert page.texts(f"{row}/th") == ["Encagnane", "Aix-en-Provence", "France"]
    assert page.texts(f"{row}//span[@class='bar-shown']") == ["13 940 €", "24 340 €", "21 730 €"]
    unsaid = "année et source non précisées"
    assert page.texts(f"{row}/td[last()]") == ["INSEE, 2017", unsaid, unsaid]
    assert "43 %" in page.text


def test_contradictory_figures_are_both_shown(anonymous, city):
    page = anonymous.get("/quartiers/encagnane")
    told = page.texts("//dt[.='Population']/following-sibling::dd//li")
    assert [words.split(" habitants")[0] for words in told] == ["4 642", "3 450"]
    assert "Les deux chiffres se contredisent." in page.text


def test_a_quartier_lists_its_actions_in_printed_order_year_by_year(anonymous, city):
    scenes.past_action(city, "Second", order=2)
    scenes.past_action(city, "Premier", order=1)
    scenes.filed_action(city, "Cuisine du dimanche")
    latest, before = anonymous.get("/quartiers/encagnane"), anonymous.get("/quartiers/encagnane?annee=2022")
    titles = "//section[@id='actions']//tbody/tr/th"
    assert latest.texts(titles) == ["Cuisine du dimanche"]
    assert before.texts(titles) == ["Premier", "Second"]
    assert before.texts("//section[@id='actions']//tbody/tr[1]/td") == [
        "Les Tisseurs",
        "Culture",
        "Des ateliers chaque semaine",
    ]


def test_only_the_published_report_of_a_quartier_is_offered(anonymous, city):
    made = {
        year: factories.save(
            TerritorialReport(
                contract_id=city.contract.id,
                quartier_id=city.encagnane.id,
                year=year,
                number=1,
                payload="{}",
                sha256="0" * 64,
                made_at=datetime.now(UTC),
                published_at=datetime.now(UTC) if year == 2025 else None,
            )
        ).id
        for year in (2025, 2026)
    }
    page = anonymous.get("/quartiers/encagnane")
    assert page.tree.xpath("//a[starts-with(@href, '/comptes-rendus')]/@href") == [f"/comptes-rendus/{made[2025]}"]


def test_a_quartier_in_two_contracts_has_a_page_in_each(anonymous, city):
    invented = factories.contract("demo-2024-2030", name="Contrat de démonstration", is_demo=True)
    factories.save(
        ContractQuartier(contract_id=invented.id, quartier_id=city.encagnane.id, kind=QuartierKind.ASSOCIATED)
    )
    first = anonymous.get("/quartiers/encagnane")
    assert first.texts("//nav[@aria-label='Contrats de ville']//a[@aria-current]") == ["Contrat de ville 2015-2030"]
    other = anonymous.get("/quartiers/encagnane/demo-2024-2030")
    assert "Taux de chômage" not in other.text
    assert other.texts(NOTICE) == ["Contrat de démonstration : personnes, montants et notes fictifs."]
    assert anonymous.get("/quartiers/encagnane/autre").status_code == 404
    assert anonymous.get("/quartiers/inconnu").status_code == 404


def test_an_empty_portal_has_a_home_and_says_that_nothing_is_open(anonymous):
    assert "Aucun appel n’est ouvert en ce moment." in anonymous.get("/").text
    assert anonymous.get("/quartiers").status_code == 200
    assert anonymous.get("/actions").status_code == 200


@pytest.mark.parametrize("path", ["/mentions-legales", "/donnees-personnelles", "/accessibilite", "/plan-du-site"])
def test_the_legal_pages_are_reached_from_every_page(anonymous, city, path):
    assert path in anonymous.get("/").tree.xpath("//footer//a/@href")
    assert anonymous.get(path).status_code == 200


def test_what_the_publisher_did_not_say_is_said_missing(anonymous, city):
    page = anonymous.get("/mentions-legales")
    assert "à compléter par la collectivité (réglage PORTAL_HOSTING)" in page.text
    assert "politique.ville@exemple.test" in page.text


def test_the_accessibility_statement_stays_honest(anonymous, city):
    assert "Non conforme" in anonymous.get("/accessibilite").text


def test_the_private_pages_of_an_invented_contract_say_that_it_is_invented(app, city):
    invented = factories.contract("demo-2024-2030", is_demo=True)
    call = factories.call(invented, title="Appel fictif")
    draft = factories.application(call, city.organisation, title="Brouillon")
    notice = ["Contrat de démonstration : personnes, montants et notes fictifs."]
    manager = Visitor(app, factories.staff(Role.MANAGER, invented))
    member = Visitor(app, factories.member(city.organisation))
    for visitor, path in ((manager, f"/appels/{call.id}"), (member, f"/dossiers/{draft.id}")):
        assert visitor.get(path).texts(NOTICE) == notice
    assert member.get("/dossiers").texts(NOTICE) == []


def test_a_private_page_of_an_invented_contract_tells_nothing_to_an_outsider(app, city):
    """The notice would say that the thing exists."""
    invented = factories.contract("demo-2024-2030", is_demo=True)
    outsider = Visitor(app, factories.person())
    page = outsider.get(f"/contrats/{invented.id}")
    assert page.status_code == 404
    assert page.texts(NOTICE) == []
