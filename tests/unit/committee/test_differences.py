"""What changed between what was filed and what stands now."""

from __future__ import annotations

from portal.calls.rules.filing_sheet import Grid, ReadSection
from portal.calls.states import Section
from portal.committee.rules.differences import SectionChange, differences


def budget(*rows, need="Un besoin"):
    grid = Grid("Charges", ("Compte", "Montant"), rows, total=("Total", "?"))
    return [ReadSection(Section.BUDGET, rows=(("Règle", None),), texts=(("Besoin", need),), grids=(grid,))]


def test_nothing_changed_says_nothing():
    assert differences(budget(("60", "10 €")), budget(("60", "10 €"))) == []


def test_an_answer_and_the_lines_of_a_table_are_told_before_and_after():
    before = budget(("60", "10 €"), ("61", "5 €"))
    after = budget(("60", "12 €"), ("61", "5 €"), need="")
    assert differences(before, after) == [
        SectionChange("Le budget", (("Besoin", "Un besoin", "–"), ("Charges", "60 — 10 €", "60 — 12 €")))
    ]
