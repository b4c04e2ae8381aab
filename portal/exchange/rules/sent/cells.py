"""What the cells of a sent table say: amounts in cents, days, identifiers, words. Each mistake in words."""

from __future__ import annotations

import re
from datetime import date, datetime
from math import isfinite

from portal.foundation.money import parse_euros
from portal.foundation.periods import parse_date
from portal.foundation.workbooks import SentCell, cents_of

LONGEST = 300
_MANGLED = re.compile(r"[0-9][.,][0-9]+E\+?[0-9]+", re.IGNORECASE)


class BadCell(ValueError):
    """What is wrong in a cell, in French, as the end of a sentence that names it."""


def _answered(cell: SentCell) -> object:
    """The value of a cell; an empty text is None. Raises BadCell for a formula or an error of the spreadsheet."""
    value = cell.value
    if value is None:
        if cell.is_formula:
            raise BadCell("cette formule n’a pas de résultat : ouvrez le fichier, enregistrez-le, puis renvoyez-le.")
        return None
    if isinstance(value, str):
        value = value.strip()
        if value.startswith("#") and value.rstrip("!?").isupper():
            raise BadCell(f"le tableur n’a pas su calculer cette cellule ({value[:20]}).")
        if value.startswith(("=", "+", "@")):
            raise BadCell(f"« {value[:40]} » est une formule : écrivez la valeur.")
        return value or None
    return value


def words(cell: SentCell) -> str:
    """The words of a cell on one line; a whole number is its digits, a day is written jj/mm/aaaa."""
    value = _answered(cell)
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, float) and isfinite(value) and value.is_integer():
        value = int(value)
    if isinstance(value, date):
        value = f"{value:%d/%m/%Y}"
    text = " ".join(str(value).split())
    if len(text) > LONGEST:
        raise BadCell(f"ce texte est trop long : au plus {LONGEST} caractères.")
    return text


def cents(cell: SentCell) -> int | None:
    """The cents of an amount, None when the cell is empty."""
    value = _answered(cell)
    if value is None:
        return None
    if isinstance(value, str):
        return _typed_cents(value)
    try:
        return cents_of(value)
    except ValueError as wrong:
        raise BadCell(str(wrong)) from None


def _typed_cents(text: str) -> int:
    try:
        return parse_euros(text)
    except ValueError as wrong:
        if re.fullmatch(r"[0-9.,\s€]+", text) and "," in text and "." in text:
            raise BadCell(
                f"« {text[:40]} » ne se lit pas comme un montant : une virgule pour les centimes, des espaces pour les "
                "milliers, comme 1 234,56."
            ) from None
        raise BadCell(f"« {text[:40]} » : {str(wrong)[0].lower()}{str(wrong)[1:]}") from None


def day(cell: SentCell) -> date | None:
    """A day, None when the cell is empty."""
    value = _answered(cell)
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        raise BadCell("un nombre n’est pas une date : donnez à la cellule le format « date ».")
    try:
        return parse_date(value)
    except ValueError as wrong:
        raise BadCell(f"« {value[:40]} » : {str(wrong)[0].lower()}{str(wrong)[1:]}") from None


def siret(cell: SentCell) -> str:
    """The fourteen digits, empty when the cell is. A spreadsheet that took them for a number spoils them."""
    text = words(cell)
    if not text:
        return ""
    if _MANGLED.fullmatch(text):
        raise BadCell(f"le tableur a abîmé ce SIRET ({text}) : mettez la colonne au format « texte ».")
    digits = re.sub(r"[\s.\-]", "", text)
    if len(digits) == 13 and digits.isdigit():
        # A number loses the zero in front.
        digits = f"0{digits}"
    if not (len(digits) == 14 and digits.isascii() and digits.isdigit()):
        raise BadCell(f"« {text[:40]} » n’est pas un SIRET : 14 chiffres.")
    return digits
