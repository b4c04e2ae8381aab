"""What a contract owns: taxonomy, axes, priorities, indicators; and the funders."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.rules import ScopeKind
from portal.foundation.database import Base, Identified, enum_type, reference


class Contract(Identified, Base):
    """A contrat de ville over a period, as one commune declines it. Thresholds are its settings."""

    __tablename__ = "contract"
    __table_args__ = (
        sa.CheckConstraint("end_year >= start_year", name="years"),
        sa.UniqueConstraint("commune_insee_code", "slug"),
    )

    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    commune_name: Mapped[str]
    commune_insee_code: Mapped[str]
    start_year: Mapped[int]
    end_year: Mapped[int]
    source: Mapped[str | None]
    # Said on every page of a contract whose people, amounts and scores are invented.
    is_demo: Mapped[bool] = mapped_column(default=False)
    # How the COPIL's act is called on pages: « validation de la programmation », « vote »…
    steering_act_label: Mapped[str] = mapped_column(default="validation de la programmation")
    convention_threshold_cents: Mapped[int] = mapped_column(default=23_000_00)
    convention_counts_in_kind: Mapped[bool] = mapped_column(default=False)
    auditor_threshold_cents: Mapped[int] = mapped_column(default=153_000_00)
    open_data_threshold_cents: Mapped[int] = mapped_column(default=23_000_00)
    small_count_threshold: Mapped[int] = mapped_column(default=5)
    payment_days: Mapped[int] = mapped_column(default=60)
    # What a convention pays at its signature; the balance waits for the final bilan.
    first_payment_bp: Mapped[int] = mapped_column(default=8000)
    # Given to an association to adjust its project to a lower grant.
    adjustment_days: Mapped[int] = mapped_column(default=30)
    # Days around the date of a bilan at which its authors are reminded: « -30, -7, 7, 30 ».
    bilan_reminder_days: Mapped[str] = mapped_column(default="-30, -7, 7, 30")
    # The same around the date of an opinion asked, and how long after it a late one is still taken by its link.
    opinion_reminder_days: Mapped[str] = mapped_column(default="-5, -1, 2")
    opinion_grace_days: Mapped[int] = mapped_column(default=7)
    # From this spread on, out of 100, the analyses of an application are said to disagree.
    disagreement_points: Mapped[int] = mapped_column(default=25)
    contact_service: Mapped[str] = mapped_column(default="Direction Politique de la Ville")
    contact_address: Mapped[str | None]
    contact_email: Mapped[str | None]
    contact_phone: Mapped[str | None]
    appeal_notice: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)

    levels: Mapped[list[TaxonomyLevel]] = relationship(order_by="TaxonomyLevel.depth")
    themes: Mapped[list[Theme]] = relationship(order_by="Theme.position")
    axes: Mapped[list[Axis]] = relationship(order_by="Axis.position")
    priorities: Mapped[list[Priority]] = relationship(order_by="Priority.position")

    @property
    def demo_mention(self) -> str | None:
        """What every document about an invented contract says on each page."""
        return "Contrat de démonstration : données fictives." if self.is_demo else None

    def access_scopes(self) -> dict[ScopeKind, set[int]]:
        return {ScopeKind.CONTRACT: {self.id}, ScopeKind.INSTANCE: {1}}


class TaxonomyLevel(Identified, Base):
    """The name of one level of the tree: depth 0 « pilier », 1 « thématique »."""

    __tablename__ = "taxonomy_level"
    __table_args__ = (sa.UniqueConstraint("contract_id", "depth"),)

    contract_id: Mapped[int] = reference("contract.id", index=False)
    depth: Mapped[int]
    singular: Mapped[str]
    plural: Mapped[str]


class Theme(Identified, Base):
    """A node of the taxonomy: a pillar (depth 0) or a theme; a theme's parent may be empty."""

    __tablename__ = "theme"
    __table_args__ = (sa.UniqueConstraint("contract_id", "depth", "slug"),)

    contract_id: Mapped[int] = reference("contract.id", index=False)
    parent_id: Mapped[int | None] = reference("theme.id", nullable=True)
    depth: Mapped[int]
    slug: Mapped[str]
    label: Mapped[str]
    label_fold: Mapped[str]
    objective: Mapped[str | None]
    # Where the attachment to the parent comes from, when that is not certain.
    basis: Mapped[str | None]
    position: Mapped[int]
    retired_at: Mapped[datetime | None]

    parent: Mapped[Theme | None] = relationship(remote_side="Theme.id")


