"""The published calls as anybody reads them: never a draft, never a past programme taken over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from portal.calls.models import Call, CallQuartier, Criterion, DocumentRequirement, Envelope
from portal.calls.queries.milestones import plan_of
from portal.calls.queries.pre_projects import notes_window
from portal.calls.rules.milestones import PlanLine
from portal.calls.states import CallKind, CallStatus, DauphinRule, DocumentCase, PreviousBilansRule, ResidentsRule
from portal.contracts.models import Contract, Funder
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.events import Event
from portal.quartiers.models import Quartier
from portal.site.rules.call_dates import CallName
from portal.site.rules.moments import Moment, days_left, moment


@dataclass(frozen=True)
class PublicCall:
    """A published call. Instants are UTC."""

    id: int
    title: str
    kind: CallKind
    year: int
    status: CallStatus
    opens_at: datetime
    closes_at: datetime
    extension_reason: str | None
    presentation: str
    who_may_apply: str
    contract_id: int
    contract_name: str
    is_demo: bool

    @property
    def moment(self) -> Moment:
        archived = self.status is CallStatus.ARCHIVED
        return moment(self.opens_at, self.closes_at, archived=archived, now=clock.now())

    @property
    def days_left(self) -> int:
        """To the closing of an open call, or to the opening of a coming one."""
        until = self.opens_at if self.moment is Moment.COMING else self.closes_at
        return days_left(until, clock.now())


_CALLS = sa.select(
    Call.id,
    Call.title,
    Call.kind,
    Call.year,
    Call.status,
    Call.opens_at,
    Call.closes_at,
    Call.extension_reason,
    Call.presentation,
    Call.who_may_apply,
    Contract.id,
    Contract.name,
    Contract.is_demo,
).join(Contract, Contract.id == Call.contract_id)

_PUBLIC = _CALLS.where(Call.status.in_((CallStatus.PUBLISHED, CallStatus.ARCHIVED)), Call.kind != CallKind.PAST)


def public_calls() -> dict[Moment, list[PublicCall]]:
    """The published calls by moment; the open ones by closing date, the past ones the latest first."""
    calls = [PublicCall(*row) for row in db.session.execute(_PUBLIC.order_by(Call.closes_at, Call.id))]
    found = {each: [call for call in calls if call.moment is each] for each in Moment}
    found[Moment.PAST].reverse()
    return found


def public_call(call_id: int) -> PublicCall | None:
    row = db.session.execute(_PUBLIC.where(Call.id == call_id)).one_or_none()
    return PublicCall(*row) if row else None


def call_before_publication(call_id: int) -> PublicCall:
    """Any call as the public reads it, or will: for those who prepare it."""
    return PublicCall(*db.session.execute(_CALLS.where(Call.id == call_id)).one())


@dataclass(frozen=True)
class AskedDocument:
    label: str
    help: str | None
    is_compulsory: bool


@dataclass(frozen=True)
class CallRules:
    """What a call asks of projects. Shares in basis points; None switches a warning off."""

    actions_start_on: date
    actions_end_on: date
    bilan_due_on: date | None
    previous_bilans: PreviousBilansRule
    residents: ResidentsRule
    public_share_warn_bp: int | None
    reversement_allowed: bool
    scoring_enabled: bool
    dauphin: DauphinRule
    auditor_threshold_cents: int


@dataclass(frozen=True)
class Contact:
    """Who answers questions on a contract; what is not filled in is None."""

    service: str
    address: str | None
    email: str | None
    phone: str | None

    @property
    def is_reachable(self) -> bool:
        return any((self.address, self.email, self.phone))


@dataclass(frozen=True)
class CallPage:
    """All that is published of a call."""

    call: PublicCall
    plan: tuple[PlanLine, ...]
    notes_until: datetime | None
    rules: CallRules
    contact: Contact
    quartiers: tuple[tuple[str, str], ...]
    funders: tuple[str, ...]
    documents: dict[DocumentCase, tuple[AskedDocument, ...]]
    criteria: tuple[tuple[str, int], ...]


def call_page(call: PublicCall) -> CallPage:
    """The rules, dates, quartiers, funders, documents and grid of a call; a fixed number of queries."""
    rules, contact = _rules(call.id)
    return CallPage(
        call=call,
        plan=tuple(public_plan(call.id)),
        notes_until=_notes_until(call.id),
        rules=rules,
        contact=contact,
        quartiers=tuple(_quartiers(call.id)),
        funders=tuple(_funders(call.id)),
        documents=_documents(call.id),
        criteria=tuple(_criteria(call.id)) if rules.scoring_enabled else (),
    )


def public_plan(call_id: int) -> list[PlanLine]:
    """The dates of a call that an association sees, in order."""
    return plan_of(db.session.get_one(Call, call_id), public_only=True)


def _notes_until(call_id: int) -> datetime | None:
    """Until when a note d'opportunité is taken; None when none is taken now."""
    window = notes_window(db.session.get_one(Call, call_id))
    return window.last_instant() if window.takes(clock.now()) else None


