"""The letters of an application, of an act, of a sitting."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.accounts.models import Grant as RoleGrant
from portal.accounts.models import Person
from portal.accounts.rules import MemberLevel, Role, ScopeKind
from portal.calls.models import Application, FundingLine
from portal.calls.queries.visibility import recused_applications
from portal.calls.states import FundingStatus
from portal.committee.models import Decision, FundingActLine, Letter
from portal.committee.rules.letters import REFUSAL, TELLING, lines_refused
from portal.extensions import db


def letter_keyed(key: str) -> Letter | None:
    return db.session.scalars(sa.select(Letter).where(Letter.key == key)).one_or_none()


def letters_of(application_id: int) -> list[Letter]:
    """Every letter of an application, in the order made."""
    return list(
        db.session.scalars(sa.select(Letter).where(Letter.application_id == application_id).order_by(Letter.id))
    )


def applications_of_act(act_id: int, viewer_id: int | None) -> list[Application]:
    """The applications to which an act gives, by reference, without those the viewer stepped out of; what was given
    up since is told no more."""
    lines = (
        sa.select(FundingLine.application_id)
        .join(FundingActLine, FundingActLine.funding_line_id == FundingLine.id)
        .where(FundingActLine.act_id == act_id, FundingLine.status != FundingStatus.RENOUNCED)
    )
    statement = sa.select(Application).where(Application.id.in_(lines))
    if viewer_id is not None:
        statement = statement.where(Application.id.not_in(recused_applications(viewer_id)))
    return list(db.session.scalars(statement.order_by(Application.number, Application.id)))


def has_ready_letter(line: FundingLine) -> bool:
    """Whether the letter of the act that granted a line is made, its PDF included."""
    found = (
        sa.select(Letter.id)
        .join(FundingActLine, FundingActLine.act_id == Letter.act_id)
        .where(
            FundingActLine.funding_line_id == line.id,
            Letter.application_id == line.application_id,
            Letter.file_id.is_not(None),
        )
    )
    return bool(db.session.execute(sa.select(found.exists())).scalar())


def refusal_letter(line: FundingLine) -> Letter | None:
    """The latest letter that tells of the refusal of a line."""
    letters = db.session.scalars(
        sa.select(Letter)
        .where(Letter.application_id == line.application_id, Letter.funder_id == line.funder_id)
        .order_by(Letter.id.desc())
    )
    return next((letter for letter in letters if line.id in lines_refused(letter.key)), None)


def refusals_told(application_ids: Collection[int]) -> set[int]:
    """The lines whose refusal was notified to the applicants."""
    keys = sa.select(Letter.key).where(
        Letter.application_id.in_(application_ids),
        Letter.key.startswith(f"{REFUSAL}:"),
        Letter.sent_at.is_not(None),
    )
    return {line_id for key in db.session.scalars(keys) for line_id in lines_refused(key)}


def readers_of(organisation_id: int) -> list[tuple[int, str]]:
    """Who is written to at a structure: its owners and editors, (person id, address)."""
    rows = db.session.execute(
        sa.select(Person.id, Person.email)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(
            RoleGrant.role == Role.APPLICANT,
            RoleGrant.scope_kind == ScopeKind.ORGANISATION,
            RoleGrant.scope_id == organisation_id,
            RoleGrant.level.in_((MemberLevel.OWNER, MemberLevel.EDITOR)),
            RoleGrant.ended_at.is_(None),
            Person.disabled_at.is_(None),
        )
        .distinct()
        .order_by(Person.id)
    )
    return [(row[0], row[1]) for row in rows]


def decisions_to_tell(sitting_id: int, viewer_id: int | None) -> list[Decision]:
    """What a sitting refused or put off and nothing replaced since, without what the viewer stepped out of."""
    statement = sa.select(Decision).where(
        Decision.sitting_id == sitting_id,
        Decision.superseded_at.is_(None),
        Decision.outcome.in_(TELLING),
    )
    if viewer_id is not None:
        statement = statement.where(Decision.application_id.not_in(recused_applications(viewer_id)))
    return list(db.session.scalars(statement.order_by(Decision.id)))


def letters_of_sitting(sitting_id: int, viewer_id: int) -> list[Letter]:
    """The letters that the Direction makes of the decisions of a sitting."""
    return list(
        db.session.scalars(
            sa.select(Letter)
            .join(Decision, Decision.id == Letter.decision_id)
            .where(
                Decision.sitting_id == sitting_id,
                Letter.funder_id.is_(None),
                Letter.application_id.not_in(recused_applications(viewer_id)),
            )
            .order_by(Letter.id)
            .options(joinedload(Letter.application).joinedload(Application.organisation))
            .options(joinedload(Letter.application).joinedload(Application.call))
        )
    )


def unsent_of_act(act_id: int, viewer_id: int | None) -> list[Letter]:
    """The letters of an act that are ready and may still be sent, without what the viewer stepped out of.

    A grant given up before its notification is told no more, and holds back none of the others.
    """
    given_up = (
        sa.select(FundingLine.application_id)
        .join(FundingActLine, FundingActLine.funding_line_id == FundingLine.id)
        .where(FundingActLine.act_id == act_id, FundingLine.status != FundingStatus.GRANTED)
    )
    statement = sa.select(Letter).where(
        Letter.act_id == act_id,
        Letter.sent_at.is_(None),
        Letter.file_id.is_not(None),
        Letter.application_id.not_in(given_up),
    )
    if viewer_id is not None:
        statement = statement.where(Letter.application_id.not_in(recused_applications(viewer_id)))
    return list(db.session.scalars(statement.order_by(Letter.id)))


def sent_letters(application_id: int) -> list[tuple[Letter, datetime]]:
    """The letters that reached the applicant, the latest first."""
    return [(letter, letter.sent_at) for letter in reversed(letters_of(application_id)) if letter.sent_at is not None]
