"""Attesting and signing."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField

from portal.calls.forms.sections import SectionForm, Typed, with_fields
from portal.calls.models import Application
from portal.calls.operations.sections_typed import write_attestations
from portal.calls.rules.filing import Dossier
from portal.calls.rules.sections import asked_attestations
from portal.calls.states import Section
from portal.foundation.actors import Actor
from portal.foundation.fields import Asked, line


class SignatureSection(SectionForm):
    """The attestations asked of that kind of organisation, and who signs."""

    section = Section.SIGNATURE
    codes: list[str]

    signatory_name = line("Prénom et nom de la personne qui signe", asked=True)
    signatory_role = line("Sa fonction", asked=True, help="Par exemple présidente, trésorier, proviseure.")

    @classmethod
    def made_for(cls, application: Application, dossier: Dossier, typed: Typed, extra: str = "") -> type[SectionForm]:
        asked = asked_attestations(dossier.organisation.kind)
        boxes = {f"attest_{code}": BooleanField(words, [Asked()]) for code, words in asked.items()}
        return with_fields(cls, {"codes": list(asked), **boxes})

    @classmethod
    def initial(cls, dossier: Dossier) -> dict[str, Any]:
        sheet = dossier.organisation
        return {
            "signatory_name": sheet.signatory_name or sheet.representative_name,
            "signatory_role": sheet.signatory_role or sheet.representative_role,
            **{f"attest_{code}": True for code in dossier.attestations},
        }

    @property
    def attested(self) -> list[str]:
        return [code for code in self.codes if self[f"attest_{code}"].data]

    def write(self, application: Application, dossier: Dossier, actor: Actor) -> None:
        write_attestations(application, self.attested, actor=actor)
