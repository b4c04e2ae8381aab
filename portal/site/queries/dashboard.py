"""What waits for the person who is signed in. Each function has a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa

from portal.accounts.access import organisations_of_person
from portal.accounts.models import Organisation, Person
from portal.accounts.rules import HeldGrant, Role, ScopeKind
from portal.calls.models import Application, Call, Envelope, FundingLine
from portal.calls.queries import messages
from portal.calls.queries.filing import last_instant
from portal.calls.queries.visibility import CONTRACT_WIDE, FUNDER_WIDE, visible_applications
from portal.calls.states import UNANSWERED, ApplicationStatus, CallKind, CallStatus, FundingStatus
from portal.committee.models import (
    AdmissibilityProposal,
    Assessment,
    Assignment,
    ChangeRequest,
    Opinion,
    Sitting,
    SittingKind,
)
from portal.committee.states import AssessmentStatus, ChangeRequestStatus, SittingStatus
from portal.contracts.models import Contract, Funder, FunderKind
from portal.evaluation.models import Bilan
from portal.evaluation.queries.bilans import answered_by_final
from portal.evaluation.states import BilanStatus
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.periods import to_paris
from portal.quartiers.models import Quartier
from portal.site.queries import after_grants

SHOWN = 8
"""How many lines a home lists before it sends to the whole list."""

OWED = (BilanStatus.DUE, BilanStatus.BEGUN, BilanStatus.TO_CORRECT)
IN_REVIEW = (ApplicationStatus.SUBMITTED, ApplicationStatus.ADMISSIBLE)
INSTRUCTING = frozenset({Role.OFFICER, Role.MANAGER})


# -- the applicant ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Errand:
    """Something an applicant has to do on one application, before a date when there is one."""

    kind: str
    id: int
    title: str
    organisation: str
    before: date | None


@dataclass(frozen=True)
class OwnWork:
    """The errands of the person's organisations, the most urgent first, and what they have here."""

    organisations: int
    applications: int
    errands: tuple[Errand, ...]


def own_work(person_id: int) -> OwnWork:
    """Eight queries, whatever the organisations and their applications."""
    mine = organisations_of_person(person_id)
    applications = db.session.execute(
        sa.select(sa.func.count()).select_from(Application).where(Application.organisation_id.in_(mine))
    ).scalar_one()
    organisations = db.session.execute(
        sa.select(sa.func.count()).select_from(Organisation).where(Organisation.id.in_(mine))
    ).scalar_one()
    errands = [*_drafts(mine), *_corrections(mine), *_bilans(mine), *_messages(mine)]
    errands += [Errand(*owed) for owed in after_grants.owed_by(mine, SHOWN)]
    errands.sort(key=lambda errand: (errand.before is None, errand.before, errand.title))
    return OwnWork(organisations, applications, tuple(errands))


def _drafts(mine: sa.Select[tuple[int]]) -> list[Errand]:
    """The drafts that can still be filed, an exemption's later date told in place of the closing."""
    until = last_instant()
    rows = db.session.execute(
        sa.select(Application.id, Application.title, Organisation.name, until)
        .join(Call, Call.id == Application.call_id)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .where(
            Application.organisation_id.in_(mine),
            Application.status == ApplicationStatus.DRAFT,
            Call.status == CallStatus.PUBLISHED,
            until > clock.now(),
        )
        .order_by(until, Application.id)
        .limit(SHOWN)
    )
    return [Errand("draft", id, title, name, to_paris(closes_at).date()) for id, title, name, closes_at in rows]


def _corrections(mine: sa.Select[tuple[int]]) -> list[Errand]:
    rows = db.session.execute(
        sa.select(Application.id, Application.title, Organisation.name, ChangeRequest.due_on)
        .join(ChangeRequest, ChangeRequest.application_id == Application.id)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .where(Application.organisation_id.in_(mine), ChangeRequest.status == ChangeRequestStatus.ASKED)
        .order_by(ChangeRequest.due_on, Application.id)
        .limit(SHOWN)
    )
    return [Errand("correction", *row) for row in rows]


