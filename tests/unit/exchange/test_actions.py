"""Which printed rows make one action, and what an import would change."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from portal.exchange.rules.actions import (
    Existing,
    ExistingPlacement,
    Finding,
    Named,
    Plan,
    Reference,
    plan,
)
from portal.exchange.rules.tables import BadLine, Line
from tests.typography import plain

REFERENCE = Reference(
    quartiers={"encagnane": Named(1, "Encagnane"), "jas de bouffan": Named(2, "Jas de Bouffan")},
    themes={"sante": Named(10, "Santé"), "cdv": Named(11, "Cadre de vie")},
)


def line(
    number: int, quartier="Encagnane", association="AFEV", action="Kaps", theme="Santé", order="1", **more
) -> Line:
    return Line(
        number,
        {
            "quartier": quartier,
            "association": association,
            "action": action,
            "thematique": theme,
            "order": order,
            **more,
        },
    )


def findings(made: Plan) -> list[Finding]:
    return [report.finding for report in made.reports]


def test_rows_printed_the_same_are_one_action_in_several_quartiers():
    made = plan(
        [
            line(2, action="L’été  à Corsy"),
            line(3, "JAS DE BOUFFAN", "afev", "l'été à\u00a0corsy", "CdV"),
            line(4, action="L’ete à Corsy"),
        ],
        REFERENCE,
        Existing(),
    )
    assert len(made.actions) == 2, "accents count"
    assert [(each.row.theme.name, each.row.quartier.id) for each in made.placements] == [
        ("Santé", 1),
        ("Cadre de vie", 2),
        ("Santé", 1),
    ]
    assert made.counts() == {
        "rows": 3,
        "actions": 2,
        "organisations": 1,
        "placements": {"Encagnane": 2, "Jas de Bouffan": 1},
        "duplicates": 0,
        "new": 3,
        "changed": 0,
        "same": 0,
    }


def test_a_row_printed_twice_keeps_the_first_order():
    made = plan([line(2, order="7"), line(3, order="9")], REFERENCE, Existing())
    assert findings(made) == [Finding.NEW, Finding.REPEATED]
    assert [each.row.order for each in made.placements] == [7]
    assert made.reports[1].message == "même quartier, même association et même action qu’à la ligne 2"


def test_each_mistake_is_told_on_its_line():
    made = plan(
        [
            line(2, "Encagnan"),
            line(3, theme="Magie"),
            line(4, association="", order="deux"),
            line(5, order="0"),
            line(6, action="x" * 501),
            BadLine(7, "illisible."),
            line(8, theme="", thematique_source="CdV"),
            line(9, "", theme=""),
            line(10, order="9" * 5000),
        ],
        REFERENCE,
        Existing(),
    )
    assert [(report.line, plain(report.message)) for report in made.mistakes] == [
        (2, "quartier inconnu : « Encagnan » (« Encagnane » ?)"),
        (3, "thématique inconnue : « Magie »"),
        (4, "« association » est vide ; « order » n’est pas un nombre entier : « deux »"),
        (5, "« order » doit être compris entre 1 et 1 000 000"),
        (6, "« action » dépasse 500 caractères"),
        (7, "illisible."),
        (9, "« quartier » est vide ; « thématique » est vide"),
        (10, "« order » doit être compris entre 1 et 1 000 000"),
    ]


def test_what_is_already_there_is_left_and_what_differs_is_changed():
    existing = Existing(
        organisations={"afev": 5},
        applications={(5, "kaps"): 50},
        placements={
            (50, 1): ExistingPlacement(500, 10, "Colocation", 1),
            (50, 2): ExistingPlacement(501, 10, "Colocation", 2),
        },
    )
    made = plan([line(2), line(3, "Jas de Bouffan", order="3"), line(4, action="Autre")], REFERENCE, existing)
    assert findings(made) == [Finding.SAME, Finding.CHANGED, Finding.NEW]
    assert [(each.existing and each.existing.id, each.row.order) for each in made.placements] == [(501, 3), (None, 1)]
    assert list(made.new_actions) == [(5, "autre")]


def test_an_empty_description_erases_nothing():
    existing = Existing({"afev": 5}, {}, {(5, "kaps"): 50}, {(50, 1): ExistingPlacement(500, 10, "Colocation", 1)})
    assert findings(plan([line(2, descriptif=" ")], REFERENCE, existing)) == [Finding.SAME]
    assert findings(plan([line(2, descriptif="Autre")], REFERENCE, existing)) == [Finding.CHANGED]


def test_two_names_of_one_organisation_make_one_action():
    existing = Existing(organisations={"afev": 5, "tandem": 5})
    made = plan([line(2), line(3, association="Tandem")], REFERENCE, existing)
    assert findings(made) == [Finding.NEW, Finding.REPEATED]


_ROWS = st.lists(
    st.tuples(
        st.sampled_from(["Encagnane", "Jas de Bouffan"]),
        st.sampled_from(["AFEV", "afev", "ARES"]),
        st.sampled_from(["Kaps", "KAPS ", "Été", "Ete"]),
    ),
    max_size=20,
)


@given(_ROWS)
def test_every_row_is_accounted_for_once(rows):
    made = plan((line(n, *row) for n, row in enumerate(rows, start=2)), REFERENCE, Existing())
    counts = made.counts()
    assert counts["rows"] == len(rows) == counts["new"] + counts["duplicates"]
    assert sum(counts["placements"].values()) == len(made.placements) == counts["new"]
    assert len({(each.key, each.row.quartier.id) for each in made.placements}) == len(made.placements)
