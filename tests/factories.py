"""Things for tests, made whole and committed. Each takes what matters to the test, invents the rest."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from portal.accounts.models import Establishment, Grant, Organisation, OrganisationKind, Person
from portal.accounts.rules import INSTANCE_ID, MemberLevel, Role, ScopeKind
from portal.calls.models import Application, Call, Envelope, FundingLine, Placement, Recusal
from portal.calls.operations.apportioning import reapportion_lines
from portal.calls.states import ApplicationStatus, CallKind, CallStatus, EnvelopeStatus, Origin, RecusalSource
from portal.contracts.models import Contract, Funder, FunderKind, Nature, TaxonomyLevel, Theme
from portal.foundation import clock
from portal.foundation.database import Base, unit_of_work
from portal.foundation.folding import fold
from portal.quartiers.models import ContractQuartier, Quartier, QuartierKind

T = TypeVar("T", bound=Base)
_numbers = itertools.count(1)


def save(thing: T) -> T:
    """Commit one new thing."""
    with unit_of_work() as session:
        session.add(thing)
    return thing


def person(
    given_name: str = "Camille", family_name: str = "Durand", *, email: str | None = None, **values: Any
) -> Person:
    email = email or f"personne{next(_numbers)}@exemple.test"
    return save(
        Person(
            email=email,
            email_fold=email.lower(),
            given_name=given_name,
            family_name=family_name,
            confirmed_at=clock.now(),
            created_at=clock.now(),
            **{"totp_secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "totp_confirmed_at": clock.now(), **values},
        )
    )


def grant(who: Person, role: Role, kind: ScopeKind, scope_id: int, level: MemberLevel | None = None) -> Grant:
    return save(
        Grant(
            person_id=who.id,
            role=role,
            scope_kind=kind,
            scope_id=scope_id,
            level=level,
            created_at=clock.now(),
        )
    )


def admin() -> Person:
    who = person("Alex", "Admin")
    grant(who, Role.ADMIN, ScopeKind.INSTANCE, INSTANCE_ID)
    return who


def member(organisation: Organisation, level: MemberLevel = MemberLevel.OWNER) -> Person:
    who = person("Noa", "Membre")
    grant(who, Role.APPLICANT, ScopeKind.ORGANISATION, organisation.id, level)
    return who


def staff(role: Role, on: Contract | Call | Funder) -> Person:
    """A person holding `role` on a contract, call or funder."""
    kind = {Contract: ScopeKind.CONTRACT, Call: ScopeKind.CALL, Funder: ScopeKind.FUNDER}[type(on)]
    who = person("Sacha", role.value)
    grant(who, role, kind, on.id)
    return who


def siren() -> str:
    """A fresh SIREN whose Luhn key is right."""
    from stdnum import luhn

    stem = f"{90000000 + next(_numbers):08d}"
    return stem + luhn.calc_check_digit(stem)


def organisation(name: str | None = None, **values: Any) -> Organisation:
    from stdnum import luhn

    name = name or f"Association d’essai {next(_numbers)}"
    number = values.pop("siren", None) or siren()
    stem = number + "0001"
    made = save(
        Organisation(
            name=name,
            name_fold=fold(name),
            kind=values.pop("kind", OrganisationKind.ASSOCIATION),
            siren=number,
            created_at=clock.now(),
            **values,
        )
    )
    save(Establishment(organisation_id=made.id, siret=stem + luhn.calc_check_digit(stem), starts_on=date(2015, 1, 1)))
    return made


def contract(slug: str | None = None, **values: Any) -> Contract:
    slug = slug or f"contrat-{next(_numbers)}"
    made = save(
        Contract(
            slug=slug,
            name=values.pop("name", "Contrat d’essai 2024-2030"),
            commune_name="Aix-en-Provence",
            commune_insee_code="13001",
            start_year=values.pop("start_year", 2024),
            end_year=values.pop("end_year", 2030),
            **values,
        )
    )
    save(TaxonomyLevel(contract_id=made.id, depth=0, singular="pilier", plural="piliers"))
    save(TaxonomyLevel(contract_id=made.id, depth=1, singular="thématique", plural="thématiques"))
    return made


def theme(of: Contract, label: str, parent: Theme | None = None) -> Theme:
    return save(
        Theme(
            contract_id=of.id,
            parent_id=parent.id if parent else None,
            depth=1 if parent else 0,
            slug=fold(label).replace(" ", "-"),
            label=label,
            label_fold=fold(label),
            position=next(_numbers),
        )
    )


def quartier(of: Contract, name: str, kind: QuartierKind = QuartierKind.QPV) -> Quartier:
    made = save(Quartier(slug=fold(name).replace(" ", "-"), name=name, name_fold=fold(name), position=next(_numbers)))
    save(ContractQuartier(contract_id=of.id, quartier_id=made.id, kind=kind))
    return made


def funder(name: str = "Ville d’essai", kind: FunderKind = FunderKind.CITY, **values: Any) -> Funder:
    slug = f"{fold(name).replace(' ', '-')}-{next(_numbers)}"
    return save(Funder(slug=slug, name=name, name_fold=fold(name), kind=kind, **values))


def call(of: Contract, quartiers: list[Quartier] | None = None, **values: Any) -> Call:
    """A published call, open from yesterday for a month unless told otherwise."""
    now = datetime.now(UTC)
    year = values.pop("year", 2026)
    return save(
        Call(
            contract_id=of.id,
            kind=values.pop("kind", CallKind.ANNUAL),
            status=values.pop("status", CallStatus.PUBLISHED),
            year=year,
            title=values.pop("title", f"Appel à projets {year}"),
            opens_at=values.pop("opens_at", now - timedelta(days=1)),
            closes_at=values.pop("closes_at", now + timedelta(days=30)),
            actions_start_on=date(year, 1, 1),
            actions_end_on=date(year, 12, 31),
            quartiers=quartiers or [],
            **values,
        )
    )


def application(
    of: Call,
    by: Organisation,
    quartiers: list[Quartier] | None = None,
    *,
    status: ApplicationStatus = ApplicationStatus.DRAFT,
    **values: Any,
) -> Application:
    title = values.pop("title", f"Projet d’essai {next(_numbers)}")
    made = save(
        Application(
            call_id=of.id,
            organisation_id=by.id,
            number=values.pop("number", next(_numbers)),
            origin=values.pop("origin", Origin.ONLINE),
            status=status,
            title=title,
            title_fold=fold(title),
            created_at=clock.now(),
            submitted_at=None if status is ApplicationStatus.DRAFT else clock.now(),
            **values,
        )
    )
    for each in quartiers or []:
        save(Placement(application_id=made.id, quartier_id=each.id, share_bp=10000 // len(quartiers or [])))
    return made


def envelope(of: Call, funder: Funder, amount_cents: int, status: EnvelopeStatus = EnvelopeStatus.FORECAST) -> Envelope:
    return save(
        Envelope(
            call_id=of.id,
            funder_id=funder.id,
            nature=Nature.SPECIFIC,
            status=status,
            amount_cents=amount_cents,
        )
    )


def funding_line(
    of: Application,
    funder: Funder,
    requested_cents: int,
    envelope: Envelope | None = None,
    *,
    nature: Nature = Nature.SPECIFIC,
) -> FundingLine:
    made = FundingLine(
        application_id=of.id,
        funder_id=funder.id,
        nature=nature,
        envelope_id=envelope.id if envelope else None,
        requested_cents=requested_cents,
    )
    with unit_of_work() as session:
        session.add(made)
        session.flush()
        reapportion_lines([made.id])
    return made


def recusal(who: Person, from_: Application) -> Recusal:
    """A person steps out of one application."""
    return save(
        Recusal(
            person_id=who.id,
            application_id=from_.id,
            source=RecusalSource.DECLARED,
            reason="Conjoint salarié de la structure",
            created_at=clock.now(),
        )
    )
