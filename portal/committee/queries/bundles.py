"""The letters and the conventions of a call that somebody may gather, and those they chose."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Organisation
from portal.accounts.rules import HeldGrant, Role, ScopeKind
from portal.calls.models import Application, Call, FundingLine
from portal.calls.queries.visibility import visible_applications
from portal.calls.rules.cycle import DIRECTION
from portal.committee.models import Convention, ConventionAction, Decision, FundingAct, Letter, Sitting
from portal.committee.states import BundleKind, LetterKind
from portal.contracts.models import Funder
from portal.extensions import db
from portal.foundation.files import StoredFile
from portal.foundation.pagination import Page, paged

FUNDER_PEOPLE = frozenset({Role.FUNDER_AGENT, Role.STATE_OFFICER})
CONTRACT_WIDE = DIRECTION | {Role.DELEGATE}


@dataclass(frozen=True)
class Reader:
    """Who gathers, and under which grants: the Direction all of a contract, funders their own."""

    person_id: int
    grants: Sequence[HeldGrant]

    @property
    def contract_ids(self) -> list[int]:
        return [g.scope_id for g in self.grants if g.role in CONTRACT_WIDE and g.scope_kind is ScopeKind.CONTRACT]

    @property
    def funder_ids(self) -> list[int]:
        return [g.scope_id for g in self.grants if g.role in FUNDER_PEOPLE and g.scope_kind is ScopeKind.FUNDER]

    @property
    def visible(self) -> sa.Select[tuple[int]]:
        return visible_applications(self.person_id, self.grants)


@dataclass(frozen=True)
class Filters:
    """What of a call's letters is gathered; None keeps all."""

    act_id: int | None = None
    sitting_id: int | None = None
    kind: LetterKind | None = None
    sent: bool | None = None


@dataclass(frozen=True)
class Row:
    """One document of the selection."""

    id: int
    reference: str
    title: str
    organisation: str
    label: str
    funder: str | None
    ready: bool
    sent: bool


# -- letters --------------------------------------------------------------------------------------


def _letters(reader: Reader) -> sa.Select[Any]:
    """Every letter that a reader may gather, in the order of the references."""
    mine = sa.or_(Call.contract_id.in_(reader.contract_ids), Letter.funder_id.in_(reader.funder_ids))
    return (
        sa.select(
            Letter.id,
            Call.year,
            Application.number,
            Application.title,
            Organisation.name,
            Letter.kind,
            Funder.name.label("funder"),
            Letter.file_id,
            Letter.word_file_id,
            Letter.sent_at,
        )
        .join(Application, Application.id == Letter.application_id)
        .join(Call, Call.id == Application.call_id)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .outerjoin(Funder, Funder.id == Letter.funder_id)
        .where(Application.id.in_(reader.visible), mine)
        .order_by(Call.year, Application.number, Letter.id)
    )


def _chosen_letters(call_id: int, filters: Filters, reader: Reader) -> sa.Select[Any]:
    statement = _letters(reader).where(Application.call_id == call_id)
    if filters.act_id is not None:
        statement = statement.where(Letter.act_id == filters.act_id)
    if filters.sitting_id is not None:
        of_sitting = sa.select(Decision.id).where(Decision.sitting_id == filters.sitting_id)
        statement = statement.where(Letter.decision_id.in_(of_sitting), Letter.funder_id.is_(None))
    if filters.kind is not None:
        statement = statement.where(Letter.kind == filters.kind)
    if filters.sent is not None:
        statement = statement.where(Letter.sent_at.is_not(None) if filters.sent else Letter.sent_at.is_(None))
    return statement


def letters_page(call_id: int, filters: Filters, reader: Reader, number: int) -> Page:
    return paged(_chosen_letters(call_id, filters, reader), number)


def letter_rows(page: Page) -> list[Row]:
    return [
        Row(
            row.id,
            f"{row.year}-{row.number:03d}",
            row.title,
            row.name,
            row.kind.label,
            row.funder,
            row.file_id is not None,
            row.sent_at is not None,
        )
        for row in page.rows
    ]


def ready_letters(call_id: int, filters: Filters, reader: Reader) -> list[int]:
    """The ids of the letters of a selection whose documents are made, in order."""
    statement = _chosen_letters(call_id, filters, reader).where(Letter.file_id.is_not(None))
    return [row.id for row in db.session.execute(statement)]


