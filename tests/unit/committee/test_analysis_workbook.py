"""A reviewer's workbook: what goes out comes back the same, and what is wrong is told by sheet and cell."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from portal.committee.rules.analysis_return import FieldChange, Standing, report_on
from portal.committee.rules.analysis_shape import About, GridLine, ToAnalyse
from portal.committee.rules.analysis_workbook import analysis_workbook
from portal.committee.rules.analysis_workbook_in import sent_analyses
from portal.committee.rules.scoring import SheetText
from portal.committee.states import Verdict
from portal.foundation.workbooks import MAX_UNPACKED, UnusableWorkbook, read_workbook
from tests.office import recalculated, resaved
from tests.typography import plain

LEVELS = tuple(f"Niveau {level}" for level in range(5))
GRID = (GridLine(11, "Priorités", "Celles du quartier", 60, LEVELS), GridLine(12, "Partenariat", "", 40, LEVELS))
ABOUT = About("c1a55e", 3, "Appel à projets 2026", 7, "Ada Lectrice", datetime(2026, 11, 21, 10, tzinfo=UTC), GRID)
BEGUN = SheetText(Verdict.RESERVED, "Bien ancré\n=1+1", "@préciser le budget", {11: (3, ""), 12: (1, "=Fragile")})
EMPTY = SheetText(marks={11: (None, ""), 12: (None, "")})
FIRST = ToAnalyse(101, "2026-014", "Cuisines d’été", "Les Tisseurs", "Encagnane", (("Besoin", "Un lieu"),), BEGUN, 4)
SECOND = ToAnalyse(102, "2026-015", "Chantier jeunes", "Beisson 13", "Beisson", (), EMPTY, 0)
STANDINGS = {
    each.application_id: Standing(each.application_id, each.reference, each.title, each.text, each.version)
    for each in (FIRST, SECOND)
}
AGAIN = "Téléchargez le classeur à nouveau, et reportez-y vos réponses."

texts = st.text(st.sampled_from("abcéÉ ’-=+@×\n0123456789"), max_size=60).map(str.strip)
sheet_texts = st.builds(
    lambda verdict, strengths, reserves, marks: SheetText(
        verdict, strengths, reserves or "Écrit", dict(zip((11, 12), marks, strict=True))
    ),
    st.none() | st.sampled_from(Verdict),
    texts,
    texts,
    st.tuples(*[st.tuples(st.none() | st.integers(0, 4), texts.map(lambda text: text or "Dit"))] * 2),
)


def made(*applications, about=ABOUT):
    return analysis_workbook(applications or (FIRST, SECOND), about)


def back(content, about=ABOUT):
    return sent_analyses(read_workbook(BytesIO(content)), about)


def report(content, about=ABOUT, standings=STANDINGS):
    return report_on(back(content, about), standings, about.grid)


def changed(content, change):
    """The workbook once somebody has changed it."""
    book = load_workbook(BytesIO(content))
    change(book)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def put(sheet: str, cell: str, value: Any) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        book[sheet][cell].value = value

    return change


def on(sheet: str, method: str, *args: Any) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        getattr(book[sheet], method)(*args)

    return change


def together(*changes: Callable[[Any], None]) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        for each in changes:
            each(book)

    return change


def copied(book: Any) -> None:
    book.copy_worksheet(book["2026-014"]).title = "2026-014_2"


def renamed(book: Any) -> None:
    book["2026-014"].title = "Cuisines"


# -- there and back -------------------------------------------------------------------------------


@settings(max_examples=20, deadline=None)
@given(sheet_texts, sheet_texts)
def test_analyses_go_out_and_come_back_the_same(first, second):
    found = back(made(replace(FIRST, text=first), replace(SECOND, text=second)))
    assert found.faults == []
    assert [(each.application_id, each.version, each.text) for each in found.analyses] == [
        (101, 4, first), (102, 0, second),
    ]  # fmt: skip


def test_libreoffice_fills_and_saves_the_workbook_and_every_answer_is_read():
    filled = changed(
        made(),
        together(
            put("2026-015", "I5", 4), put("2026-015", "I6", 0), put("2026-015", "J6", "Aucun partenaire\nà ce jour"),
            put("2026-015", "J10", "Favorable"), put("2026-015", "J11", "Besoin réel"),
        ),
    )  # fmt: skip
    found = back(resaved(filled))
    assert found.faults == []
    assert [each.text for each in found.analyses] == [
        BEGUN,
        SheetText(Verdict.FAVOURABLE, "Besoin réel", "", {11: (4, ""), 12: (0, "Aucun partenaire\nà ce jour")}),
    ]


def test_libreoffice_computes_the_totals_the_portal_computes_and_lists_what_is_left():
    book = recalculated(made())
    rows = [[cell.value for cell in row] for row in book["Mode d’emploi"].iter_rows(max_col=6)][-2:]
    assert rows == [
        ["2026-014", "Cuisines d’été", "Les Tisseurs", 0, "Favorable sous réserve", 55],
        ["2026-015", "Chantier jeunes", "Beisson 13", 2, "à donner", 0],
    ]


def test_words_are_never_formulas_and_only_the_cells_to_fill_are_open():
    book = load_workbook(BytesIO(made()))
    sheet = book["2026-014"]
    assert [(sheet[name].value, sheet[name].data_type, sheet[name].quotePrefix) for name in ("J6", "J12")] == [
        ("=Fragile", "s", True), ("@préciser le budget", "s", True),
    ]  # fmt: skip
    assert all(each.protection.sheet for each in book)
    assert [cell.coordinate for row in sheet for cell in row if not cell.protection.locked] == [
        "I5", "J5", "I6", "J6", "J10", "J11", "J12",
    ]  # fmt: skip
    assert (sheet.freeze_panes, sheet.column_dimensions["A"].hidden, book["Repères"].sheet_state) == (
        "C5", True, "hidden",
    )  # fmt: skip
    checks = {
        str(each.sqref): (each.type, each.formula1, each.formula2) for each in sheet.data_validations.dataValidation
    }
    assert checks["I5:I6"] == ("whole", "0", "4")
    assert checks["J10"] == ("list", '"Favorable,Favorable sous réserve,Défavorable,Sans avis"', None)
    assert (str(sheet.page_setup.paperSize), sheet.page_setup.orientation) == (sheet.PAPERSIZE_A4, "landscape")


def test_what_each_mark_means_is_written_in_front_of_it():
    sheet = load_workbook(BytesIO(made()))["2026-014"]
    assert [cell.value for cell in sheet[6][1:8]] == ["Partenariat", 40, *LEVELS]


def test_without_a_grid_the_sheet_keeps_the_opinion():
    about = replace(ABOUT, grid=())
    first = replace(FIRST, text=replace(BEGUN, marks={}))
    content = made(first, about=about)
    assert load_workbook(BytesIO(content))["2026-014"]["B4"].value == "Avis d’ensemble"
    found = back(resaved(content), about)
    assert (found.faults, [each.text for each in found.analyses]) == ([], [first.text])


@pytest.mark.parametrize(("typed", "level"), [("3", 3), (" 2 ", 2), (4.0, 4), ("", None), ("   ", None), (None, None)])
def test_a_mark_is_read_as_people_type_it(typed, level):
    found = back(changed(made(), put("2026-014", "I5", typed)))
    assert (found.faults, found.analyses[0].text.marks[11]) == ([], (level, ""))


# -- what is wrong --------------------------------------------------------------------------------

NOT_YOURS = "Ce classeur a été préparé pour une autre personne. Téléchargez le vôtre."
BESIDE = "Ce texte est hors des cellules à remplir : il ne serait pas gardé. Déplacez-le."
DAMAGED: dict[str, tuple[Callable[[Any], None], list[tuple[str, str, str]]]] = {
    "another person's workbook": (put("Repères", "B5", "8"), [("", "", NOT_YOURS)]),
    "another call's workbook": (
        together(put("Repères", "B3", "4"), put("Repères", "B4", "Quartiers d’été")),
        [("", "", "Ce classeur est celui d’un autre appel : « Quartiers d’été »."),],
    ),
    "another version of the portal": (
        put("Repères", "B1", "analyses-0"), [("", "", f"Ce classeur est d’une autre version du portail. {AGAIN}")],
    ),
    "another grid": (
        put("Repères", "B6", "11:100"),
        [("", "", f"La grille de l’appel a changé depuis que ce classeur a été téléchargé. {AGAIN}")],
    ),
    "not a workbook of analyses": (
        lambda book: book.remove(book["Repères"]),
        [("", "", "Ce classeur n’est pas celui de vos analyses. Téléchargez le vôtre, remplissez-le, puis "
          "renvoyez-le.")],
    ),
    "a number that no number can be": (
        together(put("Repères", "A7", "feuille 2026-014"), put("Repères", "B7", "9" * 5000)),
        [("", "", "Ce classeur n’est pas celui de vos analyses. Téléchargez le vôtre, remplissez-le, puis "
          "renvoyez-le.")],
    ),
    "a sheet taken out": (
        lambda book: book.remove(book["2026-015"]),
        [("2026-015", "", "Cette feuille manque : elle a été ôtée. Téléchargez le classeur à nouveau.")],
    ),
    "a sheet of one's own": (
        lambda book: book.create_sheet("Mes notes"),
        [("Mes notes", "", "Cette feuille n’est pas une fiche du classeur : ôtez-la.")],
    ),
    "a sheet renamed": (
        renamed, [("Cuisines", "", "Cette feuille s’appelait « 2026-014 » : redonnez-lui ce nom.")],
    ),
    "a sheet twice": (
        copied,
        [("2026-014_2", "", "Cette feuille est en double : le dossier 2026-014 est déjà dans ce classeur. "
          "Gardez-en une.")],
    ),
    "a sheet of a colleague": (
        put("2026-015", "A1", "dossier:3:8:102:0"),
        [("2026-015", "", "Cette feuille vient du classeur d’une autre personne ou d’un autre appel : ôtez-la."),
         ("2026-015", "", "Cette feuille manque : elle a été ôtée. Téléchargez le classeur à nouveau.")],
    ),
    "a sheet of another workbook": (
        put("2026-015", "A1", "dossier:3:7:999:0"),
        [("2026-015", "", "Cette feuille vient d’un autre de vos classeurs : renvoyez-la avec le sien."),
         ("2026-015", "", "Cette feuille manque : elle a été ôtée. Téléchargez le classeur à nouveau.")],
    ),
    "the hidden column taken out": (
        on("2026-014", "delete_cols", 1),
        [("2026-014", "A1", f"La première colonne, masquée, a été changée : la feuille n’est plus reconnue. {AGAIN}")],
    ),
    "a column taken out": (
        on("2026-014", "delete_cols", 5),
        [("2026-014", "I4", "La colonne « Note de 0 à 4 » devrait être ici : les colonnes ne se déplacent ni ne "
          f"s’ôtent. {AGAIN}")],
    ),
    "a column moved": (
        together(put("2026-014", "I4", "Commentaire"), put("2026-014", "J4", "Note de 0 à 4")),
        [("2026-014", "I4", "La colonne « Note de 0 à 4 » devrait être ici : les colonnes ne se déplacent ni ne "
          f"s’ôtent. {AGAIN}")],
    ),
    "a row taken out": (
        on("2026-014", "delete_rows", 6),
        [("2026-014", "", f"La ligne « Partenariat » manque : les lignes ne s’ôtent pas. {AGAIN}")],
    ),
    "a row twice": (
        put("2026-014", "A6", "critere:11"),
        [("2026-014", "B6", "La ligne « Priorités » est en double : ôtez celle-ci."),
         ("2026-014", "", f"La ligne « Partenariat » manque : les lignes ne s’ôtent pas. {AGAIN}")],
    ),
    "a mark beyond 4": (
        put("2026-014", "I5", 7), [("2026-014", "I5", "« 7 » n’est pas une note entière de 0 à 4.")],
    ),
    "a negative mark": (
        put("2026-014", "I5", -1), [("2026-014", "I5", "« -1 » n’est pas une note entière de 0 à 4.")],
    ),
    "half a mark": (
        put("2026-014", "I5", 2.5), [("2026-014", "I5", "« 2,5 » n’est pas une note entière de 0 à 4.")],
    ),
    "half a mark typed as text": (
        put("2026-014", "I5", "2,5"), [("2026-014", "I5", "« 2,5 » n’est pas une note entière de 0 à 4.")],
    ),
    "a word for a mark": (
        put("2026-014", "I5", "bien"), [("2026-014", "I5", "« bien » n’est pas une note entière de 0 à 4.")],
    ),
    "a date for a mark": (
        put("2026-014", "I5", date(2026, 4, 3)),
        [("2026-014", "I5", "C’est une date (03/04/2026), pas une note de 0 à 4.")],
    ),
    "yes for a mark": (
        put("2026-014", "I5", True), [("2026-014", "I5", "C’est « vrai » : écrivez la note elle-même.")],
    ),
    "a formula for a mark": (
        put("2026-014", "I5", "=1+2"), [("2026-014", "I5", "C’est une formule : écrivez la note elle-même.")],
    ),
    "an error for a mark": (
        put("2026-014", "I5", "#REF!"),
        [("2026-014", "I5", "C’est une erreur de calcul (#REF!) : écrivez la note elle-même.")],
    ),
    "a formula for a comment": (
        put("2026-014", "J5", "=A1&B2"), [("2026-014", "J5", "C’est une formule : écrivez le texte lui-même.")],
    ),
    "a comment lacking at 1": (
        put("2026-014", "J6", "  "), [("2026-014", "J6", "Une note de 1 doit être expliquée.")],
    ),
    "a comment lacking at 0": (
        put("2026-015", "I5", 0), [("2026-015", "J5", "Une note de 0 doit être expliquée.")],
    ),
    "a comment too long": (
        put("2026-014", "J5", "x" * 2001),
        [("2026-014", "J5", "Ce texte est trop long : 2001 caractères, au plus 2000.")],
    ),
    "a text too long": (
        put("2026-014", "J11", "x" * 10_001),
        [("2026-014", "J11", "Ce texte est trop long : 10001 caractères, au plus 10000.")],
    ),
    "an unknown opinion": (
        put("2026-014", "J10", "Plutôt oui"),
        [("2026-014", "J10", "« Plutôt oui » n’est pas un avis. Choisissez dans la liste : Favorable, Favorable sous "
          "réserve, Défavorable, Sans avis.")],
    ),
    "the reserve lacking": (put("2026-014", "J12", None), [("2026-014", "J12", "Écrivez la réserve.")]),
    "an unfavourable opinion without why": (
        put("2026-015", "J10", "défavorable"), [("2026-015", "J12", "Dites pourquoi l’avis est défavorable.")],
    ),
    "a mark of direction in a text": (
        put("2026-014", "J11", "Solide\u202e"),
        [("2026-014", "J11", "Ce texte contient un caractère invisible (U+202E) : retapez-le sans lui.")],
    ),
    "cells merged": (
        on("2026-014", "merge_cells", "I5:J5"),
        [("2026-014", "I5", "Cellules fusionnées (I5:J5) : défaites la fusion, chaque réponse a sa cellule.")],
    ),
    "words beside the cells to fill": (put("2026-014", "K5", "À revoir"), [("2026-014", "K5", BESIDE)]),
    "a mark on the line of the opinion": (put("2026-014", "I10", 3), [("2026-014", "I10", BESIDE)]),
    "two mistakes at once": (
        together(put("2026-014", "I5", 9), put("2026-015", "J10", "oui")),
        [("2026-014", "I5", "« 9 » n’est pas une note entière de 0 à 4."),
         ("2026-015", "J10", "« oui » n’est pas un avis. Choisissez dans la liste : Favorable, Favorable sous réserve, "
          "Défavorable, Sans avis.")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("change", "told"), DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_workbook_is_refused_with_its_sheet_its_cell_and_plain_words(change, told):
    found = report(changed(made(), change))
    assert [(fault.sheet, fault.cell, plain(fault.message)) for fault in found.faults] == told


def test_a_control_character_that_a_spreadsheet_escapes_is_refused_too():
    content = changed(made(), put("2026-014", "J11", "Solide_x0007_"))
    (fault,) = back(content).faults
    assert (fault.sheet, fault.cell, plain(fault.message)) == (
        "2026-014", "J11", "Ce texte contient un caractère invisible (U+0007) : retapez-le sans lui.",
    )  # fmt: skip


def test_a_damage_done_in_libreoffice_is_told_at_the_same_cell():
    spoilt = together(
        put("2026-014", "I5", "=1+2"), put("2026-014", "I6", 2.5), put("2026-015", "I5", date(2026, 4, 3))
    )
    found = back(resaved(changed(made(), spoilt)))
    assert [(fault.sheet, fault.cell) for fault in found.faults] == [
        ("2026-014", "I5"), ("2026-014", "I6"), ("2026-015", "I5"),
    ]  # fmt: skip


def with_member(name: str, content: bytes) -> bytes:
    buffer = BytesIO(made())
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (lambda: b"bonjour", "n’est pas un classeur Excel"),
        (lambda: b"\xd0\xcf\x11\xe0" + b"x" * 600, "protégé par un mot de passe"),
        (lambda: b"x" * (2 * 1024 * 1024 + 1), "dépasse 2 Mo"),
        (lambda: with_member("xl/vbaProject.bin", b"x"), "contient des macros"),
        (lambda: with_member("xl/media/a.bin", b"\0" * (MAX_UNPACKED + 1)), "anormalement volumineux"),
        (lambda: made()[:4000], "n’est pas un classeur Excel"),
    ],
    ids=["text", "password or old format", "too large", "macros", "zip bomb", "cut short"],
)
def test_a_file_that_is_no_workbook_is_refused(content, told):
    with pytest.raises(UnusableWorkbook) as refused:
        read_workbook(BytesIO(content()))
    assert told in plain(str(refused.value))


# -- beside what is saved -------------------------------------------------------------------------


def standing(number, **values):
    return STANDINGS | {number: replace(STANDINGS[number], **values)}


def test_the_same_workbook_changes_nothing():
    found = report(made())
    assert (found.faults, found.sheets, [each.reference for each in found.same]) == ([], [], ["2026-014", "2026-015"])
    assert found.whole == frozenset({101})


def test_what_changes_is_told_by_answer_before_and_after():
    filled = changed(made(), together(put("2026-014", "I5", 4), put("2026-014", "J11", None)))
    (sheet,) = report(filled).sheets
    assert (sheet.sheet, sheet.is_conflict, sheet.is_whole) == ("2026-014", False, True)
    assert [replace(change, label=plain(change.label)) for change in sheet.changes] == [
        FieldChange("I5", "Priorités : note", "3/4", "4/4"),
        FieldChange("J11", "Points forts", "Bien ancré\n=1+1", ""),
    ]


def test_a_sheet_saved_online_since_is_a_conflict_with_both_values():
    online = standing(101, version=5, text=replace(BEGUN, marks={11: (2, ""), 12: (1, "=Fragile")}))
    (sheet,) = report(changed(made(), put("2026-014", "I5", 4)), standings=online).conflicts
    assert [(change.cell, change.before, change.after) for change in sheet.changes] == [("I5", "2/4", "4/4")]


def test_a_sheet_last_saved_by_this_very_workbook_is_no_conflict():
    online = standing(101, version=5, saved_by="c1a55e")
    found = report(changed(made(), put("2026-014", "I5", 4)), standings=online)
    assert (found.conflicts, len(found.sheets)) == ([], 1)


def test_spaces_and_ends_of_lines_are_no_change():
    online = standing(101, version=4, text=replace(BEGUN, strengths="Bien ancré\r\n=1+1  "))
    assert report(made(), standings=online).sheets == []


@pytest.mark.parametrize(
    ("standings", "told"),
    [
        (
            standing(101, is_given=True),
            ("2026-014", "I5", "Votre analyse est déjà rendue : la Direction peut la rouvrir à votre demande."),
        ),
        (
            standing(101, barred="Vous vous êtes déporté·e de ce dossier."),
            ("2026-014", "", "Vous vous êtes déporté·e de ce dossier. Ôtez cette feuille pour renvoyer les autres."),
        ),
        (
            {102: STANDINGS[102]},
            ("2026-014", "", "Ce dossier ne vous est plus confié. Ôtez cette feuille pour renvoyer les autres."),
        ),
    ],
    ids=["given since", "recused since", "no longer assigned"],
)
def test_a_sheet_closed_since_is_refused(standings, told):
    found = report(changed(made(), put("2026-014", "I5", 4)), standings=standings)
    assert [(fault.sheet, fault.cell, plain(fault.message)) for fault in found.faults] == [told]
    assert found.sheets == []


def test_a_closed_sheet_may_be_taken_out_and_a_blank_one_is_left_aside():
    closed = standing(102, barred="Ce dossier ne vous est plus confié.")
    assert report(made(), standings=closed).left_aside == ["2026-015"]
    taken_out = changed(made(), lambda book: book.remove(book["2026-015"]))
    assert report(taken_out, standings=closed).faults == []
