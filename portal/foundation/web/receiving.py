"""When the server received the request being answered, which may be long before a thread took it up.

On the evening a call closes requests wait their turn; a closing is judged on the instant they came in.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime

from portal.foundation import clock

_of_this_thread = threading.local()


def note(timestamp: float | None) -> None:
    """Say when the request that this thread is about to answer came in (seconds since 1970); None: not known."""
    _of_this_thread.timestamp = timestamp


def received_at() -> datetime:
    """When the request being answered was received, UTC; now where the web server does not tell."""
    timestamp = getattr(_of_this_thread, "timestamp", None)
    return clock.now() if timestamp is None else datetime.fromtimestamp(timestamp, UTC)
