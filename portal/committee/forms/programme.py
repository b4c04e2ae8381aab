"""An amount proposed in the programming table."""

from __future__ import annotations

from wtforms import HiddenField
from wtforms.validators import InputRequired

from portal.foundation.fields import EurosField
from portal.foundation.forms import Form
from portal.foundation.quantities import plain_number


class ProposalForm(Form):
    amount = EurosField("Montant proposé", [InputRequired("Indiquez un montant ; 0 pour ne rien proposer.")])
    version = HiddenField()

    def seen_version(self) -> int | None:
        """The version of the line that the person saw."""
        return plain_number(self.version.data)