DATES_MOVED = ("call.extended",)


def calendar_name(call: PublicCall) -> CallName:
    """How often the dates of a published call moved, and when last; one query."""
    moved = sa.case((Event.action.in_(DATES_MOVED), 1), else_=0)
    count, last = db.session.execute(
        sa.select(sa.func.coalesce(sa.func.sum(moved), 0), sa.func.max(Event.at)).where(
            Event.subject_type == "call",
            Event.subject_id == call.id,
            Event.action.in_(("call.published", *DATES_MOVED)),
        )
    ).one()
    return CallName(call.id, call.title, int(count), last or call.opens_at)


def _rules(call_id: int) -> tuple[CallRules, Contact]:
    row = db.session.execute(
        sa.select(
            Call.actions_start_on,
            Call.actions_end_on,
            Call.bilan_due_on,
            Call.previous_bilans_rule,
            Call.residents_rule,
            Call.public_share_warn_bp,
            Call.reversement_allowed,
            Call.scoring_enabled,
            Call.dauphin_rule,
            Contract.auditor_threshold_cents,
            Contract.contact_service,
            Contract.contact_address,
            Contract.contact_email,
            Contract.contact_phone,
        )
        .join(Contract, Contract.id == Call.contract_id)
        .where(Call.id == call_id)
    ).one()
    return CallRules(*row[:10]), Contact(*row[10:])


def _quartiers(call_id: int) -> list[tuple[str, str]]:
    rows = db.session.execute(
        sa.select(Quartier.slug, Quartier.name)
        .join(CallQuartier, CallQuartier.quartier_id == Quartier.id)
        .where(CallQuartier.call_id == call_id)
        .order_by(Quartier.position, Quartier.name_fold)
    )
    return [(slug, name) for slug, name in rows]


def _funders(call_id: int) -> list[str]:
    """Who puts money in the call; how much is not published here."""
    rows = db.session.execute(
        sa.select(Funder.name, Funder.position, Funder.name_fold)
        .join(Envelope, Envelope.funder_id == Funder.id)
        .where(Envelope.call_id == call_id)
        .distinct()
        .order_by(Funder.position, Funder.name_fold)
    )
    return [name for name, *_order in rows]


def _documents(call_id: int) -> dict[DocumentCase, tuple[AskedDocument, ...]]:
    """The documents to prepare, by case, in the order of the cases."""
    rows = db.session.execute(
        sa.select(
            DocumentRequirement.case,
            DocumentRequirement.label,
            DocumentRequirement.help,
            DocumentRequirement.is_compulsory,
        )
        .where(DocumentRequirement.call_id == call_id)
        .order_by(DocumentRequirement.position, DocumentRequirement.id)
    )
    found: dict[DocumentCase, list[AskedDocument]] = {}
    for case, *document in rows:
        found.setdefault(case, []).append(AskedDocument(*document))
    return {case: tuple(found[case]) for case in DocumentCase if case in found}


def _criteria(call_id: int) -> list[tuple[str, int]]:
    rows = db.session.execute(
        sa.select(Criterion.label, Criterion.weight)
        .where(Criterion.call_id == call_id)
        .order_by(Criterion.position, Criterion.id)
    )
    return [(label, weight) for label, weight in rows]


def contact_of(contract_id: int) -> Contact:
    """Who answers questions on a contract."""
    row = db.session.execute(
        sa.select(
            Contract.contact_service, Contract.contact_address, Contract.contact_email, Contract.contact_phone
        ).where(Contract.id == contract_id)
    ).one()
    return Contact(*row)
