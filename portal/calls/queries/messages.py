"""Reading messages: one thread, what waits for each side, whom to tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.accounts.models import Organisation, Person
from portal.accounts.rules import HeldGrant, ScopeKind
from portal.calls.models import Application, Call, Conversation, Message, MessageFile
from portal.calls.queries.visibility import recused_applications
from portal.calls.queries.writers import Recipient, direction_of
from portal.calls.rules.cycle import DIRECTION
from portal.calls.states import NEVER_FILED, ApplicationStatus, MessageSide, Origin
from portal.extensions import db
from portal.foundation.files import StoredFile
from portal.foundation.pagination import Page, paged
from portal.foundation.scan_states import ScanState

PER_PAGE = 20
TWICE = timedelta(minutes=1)
"""The same words by the same person within this time are one message sent twice."""


def conversation_of(application_id: int) -> Conversation | None:
    """The messages' conversation, None before the first message."""
    return db.session.execute(
        sa.select(Conversation).where(Conversation.application_id == application_id)
    ).scalar_one_or_none()


@dataclass(frozen=True)
class JoinedFile:
    id: int
    name: str
    size_bytes: int
    scan: ScanState


@dataclass(frozen=True)
class MessageLine:
    """A message as its reader sees it. `is_new`: the reader's side had not opened it yet."""

    id: int
    is_mine: bool
    who: str
    body: str
    sent_at: datetime
    read_at: datetime | None
    files: tuple[JoinedFile, ...]

    @property
    def is_new(self) -> bool:
        return not self.is_mine and self.read_at is None


def thread(application: Application, reader: MessageSide, page: int) -> Page:
    """One page of an application's messages, the last first: three queries whatever their number.

    The Direction speaks as a service: the organisation never reads who held the pen.
    """
    found = paged(
        sa.select(Message, Person.given_name, Person.family_name)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .outerjoin(Person, Person.id == Message.author_id)
        .where(Conversation.application_id == application.id)
        .order_by(Message.id.desc()),
        page,
        PER_PAGE,
    )
    files = _files_of([row[0].id for row in found.rows])
    service, organisation = application.call.contract.contact_service, application.organisation.name
    lines = []
    for message, given, family in found.rows:
        person = f"{given or ''} {family or ''}".strip()
        from_direction = message.side is MessageSide.DIRECTION
        shows_person = person and not (from_direction and reader is MessageSide.ORGANISATION)
        body = service if from_direction else organisation
        who = f"{person}, {body}" if shows_person else body
        joined = tuple(files.get(message.id, ()))
        lines.append(
            MessageLine(message.id, message.side is reader, who, message.body, message.sent_at, message.read_at, joined)
        )
    return Page(lines, found.number, found.per_page, found.total)


def _files_of(message_ids: Sequence[int]) -> dict[int, list[JoinedFile]]:
    rows = db.session.execute(
        sa.select(
            MessageFile.message_id, MessageFile.id, StoredFile.original_name, StoredFile.size_bytes, StoredFile.scan
        )
        .join(StoredFile, StoredFile.id == MessageFile.file_id)
        .where(MessageFile.message_id.in_(message_ids))
        .order_by(MessageFile.id)
    )
    found: dict[int, list[JoinedFile]] = {}
    for message_id, *joined in rows:
        found.setdefault(message_id, []).append(JoinedFile(*joined))
    return found


def message_of_file(stored: StoredFile) -> tuple[Message, Conversation] | None:
    """The message that a file was joined to, with its conversation."""
    row = db.session.execute(
        sa.select(Message, Conversation)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(MessageFile, MessageFile.message_id == Message.id)
        .where(MessageFile.file_id == stored.id)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def file_of(conversation: Conversation, file_id: int) -> StoredFile | None:
    """A file joined to one of the conversation's messages."""
    return db.session.execute(
        sa.select(StoredFile)
        .join(MessageFile, MessageFile.file_id == StoredFile.id)
        .join(Message, Message.id == MessageFile.message_id)
        .where(MessageFile.id == file_id, Message.conversation_id == conversation.id)
    ).scalar_one_or_none()


@dataclass(frozen=True)
class Exchanges:
    """How many messages an application has, and how many of them one side has not opened."""

    total: int
    unread: int


def exchanges_of(application_id: int, reader: MessageSide) -> Exchanges:
    unread = sa.and_(Message.side == reader.other, Message.read_at.is_(None))
    row = db.session.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(sa.case((unread, 1), else_=0)), 0))
        .select_from(Message)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Conversation.application_id == application_id)
    ).one()
    return Exchanges(row[0], int(row[1]))


def unread_of(reader: MessageSide) -> sa.ScalarSelect[int]:
    """For a list of applications: how many messages of each one side has not opened."""
    return (
        sa.select(sa.func.count())
        .select_from(Message)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            Conversation.application_id == Application.id,
            Message.side == reader.other,
            Message.read_at.is_(None),
        )
        .correlate(Application)
        .scalar_subquery()
    )


