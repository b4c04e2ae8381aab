"""What no request may carry, whatever the page: numbers and characters that the database cannot hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import IntegerConverter, Map

LARGEST_ID = 2**63 - 1
LARGEST_SENDING = 40 * 1024 * 1024
"""What a page that takes files may be sent at once, bytes."""

View = TypeVar("View", bound=Callable[..., Any])


def takes_files(view: View) -> View:
    """A page that takes files: one too large is then told beside its field, with what else was typed. Innermost."""
    view.takes_files = True  # type: ignore[attr-defined]  # functions bear what one sets
    return view


class IdConverter(IntegerConverter):
    """`<int:…>` in an address: an id that a BIGINT can hold; any other number is no page."""

    regex = r"[0-9]{1,19}"

    def __init__(self, map: Map, *args: Any, **options: Any) -> None:
        super().__init__(map, *args, **{"max": LARGEST_ID, **options})


def register(app: Flask) -> None:
    """To be called before any route is added."""
    app.url_map.converters["int"] = IdConverter

    @app.before_request
    def _make_room() -> None:
        if getattr(app.view_functions.get(request.endpoint or ""), "takes_files", False):
            request.max_content_length = LARGEST_SENDING

    @app.before_request
    def _forget_null_characters() -> None:
        """No keyboard types one and PostgreSQL stores none: an address with one is no page, and a text pasted
        with one is kept without it."""
        asked = [part for pair in request.args.items(multi=True) for part in pair]
        if any("\0" in text for text in (request.path, *asked, *request.form)):
            abort(400)
        sent = list(request.form.items(multi=True))
        if any("\0" in text for _name, text in sent):
            request.form = ImmutableMultiDict((name, text.replace("\0", "")) for name, text in sent)
