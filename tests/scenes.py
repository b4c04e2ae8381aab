"""A small city for the tests of public pages: past actions, a call under way, what must stay private."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.accounts.models import Organisation
from portal.calls.models import Application, Call, Criterion, DocumentRequirement, FundingLine, Placement
from portal.calls.states import ApplicationStatus, CallKind, CallStatus, DocumentCase, FundingStatus, Origin
from portal.committee.models import Decision
from portal.committee.states import DecisionKind, Outcome
from portal.contracts.models import Contract, Funder, Nature, Theme
from portal.foundation import clock
from portal.quartiers.models import Figure, FigureScope, Quartier, QuartierKind, Structure, StructureKind
from tests import factories


@dataclass
class City:
    """A real contract with two quartiers, two themes, a past programme and an open call."""

    contract: Contract
    encagnane: Quartier
    beisson: Quartier
    pillar: Theme
    culture: Theme
    sport: Theme
    past: Call
    call: Call
    funder: Funder
    organisation: Organisation


def city(**values: object) -> City:
    contract = factories.contract(
        "ville-2015-2030",
        name="Contrat de ville 2015-2030",
        start_year=2015,
        end_year=2030,
        source="Bilan municipal des actions 2022",
        contact_email="politique.ville@exemple.test",
        **values,
    )
    pillar = factories.theme(contract, "Cohésion sociale")
    encagnane = factories.quartier(contract, "Encagnane")
    beisson = factories.quartier(contract, "Beisson", QuartierKind.ACTIVE_WATCH)
    return City(
        contract=contract,
        encagnane=encagnane,
        beisson=beisson,
        pillar=pillar,
        culture=factories.theme(contract, "Culture", pillar),
        sport=factories.theme(contract, "Sport", pillar),
        past=factories.call(
            contract, [], year=2022, title="Programmation 2022", kind=CallKind.PAST, status=CallStatus.ARCHIVED
        ),
        call=factories.call(
            contract,
            [encagnane, beisson],
            year=2026,
            presentation="Des actions pour les habitants.",
            who_may_apply="Les associations et les établissements scolaires.",
            bilan_due_on=date(2027, 6, 30),
        ),
        funder=factories.funder("Ville d’essai"),
        organisation=factories.organisation("Les Tisseurs"),
    )


def past_action(
    of: City,
    title: str,
    *,
    by: Organisation | None = None,
    places: dict[Quartier, tuple[Theme | None, str | None]] | None = None,
    call: Call | None = None,
    order: int = 1,
) -> Application:
    """An action as an import writes it: each placement with its own theme and words."""
    made = factories.application(
        call or of.past, by or of.organisation, title=title, origin=Origin.IMPORTED, status=ApplicationStatus.CLOSED
    )
    for quartier, (theme, words) in (places or {of.encagnane: (of.culture, "Des ateliers chaque semaine")}).items():
        factories.save(
            Placement(
                application_id=made.id,
                quartier_id=quartier.id,
                theme_id=theme.id if theme else None,
                description=words,
                printed_order=order,
            )
        )
    return made


def filed_action(
    of: City,
    title: str,
    *,
    status: ApplicationStatus = ApplicationStatus.DECIDED,
    outcome: Outcome | None = Outcome.RETAINED,
    line: FundingStatus | None = FundingStatus.NOTIFIED,
    cents: int = 123_400,
    nature: Nature = Nature.SPECIFIC,
    by: Organisation | None = None,
) -> Application:
    """A filed application, public by default; each argument may take it out of what is published."""
    made = factories.application(
        of.call, by or of.organisation, [of.encagnane], title=title, status=status, main_theme_id=of.sport.id,
        description=f"Description de {title}",
    )  # fmt: skip
    if outcome is not None:
        decide(made, outcome)
    if line is not None:
        factories.save(
            FundingLine(
                application_id=made.id,
                funder_id=of.funder.id,
                nature=nature,
                status=line,
                requested_cents=cents,
                granted_cents=cents,
            )
        )
    return made


def decide(application: Application, outcome: Outcome, *, superseded: bool = False) -> Decision:
    return factories.save(
        Decision(
            application_id=application.id,
            kind=DecisionKind.ARBITRATION,
            outcome=outcome,
            reason="Motif de séance",
            decided_on=date(2026, 3, 1),
            recorded_at=clock.now(),
            superseded_at=clock.now() if superseded else None,
        )
    )


def described(of: City) -> None:
    """Figures, landlords, schools, documents and a grid, as the reference data has them."""
    lines: list[tuple[FigureScope, str, str, int | None, str, int | None, str | None, str | None]] = [
        (FigureScope.QUARTIER, "population_intro", "Habitants (liste)", 4_642_000, "habitants", None, None, None),
        (
            FigureScope.QUARTIER, "population_chapitre", "Habitants (chapitre)", 3_450_000, "habitants", None, None,
            "Les deux chiffres se contredisent.",
        ),
        (FigureScope.QUARTIER, "revenu", "Revenu disponible médian", 13_940_000, "€", 2017, "INSEE", None),
        (FigureScope.QUARTIER, "chomage", "Taux de chômage", 30_700, "%", 2016, "INSEE", None),
        (FigureScope.CITY, "revenu", "Revenu disponible médian", 24_340_000, "€", None, None, None),
        (FigureScope.COUNTRY, "revenu", "Revenu disponible médian", 21_730_000, "€", None, None, None),
    ]  # fmt: skip
    for position, (scope, code, label, value, unit, year, source, note) in enumerate(lines):
        factories.save(
            Figure(
                contract_id=of.contract.id,
                scope=scope,
                quartier_id=of.encagnane.id if scope is FigureScope.QUARTIER else None,
                code=code,
                label=label,
                value_thousandths=value,
                unit=unit,
                year=year,
                source=source,
                note=note,
                position=position,
            )
        )
    for kind, category, name, share_bp in (
        (StructureKind.LANDLORD, None, "Pays d’Aix Habitat", 4300),
        (StructureKind.LANDLORD, None, "Erilia", None),
        (StructureKind.SCHOOL, "Groupes scolaires", "Giono", None),
        (StructureKind.SCHOOL, "Groupes scolaires", "Arène", None),
        (StructureKind.EQUIPMENT, None, "Mairie de quartier", None),
        (StructureKind.EQUIPMENT, None, "Centre social La Provence", None),
    ):
        factories.save(
            Structure(
                quartier_id=of.encagnane.id, kind=kind, category=category, name=name, share_bp=share_bp, position=1
            )
        )
    factories.save(
        DocumentRequirement(
            call_id=of.call.id, code="rib", label="Relevé d’identité bancaire", case=DocumentCase.ALWAYS, position=1
        )
    )
    factories.save(
        DocumentRequirement(
            call_id=of.call.id, code="statuts", label="Statuts signés", help="La dernière version déposée.",
            case=DocumentCase.FIRST, position=2,
        )
    )  # fmt: skip
    factories.save(Criterion(call_id=of.call.id, label="Réponse aux priorités du quartier", weight=60, position=1))
    factories.save(Criterion(call_id=of.call.id, label="Qualité et calendrier", weight=40, position=2))
    factories.envelope(of.call, of.funder, 1_000_000)
