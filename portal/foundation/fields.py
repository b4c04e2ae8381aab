"""Form fields for money, shares, numbers, days and instants, typed the French way.

Their `data` is what the database keeps: cents, basis points, a date, a UTC instant; None when left
empty. What was typed is shown back untouched when it cannot be read.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from wtforms import StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.fields.core import UnboundField
from wtforms.validators import Length

from portal.foundation import money, periods, quantities
from portal.foundation.characters import tidy_line, tidy_words


class Asked:
    """Marks a field as compulsory for whoever reads the form, and lets it be saved empty all the same:
    what a draft still lacks is told apart from what cannot be read."""

    field_flags = {"required": True}

    def __call__(self, form: Any, field: Any) -> None:
        return


def stripped(value: str | None) -> str | None:
    """A filter: no space around what is typed, None when nothing is left."""
    return (value or "").strip() or None


def _one_line(value: str | None) -> str | None:
    return stripped(tidy_line(value or ""))


def _some_lines(value: str | None) -> str | None:
    return stripped(tidy_words(value or ""))


def choices(pairs: Iterable[tuple[Any, str]]) -> list[SelectChoice]:
    """(value, label) pairs as the options of a list."""
    return [SelectChoice(value, label) for value, label in pairs]


def line(label: str, *, asked: bool = False, longest: int = 200, help: str = "", **options: Any) -> UnboundField:
    """A line of text; `data` is None when left empty."""
    return _text(StringField, label, asked, longest, help, options)


def words(label: str, *, asked: bool = False, longest: int = 6000, help: str = "", **options: Any) -> UnboundField:
    """A free text of some paragraphs; `data` is None when left empty."""
    return _text(TextAreaField, label, asked, longest, help, options)


def _text(kind: Any, label: str, asked: bool, longest: int, help: str, options: dict[str, Any]) -> Any:
    too_long = Length(max=longest, message=f"Ce texte est trop long : au plus {longest} caractères.")
    validators = [too_long, *([Asked()] if asked else []), *options.pop("validators", [])]
    tidied = _some_lines if kind is TextAreaField else _one_line
    return kind(label, validators, description=help, filters=[tidied], **options)


class ReadField(StringField):
    """A text field whose `data` is read from what was typed; refusals are the reader's words.

    `read` raises ValueError with the French message shown beside the field.
    """

    read: Callable[[str], Any]
    written: Callable[[Any], str]

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        typed = valuelist[0].strip() if valuelist else ""
        # The value read before stays out of the way of what cannot be read.
        self.data = None
        if typed:
            self.data = type(self).read(typed)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else type(self).written(self.data)


def _bare(written: str) -> str:
    return written.replace(money.NARROW_NBSP, " ").rstrip("€%").rstrip()


class EurosField(ReadField):
    """An amount; `data` in cents."""

    read = staticmethod(money.parse_euros)
    written = staticmethod(lambda cents: _bare(money.format_euros(cents)))


class ShareField(ReadField):
    """A percentage; `data` in basis points."""

    read = staticmethod(money.parse_share)
    written = staticmethod(lambda share: _bare(money.format_share(share)))


class DayField(ReadField):
    """A day, jj/mm/aaaa; `data` is a date."""

    read = staticmethod(periods.parse_date)
    written = staticmethod(lambda day: f"{day:%d/%m/%Y}")


class InstantField(ReadField):
    """A date and time of Paris, jj/mm/aaaa hh:mm; `data` is a UTC datetime."""

    read = staticmethod(periods.parse_instant)
    written = staticmethod(lambda instant: f"{periods.to_paris(instant):%d/%m/%Y %H:%M}")


class HourField(ReadField):
    """An hour of the day, hh:mm; `data` is a time."""

    read = staticmethod(periods.parse_hour)
    written = staticmethod(lambda hour: f"{hour:%H:%M}")


class CountField(ReadField):
    """A whole number of people, hours, places."""

    read = staticmethod(quantities.parse_count)
    written = staticmethod(lambda count: f"{count:d}")


class HundredthsField(ReadField):
    """A number with two decimals at most; `data` in hundredths (a full-time equivalent)."""

    read = staticmethod(lambda text: quantities.parse_decimal(text, 2))
    written = staticmethod(lambda value: quantities.format_decimal(value, 2).replace(money.NARROW_NBSP, ""))


class ThousandthsField(ReadField):
    """A number with three decimals at most; `data` in thousandths (an indicator's value)."""

    read = staticmethod(lambda text: quantities.parse_decimal(text, 3))
    written = staticmethod(lambda value: quantities.format_thousandths(value).replace(money.NARROW_NBSP, ""))