class ThemeAlias(Identified, Base):
    """How a source prints a theme (« CdV », « RE »), so that imports recognise it."""

    __tablename__ = "theme_alias"
    __table_args__ = (sa.UniqueConstraint("contract_id", "printed_fold"),)

    contract_id: Mapped[int] = reference("contract.id", index=False)
    theme_id: Mapped[int] = reference("theme.id")
    printed: Mapped[str]
    printed_fold: Mapped[str]


class Axis(Identified, Base):
    """A transversal axis: jeunesse, discriminations, égalité femmes-hommes."""

    __tablename__ = "axis"
    __table_args__ = (sa.UniqueConstraint("contract_id", "label"),)

    contract_id: Mapped[int] = reference("contract.id", index=False)
    label: Mapped[str]
    position: Mapped[int]
    retired_at: Mapped[datetime | None]


class Priority(Identified, Base):
    """A municipal priority of one year."""

    __tablename__ = "priority"
    __table_args__ = (sa.UniqueConstraint("contract_id", "year", "label"),)

    contract_id: Mapped[int] = reference("contract.id", index=False)
    year: Mapped[int]
    label: Mapped[str]
    position: Mapped[int]
    retired_at: Mapped[datetime | None]


class GovernanceBody(Identified, Base):
    """A body of the contract's governance or a thematic working group."""

    __tablename__ = "governance_body"
    __table_args__ = (sa.UniqueConstraint("contract_id", "name"),)

    contract_id: Mapped[int] = reference("contract.id", index=False)
    name: Mapped[str]
    is_working_group: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int]


class FunderKind(StrEnum):
    STATE = "state"
    CITY = "city"
    METROPOLE = "metropole"
    DEPARTMENT = "department"
    REGION = "region"
    CAF = "caf"
    LANDLORD = "landlord"
    OTHER = "other"

    @property
    def label(self) -> str:
        return {
            "state": "État",
            "city": "Commune",
            "metropole": "Métropole / EPCI",
            "department": "Département",
            "region": "Région",
            "caf": "CAF",
            "landlord": "Bailleur social",
            "other": "Autre",
        }[self.value]


class Nature(StrEnum):
    """The nature of a credit."""

    SPECIFIC = "specific"
    CONTRACT_SHARE = "contract_share"
    COMMON_LAW = "common_law"
    TFPB = "tfpb"
    POST = "post"

    @property
    def label(self) -> str:
        return {
            "specific": "Crédits politique de la ville",
            "contract_share": "Volet contrat de ville",
            "common_law": "Droit commun",
            "tfpb": "Abattement TFPB",
            "post": "Poste (adulte-relais…)",
        }[self.value]


class Funder(Identified, Base):
    """A financeur. Shared by the contracts of the portal."""

    __tablename__ = "funder"
    __table_args__ = (sa.CheckConstraint("siret IS NULL OR length(siret) = 14", name="siret_length"),)

    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_fold: Mapped[str]
    kind: Mapped[FunderKind] = mapped_column(enum_type(FunderKind, "kind"))
    siret: Mapped[str | None]
    # The account of the chart of accounts where its grants are entered ("741" État…).
    account_code: Mapped[str | None]
    deciding_body: Mapped[str | None]
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None]

    def access_scopes(self) -> dict[ScopeKind, set[int]]:
        return {ScopeKind.FUNDER: {self.id}, ScopeKind.INSTANCE: {1}}


class IndicatorKind(StrEnum):
    COUNT = "count"
    PEOPLE = "people"
    RATIO = "ratio"
    AMOUNT = "amount"
    SCORE = "score"

    @property
    def label(self) -> str:
        return {
            "count": "Nombre",
            "people": "Personnes",
            "ratio": "Part (numérateur / dénominateur)",
            "amount": "Montant",
            "score": "Note",
        }[self.value]


