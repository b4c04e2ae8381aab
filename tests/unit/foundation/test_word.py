"""Documents of blocks as .docx: the words that were typed, whole and inert, on a letterhead."""

from __future__ import annotations

import zipfile
from io import BytesIO

import docx
import pytest
from lxml import etree

from portal.foundation.render.word import render_word
from tests.office import converted_to_pdf

HEAD = {"ville": "Aix & <b>environs</b>", "contrat": "{{ 7*7 }}", "service": "Direction", "mention": "Fictif"}
UNKIND = [
    "{{ 7*7 }}",
    "{% for x in y %}",
    "{%p if x %}",
    "{# rien #}",
    "<w:p><w:r/></w:p>",
    "]]>",
    "&amp; & &#x41;",
    "'\"`",
    "=1+1",
    "\u202eexe.fdp",
    "nul\x00 cloche\x07 fin\x1f",
    "\ufffe\uffff",
    "🎭 emoji",
]
BLOCKS = [
    {
        "kind": "letterhead",
        "sender": ["Ville"],
        "recipient": ["Les Tisseurs", "Nadia Roche"],
        "place_date": "Aix, le 3",
    },
    {"kind": "key_values", "rows": [["Objet", "un don"], ["Dossier", None]]},
    {"kind": "heading", "text": "Titre"},
    {"kind": "paragraph", "text": "Première ligne\nseconde"},
    {"kind": "list", "items": ["un", "deux"]},
    {"kind": "callout", "title": "Attention", "text": "à ceci"},
    {
        "kind": "table",
        "caption": "Les versements",
        "columns": [{"label": "Action", "width": 5}, {"label": "Montant", "align": "right"}],
        "rows": [["Cuisines", "1,00 €"]],
        "total": ["Total", "1,00 €"],
    },
    {"kind": "table", "columns": [{"label": "Vide"}], "rows": [], "empty": "Rien."},
    {"kind": "signature", "role": "La Ville"},
]


def made(blocks, head=HEAD, **options):
    return render_word({"blocks": blocks, "author": ["Ville"]}, title="Lettre", head=head, **options)


def read(content):
    return docx.Document(BytesIO(content))


def texts(document):
    return [paragraph.text for paragraph in document.paragraphs]


def test_the_blocks_are_there_in_their_order():
    document = read(made(BLOCKS))
    assert [text for text in texts(document) if text] == [
        "Ville", "Les Tisseurs\nNadia Roche", "Aix, le 3", "Titre", "Première ligne\nseconde", "un", "deux",
        "Attention", "à ceci", "Les versements", "Rien.", "La Ville",
    ]  # fmt: skip
    assert [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables] == [
        [["Objet", "un don"], ["Dossier", "non\u00a0communiqué"]],
        [["Action", "Montant"], ["Cuisines", "1,00 €"], ["Total", "1,00 €"]],
    ]
    styles = {paragraph.text: paragraph.style.name for paragraph in document.paragraphs}
    assert (styles["Titre"], styles["un"]) == ("Heading 1", "List Bullet")
    assert (document.core_properties.title, document.core_properties.language) == ("Lettre", "fr-FR")


def test_the_letterhead_names_the_city_and_nothing_in_it_is_read_again():
    section = read(made(BLOCKS)).sections[0]
    assert [paragraph.text for paragraph in section.header.paragraphs] == [
        "Aix & <b>environs</b>",
        "{{ 7*7 }}",
        "Fictif",
    ]
    assert "Direction" in section.footer.paragraphs[0].text


@pytest.mark.parametrize("typed", UNKIND)
def test_what_people_type_is_words_and_nothing_else(typed):
    blocks = [
        {"kind": "paragraph", "text": typed},
        {"kind": "list", "items": [typed]},
        {"kind": "key_values", "rows": [[typed, typed]]},
        {"kind": "letterhead", "sender": [typed], "recipient": [typed]},
    ]
    content = made(blocks, head=dict.fromkeys(HEAD, typed))
    kept = "".join(c for c in typed if c >= " " and c not in "\u202e\ufffe\uffff")
    document = read(content)
    assert [text for text in texts(document) if text] == [kept] * 4 if kept else True
    assert [cell.text for cell in document.tables[0].rows[0].cells] == [kept, kept]
    assert document.sections[0].header.paragraphs[0].text == kept
    with zipfile.ZipFile(BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.endswith(".xml"):
                etree.fromstring(archive.read(name))


@pytest.mark.libreoffice
def test_libreoffice_opens_it():
    assert converted_to_pdf(made(BLOCKS), "docx").startswith(b"%PDF")
