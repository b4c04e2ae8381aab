"""Addresses made from the current one: the same list on another page, in another order."""

from urllib.parse import urlencode

from flask import Flask, request


def same_page(**changes: object) -> str:
    """The address being read with some of its `?name=value` changed; None takes one away."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in changes]
    asked = [*kept, *((name, str(value)) for name, value in changes.items() if value is not None)]
    return f"{request.path}?{urlencode(asked)}" if asked else request.path


def register(app: Flask) -> None:
    app.add_template_global(same_page)
