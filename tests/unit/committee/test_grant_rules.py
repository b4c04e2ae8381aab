"""When a grant asks for an adjusted project, and the words of a convention."""

from __future__ import annotations

import pytest

from portal.calls.states import FundingStatus as F
from portal.committee.rules import conventions
from portal.committee.rules.adjusting import Answered, is_cut


def answered(status, requested, granted, told=True):
    return Answered(1, "specific", status, requested, granted, told)


@pytest.mark.parametrize(
    ("lines", "cut"),
    [
        ([answered(F.NOTIFIED, 100, 99)], True),
        ([answered(F.NOTIFIED, 100, 100)], False),
        ([answered(F.GRANTED, 100, 50, told=False)], False),
        ([answered(F.NOTIFIED, 100, 100), answered(F.REQUESTED, 100, None, told=False)], False),
        ([answered(F.NOTIFIED, 100, 100), answered(F.REFUSED, 100, None)], True),
        ([answered(F.NOTIFIED, 100, 100), answered(F.REFUSED, 100, None, told=False)], False),
        ([answered(F.REFUSED, 100, None)], False),
        ([answered(F.PAID, 100, 60)], True),
    ],
)
def test_only_what_was_told_makes_a_cut(lines, cut):
    assert is_cut(lines) is cut


@pytest.mark.parametrize(
    ("private", "total", "needed"),
    [(True, 23_000_00, False), (True, 23_000_01, True), (False, 90_000_00, False)],
)
def test_a_convention_is_needed_above_the_threshold_alone(private, total, needed):
    assert conventions.is_needed(private=private, total_cents=total, threshold_cents=23_000_00) is needed


def test_lines_become_headings_lists_and_paragraphs():
    made = conventions.blocks("# Objet\nUn texte.\n- un\n- deux", title="T", number="1", actions=(), signatures=["A"])
    kinds = [(block["kind"], block.get("text") or block.get("items") or block.get("role")) for block in made[2:]]
    assert kinds == [
        ("heading", "Objet"),
        ("paragraph", "Un texte."),
        ("list", ["un", "deux"]),
        ("signature", "Pour A, date et signature\u00a0:"),
        ("heading", "Annexe\u00a0: les actions soutenues"),
    ]
