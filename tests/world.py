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
from datetime import date, timedelta
from typing import Any

from portal.accounts.models import (
    Approval,
    BankAccount,
    Grant,
    JoinRequest,
    Mandate,
    Organisation,
    OwnershipRestoration,
    Person,
    VaultDocument,
)
from portal.accounts.rules import INSTANCE_ID, MemberLevel, Role, ScopeKind
from portal.calls.models import (
    Application,
    ApplicationDocument,
    Call,
    CallMilestone,
    CallQuestion,
    Conversation,
    Criterion,
    DocumentRequirement,
    Envelope,
    Exemption,
    FundingLine,
    Message,
    MessageFile,
    PreProject,
    QuestionWording,
    Recusal,
    Submission,
)
from portal.calls.queries.sections import dossier_of
from portal.calls.rules.submission import frozen
from portal.calls.states import (
    ApplicationStatus,
    DocumentCase,
    EnvelopeStatus,
    MessageSide,
    MilestoneKind,
    Origin,
    PreProjectStatus,
    QuestionKind,
    RecusalSource,
    Section,
)
from portal.committee.models import (
    Adjustment,
    AgendaItem,
    AgendaTopic,
    Assessment,
    Assignment,
    ChangeRequest,
    Convention,
    ConventionAction,
    Convocation,
    Decision,
    FileNote,
    FundingAct,
    Leftover,
    Letter,
    Opinion,
    OpinionLink,
    OpinionRequest,
    Payment,
    Scenario,
    ScenarioAmount,
    ScenarioApplication,
    Sitting,
    SittingDocument,
    SittingKind,
    SittingMember,
    SittingSeat,
    Visit,
)
from portal.committee.rules.scenarios.parameters import Parameters, stored
from portal.committee.rules.scenarios.reading import Why
from portal.committee.states import (
    ActKind,
    ChangeRequestStatus,
    DecisionKind,
    LeftoverFate,
    LetterKind,
    Outcome,
    ScenarioStatus,
    SittingDocumentKind,
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
    PartnerContact,
    PartnerKind,
    Priority,
    SavedView,
    Theme,
)
from portal.evaluation.models import Bilan, BilanDocument, TerritorialReport
from portal.evaluation.operations.reports import make_report
from portal.evaluation.queries.reports import find
from portal.evaluation.rules.report import canonical, fingerprint
from portal.evaluation.states import BilanKind
from portal.foundation import clock, files
from portal.foundation.files import StoredFile
from portal.foundation.outbox import Mail, MailState, Task
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
    call = factories.call(
        contract, [quartier], title=f"Appel {name}", pre_projects_enabled=True, scenarios_enabled=True
    )
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
            # Whatever its bytes: the address must answer.
            preview_path=relative,
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
        )
    )


def _sitting_document(side: Side) -> SittingDocument:
    return save(
        SittingDocument(
            sitting_id=side.sample(Sitting).id,
            kind=SittingDocumentKind.CAHIER,
            number=1,
            file_id=side.sample(StoredFile).id,
            asked_at=clock.now(),
        )
    )


def _convocation(side: Side) -> Convocation:
    return save(
        Convocation(
            sitting_id=side.sample(Sitting).id,
            name="Awa Citoyenne",
            number=1,
            by_mail=False,
            held_on=date(2026, 3, 5),
            file_id=side.sample(StoredFile).id,
            sent_at=clock.now(),
        )
    )


def _seat(side: Side) -> SittingSeat:
    return save(SittingSeat(kind_id=side.sample(SittingKind).id, name="Awa Citoyenne", capacity="Membre", position=1))


def _topic(side: Side) -> AgendaTopic:
    return save(AgendaTopic(sitting_id=side.sample(Sitting).id, words="Calendrier", position=1))


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


def _call_question(side: Side) -> CallQuestion:
    question = save(CallQuestion(call_id=side.call.id, kind=QuestionKind.SHORT_TEXT, position=1, added_at=clock.now()))
    save(QuestionWording(question_id=question.id, number=1, label=f"Question {side.name}", made_at=clock.now()))
    return question


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


