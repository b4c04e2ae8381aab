"""Asking the public directory of companies over HTTP.

Everything about it is bounded, because a form waits for the answer: the time it may take, the size
of what is read, where it is asked (no redirect is followed). Whatever goes wrong is `Unavailable`:
the person types by hand.
"""

from __future__ import annotations

import json
import time
from urllib.parse import urlencode

import structlog
from flask import current_app
from urllib3 import PoolManager, Timeout
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from portal.accounts.rules.directory import Company, companies

log = structlog.get_logger()

CONNECT_SECONDS = 2.0
READ_SECONDS = 3.0
WHOLE_SECONDS = 5.0
"""A server that sends one byte at a time is given up after this long."""
LARGEST = 512 * 1024
CHUNK = 16 * 1024
RESULTS = 10


class Unavailable(Exception):
    """The directory does not answer, or not usefully. `reason` is for the log alone."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def is_on() -> bool:
    """Whether a directory is set (PORTAL_DIRECTORY_URL)."""
    return bool(current_app.config["PORTAL"].directory_url)


def ask(question: str) -> list[Company]:
    """The companies found for a name, a SIREN, a SIRET or an RNA number, the best first. Raises Unavailable."""
    base = current_app.config["PORTAL"].directory_url
    if not base:
        raise Unavailable("switched off")
    asked = {"q": question, "page": 1, "per_page": RESULTS, "limite_matching_etablissements": RESULTS}
    try:
        answer = json.loads(_read(f"{base}/search?{urlencode(asked)}"))
        return companies(answer, question)
    except (ValueError, RecursionError) as error:
        raise _unavailable("format", error) from error
    except HTTPError as error:
        raise _unavailable("network", error) from error


def _read(address: str) -> bytes:
    """The body of a 200 answer."""
    deadline = time.monotonic() + WHOLE_SECONDS
    headers = {"Accept": "application/json", "User-Agent": "portail-contrat-de-ville"}
    timeout = Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
    with PoolManager(num_pools=1, headers=headers, retries=False, timeout=timeout) as pool:
        response = pool.request("GET", address, redirect=False, preload_content=False)
        try:
            if response.status != 200:
                raise _unavailable(f"status {response.status}")
            return _body(response, deadline)
        finally:
            response.close()


def _body(response: BaseHTTPResponse, deadline: float) -> bytes:
    read = bytearray()
    # `read1` answers what has come: a slow server does not hold us until a whole chunk is there.
    while chunk := response.read1(CHUNK, decode_content=False):
        read += chunk
        if len(read) > LARGEST:
            raise _unavailable("too large")
        if time.monotonic() > deadline:
            raise _unavailable("too slow")
    return bytes(read)


def _unavailable(reason: str, error: Exception | None = None) -> Unavailable:
    # What was asked may name a person: it stays out of the log.
    log.warning("directory.unavailable", reason=reason, error=type(error).__name__ if error else None)
    return Unavailable(reason)