def _bilans(mine: sa.Select[tuple[int]]) -> list[Errand]:
    rows = db.session.execute(
        sa.select(Bilan.kind, Bilan.id, Application.title, Organisation.name, Bilan.due_on)
        .join(Application, Application.id == Bilan.application_id)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .where(Application.organisation_id.in_(mine), Bilan.status.in_(OWED), ~answered_by_final())
        .order_by(Bilan.due_on.is_(None), Bilan.due_on, Bilan.id)
        .limit(SHOWN)
    )
    return [Errand(f"bilan_{kind.value}", *row) for kind, *row in rows]


def _messages(mine: sa.Select[tuple[int]]) -> list[Errand]:
    return [
        Errand("message", application_id, title, organisation, None)
        for application_id, title, organisation, _unread in messages.waiting_for_organisations(mine)
    ]


# -- those who instruct, follow or decide ----------------------------------------------------------


@dataclass(frozen=True)
class FollowedCall:
    """A call with the applications that the reader may see, counted by state."""

    id: int
    contract_id: int
    title: str
    year: int
    opens_at: datetime
    closes_at: datetime
    is_demo: bool
    counts: dict[ApplicationStatus, int] = field(default_factory=dict)
    funders: set[int] = field(default_factory=set)

    @property
    def filed(self) -> int:
        return sum(self.counts.values())

    def scopes(self) -> dict[ScopeKind, set[int]]:
        return {
            ScopeKind.CONTRACT: {self.contract_id},
            ScopeKind.CALL: {self.id},
            ScopeKind.FUNDER: self.funders,
        }


def followed_calls(person_id: int, grants: Sequence[HeldGrant]) -> list[FollowedCall]:
    """The published calls that somebody's roles concern, the latest first. Three queries."""
    seen = visible_applications(person_id, grants)
    with_seen = sa.select(Application.call_id).where(Application.id.in_(seen))
    funded = sa.select(Envelope.call_id).where(Envelope.funder_id.in_(_ids(grants, FUNDER_WIDE, ScopeKind.FUNDER)))
    rows = db.session.execute(
        sa.select(Call.id, Call.contract_id, Call.title, Call.year, Call.opens_at, Call.closes_at, Contract.is_demo)
        .join(Contract, Contract.id == Call.contract_id)
        .where(
            Call.kind != CallKind.PAST,
            Call.status != CallStatus.DRAFT,
            sa.or_(
                Call.contract_id.in_(_contracts(grants)),
                Call.id.in_(_ids(grants, {Role.REVIEWER}, ScopeKind.CALL)),
                Call.id.in_(with_seen),
                Call.id.in_(funded),
            ),
        )
        .order_by(Call.year.desc(), Call.closes_at.desc(), Call.id)
        .limit(SHOWN)
    )
    calls = [FollowedCall(*row) for row in rows]
    counted = db.session.execute(
        sa.select(Application.call_id, Application.status, sa.func.count())
        .where(Application.call_id.in_([call.id for call in calls]), Application.id.in_(seen))
        .group_by(Application.call_id, Application.status)
    )
    by_id = {call.id: call for call in calls}
    for call_id, status, number in counted:
        by_id[call_id].counts[status] = number
    envelopes = sa.select(Envelope.call_id, Envelope.funder_id).where(Envelope.call_id.in_(by_id))
    for call_id, funder_id in db.session.execute(envelopes):
        by_id[call_id].funders.add(funder_id)
    return calls


def _contracts(grants: Sequence[HeldGrant]) -> list[int]:
    return _ids(grants, CONTRACT_WIDE, ScopeKind.CONTRACT)


def _ids(grants: Sequence[HeldGrant], roles: frozenset[Role] | set[Role], kind: ScopeKind) -> list[int]:
    return [grant.scope_id for grant in grants if grant.role in roles and grant.scope_kind is kind]


