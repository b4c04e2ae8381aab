"""The letterhead of Word documents, made here: no file of unknown origin is kept.

It is a .docx whose header and footer name, between double braces, what `NAMES` lists; the paragraph
`{{ contenu }}` is where the document goes.
"""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph
from docx.text.run import Run

NAMES = ("ville", "contrat", "mention", "service", "contact")
"""What the letterhead names, beside `contenu`: a line each; `mention` is that of an invented contract."""
CONTENT = "contenu"

FONT = "Calibri"
DEEP = RGBColor(0x10, 0x29, 0x4A)
SOFT = RGBColor(0x4A, 0x55, 0x60)
HEADINGS = {"Heading 1": 14, "Heading 2": 12, "Heading 3": 10.5}


@lru_cache(maxsize=1)
def neutral_letterhead() -> bytes:
    """A .docx: the city and its contract above, the service to write to below, no coat of arms."""
    document = Document()
    _page(document)
    _styles(document)
    header, footer = document.sections[0].header, document.sections[0].footer
    _line(header.paragraphs[0], "{{ ville }}", size=13, bold=True)
    _ruled(_line(header.add_paragraph(), "{{ contrat }}", size=9.5), "bottom", "C6862F")
    _line(header.add_paragraph(), "{{ mention }}", size=8.5)
    _ruled(_line(footer.paragraphs[0], "{{ service }}", size=8.5), "top", "C9D0D6")
    contact = _line(footer.add_paragraph(), "{{ contact }}", size=8.5)
    contact.paragraph_format.tab_stops.add_tab_stop(Cm(17), WD_TAB_ALIGNMENT.RIGHT)
    _numbers(contact)
    document.add_paragraph("{{ contenu }}")
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _page(document: WordDocument) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin, section.bottom_margin = Cm(3.2), Cm(2.4)
    section.header_distance, section.footer_distance = Cm(1.1), Cm(0.9)


def _styles(document: WordDocument) -> None:
    normal = document.styles["Normal"]
    _write(normal, 10.5)
    normal.paragraph_format.space_after = Pt(7)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "fr-FR")
    normal.element.get_or_add_rPr().append(language)
    for name, size in HEADINGS.items():
        heading = document.styles[name]
        _write(heading, size)
        heading.font.bold, heading.font.color.rgb = True, DEEP
        heading.paragraph_format.space_before, heading.paragraph_format.space_after = Pt(13), Pt(5)
        heading.paragraph_format.keep_with_next = True


def _write(style: ParagraphStyle, size: float) -> None:
    style.font.name, style.font.size = FONT, Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    # Headings take the theme's typeface unless every script is named.
    for script in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{script}"), None)
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), FONT)


def _line(paragraph: Paragraph, words: str, *, size: float, bold: bool = False) -> Paragraph:
    run = paragraph.add_run(words)
    run.font.size, run.bold = Pt(size), bold
    run.font.color.rgb = DEEP if bold else SOFT
    paragraph.paragraph_format.space_after = Pt(1)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT
    return paragraph


def _ruled(paragraph: Paragraph, side: str, colour: str) -> None:
    borders, line = OxmlElement("w:pBdr"), OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", "8"), ("space", "4"), ("color", colour)):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(borders, *_AFTER_BORDERS)


_AFTER_BORDERS = (
    "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:wordWrap", "w:overflowPunct", "w:topLinePunct",
    "w:autoSpaceDE", "w:autoSpaceDN", "w:bidi", "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind",
    "w:contextualSpacing", "w:mirrorIndents", "w:suppressOverlap", "w:jc", "w:textDirection", "w:textAlignment",
    "w:textboxTightWrap", "w:outlineLvl", "w:divId", "w:cnfStyle", "w:rPr", "w:sectPr", "w:pPrChange",
)  # fmt: skip
"""What the format wants after the borders of a paragraph: Word refuses another order."""


def _numbers(paragraph: Paragraph) -> None:
    """« page 1 sur 2 », computed by the word processor."""
    for words, field in (("\tpage ", "PAGE"), (" sur ", "NUMPAGES")):
        _small(paragraph.add_run(words))
        run = paragraph.add_run("1")
        _small(run)
        simple = OxmlElement("w:fldSimple")
        simple.set(qn("w:instr"), field)
        run._r.addprevious(simple)
        simple.append(run._r)


def _small(run: Run) -> None:
    run.font.size, run.font.color.rgb = Pt(8.5), SOFT
