"""A document of blocks as a .docx that can be edited: the twin of `render_pdf("document", …)`.

The letterhead is filled first, by docxtpl in a sandbox; the blocks are added afterwards, as plain
text: what people typed never goes through Jinja, nor is it ever read as XML.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from docx.document import Document as WordDocument
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Emu, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from docxtpl import DocxTemplate
from jinja2.sandbox import SandboxedEnvironment

from portal.foundation.characters import for_xml, tidy_words
from portal.foundation.render.letterhead import CONTENT, NAMES, neutral_letterhead

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
Block = Mapping[str, Any]

_MARKER = "\u2063contenu\u2063"
_RIGHT_HALF = Cm(9)
_ALIGNMENTS = {"right": WD_ALIGN_PARAGRAPH.RIGHT, "center": WD_ALIGN_PARAGRAPH.CENTER}


def render_word(
    data: Mapping[str, Any],
    *,
    title: str,
    head: Mapping[str, str],
    created: datetime | None = None,
) -> bytes:
    """The .docx of the blocks that `render_pdf("document", data, …)` takes, on the neutral letterhead.

    `head` gives what the letterhead names (see `letterhead.NAMES`).
    """
    document = _headed(head)
    writer = _Writer(document, _marker(document))
    for block in data["blocks"]:
        writer.write(block)
    writer.end()
    properties = document.core_properties
    properties.title, properties.language = clean(title)[:255], "fr-FR"
    properties.author = clean(", ".join(data.get("author", ())))[:255]
    properties.comments = ""
    # python-docx writes instants as they are, and Word reads them as UTC.
    properties.created = properties.modified = (created or datetime.now(UTC)).astimezone(UTC).replace(tzinfo=None)
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def clean(text: str) -> str:
    """A text that XML can hold, without controls nor marks that turn what is read around."""
    return for_xml(tidy_words(text))


def _headed(head: Mapping[str, str]) -> WordDocument:
    template = DocxTemplate(BytesIO(neutral_letterhead()))
    values = {name: clean(head.get(name) or "") for name in NAMES}
    template.render(values | {CONTENT: _MARKER}, SandboxedEnvironment(), autoescape=True)
    document: WordDocument = template.docx
    return document


def _marker(document: WordDocument) -> Paragraph:
    """The paragraph where the blocks go; its own text around the placeholder, if any, is not kept."""
    for paragraph in document.paragraphs:
        if _MARKER in paragraph.text:
            return paragraph
    raise ValueError("the letterhead has no paragraph for its content")


class _Writer:
    """Puts blocks before a paragraph of a document, one after the other."""

    def __init__(self, document: WordDocument, place: Paragraph) -> None:
        self.document = document
        self.place = place
        section = document.sections[-1]
        width = (section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0)
        self.width = Emu(width if width > 0 else Cm(17))

    def write(self, block: Block) -> None:
        kinds: dict[str, Callable[[Block], object]] = {
            "heading": lambda it: self._paragraph(it["text"], style=f"Heading {it.get('level', 1)}"),
            "paragraph": self._text,
            "key_values": self._key_values,
            "table": self._table,
            "list": self._list,
            "callout": self._callout,
            "page_break": lambda _it: self._paragraph("").add_run().add_break(WD_BREAK.PAGE),
            "signature": self._signature,
            "letterhead": self._letterhead,
        }
        kinds[block["kind"]](block)

    def end(self) -> None:
        self.place._p.getparent().remove(self.place._p)

    # -- paragraphs -------------------------------------------------------------------------------

    def _paragraph(self, words: Any, style: str | None = None) -> Paragraph:
        made = self.place.insert_paragraph_before("", style=style)
        _put(made, words)
        return made

    def _text(self, block: Block) -> None:
        made, style = self._paragraph(block["text"]), block.get("style", "normal")
        for run in made.runs:
            if style == "strong":
                run.bold = True
            if style == "muted":
                run.font.size = Pt(9)

    def _list(self, block: Block) -> None:
        for item in block["items"]:
            self._paragraph(item, "List Number" if block.get("ordered") else "List Bullet")

    def _callout(self, block: Block) -> None:
        if block.get("title"):
            self._text({"text": block["title"], "style": "strong"})
        self._paragraph(block["text"])

    def _aside(self, lines: Sequence[str]) -> Paragraph:
        """Lines in the right half of the page."""
        made = self._paragraph("\n".join(lines))
        made.paragraph_format.left_indent = _RIGHT_HALF
        return made

    def _letterhead(self, block: Block) -> None:
        self._paragraph("\n".join(block.get("sender", ())))
        self._aside(block.get("recipient", ()))
        if block.get("place_date"):
            self._aside([block["place_date"]]).paragraph_format.space_after = Pt(18)

    def _signature(self, block: Block) -> None:
        lines = [block[name] for name in ("place_date", "role", "name") if block.get(name)]
        made = self._aside(lines)
        made.paragraph_format.space_before = Pt(20)
        # Room to sign.
        made.paragraph_format.space_after = Cm(1.8)
        if block.get("mention"):
            self._aside([block["mention"]])

    # -- tables -----------------------------------------------------------------------------------

    def _key_values(self, block: Block) -> None:
        table = self._grid(len(block["rows"]), [1, 2])
        for cells, (label, value) in zip((row.cells for row in table.rows), block["rows"], strict=True):
            _fill(cells[0], label, bold=True)
            _fill(cells[1], value)
        self._after_table()

    def _table(self, block: Block) -> None:
        if block.get("caption"):
            self._text({"text": block["caption"], "style": "strong"})
        if not block["rows"]:
            self._paragraph(block.get("empty", "Rien à signaler."))
            return
        columns, total = block["columns"], block.get("total")
        rows = [*block["rows"], *([total] if total else [])]
        table = self._grid(len(rows) + 1, [column.get("width") or 1 for column in columns])
        sides = [_ALIGNMENTS.get(column.get("align", "left")) for column in columns]
        for cell, column, side in zip(table.rows[0].cells, columns, sides, strict=True):
            _fill(cell, column["label"], bold=True, side=side)
        _repeat(table)
        for row, cells in zip(rows, [each.cells for each in table.rows[1:]], strict=True):
            for cell, value, side in zip(cells, row, sides, strict=True):
                _fill(cell, value, bold=row is total, side=side)
        self._after_table()

    def _grid(self, rows: int, shares: Sequence[float]) -> Table:
        table = self.document.add_table(rows, len(shares))
        self.place._p.addprevious(table._tbl)
        table.style = self.document.styles["Table Grid"]
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.LEFT, False
        for column, share in zip(table.columns, shares, strict=True):
            column.width = Emu(int(self.width * share / sum(shares)))
            for cell in column.cells:
                cell.width = column.width
        return table

    def _after_table(self) -> None:
        self._paragraph("").paragraph_format.space_after = Pt(2)


def _fill(cell: _Cell, words: Any, *, bold: bool = False, side: Any = None) -> None:
    paragraph = cell.paragraphs[0]
    _put(paragraph, words)
    paragraph.alignment = side
    paragraph.paragraph_format.space_after = Pt(2)
    for run in paragraph.runs:
        run.font.size = Pt(9.5)
        run.bold = bold or run.bold


def _repeat(table: Table) -> None:
    """The first row on each page, known as headings."""
    header = OxmlElement("w:tblHeader")
    header.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(header)


def _put(paragraph: Paragraph, words: Any) -> None:
    """A text, or a list of texts and runs (text, bold, italic); None is unknown."""
    if words is None:
        paragraph.add_run("non\u00a0communiqué").italic = True
        return
    for run in words if isinstance(words, list | tuple) else [words]:
        if isinstance(run, Mapping):
            made = paragraph.add_run(clean(str(run["text"])))
            made.bold, made.italic = run.get("bold"), run.get("italic")
        else:
            paragraph.add_run(clean(str(run)))
