"""Sittings: their members, their agenda, who steps out of what, what was decided."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Grant, Organisation, Person
from portal.accounts.rules import HeldGrant, Role, ScopeKind
from portal.calls.models import Application, Call, FundingLine, Recusal
from portal.calls.queries.visibility import recused_applications
from portal.calls.states import ApplicationStatus
from portal.committee.models import (
    AdmissibilityProposal,
    AgendaItem,
    Decision,
    Sitting,
    SittingKind,
)
from portal.committee.rules.sittings import Quorum, Voter, quorum, voices
from portal.committee.states import DecisionKind, Outcome
from portal.extensions import db

CONTRACT_WIDE = frozenset({Role.OFFICER, Role.MANAGER, Role.DELEGATE, Role.STEERING})


# -- lists --------------------------------------------------------------------------------------


def sittings_seen(grants: Sequence[HeldGrant]) -> sa.Select[Any]:
    """The sittings that staff roles show, the next ones first; an ordered select to be paged."""
    contracts = [g.scope_id for g in grants if g.scope_kind is ScopeKind.CONTRACT and g.role in CONTRACT_WIDE]
    calls = [g.scope_id for g in grants if g.scope_kind is ScopeKind.CALL and g.role is Role.REVIEWER]
    sittings = [g.scope_id for g in grants if g.scope_kind is ScopeKind.SITTING]
    items = sa.select(sa.func.count()).where(AgendaItem.sitting_id == Sitting.id).scalar_subquery()
    return (
        sa.select(
            Sitting.id,
            Sitting.title,
            Sitting.held_on,
            Sitting.status,
            SittingKind.label.label("kind"),
            Call.title.label("call"),
            items.label("items"),
        )
        .join(SittingKind, SittingKind.id == Sitting.kind_id)
        .outerjoin(Call, Call.id == Sitting.call_id)
        .where(sa.or_(Sitting.contract_id.in_(contracts), Sitting.call_id.in_(calls), Sitting.id.in_(sittings)))
        .order_by(Sitting.held_on.desc(), Sitting.id.desc())
    )


def kinds_of(contract_ids: Collection[int]) -> list[SittingKind]:
    return list(
        db.session.scalars(
            sa.select(SittingKind)
            .where(SittingKind.contract_id.in_(contract_ids))
            .order_by(SittingKind.contract_id, SittingKind.position)
        )
    )


def calls_of(contract_ids: Collection[int]) -> list[tuple[int, str, int]]:
    """The calls a sitting may be about: (id, title, contract id), the latest first."""
    rows = db.session.execute(
        sa.select(Call.id, Call.title, Call.contract_id)
        .where(Call.contract_id.in_(contract_ids))
        .order_by(Call.year.desc(), Call.id.desc())
    )
    return [(row[0], row[1], row[2]) for row in rows]


# -- one sitting --------------------------------------------------------------------------------


@dataclass(frozen=True)
class AgendaRow:
    """An application on the agenda, with what this sitting has said of it; cents."""

    item_id: int
    application_id: int
    reference: str
    title: str
    organisation: str
    status: ApplicationStatus
    requested_cents: int | None
    proposed_cents: int | None
    arbitrated_cents: int | None
    proposal: Outcome | None
    proposal_reason: str
    recused: tuple[str, ...]
    quorum: Quorum
    voices: int
    decisions: dict[DecisionKind, Decision] = field(default_factory=dict)

    @property
    def admissibility(self) -> Decision | None:
        return self.decisions.get(DecisionKind.ADMISSIBILITY)

    @property
    def arbitration(self) -> Decision | None:
        return self.decisions.get(DecisionKind.ARBITRATION)


@dataclass(frozen=True)
class Agenda:
    """The items a person may see; `hidden` counts those they stepped out of."""

    rows: tuple[AgendaRow, ...]
    hidden: int


def agenda(sitting: Sitting, viewer_id: int | None) -> Agenda:
    """The agenda without what `viewer_id` stepped out of (None: whole, for the minutes).

    The same number of queries whatever the items.
    """
    rows = _agenda_rows(sitting, viewer_id)
    total = db.session.execute(sa.select(sa.func.count()).where(AgendaItem.sitting_id == sitting.id)).scalar_one()
    ids = [row.application_id for row in rows]
    recused = recused_by_application(ids, [m.person_id for m in sitting.members if m.person_id])
    names = {member.person_id: member.name for member in sitting.members}
    decisions = _decisions(sitting.id, ids)
    voters = voters_of(sitting)
    return Agenda(
        tuple(
            AgendaRow(
                row.item_id,
                row.application_id,
                f"{row.year}-{row.number:03d}",
                row.title,
                row.organisation,
                row.status,
                _whole(row.requested),
                _whole(row.proposed),
                _whole(row.arbitrated),
                row.outcome,
                row.reason or "",
                tuple(sorted(names[person] for person in recused.get(row.application_id, ()))),
                quorum(sitting.kind.quorum, voters, recused.get(row.application_id, set())),
                voices(voters, recused.get(row.application_id, set())),
                decisions.get(row.application_id, {}),
            )
            for row in rows
        ),
        total - len(rows),
    )


def _agenda_rows(sitting: Sitting, viewer_id: int | None) -> Sequence[sa.Row[Any]]:
    amounts = (
        sa.select(
            FundingLine.application_id,
            sa.func.sum(FundingLine.requested_cents).label("requested"),
            sa.func.sum(FundingLine.proposed_cents).label("proposed"),
            sa.func.sum(FundingLine.arbitrated_cents).label("arbitrated"),
        )
        .group_by(FundingLine.application_id)
        .subquery()
    )
    statement = (
        sa.select(
            AgendaItem.id.label("item_id"),
            Application.id.label("application_id"),
            Call.year,
            Application.number,
            Application.title,
            Organisation.name.label("organisation"),
            Application.status,
            amounts.c.requested,
            amounts.c.proposed,
            amounts.c.arbitrated,
            AdmissibilityProposal.outcome,
            AdmissibilityProposal.reason,
        )
        .join(Application, Application.id == AgendaItem.application_id)
        .join(Call, Call.id == Application.call_id)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .outerjoin(AdmissibilityProposal, AdmissibilityProposal.application_id == Application.id)
        .outerjoin(amounts, amounts.c.application_id == Application.id)
        .where(AgendaItem.sitting_id == sitting.id)
        .order_by(AgendaItem.position, AgendaItem.id)
    )
    if viewer_id is not None:
        statement = statement.where(Application.id.not_in(recused_applications(viewer_id)))
    return db.session.execute(statement).all()


def _whole(cents: Any) -> int | None:
    # PostgreSQL sums BIGINT as NUMERIC.
    return None if cents is None else int(cents)


def voters_of(sitting: Sitting) -> list[Voter]:
    return [
        Voter(member.person_id, member.is_voting, member.is_present, member.id, member.represented_by_id)
        for member in sitting.members
    ]


def recused_by_application(application_ids: Collection[int], person_ids: Collection[int]) -> dict[int, set[int]]:
    """Who, of these people, stepped out of which of these applications."""
    rows = db.session.execute(
        sa.select(Application.id, Recusal.person_id)
        .join(
            Recusal,
            sa.or_(Recusal.application_id == Application.id, Recusal.organisation_id == Application.organisation_id),
        )
        .where(Application.id.in_(application_ids), Recusal.person_id.in_(person_ids), Recusal.ended_at.is_(None))
    )
    found: dict[int, set[int]] = {}
    for application_id, person_id in rows:
        found.setdefault(application_id, set()).add(person_id)
    return found


def _decisions(sitting_id: int, application_ids: Collection[int]) -> dict[int, dict[DecisionKind, Decision]]:
    """What this sitting decided and no later decision of the same sitting replaced."""
    rows = db.session.scalars(
        sa.select(Decision)
        .where(Decision.sitting_id == sitting_id, Decision.application_id.in_(application_ids))
        .order_by(Decision.id)
    )
    found: dict[int, dict[DecisionKind, Decision]] = {}
    for decision in rows:
        found.setdefault(decision.application_id, {})[decision.kind] = decision
    return found


def voices_on(sitting: Sitting, application: Application) -> int:
    """The voices that may be counted on one application's item."""
    people = [member.person_id for member in sitting.members if member.person_id]
    return voices(voters_of(sitting), recused_by_application([application.id], people).get(application.id, set()))


