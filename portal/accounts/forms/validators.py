"""A pure rule as the validator of a field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wtforms import Field
from wtforms.validators import Length, StopValidation

from portal.accounts.rules.credentials import person_name
from portal.foundation.refusals import Refusal


def checked(rule: Callable[[str], Any]) -> Callable[[Any, Field], None]:
    """Run `rule` on what was typed and keep what it returns; its refusal is the field's message."""

    def validate(_form: Any, field: Field) -> None:
        try:
            field.data = rule(field.data or "")
        except Refusal as refusal:
            raise StopValidation(refusal.message)

    return validate


NAME = (Length(max=100), checked(person_name))
"""A given or a family name."""


def stripped(value: str | None) -> str | None:
    """A filter: no space around what is typed, None when nothing is left."""
    return (value or "").strip() or None
