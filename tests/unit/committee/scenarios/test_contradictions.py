"""Rules that cannot hold together are named, with what each asks and what is possible."""

from __future__ import annotations

from portal.committee.rules.scenarios.model import Fix
from tests.unit.committee.scenarios.cases import (
    BEISSON,
    ENCAGNANE,
    contradicted,
    line,
    problem,
    project,
    tranche,
)

HERE, THERE = ((BEISSON, 10_000),), ((ENCAGNANE, 10_000),)


def test_a_share_beyond_all_that_is_asked_tells_both_amounts():
    of = problem(
        project(1, line(1, 12_000), shares=HERE),
        project(2, line(2, 300_000), shares=THERE),
        city=150_000,
        quartiers={BEISSON: 3_000},
    )
    assert contradicted(of) == [
        (
            "La part minimale de 30 % pour Beisson demande 45 000,00 € ; "
            "les dossiers de Beisson ne demandent que 12 000,00 €.",
        )
    ]


def test_a_share_that_rounding_alone_puts_out_of_reach_says_so():
    of = problem(
        project(1, line(1, 1_990), shares=HERE), project(2, line(2, 8_010), shares=THERE), quartiers={BEISSON: 1_990}
    )
    assert contradicted(of) == [
        (
            "La part minimale de 19,9 % pour Beisson demande 1 990,00 € ; "
            "une fois arrondies, les demandes de Beisson ne font que 1 900,00 €.",
        )
    ]


def test_two_shares_that_the_money_cannot_serve_together():
    of = problem(
        project(1, line(1, 9_000), shares=HERE),
        project(2, line(2, 9_000), shares=THERE),
        city=10_000,
        quartiers={BEISSON: 6_000, ENCAGNANE: 5_000},
    )
    assert contradicted(of) == [
        (
            "Enveloppe Ville : il reste 10 000,00 € ; les autres règles citées lui demandent au moins 11 000,00 €.",
            "La part minimale de 60 % pour Beisson demande 6 000,00 € ; "
            "avec les autres règles citées, 5 000,00 € au plus sont possibles.",
            "La part minimale de 50 % pour Encagnane demande 5 000,00 € ; "
            "avec les autres règles citées, 4 000,00 € au plus sont possibles.",
        )
    ]


def test_a_share_against_the_threshold_names_the_threshold():
    of = problem(
        project(1, line(1, 9_000), score=40, shares=HERE),
        project(2, line(2, 9_000), score=80, shares=THERE),
        city=10_000,
        threshold=60_00,
        quartiers={BEISSON: 2_000},
    )
    assert contradicted(of) == [
        (
            "Note d’au moins 60 sur 100 : un dossier ne reçoit rien.",
            "La part minimale de 20 % pour Beisson demande 2 000,00 € ; "
            "avec les autres règles citées, 0,00 € au plus sont possibles.",
        )
    ]


def test_a_pillar_against_the_credits_of_the_state():
    of = problem(
        project(1, line(1, 9_000, 2, is_barred=True), line(2, 1_000), pillar_id=21),
        project(2, line(3, 9_000), pillar_id=22),
        city=10_000,
        pillars={21: 2_000},
    )
    assert contradicted(of) == [
        (
            "Crédits de l’État réservés aux quartiers prioritaires : un dossier n’y a pas droit.",
            "La part minimale de 20 % pour Emploi demande 2 000,00 € ; "
            "avec les autres règles citées, 1 000,00 € au plus sont possibles.",
        )
    ]


def test_tranches_beyond_their_envelope_name_it():
    of = problem(
        project(1, tranche(1, 4_000), is_tranche=True),
        project(2, tranche(2, 3_000), is_tranche=True),
        city=5_000,
    )
    assert contradicted(of) == [
        (
            "Enveloppe Ville : il reste 5 000,00 € ; les autres règles citées lui demandent au moins 7 000,00 €.",
            "Tranche de convention pluriannuelle pour le dossier 2026-001 (Ville) : 4 000,00 € ; "
            "avec les autres règles citées, 2 000,00 € au plus sont possibles.",
            "Tranche de convention pluriannuelle pour le dossier 2026-002 (Ville) : 3 000,00 € ; "
            "avec les autres règles citées, 1 000,00 € au plus sont possibles.",
        )
    ]


def test_an_amount_fixed_under_the_useful_minimum_that_nothing_can_complete():
    of = problem(project(1, line(1, 4_000, fixed=300), line(2, 4_000, 2)), state=100, minimum_cents=500_00)
    assert contradicted(of) == [
        (
            "Enveloppe État : il reste 100,00 € ; les autres règles citées lui demandent au moins 200,00 €.",
            "Minimum utile : au moins 500,00 € par dossier, ou rien.",
            "Montant fixé à la main pour le dossier 2026-001 (Ville) : 300,00 € ; "
            "avec les autres règles citées, 0,00 € au plus sont possibles.",
        )
    ]


def test_many_fixed_amounts_are_told_together():
    of = problem(*(project(n, line(n, 4_000, fixed=1_000, fix=Fix.KEPT)) for n in range(1, 8)), city=3_500)
    assert contradicted(of) == [
        (
            "Enveloppe Ville : il reste 3 500,00 € ; les autres règles citées lui demandent au moins 4 000,00 €.",
            "4 montants déjà fixés (proposition gardée) : 4 000,00 € en tout.",
        )
    ]


def test_separate_contradictions_are_all_told():
    of = problem(
        project(1, line(1, 1_000), shares=HERE, pillar_id=21),
        project(2, line(2, 9_000), shares=THERE, pillar_id=22),
        city=10_000,
        quartiers={BEISSON: 2_000},
        pillars={21: 3_000},
    )
    assert [len(each) for each in contradicted(of)] == [1, 1]
