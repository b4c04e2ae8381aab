"""What the other rooms read of a contract."""

from __future__ import annotations

from portal.contracts import queries
from portal.contracts.models import ThemeAlias
from tests import factories
from tests.integration.contracts.printed import theme_printed
from tests.queries import counted


def test_the_taxonomy_comes_in_printed_order_with_orphan_themes_last(app):
    contract = factories.contract()
    cohesion = factories.theme(contract, "Cohésion sociale")
    factories.theme(contract, "Emploi")
    factories.theme(contract, "Santé", cohesion)
    factories.theme(contract, "Culture", cohesion)
    orphan = factories.theme(contract, "Numérique")
    with factories.unit_of_work():
        orphan.depth = 1
    tree = queries.pillars_and_themes(contract.id)
    assert [(pillar.label, [theme.label for theme in pillar.themes]) for pillar in tree] == [
        ("Cohésion sociale", ["Santé", "Culture"]),
        ("Emploi", []),
        ("", ["Numérique"]),
    ]


def test_a_theme_is_found_as_sources_print_it(app):
    contract = factories.contract()
    pillar = factories.theme(contract, "Cadre de vie")
    theme = factories.theme(contract, "Cadre de vie", pillar)
    factories.save(ThemeAlias(contract_id=contract.id, theme_id=theme.id, printed="CdV", printed_fold="cdv"))
    found = [theme_printed(contract.id, text) for text in ("CADRE  DE VIE", "cdv", "autre")]
    assert [line and line.id for line in found] == [theme.id, theme.id, None]


def test_the_taxonomy_costs_the_same_whatever_its_size(app):
    contract = factories.contract()
    pillar = factories.theme(contract, "Cohésion sociale")
    for number in range(3):
        factories.theme(contract, f"Thème {number}", pillar)
    with counted() as few:
        queries.pillars_and_themes(contract.id)
    for number in range(3, 40):
        factories.theme(contract, f"Thème {number}", pillar)
    with counted() as many:
        queries.pillars_and_themes(contract.id)
    assert len(few) == len(many)