@dataclass(frozen=True)
class Waiting:
    """How many applications or bilans wait for the Direction, in the contracts it is in charge of."""

    to_examine: int
    corrections_to_read: int
    bilans_to_read: int
    postponements: int
    messages: int


def waiting_for_direction(person_id: int, grants: Sequence[HeldGrant]) -> Waiting:
    """Two queries; recusals are left out of each count, drafts of all but the messages."""
    own = [grant for grant in grants if grant.role in INSTRUCTING]
    seen = visible_applications(person_id, own)
    proposed = sa.exists().where(AdmissibilityProposal.application_id == Application.id)
    asked = sa.exists().where(
        ChangeRequest.application_id == Application.id, ChangeRequest.status != ChangeRequestStatus.ACCEPTED
    )
    counts = (
        _count(Application.id).where(
            Application.id.in_(seen), Application.status == ApplicationStatus.SUBMITTED, ~proposed, ~asked
        ),
        _count(ChangeRequest.id).where(
            ChangeRequest.application_id.in_(seen), ChangeRequest.status == ChangeRequestStatus.ANSWERED
        ),
        _count(Bilan.id).where(Bilan.application_id.in_(seen), Bilan.status == BilanStatus.SUBMITTED),
        _count(Bilan.id).where(Bilan.application_id.in_(seen), Bilan.status == BilanStatus.POSTPONEMENT_ASKED),
    )
    examine, corrections, bilans, postponements = db.session.execute(
        sa.select(*(count.scalar_subquery() for count in counts))
    ).one()
    unread = messages.waiting_for_direction(person_id, own)
    return Waiting(examine, corrections, bilans, postponements, unread)


def _count(column: sa.orm.InstrumentedAttribute[int]) -> sa.Select[tuple[int]]:
    return sa.select(sa.func.count(column))


@dataclass(frozen=True)
class Analyses:
    """The analyses given to a reviewer, and how many are not handed in."""

    given: int
    to_do: int


def analyses_of(person_id: int, grants: Sequence[HeldGrant]) -> Analyses:
    """One query; an application one stepped out of does not count."""
    handed_in = sa.exists().where(
        Assessment.application_id == Assignment.application_id,
        Assessment.person_id == Assignment.person_id,
        Assessment.status == AssessmentStatus.FINAL,
    )
    given, to_do = db.session.execute(
        sa.select(sa.func.count(Assignment.id), sa.func.coalesce(sa.func.sum(sa.case((handed_in, 0), else_=1)), 0))
        .join(Application, Application.id == Assignment.application_id)
        .where(
            Assignment.person_id == person_id,
            Assignment.ended_at.is_(None),
            Application.status.in_(IN_REVIEW),
            Application.id.in_(visible_applications(person_id, grants)),
        )
    ).one()
    return Analyses(given, int(to_do))


@dataclass(frozen=True)
class FunderWork:
    """What waits for a funder's people: lines without its opinion, without its act, not yet notified."""

    opinions: int
    acts: int
    notifications: int


def funder_work(person_id: int, grants: Sequence[HeldGrant]) -> FunderWork:
    """One query. A délégué du Préfet works on the State's lines of its contracts."""
    own = [grant for grant in grants if grant.role in FUNDER_WIDE or grant.role is Role.DELEGATE]
    seen = visible_applications(person_id, own)
    line = sa.and_(FundingLine.application_id.in_(seen), FundingLine.funder_id.in_(_funders(own)))
    answered = sa.exists().where(
        Opinion.application_id == FundingLine.application_id, Opinion.funder_id == FundingLine.funder_id
    )
    counts = (
        _count(FundingLine.id)
        .join(Application, Application.id == FundingLine.application_id)
        .where(line, FundingLine.status.in_(UNANSWERED), Application.status.in_(IN_REVIEW), ~answered),
        _count(FundingLine.id).where(line, FundingLine.status == FundingStatus.ARBITRATED),
        _count(FundingLine.id).where(line, FundingLine.status == FundingStatus.GRANTED),
    )
    return FunderWork(*db.session.execute(sa.select(*(count.scalar_subquery() for count in counts))).one())


