"""Structured logs on standard error, without personal data: no query strings, no form values, no addresses."""

from __future__ import annotations

import logging
import secrets
import sys
import time

import structlog
from flask import Flask, Response, g, request


def configure() -> None:
    """Set structlog up once per process."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def register(app: Flask) -> None:
    log = structlog.get_logger()

    @app.before_request
    def _start() -> None:
        g.request_started = time.monotonic()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=secrets.token_hex(6))

    @app.after_request
    def _log(response: Response) -> Response:
        if request.endpoint not in {"static", "foundation.health"}:
            elapsed = time.monotonic() - g.get("request_started", time.monotonic())
            log.info(
                "request",
                method=request.method,
                endpoint=request.endpoint,
                status=response.status_code,
                ms=round(elapsed * 1000),
            )
        return response
