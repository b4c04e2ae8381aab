"""Forms that remember which version of a thing they were filled from."""

from __future__ import annotations

from wtforms import HiddenField

from portal.foundation.forms import Form
from portal.foundation.quantities import plain_number


class VersionedForm(Form):
    """`version` travels with the form: 0 when the thing did not exist yet."""

    version = HiddenField(default="0")

    @property
    def read_version(self) -> int:
        return plain_number(str(self.version.data)) or 0

    def take_version(self, version: int) -> None:
        """After a conflict both texts are on the page: what is saved next replaces the other, knowingly."""
        self.version.raw_data, self.version.data = None, str(version)
