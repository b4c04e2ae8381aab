"""Documents and charts, as their readers get them. No database, no network: one process each time."""

import io
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.foundation import render
from portal.foundation.render import Limits, RenderError, render_chart, render_pdf, render_preview
from portal.foundation.render.characters import printable
from tests.pdfs import words

BARS = {
    "data": {"values": [{"who": "Ville", "euros": 12_345.5}, {"who": "État", "euros": 28_000}]},
    "mark": "bar",
    "encoding": {
        "y": {"field": "who", "type": "nominal", "title": None},
        "x": {"field": "euros", "type": "quantitative", "axis": {"format": ",.2f"}},
    },
}


def document(*blocks, title="Un été au pied de l’immeuble", **data):
    file = render_pdf("document", {"blocks": list(blocks), **data}, title=title)
    return pikepdf.open(io.BytesIO(file))


def paragraph(text):
    return {"kind": "paragraph", "text": text}


EVERY_BLOCK = [
    {"kind": "letterhead", "sender": ["Ville d’Aix"], "recipient": ["Les Tisseurs"], "place_date": "Aix, le 1er mars"},
    {"kind": "heading", "text": "Le projet"},
    paragraph(["Voir ", {"text": "le règlement", "link": "https://exemple.fr/"}, {"text": " entier", "bold": True}]),
    {"kind": "key_values", "rows": [["Structure", "Les Tisseurs"], ["Téléphone", None]]},
    {"kind": "heading", "level": 2, "text": "Budget"},
    {
        "kind": "table",
        "caption": "Dépenses",
        "columns": [{"label": "Compte"}, {"label": "Intitulé", "width": 2}, {"label": "Montant", "align": "right"}],
        "rows": [["60", "Achats", "1\u202f234,56\u00a0€"], ["64", "Salaires", None]],
        "total": ["", "Total", "1\u202f234,56\u00a0€"],
    },
    {"kind": "table", "columns": [{"label": "Rien"}], "rows": [], "empty": "Aucune recette."},
    {"kind": "callout", "title": "À savoir", "text": "Un arbitrage.", "tone": "warning"},
    {"kind": "list", "items": ["Statuts", "Budget"]},
    {"kind": "list", "items": ["un", "deux"], "ordered": True},
    {"kind": "page_break"},
    {"kind": "signature", "place_date": "Fait à Aix", "name": "Nadia Roche", "role": "La présidente", "mention": "Lu"},
]


def test_a_document_tells_readers_its_language_title_and_structure():
    pdf = document(*EVERY_BLOCK)
    root = pdf.Root
    assert str(root.Lang) == "fr-FR"
    assert str(pdf.docinfo["/Title"]) == "Un été au pied de l’immeuble"
    assert bool(root.ViewerPreferences.DisplayDocTitle) is True
    assert bool(root.MarkInfo.Marked) is True
    assert "/StructTreeRoot" in root
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == "Un été au pied de l’immeuble"
    with pdf.open_outline() as outline:
        tree = [(item.title, [child.title for child in item.children]) for item in outline.root]
    assert tree == [("Le projet", ["Budget"])]


def test_every_block_is_in_the_text_a_reader_can_take_out():
    text = words(document(*EVERY_BLOCK))
    for expected in (
        "Voirlerèglement",
        "non\u00a0communiqué",
        "Aucunerecette.",
        "Unarbitrage.",
        "NadiaRoche",
        "deux",
    ):
        assert "".join(expected.split()) in text
    assert text.count("1234,56€") == 2


def test_each_page_carries_its_number_the_contract_and_the_demonstration_mention():
    pdf = document(
        paragraph("Une"), {"kind": "page_break"}, paragraph("Deux"), {"kind": "page_break"}, paragraph("Trois"),
        contract="Contrat 2024-2030", demo="Données de démonstration — fictives",
    )  # fmt: skip
    text = words(pdf)
    assert len(pdf.pages) == 3
    assert [f"page{n}sur3" in text for n in (1, 2, 3)] == [True] * 3
    assert text.count("Contrat2024-2030") == 3
    assert text.count("Donnéesdedémonstration—fictives") == 3


def test_a_long_table_repeats_its_headings():
    rows = [[str(n), "Ligne"] for n in range(120)]
    pdf = document({"kind": "table", "columns": [{"label": "Rang"}, {"label": "Texte"}], "rows": rows})
    assert len(pdf.pages) > 1
    assert words(pdf).count("RangTexte") == len(pdf.pages)


@pytest.mark.parametrize(
    "text",
    [
        '#import "base.typ": *',
        "#panic()",
        "$x^2$ [crochets] *gras* _italique_ `code` <étiquette> @renvoi // /* \\",
        "= Titre\n- liste\n+ liste",
        "</script><script>alert(1)</script>",
        "#read(\"/etc/passwd\")",
    ],
)  # fmt: skip
def test_what_people_type_is_printed_and_never_obeyed(text):
    pdf = document(
        paragraph(text),
        {"kind": "key_values", "rows": [[text, text]]},
        {"kind": "table", "columns": [{"label": text}], "rows": [[text]], "caption": text},
        title=text,
    )
    assert words(pdf).count("".join(text.split())) >= 6
    assert str(pdf.docinfo["/Title"]) == text


def test_controls_other_scripts_and_unknown_signs_are_no_obstacle():
    text = words(document(paragraph("a\x00\x07b\u202ec\ud800 — Ελλάδα Україна 日本 😀 \ue000 e\u0301"), title="Titre"))
    assert text == "Titreabc□—ΕλλάδαУкраїна□□□□épage1sur1"


def test_right_to_left_text_is_drawn():
    pdf = document(paragraph("مرحبا בית"))
    assert "□" not in words(pdf)


