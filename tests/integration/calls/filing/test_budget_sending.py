"""The budget pasted from a spreadsheet or sent back in its workbook: shown first, then written whole or not at all."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from portal.calls.models import BudgetLine
from portal.calls.queries.sections import dossier_of
from portal.calls.rules.budget import totals
from portal.extensions import db
from tests import factories
from tests.integration.calls.filing.scene import filer, fresh, sections_of
from tests.integration.calls.filing.test_multi_year import fill, multi_year
from tests.office import resaved
from tests.queries import counted

BLOCK = """Compte\tDétail\tMontant
60 Achats
606\tLivres\t2 000,50 €
641\tSalaires\t6\u202f000,00
Total des charges\t\t8 000,50
756\tCotisations\t1 000
864\t\t500
875\t\t500"""


def lines(typed_only=True):
    statement = sa.select(
        BudgetLine.year_index, BudgetLine.account_code, BudgetLine.label, BudgetLine.amount_cents
    ).order_by(BudgetLine.year_index, BudgetLine.account_code, BudgetLine.label)
    if typed_only:
        statement = statement.where(BudgetLine.funder_id.is_(None))
    found = [tuple(row) for row in db.session.execute(statement)]
    db.session.rollback()
    return found


def paste(owner, draft, block, **values):
    return owner.post(f"/dossiers/{draft}/budget/coller", block=block, **{"mode": "add", **values})


def confirm(owner, draft, page):
    """Press « Enregistrer ce budget » of a page that proposes one."""
    (form,) = page.tree.xpath('//form[contains(@action, "/budget/remplacer")]')
    sent = {name: form.xpath(f'.//input[@name="{name}"]/@value')[0] for name in ("version", "page", "lignes")}
    return owner.post(f"/dossiers/{draft}/budget/remplacer", **sent)


def download(owner, draft):
    answer = owner.client.get(f"/dossiers/{draft}/budget/classeur")
    assert answer.status_code == 200
    return answer.data


def changed(content, change):
    book = load_workbook(BytesIO(content))
    change(book)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def put(sheet, code, detail, amount, column=4, nth=0):
    """A change that fills the nth line of an account."""

    def change(book):
        row = [cells for cells in book[sheet].iter_rows() if cells[0].value == code][nth]
        row[2].value, row[column - 1].value = detail, amount

    return change


def send(owner, draft, content, name="budget.xlsx"):
    return owner.post(f"/dossiers/{draft}/budget/classeur-rempli", file=(BytesIO(content), name))


def test_a_pasted_block_is_shown_line_by_line_and_written_once_confirmed(owner, it, draft):
    page = paste(owner, draft, BLOCK)
    assert page.status_code == 200
    assert "606 — Autres fournitures" in page.text
    assert "Ligne de total" in page.text
    assert lines() == []
    assert confirm(owner, draft, page).location.endswith("/budget")
    written = lines()
    assert written == [
        (1, "606", "Livres", 200_050), (1, "641", "Salaires", 600_000), (1, "756", "Cotisations", 100_000),
        (1, "864", "Personnel bénévole", 50_000), (1, "875", "Bénévolat", 50_000),
    ]  # fmt: skip
    assert confirm(owner, draft, page).location.endswith("/budget")
    assert lines() == written


def test_pasted_lines_join_those_of_the_budget_or_replace_them(owner, it, draft):
    owner.save(draft, "financements", **sections_of(it)["financements"])
    owner.save(draft, "budget", **sections_of(it)["budget"], indirect_costs_rule="Au temps passé.")
    confirm(owner, draft, paste(owner, draft, "613\tSalle\t80"))
    assert len(lines()) == 6
    confirm(owner, draft, paste(owner, draft, "613\tSalle\t80", mode="replace"))
    assert lines() == [(1, "613", "Salle", 8_000)]
    dossier = dossier_of(fresh(draft))
    assert dossier.indirect_costs_rule == "Au temps passé."
    assert [entry.amount_cents for entry in dossier.budget if entry.funder_id] == [300_050, 400_000]


def test_a_block_with_a_wrong_line_names_it_keeps_the_text_and_writes_nothing(owner, it, draft):
    page = paste(owner, draft, BLOCK + "\n606\tRemise\t-12")
    assert "À corriger : ligne 9." in page.text
    assert "un budget n’a pas de montant négatif" in page.text
    assert page.tree.xpath('//textarea[@name="block"]')[0].text.strip().endswith("-12")
    assert page.tree.xpath('//form[contains(@action, "/budget/remplacer")]') == []
    assert lines() == []


@pytest.mark.parametrize(
    ("block", "told"),
    [
        ("", "Collez les lignes"),
        ("bonjour", "Compte inconnu"),
        ("60\tAchats\t3000", "précisez 601 ou 604 ou 606"),
        ("74\tVille\t3000", "Les financements demandés"),
        ("Total\t3000", "Aucune ligne de budget"),
        ("\n".join(["606\tx\t1"] * 41), "au plus 40"),
        ("\n".join(["606\tx\t1"] * 401), "au plus 400"),
        ("606\tx\t1" + "0" * 300, "n’est pas un montant"),
        ("606\t" + "x" * 151 + "\t1", "trop long"),
    ],
)
def test_what_cannot_be_pasted_is_said_and_nothing_is_written(owner, draft, block, told):
    page = paste(owner, draft, block)
    assert told in page.text
    assert lines() == []


def test_somebody_else_saved_meanwhile_and_both_versions_are_shown(app, owner, it, draft):
    page = paste(owner, draft, BLOCK)
    colleague = filer(app, factories.member(it.organisation))
    colleague.save(draft, "budget", page="other", **sections_of(it)["budget"])
    before = lines()
    answer = confirm(owner, draft, page)
    assert answer.status_code == 409
    assert "Déjà enregistré" in answer.text
    assert lines() == before
    (form,) = answer.tree.xpath('//form[.//button[contains(., "Garder ma saisie")]]')
    assert form.get("action").endswith(f"/dossiers/{draft}/budget")


@pytest.mark.parametrize("kept", ["", "[", '[["606","",[-5]]]', '[["606","",[1,2]]]', "{}"])
def test_a_confirmation_that_was_tampered_with_changes_nothing(owner, it, draft, kept):
    confirm(owner, draft, paste(owner, draft, BLOCK))
    before = lines()
    answer = owner.post(f"/dossiers/{draft}/budget/remplacer", version="1", page="x", lignes=kept)
    assert answer.location.endswith("/budget")
    assert "Recommencez" in owner.get(f"/dossiers/{draft}/budget").text
    assert lines() == before


def test_words_that_could_not_be_read_are_corrected_before_anything_replaces_them(owner, it, draft):
    owner.save(draft, "budget", line_expense_606_0_amount="beaucoup")
    for path in ("coller", "classeur", "classeur-rempli"):
        assert owner.get(f"/dossiers/{draft}/budget/{path}").location.endswith("/budget")
    shown = owner.get(f"/dossiers/{draft}/budget").tree
    assert shown.xpath('//input[@name="line_expense_606_0_amount"]/@value') == ["beaucoup"]


def test_the_workbook_goes_through_libreoffice_and_comes_back_the_same(owner, it, draft):
    owner.save(draft, "financements", **sections_of(it)["financements"])
    owner.save(draft, "budget", **sections_of(it)["budget"])
    before = lines(typed_only=False)
    page = send(owner, draft, resaved(download(owner, draft)))
    assert "le budget enregistré est déjà celui-ci" in page.text
    filled = resaved(changed(download(owner, draft), put("Charges", "604", "12 ateliers", "=12*150")))
    page = send(owner, draft, filled)
    assert "1 800,00 €" in page.text
    assert lines(typed_only=False) == before
    confirm(owner, draft, page)
    assert sorted(set(lines(typed_only=False)) - set(before)) == [(1, "604", "12 ateliers", 180_000)]
    assert "le budget enregistré est déjà celui-ci" in send(owner, draft, filled).text


def test_a_workbook_of_three_years_goes_out_and_in(owner, it, draft):
    fill(owner, draft, multi_year(it))
    before = dossier_of(fresh(draft))
    content = changed(download(owner, draft), put("Charges", "613", "Salle", 80, column=6))
    confirm(owner, draft, send(owner, draft, content))
    after = dossier_of(fresh(draft))
    assert [totals(budget).expenses for _, budget in after.budgets] == [
        totals(budget).expenses + more for (_, budget), more in zip(before.budgets, (0, 0, 8_000), strict=True)
    ]
    assert after.budget == before.budget


def test_a_wrong_cell_is_named_and_the_rest_of_the_workbook_waits_with_it(owner, it, draft):
    content = changed(download(owner, draft), put("Charges", "606", "Livres", 12))
    content = changed(content, put("Charges", "641", "", -5))
    page = send(owner, draft, content)
    row = page.tree.xpath('//table//tr[th[contains(., "Charges")]]')[0]
    cells = [" ".join(cell.text_content().split()) for cell in row.xpath("./*")]
    assert re.fullmatch(r"D\d+", cells[1])
    assert "pas de montant négatif" in cells[2]
    assert page.tree.xpath('//form[contains(@action, "/budget/remplacer")]') == []
    assert lines() == []


def test_the_workbook_of_another_application_and_any_other_file_are_refused(owner, it, draft):
    first = download(owner, draft)
    other = factories.application(it.call, it.organisation, number=99).id
    assert "un autre dossier" in send(owner, other, first).text
    assert "pas un classeur Excel" in send(owner, draft, b"%PDF-1.4 nothing").text
    assert "Choisissez le classeur" in owner.post(f"/dossiers/{draft}/budget/classeur-rempli").text
    assert lines() == []


def test_a_workbook_older_than_the_budget_says_so_before_it_replaces_anything(owner, it, draft):
    old = download(owner, draft)
    owner.save(draft, "budget", **sections_of(it)["budget"])
    page = send(owner, draft, changed(old, put("Charges", "613", "Salle", 80)))
    assert "Le budget a changé depuis" in page.text
    assert "Retiré" in page.text


def test_a_filed_budget_is_neither_pasted_nor_sent(owner, it, draft):
    owner.fill(draft, it)
    page = paste(owner, draft, "613\tSalle\t80")
    owner.sign(draft)
    before = lines()
    assert "/dossiers/" in (confirm(owner, draft, page).location or "")
    for path in ("coller", "classeur", "classeur-rempli"):
        assert owner.get(f"/dossiers/{draft}/budget/{path}").status_code == 302
    assert lines() == before


def test_totals_are_worked_out_without_saving_even_beside_a_mistake(owner, it, draft):
    page = owner.save(
        draft, "budget", recalculer="1", line_expense_606_0_amount="10", line_expense_606_1_amount="beaucoup",
        line_income_756_0_amount="4", line_expense_604_0_label="2 ateliers × 3 €",
    )  # fmt: skip
    assert page.status_code == 200
    figures = [" ".join(each.split()) for each in page.tree.xpath('//section[@id="equilibre"]//output/text()')][:3]
    assert figures == ["16,00 €", "4,00 €", "12,00 €"]
    assert lines() == []
    assert page.tree.xpath('//input[@name="line_expense_606_1_amount"]/@value') == ["beaucoup"]


def test_the_budget_runs_the_same_queries_with_one_line_and_with_two_hundred(owner, it, draft):
    def pages():
        found = []
        for path in ("/budget", "/budget/coller", "/budget/classeur"):
            with counted() as queries:
                owner.get(f"/dossiers/{draft}{path}")
            found.append(len(queries))
        return found

    confirm(owner, draft, paste(owner, draft, "613\tSalle\t80"))
    few = pages()
    codes = ["601", "604", "606", "613", "615", "616", "618", "622", "623", "625"]
    confirm(
        owner, draft, paste(owner, draft, "\n".join(f"{code}\tLigne {n}\t{n + 1}" for code in codes for n in range(20)))
    )
    assert len(lines()) == 201
    assert pages() == few


def test_a_whole_budget_of_four_years_saves_itself_at_once(owner, it, draft):
    sections = multi_year(it, "4")
    fill(owner, draft, sections)
    typed = {
        f"line_expense_{code}_{n}_{part}": "1"
        for code in ("601", "604", "606", "613", "615", "616")
        for n in range(40)
        for part in ("label", "amount", "amount_2", "amount_3", "amount_4")
    }
    version = owner.get(f"/dossiers/{draft}/budget").tree.xpath('//input[@name="version"]/@value')[0]
    answer = owner.client.post(
        f"/dossiers/{draft}/budget/enregistrement",
        data={**typed, "version": version, "page": "p", "file": (BytesIO(b""), "")},
        content_type="multipart/form-data",
    )
    assert answer.get_json()["state"] == "saved"


def test_only_the_members_of_the_organisation_reach_the_workbook(app, it, draft):
    stranger = filer(app, factories.member(factories.organisation("Autre")))
    for path in ("coller", "classeur", "classeur-rempli"):
        assert stranger.get(f"/dossiers/{draft}/budget/{path}").status_code == 404
