"""A signed-in session: how it begins, what it remembers, when it ends.

The cookie is signed and holds: whose it is and its epoch, whether the second factor was given, when
it began, when it was last used, when the password or a code was last asked.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, flash, g, redirect, request, session, url_for
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from portal.accounts.models import Person
from portal.foundation.web.addresses import local_path

View = TypeVar("View", bound=Callable[..., Any])

IDLE_SECONDS = 4 * 3600
LONGEST_SECONDS = 12 * 3600
RECENT_SECONDS = 15 * 60
# What was opened in time may be sent a while later: nothing typed is lost at the fifteenth minute.
SENDING_SECONDS = 2 * RECENT_SECONDS


def begin(person: Person, *, second_factor: bool = False) -> None:
    """Open a session after the password was accepted; nothing of the one before survives."""
    session.clear()
    login_user(person)
    session["began_at"] = session["seen_at"] = session["confirmed_at"] = int(time.time())
    session["second_factor"] = second_factor


def renew(person: Person) -> None:
    """Keep this session when the person's epoch moved and all others end."""
    begin(person, second_factor=bool(session.get("second_factor")))


def pass_second_factor(person: Person) -> None:
    begin(person, second_factor=True)


def end() -> None:
    logout_user()
    session.clear()


def note_confirmed() -> None:
    """The password or a code was just given again."""
    session["confirmed_at"] = int(time.time())


def destination() -> str:
    """Where to go after signing in: the page first wanted, or one's own home."""
    return local_path(request.args.get("next")) or "/accueil"


def recently_confirmed(view: View) -> View:
    """For sensitive steps: asks the password or a code again when the last time is over 15 minutes.

    Stands below the access decorator.
    """

    @functools.wraps(view)
    def guarded(*args: Any, **values: Any) -> Any:
        allowed = RECENT_SECONDS if request.method == "GET" else SENDING_SECONDS
        if time.time() - session.get("confirmed_at", 0) > allowed:
            return _ask_again()
        return view(*args, **values)

    return cast(View, guarded)


def _ask_again() -> Response:
    wanted = request.full_path.rstrip("?") if request.method == "GET" else request.path
    return redirect(url_for("accounts.confirm_again", next=wanted))


def register(app: Flask) -> None:
    @app.before_request
    def _end_when_idle() -> None:
        if request.endpoint == "static" or not current_user.is_authenticated:
            return
        now = int(time.time())
        seen, began = session.get("seen_at", now), session.get("began_at", now)
        if now - seen > IDLE_SECONDS or now - began > LONGEST_SECONDS:
            g.session_was_of = str(current_user.id)
            end()
            flash("Votre session s’est terminée. Connectez-vous à nouveau pour continuer.", "warning")
        elif now - seen > 60 or "seen_at" not in session:
            session["seen_at"] = now
            session.setdefault("began_at", now)
