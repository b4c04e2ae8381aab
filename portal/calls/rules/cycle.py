"""What moves an application, a funding line and a call: who, from where, under which guard.

Higher rooms register checks under the guards' names; this file knows none of them.
"""

from __future__ import annotations

from portal.accounts.rules import Role
from portal.calls.states import ApplicationStatus as A
from portal.calls.states import CallStatus
from portal.calls.states import FundingStatus as F
from portal.foundation.transitions import TransitionTable, step

DIRECTION = frozenset({Role.OFFICER, Role.MANAGER})
FUNDER_SIDE = frozenset({Role.FUNDER_AGENT, Role.STATE_OFFICER, Role.DELEGATE})
SYSTEM_ROLE = "system"
GUEST = "guest"
"""Whoever holds a single-purpose link: no account, no other role."""


APPLICATION = TransitionTable(
    "le dossier",
    A,
    [
        step(
            "submit",
            {A.DRAFT},
            A.SUBMITTED,
            {Role.APPLICANT, *DIRECTION},
            "Déposer le dossier",
            "application.submitted",
            ("call_is_open", "structure_may_file", "sections_complete", "previous_bilans", "attestations_made"),
            "application_submitted",
        ),
        step(
            "admit",
            {A.SUBMITTED, A.INADMISSIBLE},
            A.ADMISSIBLE,
            DIRECTION,
            "Prononcer la recevabilité",
            "application.admitted",
            ("pronounced",),
        ),
        step(
            "refuse_admission",
            {A.SUBMITTED, A.ADMISSIBLE},
            A.INADMISSIBLE,
            DIRECTION,
            "Prononcer l’irrecevabilité",
            "application.refused_admission",
            ("pronounced", "reason_given"),
        ),
        step(
            "decide",
            {A.ADMISSIBLE, A.DECIDED},
            A.DECIDED,
            DIRECTION,
            "Enregistrer la décision",
            "application.decided",
            ("arbitrated_in_sitting", "outcome_explained"),
        ),
        step(
            "close",
            {A.DECIDED, A.INADMISSIBLE},
            A.CLOSED,
            DIRECTION,
            "Clore le dossier",
            "application.closed",
            ("nothing_pending",),
        ),
        step(
            "withdraw",
            {A.SUBMITTED, A.ADMISSIBLE},
            A.WITHDRAWN,
            {Role.APPLICANT, *DIRECTION},
            "Retirer le dossier",
            "application.withdrawn",
            ("reason_given",),
        ),
        step(
            "abandon",
            {A.DRAFT},
            A.ABANDONED,
            {Role.APPLICANT, *DIRECTION, SYSTEM_ROLE},
            "Abandonner le brouillon",
            "application.abandoned",
        ),
        step(
            "recover",
            {A.ABANDONED},
            A.DRAFT,
            {Role.APPLICANT, *DIRECTION},
            "Reprendre le brouillon",
            "application.recovered",
        ),
        step(
            "not_carried_out",
            {A.DECIDED, A.CLOSED},
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
        step(
            "give_opinion",
            {F.REQUESTED, F.OPINION_GIVEN, F.PROPOSED, F.FILED_ELSEWHERE},
            F.OPINION_GIVEN,
            FUNDER_SIDE | DIRECTION | {GUEST},
            "Donner un avis",
            "funding.opinion_given",
        ),
        step(
            "propose",
            # An opinion or an amount brings back here what its funder instructs in a tool of its own.
            {F.REQUESTED, F.OPINION_GIVEN, F.PROPOSED, F.FILED_ELSEWHERE},
            F.PROPOSED,
            FUNDER_SIDE | DIRECTION,
            "Proposer un montant",
            "funding.proposed",
            ("application_admissible",),
        ),
        step(
            "arbitrate",
            {F.REQUESTED, F.OPINION_GIVEN, F.PROPOSED, F.ARBITRATED, F.AWAITING_ASSEMBLY},
            F.ARBITRATED,
            DIRECTION,
            "Arbitrer le montant",
            "funding.arbitrated",
            ("application_admissible", "sitting_open"),
        ),
        step(
            "await_assembly",
            {F.PROPOSED, F.ARBITRATED},
            F.AWAITING_ASSEMBLY,
            FUNDER_SIDE | DIRECTION,
            "Attendre l’assemblée",
            "funding.awaiting_assembly",
        ),
        step(
            "grant",
            {F.ARBITRATED, F.AWAITING_ASSEMBLY},
            F.GRANTED,
            FUNDER_SIDE | {Role.MANAGER},
            "Attribuer",
            "funding.granted",
            ("act_recorded", "envelope_suffices"),
        ),
        step(
            "notify",
            {F.GRANTED},
            F.NOTIFIED,
            FUNDER_SIDE | DIRECTION,
            "Notifier",
            "funding.notified",
            ("letter_made",),
            "funding_notified",
        ),
        step(
            "refuse",
            _BEFORE_GRANT | {F.FILED_ELSEWHERE},
            F.REFUSED,
            FUNDER_SIDE | {Role.MANAGER},
            "Refuser",
            "funding.refused",
            ("reason_given",),
        ),
        step(
            "file_elsewhere",
            {F.REQUESTED, F.OPINION_GIVEN},
            F.FILED_ELSEWHERE,
            FUNDER_SIDE | DIRECTION,
            "Signaler un dépôt ailleurs",
            "funding.filed_elsewhere",
            ("reference_given",),
        ),
        step(
            "pay_in_part",
            {F.NOTIFIED, F.PAID_IN_PART},
            F.PAID_IN_PART,
            FUNDER_SIDE | {Role.MANAGER},
            "Enregistrer un versement",
            "funding.paid_in_part",
            ("account_checked",),
        ),
        step(
            "pay",
            {F.NOTIFIED, F.PAID_IN_PART},
            F.PAID,
            FUNDER_SIDE | {Role.MANAGER},
            "Enregistrer le dernier versement",
            "funding.paid",
            ("account_checked",),
        ),
        step(
            "take_back_in_part",
            {F.PAID_IN_PART, F.PAID},
            F.PAID_IN_PART,
            FUNDER_SIDE | {Role.MANAGER},
            "Annuler un versement saisi par erreur",
            "funding.payment_cancelled",
            ("reason_given",),
        ),
        step(
            "take_back",
            {F.PAID_IN_PART, F.PAID},
            F.NOTIFIED,
            FUNDER_SIDE | {Role.MANAGER},
            "Annuler le seul versement",
            "funding.payment_cancelled",
            ("reason_given",),
        ),
        step(
            "stop_at_paid",
            {F.PAID_IN_PART},
            F.PAID,
            FUNDER_SIDE | DIRECTION | {Role.APPLICANT},
            "Arrêter au montant versé",
            "funding.stopped",
            ("reason_given",),
        ),
        step(
            "renounce",
            _BEFORE_GRANT | {F.FILED_ELSEWHERE, F.GRANTED, F.NOTIFIED},
            F.RENOUNCED,
            {Role.APPLICANT, *DIRECTION},
            "Renoncer",
            "funding.renounced",
            ("reason_given",),
        ),
    ],
)

CALL = TransitionTable(
    "l’appel à projets",
    CallStatus,
    [
        step(
            "publish",
            {CallStatus.DRAFT},
            CallStatus.PUBLISHED,
            {Role.MANAGER},
            "Publier",
            "call.published",
            ("call_is_ready",),
        ),
        step(
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
