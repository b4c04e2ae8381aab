"""A block of cells copied from a spreadsheet, read line by line into lines of a budget.

A line is an account (its number or its name), words of one's own, and one amount, or one per year.
Nothing is guessed in silence: what is passed over is said, what cannot be read says how to write it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from portal.calls.rules.budget_chart import Chart, UnknownAccount
from portal.calls.rules.budget_rows import LONGEST_LABEL, BudgetRow
from portal.foundation.folding import fold
from portal.foundation.money import MINUS, parse_euros
from portal.foundation.refusals import Refusal

MAX_LINES = 400
LONGEST_BLOCK = 60_000
LONGEST_AMOUNT = 60

_NOTHING = re.compile(r"[-–—]?\s*(?:€|euros?|eur)?", re.IGNORECASE)
_NEGATIVE = re.compile(rf"[-{MINUS}–]\s*\d.*|\(\s*\d.*\)\s*€?|\d.*\d?\s*€?\s*[-{MINUS}]|€?\s*[-{MINUS}]\s*\d.*")
_AMOUNT_LIKE = re.compile(r"[\d\s.,€()\-–—" + MINUS + r"]*(?:eur|euros?)?", re.IGNORECASE)
_HEADINGS = {
    "compte", "comptes", "code", "numero", "libelle", "intitule", "detail", "montant", "montants", "charges",
    "produits", "depenses", "recettes", "ressources", "emplois", "annee", "poste", "postes",
}  # fmt: skip


class Outcome(StrEnum):
    UNDERSTOOD = "understood"
    PASSED_OVER = "passed_over"
    WRONG = "wrong"


@dataclass(frozen=True)
class ReadLine:
    """What became of a line of the block: its number from 1, its words, and the row or why there is none."""

    number: int
    text: str
    outcome: Outcome
    told: str = ""
    row: BudgetRow | None = None


def read_block(text: str, chart: Chart, years: int, places: Sequence[int]) -> list[ReadLine]:
    """The lines of a block, blank ones aside. `places` are the years (from 0) its amounts are those of, in order.

    Raises Refusal on `block` when there is nothing to read, or too much.
    """
    if len(text) > LONGEST_BLOCK:
        raise Refusal("Ce bloc est trop long. Collez le budget en plusieurs fois.", "block")
    split = [(number, line, _cells(line)) for number, line in enumerate(text.splitlines(), start=1)]
    tables = [(number, line, cells) for number, line, cells in split if any(cells)]
    if not tables:
        raise Refusal("Collez les lignes copiées dans votre tableur.", "block")
    if len(tables) > MAX_LINES:
        raise Refusal(f"Ce bloc a {len(tables)} lignes : au plus {MAX_LINES}.", "block")
    width = max(len(cells) for _, _, cells in tables)
    return [_read(number, line, cells, width, chart, years, places) for number, line, cells in tables]


def _cells(line: str) -> list[str]:
    """The cells of a line: spreadsheets copy them with tabs, files of text often with semicolons."""
    return [_cell(each) for each in line.split("\t" if "\t" in line else ";")]


def _cell(text: str) -> str:
    bare = " ".join(text.split())
    return bare[1:-1].strip() if len(bare) > 1 and bare[0] == bare[-1] == '"' else bare


def _read(
    number: int, text: str, cells: list[str], width: int, chart: Chart, years: int, places: Sequence[int]
) -> ReadLine:
    told = _needless(cells, chart)
    if told:
        return ReadLine(number, text, Outcome.PASSED_OVER, told)
    try:
        row = _row(cells, width, chart, years, places)
    except (UnknownAccount, Refusal) as wrong:
        return ReadLine(number, text, Outcome.WRONG, str(wrong))
    if not any(row.amounts):
        return ReadLine(number, text, Outcome.PASSED_OVER, "Ligne sans montant.")
    return ReadLine(number, text, Outcome.UNDERSTOOD, row=row)


def _needless(cells: Sequence[str], chart: Chart) -> str:
    """Why a line is passed over at sight: headings, titles of groups, totals; nothing for the others."""
    said = [cell for cell in cells if cell]
    first = fold(said[0])
    if re.match(r"(sous[- ])?(total|totaux)\b", first):
        return "Ligne de total : les totaux sont recalculés."
    if first in _HEADINGS:
        return "Ligne de titres."
    has_amounts = any(any(sign.isdigit() for sign in cell) for cell in said[1:])
    if has_amounts:
        return ""
    if chart.is_group(said[0]) or (len(said) > 1 and chart.is_group(f"{said[0]} {said[1]}")):
        return "Titre d’un groupe de comptes."
    return ""


def _row(cells: list[str], width: int, chart: Chart, years: int, places: Sequence[int]) -> BudgetRow:
    while cells and not cells[0]:
        cells = cells[1:]
        width -= 1
    account, rest = chart.named(cells[0])
    words, written = _split(cells[1:], width - 1, len(places))
    amounts: list[int | None] = [None] * years
    for place, text in zip(places, written, strict=False):
        amounts[place] = read_amount(text)
    own = [word for word in (rest, *words) if word and fold(word) != fold(account.label)]
    label = " — ".join(own)
    if len(label) > LONGEST_LABEL:
        raise Refusal(f"Le détail est trop long : au plus {LONGEST_LABEL} caractères.")
    return BudgetRow(account, label, tuple(amounts))


def _split(cells: list[str], width: int, amounts: int) -> tuple[list[str], list[str]]:
    """The words and the amounts of a line: amounts are its last cells, in the last columns of the block."""
    if amounts > 1:
        padded = cells + [""] * (width - len(cells))
        # Words in the columns of amounts are a mistake that reading them as an amount will tell.
        return padded[:-amounts], padded[-amounts:]
    said = [cell for cell in cells if cell]
    if not said:
        return [], []
    is_amount = _AMOUNT_LIKE.fullmatch(said[-1]) or said[-1][0] in "=#" or len(said) > 1
    return (said[:-1], said[-1:]) if is_amount else (said, [])


def read_amount(text: str) -> int | None:
    """The cents of a spreadsheet's amount; None for an empty cell or an accountant's dash.

    Raises Refusal for negative amounts, errors, formulas, and what is no amount.
    """
    bare = text.strip()
    if len(bare) > LONGEST_AMOUNT:
        raise Refusal(f"« {bare[:40]}… » n’est pas un montant.")
    if _NOTHING.fullmatch(bare):
        return None
    if bare.startswith("="):
        raise Refusal(f"« {bare[:40]} » est une formule : collez les valeurs, pas les formules.")
    if bare.startswith("#"):
        raise Refusal(f"Votre tableur n’a pas su calculer ce montant ({bare[:20]}).")
    if _NEGATIVE.fullmatch(bare):
        raise Refusal(
            f"« {bare[:40]} » : un budget n’a pas de montant négatif. Une charge en moins est un produit, et l’inverse."
        )
    try:
        return parse_euros(bare)
    except ValueError as wrong:
        raise Refusal(f"« {bare[:40]} » : {wrong}") from None
