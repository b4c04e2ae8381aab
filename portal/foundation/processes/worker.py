"""`portal worker`: runs the jobs of the queues, each in a process of its own."""

from __future__ import annotations

import os
from typing import Any

from flask import Flask
from rq import Queue, Worker
from rq.job import Job

from portal.extensions import db, redis_connection
from portal.foundation.processes.parent import die_with_parent

# In order of urgency: what somebody waits for comes before what takes long.
QUEUES = ("outbox", "default", "slow")


class PortalWorker(Worker):
    """An RQ worker whose jobs run within the application's context."""

    def __init__(self, app: Flask, **options: Any) -> None:
        self.app = app
        super().__init__(QUEUES, **options)

    def fork_work_horse(self, job: Job, queue: Queue) -> None:
        self.pid_before_fork = os.getpid()
        super().fork_work_horse(job, queue)

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        die_with_parent(self.pid_before_fork)
        with self.app.app_context():
            # Connections opened before the fork belong to the parent: forgotten, not closed.
            db.engine.dispose(close=False)
            super().main_work_horse(job, queue)


def run(app: Flask) -> None:
    """Work until asked to stop, then finish the job under way."""
    with app.app_context():
        worker = PortalWorker(app, connection=redis_connection())
        worker.work(logging_level="WARNING")
