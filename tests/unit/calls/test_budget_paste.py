"""A block copied from a spreadsheet: what is understood, what is passed over, what is refused and why."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import portal.calls
from portal.calls.rules.budget_chart import Account, Chart
from portal.calls.rules.budget_paste import MAX_LINES, Outcome, read_amount, read_block
from portal.calls.rules.budget_rows import BudgetRow, check_room, read_back, written
from portal.foundation.money import format_euros
from portal.foundation.refusals import Refusal

DATA = Path(portal.calls.__file__).parent / "data" / "chart_2018_06.json"
ACCOUNTS = json.loads(DATA.read_text(encoding="utf-8"))["accounts"]
CHART = Chart(
    [Account(**{"is_in_kind": False, "is_public_funding": False, **account}) for account in ACCOUNTS]
)  # fmt: skip

cents = st.integers(min_value=1, max_value=10**11)
labels = st.text(st.sampled_from("abcéÉ ’-×0123456789"), max_size=60).map(lambda text: " ".join(text.split()))
accounts = st.sampled_from([account for account in CHART.accounts if account.code.isdigit()])


def only(text, years=1, places=(0,)):
    (line,) = read_block(text, CHART, years, places)
    return line


def read(text, years=1, places=(0,)):
    return [
        (line.row.account.code, line.row.label, line.row.amounts) if line.row else (line.outcome.value, line.told)
        for line in read_block(text, CHART, years, places)
    ]


@given(st.lists(st.tuples(accounts, labels, cents), min_size=1, max_size=20))
def test_a_block_copied_from_a_sheet_comes_back_to_the_cent(lines):
    block = "\n".join(f"{account.code}\tdétail {label}\t{format_euros(amount)}" for account, label, amount in lines)
    assert read(block) == [
        (account.code, " ".join(f"détail {label}".split()), (amount,)) for account, label, amount in lines
    ]


@given(st.lists(st.tuples(accounts, st.lists(st.none() | cents, min_size=3, max_size=3)), min_size=1, max_size=12))
def test_a_block_of_several_years_keeps_each_amount_under_its_year(lines):
    block = "\n".join(
        "\t".join([account.code, "détail", *("" if cell is None else format_euros(cell) for cell in amounts)])
        for account, amounts in lines
    )
    expected = [
        (account.code, "détail", tuple(amounts)) if any(amounts) else ("passed_over", "Ligne sans montant.")
        for account, amounts in lines
    ]
    assert read(block, 3, (0, 1, 2)) == expected


@given(st.lists(st.tuples(accounts, labels, st.none() | cents), max_size=20))
def test_what_a_page_keeps_for_its_confirmation_comes_back_the_same(lines):
    rows = [BudgetRow(account, label, (amount,)) for account, label, amount in lines]
    assert read_back(written(rows), CHART, 1) == rows


@given(st.text(max_size=300))
def test_no_text_at_all_can_break_the_reading(text):
    try:
        lines = read_block(text, CHART, 2, (0, 1))
    except Refusal as refused:
        assert refused.field == "block"
    else:
        assert all(line.told or line.row for line in lines)


@given(cents, st.sampled_from(["-{}", "−{}", "- {}", "({})", "{}-", "( {} )", "–{}"]))
def test_an_amount_in_red_is_refused_whatever_its_sign(amount, shape):
    with pytest.raises(Refusal, match="pas de montant négatif"):
        read_amount(shape.format(format_euros(amount)))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("606\tLivres\t1 234,56 €", ("606", "Livres", (123_456,))),
        ("606 Livres\t1234.56", ("606", "Livres", (123_456,))),
        ("606 - Autres fournitures\t\t12", ("606", "", (1_200,))),
        ("6061\tEau\t12", ("606", "Eau", (1_200,))),
        ("64111\tSalaire d’Ana\t6\u202f000,00\u00a0€", ("641", "Salaire d’Ana", (600_000,))),
        ("Locations\tSalle des fêtes\t80", ("613", "Salle des fêtes", (8_000,))),
        ("LOCATIONS\t80", ("613", "", (8_000,))),
        ("Ressources propres\t500", ("own", "", (50_000,))),
        ("\t606\tLivres\t12", ("606", "Livres", (1_200,))),
        ('606\t"Livres"\t12', ("606", "Livres", (1_200,))),
        ("606;Livres;1 200,00", ("606", "Livres", (120_000,))),
        ("65\tDroits\t40", ("65", "Droits", (4_000,))),
        ("864\t100 heures × 12 €\t1200", ("864", "100 heures × 12 €", (120_000,))),
        ("Total des charges\t\t9 000", ("passed_over", "Ligne de total\u00a0: les totaux sont recalculés.")),
        ("Compte\tLibellé\tMontant", ("passed_over", "Ligne de titres.")),
        ("60 Achats", ("passed_over", "Titre d’un groupe de comptes.")),
        ("60\tAchats\t", ("passed_over", "Titre d’un groupe de comptes.")),
        ("606\tLivres\t-   €", ("passed_over", "Ligne sans montant.")),
        ("606\tLivres\t0,00", ("passed_over", "Ligne sans montant.")),
    ],
)
def test_a_line_is_read_as_people_write_it(line, expected):
    assert read(line) == [expected]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("606\tLivres\t-12", "pas de montant négatif"),
        ("606\tLivres\t(1 234,56 €)", "pas de montant négatif"),
        ("606\tLivres\tbeaucoup", "Indiquez un montant"),
        ("606\tLivres\t12,345", "au plus deux chiffres"),
        ("606\tLivres\t=B2*C2", "collez les valeurs"),
        ("606\tLivres\t#REF!", "n’a pas su calculer"),
        ("606\tLivres\t#VALEUR!", "n’a pas su calculer"),
        ("606\tLivres\t1,234.56", "Indiquez un montant"),
        ("606\tLivres\t9999999999999", "trop élevé"),
        ("606\tLivres\t" + "9" * 5_000, "n’est pas un montant"),
        ("60\tAchats\t3 000", "précisez 601 ou 604 ou 606"),
        ("621\tIntérim\t3 000", "précisez 622"),
        ("74\tVille\t4 000", "Les financements demandés"),
        ("512\tBanque\t3 000", "pas dans le plan comptable"),
        ("Goûters\t30", "Compte inconnu"),
        ("12 séances\t150", "pas dans le plan comptable"),
        ("606\t" + "x" * 151 + "\t12", "trop long"),
    ],
)
def test_a_line_that_cannot_be_read_says_how_to_write_it(line, told):
    found = only(line)
    assert found.outcome is Outcome.WRONG
    assert told in found.told


def test_one_year_of_several_can_be_pasted_alone():
    assert read("606\tLivres\t12", 3, (1,)) == [("606", "Livres", (None, 1_200, None))]


@pytest.mark.parametrize("text", ["", " \n\t\n", "\n".join(["606\tx\t1"] * (MAX_LINES + 1)), "6" * 70_000])
def test_nothing_and_too_much_are_refused_at_once(text):
    with pytest.raises(Refusal) as refused:
        read_block(text, CHART, 1, (0,))
    assert refused.value.field == "block"


def test_an_account_holds_forty_lines():
    row = BudgetRow(CHART.accounts[0], "", (1,))
    check_room([row] * 40)
    with pytest.raises(Refusal, match="41 lignes"):
        check_room([row] * 41)


@pytest.mark.parametrize(
    "kept",
    [
        "", "x", "{}", "[1]", '[["606"]]', '[["999","",[1]]]', '[["606","",[-1]]]', '[["606","",[1,2]]]',
        '[["606","",[1.5]]]', '[["606","",[true]]]', '[["606",3,[1]]]', "[" * 5000, '[[["606"],"",[1]]]',
    ],
)  # fmt: skip
def test_a_proposal_that_was_tampered_with_is_not_read(kept):
    with pytest.raises(Refusal, match="Recommencez"):
        read_back(kept, CHART, 1)


def test_every_account_of_the_chart_explains_itself():
    assert [account.code for account in CHART.accounts if not account.help or not account.unit_help] == []
    assert [account.code for account in CHART.accounts] == [
        "601", "604", "606", "613", "615", "616", "618", "622", "623", "625", "626", "627", "631", "635", "641", "645",
        "647", "65", "66", "67", "68", "69", "indirect-fixed", "indirect-financial", "indirect-other", "860", "861",
        "862", "864", "70", "73", "741", "742", "743", "744", "745", "746", "747", "748", "7491", "7492", "7493",
        "756", "758", "76", "77", "78", "79", "own", "870", "871", "875",
    ]  # fmt: skip
    in_kind = {account.code: account.label for account in CHART.accounts if account.is_in_kind}
    assert (in_kind["870"], in_kind["871"], in_kind["875"]) == ("Dons en nature", "Prestations en nature", "Bénévolat")


def test_every_account_is_found_by_its_number_and_by_its_name():
    for account in CHART.accounts:
        assert CHART.named(account.title) == (account, "")
        assert CHART.named(account.label)[0] == account


def test_separators_alone_are_a_blank_line():
    assert read(";;\n606;Livres;12\n\t") == [("606", "Livres", (1_200,))]