def acts_with_letters(call_id: int) -> list[FundingAct]:
    held = sa.select(Letter.act_id).where(Letter.act_id.is_not(None))
    statement = sa.select(FundingAct).where(FundingAct.call_id == call_id, FundingAct.id.in_(held))
    return list(db.session.scalars(statement.order_by(FundingAct.decided_on.desc(), FundingAct.id.desc())))


def sittings_with_letters(call_id: int) -> list[Sitting]:
    held = (
        sa.select(Decision.sitting_id)
        .join(Letter, Letter.decision_id == Decision.id)
        .join(Application, Application.id == Letter.application_id)
        .where(Application.call_id == call_id, Letter.funder_id.is_(None))
    )
    statement = sa.select(Sitting).where(Sitting.id.in_(held))
    return list(db.session.scalars(statement.order_by(Sitting.held_on.desc(), Sitting.id.desc())))


# -- conventions ----------------------------------------------------------------------------------


def _conventions(reader: Reader) -> sa.Select[Any]:
    """Every convention that a reader may gather, by number; none that holds an action they do not see."""
    unseen = (
        sa.select(ConventionAction.convention_id)
        .join(FundingLine, FundingLine.id == ConventionAction.funding_line_id)
        .where(FundingLine.application_id.not_in(reader.visible))
    )
    mine = sa.or_(Convention.contract_id.in_(reader.contract_ids), Convention.funder_id.in_(reader.funder_ids))
    return (
        sa.select(
            Convention.id,
            Convention.number,
            Convention.status,
            Organisation.name,
            Funder.name.label("funder"),
            Convention.file_id,
            Convention.word_file_id,
            Convention.sent_at,
        )
        .join(Organisation, Organisation.id == Convention.organisation_id)
        .join(Funder, Funder.id == Convention.funder_id)
        .where(Convention.id.not_in(unseen), mine)
        .order_by(Convention.first_year, Convention.number, Convention.id)
    )


def conventions_page(call_id: int, reader: Reader, number: int) -> Page:
    return paged(_conventions(reader).where(Convention.call_id == call_id), number)


def convention_rows(page: Page) -> list[Row]:
    return [
        Row(
            row.id, row.number, "", row.name, row.status.label, row.funder, row.file_id is not None,
            row.sent_at is not None,
        )
        for row in page.rows
    ]  # fmt: skip


def ready_conventions(call_id: int, reader: Reader) -> list[int]:
    statement = _conventions(reader).where(Convention.call_id == call_id, Convention.file_id.is_not(None))
    return [row.id for row in db.session.execute(statement)]


# -- what is gathered -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Document:
    """A document to gather: its name, and its file in the form asked."""

    id: int
    name: str
    stored: StoredFile


def documents(kind: BundleKind, ids: Collection[int], reader: Reader, *, word: bool) -> list[Document]:
    """Those of `ids` that the reader may gather today, in order, each with its PDF or its .docx."""
    wanted = set(ids)
    statement = _letters(reader) if kind is BundleKind.LETTERS else _conventions(reader)
    rows = [row for row in db.session.execute(statement) if row.id in wanted]
    file_ids = [row.word_file_id if word else row.file_id for row in rows]
    stored = {file.id: file for file in _stored([file_id for file_id in file_ids if file_id is not None])}
    return [
        Document(row.id, _name(kind, row), stored[file_id])
        for row, file_id in zip(rows, file_ids, strict=True)
        if file_id is not None
    ]


def _name(kind: BundleKind, row: Any) -> str:
    if kind is BundleKind.CONVENTIONS:
        return f"Convention {row.number} — {row.name} — {row.funder}"
    told = f"{row.year}-{row.number:03d} — {row.name} — {row.kind.label}"
    return f"{told} — {row.funder}" if row.funder else told


def _stored(ids: Sequence[int]) -> list[StoredFile]:
    """In shares: a database takes so many values in one list, not more."""
    share = 500
    return [
        stored
        for first in range(0, len(ids), share)
        for stored in db.session.scalars(sa.select(StoredFile).where(StoredFile.id.in_(ids[first : first + share])))
    ]
