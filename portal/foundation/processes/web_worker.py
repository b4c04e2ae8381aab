"""gunicorn's threaded worker, which also notes when each request came in.

A header would say it too, but whoever sends the request could write one.
"""

from __future__ import annotations

import socket
import time
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from portal.foundation.web import receiving


class NotingWorker(ThreadWorker):
    """Stamps a connection when its request is readable, before it waits for a thread."""

    def enqueue_req(self, conn: Any) -> None:
        # A connection opened ahead, with nothing sent yet, is no request: it is stamped once it speaks.
        conn.received_at = time.time() if _has_sent(conn.sock) else None
        super().enqueue_req(conn)

    def handle_request(self, req: Any, conn: Any) -> Any:
        receiving.note(conn.received_at or time.time())
        try:
            return super().handle_request(req, conn)
        finally:
            receiving.note(None)


def _has_sent(sock: socket.socket) -> bool:
    try:
        return bool(sock.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
    except OSError:
        return False
