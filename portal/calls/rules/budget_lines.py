"""The words of a budget line that say how its amount is worked out: « 12 séances × 150 € »."""

from __future__ import annotations

import re

from portal.foundation.money import MAX_CENTS, WHOLE_IN_BASIS_POINTS, format_euros, parse_euros

_TIMES = re.compile(r"[×xX*]\s?\d")
_PRODUCT = re.compile(
    r"(?P<count>\d[\d \u00a0\u202f]{0,12}(?:[.,]\d{1,2})?)\s?(?P<unit>%|[^\W\d]\S{0,30}(?: [^\W\d]\S{0,30}){0,3})?"
    r"\s?[×xX*]\s?(?P<price>\d[\d \u00a0\u202f]{0,12}(?:[.,]\d{1,2})?)\s?(?:€|euros?)?(?=$|[\s,;.)])"
)


def calculated(label: str) -> int | None:
    """The cents that a label works out, « 10 % × 4 500 € » included; None when it works out nothing.

    Two products in one label, or a product of three, leave it to the reader.
    """
    found = list(_PRODUCT.finditer(label))
    if len(found) != 1 or len(_TIMES.findall(label)) != 1:
        return None
    product = found[0]
    try:
        # Both have two decimals at most: hundredths times hundredths.
        tenths_of_thousandths = parse_euros(product["count"]) * parse_euros(product["price"])
    except ValueError:
        return None
    by = WHOLE_IN_BASIS_POINTS if product["unit"] == "%" else 100
    cents, rest = divmod(tenths_of_thousandths, by)
    return cents if not rest and cents <= MAX_CENTS else None


def miscalculated(label: str, amount_cents: int) -> str | None:
    """What a label and its amount say differently, in words."""
    worked_out = calculated(label)
    if worked_out is None or worked_out == amount_cents:
        return None
    return f"« {label} » font {format_euros(worked_out)}, et le montant indiqué est {format_euros(amount_cents)}."
