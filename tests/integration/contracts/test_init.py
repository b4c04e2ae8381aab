"""`portal init`: the contract of a file, once, and again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from portal.calls.models import ChartAccount
from portal.committee.models import SittingKind
from portal.contracts import queries
from portal.contracts.models import Contract, Theme
from portal.contracts.operations.defaults import SHIPPED_CONTRACT
from portal.extensions import db
from portal.foundation.database import unit_of_work
from portal.foundation.events import Event
from portal.quartiers import queries as quartiers
from portal.quartiers.models import Quartier, StructureKind
from tests import factories
from tests.commands import run, said
from tests.integration.contracts.printed import theme_printed
from tests.typography import plain


def rows_by_table() -> dict[str, int]:
    """How many rows each table holds."""
    return {
        table.name: db.session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
        for table in db.metadata.sorted_tables
    }


@pytest.fixture
def aix(app) -> Contract:
    assert run(app, "init", "--contract", SHIPPED_CONTRACT).exit_code == 0
    return db.session.execute(sa.select(Contract)).scalar_one()


@pytest.fixture
def altered(tmp_path: Path):
    """The shipped file with some of it changed."""

    def make(change: Any) -> Path:
        document = json.loads(SHIPPED_CONTRACT.read_text(encoding="utf-8"))
        change(document)
        path = tmp_path / "contrat.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        return path

    return make


def test_a_contract_comes_with_its_taxonomy_quartiers_and_defaults(aix):
    assert (aix.slug, aix.start_year, aix.end_year) == ("aix-en-provence-2015-2023", 2015, 2023)
    tree = queries.pillars_and_themes(aix.id)
    assert [(pillar.label, len(pillar.themes)) for pillar in tree] == [
        ("Développement économique, emploi-insertion", 1),
        ("Cohésion sociale", 5),
        ("Citoyenneté et valeurs de la République", 1),
        ("Cadre de vie et renouvellement urbain", 1),
    ]
    assert theme_printed(aix.id, "PREV / accès au droit").label == "Prévention / accès au droit"
    assert [len(queries.axes(aix.id)), len(queries.priorities(aix.id, 2023))] == [3, 7]
    assert [band.label for band in queries.age_bands(aix.id)][-1] == "60 ans et plus"
    common = queries.catalogue(aix.id).for_theme(None)
    assert [line.code for line in common] == [f"S{number}" for number in range(1, 11)]
    assert [line.code for line in common if line.is_compulsory] == ["S1", "S2", "S3"]
    sport = theme_printed(aix.id, "sport")
    assert [line.code for line in queries.catalogue(aix.id).for_theme(sport.id)][10:] == ["KS1", "KS2", "KS3"]
    assert [funder.slug for funder in queries.funders()] == [
        "state",
        "city",
        "metropole",
        "department",
        "region",
        "caf",
        "13-habitat",
        "erilia",
        "famille-et-provence",
        "logirem",
        "pays-d-aix-habitat",
        "sacogiva",
        "unicil",
    ]


def test_higher_rooms_bring_their_own_defaults(aix):
    kinds = db.session.scalars(sa.select(SittingKind).order_by(SittingKind.position))
    assert [(kind.code, kind.pronounces_admissibility, kind.arbitrates) for kind in kinds] == [
        ("cotech-coordination", False, False),
        ("cotech-calls", True, False),
        ("copil", False, True),
        ("follow-up", False, False),
        ("territorial", False, False),
        ("thematic", False, False),
    ]
    in_kind = sa.select(ChartAccount.code).where(ChartAccount.is_in_kind).order_by(ChartAccount.position)
    assert list(db.session.scalars(in_kind)) == ["860", "861", "862", "864", "870", "871", "875"]
    accounts = set(db.session.scalars(sa.select(ChartAccount.code)))
    assert {funder.account_code for funder in queries.funders()} <= accounts


def test_a_quartier_shows_its_figures_beside_the_city_and_the_country(aix):
    encagnane = quartiers.quartier_by_slug(aix.id, "encagnane")
    profile = quartiers.profile(aix.id, encagnane.id)
    assert [(line.value, line.year, line.source) for line in profile.populations] == [
        (4642, None, None),
        (3450, None, None),
    ]
    assert [(row.figure.value, row.city.value, row.country.value) for row in profile.compared] == [
        (13940, 24340, 21730),
        (10580, 24588, 21110),
    ]
    jas = quartiers.profile(aix.id, quartiers.quartier_by_slug(aix.id, "jas-de-bouffan").id)
    assert [(one.name, one.share_bp) for one in jas.structures[StructureKind.LANDLORD]] == [
        ("Pays d’Aix Habitat", 4300),
        ("Famille et Provence", 2300),
        ("Logirem", 1700),
        ("Sacogiva", 1200),
        ("Unicil", 500),
    ]
    assert list(jas.schools_by_category()) == ["Groupes scolaires", "Collèges", "Accompagnement à la scolarité"]


def test_run_twice_nothing_changes(app, aix):
    before = rows_by_table()
    result = run(app, "init", "--contract", SHIPPED_CONTRACT)
    assert (result.exit_code, rows_by_table()) == (0, before)
    assert said(result)[0].startswith("Rien à changer")


def test_a_changed_file_is_told_and_refused(app, aix, altered):
    def change(document: dict[str, Any]) -> None:
        document["themes"][0]["label"] = "Emploi et formation"
        document["themes"][0]["slug"] = "emploi"
        document["territories"][0]["figures"][0]["value"] = 4643
        document["transversal_axes"].append("Vieillissement")

    path, before = altered(change), rows_by_table()
    result = run(app, "init", "--contract", path)
    assert result.exit_code == 1
    assert said(result) == [
        "à ajouter : axe « Vieillissement »",
        "thématique « Emploi et formation », libellé : « Emploi » → « Emploi et formation »",
        "chiffre « Habitants (liste de présentation) » de « Encagnane », valeur (en millièmes) : "
        "« 4642000 » → « 4643000 »",
        "Error: Le fichier ne dit pas la même chose que le portail ; rien n’a été modifié. "
        "Ajoutez --update pour appliquer ces différences.",
    ]
    assert rows_by_table() == before
    assert theme_printed(aix.id, "Emploi").label == "Emploi"

    assert run(app, "init", "--contract", path, "--update").exit_code == 0
    assert theme_printed(aix.id, "Emploi et formation").slug == "emploi"
    assert [axis.label for axis in queries.axes(aix.id)][-1] == "Vieillissement"


def test_an_update_keeps_what_the_file_does_not_name(app, aix, altered):
    added = factories.theme(aix, "Numérique")
    with unit_of_work():
        added.depth = 1
    path = altered(lambda document: document["transversal_axes"].append("Vieillissement"))
    assert run(app, "init", "--contract", path, "--update").exit_code == 0
    assert db.session.get(Theme, added.id).label == "Numérique"


def test_a_second_contract_shares_quartiers_and_funders(app, aix):
    before = rows_by_table()
    result = run(
        app, "init", "--contract", SHIPPED_CONTRACT, "--slug", "suite", "--name", "Suite", "--from", 2024, "--to", 2030
    )
    assert result.exit_code == 0
    after = rows_by_table()
    assert {
        table for table in ("quartier", "funder", "structure", "chart_account") if before[table] != after[table]
    } == set()
    assert after["contract_quartier"] == 2 * before["contract_quartier"]
    assert [contract.slug for contract in queries.contracts_in(2026)] == ["suite"]


def test_a_file_with_mistakes_creates_nothing(app, altered):
    path = altered(lambda document: document["territories"][0].pop("kind"))
    result = run(app, "init", "--contract", path)
    assert result.exit_code == 1
    assert "territories[0] : il manque « kind »." in plain(result.output)
    assert db.session.execute(sa.select(sa.func.count()).select_from(Quartier)).scalar_one() == 0


def test_the_creation_is_in_the_journal(aix):
    actions = db.session.scalars(sa.select(Event.action).where(Event.subject_type == "contract"))
    assert list(actions) == ["contract.created"]
