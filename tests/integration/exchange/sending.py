"""Files as funders send them: workbooks and CSV made by hand, with what goes wrong in them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

from tests.visitors import Answer, Visitor


def workbook(rows: Sequence[Sequence[Any]], *, title: str = "Feuil1", merged: str = "") -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    if merged:
        sheet.merge_cells(merged)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def csv(rows: Sequence[Sequence[str]], *, separator: str = ";", encoding: str = "utf-8-sig") -> bytes:
    return "\r\n".join(separator.join(row) for row in rows).encode(encoding)


def send(visitor: Visitor, address: str, content: bytes, prefix: str, name: str = "envoi.xlsx", **more: str) -> Answer:
    fields = {f"{prefix}-{key}": value for key, value in more.items()}
    return visitor.post(address, **{f"{prefix}-file": (io.BytesIO(content), name)}, **fields)


def confirm(visitor: Visitor, sent: Answer) -> Answer:
    """Press the button of the report."""
    report = visitor.follow(sent)
    found = report.tree.xpath("//main//form[contains(@action, '/montants/') or contains(@action, '/dauphin/')]/@action")
    assert found, report.text[:2000]
    return visitor.post(found[0])


def results(report: Answer) -> list[str]:
    return report.texts("//table[caption='Toutes les lignes']//td[@data-label='Résultat']")


def faults(report: Answer) -> list[str]:
    return report.texts("//table[caption='Toutes les lignes']//td[@data-label='Résultat']//li")
