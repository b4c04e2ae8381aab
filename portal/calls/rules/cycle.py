"""What moves an application, a funding line and a call: who, from where, under which guard.

Higher rooms register checks under the guards' names; this file knows none of them.
"""

from __future__ import annotations

from collections.abc import Iterable

from portal.accounts.rules import Role
from portal.calls.states import ApplicationStatus as A
from portal.calls.states import CallStatus
from portal.calls.states import FundingStatus as F
from portal.foundation.transitions import Step, TransitionTable

DIRECTION = frozenset({Role.OFFICER, Role.MANAGER})
FUNDER_SIDE = frozenset({Role.FUNDER_AGENT, Role.STATE_OFFICER, Role.DELEGATE})
SYSTEM_ROLE = "system"


def _step(
    name: str,
    sources: Iterable[str],
    target: str,
    by: Iterable[str],
    label: str,
    event: str,
    guards: tuple[str, ...] = (),
    message: str | None = None,
) -> Step:
    return Step(name, frozenset(sources), target, frozenset(by), label, event, guards, message)


APPLICATION = TransitionTable(
    "le dossier",
    A,
    [
        _step(
            "submit",
            {A.DRAFT},
            A.SUBMITTED,
            {Role.APPLICANT, *DIRECTION},
            "Déposer le dossier",
            "application.submitted",
            ("call_is_open", "sections_complete", "previous_bilans", "attestations_made"),
            "application_submitted",
        ),
        _step(
            "admit",
            {A.SUBMITTED, A.INADMISSIBLE},
            A.ADMISSIBLE,
            DIRECTION,
            "Prononcer la recevabilité",
            "application.admitted",
            ("pronounced",),
        ),
        _step(
            "refuse_admission",
            {A.SUBMITTED, A.ADMISSIBLE},
            A.INADMISSIBLE,
            DIRECTION,
            "Prononcer l’irrecevabilité",
            "application.refused_admission",
            ("pronounced", "reason_given"),
        ),
        _step(
            "decide",
            {A.ADMISSIBLE, A.DECIDED},
            A.DECIDED,
            DIRECTION,
            "Enregistrer la décision",
            "application.decided",
            ("arbitrated_in_sitting", "outcome_explained"),
        ),
        _step(
            "close",
            {A.DECIDED, A.INADMISSIBLE},
            A.CLOSED,
            DIRECTION,
            "Clore le dossier",
            "application.closed",
            ("nothing_pending",),
        ),
        _step(
            "withdraw",
            {A.SUBMITTED, A.ADMISSIBLE},
            A.WITHDRAWN,
            {Role.APPLICANT, *DIRECTION},
            "Retirer le dossier",
            "application.withdrawn",
            ("reason_given",),
        ),
        _step(
            "abandon",
            {A.DRAFT},
            A.ABANDONED,
            {Role.APPLICANT, *DIRECTION, SYSTEM_ROLE},
            "Abandonner le brouillon",
            "application.abandoned",
        ),
        _step(
            "not_carried_out",
            {A.DECIDED},
            A.NOT_CARRIED_OUT,
            {Role.APPLICANT, *DIRECTION},
            "Déclarer l’action non réalisée",
            "application.not_carried_out",
            ("reason_given",),
        ),
    ],
)

_BEFORE_GRANT = {F.REQUESTED, F.OPINION_GIVEN, F.PROPOSED, F.ARBITRATED, F.AWAITING_ASSEMBLY}

FUNDING = TransitionTable(
    "le financement",
    F,
    [
        _step(
            "give_opinion",
            {F.REQUESTED, F.OPINION_GIVEN, F.PROPOSED},
            F.OPINION_GIVEN,
            FUNDER_SIDE | DIRECTION,
            "Donner un avis",
            "funding.opinion_given",
        ),
        _step(
            "propose",
            {F.REQUESTED, F.OPINION_GIVEN, F.PROPOSED},
            F.PROPOSED,
            FUNDER_SIDE | DIRECTION,
            "Proposer un montant",
            "funding.proposed",
            ("application_admissible",),
        ),
        _step(
            "arbitrate",
            {F.REQUESTED, F.OPINION_GIVEN, F.PROPOSED, F.ARBITRATED, F.AWAITING_ASSEMBLY},
            F.ARBITRATED,
            DIRECTION,
            "Arbitrer le montant",
            "funding.arbitrated",
            ("application_admissible", "sitting_open"),
        ),
        _step(
            "await_assembly",
            {F.PROPOSED, F.ARBITRATED},
            F.AWAITING_ASSEMBLY,
            FUNDER_SIDE | DIRECTION,
            "Attendre l’assemblée",
            "funding.awaiting_assembly",
        ),
        _step(
            "grant",
            {F.ARBITRATED, F.AWAITING_ASSEMBLY},
            F.GRANTED,
            FUNDER_SIDE | {Role.MANAGER},
            "Attribuer",
            "funding.granted",
            ("act_recorded", "envelope_suffices"),
        ),
        _step(
            "notify",
            {F.GRANTED},
            F.NOTIFIED,
            FUNDER_SIDE | DIRECTION,
            "Notifier",
            "funding.notified",
            ("letter_made",),
            "funding_notified",
        ),
        _step(
            "refuse",
            _BEFORE_GRANT,
            F.REFUSED,
            FUNDER_SIDE | {Role.MANAGER},
            "Refuser",
            "funding.refused",
            ("reason_given",),
        ),
        _step(
            "file_elsewhere",
            {F.REQUESTED, F.OPINION_GIVEN},
            F.FILED_ELSEWHERE,
            FUNDER_SIDE | DIRECTION,
            "Signaler un dépôt ailleurs",
            "funding.filed_elsewhere",
            ("reference_given",),
        ),
    ],
)

CALL = TransitionTable(
    "l’appel à projets",
    CallStatus,
    [
        _step(
            "publish",
            {CallStatus.DRAFT},
            CallStatus.PUBLISHED,
            {Role.MANAGER},
            "Publier",
            "call.published",
            ("call_is_ready",),
        ),
        _step(
            "archive",
            {CallStatus.PUBLISHED},
            CallStatus.ARCHIVED,
            {Role.MANAGER},
            "Terminer",
            "call.archived",
            ("call_is_over",),
        ),
    ],
)