def test_a_word_without_end_stays_on_the_page():
    table = {"kind": "table", "columns": [{"label": "A"}, {"label": "B"}], "rows": [["x" * 300, "y"]]}
    pdf = document(paragraph("mot" * 600), table)
    text = words(pdf)
    assert "mot" * 600 in text
    assert len(pdf.pages) == 1


@given(st.recursive(st.text() | st.none() | st.booleans() | st.integers(), st.lists))
def test_cleaning_a_text_twice_changes_nothing(value):
    assert printable(printable(value)) == printable(value)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.text(max_size=200), min_size=1, max_size=20))
def test_any_text_makes_a_document(texts):
    assert len(document(*map(paragraph, texts)).pages) >= 1


def test_a_document_made_again_for_the_same_instant_is_the_same_to_the_byte():
    when = datetime(2026, 11, 21, tzinfo=UTC)
    first, second = (render_pdf("document", {"blocks": EVERY_BLOCK}, title="T", created=when) for _ in range(2))
    assert first == second


def test_a_chart_is_written_in_french():
    svg = render_chart(BARS).decode()
    assert svg.startswith("<svg")
    assert "10\u202f000,00" in svg
    assert "Atkinson Hyperlegible" in svg


def test_a_chart_stands_in_a_document_with_its_alternative():
    svg = render_chart(BARS).decode()
    table = {"columns": [{"label": "Financeur"}, {"label": "Montant"}], "rows": [["Ville", "12\u202f345,50\u00a0€"]]}
    block = {"kind": "figure", "svg": svg, "alt": "L’État donne le plus.", "caption": "L’État d’abord", "table": table}
    pdf = document(block)
    assert "L’Étatd’abord" in words(pdf)
    alternatives = [str(item.Alt) for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and "/Alt" in item]
    assert alternatives == ["L’État donne le plus."]


@pytest.mark.parametrize(
    "blocks",
    [
        [{"kind": "heading", "level": 3, "text": "Trop profond"}],
        [{"kind": "figure", "svg": "<svg xmlns='http://www.w3.org/2000/svg'/>", "alt": None}],
        [{"kind": "inconnu"}],
    ],
    ids=["a heading level is skipped", "a picture has no alternative", "no such block"],
)
def test_a_document_that_some_could_not_read_is_refused(blocks):
    with pytest.raises(RenderError) as error:
        document(*blocks)
    assert error.value.reason == "refused"


@pytest.mark.parametrize("template", ["inconnu", "../templates/document", "base/../document", ""])
def test_only_our_templates_are_rendered(template):
    with pytest.raises(RenderError) as error:
        render_pdf(template, {}, title="T")
    assert error.value.reason == "refused"


@pytest.mark.parametrize(
    "spec",
    [
        {**BARS, "data": {"url": "http://127.0.0.1:9/secret.json"}},
        {**BARS, "data": {"url": "file:///etc/passwd"}},
        {"layer": [{**BARS, "encoding": {"url": {"value": "x"}}}]},
        {"mark": "unknown"},
    ],
)
def test_a_chart_fetches_nothing_and_makes_sense(spec):
    with pytest.raises(RenderError) as error:
        render_chart(spec)
    assert error.value.reason == "refused"


def test_a_rendering_that_takes_too_long_is_stopped():
    with pytest.raises(RenderError) as error:
        render_pdf("document", {"blocks": []}, title="T", limits=Limits(seconds=0.001, memory_mb=512))
    assert error.value.reason == "time"


def test_a_rendering_that_takes_too_much_memory_is_stopped():
    many = [paragraph("mot " * 2_000)] * 200
    with pytest.raises(RenderError) as error:
        render_pdf("document", {"blocks": many}, title="T", limits=Limits(seconds=60, memory_mb=40))
    assert error.value.reason == "memory"


def test_renderings_side_by_side_do_not_meet():
    def one(number):
        return words(document(paragraph(f"Document {number}"), title=f"Titre {number}"))

    with ThreadPoolExecutor(max_workers=4) as pool:
        texts = list(pool.map(one, range(8)))
    assert [f"Document{n}" in text for n, text in enumerate(texts)] == [True] * 8


def test_the_rendering_process_sees_neither_our_environment_nor_our_folder(monkeypatch):
    monkeypatch.setenv("PORTAL_SECRET_KEY", "confidentiel")
    seen = {}

    def spy(command, **options):
        seen.update(options, command=command)
        raise render.subprocess.TimeoutExpired(command, 1)

    monkeypatch.setattr(render.subprocess, "run", spy)
    with pytest.raises(RenderError):
        render_pdf("document", {"blocks": []}, title="T")
    assert set(seen["env"]) == {"PATH", "LANG", "TZ", "HOME", "TMPDIR"}
    assert seen["cwd"] == seen["env"]["HOME"]
    assert json.loads(seen["input"])["template"] == "document"


def test_a_preview_is_a_small_picture_whatever_the_page():
    page = render_pdf("document", {"blocks": []}, title="Statuts")
    drawn = render_preview(page, "pdf")
    assert drawn.startswith(b"\x89PNG\r\n\x1a\n")
    assert (int.from_bytes(drawn[16:20], "big"), int.from_bytes(drawn[20:24], "big")) == (320, 320)


@pytest.mark.parametrize(("content", "kind"), [(b"%PDF-1.4\n", "pdf"), (b"\x89PNG\r\n\x1a\n", "png"), (b"", "jpg")])
def test_what_is_no_picture_has_no_preview(content, kind):
    with pytest.raises(RenderError) as refused:
        render_preview(content, kind)
    assert refused.value.reason == "refused"
