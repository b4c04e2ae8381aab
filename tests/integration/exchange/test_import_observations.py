"""`portal import observations`: printed activity figures, once and again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from portal.contracts.models import Contract
from portal.evaluation.models import Observation
from portal.exchange.models import ImportRun
from portal.extensions import db
from tests import factories
from tests.commands import run, said

ROOT = Path(__file__).parents[3]
SHIPPED = ROOT / "portal" / "exchange" / "data" / "observations_aix_2022.json"
REAL = ROOT.parent / "shared" / "data" / "activity_figures_2022.json"
# The shipped facts, and the whole file where it is at hand beside the project.
FILES = [path for path in (SHIPPED, REAL) if path.exists()]


@pytest.fixture
def contract(app) -> Contract:
    made = factories.contract()
    for name in ("Encagnane", "Jas de Bouffan", "Corsy", "Beisson", "Pinette"):
        factories.quartier(made, name)
    return made


@pytest.fixture
def figures(tmp_path: Path):
    def write(*rows: dict[str, Any], **head: Any) -> Path:
        path = tmp_path / "figures.json"
        path.write_text(json.dumps({"source": "Rapport", "figures": list(rows), **head}))
        return path

    return write


def figure(**changes: Any) -> dict[str, Any]:
    return {"label": "Appels", "value": 6000, "unit": "appels", "category": "droit"} | changes


def found() -> list[tuple[Any, ...]]:
    rows = db.session.execute(
        sa.select(Observation.label, Observation.value_thousandths, Observation.qualifier, Observation.source).order_by(
            Observation.id
        )
    )
    return [tuple(row) for row in rows]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_figures_of_2022_are_taken_once(app, contract, path):
    first = said(run(app, "import", "observations", path))
    taken = len(found())
    assert taken > 100
    assert first[-1] == "Import effectué."
    assert ("Maison de la Justice et du Droit – appels", 6_000_000, "plus de") in [row[:3] for row in found()]
    again = said(run(app, "import", "observations", path))
    assert again[-1] == "Rien à changer : le portail contient déjà tout cela."
    assert len(found()) == taken
    assert db.session.execute(sa.select(sa.func.count()).select_from(ImportRun)).scalar_one() == 1


def test_a_dry_run_writes_nothing_and_a_figure_given_twice_is_told(app, contract, figures):
    path = figures(figure(), figure(), figure(value=30.7, quartier="corsy"))
    assert said(run(app, "import", "observations", path, "--dry-run")) == [
        "Chiffres : 3 ; nouveaux : 2 ; déjà présents : 0",
        "  figures[1] : donné deux fois",
        "Essai à blanc : rien n’a été écrit.",
    ]
    assert found() == []
    run(app, "import", "observations", path)
    assert found() == [("Appels", 6_000_000, None, "Rapport"), ("Appels", 30_700, None, "Rapport")]


def test_what_cannot_be_used_is_told_and_nothing_is_taken(app, contract, figures):
    path = figures(figure(), figure(quartier="Nulle part"), figure(value=1.2345), figure(unit=""))
    result = run(app, "import", "observations", path)
    assert result.exit_code == 1
    assert said(result)[1:] == ["figures[3].unit : «  » n’a pas la forme attendue."]
    path = figures(figure(), figure(quartier="Nulle part"), figure(value=1.2345), source=None)
    assert said(run(app, "import", "observations", path))[1:] == ["source : il faut un texte."]
    path = figures(figure(), figure(quartier="Nulle part"), figure(value=1.2345))
    assert said(run(app, "import", "observations", path))[1:] == [
        "figures[1].quartier : quartier inconnu dans ce contrat : « Nulle part ».",
        "figures[2].value : au plus trois décimales, et moins de cent mille milliards.",
    ]
    assert found() == []