def quorum_on(sitting: Sitting, application: Application) -> Quorum:
    """The quorum of one application's item."""
    people = [member.person_id for member in sitting.members if member.person_id]
    recused = recused_by_application([application.id], people)
    return quorum(sitting.kind.quorum, voters_of(sitting), recused.get(application.id, set()))


def steps_out_of_agenda(person_id: int, sitting: Sitting) -> bool:
    """Whether a person is recused from anything on the agenda: the minutes are closed to them."""
    found = sa.select(AgendaItem.id).where(
        AgendaItem.sitting_id == sitting.id, AgendaItem.application_id.in_(recused_applications(person_id))
    )
    return bool(db.session.execute(sa.select(found.exists())).scalar())


def recused_members(sitting: Sitting) -> list[tuple[int, str]]:
    """The members who stepped out of something on the agenda: (person id, name), by name."""
    names = {member.person_id: member.name for member in sitting.members if member.person_id}
    found = recused_by_application([item.application_id for item in sitting.agenda], list(names))
    people = set().union(*found.values()) if found else set()
    return sorted(((person, names[person]) for person in people), key=lambda each: each[1])


def applications(ids: Collection[int]) -> list[Application]:
    """The applications of these ids, by call and number."""
    return list(
        db.session.scalars(
            sa.select(Application).where(Application.id.in_(ids)).order_by(Application.call_id, Application.number)
        )
    )


