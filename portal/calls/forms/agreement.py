"""The project section of a later year of an agreement: what changes, nothing else to write again."""

from __future__ import annotations

from typing import Any

from portal.accounts.forms.organisation import EMAIL
from portal.calls.forms.sections import SectionForm
from portal.calls.models import Application
from portal.calls.operations.agreement import write_year
from portal.calls.rules.filing import Dossier
from portal.calls.states import Section
from portal.foundation.actors import Actor
from portal.foundation.fields import Asked, DayField, line, words


class AgreementSection(SectionForm):
    section = Section.PROJECT

    changes = words(
        "Ce qui change cette année",
        asked=True,
        help="Public, lieux, partenaires, actions, budget… Si rien ne change, écrivez-le.",
    )
    starts_on = DayField("Début", [Asked()])
    ends_on = DayField("Fin", [Asked()])
    calendar = words("Étapes et calendrier de l’année", longest=3000)
    contact_name = line("Prénom et nom", asked=True)
    contact_email = line("Adresse électronique", asked=True, validators=EMAIL)
    contact_phone = line("Téléphone", asked=True, longest=30)

    @classmethod
    def initial(cls, dossier: Dossier) -> dict[str, Any]:
        changes = dossier.agreement.changes if dossier.agreement else None
        return dict(vars(dossier.project)) | {"changes": changes}

    def write(self, application: Application, dossier: Dossier, actor: Actor) -> None:
        write_year(application, self.data)