def twin_of(conversation: Conversation, author_id: int | None, body: str, now: datetime) -> Message | None:
    """The message that a second click would repeat."""
    return db.session.execute(
        sa.select(Message)
        .where(
            Message.conversation_id == conversation.id,
            Message.author_id == author_id,
            Message.body == body,
            Message.sent_at > now - TWICE,
        )
        .order_by(Message.id.desc())
        .limit(1)
    ).scalar_one_or_none()


def written_since(author_id: int | None, since: datetime) -> int:
    """How many messages somebody wrote since an instant."""
    counted = sa.select(sa.func.count(Message.id)).where(Message.author_id == author_id, Message.sent_at > since)
    return db.session.execute(counted).scalar_one()


def oldest_unread(conversation: Conversation, reader: MessageSide) -> int | None:
    """The first message that a side has not opened: one mail tells of all those that follow it."""
    return db.session.execute(
        sa.select(sa.func.min(Message.id)).where(
            Message.conversation_id == conversation.id, Message.side == reader.other, Message.read_at.is_(None)
        )
    ).scalar_one()


# -- the Direction's list --------------------------------------------------------------------------


@dataclass(frozen=True)
class ConversationLine:
    """A conversation in the Direction's list. `title` is None for a draft, which it does not read."""

    id: int
    application_id: int
    reference: str
    title: str | None
    organisation: str
    call_title: str
    last_at: datetime
    unread: int


def conversations_for(person_id: int, grants: Sequence[HeldGrant], *, unread_only: bool, page: int) -> Page:
    """The conversations of the contracts one is in charge of, those that wait first: two queries."""
    unread = unread_of(MessageSide.DIRECTION)
    last_at = (
        sa.select(sa.func.max(Message.sent_at)).where(Message.conversation_id == Conversation.id).scalar_subquery()
    )
    statement = (
        sa.select(
            Conversation.id,
            Application.id,
            Call.year,
            Application.number,
            Application.title,
            Application.status,
            Application.origin,
            Organisation.name,
            Call.title,
            last_at,
            unread,
        )
        .join(Application, Application.id == Conversation.application_id)
        .join(Call, Call.id == Application.call_id)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .where(_in_charge(person_id, grants))
        .order_by(sa.case((unread > 0, 0), else_=1), last_at.desc(), Conversation.id.desc())
    )
    found = paged(statement.where(unread > 0) if unread_only else statement, page)
    return Page([_line(row) for row in found.rows], found.number, found.per_page, found.total)


def _line(
    row: sa.Row[tuple[int, int, int, int, str, ApplicationStatus, Origin, str, str, datetime, int]],
) -> ConversationLine:
    conversation_id, application_id, year, number, title, status, origin, organisation, call, last_at, unread = row
    private = status in NEVER_FILED and origin is not Origin.ON_BEHALF
    return ConversationLine(
        conversation_id,
        application_id,
        f"{year}-{number:03d}",
        None if private else title,
        organisation,
        call,
        last_at,
        unread,
    )


def waiting_for_direction(person_id: int, grants: Sequence[HeldGrant]) -> int:
    """How many messages the contracts' people have not opened, recusals left out."""
    return db.session.execute(
        sa.select(sa.func.count(Message.id))
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(Application, Application.id == Conversation.application_id)
        .join(Call, Call.id == Application.call_id)
        .where(Message.side == MessageSide.ORGANISATION, Message.read_at.is_(None), _in_charge(person_id, grants))
    ).scalar_one()


def _in_charge(person_id: int, grants: Sequence[HeldGrant]) -> sa.ColumnElement[bool]:
    contracts = [g.scope_id for g in grants if g.role in DIRECTION and g.scope_kind is ScopeKind.CONTRACT]
    return sa.and_(Call.contract_id.in_(contracts), Application.id.not_in(recused_applications(person_id)))


def waiting_for_organisations(organisations: sa.Select[tuple[int]]) -> list[tuple[int, str, str, int]]:
    """The applications with messages that their organisation has not opened: (id, title, organisation, how many)."""
    unread = unread_of(MessageSide.ORGANISATION)
    rows = db.session.execute(
        sa.select(Application.id, Application.title, Organisation.name, unread)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .where(Application.organisation_id.in_(organisations), unread > 0)
        .order_by(Application.id.desc())
        .limit(8)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


# -- whom to tell ----------------------------------------------------------------------------------


def service_of(conversation: Conversation) -> list[Recipient]:
    """Who follows the conversation at the Direction: those who wrote in it, or everybody in charge.

    Somebody who stepped out of the application is told of nothing.
    """
    in_charge = direction_of(conversation.application)
    wrote = set(
        db.session.scalars(
            sa.select(Message.author_id).where(
                Message.conversation_id == conversation.id, Message.side == MessageSide.DIRECTION
            )
        )
    )
    return [each for each in in_charge if each.person_id in wrote] or in_charge
