"""Two parallel contracts, A and B, with everything a route may be about: what the access test walks.

When the access test asks for it, add here:

    SAMPLES       a thing of a model that a route names in `@requires(on=Model)`; `side` holds what
                  is already made (contract, call, application, organisation…);
    PARAMETERS    the value of another variable of an address (`<slug>`, `<int:criterion_id>`), under
                  its name, or under "room.name" or "room.endpoint.name" when it means different things;
    QUERIES       what follows the « ? » where a route needs it to show something;
    MAY_BE_ABSENT a route that answers 404 even to those who may open it, and why.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.accounts.models import (
    Grant,
    JoinRequest,
    Mandate,
    Organisation,
    Person,
    VaultDocument,
)
from portal.accounts.rules import INSTANCE_ID, MemberLevel, Role, ScopeKind
from portal.calls.models import (
    Application,
    ApplicationDocument,
    Call,
    Criterion,
    DocumentRequirement,
    Envelope,
    FundingLine,
    Recusal,
    Submission,
)
from portal.calls.states import ApplicationStatus, DocumentCase, EnvelopeStatus, Origin, RecusalSource, Section
from portal.committee.models import (
    AgendaItem,
    Assessment,
    Assignment,
    ChangeRequest,
    Decision,
    FundingAct,
    Letter,
    Opinion,
    Sitting,
    SittingKind,
    SittingMember,
)
from portal.committee.states import (
    ActKind,
    ChangeRequestStatus,
    DecisionKind,
    LetterKind,
    Outcome,
    Verdict,
)
from portal.contracts.models import (
    AgeBand,
    Axis,
    Contract,
    Funder,
    FunderKind,
    GovernanceBody,
    Indicator,
    IndicatorKind,
    Priority,
    Theme,
)
from portal.evaluation.models import Bilan, BilanDocument, TerritorialReport
from portal.evaluation.operations.reports import make_report
from portal.evaluation.queries.reports import find
from portal.evaluation.rules.report import canonical, fingerprint
from portal.evaluation.states import BilanKind
from portal.foundation import clock, files
from portal.foundation.files import StoredFile
from portal.foundation.outbox import Task
from portal.quartiers.models import Figure, FigureScope, Quartier, Structure, StructureKind
from tests import factories
from tests.factories import save


@dataclass
class Side:
    """One contract and what hangs on it. `made` keeps the samples, one per model."""

    name: str
    owner: Person
    contract: Contract
    quartier: Quartier
    funder: Funder
    state: Funder
    call: Call
    organisation: Organisation
    application: Application
    line: FundingLine
    past: Application  # imported from a past programme, hence public
    made: dict[type[Any], Any] = field(default_factory=dict)

    def sample(self, model: type[Any]) -> Any:
        """The thing of that model on this side, made at first use."""
        if model not in self.made:
            self.made[model] = SAMPLES[model](self)
        return self.made[model]


def build(name: str) -> Side:
    """One side. Its owner is responsible for the organisation and holds no other role."""
    contract = factories.contract(f"contrat-{name}", name=f"Contrat {name}")
    quartier = factories.quartier(contract, f"Quartier {name}")
    funder = factories.funder(f"Ville {name}")
    state = factories.funder(f"État {name}", FunderKind.STATE)
    call = factories.call(contract, [quartier], title=f"Appel {name}")
    organisation = factories.organisation(f"Association {name}")
    owner = factories.member(organisation)
    application = factories.application(
        call, organisation, [quartier], status=ApplicationStatus.SUBMITTED, title=f"Projet {name}"
    )
    line = factories.funding_line(application, funder, 100_000)
    factories.funding_line(application, state, 50_000)
    past = factories.application(
        call, organisation, [quartier], status=ApplicationStatus.CLOSED, origin=Origin.IMPORTED
    )
    return Side(name, owner, contract, quartier, funder, state, call, organisation, application, line, past)


# -- samples -------------------------------------------------------------------------------------


def _stored_file(side: Side) -> StoredFile:
    content = f"%PDF-1.4 {side.name}".encode()
    relative = f"samples/{side.name}.pdf"
    path = files.files_root() / relative
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return save(
        StoredFile(
            path=relative,
            original_name="exemple.pdf",
            media_type="application/pdf",
            size_bytes=len(content),
            sha256="0" * 64,
            created_at=clock.now(),
        )
    )


def _indicator(side: Side) -> Indicator:
    return save(
        Indicator(
            contract_id=side.contract.id,
            code="participants",
            label="Participants",
            definition="Personnes venues au moins une fois",
            unit="personnes",
            kind=IndicatorKind.PEOPLE,
            position=1,
        )
    )


def _sitting(side: Side) -> Sitting:
    return save(
        Sitting(
            kind_id=side.sample(SittingKind).id,
            contract_id=side.contract.id,
            call_id=side.call.id,
            title=f"COTECH {side.name}",
            held_on=date(2026, 3, 5),
            minutes_file_id=side.sample(StoredFile).id,
        )
    )


def _decision(side: Side) -> Decision:
    return save(
        Decision(
            application_id=side.application.id,
            sitting_id=side.sample(Sitting).id,
            kind=DecisionKind.ADMISSIBILITY,
            outcome=Outcome.INADMISSIBLE,
            reason="Hors quartier",
            decided_on=date(2026, 3, 5),
            recorded_at=clock.now(),
        )
    )


def _document(side: Side) -> ApplicationDocument:
    return save(
        ApplicationDocument(
            application_id=side.application.id,
            requirement_id=side.sample(DocumentRequirement).id,
            label="Statuts",
            file_id=side.sample(StoredFile).id,
            added_at=clock.now(),
        )
    )


def _vault_document(side: Side) -> VaultDocument:
    return save(
        VaultDocument(
            organisation_id=side.organisation.id,
            kind="statuts",
            file_id=side.sample(StoredFile).id,
            created_at=clock.now(),
        )
    )


def _assignment(side: Side) -> Assignment:
    reviewer = side.sample(Assessment).person_id
    return save(Assignment(application_id=side.application.id, person_id=reviewer, assigned_at=clock.now()))


def _recusal(side: Side) -> Recusal:
    """Of somebody outside the walk, so that it hides nothing from anybody else."""
    return save(
        Recusal(
            person_id=side.sample(Assessment).person_id,
            organisation_id=side.organisation.id,
            source=RecusalSource.DECLARED,
            reason="Parent d’une salariée",
            created_at=clock.now(),
        )
    )


def _change_request(side: Side) -> ChangeRequest:
    return save(
        ChangeRequest(
            application_id=side.application.id,
            status=ChangeRequestStatus.ASKED,
            message="Joignez les statuts signés.",
            due_on=date(2026, 4, 1),
            asked_at=clock.now(),
        )
    )


def _assessment(side: Side) -> Assessment:
    reviewer = factories.staff(Role.REVIEWER, side.call)
    return save(Assessment(application_id=side.application.id, person_id=reviewer.id, updated_at=clock.now()))


def _opinion(side: Side) -> Opinion:
    return save(
        Opinion(
            application_id=side.application.id,
            funder_id=side.funder.id,
            verdict=Verdict.FAVOURABLE,
            given_at=clock.now(),
        )
    )


def _act(side: Side) -> FundingAct:
    return save(
        FundingAct(
            call_id=side.call.id,
            funder_id=side.funder.id,
            kind=ActKind.DELIBERATION,
            number=f"2026-{side.name}",
            decided_on=date(2026, 4, 1),
            file_id=side.sample(StoredFile).id,
            recorded_at=clock.now(),
        )
    )


def _letter(side: Side) -> Letter:
    return save(
        Letter(
            key=f"letter-{side.name}",
            application_id=side.application.id,
            kind=LetterKind.INADMISSIBILITY,
            decision_id=side.sample(Decision).id,
            file_id=side.sample(StoredFile).id,
            made_at=clock.now(),
        )
    )


def _submission(side: Side) -> Submission:
    return save(
        Submission(
            application_id=side.application.id,
            receipt_number=f"R-{side.name}",
            received_at=clock.now(),
            signatory_name="Nadia Roche",
            signatory_role="présidente",
            snapshot="{}",
            sha256="0" * 64,
            pdf_file_id=side.sample(StoredFile).id,
            acknowledgement_file_id=side.sample(StoredFile).id,
        )
    )


def _bilan_document(side: Side) -> BilanDocument:
    return save(
        BilanDocument(
            bilan_id=side.sample(Bilan).id,
            label="Photo",
            file_id=side.sample(StoredFile).id,
            added_at=clock.now(),
        )
    )


def _report(side: Side) -> TerritorialReport:
    """Published, so that it also has its public page."""
    payload = canonical(make_report(find(side.quartier.slug, 2026, side.contract.slug)))
    return save(
        TerritorialReport(
            contract_id=side.contract.id,
            quartier_id=side.quartier.id,
            year=2026,
            number=1,
            payload=payload,
            sha256=fingerprint(payload),
            pdf_file_id=side.sample(StoredFile).id,
            made_at=clock.now(),
            published_at=clock.now(),
        )
    )


def _figure(side: Side) -> Figure:
    return save(
        Figure(
            contract_id=side.contract.id,
            scope=FigureScope.QUARTIER,
            quartier_id=side.quartier.id,
            code="population",
            label="Population",
            value_thousandths=1_000_000,
            unit="habitants",
            year=2020,
            source="Insee",
            position=1,
        )
    )


def _task(side: Side) -> Task:
    return save(
        Task(
            key=f"task-{side.name}",
            name="example",
            arguments={},
            queue="default",
            label="Exemple",
            owner_person_id=side.owner.id,
            file_id=side.sample(StoredFile).id,
            created_at=clock.now(),
        )
    )


def _mandate(side: Side) -> Mandate:
    return save(
        Mandate(
            organisation_id=side.organisation.id,
            person_id=side.owner.id,
            holder_name=side.owner.display_name,
            office="Présidente",
            starts_on=date(2024, 1, 1),
        )
    )


def _joining(side: Side) -> JoinRequest:
    asker = factories.person("Lou", "Candidat")
    return save(JoinRequest(organisation_id=side.organisation.id, person_id=asker.id, created_at=clock.now()))


SAMPLES: dict[type[Any], Callable[[Side], Any]] = {
    AgeBand: lambda side: save(
        AgeBand(contract_id=side.contract.id, label="6-11 ans", from_age=6, to_age=11, position=1)
    ),
    ApplicationDocument: _document,
    Assignment: _assignment,
    Recusal: _recusal,
    VaultDocument: _vault_document,
    AgendaItem: lambda side: save(
        AgendaItem(sitting_id=side.sample(Sitting).id, application_id=side.application.id, position=1)
    ),
    Application: lambda side: side.application,
    Assessment: _assessment,
    Axis: lambda side: save(Axis(contract_id=side.contract.id, label="Jeunesse", position=1)),
    Bilan: lambda side: save(Bilan(application_id=side.application.id, kind=BilanKind.FINAL)),
    BilanDocument: _bilan_document,
    Call: lambda side: side.call,
    ChangeRequest: _change_request,
    Contract: lambda side: side.contract,
    Criterion: lambda side: save(Criterion(call_id=side.call.id, label="Pertinence", weight=100, position=1)),
    Decision: _decision,
    DocumentRequirement: lambda side: save(
        DocumentRequirement(call_id=side.call.id, code="statuts", label="Statuts", case=DocumentCase.ALWAYS, position=1)
    ),
    Envelope: lambda side: factories.envelope(side.call, side.funder, 1_000_000, EnvelopeStatus.FORECAST),
    Figure: _figure,
    Funder: lambda side: side.funder,
    FundingAct: _act,
    FundingLine: lambda side: side.line,
    GovernanceBody: lambda side: save(GovernanceBody(contract_id=side.contract.id, name="COPIL", position=1)),
    Grant: lambda side: factories.grant(factories.person(), Role.OFFICER, ScopeKind.CONTRACT, side.contract.id),
    Indicator: _indicator,
    JoinRequest: _joining,
    Letter: _letter,
    Mandate: _mandate,
    Opinion: _opinion,
    Organisation: lambda side: side.organisation,
    Person: lambda side: side.owner,
    Priority: lambda side: save(Priority(contract_id=side.contract.id, year=2026, label="Emploi", position=1)),
    Quartier: lambda side: side.quartier,
    Sitting: _sitting,
    SittingKind: lambda side: save(
        SittingKind(
            contract_id=side.contract.id,
            code="committee",
            label="Comité",
            pronounces_admissibility=True,
            arbitrates=True,
            position=1,
        )
    ),
    SittingMember: lambda side: save(
        SittingMember(sitting_id=side.sample(Sitting).id, name="Awa Citoyenne", capacity="Conseil citoyen")
    ),
    StoredFile: _stored_file,
    Structure: lambda side: save(
        Structure(quartier_id=side.quartier.id, kind=StructureKind.SCHOOL, name="École", position=1)
    ),
    Submission: _submission,
    Task: _task,
    TerritorialReport: _report,
    Theme: lambda side: factories.theme(side.contract, f"Emploi {side.name}"),
}

# Routes on what belongs to no side alone: people of one side reach it on the other, their role allowing.
SHARED: dict[str, str] = {
    "accounts.accept_join_request": "any manager answers the requests that no owner can answer",
    "accounts.refuse_join_request": "the same",
    "calls.start_application": "a published call is open to every structure",
    "contracts.edit_funder": "the contracts share their funders",
    "contracts.retire_funder": "the same",
    "contracts.restore_funder": "the same",
}

PARAMETERS: dict[str, Callable[[Side], Any]] = {
    "token": lambda _side: "forged",
    "slug": lambda side: side.quartier.slug,
    "contract_slug": lambda side: side.contract.slug,
    "section": lambda _side: Section.PROJECT.value,
    "year": lambda _side: 2026,
    "accounts.edit_member.grant_id": lambda side: _membership(side).id,
    "accounts.remove_member.grant_id": lambda side: _membership(side).id,
    "calls.document_id": lambda side: side.sample(ApplicationDocument).id,
    "calls.requirement_id": lambda side: side.sample(DocumentRequirement).id,
    "calls.vault_id": lambda side: side.sample(VaultDocument).id,
    "committee.document_id": lambda side: side.sample(ApplicationDocument).id,
    "committee.kind_id": lambda side: side.sample(SittingKind).id,
    "committee.member_id": lambda side: side.sample(SittingMember).id,
    "committee.person_id": lambda side: side.sample(Assignment).person_id,
    "committee.request_id": lambda side: side.sample(ChangeRequest).id,
    "committee.step": lambda _side: "open",
    "contracts.band_id": lambda side: side.sample(AgeBand).id,
    "contracts.kind": lambda _side: "axes",
    "contracts.line_id": lambda side: side.sample(Axis).id,
    "evaluation.document_id": lambda side: side.sample(BilanDocument).id,
    "evaluation.form": lambda _side: "json",
    "evaluation.report_id": lambda side: side.sample(TerritorialReport).id,
    "site.action.application_id": lambda side: side.past.id,
}


def _membership(side: Side) -> Grant:
    (grant,) = (grant for grant in side.owner.grants if grant.role is Role.APPLICANT)
    return grant


QUERIES: dict[str, Callable[[Side], str]] = {
    "accounts.holders": lambda side: f"portee=contract-{side.contract.id}",
    "accounts.invite": lambda side: f"portee=contract-{side.contract.id}",
    "accounts.join_organisation": lambda side: f"siret={side.organisation.siret}",
}

MAY_BE_ABSENT: dict[str, str] = {
    "committee.answer_changes": "nothing may have been asked",
    "committee.give_opinion": "each speaks for their own funder alone",
    "committee.partner_opinion": "the sample is a funder's opinion",
    "committee.reopen_sheet": "the sample is not given yet",
}


# -- people --------------------------------------------------------------------------------------


def holder(side: Side, role: Role, level: MemberLevel | None = None) -> Person:
    """Somebody holding one role on one side."""
    kind, scope_id = _scope(side, role)
    who = factories.person(side.name, level or role.value)
    factories.grant(who, role, kind, scope_id, level)
    return who


def _scope(side: Side, role: Role) -> tuple[ScopeKind, int]:
    return {
        Role.APPLICANT: (ScopeKind.ORGANISATION, side.organisation.id),
        Role.REVIEWER: (ScopeKind.CALL, side.call.id),
        Role.STATE_OFFICER: (ScopeKind.FUNDER, side.state.id),
        Role.FUNDER_AGENT: (ScopeKind.FUNDER, side.funder.id),
        Role.RESIDENT: (ScopeKind.QUARTIER, side.quartier.id),
        Role.ADMIN: (ScopeKind.INSTANCE, INSTANCE_ID),
    }.get(role, (ScopeKind.CONTRACT, side.contract.id))
