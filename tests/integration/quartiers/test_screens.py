"""The Direction keeps the quartiers of a contract: names, figures with their sources, structures."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from flask import Flask

from portal.accounts.rules import Role
from portal.contracts.models import Contract
from portal.extensions import db
from portal.foundation.actors import SYSTEM
from portal.foundation.database import unit_of_work
from portal.foundation.events import history_of
from portal.quartiers import queries
from portal.quartiers.models import Figure, FigureScope, Quartier, QuartierKind, StructureKind
from portal.quartiers.operations.editing import add_quartier
from portal.quartiers.rules import QuartierValues
from tests import factories
from tests.queries import counted
from tests.racing import until_somebody_waits
from tests.visitors import Visitor


@pytest.fixture
def contract(app: Flask) -> Contract:
    return factories.contract()


@pytest.fixture
def quartier(contract: Contract) -> Quartier:
    return factories.quartier(contract, "Corsy")


@pytest.fixture
def manager(app: Flask, contract: Contract) -> Visitor:
    return Visitor(app, factories.staff(Role.MANAGER, contract))


@pytest.fixture
def officer(app: Flask, contract: Contract) -> Visitor:
    return Visitor(app, factories.staff(Role.OFFICER, contract))


def test_a_quartier_joins_the_contract_with_its_kind_code_and_dates(manager, contract):
    answer = manager.post(
        f"/contrats/{contract.id}/quartiers/ajouter",
        name="Jas de Bouffan",
        kind="active_watch",
        official_code="qn 013 01m",
        starts_on="01/01/2024",
        ends_on="",
        presentation="Au nord.",
    )
    line = queries.quartier_by_slug(contract.id, "jas-de-bouffan")
    assert answer.location == f"/contrats/{contract.id}/quartiers/{line.id}"
    assert (line.kind, line.official_code, line.starts_on) == (QuartierKind.ACTIVE_WATCH, "QN01301M", date(2024, 1, 1))
    again = manager.post(f"/contrats/{contract.id}/quartiers/ajouter", name="JAS DE BOUFFAN", kind="qpv")
    assert again.errors == {"name": "Ce quartier est déjà dans le contrat."}


def test_of_two_people_who_add_a_quartier_at_once_the_second_is_told(manager, contract):
    answers, engine = [], db.engine
    path, sent = f"/contrats/{contract.id}/quartiers/ajouter", {"name": "Corsy", "kind": "qpv"}
    second = threading.Thread(target=lambda: answers.append(manager.client.post(path, data=sent)))
    with unit_of_work() as session:
        add_quartier(contract, QuartierValues("Corsy", "qpv", None, None, None, None), actor=SYSTEM)
        session.flush()
        second.start()
        until_somebody_waits(engine)
    second.join()
    assert answers[0].status_code == 200
    assert "Ce quartier est déjà dans le contrat." in answers[0].text
    assert len(queries.quartiers_of(contract.id)) == 1
    db.session.rollback()


def test_a_quartier_of_an_earlier_contract_is_the_same_quartier(manager, contract):
    earlier = factories.quartier(factories.contract(), "Pinette", QuartierKind.ACTIVE_WATCH)
    manager.post(f"/contrats/{contract.id}/quartiers/ajouter", name="Pinette", kind="associated")
    assert [(line.id, line.kind) for line in queries.quartiers_of(contract.id)] == [
        (earlier.id, QuartierKind.ASSOCIATED)
    ]


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"name": ""}, {"name": "Nommez le quartier."}),
        (
            {"official_code": "13005"},
            {"official_code": "Un code commence par QP et six chiffres, ou par QN et six signes."},
        ),
        (
            {"starts_on": "01/01/2024", "ends_on": "01/01/2023"},
            {"ends_on": "La fin ne peut pas précéder le début."},
        ),
        ({"kind": "zup"}, {"kind": "Choisissez une réponse de la liste."}),
    ],
)
def test_mistakes_stand_beside_their_fields(manager, contract, quartier, typed, errors):
    path = f"/contrats/{contract.id}/quartiers/{quartier.id}/modifier"
    page = manager.post(path, **({"version": "1", "name": "Corsy", "kind": "qpv"} | typed))
    assert page.errors == errors


def test_two_writers_of_a_quartier_see_both_values(manager, contract, quartier):
    path = f"/contrats/{contract.id}/quartiers/{quartier.id}/modifier"
    manager.post(path, version="1", name="Corsy", kind="active_watch")
    page = manager.post(path, version="1", name="Corsy nord", kind="qpv")
    assert page.texts("//div[@class='both-values']//dd") == [
        "Corsy",
        "Quartier en veille active",
        "Corsy nord",
        "Quartier prioritaire (QPV)",
    ]
    assert queries.quartier_in(contract.id, quartier.id).name == "Corsy"
    (version,) = page.tree.xpath("//input[@name='version']/@value")
    manager.post(path, version=version, name="Corsy nord", kind="qpv")
    assert queries.quartier_in(contract.id, quartier.id).name == "Corsy nord"
    assert [event.action for event in history_of("quartier", quartier.id)] == ["quartier.changed"]


def test_contradictory_figures_stand_side_by_side_with_their_sources(manager, officer, contract, quartier):
    base = f"/contrats/{contract.id}/quartiers/{quartier.id}"
    typed = {"label": "Habitants", "unit": "habitants"}
    manager.post(f"{base}/chiffres/ajouter", value_thousandths="4 642", **typed)
    manager.post(f"{base}/chiffres/ajouter", value_thousandths="3450", year="2018", source="INSEE", **typed)
    manager.post(f"{base}/chiffres/ajouter", label="Chômage", unit="%", value_thousandths="30,7", year="2016")
    manager.post(f"{base}/chiffres/ajouter", label="Crèches", unit="places", value_thousandths="")
    found = queries.figures_of(contract.id, quartier.id)
    assert [(line.code, line.value_thousandths, line.year, line.source) for line in found] == [
        ("habitants", 4_642_000, None, None),
        ("habitants_2", 3_450_000, 2018, "INSEE"),
        ("chomage", 30_700, 2016, None),
        ("creches", None, None, None),
    ]
    shown = officer.get(base).texts("//main//td[@data-label='Quartier']")
    assert shown == ["4 642 habitants", "3 450 habitants", "30,7 %", "non communiqué"]


def test_a_figure_is_compared_with_the_city_and_the_country_of_the_same_name(manager, contract, quartier):
    base = f"/contrats/{contract.id}"
    typed = {"label": "Revenu médian", "unit": "€"}
    manager.post(f"{base}/quartiers/{quartier.id}/chiffres/ajouter", value_thousandths="12810", **typed)
    manager.post(f"{base}/comparaisons/ajouter", value_thousandths="24340", **typed)
    manager.post(f"{base}/comparaisons/ajouter?de=pays", value_thousandths="21730", **typed)
    (row,) = queries.profile(contract.id, quartier.id).compared
    assert [row.figure.value, row.city.value, row.country.value] == [12810, 24340, 21730]
    cells = manager.get(f"{base}/quartiers").texts("//td[@data-label='De']")
    assert cells == ["Aix-en-Provence", "France"]


def test_a_figure_is_changed_then_removed_and_the_journal_keeps_it(manager, contract, quartier):
    figure = factories.save(
        Figure(
            contract_id=contract.id,
            scope=FigureScope.QUARTIER,
            quartier_id=quartier.id,
            code="taux_chomage",
            label="Taux de chômage",
            value_thousandths=34_900,
            unit="%",
            position=1,
        )
    )
    figure_id = figure.id
    path = f"/contrats/{contract.id}/chiffres/{figure_id}"
    assert manager.get(f"{path}/modifier").tree.xpath("//input[@name='value_thousandths']/@value") == ["34,9"]
    wrong = {"label": "Taux", "unit": "%", "value_thousandths": "1,2345", "year": "1"}
    assert manager.post(f"{path}/modifier", **wrong).errors == {
        "value_thousandths": "Indiquez au plus 3 chiffres après la virgule.",
        "year": "Indiquez un nombre de 1900 à 2100.",
    }
    manager.post(f"{path}/modifier", label="Taux de chômage", unit="%", value_thousandths="35")
    assert [line.value for line in queries.figures_of(contract.id, quartier.id)] == [35]
    manager.post(f"{path}/retirer")
    assert queries.figures_of(contract.id, quartier.id) == []
    assert [event.action for event in history_of("figure", figure_id)] == ["figure.changed", "figure.removed"]


def test_structures_are_kept_by_kind(manager, contract, quartier):
    base = f"/contrats/{contract.id}/quartiers/{quartier.id}/structures"
    manager.post(f"{base}/ajouter", name="13 Habitat", kind="landlord", category="x", share_bp="43,5")
    manager.post(f"{base}/ajouter", name="Mistral", kind="school", category="Écoles", share_bp="")
    found = queries.structures_of(quartier.id)
    assert {kind: [(line.name, line.category, line.share_bp) for line in lines] for kind, lines in found.items()} == {
        StructureKind.LANDLORD: [("13 Habitat", None, 4350)],
        StructureKind.SCHOOL: [("Mistral", "Écoles", None)],
    }
    landlord = found[StructureKind.LANDLORD][0]
    manager.post(f"{base}/{landlord.id}/modifier", name="13 Habitat", kind="equipment")
    manager.post(f"{base}/{landlord.id}/retirer")
    assert list(queries.structures_of(quartier.id)) == [StructureKind.SCHOOL]


def test_only_the_manager_of_the_contract_writes(app, officer, contract, quartier):
    elsewhere = Visitor(app, factories.staff(Role.MANAGER, factories.contract()))
    base = f"/contrats/{contract.id}/quartiers/{quartier.id}"
    assert officer.get(base).status_code == 200
    for path in (f"{base}/modifier", f"{base}/chiffres/ajouter", f"{base}/structures/ajouter"):
        assert officer.get(path).status_code == 404
        assert elsewhere.post(path, name="x").status_code == 404
    other = factories.quartier(factories.contract(), "Ailleurs")
    assert officer.get(f"/contrats/{contract.id}/quartiers/{other.id}").status_code == 404


def test_a_quartier_page_costs_the_same_whatever_it_holds(manager, contract, quartier):
    def cost() -> int:
        with counted() as made:
            assert manager.get(f"/contrats/{contract.id}/quartiers/{quartier.id}").status_code == 200
        return len(made)

    def figures(numbers: range) -> None:
        for number in numbers:
            factories.save(
                Figure(
                    contract_id=contract.id,
                    scope=FigureScope.QUARTIER,
                    quartier_id=quartier.id,
                    code=f"f{number}",
                    label=f"Chiffre {number}",
                    value_thousandths=1000,
                    unit="x",
                    position=number,
                )
            )

    figures(range(1))
    few = cost()
    figures(range(1, 40))
    db.session.rollback()
    assert cost() == few
