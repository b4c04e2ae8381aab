"""What no request may carry, whatever the page: numbers and characters that the database cannot hold."""

from __future__ import annotations

from typing import Any

from flask import Flask, abort, request
from werkzeug.routing import IntegerConverter, Map

LARGEST_ID = 2**63 - 1


class IdConverter(IntegerConverter):
    """`<int:…>` in an address: an id that a BIGINT can hold; any other number is no page."""

    regex = r"[0-9]{1,19}"

    def __init__(self, map: Map, *args: Any, **options: Any) -> None:
        super().__init__(map, *args, **{"max": LARGEST_ID, **options})


def register(app: Flask) -> None:
    """To be called before any route is added."""
    app.url_map.converters["int"] = IdConverter

    @app.before_request
    def _refuse_null_characters() -> None:
        # No keyboard types one, PostgreSQL stores none.
        if any("\0" in text for text in _sent_texts()):
            abort(400)


def _sent_texts() -> list[str]:
    """The address as it was decoded, and the names and values of what it asks and of the form."""
    fields = [*request.args.items(multi=True), *request.form.items(multi=True)]
    return [request.path, *(text for field in fields for text in field)]
