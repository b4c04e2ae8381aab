"""The messages of an application, for its organisation and for the Direction."""

from __future__ import annotations

from contextlib import suppress

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.accounts import access
from portal.accounts.access import current_actor, requires, roles_of
from portal.accounts.rules import MemberLevel, Role
from portal.calls.forms.messages import MessageForm
from portal.calls.models import Application, Conversation
from portal.calls.operations.messages import open_messages, send_message
from portal.calls.queries import messages as queries
from portal.calls.queries.follow_ups import FollowUp, Panel, register_follow_ups
from portal.calls.rules.messages import OVER, ROLES, side_of
from portal.calls.states import ApplicationStatus, MessageSide, Origin
from portal.calls.views import blueprint
from portal.foundation import files
from portal.foundation.database import in_unit_of_work
from portal.foundation.files import StoredFile
from portal.foundation.pagination import asked_page
from portal.foundation.refusals import Refusal
from portal.foundation.web.formats import plural
from portal.foundation.web.requests import takes_files


@blueprint.get("/messages")
@requires(Role.OFFICER, Role.MANAGER)
def conversations() -> ResponseReturnValue:
    """The conversations of the contracts one is in charge of, those that wait first."""
    unread_only = request.args.get("lire") == "non-lus"
    page = queries.conversations_for(
        current_user.id, access.usable_grants(), unread_only=unread_only, page=asked_page()
    )
    return render_template("calls/messages/list.html", page=page, unread_only=unread_only)


@blueprint.get("/dossiers/<int:application_id>/messages")
@requires(*ROLES, on=Application)
def messages(application: Application) -> ResponseReturnValue:
    """The messages of an application; a draft shows them to its organisation alone."""
    side = side_of(roles_of(application)) or abort(404)
    return _thread(application, side, MessageForm())


@blueprint.post("/dossiers/<int:application_id>/messages")
@requires(*ROLES, on=Application, level=MemberLevel.EDITOR)
@takes_files
def send(application: Application) -> ResponseReturnValue:
    side = side_of(roles_of(application, level=MemberLevel.EDITOR)) or abort(404)
    return _send(application, side, url_for(".messages", application_id=application.id))


@blueprint.get("/messages/<int:conversation_id>")
@requires(Role.OFFICER, Role.MANAGER, on=Conversation)
def conversation(conversation: Conversation) -> ResponseReturnValue:
    """The same for the Direction, whether the application is filed or still a draft that it cannot open."""
    return _thread(conversation.application, MessageSide.DIRECTION, MessageForm())


@blueprint.post("/messages/<int:conversation_id>")
@requires(Role.OFFICER, Role.MANAGER, on=Conversation)
@takes_files
def answer(conversation: Conversation) -> ResponseReturnValue:
    here = url_for(".conversation", conversation_id=conversation.id)
    return _send(conversation.application, MessageSide.DIRECTION, here)


@blueprint.get("/messages/<int:conversation_id>/fichiers/<int:file_id>")
@requires(*ROLES, on=Conversation)
def message_file(conversation: Conversation, file_id: int) -> ResponseReturnValue:
    """A joined file, to the two sides alone."""
    return files.attachment(queries.file_of(conversation, file_id) or abort(404))


def _send(application: Application, side: MessageSide, here: str) -> ResponseReturnValue:
    form = MessageForm()
    if form.validate_on_submit():
        stored = _received(form)
        if stored is not None and form.attempt(
            send_message, application, side, form.body.data or "", stored, actor=current_actor()
        ):
            flash("Votre message est envoyé.", "success")
            return redirect(here)
    return _thread(application, side, form)


def _received(form: MessageForm) -> list[StoredFile] | None:
    """The uploads on disk, before the transaction that names them; None when one is refused."""
    stored = []
    for upload in form.uploads:
        try:
            stored.append(files.receive(upload.stream, upload.filename, field="files"))
        except Refusal as refusal:
            form.refuse(Refusal(f"« {files.clean_name(upload.filename)} » : {refusal.message}", "files"))
            return None
    return stored


def _thread(application: Application, side: MessageSide, form: MessageForm) -> str:
    found = queries.conversation_of(application.id)
    page = queries.thread(application, side, asked_page())
    if found is not None and any(line.is_new for line in page.rows):
        # Opening is reading, noted apart; a busy database only leaves them unread until the next visit.
        with suppress(Refusal):
            in_unit_of_work(lambda: open_messages(found, side))
    private = application.status is ApplicationStatus.DRAFT and application.origin is not Origin.ON_BEHALF
    return render_template(
        "calls/messages/thread.html",
        application=application,
        conversation=found,
        page=page,
        form=form,
        is_direction=side is MessageSide.DIRECTION,
        is_private=private,
        is_over=application.status in OVER,
        may_write=application.status not in OVER
        and (side is MessageSide.DIRECTION or access.may(application, Role.APPLICANT, level=MemberLevel.EDITOR)),
        accept=files.ACCEPT,
    )


@register_follow_ups
def _messages_of(application: Application) -> list[FollowUp]:
    """The door to the messages on the application's own page, for its organisation."""
    if Role.APPLICANT not in roles_of(application):
        return []
    found = queries.exchanges_of(application.id, MessageSide.ORGANISATION)
    if not found.total and application.status in OVER:
        return []
    state, tone = plural(found.total, "message", "messages") if found.total else "", "neutral"
    if found.unread:
        state, tone = plural(found.unread, "message à lire", "messages à lire"), "warning"
    label = "Messages avec la Direction" if found.total else "Écrire à la Direction"
    return [
        FollowUp(label, url_for("calls.messages", application_id=application.id), state, tone, None, Panel.EXCHANGES)
    ]
