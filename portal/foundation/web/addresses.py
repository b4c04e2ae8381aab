"""Addresses made from the current one: the same list on another page, in another order."""

from urllib.parse import urlencode, urlsplit

from flask import Flask, request


def same_page(**changes: object) -> str:
    """The address being read with some of its `?name=value` changed; None takes one away."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in changes]
    asked = [*kept, *((name, str(value)) for name, value in changes.items() if value is not None)]
    return f"{request.path}?{urlencode(asked)}" if asked else request.path


def local_path(address: str | None) -> str | None:
    """The address when it is a path of this portal, else None: nobody is sent elsewhere by a link."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return None
    if any(ord(char) < 32 for char in address):
        return None
    parts = urlsplit(address)
    return address if not parts.scheme and not parts.netloc else None


def register(app: Flask) -> None:
    app.add_template_global(same_page)
