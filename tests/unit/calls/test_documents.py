"""The documents asked: in which case, why, and what is lacking."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from portal.calls.rules import documents
from portal.calls.rules.documents import Situation
from portal.calls.rules.filing import JoinedDocument, Requirement
from portal.calls.states import DocumentCase
from portal.foundation.refusals import Refusal
from portal.foundation.scan_states import ScanState

CLOSING = date(2026, 1, 31)


def requirement(case: DocumentCase, *, compulsory: bool = True) -> Requirement:
    return Requirement(list(DocumentCase).index(case), case.value, case.label, None, case, compulsory, True)


ALL = [requirement(case) for case in DocumentCase]
BASE = Situation("association", None, False, None, 153_000_00, 2025, CLOSING)


@pytest.mark.parametrize(
    ("values", "cases"),
    [
        ({"is_renewal": False}, {"always", "private", "established", "first"}),
        ({"is_renewal": True}, {"always", "private", "established", "first", "renewal"}),
        ({"is_multi_year": True}, {"always", "private", "established", "multi_year"}),
        ({"public_subsidies_cents": 153_000_00}, {"always", "private", "established"}),
        ({"public_subsidies_cents": 153_000_01}, {"always", "private", "established", "over_threshold"}),
        ({"born_on": date(2025, 1, 31)}, {"always", "private", "established"}),
        ({"born_on": date(2025, 2, 1)}, {"always", "private", "young"}),
        ({"signatory": "D. Martin", "representative": "D. MARTIN"}, {"always", "private", "established"}),
        ({"signatory": "A. Petit", "representative": "D. Martin"}, {"always", "delegated", "private", "established"}),
        ({"kind": "mutual"}, {"always", "private", "established"}),
        ({"kind": "eple", "is_renewal": False}, {"always", "public_body", "school"}),
        ({"kind": "ccas", "is_renewal": True}, {"always", "renewal", "public_body", "local_body"}),
        ({"kind": "landlord", "born_on": CLOSING}, {"always", "public_body", "local_body"}),
        ({"kind": "unknown"}, {"always"}),
    ],
)
def test_the_documents_follow_the_case(values, cases):
    found = documents.asked_of(ALL, replace(BASE, **values))
    assert {asked.code for asked in found} == cases
    assert all(asked.why.startswith(("Demandé", "À joindre")) and asked.why.endswith(".") for asked in found)


def test_the_first_year_is_counted_to_the_day_of_the_closing():
    found = {asked.code: asked.why for asked in documents.asked_of(ALL, replace(BASE, born_on=date(2025, 3, 3)))}
    assert found["young"] == (
        "Demandé parce que votre structure a moins d’un an (créée le 03/03/2025) : "
        "il tient lieu de comptes et de rapport d’activité."
    )


def test_a_renewal_asks_again_only_for_what_has_changed():
    first = [asked for asked in documents.asked_of(ALL, replace(BASE, is_renewal=True)) if asked.code == "first"]
    assert [(asked.is_compulsory, asked.why) for asked in first] == [
        (False, "À joindre seulement s’il a changé depuis votre dernière demande.")
    ]


@pytest.mark.parametrize(
    ("scan", "is_there"),
    [
        (ScanState.NOT_SCANNED, True),
        (ScanState.PENDING, True),
        (ScanState.CLEAN, True),
        (ScanState.FAILED, True),
        (ScanState.INFECTED, False),
    ],
)
def test_only_compulsory_documents_are_lacking_and_one_with_a_virus_is(scan, is_there):
    asked = [requirement(DocumentCase.ALWAYS), requirement(DocumentCase.PRIVATE, compulsory=False)]
    joined = JoinedDocument(1, asked[0].id, "RIB", "rib.pdf", 10, "0" * 64, datetime(2026, 1, 2, tzinfo=UTC), scan=scan)
    assert documents.lacking(asked, []) == (asked[0],)
    assert documents.lacking(asked, [joined]) == (() if is_there else (asked[0],))


@pytest.mark.parametrize(
    ("dated_on", "months", "expires_on"),
    [
        (None, None, None),
        (date(2026, 1, 10), None, None),
        (None, 3, date(2026, 4, 30)),
        (date(2026, 1, 10), 3, date(2026, 4, 10)),
    ],
)
def test_a_document_expires_some_months_after_its_date(dated_on, months, expires_on):
    assert documents.expiry_of(CLOSING, dated_on, months) == expires_on


def test_a_document_serves_until_its_last_day():
    documents.check_date(date(2025, 10, 31), 3, CLOSING)
    with pytest.raises(Refusal) as refused:
        documents.check_date(date(2025, 10, 30), 3, CLOSING)
    assert refused.value.field == "dated_on"
