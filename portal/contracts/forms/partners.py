"""A line of a contract's address book."""

from __future__ import annotations

from typing import Any

from wtforms import EmailField, SelectField
from wtforms.validators import InputRequired, Optional

from portal.accounts.forms.validators import checked, stripped
from portal.accounts.rules.credentials import email_address
from portal.contracts.forms.settings import VersionedForm
from portal.contracts.models import PartnerContact, PartnerKind
from portal.contracts.operations.partners import PartnerSheet
from portal.contracts.queries import funders
from portal.foundation.fields import choices, line

NO_FUNDER = ""


def _funder_id(value: Any) -> int | None:
    return int(value) if value not in (None, NO_FUNDER, "None") else None


class PartnerForm(VersionedForm):
    name = line(
        "Nom du service ou de la structure",
        validators=[InputRequired("Nommez le service ou la structure.")],
        help="Tel qu’il paraîtra devant son avis : DASEN, service jeunesse, conseil citoyen…",
    )
    kind = SelectField("Type", choices=choices((kind.value, kind.label) for kind in PartnerKind))
    funder_id = SelectField(
        "Répond au nom d’un financeur",
        coerce=_funder_id,
        description="Seulement pour un financeur dont personne n’a de compte sur le portail.",
    )
    person_name = line("Personne à joindre", help="Facultatif.")
    email = EmailField(
        "Adresse électronique",
        [Optional(), checked(email_address)],
        filters=[stripped],
        description="De préférence celle du service. Le lien pour répondre y est envoyé.",
    )

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.funder_id.choices = choices([(NO_FUNDER, "Non"), *((each.id, each.name) for each in funders())])

    @classmethod
    def of(cls, partner: PartnerContact) -> PartnerForm:
        return cls(
            data={
                "name": partner.name,
                "kind": partner.kind.value,
                "funder_id": partner.funder_id,
                "person_name": partner.person_name,
                "email": partner.email,
                "version": str(partner.version),
            }
        )

    def sheet(self) -> PartnerSheet:
        return PartnerSheet(
            self.name.data or "",
            PartnerKind(self.kind.data),
            self.person_name.data,
            self.email.data,
            self.funder_id.data,
        )
