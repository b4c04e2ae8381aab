"""What this room holds of one person, for their own export."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.committee.models import Assessment, FileNote, Opinion, OpinionRequest, SittingMember
from portal.contracts.models import PartnerContact
from portal.extensions import db


def assessments_of_person(person_id: int) -> list[dict[str, Any]]:
    """The analyses they wrote."""
    return _rows(
        sa.select(
            Assessment.application_id,
            Assessment.status,
            Assessment.verdict,
            Assessment.strengths,
            Assessment.reserves,
            Assessment.updated_at,
        )
        .where(Assessment.person_id == person_id)
        .order_by(Assessment.id)
    )


def opinions_of_person(person_id: int) -> list[dict[str, Any]]:
    """The opinions they gave for a funder or a partner."""
    return _rows(
        sa.select(Opinion.application_id, Opinion.verdict, Opinion.reserve, Opinion.reason, Opinion.given_at)
        .where(Opinion.person_id == person_id)
        .order_by(Opinion.id)
    )


def opinions_asked_of_person(person_id: int) -> list[dict[str, Any]]:
    """What was asked of their address as a partner."""
    address = sa.select(Person.email_fold).where(Person.id == person_id).scalar_subquery()
    return _rows(
        sa.select(
            OpinionRequest.application_id,
            PartnerContact.name,
            OpinionRequest.status,
            OpinionRequest.asked_at,
            OpinionRequest.due_on,
            OpinionRequest.answered_at,
            OpinionRequest.declined_reason,
        )
        .join(PartnerContact, PartnerContact.id == OpinionRequest.contact_id)
        .where(PartnerContact.email_fold == address)
        .order_by(OpinionRequest.id)
    )


def sittings_of_person(person_id: int) -> list[dict[str, Any]]:
    """The sittings they were convened to."""
    return _rows(
        sa.select(SittingMember.sitting_id, SittingMember.capacity, SittingMember.attendance)
        .where(SittingMember.person_id == person_id)
        .order_by(SittingMember.id)
    )


def notes_of_person(person_id: int) -> list[dict[str, Any]]:
    """The internal notes they wrote."""
    return _rows(
        sa.select(FileNote.application_id, FileNote.body, FileNote.written_at)
        .where(FileNote.author_id == person_id)
        .order_by(FileNote.id)
    )


def _rows(statement: sa.Select[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in db.session.execute(statement).mappings()]
