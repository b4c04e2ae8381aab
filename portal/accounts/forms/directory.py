"""Looking a structure up in the public directory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length

from portal.accounts.forms.organisation import OrganisationForm, initial, told_by
from portal.accounts.rules.directory import TAKEN, Company
from portal.accounts.rules.organisation import OrganisationSheet
from portal.foundation.forms import Form


class LookUpForm(Form):
    """What is looked for; `siren` names the line chosen among the answers."""

    q = StringField(
        "Nom, SIREN, SIRET ou numéro RNA", [InputRequired("Indiquez un nom ou un numéro."), Length(max=200)]
    )
    siren = HiddenField()


@dataclass(frozen=True)
class Line:
    """A field of the sheet beside what the directory says of it."""

    name: str
    label: str
    mine: str
    theirs: str

    @property
    def differs(self) -> bool:
        return self.mine != self.theirs


def compared(sheet: OrganisationSheet, company: Company) -> list[Line]:
    """What the directory could fill, in the order of the sheet; what it does not say is left out."""
    said: dict[str, Any] = {name: getattr(company, name) for name in TAKEN if getattr(company, name) is not None}
    mine = OrganisationForm(formdata=None, data=initial(sheet), meta={"csrf": False})
    theirs = OrganisationForm(formdata=None, data=said, meta={"csrf": False})
    return [Line(name, str(mine[name].label.text), told_by(mine[name]), told_by(theirs[name])) for name in said]
