"""An upload that the network cuts, against the web server as it runs: nothing of it is left."""

from __future__ import annotations

import http.client
import os
import re
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.calls.models import ApplicationDocument
from portal.extensions import db
from portal.foundation.files import StoredFile, files_root
from tests.integration.calls.filing.scene import PDF, Filer, Scene, filer, scene
from tests.integration.processes.running import free_port, until

pytestmark = pytest.mark.processes

BOUNDARY = "of-the-test"


class WebServer:
    """gunicorn with our settings, on the database and the files of the test."""

    def __init__(self, app: Flask, log: Path) -> None:
        self.port = free_port()
        settings = app.config["PORTAL"]
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PORTAL_", "TEST_"))}
        environment |= {
            "PORTAL_INSTANCE": str(settings.instance_path),
            "DATABASE_URL": db.engine.url.render_as_string(hide_password=False),
            "PORTAL_SECRET_KEY": settings.secret_key,
            "PORTAL_PORT": str(self.port),
        }
        command = [
            *(sys.executable, "-m", "gunicorn", "--config", "python:portal.foundation.processes.gunicorn_settings"),
            *("--bind", f"127.0.0.1:{self.port}", "portal:create_app()"),
        ]
        with log.open("wb") as told:
            self.process = subprocess.Popen(command, env=environment, stdout=told, stderr=told)

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, str, str]:
        """Its status, its text, and the cookie that it gives."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode(), (answer.getheader("Set-Cookie") or "").split(";")[0]
        finally:
            connection.close()

    def answers(self) -> bool:
        try:
            return self.ask("GET", "/sante")[0] == 200
        except (OSError, http.client.HTTPException):
            return False


@pytest.fixture
def it(app: Flask) -> Scene:
    return scene()


@pytest.fixture
def owner(app: Flask, it: Scene) -> Filer:
    return filer(app, it.owner)


@pytest.fixture
def server(app: Flask, tmp_path: Path) -> Iterator[WebServer]:
    running = WebServer(app, tmp_path / "web.log")
    try:
        until(running.answers, "the web server answers")
        yield running
    finally:
        running.process.terminate()
        running.process.wait(30)


def left() -> tuple[int, int, set[str]]:
    """Rows of documents, rows of files, bytes under the files' root."""
    counts = [db.session.scalar(sa.select(sa.func.count()).select_from(table)) for table in _TABLES]
    db.session.rollback()
    root = files_root()
    return counts[0], counts[1], {str(path.relative_to(root)) for path in root.glob("??/*")}


_TABLES = (ApplicationDocument, StoredFile)


def form(server: WebServer, path: str, cookie: str, requirement: int, content: bytes) -> tuple[bytes, dict[str, str]]:
    """The body that a browser sends, and its headers: the page's own token, the session that knows it."""
    _, page, cookie = server.ask("GET", path, headers={"Cookie": cookie})
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    parts = [("csrf_token", token[1]), ("requirement", str(requirement))]
    body = b"".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in parts
    )
    body += (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="rapport.pdf"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    ).encode()
    body += content + f"\r\n--{BOUNDARY}--\r\n".encode()
    return body, {"Cookie": cookie, "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


def cookie_of(app: Flask, owner: Filer) -> str:
    cookie = owner.client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    return f"{cookie.key}={cookie.value}"


def send_part(server: WebServer, path: str, body: bytes, headers: dict[str, str], sent: int, *, chunked: bool) -> None:
    """Send the first bytes of a POST, then cut the connection as a network does: without a word."""
    told = dict(headers) | ({"Transfer-Encoding": "chunked"} if chunked else {"Content-Length": str(len(body))})
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n" + "".join(f"{name}: {it}\r\n" for name, it in told.items())
    part = b"%x\r\n%b" % (len(body), body[:sent]) if chunked else body[:sent]
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(head.encode() + b"\r\n" + part)
        # A reset rather than a polite end.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def test_a_cut_upload_leaves_nothing_and_the_same_one_sent_again_is_there_once(
    app: Flask, it: Scene, owner: Filer, server: WebServer
) -> None:
    draft = owner.begin(it)
    path, cookie = f"/dossiers/{draft}/documents", cookie_of(app, owner)
    content = PDF + b"%" + os.urandom(3_000_000).replace(b"\n", b" ") + b"\n"
    body, headers = form(server, path, cookie, it.report.id, content)
    before = left()
    assert before[:2] == (0, 0)
    for sent in (0, 200, 900_000, len(body) - 10):
        for chunked in (False, True):
            send_part(server, path, body, headers, sent, chunked=chunked)
    # A whole request after them: whatever the cut ones did is done.
    for _ in range(16):
        assert server.ask("GET", "/sante")[0] == 200
    assert left() == before
    assert server.ask("POST", path, body, headers)[0] == 302
    documents, files, paths = left()
    assert (documents, files, len(paths - before[2])) == (1, 1, 1)
    assert "rapport.pdf" in server.ask("GET", path, headers={"Cookie": headers["Cookie"]})[1]
