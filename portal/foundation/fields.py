"""Form fields for money, shares, days and instants, typed the French way.

Their `data` is what the database keeps: cents, basis points, a date, a UTC instant; None when left
empty. What was typed is shown back untouched when it cannot be read.
"""

from collections.abc import Callable, Sequence
from typing import Any

from wtforms import StringField

from portal.foundation import money, periods


class _ReadField(StringField):
    """A text field whose `data` is read from what was typed; refusals are the reader's words."""

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


class EurosField(_ReadField):
    """An amount; `data` in cents."""

    read = staticmethod(money.parse_euros)
    written = staticmethod(lambda cents: _bare(money.format_euros(cents)))


class ShareField(_ReadField):
    """A percentage; `data` in basis points."""

    read = staticmethod(money.parse_share)
    written = staticmethod(lambda share: _bare(money.format_share(share)))


class DayField(_ReadField):
    """A day, jj/mm/aaaa; `data` is a date."""

    read = staticmethod(periods.parse_date)
    written = staticmethod(lambda day: f"{day:%d/%m/%Y}")


class InstantField(_ReadField):
    """A date and time of Paris, jj/mm/aaaa hh:mm; `data` is a UTC datetime."""

    read = staticmethod(periods.parse_instant)
    written = staticmethod(lambda instant: f"{periods.to_paris(instant):%d/%m/%Y %H:%M}")
