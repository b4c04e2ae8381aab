"""Settings of the web server, read by gunicorn itself (its names, hence no others here)."""

from __future__ import annotations

import os
from typing import Any

from portal.foundation.processes.parent import die_with_parent

worker_class = "portal.foundation.processes.web_worker.NotingWorker"  # threads
workers = 2
threads = 8
timeout = 60
graceful_timeout = 10
loglevel = "warning"

# gunicorn's own remote control: one more socket to protect, of which we have no use.
control_socket_disable = True


def post_fork(server: Any, worker: Any) -> None:
    """Let a web worker die with its master, so that the port is free for the next one."""
    die_with_parent(os.getppid())
