"""`portal import actions`: past programmes, all or nothing, once and again."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.accounts.models import Organisation, OrganisationKind
from portal.calls.models import Application, Call, Placement
from portal.calls.states import ApplicationStatus, CallKind, CallStatus, Origin
from portal.contracts.models import Contract
from portal.contracts.operations.defaults import SHIPPED_CONTRACT
from portal.exchange.models import ImportRun
from portal.exchange.operations import actions
from portal.extensions import db
from portal.foundation.actors import SYSTEM
from portal.foundation.database import unit_of_work
from portal.quartiers.models import Quartier
from tests import factories
from tests.commands import run, said
from tests.queries import counted

ROOT = Path(__file__).parents[3]
SHIPPED = ROOT / "portal" / "exchange" / "data" / "actions_aix_2022.csv"
REAL = ROOT.parent / "shared" / "data" / "actions_2022.csv"
# The shipped facts, and the whole table where it is at hand beside the project.
TABLES = [path for path in (SHIPPED, REAL) if path.exists()]

HEADER = "quartier,thematique_source,thematique,association,action,descriptif,order\n"


@pytest.fixture
def aix(app) -> Contract:
    assert run(app, "init", "--contract", SHIPPED_CONTRACT).exit_code == 0
    return db.session.execute(sa.select(Contract)).scalar_one()


@pytest.fixture
def table(tmp_path: Path):
    def write(rows: str, header: str = HEADER, encoding: str = "utf-8") -> Path:
        path = tmp_path / "actions.csv"
        path.write_text(header + rows, encoding=encoding)
        return path

    return write


def count(model: type) -> int:
    return db.session.execute(sa.select(sa.func.count()).select_from(model)).scalar_one()


def everything() -> dict[str, int]:
    return {
        one.name: db.session.execute(sa.select(sa.func.count()).select_from(one)).scalar_one()
        for one in db.metadata.sorted_tables
    }


def printed(quartier: str) -> list[tuple[int, str, str]]:
    """What a quartier's programme lists, in printed order."""
    rows = db.session.execute(
        sa.select(Placement.printed_order, Organisation.name, Application.title)
        .join(Application, Application.id == Placement.application_id)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .join(Quartier, Quartier.id == Placement.quartier_id)
        .where(Quartier.name == quartier)
        .order_by(Placement.printed_order)
    )
    return [tuple(row) for row in rows]


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_the_programme_of_2022_is_imported_as_printed(app, aix, path):
    before = everything()
    rehearsal = run(app, "import", "actions", path, "--year", 2022, "--dry-run")
    assert (rehearsal.exit_code, everything()) == (0, before)
    told = said(run(app, "import", "actions", path, "--year", 2022))
    assert told == [
        "Lignes : 116",
        "Actions : 84",
        "Associations : 56",
        "Actions par quartier :",
        "  Encagnane : 49",
        "  Jas de Bouffan : 66",
        "Doublons : 1",
        "  ligne 44 : Anonymal, Prévention des risques numériques — même quartier, même association et même action "
        "qu’à la ligne 10",
        "Nouvelles : 115 ; modifiées : 0 ; déjà présentes : 0",
        "Import effectué.",
    ]
    assert told[:-1] == said(rehearsal)[:-1]
    assert [len(printed("Encagnane")), len(printed("Jas de Bouffan"))] == [49, 66]
    assert printed("Encagnane")[0] == (1, "ADEJ", "Droit au quotidien")
    call = db.session.execute(sa.select(Call)).scalar_one()
    assert (call.kind, call.status, call.year) == (CallKind.PAST, CallStatus.ARCHIVED, 2022)
    states = db.session.execute(sa.select(Application.origin, Application.status).distinct()).all()
    assert states == [(Origin.IMPORTED, ApplicationStatus.CLOSED)]


def test_run_twice_nothing_changes(app, aix):
    run(app, "import", "actions", SHIPPED, "--year", 2022)
    before = everything()
    again = run(app, "import", "actions", SHIPPED, "--year", 2022)
    assert again.exit_code == 0
    assert said(again)[-1] == "Rien à changer : le portail contient déjà tout cela."
    assert everything() == before


def test_one_action_in_two_quartiers_keeps_what_is_printed_in_each(app, aix, table):
    path = table(
        "Corsy,SANTE,Santé,L’Étape,Été  sportif,Ici,4\n"
        "Beisson,sport,Sport,L'étape,ÉTÉ SPORTIF,Là,2\n"
        "Corsy,SANTE,Santé,L’Étape,Ete sportif,Sans accent,5\n"
    )
    assert run(app, "import", "actions", path, "--year", 2021).exit_code == 0
    applications = list(db.session.scalars(sa.select(Application).order_by(Application.number)))
    assert [(each.title, each.main_theme.label, each.number) for each in applications] == [
        ("Été  sportif", "Santé", 1),
        ("Ete sportif", "Santé", 2),
    ]
    assert [
        (each.quartier.name, each.theme.label, each.description, each.printed_order, each.share_bp)
        for each in applications[0].placements
    ] == [("Corsy", "Santé", "Ici", 4, None), ("Beisson", "Sport", "Là", 2, None)]
    organisation = db.session.execute(sa.select(Organisation)).scalar_one()
    assert (organisation.name, organisation.kind, organisation.siren) == ("L’Étape", OrganisationKind.UNKNOWN, None)


