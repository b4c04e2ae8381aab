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


class OpinionRequestStatus(LabelledEnum):
    ASKED = "asked", "En attente"
    GIVEN = "given", "Rendu"
    DECLINED = "declined", "Décliné"
    EXPIRED = "expired", "Sans réponse"
    WITHDRAWN = "withdrawn", "Retirée"


class AssessmentStatus(LabelledEnum):
    DRAFT = "draft", "En cours"
    FINAL = "final", "Rendue"


class SittingStatus(LabelledEnum):
    PLANNED = "planned", "Prévue"
    OPEN = "open", "En cours"
    CLOSED = "closed", "Close"
    CANCELLED = "cancelled", "Annulée"


class Attendance(LabelledEnum):
    PRESENT = "present", "Présent·e"
    EXCUSED = "excused", "Excusé·e"
    REPRESENTED = "represented", "Représenté·e"
    ABSENT = "absent", "Absent·e"


class SittingDocumentKind(LabelledEnum):
    CAHIER = "cahier", "Cahier de séance"
    ATTENDANCE = "attendance", "Feuille d’émargement"
    DRAFT = "draft", "Projet de relevé"
    MINUTES = "minutes", "Relevé de décisions"


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
    WAITING_LIST = "waiting_list", "Lettre de liste complémentaire"
    ADJOURNMENT = "adjournment", "Lettre d’ajournement"


class TemplateKind(LabelledEnum):
    """The texts that the Direction may write in its own words."""

    GRANT = "grant", "Notification d’attribution"
    GRANT_LOWER = "grant_lower", "Attribution d’un montant inférieur"
    REJECTION = "rejection", "Rejet"
    INADMISSIBILITY = "inadmissibility", "Irrecevabilité"
    WAITING_LIST = "waiting_list", "Liste complémentaire"
    ADJOURNMENT = "adjournment", "Ajournement"
    FUNDER_REFUSAL = "funder_refusal", "Refus d’un financeur"
    CONVENTION = "convention", "Convention"

    @property
    def is_of_funder(self) -> bool:
        """Whether a funder may have its own words: the others are told by the Direction for all."""
        return self in {
            TemplateKind.GRANT,
            TemplateKind.GRANT_LOWER,
            TemplateKind.FUNDER_REFUSAL,
            TemplateKind.CONVENTION,
        }


class BundleKind(LabelledEnum):
    """What may be gathered into one file."""

    LETTERS = "letters", "Courriers"
    CONVENTIONS = "conventions", "Conventions"


class AdjustmentStatus(LabelledEnum):
    ASKED = "asked", "À ajuster"
    SUBMITTED = "submitted", "Envoyé"
    TO_CORRECT = "to_correct", "À reprendre"
    ACCEPTED = "accepted", "Accepté"
    RENOUNCED = "renounced", "Renoncement"


class AdjustmentChoice(LabelledEnum):
    ADJUST = "adjust", "Ajuster le projet"
    KEEP = "keep", "Garder le projet tel que déposé, avec d’autres financements"
    RENOUNCE = "renounce", "Renoncer à la subvention"


class ConventionStatus(LabelledEnum):
    DRAFTED = "drafted", "En préparation"
    SENT = "sent", "À signer par la structure"
    RETURNED = "returned", "Signée par la structure, à vérifier"
    ACTIVE = "active", "En vigueur"
    ENDED = "ended", "Terminée"


class TrancheCondition(LabelledEnum):
    SIGNATURE = "signature", "À la signature de la convention"
    BILAN = "bilan", "À l’acceptation du bilan final"


class VisitStatus(LabelledEnum):
    PLANNED = "planned", "Prévue"
    HELD = "held", "Faite"
    CANCELLED = "cancelled", "Annulée"


class LeftoverFate(LabelledEnum):
    KEPT = "kept", "Laissé à la structure"
    CARRIED_OVER = "carried_over", "Reporté sur l’action suivante"
    REPAID = "repaid", "À reverser"


class ScenarioStatus(LabelledEnum):
    RUNNING = "running", "Calcul en cours"
    DONE = "done", "Calculé"
    IMPOSSIBLE = "impossible", "Règles contradictoires"
    FAILED = "failed", "Non abouti"
    CANCELLED = "cancelled", "Calcul arrêté"
    APPLIED = "applied", "Repris en propositions"
