"""The list of the opinions asked in a call, as a spreadsheet."""

from __future__ import annotations

from datetime import date
from io import BytesIO

from portal.calls.models import Call
from portal.committee.queries.opinion_following import Wanted, followed
from portal.committee.queries.opinion_plan import Seen
from portal.committee.rules.opinion_requests import is_late
from portal.extensions import db
from portal.foundation.spreadsheets import Column, add_table, bytes_of, new_book

COLUMNS = (
    Column("Dossier", width=12),
    Column("Projet", width=40),
    Column("Structure", width=30),
    Column("Demandé à", width=30),
    Column("État", width=16),
    Column("Attendu le", "day", 12),
    Column("En retard", width=10),
    Column("Rappels", "whole", 10),
    Column("Avis", width=22),
    Column("Réserve", width=40),
    Column("Motif", width=40),
    Column("Montant envisagé", "euros", 18),
    Column("Répondu le", "day", 12),
)


def written(call: Call, seen: Seen, wanted: Wanted, today: date) -> BytesIO:
    """The rows that the page lists, all of them."""
    rows = [
        (
            f"{call.year}-{row.number:03d}",
            row.title,
            row.organisation,
            row.recipient,
            row.status.label,
            row.due_on,
            "oui" if is_late(row.status, row.due_on, today) else "",
            row.reminders,
            row.verdict.label if row.verdict else "",
            row.reserve or "",
            row.reason or row.declined_reason,
            row.envisaged_cents,
            row.answered_at,
        )
        for row in db.session.execute(followed(call, seen, wanted, today))
    ]
    book = new_book(f"Avis demandés — {call.title}", today)
    add_table(book, "Avis demandés", COLUMNS, rows)
    return BytesIO(bytes_of(book))
