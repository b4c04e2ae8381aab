"""The tables of calls and applications."""

from portal.calls.models.agreement import AgreementYear
from portal.calls.models.application import (
    Application,
    ApplicationAxis,
    ApplicationDocument,
    ApplicationPriority,
    ApplicationTheme,
    Attestation,
    PartnerOrganisation,
    PeopleByAge,
    PeopleByQuartier,
    Placement,
    Recusal,
    SectionDraft,
    Submission,
)
from portal.calls.models.call import (
    Call,
    CallIndicator,
    CallQuartier,
    ChartAccount,
    Criterion,
    CriterionLevel,
    DocumentRequirement,
    Envelope,
    EnvelopeRevision,
)
from portal.calls.models.carrying import CarriedSection
from portal.calls.models.conversation import Conversation, Message, MessageFile
from portal.calls.models.milestone import CallMilestone
from portal.calls.models.money import Apportionment, BudgetLine, FundingForecast, FundingLine, Measure
from portal.calls.models.pre_project import PreProject
from portal.calls.models.question import (
    AnswerOption,
    CallQuestion,
    QuestionAnswer,
    QuestionCondition,
    QuestionOption,
    QuestionWording,
)
from portal.calls.models.reception import Exemption, Reception

__all__ = [
    "AgreementYear",
    "AnswerOption",
    "Application",
    "ApplicationAxis",
    "ApplicationDocument",
    "ApplicationPriority",
    "ApplicationTheme",
    "Apportionment",
    "Attestation",
    "BudgetLine",
    "Call",
    "CallIndicator",
    "CallMilestone",
    "CallQuartier",
    "CallQuestion",
    "CarriedSection",
    "ChartAccount",
    "Conversation",
    "Criterion",
    "CriterionLevel",
    "DocumentRequirement",
    "Envelope",
    "EnvelopeRevision",
    "Exemption",
    "FundingForecast",
    "FundingLine",
    "Measure",
    "Message",
    "MessageFile",
    "PartnerOrganisation",
    "PeopleByAge",
    "PeopleByQuartier",
    "Placement",
    "PreProject",
    "QuestionAnswer",
    "QuestionCondition",
    "QuestionOption",
    "QuestionWording",
    "Reception",
    "Recusal",
    "SectionDraft",
    "Submission",
]
