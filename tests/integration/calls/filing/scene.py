"""A small city with an open call, an association, and how it fills each section."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import portal.calls
from portal.accounts.models import Organisation, OrganisationKind, Person
from portal.calls.models import Application, Call, CallIndicator, ChartAccount, DocumentRequirement
from portal.calls.states import DocumentCase, Side
from portal.contracts.models import (
    AgeBand,
    Axis,
    Contract,
    Funder,
    FunderKind,
    Indicator,
    IndicatorKind,
    Priority,
    Theme,
)
from portal.extensions import db
from portal.foundation.database import unit_of_work
from portal.quartiers.models import Quartier, QuartierKind
from tests import factories
from tests.visitors import Visitor

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
IBAN = "FR76 3000 6000 0112 3456 7890 189"
CHART = Path(portal.calls.__file__).parent / "data" / "chart_2018_06.json"


@dataclass
class Scene:
    contract: Contract
    call: Call
    qpv: Quartier
    watch: Quartier
    theme: Theme
    axis: Axis
    priority: Priority
    bands: list[AgeBand]
    people: Indicator
    residents: Indicator
    city: Funder
    state: Funder
    rib: DocumentRequirement
    report: DocumentRequirement
    organisation: Organisation
    owner: Person
    extra: dict[str, Any] = field(default_factory=dict)


def load_chart() -> None:
    chart = json.loads(CHART.read_text(encoding="utf-8"))
    with unit_of_work() as session:
        for position, account in enumerate(chart["accounts"], start=1):
            values = account | {"side": Side(account["side"])}
            session.add(ChartAccount(chart_version=chart["version"], position=position, **values))


def scene(**call_values: Any) -> Scene:
    """The city, its call, an association whose owner is to file."""
    contract = factories.contract(
        contact_address="1 place de la Mairie, 13100 Aix-en-Provence",
        contact_email="politique.ville@exemple.test",
        contact_phone="04 00 00 00 00",
    )
    load_chart()
    qpv = factories.quartier(contract, "Les Tilleuls")
    watch = factories.quartier(contract, "Le Vallon", QuartierKind.ACTIVE_WATCH)
    pillar = factories.theme(contract, "Cohésion sociale")
    theme = factories.theme(contract, "Réussite éducative", pillar)
    factories.theme(contract, "Culture", pillar)
    axis = factories.save(Axis(contract_id=contract.id, label="Jeunesse", position=1))
    priority = factories.save(Priority(contract_id=contract.id, year=2026, label="Soutien aux familles", position=1))
    bands = [
        factories.save(
            AgeBand(contract_id=contract.id, label=f"{low}-{high} ans", from_age=low, to_age=high, position=low)
        )
        for low, high in ((6, 11), (12, 15))
    ]
    people = _indicator(contract, "S1", "Personnes touchées", IndicatorKind.PEOPLE, 1)
    residents = _indicator(contract, "S2", "Part d’habitants des QPV", IndicatorKind.RATIO, 2)
    city = factories.funder("Ville d’essai", FunderKind.CITY, position=2)
    state = factories.funder("État", FunderKind.STATE, position=1)
    call = factories.call(contract, [qpv, watch], **call_values)
    for indicator in (people, residents):
        factories.save(
            CallIndicator(call_id=call.id, indicator_id=indicator.id, is_compulsory=True, position=indicator.id)
        )
    factories.envelope(call, city, 5_000_000)
    factories.envelope(call, state, 5_000_000)
    rib = document_asked(call, "rib", "Relevé d’identité bancaire", DocumentCase.ALWAYS, 1)
    report = document_asked(call, "activity_report", "Rapport d’activité", DocumentCase.PRIVATE, 2)
    organisation = factories.organisation("Les Ateliers du Vallon", kind=OrganisationKind.ASSOCIATION)
    owner = factories.member(organisation)
    return Scene(
        contract, call, qpv, watch, theme, axis, priority, bands, people, residents, city, state, rib, report,
        organisation, owner,
    )  # fmt: skip


def _indicator(contract: Contract, code: str, label: str, kind: IndicatorKind, position: int) -> Indicator:
    return factories.save(
        Indicator(
            contract_id=contract.id, code=code, label=label, definition=f"{label} dans l’année.", unit="personnes",
            kind=kind, position=position,
        )
    )  # fmt: skip


def document_asked(call: Call, code: str, label: str, case: DocumentCase, position: int) -> DocumentRequirement:
    return factories.save(
        DocumentRequirement(
            call_id=call.id, code=code, label=label, case=case, is_compulsory=True, is_reusable=True, position=position
        )
    )


def sections_of(it: Scene) -> dict[str, dict[str, Any]]:
    """What the association types in each section so that nothing is missing."""
    return {
        "structure": {
            "name": it.organisation.name, "kind": "association", "siret": it.organisation.siret,
            "rna": it.extra.get("rna", "W131234567"),
            "address": "3 rue des Lilas", "postcode": "13100", "town": "Aix-en-Provence",
            "email": "contact@ateliers.test", "phone": "04 42 00 00 00",
            "representative_name": "Dominique Martin", "representative_role": "Présidente",
            "budget_cents": "45 000", "public_subsidies_cents": "12 000,50",
            "volunteers": "14", "fte_hundredths": "1,5",
        },
        "projet": {
            "title": "Lire en bas des tours", "is_renewal": "non", "renewal_of_id": "", "duration": "one_year",
            "contact_name": "Camille Durand", "contact_email": "camille@ateliers.test",
            "contact_phone": "06 00 00 00 00",
            "need": "Peu de livres à la maison.", "objectives": "Donner le goût de lire.",
            "description": "Un stand de lecture chaque mercredi.", "places": "Place du marché",
            "starts_on": "01/02/2026", "ends_on": "30/11/2026", "staff_fte_hundredths": "0,5",
        },
        "quartiers": {
            f"share_{it.qpv.id}": "66,67", f"residents_{it.qpv.id}": "40",
            f"share_{it.watch.id}": "33,33", f"residents_{it.watch.id}": "15",
        },
        "thematiques": {
            "main_theme": str(it.theme.id), "secondary_themes": [], "axes": [str(it.axis.id)],
            "priorities": [str(it.priority.id)],
        },
        "public": {
            "people_expected": "60", "outreach": "Affiches à l’école.",
            f"people_{it.qpv.id}_women": "20", f"people_{it.qpv.id}_men": "20", f"people_{it.watch.id}_unknown": "15",
            f"age_{it.bands[0].id}": "30", f"age_{it.bands[1].id}": "20",
        },
        "financements": {f"asked_{it.city.id}_specific": "4 000", f"asked_{it.state.id}_specific": "3 000,50"},
        "budget": {
            "line_expense_606_0_label": "Livres", "line_expense_606_0_amount": "2 000,50",
            "line_expense_641_0_amount": "6 000",
            "line_income_756_0_amount": "1 000",
            "line_expense_864_0_amount": "500", "line_income_875_0_amount": "500",
        },
        "indicateurs": {
            f"value_{it.people.id}": "60", f"num_{it.residents.id}": "40", f"den_{it.residents.id}": "60",
            "own_0_label": "Livres prêtés", "own_0_value": "300", "evaluation_method": "Un cahier de présence.",
        },
    }  # fmt: skip


class Filer(Visitor):
    """A member of the association, at an application."""

    def begin(self, it: Scene) -> int:
        """Start an application and answer its id."""
        answer = self.post(f"/appels/{it.call.id}/deposer", organisation=it.organisation.id)
        assert answer.location is not None, answer.text
        return int(answer.location.rsplit("/", 1)[1])

    def section(self, application_id: int, name: str) -> str:
        return f"/dossiers/{application_id}/{name}"

    def save(
        self, application_id: int, section: str, /, *, version: int | None = None, page: str = "p", **typed: Any
    ) -> Any:
        """Press « Enregistrer », from the version that the page shows."""
        path = self.section(application_id, section)
        if version is None:
            version = int(self.get(path).tree.xpath('//input[@name="version"]/@value')[0])
        return self.post(path, version=version, page=page, **typed)

    def add_document(
        self, application_id: int, requirement_id: int | None, content: bytes = PDF, name: str = "a.pdf"
    ) -> Any:
        sent: dict[str, Any] = {"file": (io.BytesIO(content), name)}
        if requirement_id is not None:
            sent["requirement"] = str(requirement_id)
        return self.post(f"/dossiers/{application_id}/documents", **sent)

    def fill(self, application_id: int, it: Scene) -> None:
        """Complete every section but the signature."""
        for name, typed in sections_of(it).items():
            answer = self.save(application_id, name, **typed)
            assert answer.status_code == 302, (name, answer.errors, answer.text[:400])
        self.give_bank_account(it)
        for requirement in (it.rib, it.report):
            assert self.add_document(application_id, requirement.id).status_code == 302

    def give_bank_account(self, it: Scene) -> Any:
        return self.post(
            f"/structures/{it.organisation.id}/compte-bancaire", holder=it.organisation.name, iban=IBAN, bic="AGRIFRPP"
        )

    def sign(self, application_id: int, **more: Any) -> Any:
        """Tick everything and file."""
        page = self.get(f"/dossiers/{application_id}/depot")
        boxes = dict.fromkeys(page.tree.xpath('//input[starts-with(@name, "attest_")]/@name'), "y")
        sent = {
            name: page.tree.xpath(f'//input[@name="{name}"]/@value')[0] for name in ("version", "page", "opened")
        }  # fmt: skip
        values = {"signatory_name": "Dominique Martin", "signatory_role": "Présidente", "deposer": "1"}
        return self.post(f"/dossiers/{application_id}/depot", **{**sent, **boxes, **values, **more})


def filer(app: Any, person: Person) -> Filer:
    """Somebody who signed in a moment ago."""
    import time

    visitor = Filer(app, person)
    with visitor.client.session_transaction() as session:
        session["confirmed_at"] = int(time.time())
    return visitor


def fresh(application_id: int) -> Application:
    """The application as the database holds it."""
    db.session.expire_all()
    return db.session.get_one(Application, application_id)
