"""Writing and opening messages. A message is never edited."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from portal.calls.models import Application, Conversation, Message, MessageFile
from portal.calls.queries import messages as queries
from portal.calls.queries.writers import writers_of
from portal.calls.rules.messages import check_message, check_pace
from portal.calls.states import MessageSide
from portal.extensions import db
from portal.foundation import clock, outbox
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.files import StoredFile, created_by
from portal.foundation.scanning import Place, on_virus

HOUR = timedelta(hours=1)


def send_message(
    application: Application, side: MessageSide, body: str, files: Sequence[StoredFile] = (), *, actor: Actor
) -> Message:
    """Send `body` with `files` (uploads not saved yet) and tell the other side that something waits for it.

    A second click answers the message already sent. Raises Refusal, on `body` or `files` when they are the matter.
    """
    check_written(actor.person_id)
    return post_message(application, side, body, files, actor=actor)


def check_written(person_id: int | None) -> None:
    """Raises Refusal when somebody wrote a great many messages within the hour."""
    check_pace(queries.written_since(person_id, clock.now() - HOUR))


def post_message(
    application: Application, side: MessageSide, body: str, files: Sequence[StoredFile] = (), *, actor: Actor
) -> Message:
    """The same, without counting: one message to several structures is one thing said."""
    # Two first messages at once: the second waits here, then finds the conversation.
    db.session.refresh(application, with_for_update=True)
    now = clock.now()
    conversation = queries.conversation_of(application.id)
    if conversation is not None and (twin := queries.twin_of(conversation, actor.person_id, body.strip(), now)):
        return twin
    words = check_message(application.status, body, len(files))
    if conversation is None:
        conversation = Conversation(application_id=application.id, application=application)
        db.session.add(conversation)
        db.session.flush()
    message = Message(conversation_id=conversation.id, side=side, author_id=actor.person_id, body=words, sent_at=now)
    db.session.add_all([message, *(created_by(stored, actor) for stored in files)])
    db.session.flush()
    db.session.add_all(MessageFile(message_id=message.id, file_id=stored.id) for stored in files)
    # Its words belong to those who write and read them: the journal only knows that it was sent.
    record(actor, "message.sent", message, application_id=application.id, side=side, files=len(files))
    _tell(conversation, side.other)
    return message


def open_messages(conversation: Conversation, reader: MessageSide) -> None:
    """Note that a side has opened what the other wrote."""
    db.session.execute(
        sa.update(Message)
        .where(Message.conversation_id == conversation.id, Message.side == reader.other, Message.read_at.is_(None))
        .values(read_at=clock.now())
    )


def _tell(conversation: Conversation, reader: MessageSide) -> None:
    """One mail until the messages are opened, however many follow the first."""
    db.session.flush()
    first = queries.oldest_unread(conversation, reader)
    application = conversation.application
    is_direction = reader is MessageSide.DIRECTION
    recipients = queries.service_of(conversation) if is_direction else writers_of(application.organisation_id)
    for recipient in recipients:
        outbox.mail(
            "message_waiting",
            to=recipient.email,
            person_id=recipient.person_id,
            key=f"message:{first}:{recipient.person_id}",
            reference=application.reference,
            sender=application.organisation.name if is_direction else application.call.contract.contact_service,
            path=_page_of(conversation, reader),
        )


def _page_of(conversation: Conversation, side: MessageSide) -> str:
    """Where a side reads: the Direction finds the conversation of a draft that it cannot open."""
    if side is MessageSide.DIRECTION:
        return f"/messages/{conversation.id}"
    return f"/dossiers/{conversation.application_id}/messages"


@on_virus
def _tell_of_virus(stored: StoredFile) -> Place | None:
    """A message is never edited: its line says that the file does not open, whoever sent it may send another."""
    found = queries.message_of_file(stored)
    if found is None:
        return None
    message, conversation = found
    return Place(f"les messages du dossier {conversation.application.reference}", _page_of(conversation, message.side))
