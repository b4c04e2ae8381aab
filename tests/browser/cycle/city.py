"""The city of the story: its contract, its two quartiers, its two funders and the people who work there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from stdnum import luhn

from portal.accounts import passwords
from portal.accounts.models import Person
from portal.accounts.rules import Role, ScopeKind
from portal.contracts.models import AgeBand, Axis, FunderKind, Indicator, IndicatorKind, Priority
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.periods import to_paris
from tests import factories
from tests.integration.calls.filing.scene import load_chart

PASSWORD = "les figues mûrissent en août"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

TITLE = "Lire en bas des tours"
ASSOCIATION = "Les Ateliers du Vallon"
TILLEULS, VALLON = "Les Tilleuls", "Le Vallon"
CITY, STATE = "Ville d’essai", "État"


@dataclass
class City:
    """What the story needs to know once the rows are out of reach."""

    year: int
    contract_id: int
    contract_slug: str
    siret: str
    emails: dict[str, str]
    application_id: int = 0
    call_id: int = 0
    bilan_id: int = 0

    @property
    def call_title(self) -> str:
        return f"Appel à projets {self.year}"


def found() -> City:
    """Everything that exists before the first page is opened: no call, no association."""
    year = to_paris(clock.now()).year
    contract = factories.contract(
        start_year=year - 1,
        end_year=year + 5,
        contact_address="1 place de la Mairie, 13100 Aix-en-Provence",
        contact_email="politique.ville@exemple.test",
        contact_phone="04 00 00 00 00",
    )
    load_chart()
    for name in (TILLEULS, VALLON):
        factories.quartier(contract, name)
    pillar = factories.theme(contract, "Cohésion sociale")
    factories.theme(contract, "Réussite éducative", pillar)
    factories.theme(contract, "Culture", pillar)
    factories.save(Axis(contract_id=contract.id, label="Jeunesse", position=1))
    factories.save(Priority(contract_id=contract.id, year=year, label="Soutien aux familles", position=1))
    factories.save(AgeBand(contract_id=contract.id, label="6-11 ans", from_age=6, to_age=11, position=1))
    factories.save(
        Indicator(
            contract_id=contract.id,
            code="S1",
            label="Personnes touchées",
            definition="Chaque personne compte une fois dans l’année.",
            unit="personnes",
            kind=IndicatorKind.PEOPLE,
            position=1,
        )
    )
    city = factories.funder(CITY, FunderKind.CITY, position=1)
    state = factories.funder(STATE, FunderKind.STATE, position=2)
    emails = {
        "manager": _holder("Maud", Role.MANAGER, ScopeKind.CONTRACT, contract.id),
        "officer": _holder("Omar", Role.OFFICER, ScopeKind.CONTRACT, contract.id),
        "delegate": _holder("Denis", Role.DELEGATE, ScopeKind.CONTRACT, contract.id),
        "city": _holder("Vera", Role.FUNDER_AGENT, ScopeKind.FUNDER, city.id),
        "state": _holder("Ella", Role.STATE_OFFICER, ScopeKind.FUNDER, state.id),
    }
    made = City(year, contract.id, contract.slug, siret_of(factories.siren()), emails)
    db.session.remove()
    return made


def siret_of(siren: str) -> str:
    """The SIRET of the seat of a legal unit."""
    stem = siren + "0001"
    return stem + luhn.calc_check_digit(stem)


def committee_arrives(city: City) -> None:
    """Once the call exists, two people are named to its committee."""
    for name, given in (("reviewer", "Ada"), ("recused", "Rose")):
        city.emails[name] = _holder(given, Role.REVIEWER, ScopeKind.CALL, city.call_id)
    db.session.remove()


def _holder(given_name: str, role: Role, kind: ScopeKind, scope_id: int) -> str:
    who: Person = factories.person(
        given_name,
        "Berger",
        email=f"{given_name.lower()}@ville.exemple.test",
        password_hash=passwords.hashed(PASSWORD),
        totp_secret=TOTP_SECRET,
    )
    factories.grant(who, role, kind, scope_id)
    return who.email


def day(city: City, day_: int, month: int, later: int = 0) -> str:
    """A day of the year of the call (or `later` years after), as people type it."""
    return f"{date(city.year + later, month, day_):%d/%m/%Y}"
