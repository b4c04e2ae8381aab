"""Tables as people's spreadsheets save them."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.exchange.rules.tables import BadLine, Line, UnusableTable, examined, opened
from tests.typography import plain


def read(content: bytes, required=("quartier", "action"), optional=("descriptif",)) -> list[Line | BadLine]:
    told = examined(io.BytesIO(content))
    return list(opened(io.BytesIO(content), told.encoding, required, optional).lines())


def cells(content: bytes) -> list[tuple[int, str, str]]:
    return [(line.number, line["quartier"], line["action"]) for line in read(content)]


TEXT = "quartier{s}action\nEncagnane{s}Été à l’école\n"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_any_usual_encoding_and_separator_is_read(separator, encoding):
    content = TEXT.format(s=separator).encode(encoding)
    assert cells(content) == [(2, "Encagnane", "Été à l’école")]


def test_columns_are_found_by_name_in_any_order_and_others_ignored():
    content = b"Ordre,ACTION,autre, Quartier \n1,Kaps,x,Corsy\n"
    assert cells(content) == [(2, "Corsy", "Kaps")]


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("quartier\n", "Colonne absente de la première ligne : « action »."),
        ("nom\n", "Colonnes absentes de la première ligne : « quartier », « action »."),
        ("quartier,action,Action\n", "Colonne présente deux fois : « action »."),
        ("", "Le fichier est vide, ou commence par une ligne vide."),
        ("\n\n", "Le fichier est vide, ou commence par une ligne vide."),
        ('"quartier\n', "La première ligne du fichier n’est pas une liste de colonnes."),
    ],
)
def test_what_is_wrong_with_the_header_is_named(header, message):
    with pytest.raises(UnusableTable) as refused:
        read(header.encode())
    assert plain(str(refused.value)) == message


def test_line_numbers_are_those_of_the_file():
    content = b'quartier,action\n"a","une\nsuite"\n\nb,c\n'
    assert cells(content) == [(2, "a", "une\nsuite"), (5, "b", "c")]


def test_a_short_line_has_empty_cells_and_trailing_separators_do_not_count():
    assert cells(b"quartier;action\na\nb;c;;;\n") == [(2, "a", ""), (3, "b", "c")]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            b"quartier,action\na,b,c\n",
            BadLine(2, "3 cellules pour 2 colonnes : un texte contient sans doute le séparateur."),
        ),
        (b"quartier,action\na,b\x00\n", BadLine(2, "un caractère invisible interdit se trouve dans la ligne.")),
        (
            b'quartier,action\na,"b\nc,d\n',
            BadLine(2, "guillemets mal fermés, ou cellule trop longue : la suite n’a pas été lue."),
        ),
    ],
)
def test_a_line_that_cannot_be_read_is_told_by_its_number(content, expected):
    (found,) = read(content)
    assert BadLine(found.number, plain(found.message)) == expected


def test_bytes_of_no_encoding_are_refused():
    with pytest.raises(UnusableTable, match="n’est pas un texte lisible"):
        read(b"quartier,action\n\x81\x8d,b\n")


def test_the_trace_of_a_file_is_the_digest_of_its_bytes():
    import hashlib

    content = b"x" * 200_000
    told = examined(io.BytesIO(content))
    assert (told.sha256, told.size) == (hashlib.sha256(content).hexdigest(), 200_000)


def test_an_accent_cut_between_two_chunks_is_still_utf8():
    content = b"a" * (64 * 1024 - 1) + "é".encode()
    assert examined(io.BytesIO(content)).encoding == "utf-8-sig"


_CELLS = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=20).map(str.strip)


@given(st.lists(st.tuples(_CELLS, _CELLS), max_size=8))
def test_whatever_a_spreadsheet_writes_is_read_back(rows):
    out = io.StringIO(newline="")
    csv.writer(out).writerows([("quartier", "action"), *rows])
    expected = [row for row in rows if row[0] or row[1]]
    assert [(quartier, action) for _, quartier, action in cells(out.getvalue().encode())] == expected
