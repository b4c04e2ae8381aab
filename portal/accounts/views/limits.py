"""How often one may try, per computer, per address and per person. Only failures count where a success ends it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from flask import Response, request
from flask_login import current_user

from portal.accounts.rules.credentials import email_fold
from portal.extensions import limiter


def _address() -> str:
    # The queue server keeps counters for a while: a digest rather than somebody's address.
    return hashlib.sha256(email_fold(request.form.get("email", "")).encode()).hexdigest()


def _person() -> str:
    return f"person:{current_user.id if current_user.is_authenticated else request.remote_addr}"


def _failed(response: Response) -> bool:
    return response.status_code != 302


def sign_in_attempts(view: Callable[..., Any]) -> Callable[..., Any]:
    by_computer = limiter.limit("40 per 15 minutes", methods=["POST"], deduct_when=_failed)
    by_address = limiter.limit("10 per 15 minutes", key_func=_address, methods=["POST"], deduct_when=_failed)
    return by_computer(by_address(view))


def mails_asked(view: Callable[..., Any]) -> Callable[..., Any]:
    """The portal writes to whatever address one gives it: nobody floods a mailbox, or many, from here."""
    by_computer = limiter.limit("30 per hour", methods=["POST"])
    by_address = limiter.limit("5 per hour", key_func=_address, methods=["POST"])
    return by_computer(by_address(view))


def codes_tried(view: Callable[..., Any]) -> Callable[..., Any]:
    return limiter.limit("10 per 15 minutes", key_func=_person, methods=["POST"], deduct_when=_failed)(view)


def directory_asked(view: Callable[..., Any]) -> Callable[..., Any]:
    """The public directory is shared with everybody: nobody empties it from here."""
    return limiter.limit("15 per minute;200 per day", key_func=_person, methods=["POST"])(view)
