"""An app served to the browser of a test, from a thread of the same process."""

from __future__ import annotations

import os
import threading
import time
from contextlib import contextmanager

from werkzeug.serving import make_server

DELAY = float(os.environ.get("BROWSER_DELAY", "0"))
"""Seconds by which each answer is held back, to find the tests that count on a quick server."""


class Door:
    """The app, until the door closes: requests inside finish, later ones are turned away.

    A page still asks (a table that follows its changes, a form that saves itself) while its test
    ends; answered too late, it would meet the database being emptied for the next test.
    """

    def __init__(self, app):
        self.app = app
        self.inside = 0
        self.open = True
        self.moved = threading.Condition()

    def __call__(self, environ, start_response):
        if not self._enter():
            start_response("503 Service Unavailable", [("Content-Length", "0")])
            return []
        try:
            if DELAY and not environ["PATH_INFO"].startswith("/static/"):
                time.sleep(DELAY)
            # What is sent afterwards, a page or a file, no longer asks anything of the database.
            return self.app(environ, start_response)
        finally:
            self._leave()

    def _enter(self):
        with self.moved:
            self.inside += self.open
            return self.open

    def _leave(self):
        with self.moved:
            self.inside -= 1
            self.moved.notify_all()

    def close(self):
        with self.moved:
            self.open = False
            self.moved.wait_for(lambda: self.inside == 0)


@contextmanager
def served(app):
    """Give the address where the app answers."""
    door = Door(app)
    server = make_server("127.0.0.1", 0, door, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        door.close()
