"""The link with which somebody without account gives the opinions asked of them in one call.

The token is a random handle, kept with its row, and a signature of it made with the portal's key, kept
nowhere: reading the database opens nothing, and each mail that leaves carries the same link.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from flask import current_app

from portal.committee.models import OpinionLink
from portal.committee.queries.opinion_links import last_day_of, link_by_handle
from portal.committee.rules.opinion_requests import LinkOver
from portal.foundation import clock
from portal.foundation.periods import to_paris

_PURPOSE = b"portal.committee.opinion_links:"
_HANDLE_LENGTH = 32


def new_handle() -> str:
    return secrets.token_hex(_HANDLE_LENGTH // 2)


def path_of(link: OpinionLink) -> str:
    """The address of the page that the link opens, without its host."""
    return f"/avis/invitation/{link.handle}{_signature(link.handle)}"


def read_link(token: str) -> OpinionLink | LinkOver:
    """The link that a token opens, or why it opens nothing. Reads, never writes."""
    handle, signature = token[:_HANDLE_LENGTH], token[_HANDLE_LENGTH:]
    if not token.isascii() or not hmac.compare_digest(signature, _signature(handle)):
        return LinkOver.UNKNOWN
    link = link_by_handle(handle)
    if link is None:
        return LinkOver.UNKNOWN
    if link.closed_at is not None or link.contact.email is None:
        return LinkOver.CLOSED
    last = last_day_of(link)
    if last is None or to_paris(clock.now()).date() > last:
        return LinkOver.EXPIRED
    return link


def _signature(handle: str) -> str:
    key = str(current_app.secret_key or "").encode()
    return hmac.new(key, _PURPOSE + handle.encode(), hashlib.sha256).hexdigest()
