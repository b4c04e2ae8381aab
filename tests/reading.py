"""What an answer says, whether it is a page or a workbook."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import openpyxl

from tests.visitors import Answer

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def words(answer: Answer) -> str:
    """The words of a page, the cells of a workbook; nothing of another file."""
    kind = answer.response.mimetype
    if kind == WORKBOOK:
        return "\n".join(cells(answer.data))
    return answer.text if kind.startswith("text/") else ""


def cells(content: bytes) -> Iterator[str]:
    """A line for each row of each sheet."""
    book: Any = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in book:
        for row in sheet.iter_rows(values_only=True):
            yield f"{sheet.title}: {row}"