def _funders(grants: Sequence[HeldGrant]) -> sa.Select[tuple[int]]:
    held = _ids(grants, FUNDER_WIDE, ScopeKind.FUNDER)
    follows_state = any(grant.role is Role.DELEGATE for grant in grants)
    state = Funder.kind == FunderKind.STATE if follows_state else sa.false()
    return sa.select(Funder.id).where(sa.or_(Funder.id.in_(held), state))


def after_grants_of_direction(person_id: int, grants: Sequence[HeldGrant]) -> after_grants.ToFollow:
    """What waits for the Direction after the grants. One query."""
    own = [grant for grant in grants if grant.role in INSTRUCTING]
    return after_grants.to_follow(visible_applications(person_id, own))


def after_grants_of_funder(person_id: int, grants: Sequence[HeldGrant]) -> after_grants.ToFollow:
    """What waits for a funder's people after the grants. One query."""
    own = [grant for grant in grants if grant.role in FUNDER_WIDE]
    return after_grants.to_follow(visible_applications(person_id, own), _funders(own))


@dataclass(frozen=True)
class ComingSitting:
    id: int
    contract_id: int
    call_id: int | None
    title: str
    kind: str
    held_on: date
    place: str | None

    def scopes(self) -> dict[ScopeKind, set[int]]:
        scopes = {ScopeKind.CONTRACT: {self.contract_id}, ScopeKind.SITTING: {self.id}}
        return scopes | ({ScopeKind.CALL: {self.call_id}} if self.call_id else {})


def coming_sittings(grants: Sequence[HeldGrant]) -> list[ComingSitting]:
    """The sittings to come that somebody's roles concern, the next first. One query."""
    rows = db.session.execute(
        sa.select(
            Sitting.id,
            Sitting.contract_id,
            Sitting.call_id,
            Sitting.title,
            SittingKind.label,
            Sitting.held_on,
            Sitting.place,
        )
        .join(SittingKind, SittingKind.id == Sitting.kind_id)
        .where(
            Sitting.status != SittingStatus.CLOSED,
            Sitting.held_on >= to_paris(clock.now()).date(),
            sa.or_(
                Sitting.contract_id.in_(_contracts(grants)),
                Sitting.call_id.in_(_ids(grants, {Role.REVIEWER}, ScopeKind.CALL)),
                Sitting.id.in_(_ids(grants, {Role.RESIDENT}, ScopeKind.SITTING)),
            ),
        )
        .order_by(Sitting.held_on, Sitting.id)
        .limit(SHOWN)
    )
    return [ComingSitting(*row) for row in rows]


# -- the others ------------------------------------------------------------------------------------


def quartiers_followed(grants: Sequence[HeldGrant]) -> list[tuple[str, str]]:
    """The quartiers of a conseil citoyen's member: slugs and names."""
    rows = db.session.execute(
        sa.select(Quartier.slug, Quartier.name)
        .where(Quartier.id.in_(_ids(grants, {Role.RESIDENT}, ScopeKind.QUARTIER)))
        .order_by(Quartier.position, Quartier.name_fold)
    )
    return [(slug, name) for slug, name in rows]


@dataclass(frozen=True)
class Accounts:
    """The open accounts of the portal, and those whose invitation was not answered yet."""

    people: int
    unconfirmed: int


def accounts() -> Accounts:
    counts = (
        _count(Person.id).where(Person.disabled_at.is_(None)),
        _count(Person.id).where(Person.disabled_at.is_(None), Person.confirmed_at.is_(None)),
    )
    return Accounts(*db.session.execute(sa.select(*(count.scalar_subquery() for count in counts))).one())
