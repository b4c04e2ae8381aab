"""What the Direction, the committee and the funders say and do of applications."""

from __future__ import annotations

from portal.committee.models.following import FileNote, Visit
from portal.committee.models.granting import (
    Adjustment,
    Convention,
    ConventionAction,
    Leftover,
    Payment,
    Tranche,
)
from portal.committee.models.instruction import (
    AdmissibilityProposal,
    Assessment,
    Assignment,
    ChangeRequest,
    ChangeRequestDocument,
    ChangeRequestRound,
    ChangeRequestSection,
    CompletenessCheck,
    CriterionScore,
    FundingAct,
    FundingActLine,
    Letter,
)
from portal.committee.models.opinions import Opinion, OpinionLink, OpinionRequest
from portal.committee.models.programme import ProgrammeColumns
from portal.committee.models.scenarios import Scenario, ScenarioAmount, ScenarioApplication
from portal.committee.models.sittings import (
    AgendaItem,
    AgendaTopic,
    Convocation,
    Decision,
    DecisionAmount,
    Sitting,
    SittingDocument,
    SittingKind,
    SittingMember,
    SittingSeat,
)
from portal.committee.models.templates import DocumentTemplate

__all__ = [
    "Adjustment",
    "AdmissibilityProposal",
    "AgendaItem",
    "AgendaTopic",
    "Assessment",
    "Assignment",
    "ChangeRequest",
    "ChangeRequestDocument",
    "ChangeRequestRound",
    "ChangeRequestSection",
    "CompletenessCheck",
    "Convention",
    "ConventionAction",
    "Convocation",
    "CriterionScore",
    "Decision",
    "DecisionAmount",
    "DocumentTemplate",
    "FileNote",
    "FundingAct",
    "FundingActLine",
    "Leftover",
    "Letter",
    "Opinion",
    "OpinionLink",
    "OpinionRequest",
    "Payment",
    "ProgrammeColumns",
    "Scenario",
    "ScenarioAmount",
    "ScenarioApplication",
    "Sitting",
    "SittingDocument",
    "SittingKind",
    "SittingMember",
    "SittingSeat",
    "Tranche",
    "Visit",
]
