"""Plain words for every refusal of the web server itself."""

from __future__ import annotations

import secrets

import structlog
from flask import Flask, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from portal.foundation.database import BUSY_MESSAGE, is_busy

log = structlog.get_logger()

WORDS: dict[int, tuple[str, str]] = {
    400: ("Demande incomplète", "Le formulaire reçu n’est pas utilisable. Revenez en arrière et validez à nouveau."),
    403: ("Accès refusé", "Vous n’avez pas le droit de faire cela avec ce compte."),
    404: ("Page introuvable", "Cette page n’existe pas, ou n’est pas accessible avec votre compte."),
    405: ("Page introuvable", "Cette adresse ne s’ouvre pas de cette façon."),
    409: ("Ce n’est pas possible", "Cette étape n’est pas possible dans l’état actuel."),
    413: ("Envoi trop volumineux", "L’ensemble envoyé dépasse la taille acceptée. Envoyez les documents un par un."),
    429: ("Trop d’essais", "Trop de demandes en peu de temps. Patientez une minute, puis réessayez."),
    500: ("Une erreur est survenue", "La page n’a pas pu être préparée. Ce que vous aviez enregistré est conservé."),
    503: ("Service très sollicité", BUSY_MESSAGE),
}


def register(app: Flask) -> None:
    app.register_error_handler(CSRFError, stale_page)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(Exception, _crash)


def _page(code: int, message: str | None = None, reference: str | None = None) -> tuple[str, int]:
    known = code if code in WORDS else (500 if code >= 500 else 400)
    title, words = WORDS[known]
    g.bare_page = known >= 500
    page = render_template(f"errors/{known}.html", title=title, message=message or words, reference=reference)
    return page, code


def stale_page(_error: CSRFError) -> tuple[str, int]:
    """The answer to a form whose token is of another session."""
    return _page(
        400, "La page était ouverte depuis trop longtemps. Revenez en arrière, rechargez-la et validez à nouveau."
    )


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or (error.code and error.code < 400):
        return error
    described = error.description if error.code == 409 else None
    return _page(error.code or 500, described)


def _database(error: DBAPIError) -> tuple[str, int]:
    if is_busy(error):
        return _page(503)
    return _crash(error)


def _crash(error: Exception) -> tuple[str, int]:
    """Log under a reference the person can quote; the page shows no detail."""
    reference = secrets.token_hex(4)
    log.error("request.crashed", reference=reference, endpoint=request.endpoint, exc_info=error)
    return _page(500, reference=reference)
