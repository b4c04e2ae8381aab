"""The states and closed lists of this room, with their French words. Plain values."""

from __future__ import annotations

from portal.calls.states import LabelledEnum


class CheckResult(LabelledEnum):
    OK = "ok", "Conforme"
    MISSING = "missing", "Manquant"
    TO_CHECK = "to_check", "À vérifier"


class ChangeRequestStatus(LabelledEnum):
    ASKED = "asked", "Demandé"
    ANSWERED = "answered", "Répondu"
    ACCEPTED = "accepted", "Accepté"


class Verdict(LabelledEnum):
    FAVOURABLE = "favourable", "Favorable"
    RESERVED = "reserved", "Favorable sous réserve"
    UNFAVOURABLE = "unfavourable", "Défavorable"
    NONE = "none", "Sans avis"


class AssessmentStatus(LabelledEnum):
    DRAFT = "draft", "En cours"
    FINAL = "final", "Rendue"


class SittingStatus(LabelledEnum):
    PLANNED = "planned", "Prévue"
    OPEN = "open", "En cours"
    CLOSED = "closed", "Close"


class DecisionKind(LabelledEnum):
    ADMISSIBILITY = "admissibility", "Recevabilité"
    ARBITRATION = "arbitration", "Arbitrage"


class Outcome(LabelledEnum):
    ADMISSIBLE = "admissible", "Recevable"
    INADMISSIBLE = "inadmissible", "Irrecevable"
    RETAINED = "retained", "Retenu"
    RETAINED_LOWER = "retained_lower", "Retenu pour un montant inférieur"
    WAITING_LIST = "waiting_list", "Liste complémentaire"
    ADJOURNED = "adjourned", "Ajourné"
    NOT_RETAINED = "not_retained", "Non retenu"


class ActKind(LabelledEnum):
    DELIBERATION = "deliberation", "Délibération"
    ORDER = "order", "Arrêté"
    DECISION = "decision", "Décision"


class LetterKind(LabelledEnum):
    GRANT = "grant", "Notification d’attribution"
    REJECTION = "rejection", "Lettre de rejet"
    INADMISSIBILITY = "inadmissibility", "Lettre d’irrecevabilité"
