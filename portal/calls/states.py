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


class DauphinRule(LabelledEnum):
    """What a call says of the State's own tool, DAUPHIN: whether the request is filed there first."""

    OFF = "off", "Ne pas demander le numéro"
    WARN = "warn", "DAUPHIN d’abord : avertir si le numéro manque"
    BLOCK = "block", "DAUPHIN d’abord : pas de dépôt sans le numéro"


class ResidentsRule(LabelledEnum):
    NONE = "none", "Aucune part exigée"
    MAJORITY = "majority", "Majorité d’habitants des QPV"
    TWO_THIRDS = "two_thirds", "Deux tiers d’habitants des QPV"
    ALL = "all", "Uniquement des habitants des QPV"


class Origin(LabelledEnum):
    ONLINE = "online", "Déposé en ligne"
    ON_BEHALF = "on_behalf", "Saisi par la Direction"
    IMPORTED = "imported", "Repris d’une programmation passée"


class Channel(LabelledEnum):
    """By which way an application that was not filed online came."""

    PAPER = "paper", "Papier"
    EMAIL = "email", "Courrier électronique"


class Confirmation(LabelledEnum):
    """What an organisation says of an application that the Direction typed on its behalf."""

    TYPING = "typing", "Saisie en cours"
    AWAITED = "awaited", "À confirmer par la structure"
    CORRECTING = "correcting", "Correction demandée par la structure"
    CONFIRMED = "confirmed", "Confirmé par la structure"
    REFUSED = "refused", "Non reconnu par la structure"


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


NEVER_FILED = frozenset({ApplicationStatus.DRAFT, ApplicationStatus.ABANDONED})
"""What stays within its organisation: a draft, and a draft given up."""
PROGRAMMED = frozenset(
    {
        ApplicationStatus.ADMISSIBLE,
        ApplicationStatus.DECIDED,
        ApplicationStatus.NOT_CARRIED_OUT,
        ApplicationStatus.CLOSED,
    }
)
"""What the programming table may show."""


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
    RENOUNCED = "renounced", "Renoncé par le porteur"


UNANSWERED = frozenset({FundingStatus.REQUESTED, FundingStatus.FILED_ELSEWHERE})
"""Requests of which their funder has said nothing here yet; one filed in its own tool still waits for its opinion."""


class DocumentCase(LabelledEnum):
    """When a document of a call's list is asked for."""

    ALWAYS = "always", "Toujours"
    DELEGATED = "delegated", "Signataire autre que le représentant légal"
    PRIVATE = "private", "Associations et organismes privés"
    ESTABLISHED = "established", "Associations et organismes privés de plus d’un an"
    YOUNG = "young", "Associations et organismes privés de moins d’un an"
    FIRST = "first", "Première demande"
    RENEWAL = "renewal", "Renouvellement"
    OVER_THRESHOLD = "over_threshold", "Au-delà du seuil de subventions publiques"
    MULTI_YEAR = "multi_year", "Pluriannuel"
    PUBLIC_BODY = "public_body", "Organisme public"
    SCHOOL = "school", "Établissement scolaire (EPLE)"
    LOCAL_BODY = "local_body", "Commune, CCAS, intercommunalité, bailleur ou autre organisme public"


class MilestoneKind(LabelledEnum):
    """What a line of a call's rétroplanning is about."""

    INFORMATION = "information", "Réunion d’information"
    PRE_PROJECTS = "pre_projects", "Notes d’opportunité"
    COMPLETENESS = "completeness", "Vérification des dossiers"
    ANALYSIS = "analysis", "Analyse des dossiers"
    COTECH = "cotech", "Comité technique (COTECH)"
    COPIL = "copil", "Comité de pilotage (COPIL)"
    ASSEMBLY = "assembly", "Assemblées des financeurs"
    NOTIFICATION = "notification", "Notification des décisions"
    CONVENTIONS = "conventions", "Conventions"
    PAYMENT = "payment", "Versements"
    BILAN = "bilan", "Bilans"
    OTHER = "other", "Autre étape"


class MilestoneState(LabelledEnum):
    """Where a line of the rétroplanning stands today."""

    DONE = "done", "Fait"
    LATE = "late", "En retard"
    RUNNING = "running", "En cours"
    COMING = "coming", "À\u00a0venir"


class PreProjectStatus(LabelledEnum):
    """Where a note d’opportunité stands."""

    DRAFT = "draft", "En cours d’écriture"
    SENT = "sent", "Envoyée, réponse attendue"
    FAVOURABLE = "favourable", "Favorable à un dépôt"
    TO_REWORK = "to_rework", "À retravailler"
    OUT_OF_SCOPE = "out_of_scope", "Hors cadre"
    WITHDRAWN = "withdrawn", "Retirée"


class RecusalSource(LabelledEnum):
    MANDATE = "mandate", "Mandat"
    DECLARED = "declared", "Déclaration"
    RECORDED = "recorded", "Constaté par la Direction"


class Section(LabelledEnum):
    """The sections of the form, in the order shown: ten, and the questions of a call that asks some."""

    ORGANISATION = "structure", "Votre structure"
    PROJECT = "projet", "Le projet"
    QUARTIERS = "quartiers", "Les quartiers"
    THEMES = "thematiques", "Pilier et thématiques"
    PUBLIC = "public", "Le public"
    BUDGET = "budget", "Le budget"
    FUNDING = "financements", "Les financements demandés"
    INDICATORS = "indicateurs", "L’évaluation"
    QUESTIONS = "questions", "Les questions de l’appel"
    DOCUMENTS = "documents", "Les documents"
    SIGNATURE = "signature", "Attestations et dépôt"


class MessageSide(LabelledEnum):
    """Who writes in the messages of an application."""

    ORGANISATION = "organisation", "La structure"
    DIRECTION = "direction", "La Direction"

    @property
    def other(self) -> MessageSide:
        return MessageSide.DIRECTION if self is MessageSide.ORGANISATION else MessageSide.ORGANISATION


class Participation(LabelledEnum):
    """What a partner does in a project."""

    LEADS_A_PART = "leads_a_part", "Mène une partie de l’action"
    TAKES_PART = "takes_part", "Intervient dans l’action (ateliers, animations)"
    LENDS = "lends", "Prête des locaux, du matériel ou du personnel"
    GUIDES = "guides", "Oriente ou accompagne le public"
    FUNDS = "funds", "Apporte de l’argent"
    OTHER = "other", "Autre"


class QuestionKind(LabelledEnum):
    """How a question of a call is answered."""

    SHORT_TEXT = "short_text", "Texte court (une ligne)"
    LONG_TEXT = "long_text", "Texte long (plusieurs paragraphes)"
    NUMBER = "number", "Nombre"
    YES_NO = "yes_no", "Oui ou non"
    ONE_CHOICE = "one_choice", "Un seul choix dans une liste"
    SEVERAL_CHOICES = "several_choices", "Plusieurs choix dans une liste"
    FILE = "file", "Fichier"
    DATE = "date", "Date"


CHOICE_KINDS = frozenset({QuestionKind.ONE_CHOICE, QuestionKind.SEVERAL_CHOICES})
TEXT_KINDS = frozenset({QuestionKind.SHORT_TEXT, QuestionKind.LONG_TEXT})
DECIDING_KINDS = CHOICE_KINDS | {QuestionKind.YES_NO}
"""The questions whose answer may decide whether a later one is asked."""