class Indicator(Identified, Base):
    """One version of a catalogue entry; a changed definition is a new version, past values stay."""

    __tablename__ = "indicator"
    __table_args__ = (sa.UniqueConstraint("contract_id", "code", "version"),)

    contract_id: Mapped[int] = reference("contract.id", index=False)
    theme_id: Mapped[int | None] = reference("theme.id", nullable=True)
    code: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    label: Mapped[str]
    definition: Mapped[str]
    unit: Mapped[str]
    kind: Mapped[IndicatorKind] = mapped_column(enum_type(IndicatorKind, "kind"))
    numerator_label: Mapped[str | None]
    denominator_label: Mapped[str | None]
    is_compulsory: Mapped[bool] = mapped_column(default=False)
    # Computed from other rows (cost per person), never typed.
    is_derived: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int]
    retired_at: Mapped[datetime | None]


class AgeBand(Identified, Base):
    """An age band of a contract, as data: 0-5, 6-11… ; `to_age` NULL means and above."""

    __tablename__ = "age_band"
    __table_args__ = (sa.UniqueConstraint("contract_id", "from_age"),)

    contract_id: Mapped[int] = reference("contract.id", index=False)
    label: Mapped[str]
    from_age: Mapped[int]
    to_age: Mapped[int | None]
    position: Mapped[int]


class PartnerKind(StrEnum):
    """What kind of body is asked for its opinion."""

    CITY_SERVICE = "city_service"
    STATE_SERVICE = "state_service"
    LANDLORD = "landlord"
    RESIDENTS = "residents"
    SCHOOL = "school"
    FUNDER = "funder"
    OTHER = "other"

    @property
    def label(self) -> str:
        return {
            "city_service": "Service de la Ville ou de la Métropole",
            "state_service": "Service de l’État",
            "landlord": "Bailleur social",
            "residents": "Conseil citoyen, habitants",
            "school": "Établissement scolaire",
            "funder": "Financeur",
            "other": "Autre partenaire",
        }[self.value]


class PartnerContact(Identified, Base):
    """A line of a contract's address book: a body whose opinion may be asked, and where to write to it.

    `email` is NULL once forgotten; the name stays beside the opinions given. `funder_id` when it
    speaks for a funder whose people have no account.
    """

    __tablename__ = "partner_contact"
    __table_args__ = (
        sa.CheckConstraint("(email IS NULL) = (email_fold IS NULL)", name="email_folded"),
        sa.UniqueConstraint("contract_id", "name_fold"),
        sa.UniqueConstraint("contract_id", "funder_id"),
    )

    contract_id: Mapped[int] = reference("contract.id", index=False)
    name: Mapped[str]
    name_fold: Mapped[str]
    kind: Mapped[PartnerKind] = mapped_column(enum_type(PartnerKind, "kind"))
    funder_id: Mapped[int | None] = reference("funder.id", nullable=True)
    person_name: Mapped[str | None]
    email: Mapped[str | None]
    # The opinions asked of somebody who also has an account.
    email_fold: Mapped[str | None] = mapped_column(index=True)
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    funder: Mapped[Funder | None] = relationship()

    def access_scopes(self) -> dict[ScopeKind, set[int]]:
        return {ScopeKind.CONTRACT: {self.contract_id}}


class SavedView(Identified, Base):
    """A list as somebody wants to find it again: filters, order and columns of its address, under a name.

    `place` names the list (« committee.desk »); `query` is what follows the « ? » of its address.
    """

    __tablename__ = "saved_view"
    __table_args__ = (sa.UniqueConstraint("contract_id", "person_id", "place", "name_fold"),)

    contract_id: Mapped[int] = reference("contract.id", index=False)
    person_id: Mapped[int] = reference("person.id", index=False)
    place: Mapped[str]
    name: Mapped[str]
    name_fold: Mapped[str]
    query: Mapped[str]
    # Offered to whoever opens the same list in this contract.
    is_shared: Mapped[bool] = mapped_column(default=False)