def _partner_contact(side: Side) -> PartnerContact:
    """With the address of the side's owner: the pages of those who have an account are theirs."""
    return save(
        PartnerContact(
            contract_id=side.contract.id,
            name=f"Service {side.name}",
            name_fold=f"service {side.name}",
            kind=PartnerKind.CITY_SERVICE,
            email=side.owner.email,
            email_fold=side.owner.email_fold,
            created_at=clock.now(),
        )
    )


def _opinion_request(side: Side) -> OpinionRequest:
    return save(
        OpinionRequest(
            application_id=side.application.id,
            contact_id=side.sample(PartnerContact).id,
            due_on=clock.now().date() + timedelta(days=10),
            asked_at=clock.now(),
        )
    )


def _opinion_link(side: Side) -> OpinionLink:
    contact = side.sample(PartnerContact)
    return save(
        OpinionLink(contact_id=contact.id, call_id=side.call.id, handle=f"handle-{side.name}", made_at=clock.now())
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
            word_file_id=side.sample(StoredFile).id,
            made_at=clock.now(),
        )
    )


def _adjustment(side: Side) -> Adjustment:
    return save(Adjustment(application_id=side.application.id, due_on=date(2026, 6, 1), asked_at=clock.now(), raw={}))


def _convention(side: Side) -> Convention:
    file_id = side.sample(StoredFile).id
    made = save(
        Convention(
            contract_id=side.contract.id,
            call_id=side.call.id,
            funder_id=side.funder.id,
            organisation_id=side.organisation.id,
            number=f"2026-{side.name}",
            first_year=2026,
            last_year=2026,
            first_payment_bp=8000,
            payment_days=60,
            body="Entre la Ville et la structure.",
            file_id=file_id,
            word_file_id=file_id,
            signed_file_id=file_id,
            drafted_at=clock.now(),
            sent_at=clock.now(),
        )
    )
    save(ConventionAction(convention_id=made.id, funding_line_id=side.line.id, amount_cents=90_000, position=1))
    return made


def _payment(side: Side) -> Payment:
    return save(
        Payment(
            funding_line_id=side.line.id,
            amount_cents=10_000,
            paid_on=date(2026, 5, 1),
            transfer_ref="M-1",
            recorded_at=clock.now(),
        )
    )


def _leftover(side: Side) -> Leftover:
    return save(
        Leftover(
            funding_line_id=side.line.id,
            amount_cents=5_000,
            fate=LeftoverFate.REPAID,
            reason="Action plus courte",
            file_id=side.sample(StoredFile).id,
            decided_at=clock.now(),
        )
    )


def _scenario(side: Side) -> Scenario:
    """Computed, by somebody outside the walk."""
    made = save(
        Scenario(
            call_id=side.call.id,
            title=f"Scénario {side.name}",
            status=ScenarioStatus.DONE,
            parameters=stored(Parameters()),
            seed=1,
            result={"to_share": 100_000, "held_back": [], "purses": [], "gap_bp": 0, "seconds": 0.1},
            created_at=clock.now(),
            created_by_id=side.owner.id,
        )
    )
    save(ScenarioApplication(scenario_id=made.id, application_id=side.application.id))
    save(
        ScenarioAmount(
            scenario_id=made.id,
            funding_line_id=side.line.id,
            requested_cents=100_000,
            amount_cents=90_000,
            why=Why.PART,
            line_version=1,
        )
    )
    return made


def _submission(side: Side) -> Submission:
    return save(
        Submission(
            application_id=side.application.id,
            receipt_number=f"R-{side.name}",
            received_at=clock.now(),
            signatory_name="Nadia Roche",
            signatory_role="présidente",
            snapshot=frozen(
                dossier_of(side.application),
                receipt=f"R-{side.name}",
                received_at=clock.now(),
                signatory_name="Nadia Roche",
                signatory_role="présidente",
            ),
            sha256="0" * 64,
            pdf_file_id=side.sample(StoredFile).id,
            acknowledgement_file_id=side.sample(StoredFile).id,
        )
    )