# -- composing a sitting --------------------------------------------------------------------------


@dataclass(frozen=True)
class Convenable:
    """Somebody with an account who may be convened, and in what capacity."""

    person_id: int
    name: str
    role: Role


def convenable(sitting: Sitting) -> list[Convenable]:
    """The people of the contract and of its call, one line each, not convened yet."""
    already = [member.person_id for member in sitting.members if member.person_id]
    scopes = [sa.and_(Grant.scope_kind == ScopeKind.CONTRACT, Grant.scope_id == sitting.contract_id)]
    if sitting.call_id is not None:
        scopes.append(sa.and_(Grant.scope_kind == ScopeKind.CALL, Grant.scope_id == sitting.call_id))
        asked = (
            sa.select(FundingLine.funder_id)
            .join(Application, Application.id == FundingLine.application_id)
            .where(Application.call_id == sitting.call_id)
        )
        scopes.append(sa.and_(Grant.scope_kind == ScopeKind.FUNDER, Grant.scope_id.in_(asked)))
    return _one_line_each(sa.or_(*scopes), already)


def _one_line_each(scopes: sa.ColumnElement[bool], without: Collection[int]) -> list[Convenable]:
    rows = db.session.execute(
        sa.select(Person, Grant.role)
        .join(Grant, Grant.person_id == Person.id)
        .where(Grant.ended_at.is_(None), scopes, Person.disabled_at.is_(None), Person.id.not_in(without))
        .order_by(Person.family_name, Person.given_name, Person.id, Grant.id)
    )
    found: dict[int, Convenable] = {}
    for person, role in rows:
        found.setdefault(person.id, Convenable(person.id, person.display_name, role))
    return list(found.values())


def people_of_contract(contract_id: int, without: Collection[int]) -> list[Convenable]:
    """The staff of a contract and of its calls, one line each, save those left out."""
    calls = sa.select(Call.id).where(Call.contract_id == contract_id)
    scopes = sa.or_(
        sa.and_(Grant.scope_kind == ScopeKind.CONTRACT, Grant.scope_id == contract_id),
        sa.and_(Grant.scope_kind == ScopeKind.CALL, Grant.scope_id.in_(calls)),
        sa.and_(Grant.scope_kind == ScopeKind.FUNDER, Grant.role.in_((Role.FUNDER_AGENT, Role.STATE_OFFICER))),
    )
    return _one_line_each(scopes, without)


def usual_members(sitting: Sitting) -> list[Convenable]:
    """Who sits by right: the reviewers of the call, the steering members where it arbitrates."""
    wanted = {Role.STEERING} if sitting.kind.arbitrates else {Role.REVIEWER}
    return [person for person in convenable(sitting) if person.role in wanted | {Role.DELEGATE}]


def decisions_of(application_id: int) -> list[Decision]:
    """Every decision on an application, the latest first, superseded ones included."""
    return list(
        db.session.scalars(
            sa.select(Decision).where(Decision.application_id == application_id).order_by(Decision.id.desc())
        )
    )
