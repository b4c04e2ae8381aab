"""The two routes that belong to no room."""

from __future__ import annotations

import json
from types import SimpleNamespace

import sqlalchemy as sa
import structlog
from flask import Blueprint, Response, request

from portal.extensions import csrf, db, limiter

blueprint = Blueprint("foundation", __name__)
log = structlog.get_logger()

# The access decorators live one room up; these two say it themselves.
PUBLIC = SimpleNamespace(kind="public")


@blueprint.get("/sante")
def health() -> Response:
    """For supervisors and load balancers: the process answers and reaches its database."""
    db.session.execute(sa.select(1))
    return Response("ok", mimetype="text/plain")


@blueprint.post("/rapports-csp")
@csrf.exempt
@limiter.limit("30/minute")
def csp_report() -> tuple[str, int]:
    """Browsers tell what the content policy blocked; only the rule's name is kept."""
    log.warning("csp.violation", directive=_directive(request.get_data()))
    return "", 204


def _directive(body: bytes) -> str | None:
    """The rule that a report names. Anybody may write here: anything else than a report names none."""
    try:
        report = json.loads(body[:10_000])["csp-report"]["effective-directive"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return str(report)[:100]


health.access = PUBLIC  # type: ignore[attr-defined]  # functions bear what one sets
csp_report.access = PUBLIC
