"""People of a bench: sessions already open, requests on real connections to a running portal, all counted."""

from __future__ import annotations

import http.client
import os
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import structlog
from flask import Flask, session
from flask_wtf.csrf import generate_csrf

from portal import create_app
from portal.accounts.models import Person
from portal.extensions import db, limiter
from portal.settings import Settings
from tests.databases import CleanDatabase, database_url
from tests.integration.processes.running import RunningPortal

TIMEOUT = 60.0


@dataclass(frozen=True)
class Visit:
    """The cookie of a session, and the token its forms carry."""

    cookie: str
    token: str


@dataclass
class Traffic:
    """What was asked of the portal at `port` and how long each answer took, by kind of request."""

    port: int
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(
        self,
        visit: Visit,
        method: str,
        path: str,
        fields: Any = None,
        *,
        accept: str = "text/html,application/json",
        kind: str = "",
    ) -> tuple[int, str, str]:
        """One request on its own connection: its status, where it leads, its body. Status 0: no answer."""
        kind = f"{method} {kind or path.rsplit('/', 1)[-1]}"
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        headers = {"Cookie": f"portail={visit.cookie}", "Accept": accept}
        body = None
        if fields is not None:
            body = urlencode({**fields, "csrf_token": visit.token}, doseq=True)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            found = answer.status, answer.headers.get("Location", ""), answer.read().decode()
        except (OSError, http.client.HTTPException):
            found = 0, "", ""
        finally:
            connection.close()
        with self.lock:
            self.statuses[kind, found[0]] += 1
            self.seconds.setdefault(kind, []).append(time.perf_counter() - began)
        return found

    def failed(self) -> bool:
        """Whether a request had no answer, or one of the 500s."""
        return any(status == 0 or status >= 500 for _, status in self.statuses)

    def tell(self) -> None:
        print(f"{'':36}{'requests':>10}{'median':>10}{'95 %':>10}{'slowest':>10}")
        for kind, seconds in sorted(self.seconds.items()):
            ordered = sorted(seconds)
            shown = [ordered[int(len(ordered) * part)] for part in (0.5, 0.95)] + [ordered[-1]]
            print(f"{kind:36}{len(ordered):>10}" + "".join(f"{each * 1000:>7.0f} ms" for each in shown))
        counts = (f"{kind} {status}: {count}" for (kind, status), count in sorted(self.statuses.items()))
        print("answers:", ", ".join(counts))


def prepared(portal: RunningPortal) -> Flask:
    """The app on the very database (emptied) and key that the running portal will have."""
    environment = portal.environment()
    settings = Settings.from_environment(
        environment | {"DATABASE_URL": os.environ.get("TEST_DATABASE_URL") or database_url(portal.instance)}
    )
    portal.settings["DATABASE_URL"] = settings.database_url
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    limiter.enabled = False
    # A line per request would drown the figures.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    with app.app_context():
        CleanDatabase(app).empty()
        db.session.remove()
    return app


def session_of(app: Flask, person: Person) -> Visit:
    """A session signed in a moment ago."""
    # A context of its own: the token is remembered in it.
    with app.app_context(), app.test_request_context():
        now = int(time.time())
        session.update(
            _user_id=person.get_id(), _fresh=True, second_factor=True, confirmed_at=now, seen_at=now, began_at=now
        )
        token = generate_csrf()
        # Flask types the interface by its base, which does not sign.
        serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]  # Flask types the interface alone
        return Visit(str(serializer.dumps(dict(session))), token)
