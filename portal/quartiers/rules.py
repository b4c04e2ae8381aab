"""What may be typed about a quartier: plain values, checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from portal.foundation.refusals import Refusal

_CODE = re.compile(r"QP[0-9]{6}|QN[0-9A-Z]{6}")


@dataclass(frozen=True)
class QuartierValues:
    """A quartier as a contract describes it."""

    name: str
    kind: str
    official_code: str | None
    starts_on: date | None
    ends_on: date | None
    presentation: str | None


@dataclass(frozen=True)
class FigureValues:
    """A printed figure; the value in exact thousandths, None when it is not printed."""

    label: str
    value_thousandths: int | None
    unit: str
    year: int | None
    source: str | None
    note: str | None


@dataclass(frozen=True)
class StructureValues:
    """A landlord with its share of the housing in basis points, a school with its category, an equipment."""

    kind: str
    category: str | None
    name: str
    share_bp: int | None


def official_code(text: str) -> str:
    """« QP013005 » until 2023, « QN01301M » since: spaces removed, capitals. Raises Refusal."""
    code = "".join(text.split()).upper()
    if not _CODE.fullmatch(code):
        raise Refusal("Un code commence par QP et six chiffres, ou par QN et six signes.", "official_code")
    return code


def checked_values(values: QuartierValues) -> QuartierValues:
    """The values, or Refusal on the dates that contradict each other."""
    if values.starts_on and values.ends_on and values.ends_on < values.starts_on:
        raise Refusal("La fin ne peut pas précéder le début.", "ends_on")
    return values


def checked_structure(values: StructureValues) -> StructureValues:
    """Only landlords have a share, only schools a category."""
    return StructureValues(
        values.kind,
        values.category if values.kind == "school" else None,
        values.name,
        values.share_bp if values.kind == "landlord" else None,
    )
