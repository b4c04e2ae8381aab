"""Building a report from plain facts: sums, contradictions, unknowns, words."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import jsonschema
from hypothesis import given
from hypothesis import strategies as st

import portal.evaluation
from portal.calls.rules.apportioning import parts
from portal.evaluation.rules import document, wording
from portal.evaluation.rules.facts import (
    Applications,
    BilanFact,
    Compared,
    Figure,
    Framework,
    Funding,
    IndicatorFact,
    MeasureFact,
    PeopleFact,
    ProgrammeLine,
    ReportFacts,
    Territory,
)
from portal.evaluation.rules.report import build, canonical, fingerprint, without_people
from portal.evaluation.rules.totals import change_bp, contradictions, known_sum, populations, results

SCHEMA = json.loads(
    (Path(portal.evaluation.__file__).parent / "schemas/territorial_report.schema.json").read_text(encoding="utf-8")
)

INTRO = Figure("population_intro", "Habitants (présentation)", 4_642_000, "habitants", None, None)
CHAPTER = Figure("population_chapitre", "Habitants (chapitre)", 3_450_000, "habitants", 2018, "INSEE")
INCOME = Figure("revenu", "Revenu disponible médian", 13_940_000, "€", 2017, "INSEE")
CITY_INCOME = replace(INCOME, value_thousandths=24_340_000)

FACTS = ReportFacts(
    territory=Territory(
        "encagnane",
        "Encagnane",
        "qpv",
        "Quartier prioritaire (QPV)",
        figures=[INTRO, CHAPTER, INCOME],
        compared=[Compared(INCOME, CITY_INCOME, None)],
        landlords=[("Bailleur", 4300)],
    ),
    contract=Framework("ville", "Contrat", 2024, 2030, is_demo=False),
    year=2026,
    made_on=date(2026, 11, 21),
    programme=[
        ProgrammeLine(1, 1, "Sport", "Cohésion sociale", "Les Tisseurs", "Ateliers", "Du sport"),
        ProgrammeLine(2, 1, "Sport", "Cohésion sociale", "Les Tisseurs", "=1+1", ""),
        ProgrammeLine(3, 2, None, None, "Autre", "Sans thème", "?"),
    ],
    applications=Applications(5, 4, 3),
    funding=[
        Funding(2026, "Ville", "specific", "Crédits", "Cohésion sociale", 10_000, 6_000),
        Funding(2026, "Ville", "specific", "Crédits", None, None, None, unknown=1),
        Funding(2026, "État", "specific", "Crédits", "Cohésion sociale", 5_000, 2_000),
        Funding(2025, "Ville", "specific", "Crédits", "Cohésion sociale", 8_000, 4_000),
    ],
    indicators=[IndicatorFact(1, "R1", "Enfants", "enfants", "people", "Sport")],
    measures=[
        MeasureFact(1, 1, False, 40_000, None, None, False),
        MeasureFact(1, 1, True, 30_000, None, None, False),
        MeasureFact(2, 1, False, 20_000, None, None, False),
        MeasureFact(2, 1, True, None, None, None, True),
    ],
    people=[PeopleFact(True, "women", 12)],
    bilans=[
        BilanFact("Les Tisseurs", "Ateliers", "Bilan final", date(2027, 6, 30), True),
        BilanFact("Autre", "Sans thème", "Bilan final", date(2027, 6, 30), False),
    ],
)


def test_a_whole_report_follows_the_published_schema():
    jsonschema.validate(build(FACTS), SCHEMA)
    jsonschema.validate(without_people(build(FACTS)), SCHEMA)
    bare = ReportFacts(Territory("ville", "Aix", "city", "Ville entière"), FACTS.contract, 2026, FACTS.made_on)
    jsonschema.validate(build(bare), SCHEMA)


def test_the_parts_of_a_report_say_what_the_facts_say():
    report = build(FACTS)
    assert report["actions"] == [
        {"theme": "Sport", "organisation": "Les Tisseurs", "action": "Ateliers", "description": "Du sport"},
        {"theme": "Sport", "organisation": "Les Tisseurs", "action": "=1+1", "description": ""},
        {"theme": None, "organisation": "Autre", "action": "Sans thème", "description": "?"},
    ]
    assert report["counts"] == {
        "actions": 3,
        "organisations": 2,
        "by_theme": [
            {"theme": "Sport", "pillar": "Cohésion sociale", "actions": 2},
            {"theme": None, "pillar": None, "actions": 1},
        ],
        "by_pillar": [{"pillar": "Cohésion sociale", "actions": 2}, {"pillar": None, "actions": 1}],
        "applications": {"filed": 5, "admissible": 4, "funded": 3},
        "previous_applications": None,
    }
    assert report["funding"] == {
        "requested_cents": 15_000,
        "granted_cents": 8_000,
        "previous_granted_cents": 4_000,
        "change_bp": 10_000,
        "unknown_amounts": 1,
        "by_funder": [
            {
                "funder": "Ville",
                "nature": "specific",
                "nature_label": "Crédits",
                "requested_cents": 10_000,
                "granted_cents": 6_000,
                "previous_granted_cents": 4_000,
            },
            {
                "funder": "État",
                "nature": "specific",
                "nature_label": "Crédits",
                "requested_cents": 5_000,
                "granted_cents": 2_000,
                "previous_granted_cents": None,
            },
        ],
        "by_pillar": [
            {"pillar": "Cohésion sociale", "requested_cents": 15_000, "granted_cents": 8_000},
            {"pillar": None, "requested_cents": None, "granted_cents": None},
        ],
        "per_resident": [
            {"population": 4642, "year": None, "source": None, "granted_cents": 2},
            {"population": 3450, "year": 2018, "source": "INSEE", "granted_cents": 2},
        ],
    }
    assert report["indicators"] == [
        {
            "code": "R1",
            "label": "Enfants",
            "theme": "Sport",
            "kind": "people",
            "unit": "enfants",
            "target": 60,
            "actual": 30,
            "compared_target": 40,
            "achieved_bp": 7500,
            "asked": 2,
            "measured": 1,
            "not_measured": 1,
        }
    ]
    assert report["coverage"] == {
        "due": 2,
        "received": 1,
        "share_bp": 5000,
        "not_answered": [
            {"organisation": "Autre", "action": "Sans thème", "kind": "Bilan final", "due_on": "2027-06-30"}
        ],
    }


def test_contradictory_figures_are_both_told_with_their_sources():
    assert contradictions([INTRO, CHAPTER, INCOME]) == [[INTRO, CHAPTER]]
    assert contradictions([INTRO, replace(CHAPTER, value_thousandths=4_642_000)]) == []
    assert document.contradiction_words(build(FACTS)) == [
        "Habitants (présentation)\u00a0: 4\u202f642\u00a0habitants (année et source non communiquées)\u202f; "
        "Habitants (chapitre)\u00a0: 3\u202f450\u00a0habitants (INSEE, 2018)"
    ]


def test_a_population_printed_twice_the_same_is_divided_by_once_with_its_source():
    assert populations([INTRO, replace(CHAPTER, value_thousandths=4_642_000), INCOME]) == [
        replace(CHAPTER, value_thousandths=4_642_000)
    ]


def test_what_is_published_counts_nobody_and_names_nobody():
    shown = without_people(build(FACTS))
    assert (shown["people"], shown["indicators"], shown["coverage"]["not_answered"]) == (None, [], [])
    assert not any("cumul" in sentence for sentence in shown["method"])


def test_a_share_of_few_people_is_not_published_a_count_of_sittings_is():
    facts = replace(
        FACTS,
        indicators=[
            IndicatorFact(1, "H2", "Orientation vers le soin", "%", "ratio", "Santé"),
            IndicatorFact(2, "S3", "Séances", "séances", "count", None),
        ],
        measures=[
            MeasureFact(1, 1, True, None, 1, 3, False),
            MeasureFact(1, 2, True, 12_000, None, None, False),
        ],
    )
    assert [each["actual"] for each in build(facts)["indicators"]] == [33.33, 12]
    assert [each["code"] for each in without_people(build(facts))["indicators"]] == ["S3"]


def test_unknown_is_never_nothing():
    assert known_sum([None, None]) is None
    assert known_sum([None, 0]) == 0
    assert change_bp(None, 5) is None
    assert change_bp(5, 0) is None
    assert change_bp(3, 4) == -2500


def test_a_ratio_is_made_again_from_its_parts_and_a_score_is_a_mean():
    ratio = IndicatorFact(1, "R3", "Progrès", "", "ratio", None)
    score = IndicatorFact(2, "S7", "Satisfaction", "/5", "score", None)
    found = results(
        [ratio, score],
        [
            MeasureFact(1, 1, True, None, 1, 2, False),
            MeasureFact(2, 1, True, None, 9, 10, False),
            MeasureFact(1, 2, True, 4_000, None, None, False, (5000, 5000), 0),
            MeasureFact(2, 2, True, 3_000, None, None, False, (10_000,), 0),
        ],
    )
    assert [each.actual for each in found] == [8333, 3_500]


@given(
    st.lists(
        st.tuples(st.integers(0, 10**9), st.lists(st.integers(1, 5000), min_size=3, max_size=3)),
        min_size=1,
        max_size=8,
    )
)
def test_the_quartiers_add_up_to_the_city_to_the_cent_and_to_the_thousandth(lines):
    city = sum(amount for amount, _ in lines)
    quartiers = [sum(parts(amount, shares)[here] for amount, shares in lines) for here in range(3)]
    assert sum(quartiers) == city
    indicator = IndicatorFact(1, "S3", "Séances", "", "count", None)

    def actual(here):
        measures = [
            MeasureFact(number, 1, True, value, None, None, False, tuple(shares), here)
            for number, (value, shares) in enumerate(lines)
        ]
        return results([indicator], measures)[0].actual

    assert sum(actual(here) for here in range(3)) == actual(None)


def test_the_kept_text_is_the_same_for_the_same_report():
    text = canonical(build(FACTS))
    assert text == canonical(json.loads(text))
    assert fingerprint(text) == fingerprint(canonical(build(FACTS)))
    assert "é" in text


def test_titles_say_the_finding():
    assert wording.leading_theme([("Sport", 12), ("Santé", 3)], 15) == (
        "«\u00a0Sport\u00a0» est la première thématique\u00a0: 12 sur 15\u00a0actions"
    )
    assert wording.leading_theme([("Sport", 2), ("Santé", 2), ("Emploi", 1)], 5) == (
        "«\u00a0Sport\u00a0» et «\u00a0Santé\u00a0» viennent en tête\u00a0: 2\u00a0actions chacune"
    )
    assert wording.leading_funder([("Ville", 7500), ("État", 2500)]) == (
        "Ville apporte la plus grande part\u00a0: 75\u00a0% des montants attribués"
    )
