"""What every form shares: French, CSRF, and one place that turns a refusal into a field's error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict

from portal.foundation.database import in_unit_of_work
from portal.foundation.messages import FRENCH, French
from portal.foundation.refusals import Conflict, Refusal, Refusals


class Form(FlaskForm):
    """The base of all forms. After `attempt` succeeded, `result` holds what the operation returned."""

    class Meta(FlaskForm.Meta):
        locales = ("fr_FR", "fr")

        def get_translations(self, form: object) -> French:  # Flask-WTF's would need Flask-Babel
            return FRENCH

        def wrap_formdata(self, form: object, formdata: Any) -> Any:
            """Spaces alone are no answer: a compulsory field says so instead of keeping nothing."""
            sent = super().wrap_formdata(form, formdata)
            if sent is None:
                return None
            return MultiDict(
                (name, "" if isinstance(text, str) and not text.strip() else text)
                for name in sent
                for text in sent.getlist(name)
            )

    result: Any = None
    conflict: Conflict | None = None

    def attempt(self, operation: Callable[..., Any], *args: Any, **values: Any) -> bool:
        """Run `operation(*args, **values)` in a unit of work; False puts its refusal beside its field."""
        try:
            self.result = in_unit_of_work(lambda: operation(*args, **values))
        except Conflict as conflict:
            self.conflict = conflict
            self.refuse(conflict)
            return False
        except Refusals as several:
            for refusal in several.refusals:
                self.refuse(refusal)
            return False
        except Refusal as refusal:
            self.refuse(refusal)
            return False
        return True

    def refuse(self, refusal: Refusal) -> None:
        """Show one refusal beside its field, or above the form when it has none here."""
        field = self._fields.get(refusal.field) if refusal.field else None
        if field is None:
            self.form_errors.append(refusal.message)
        else:
            field.errors = [*field.errors, refusal.message]


class ActionForm(Form):
    """A lone button: nothing but the CSRF token."""


def perform(operation: Callable[..., Any], *args: Any, **values: Any) -> Any:
    """For a lone button whose refusal has no form to return to: run, or answer 409 with the words."""
    if not ActionForm().validate_on_submit():
        abort(400)
    try:
        return in_unit_of_work(lambda: operation(*args, **values))
    except Refusal as refusal:
        abort(409, description=refusal.message)
