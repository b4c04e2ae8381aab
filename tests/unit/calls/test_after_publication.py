"""What of a published call may still change; the words of its history; what publication asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from portal.calls.rules import after_publication as rules
from portal.calls.rules.after_publication import AskedOf
from portal.calls.rules.call_history import told_changes
from portal.calls.rules.calling import CallContents
from portal.calls.rules.publishing import Advised, checks
from portal.calls.states import CallStatus, DocumentCase
from portal.foundation.periods import parse_instant
from portal.foundation.refusals import Refusal, Refusals
from tests.typography import plain

DOCUMENT = AskedOf("Statuts", DocumentCase.FIRST, True, 12)
NOW = parse_instant("01/09/2026 09:00")


@pytest.mark.parametrize(
    "after",
    [
        DOCUMENT,
        replace(DOCUMENT, is_compulsory=False),
        replace(DOCUMENT, valid_months=24),
        replace(DOCUMENT, valid_months=None),
    ],
)
def test_a_published_document_may_become_easier_to_give(after):
    rules.check_document_changed(CallStatus.PUBLISHED, DOCUMENT, after)


@pytest.mark.parametrize(
    ("before", "after", "field"),
    [
        (DOCUMENT, replace(DOCUMENT, label="Statuts signés"), "label"),
        (DOCUMENT, replace(DOCUMENT, case=DocumentCase.ALWAYS), "case"),
        (replace(DOCUMENT, is_compulsory=False), DOCUMENT, "is_compulsory"),
        (DOCUMENT, replace(DOCUMENT, valid_months=6), "valid_months"),
        (replace(DOCUMENT, valid_months=None), DOCUMENT, "valid_months"),
    ],
)
def test_a_published_document_does_not_become_harder_to_give(before, after, field):
    with pytest.raises(Refusals) as refused:
        rules.check_document_changed(CallStatus.PUBLISHED, before, after)
    assert [refusal.field for refusal in refused.value.refusals] == [field]
    rules.check_document_changed(CallStatus.DRAFT, before, after)
    with pytest.raises(Refusal, match="terminé"):
        rules.check_document_changed(CallStatus.ARCHIVED, before, after)


def test_a_published_list_takes_optional_documents_and_loses_none():
    rules.check_document_added(CallStatus.PUBLISHED, is_compulsory=False)
    with pytest.raises(Refusal) as refused:
        rules.check_document_added(CallStatus.PUBLISHED, is_compulsory=True)
    assert refused.value.field == "is_compulsory"
    with pytest.raises(Refusal):
        rules.check_document_removed(CallStatus.PUBLISHED)
    rules.check_document_removed(CallStatus.DRAFT)


def test_those_who_began_are_told_only_of_what_changes_for_them():
    told = rules.document_told(DOCUMENT, replace(DOCUMENT, is_compulsory=False))
    assert plain(told) == "Le document « Statuts » n’est plus obligatoire."
    assert rules.document_told(DOCUMENT, replace(DOCUMENT, valid_months=None)) is None


@pytest.mark.parametrize(
    ("thing", "up", "order"), [("b", True, "bac"), ("b", False, "acb"), ("a", True, "abc"), ("c", False, "abc")]
)
def test_a_line_moves_one_place_and_stays_at_the_ends(thing, up, order):
    assert "".join(rules.moved("abc", thing, up=up)) == order


def test_a_change_is_told_with_what_it_was():
    details = {
        "previous_bilans_rule": ["warn", "block"],
        "public_share_warn_bp": [8000, None],
        "scoring_enabled": [True, False],
        "quartiers": [["Encagnane"], ["Encagnane", "Corsy"]],
        "labels": ["COTECH", "COPIL"],
        "version": 3,
    }
    assert [(what, before and plain(before), plain(after)) for what, before, after in told_changes(details)] == [
        ("Bilans des années passées", "Avertir", "Bloquer le dépôt"),
        ("Part de financements publics", "80 %", "non renseigné"),
        ("Notation", "oui", "non"),
        ("Quartiers", "Encagnane", "Encagnane, Corsy"),
        ("Étapes", None, "COTECH, COPIL"),
    ]


def test_publication_asks_for_some_parts_and_advises_others():
    contents = CallContents(
        closes_at=NOW + timedelta(days=30),
        has_presentation=False,
        quartiers=1,
        documents=1,
        scoring_enabled=True,
        weights=[60, 30],
        criteria_without_levels=[],
        envelopes=1,
    )
    advised = Advised(has_contact=False, steps=0, indicators=3, has_bilan_date=True)
    told = {check.part: (check.is_there, check.is_needed) for check in checks(contents, advised, NOW)}
    assert told == {
        "Les dates": (True, True),
        "La présentation": (False, True),
        "Les quartiers": (True, True),
        "Les documents": (True, True),
        "La grille": (False, True),
        "Les enveloppes": (True, True),
        "La remise du bilan": (True, False),
        "Les indicateurs": (True, False),
        "Le rétroplanning": (False, False),
        "Le contact du contrat": (False, False),
    }
