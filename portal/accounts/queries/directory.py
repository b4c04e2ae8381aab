"""What the directory answered not long ago."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import DirectoryAnswer
from portal.accounts.rules.directory import Company
from portal.extensions import db
from portal.foundation import clock


def kept_answer(question: str) -> list[Company] | None:
    """The answer to the same question, while it is fresh."""
    kept = db.session.execute(
        sa.select(DirectoryAnswer.companies).where(
            DirectoryAnswer.question == question, DirectoryAnswer.expires_at > clock.now()
        )
    ).scalar_one_or_none()
    return None if kept is None else [_read(line) for line in kept]


def written(company: Company) -> dict[str, Any]:
    """A company as JSON keeps it."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in vars(company).items()}


def _read(line: dict[str, Any]) -> Company:
    days = {name: date.fromisoformat(line[name]) for name in ("created_on", "closed_on") if line[name]}
    return Company(**{**line, **days})
