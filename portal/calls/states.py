"""The states and closed lists of this room, with their French words. Plain values."""

from __future__ import annotations

from enum import StrEnum


class LabelledEnum(StrEnum):
    """A closed list whose members carry the words shown to people."""

    label: str

    def __new__(cls, value: str, label: str = "") -> LabelledEnum:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


class CallKind(LabelledEnum):
    ANNUAL = "annual", "Appel à projets annuel"
    COMPLEMENTARY = "complementary", "Appel complémentaire"
    SUMMER = "summer", "Quartiers d’été / VVV"
    SCHOOL_YEAR = "school_year", "Année scolaire"
    PAST = "past", "Programmation passée (reprise)"


class CallStatus(LabelledEnum):
    DRAFT = "draft", "En préparation"
    PUBLISHED = "published", "Publié"
    ARCHIVED = "archived", "Terminé"


class PreviousBilansRule(LabelledEnum):
    OFF = "off", "Ne pas vérifier"
    WARN = "warn", "Avertir"
    BLOCK = "block", "Bloquer le dépôt"


class ResidentsRule(LabelledEnum):
    NONE = "none", "Aucune part exigée"
    MAJORITY = "majority", "Majorité d’habitants des QPV"
    TWO_THIRDS = "two_thirds", "Deux tiers d’habitants des QPV"
    ALL = "all", "Uniquement des habitants des QPV"


class Origin(LabelledEnum):
    ONLINE = "online", "Déposé en ligne"
    ON_BEHALF = "on_behalf", "Saisi par la Direction"
    IMPORTED = "imported", "Repris d’une programmation passée"


class ApplicationStatus(LabelledEnum):
    DRAFT = "draft", "Brouillon"
    SUBMITTED = "submitted", "Déposé"
    ADMISSIBLE = "admissible", "Recevable"
    INADMISSIBLE = "inadmissible", "Irrecevable"
    DECIDED = "decided", "Décision rendue"
    CLOSED = "closed", "Clos"
    WITHDRAWN = "withdrawn", "Retiré"
    ABANDONED = "abandoned", "Abandonné"
    NOT_CARRIED_OUT = "not_carried_out", "Non réalisé"


class Duration(LabelledEnum):
    ONE_YEAR = "one_year", "Un an"
    MULTI_YEAR = "multi_year", "Pluriannuel (CPO)"
    SCHOOL_YEAR = "school_year", "Année scolaire"


class Phase(LabelledEnum):
    """Which state of the project a budget line, a count or a measure describes."""

    EXPECTED = "expected", "Prévu"
    ADJUSTED = "adjusted", "Ajusté"
    ACTUAL = "actual", "Réalisé"


class Side(LabelledEnum):
    EXPENSE = "expense", "Charges"
    INCOME = "income", "Produits"


class Sex(LabelledEnum):
    WOMEN = "women", "Femmes"
    MEN = "men", "Hommes"
    UNKNOWN = "unknown", "Non renseigné"


class EnvelopeStatus(LabelledEnum):
    FORECAST = "forecast", "Prévisionnelle"
    NOTIFIED = "notified", "Notifiée"


class FundingStatus(LabelledEnum):
    REQUESTED = "requested", "Demandé"
    OPINION_GIVEN = "opinion_given", "Avis rendu"
    PROPOSED = "proposed", "Proposé"
    ARBITRATED = "arbitrated", "Arbitré"
    GRANTED = "granted", "Attribué"
    NOTIFIED = "notified", "Notifié"
    PAID_IN_PART = "paid_in_part", "Versé en partie"
    PAID = "paid", "Versé"
    NOT_ASKED = "not_asked", "Non sollicité"
    FILED_ELSEWHERE = "filed_elsewhere", "Déposé ailleurs"
    AWAITING_ASSEMBLY = "awaiting_assembly", "En attente d’assemblée"
    REFUSED = "refused", "Refusé"


class DocumentCase(LabelledEnum):
    """When a document of a call's list is asked for."""

    ALWAYS = "always", "Toujours"
    PRIVATE = "private", "Associations et organismes privés"
    FIRST = "first", "Première demande"
    RENEWAL = "renewal", "Renouvellement"
    OVER_THRESHOLD = "over_threshold", "Au-delà du seuil de subventions publiques"
    MULTI_YEAR = "multi_year", "Pluriannuel"
    PUBLIC_BODY = "public_body", "Organisme public"


class RecusalSource(LabelledEnum):
    MANDATE = "mandate", "Mandat"
    DECLARED = "declared", "Déclaration"
    RECORDED = "recorded", "Constaté par la Direction"


class Section(LabelledEnum):
    """The ten sections of the form, in the order shown."""

    ORGANISATION = "structure", "Votre structure"
    PROJECT = "projet", "Le projet"
    QUARTIERS = "quartiers", "Les quartiers"
    THEMES = "thematiques", "Pilier et thématiques"
    PUBLIC = "public", "Le public"
    BUDGET = "budget", "Le budget"
    FUNDING = "financements", "Les financements demandés"
    INDICATORS = "indicateurs", "L’évaluation"
    DOCUMENTS = "documents", "Les documents"
    SIGNATURE = "signature", "Attestations et dépôt"
