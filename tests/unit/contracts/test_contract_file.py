"""Reading a contract file: exact numbers, every mistake at its place."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.contracts.operations.defaults import SHIPPED_CONTRACT
from portal.contracts.rules.contract_file import Overrides, read_contract_file, thousandths
from portal.contracts.rules.contract_schema import UnusableFile
from portal.contracts.rules.naming import of, same_body_key, slug_of
from tests.typography import plain

# The shipped file, and the one it was taken from where that is at hand beside the project.
REAL = Path(__file__).parents[4] / "shared" / "data" / "contrat_aix.json"
FILES = [path for path in (SHIPPED_CONTRACT, REAL) if path.exists()]

SMALLEST: dict[str, Any] = {
    "city": "Marseille",
    "city_insee_code": "13055",
    "pillars": [{"id": "cohesion", "label": "Cohésion"}],
    "themes": [{"label": "Santé", "pillar": "cohesion", "printed_as": ["SANTE"]}],
    "territories": [{"name": "La Castellane", "kind": "qpv"}],
}


def content(**changes: Any) -> bytes:
    return json.dumps(SMALLEST | changes).encode()


def mistakes(**changes: Any) -> list[str]:
    with pytest.raises(UnusableFile) as refused:
        read_contract_file(content(**changes))
    return [plain(str(mistake)) for mistake in refused.value.mistakes]


def figure(value: Any, **others: Any) -> dict[str, Any]:
    return {"id": "population", "label": "Habitants", "value": value, "unit": "habitants"} | others


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_contract_of_aix_is_read_whole(path):
    file = read_contract_file(path.read_bytes())
    assert (file.slug, file.start_year, file.end_year) == ("aix-en-provence-2015-2023", 2015, 2023)
    assert [len(file.pillars), len(file.themes), len(file.axes), len(file.priorities)] == [4, 8, 3, 7]
    assert [(quartier.name, quartier.kind) for quartier in file.quartiers] == [
        ("Encagnane", "qpv"),
        ("Jas de Bouffan", "qpv"),
        ("Corsy", "qpv"),
        ("Beisson", "qpv"),
        ("Pinette", "active_watch"),
    ]
    encagnane = {figure.code: figure for figure in file.quartiers[0].figures}
    assert encagnane["taux_chomage"].value_thousandths == 30700
    # Contradictory figures are both kept.
    assert [encagnane[code].value_thousandths for code in ("population_intro", "population_chapitre")] == [
        4642000,
        3450000,
    ]
    assert {(row.scope, row.code) for row in file.comparisons} == {
        (scope, code)
        for scope in ("city", "country")
        for code in ("revenu_disponible_median", "revenu_fiscal_declare_median")
    }
    assert file.landlords() == [
        "Pays d’Aix Habitat",
        "Famille et Provence",
        "Sacogiva",
        "Erilia",
        "Logirem",
        "Unicil",
        "13 Habitat",
    ]


def test_a_file_without_period_is_of_the_contracts_then_in_force():
    file = read_contract_file(content())
    assert (file.name, file.slug) == ("Contrat de ville de Marseille 2015-2023", "marseille-2015-2023")


def test_the_file_then_the_command_line_name_the_contract():
    named = content(contract={"name": "Engagements 2024-2030", "start_year": 2024, "end_year": 2030})
    assert read_contract_file(named).slug == "marseille-2024-2030"
    file = read_contract_file(named, Overrides(name="Quartiers 2030", start_year=2025, slug="m"))
    assert (file.name, file.start_year, file.end_year, file.slug) == ("Quartiers 2030", 2025, 2030, "m")


def test_every_mistake_is_told_at_its_path():
    assert mistakes(
        pillars=[{"id": "cohesion"}],
        themes=[{"label": "Santé", "piller": "cohesion"}],
        territories=[{"name": "Q", "kind": "zup", "figures": [figure("3450")]}],
    ) == [
        "pillars[0] : il manque « label ».",
        "territories[0].figures[0].value : il faut un nombre ou rien (null).",
        "territories[0].kind : il faut l’une de ces valeurs : qpv, active_watch, associated, citywide.",
        "themes[0] : clé inconnue : « piller ».",
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"themes": [{"label": "Santé", "pillar": "absent"}]},
            "themes[0].pillar : aucun pilier n’a l’identifiant « absent ».",
        ),
        (
            {"themes": [{"label": "Santé", "printed_as": ["S"]}, {"label": "Sport", "printed_as": ["s"]}]},
            "themes[1].printed_as[0] : « s » désigne déjà une autre thématique.",
        ),
        (
            {"territories": [{"name": "Q", "kind": "qpv", "figures": [figure(1), figure(2)]}]},
            "territories[0].figures[1] : déjà donné en territories[0].figures[0] (« population »).",
        ),
        (
            {"territories": [{"name": "Q", "kind": "qpv", "figures": [figure(1.2345)]}]},
            "territories[0].figures[0].value : au plus trois décimales.",
        ),
        (
            {"territories": [{"name": "Q", "kind": "qpv", "starts_on": "2023-02-30"}]},
            "territories[0].starts_on : cette date n’existe pas dans le calendrier.",
        ),
        (
            {"comparisons": [figure(1, scope="Europe")]},
            "comparisons[0].scope : « Europe » n’est ni la commune ni le pays.",
        ),
        ({"contract": {"start_year": 2030}}, "contract : l’année de fin précède l’année de début."),
    ],
)
def test_what_the_schema_cannot_say_is_checked_too(changes, expected):
    assert mistakes(**changes) == [expected]


@pytest.mark.parametrize(
    ("bytes_", "expected"),
    [
        (b"{", "fichier : ce n’est pas du JSON valable (ligne 1, colonne 2)."),
        (b'{"city": "\xe9"}', "fichier : le fichier n’est pas encodé en UTF-8."),
        (b"NaN", "fichier : ce n’est pas du JSON valable."),
        (rb'{"city": "\u0000"}', "fichier : le fichier contient un caractère nul."),
        (b"[]", "fichier : il faut un objet."),
    ],
)
def test_what_is_not_a_json_object_is_said_plainly(bytes_, expected):
    with pytest.raises(UnusableFile) as refused:
        read_contract_file(bytes_)
    assert plain(str(refused.value)) == expected


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=3))
def test_three_decimals_are_kept_exactly(value):
    assert Decimal(thousandths(value)) / 1000 == value


def test_names_make_addresses_and_sentences():
    assert [slug_of(name) for name in ("Jas de Bouffan", "L’Arc  (nord)", "Œuvre")] == [
        "jas-de-bouffan",
        "l-arc-nord",
        "oeuvre",
    ]
    assert [of(name) for name in ("Marseille", "Aix-en-Provence", "Évry")] == [
        "de Marseille",
        "d’Aix-en-Provence",
        "d’Évry",
    ]
    assert same_body_key("Pays d'Aix Habitat") == same_body_key("Pays Aix Habitat")
