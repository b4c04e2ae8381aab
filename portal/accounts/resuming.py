"""What somebody sent once their session was over: carried through the sign-in, then sent again by hand.

The words travel in the page itself, signed: nothing is stored for somebody who is not signed in, and
nobody can slip words of their own into another person's page.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, make_response, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from itsdangerous import BadData, URLSafeTimedSerializer

from portal.accounts.forms.signing import SignInForm
from portal.accounts.models import Person
from portal.foundation.web.errors import stale_page

LONGEST_SECONDS = 3600
# Under the portal's limit for a form, once signed and sent back with the password.
LONGEST_CHARACTERS = 1_000_000
NEVER_KEPT = {"csrf_token", "password", "current_password", "secret", "code", "kept"}


@dataclass(frozen=True)
class Kept:
    """A form that arrived too late: its address, its fields in order, whose session it was if known."""

    path: str
    fields: list[list[str]]
    owner: str | None

    def belongs_to(self, person: Person) -> bool:
        return self.owner in (None, str(person.id))


def session_over() -> Response | None:
    """The page that keeps what this request sent and asks to sign in; None when there is nothing to keep.

    Only for a form of this portal's own pages: another site must not have its words sent from here.
    """
    if request.method != "POST" or not _comes_from_here() or not _is_a_page():
        return None
    fields = [[name, text] for name, texts in request.form.lists() for text in texts if name not in NEVER_KEPT]
    if not fields or sum(len(name) + len(text) for name, text in fields) > LONGEST_CHARACTERS:
        return None
    kept = Kept(request.full_path.rstrip("?"), fields, g.get("session_was_of") or _owner_in_session())
    form = SignInForm(formdata=None, kept=_serializer().dumps([kept.path, kept.fields, kept.owner]))
    page = render_template(
        "accounts/sign_in.html",
        form=form,
        action=url_for("accounts.sign_in"),
        is_resuming=True,
        has_files=bool(request.files),
    )
    return make_response(page, 401)


def read(text: str | None) -> Kept | None:
    """What `session_over` put in the page; None when it is absent, altered or an hour old."""
    if not text:
        return None
    try:
        path, fields, owner = _serializer().loads(text, max_age=LONGEST_SECONDS)
    except (BadData, ValueError):
        return None
    return Kept(path, fields, owner)


def resume_page(kept: Kept) -> str:
    """The page from which the person, signed in again, sends their words."""
    return render_template("accounts/resume.html", kept=kept)


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="portal.accounts.resuming")


def _comes_from_here() -> bool:
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None and site != "same-origin":
        return False
    if origin is not None:
        return urlsplit(origin).netloc == request.host
    return site == "same-origin"


def _is_a_page() -> bool:
    """Sent by a form, not by a script that waits for data."""
    return request.accept_mimetypes.best != "application/json"


def _owner_in_session() -> str | None:
    return str(session["_user_id"]).partition(":")[0] if "_user_id" in session else None


def register(app: Flask) -> None:
    @app.errorhandler(CSRFError)
    def _token_of_another_session(error: CSRFError) -> ResponseReturnValue:
        """Somebody signed out meanwhile has lost the token too: their words are kept all the same."""
        return (None if current_user.is_authenticated else session_over()) or stale_page(error)
