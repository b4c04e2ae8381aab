"""The `portal` command as somebody at a keyboard sees it, on the tests' database."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

from click.testing import CliRunner, Result
from flask import Flask

from portal.cli import main
from portal.extensions import db
from tests.typography import plain


def run(app: Flask, *arguments: Any) -> Result:
    """Run `portal …` in the tests' app; read its `exit_code`, and what it said with `said`."""
    # The command would make its own app from the environment: here it is the tests'.
    with patch("portal.create_app", lambda: app):
        result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    db.session.rollback()
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def said(result: Result) -> list[str]:
    """The lines a command wrote, errors included, no-break spaces made plain."""
    return plain(result.output).splitlines()