def _message_file(side: Side) -> MessageFile:
    """Joined to a message already opened: the walk's visits change nothing."""
    message = Message(
        conversation_id=side.sample(Conversation).id,
        side=MessageSide.ORGANISATION,
        body="Une question.",
        sent_at=clock.now(),
        read_at=clock.now(),
    )
    return save(MessageFile(message_id=save(message).id, file_id=side.sample(StoredFile).id))


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


def _milestone(side: Side) -> CallMilestone:
    return save(
        CallMilestone(
            call_id=side.call.id,
            kind=MilestoneKind.COTECH,
            label=f"COTECH {side.name}",
            starts_on=date(2026, 3, 5),
            changed_at=clock.now(),
        )
    )


def _note(side: Side) -> PreProject:
    """Sent, and taken up by the application: who stepped out of one stepped out of the other."""
    return save(
        PreProject(
            call_id=side.call.id,
            organisation_id=side.organisation.id,
            status=PreProjectStatus.SENT,
            title=f"Idée {side.name}",
            created_at=clock.now(),
            sent_at=clock.now(),
            application_id=side.application.id,
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


def _mail(side: Side) -> Mail:
    return save(
        Mail(
            key=f"mail-{side.name}",
            template="account_erased",
            recipient="quelqu.un@exemple.test",
            context={},
            state=MailState.FAILED,
            not_before=clock.now(),
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


def _officer(side: Side) -> Mandate:
    return save(
        Mandate(
            organisation_id=side.organisation.id,
            holder_name="Jo Petit",
            office="Trésorier",
            starts_on=date(2024, 1, 1),
        )
    )


def _restoration(side: Side) -> OwnershipRestoration:
    return save(
        OwnershipRestoration(
            organisation_id=side.organisation.id,
            person_id=side.owner.id,
            at=clock.now(),
            reason="Nouveau bureau",
            file_id=side.sample(StoredFile).id,
        )
    )


def _bank_account(side: Side) -> BankAccount:
    return save(
        BankAccount(
            organisation_id=side.organisation.id,
            iban="FR7630006000011234567890189",
            holder=side.organisation.name,
            created_at=clock.now(),
            file_id=side.sample(StoredFile).id,
        )
    )


SAMPLES: dict[type[Any], Callable[[Side], Any]] = {
    Adjustment: _adjustment,
    AgeBand: lambda side: save(
        AgeBand(contract_id=side.contract.id, label="6-11 ans", from_age=6, to_age=11, position=1)
    ),
    ApplicationDocument: _document,
    Approval: lambda side: save(Approval(organisation_id=side.organisation.id, kind="Centre social")),
    BankAccount: _bank_account,
    Assignment: _assignment,
    Recusal: _recusal,
    VaultDocument: _vault_document,
    FileNote: lambda side: save(
        FileNote(application_id=side.application.id, author_id=side.owner.id, body="Note", written_at=clock.now())
    ),
    SavedView: lambda side: save(
        SavedView(
            contract_id=side.contract.id,
            person_id=side.owner.id,
            place="committee.desk",
            name="Vue",
            name_fold="vue",
            query="",
        )
    ),
    Visit: lambda side: save(Visit(application_id=side.application.id, day=date(2026, 11, 2))),
    AgendaItem: lambda side: save(
        AgendaItem(sitting_id=side.sample(Sitting).id, application_id=side.application.id, position=1)
    ),
    Application: lambda side: side.application,
    Assessment: _assessment,
    Axis: lambda side: save(Axis(contract_id=side.contract.id, label="Jeunesse", position=1)),
    Bilan: lambda side: save(Bilan(application_id=side.application.id, kind=BilanKind.FINAL)),
    BilanDocument: _bilan_document,
    Call: lambda side: side.call,
    CallMilestone: _milestone,
    CallQuestion: _call_question,
    ChangeRequest: _change_request,
    Contract: lambda side: side.contract,
    Conversation: lambda side: save(Conversation(application_id=side.application.id)),
    Convention: _convention,
    Criterion: lambda side: save(Criterion(call_id=side.call.id, label="Pertinence", weight=100, position=1)),
    Decision: _decision,
    DocumentRequirement: lambda side: save(
        DocumentRequirement(call_id=side.call.id, code="statuts", label="Statuts", case=DocumentCase.ALWAYS, position=1)
    ),
    Envelope: lambda side: factories.envelope(side.call, side.funder, 1_000_000, EnvelopeStatus.FORECAST),
    Exemption: lambda side: save(
        Exemption(
            call_id=side.call.id,
            organisation_id=side.organisation.id,
            until=clock.now() + timedelta(days=60),
            reason="Panne",
            granted_at=clock.now(),
        )
    ),
    Figure: _figure,
    Funder: lambda side: side.funder,
    FundingAct: _act,
    FundingLine: lambda side: side.line,
    GovernanceBody: lambda side: save(GovernanceBody(contract_id=side.contract.id, name="COPIL", position=1)),
    Grant: lambda side: factories.grant(factories.person(), Role.OFFICER, ScopeKind.CONTRACT, side.contract.id),
    Indicator: _indicator,
    JoinRequest: _joining,
    Leftover: _leftover,
    Letter: _letter,
    Mandate: _mandate,
    MessageFile: _message_file,
    Opinion: _opinion,
    OpinionLink: _opinion_link,
    OpinionRequest: _opinion_request,
    PartnerContact: _partner_contact,
    Organisation: lambda side: side.organisation,
    OwnershipRestoration: _restoration,
    Payment: _payment,
    Person: lambda side: side.owner,
    Scenario: _scenario,
    Priority: lambda side: save(Priority(contract_id=side.contract.id, year=2026, label="Emploi", position=1)),
    PreProject: _note,
    Quartier: lambda side: side.quartier,
    Sitting: _sitting,
    SittingDocument: _sitting_document,
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
    Mail: _mail,
    Task: _task,
    TerritorialReport: _report,
    Theme: lambda side: factories.theme(side.contract, f"Emploi {side.name}"),
}

# Routes on what belongs to no side alone: people of one side reach it on the other, their role allowing.
SHARED: dict[str, str] = {
    "accounts.accept_join_request": "any manager answers the requests that no owner can answer",
    "accounts.refuse_join_request": "the same",
    "calls.start_application": "a published call is open to every structure",
    "calls.start_note": "the same",
    "contracts.edit_funder": "the contracts share their funders",
    "contracts.retire_funder": "the same",
    "contracts.restore_funder": "the same",
}

PARAMETERS: dict[str, Callable[[Side], Any]] = {
    "calls.continue_agreement.call_id": lambda side: side.call.id,
    "calls.renew_application.call_id": lambda side: side.call.id,
    "calls.grant_exemption.organisation_id": lambda side: side.organisation.id,
    "calls.type_on_behalf.organisation_id": lambda side: side.organisation.id,
    "token": lambda _side: "forged",
    "slug": lambda side: side.quartier.slug,
    "contract_slug": lambda side: side.contract.slug,
    "section": lambda _side: Section.PROJECT.value,
    "year": lambda _side: 2026,
    "accounts.account_document.organisation_id": lambda side: side.sample(BankAccount).organisation_id,
    "accounts.mail_id": lambda side: side.sample(Mail).id,
    "accounts.approval_id": lambda side: side.sample(Approval).id,
    "accounts.check_account.organisation_id": lambda side: side.sample(BankAccount).organisation_id,
    "accounts.own_account_document.organisation_id": lambda side: side.sample(BankAccount).organisation_id,
    "view_id": lambda side: side.sample(SavedView).id,
    "note_id": lambda side: side.sample(FileNote).id,
    "accounts.establishment_id": lambda side: side.organisation.establishments[0].id,
    "accounts.mandate_id": lambda side: side.sample(Mandate).id,
    "accounts.edit_officer.mandate_id": lambda side: _officer(side).id,
    "accounts.restoration_id": lambda side: side.sample(OwnershipRestoration).id,
    "accounts.edit_organisation_year.year": lambda _side: clock.now().year - 1,
    "accounts.edit_member.grant_id": lambda side: _membership(side).id,
    "accounts.remove_member.grant_id": lambda side: _membership(side).id,
    "calls.document_id": lambda side: side.sample(ApplicationDocument).id,
    "calls.line_id": lambda side: side.sample(DocumentRequirement).id,
    "calls.part": lambda _side: "documents",
    "calls.milestone_id": lambda side: side.sample(CallMilestone).id,
    "calls.file_id": lambda side: side.sample(MessageFile).id,
    "calls.number": lambda side: side.sample(Submission).number,
    "calls.requirement_id": lambda side: side.sample(DocumentRequirement).id,
    "calls.vault_id": lambda side: side.sample(VaultDocument).id,
    "committee.document_id": lambda side: side.sample(ApplicationDocument).id,
    "committee.form": lambda _side: "xlsx",
    "committee.kind": lambda _side: "rejet",
    "committee.asked_id": lambda side: side.sample(OpinionRequest).id,
    "committee.kind_id": lambda side: side.sample(SittingKind).id,
    "committee.member_id": lambda side: side.sample(SittingMember).id,
    "committee.person_id": lambda side: side.sample(Assignment).person_id,
    "committee.request_id": lambda side: side.sample(ChangeRequest).id,
    "committee.part": lambda _side: Section.BUDGET.value,
    "committee.paper": lambda _side: "attendance",
    "committee.sitting_document.document_id": lambda side: side.sample(SittingDocument).id,
    "committee.convocation_id": lambda side: _convocation(side).id,
    "committee.order": lambda _side: "numero",
    "committee.seat_id": lambda side: _seat(side).id,
    "committee.topic_id": lambda side: _topic(side).id,
    "committee.where": lambda _side: "up",
    "committee.step": lambda _side: "open",
    "committee.move_convention.step": lambda _side: "terminer",
    "contracts.band_id": lambda side: side.sample(AgeBand).id,
    "contracts.kind": lambda _side: "axes",
    "contracts.line_id": lambda side: side.sample(Axis).id,
    "evaluation.document_id": lambda side: side.sample(BilanDocument).id,
    "evaluation.form": lambda _side: "json",
    "evaluation.report_id": lambda side: side.sample(TerritorialReport).id,
    "exchange.extraction.funder_id": lambda side: side.state.id,
    "exchange.extraction_columns.funder_id": lambda side: side.state.id,
    "exchange.extraction_rows.funder_id": lambda side: side.state.id,
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
    "committee.forget_desk_view": "each forgets their own views alone",
    "committee.take_back_note": "each takes back their own notes alone",
    "committee.promote": "nothing waits on the complementary list",
    "calls.evolution": "only a renewal differs from something",
    "committee.evolution": "the same",
    "calls.reception": "only what the Direction typed has a reception",
    "calls.reception_evidence": "the same",
    "calls.ask_confirmation": "the same",
    "calls.confirm_application": "the same",
    "committee.answer_changes": "nothing may have been asked",
    "committee.give_opinion": "each speaks for their own funder alone",
    "committee.my_invited_document": "a partner opens the documents of the project alone",
    "committee.partner_opinion": "the sample is a funder's opinion",
    "committee.programme_structure": "the sample is not admissible yet",
    "committee.reopen_sheet": "the sample is not given yet",
    "committee.settle_leftover": "nothing is paid yet",
    "committee.stop_payments": "nothing is paid yet",
    "committee.weigh_analyses": "nothing was sent",
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
