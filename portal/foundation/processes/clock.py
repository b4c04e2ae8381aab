"""`portal clock`: asks the worker, each minute, to do what time brings."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import redis
import structlog
from flask import Flask
from rq import Queue
from rq.exceptions import DuplicateJobError

from portal.extensions import redis_connection

MINUTE = 60
TICK = "portal.foundation.worker.tick"

log = structlog.get_logger()


def run(app: Flask) -> None:
    """Ask for a tick now and at each full minute, until killed."""
    with app.app_context():
        queue = Queue("outbox", connection=redis_connection())
    while True:
        ask_for_tick(queue, datetime.now(UTC))
        time.sleep(MINUTE - time.time() % MINUTE)


def ask_for_tick(queue: Queue, now: datetime) -> None:
    """Enqueue the tick of this minute: once, even with several clocks.

    One that no worker took within two minutes is dropped: the next does the same work. A queue that
    does not answer is logged, and asked again the minute after.
    """
    try:
        queue.enqueue(
            TICK,
            job_id=f"tick-{now:%Y%m%d%H%M}",
            unique=True,
            ttl=2 * MINUTE,
            job_timeout=10 * MINUTE,
            result_ttl=MINUTE,
            failure_ttl=MINUTE,
        )
    except DuplicateJobError:
        log.debug("tick_already_asked")
    except redis.RedisError as error:
        log.warning("tick_not_asked", error=str(error))
