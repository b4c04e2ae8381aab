"""Automatic checks, each with its evidence."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from portal.accounts.rules.organisation import BankSheet, OrganisationSheet, YearSheet
from portal.calls.rules.filing import AskedFunding, BudgetEntry, JoinedDocument, LaterYear, PlacedShare, Requirement
from portal.calls.states import DocumentCase, ResidentsRule, Side
from portal.committee.rules import completeness as rules
from portal.committee.states import CheckResult

OK, MISSING, TO_CHECK = CheckResult.OK, CheckResult.MISSING, CheckResult.TO_CHECK
SIRET, RNA = "73282932000074", "W132001234"


def plain(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def organisation(**values):
    known = {"name": "Les Tisseurs", "kind": "association", "kind_label": "Association", "siret": SIRET, "rna": RNA}
    return OrganisationSheet(id=1, version=1, means=YearSheet(2025), **{**known, **values})


def expense(cents, **values):
    return BudgetEntry(Side.EXPENSE, "60", "Achats", "", cents, **values)


def income(cents, **values):
    return BudgetEntry(Side.INCOME, "74", "Subventions", "", cents, **values)


def asked(cents, funder=1):
    return AskedFunding(funder, "Ville", False, "specific", "Crédits politique de la ville", cents)


def place(share, residents=None, is_qpv=True):
    return PlacedShare(1, "Encagnane", is_qpv, share, residents)


@pytest.mark.parametrize(
    ("values", "result", "evidence"),
    [
        ({}, OK, f"SIRET {SIRET} valable ; RNA {RNA} valable."),
        ({"siret": None}, MISSING, "SIRET non communiqué."),
        ({"rna": None}, TO_CHECK, f"SIRET {SIRET} valable ; numéro RNA non communiqué."),
        ({"kind": "ccas", "rna": None}, OK, f"SIRET {SIRET} valable."),
    ],
)
def test_identifiers(values, result, evidence):
    check = rules.identifiers_check(organisation(**values))
    assert (check.result, plain(check.evidence)) == (result, evidence)


def test_a_wrong_siret_says_what_is_wrong():
    assert rules.identifiers_check(organisation(siret="73282932000075")).result is MISSING


@pytest.mark.parametrize(
    ("lines", "result", "evidence"),
    [
        ([], MISSING, "Aucune ligne de budget."),
        ([expense(100), income(100)], OK, "Charges 1,00 €, produits 1,00 €."),
        ([expense(150), income(100)], MISSING, "Les charges dépassent les produits de 0,50 €."),
        (
            [expense(100), income(100), expense(70, is_in_kind=True), income(70, is_in_kind=True)],
            OK,
            "Charges 1,00 €, produits 1,00 € ; contributions en nature 0,70 €.",
        ),
    ],
)
def test_balance(lines, result, evidence):
    check = rules.balance_check(lines)
    assert (check.result, plain(check.evidence)) == (result, evidence)


def test_what_is_asked_is_found_in_class_74_funder_by_funder():
    lines = [income(100_00, funder_id=1, nature="specific")]
    right, wrong = rules.asked_check(lines, [asked(100_00)]), rules.asked_check(lines, [asked(120_00)])
    assert right.result is OK
    assert plain(wrong.evidence) == "Ville (Crédits politique de la ville) : 120,00 € demandés, 100,00 € au budget."


@pytest.mark.parametrize(
    ("shares", "result"), [([], MISSING), ([6000, 4000], OK), ([6000, 4001], MISSING), ([6000, None], TO_CHECK)]
)
def test_shares(shares, result):
    assert rules.shares_check([place(share) for share in shares]).result is result


@pytest.mark.parametrize(("public", "result"), [(8000, OK), (8001, TO_CHECK)])
def test_the_public_share_is_compared_exactly(public, result):
    lines = [expense(10_000), income(public, is_public=True), income(10_000 - public)]
    assert rules.public_share_check(lines, 8000).result is result


@pytest.mark.parametrize(
    ("rule", "residents", "result"),
    [
        (ResidentsRule.MAJORITY, 15, MISSING),
        (ResidentsRule.MAJORITY, 16, OK),
        (ResidentsRule.TWO_THIRDS, 20, OK),
        (ResidentsRule.TWO_THIRDS, 19, MISSING),
        (ResidentsRule.ALL, 29, MISSING),
        (ResidentsRule.ALL, 30, OK),
        (ResidentsRule.MAJORITY, None, TO_CHECK),
    ],
)
def test_the_part_of_qpv_residents(rule, residents, result):
    assert rules.residents_check(30, [place(10000, residents)], rule).result is result


def test_residents_of_other_quartiers_do_not_count():
    elsewhere = [place(5000, 10), place(5000, 20, is_qpv=False)]
    assert rules.residents_check(30, elsewhere, ResidentsRule.MAJORITY).result is MISSING


@pytest.mark.parametrize(
    ("holder", "result"), [("LES TISSEURS", OK), ("Association Les Tisseurs", TO_CHECK), (None, MISSING)]
)
def test_the_account_is_in_the_organisations_name(holder, result):
    bank = BankSheet("1234", None, holder, False) if holder else None
    assert rules.account_holder_check(organisation(bank=bank)).result is result


def test_a_document_compulsory_is_missing_another_is_not():
    joined = JoinedDocument(1, 7, "RIB", "rib.pdf", 10, "0", datetime(2026, 1, 1, tzinfo=UTC))
    compulsory = Requirement(7, "rib", "RIB", None, DocumentCase.ALWAYS, True, True)
    optional = Requirement(8, "delegation", "Délégation", None, DocumentCase.ALWAYS, False, True)
    found = [
        rules.document_check(compulsory, []),
        rules.document_check(compulsory, [joined]),
        rules.document_check(optional, []),
    ]
    assert [check.result for check in found] == [MISSING, OK, OK]
    assert plain(found[1].evidence) == "Déposé : rib.pdf."


def test_each_later_year_of_a_multi_year_project_is_checked_by_its_name():
    balanced = rules.later_balance_check(LaterYear(2, 2028, (expense(10), income(10))))
    assert (balanced.code, balanced.label, balanced.result) == ("balance.2", "Budget 2028 équilibré", CheckResult.OK)
    assert rules.later_balance_check(LaterYear(3, 2029, (expense(10),))).result is CheckResult.MISSING