@pytest.mark.parametrize(("encoding", "separator"), [("utf-8-sig", ","), ("cp1252", ";")])
def test_spreadsheets_of_any_kind_are_read(app, aix, table, encoding, separator):
    rows = "x,1,Écho,L’été,Santé,Beisson\n".replace(",", separator)
    header = "note,order,association,action,thematique,quartier\n".replace(",", separator)
    path = table(rows, header, encoding)
    assert run(app, "import", "actions", path, "--year", 2020).exit_code == 0
    assert printed("Beisson") == [(1, "Écho", "L’été")]


def test_a_row_that_cannot_be_used_stops_everything(app, aix, table):
    before = everything()
    path = table("Corsy,,Santé,A,B,,1\nNulle part,,Santé,A,C,,2\nCorsy,,Magie,A,D,,trois\n")
    result = run(app, "import", "actions", path, "--year", 2022)
    assert result.exit_code == 1
    assert said(result)[-3:] == [
        "ligne 3 : quartier inconnu : « Nulle part »",
        "ligne 4 : thématique inconnue : « Magie » ; « order » n’est pas un nombre entier : « trois »",
        "Error: 2 ligne(s) à corriger : rien n’a été importé.",
    ]
    assert everything() == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--year", 2040), "Il n’y a aucun contrat pour l’année 2040. Créez-le avec « portal init »."),
        (
            ("--year", 2040, "--contract", "aix-en-provence-2015-2023"),
            "Le contrat « Contrat de ville d’Aix-en-Provence 2015-2023 » va de 2015 à 2023 : il ne comprend pas 2040.",
        ),
        (
            ("--year", 2022, "--contract", "x"),
            "Aucun contrat ne s’appelle « x ». Contrats connus : aix-en-provence-2015-2023.",
        ),
    ],
)
def test_the_contract_of_the_year_must_be_known(app, aix, arguments, message):
    result = run(app, "import", "actions", SHIPPED, *arguments)
    assert (result.exit_code, said(result)) == (1, [f"Error: {message}"])


def test_a_missing_column_is_named(app, aix, table):
    path = table("Corsy,Santé,A,1\n", "quartier,thematique,association,order\n")
    result = run(app, "import", "actions", path, "--year", 2022)
    assert (result.exit_code, said(result)) == (1, ["Error: Colonne absente de la première ligne : « action »."])


def test_a_second_file_completes_the_same_year(app, aix, table):
    run(app, "import", "actions", table("Corsy,,Santé,A,B,Un,1\n"), "--year", 2022)
    path = table("Corsy,,Santé,A,B,Deux,1\nBeisson,,Sport,A,B,,1\nBeisson,,Sport,A,C,,2\n")
    told = run(app, "import", "actions", path, "--year", 2022).output
    assert "Nouvelles : 2 ; modifiées : 1 ; déjà présentes : 0" in told
    assert [count(Call), count(Application), count(Placement)] == [1, 2, 3]
    first = db.session.execute(sa.select(Placement).order_by(Placement.id).limit(1)).scalar_one()
    assert first.description == "Deux"


def test_a_registered_organisation_of_the_same_name_is_met_and_stays_met(app, aix, table):
    known = factories.organisation("L’Étape")
    run(app, "import", "actions", table("Corsy,,Santé,L'étape,B,,1\n"), "--year", 2022)
    factories.organisation("L’ÉTAPE")
    before = everything()
    run(app, "import", "actions", table("Corsy,,Santé,L'étape,B,,1\n"), "--year", 2022)
    assert everything() == before
    assert db.session.execute(sa.select(Application.organisation_id)).scalar_one() == known.id


def test_a_merged_organisation_leads_to_its_successor(app, aix, table):
    successor, merged = factories.organisation("Nouvelle"), factories.organisation("Ancienne")
    with unit_of_work():
        merged.merged_into_id = successor.id
    run(app, "import", "actions", table("Corsy,,Santé,Ancienne,B,,1\nCorsy,,Santé,Nouvelle,B,,2\n"), "--year", 2022)
    assert db.session.execute(sa.select(Application.organisation_id)).scalars().all() == [successor.id]


def test_an_import_leaves_its_trace(app, aix):
    import hashlib

    run(app, "import", "actions", SHIPPED, "--year", 2022)
    trace = db.session.execute(sa.select(ImportRun)).scalar_one()
    assert (trace.kind, trace.year, trace.file_name) == ("actions", 2022, "actions_aix_2022.csv")
    assert trace.sha256 == hashlib.sha256(SHIPPED.read_bytes()).hexdigest()
    assert trace.counts["placements"] == {"Encagnane": 49, "Jas de Bouffan": 66}


def test_an_import_costs_the_same_whatever_its_length(app, aix, table):
    def cost(rows: int, year: int) -> int:
        path = table("".join(f"Corsy,,Santé,Association {n},Action {n},,{n + 1}\n" for n in range(rows)))
        with counted() as queries, unit_of_work():
            actions.import_actions(db.session.get_one(Contract, aix.id), year, path, path.name, actor=SYSTEM)
        return len(queries)

    assert cost(1, 2021) == cost(200, 2022)
