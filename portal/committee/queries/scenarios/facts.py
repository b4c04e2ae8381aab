"""What a scenario is computed from, as its author sees the table: a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from portal.calls.models import Application, Call, Envelope, FundingLine, Placement
from portal.calls.queries.agreement import is_later_year
from portal.calls.queries.visibility import recused_applications
from portal.calls.rules.cycle import FUNDING
from portal.calls.states import ApplicationStatus, FundingStatus
from portal.committee.models import Assessment, Assignment
from portal.committee.queries.programme import LISTED, Reader
from portal.committee.queries.scoring import summaries
from portal.committee.rules.scenarios.model import WHOLE, Fix, Line, Problem, Project, Purse
from portal.committee.rules.scenarios.parameters import Parameters
from portal.committee.states import AssessmentStatus
from portal.contracts import queries as contracts
from portal.contracts.models import Funder, FunderKind, Nature, Theme
from portal.extensions import db
from portal.quartiers.models import ContractQuartier, QuartierKind

OPEN = FUNDING.steps["propose"].sources
"""The states in which a line takes a proposal."""
OPEN_APPLICATIONS = (ApplicationStatus.ADMISSIBLE, ApplicationStatus.DECIDED)
MONEY = (Nature.SPECIFIC, Nature.CONTRACT_SHARE, Nature.COMMON_LAW)
"""The natures that are amounts to share: neither tax relief nor posts."""


@dataclass(frozen=True)
class Facts:
    """A problem, and the version of each line when it was read."""

    problem: Problem
    versions: Mapping[int, int]
    left_out: int


def facts_of(call: Call, reader: Reader, chosen: Parameters) -> Facts:
    """Everything a scenario is computed from; lines that no envelope of the call pays are left out."""
    seen = reader.applications(call.id)
    purses = _envelopes(call)
    lines, settled, versions = _lines(seen, _tied(purses), chosen)
    problem = Problem(
        chosen.rules,
        tuple(replace(purse, left_cents=purse.left_cents - settled.get(purse.id, 0)) for _key, purse in purses),
        _projects(call, seen, lines, chosen),
        {quartier.id: quartier.name for quartier in call.quartiers},
        pillars_of(call),
    )
    return Facts(problem, versions, _left_out(call.id, reader.person_id))


def pillars_of(call: Call) -> dict[int, str]:
    """The pillars of the call's contract, in printed order."""
    return {each.id: each.label for each in contracts.pillars_and_themes(call.contract_id) if each.id is not None}


# -- envelopes ----------------------------------------------------------------------------------


def purse_label(funder: str, nature: Nature, scheme: str) -> str:
    """« Ville (Crédits politique de la ville, P147) »."""
    return f"{funder} ({nature.label}{', ' + scheme if scheme else ''})"


Keyed = list[tuple[tuple[int, Nature], Purse]]


def _envelopes(call: Call) -> Keyed:
    """The envelopes of a call, each with its funder and nature, whole: nothing is taken from them yet."""
    rows = db.session.execute(
        sa.select(Envelope.id, Envelope.funder_id, Envelope.nature, Envelope.scheme, Envelope.amount_cents, Funder.name)
        .join(Funder, Funder.id == Envelope.funder_id)
        .where(Envelope.call_id == call.id, Envelope.nature.in_(MONEY))
        .order_by(Envelope.position, Envelope.id)
    )
    return [
        (
            (row.funder_id, row.nature),
            Purse(row.id, purse_label(row.name, row.nature, row.scheme), row.amount_cents),
        )
        for row in rows
    ]


def _tied(purses: Keyed) -> dict[tuple[int, Nature], int]:
    """The envelope of a line not yet tied to one: the only one of its funder and nature."""
    by_key: dict[tuple[int, Nature], list[int]] = defaultdict(list)
    for key, purse in purses:
        by_key[key].append(purse.id)
    return {key: ids[0] for key, ids in by_key.items() if len(ids) == 1}


# -- lines --------------------------------------------------------------------------------------


def _lines(
    seen: sa.Select[tuple[int]], tied: Mapping[tuple[int, Nature], int], chosen: Parameters
) -> tuple[dict[int, list[Line]], dict[int, int], dict[int, int]]:
    """The lines to decide by application, what the others took from each envelope, and the versions read."""
    watched = _in_active_watch(seen)
    rows = db.session.execute(
        sa.select(FundingLine, Application.status, Funder.kind, is_later_year().label("later"))
        .join(Application, Application.id == FundingLine.application_id)
        .join(Funder, Funder.id == FundingLine.funder_id)
        .where(Application.id.in_(seen), FundingLine.nature.in_(MONEY))
        .order_by(Application.number, Funder.position, FundingLine.id)
    )
    found: dict[int, list[Line]] = defaultdict(list)
    settled: dict[int, int] = defaultdict(int)
    versions = {}
    for line, status, kind, later in rows:
        purse = line.envelope_id or tied.get((line.funder_id, line.nature))
        if purse is None:
            continue
        if line.status not in OPEN or status not in OPEN_APPLICATIONS:
            settled[purse] += _taken(line)
        elif line.requested_cents:
            barred = kind is FunderKind.STATE and line.application_id in watched
            read = Line(line.id, purse, line.requested_cents, is_barred=barred)
            found[line.application_id].append(_fixed(read, line, chosen, later=later))
            versions[line.id] = line.version
    return found, settled, versions


def _taken(line: FundingLine) -> int:
    """What a line that takes no more proposals holds of its envelope."""
    if line.status in {FundingStatus.REFUSED, FundingStatus.FILED_ELSEWHERE, FundingStatus.NOT_ASKED}:
        return 0
    return line.granted_cents if line.granted_cents is not None else line.arbitrated_cents or 0


def _fixed(read: Line, line: FundingLine, chosen: Parameters, *, later: bool) -> Line:
    """The line with what is taken as it is: by hand before all, then tranches, then proposals kept."""
    if line.id in chosen.fixed:
        return replace(read, fixed_cents=chosen.fixed[line.id], fix=Fix.HAND)
    if later and chosen.agreements_first:
        return replace(read, fixed_cents=line.requested_cents, fix=Fix.TRANCHE)
    if chosen.keeps_proposals and line.proposed_cents is not None:
        return replace(read, fixed_cents=line.proposed_cents, fix=Fix.KEPT)
    return read


def _in_active_watch(seen: sa.Select[tuple[int]]) -> set[int]:
    """The applications whose every quartier is in active watch."""
    rows = db.session.execute(
        sa.select(Placement.application_id, ContractQuartier.kind)
        .join(Application, Application.id == Placement.application_id)
        .join(Call, Call.id == Application.call_id)
        .outerjoin(
            ContractQuartier,
            sa.and_(
                ContractQuartier.quartier_id == Placement.quartier_id,
                ContractQuartier.contract_id == Call.contract_id,
            ),
        )
        .where(Placement.application_id.in_(seen))
    )
    kinds: dict[int, set[QuartierKind | None]] = defaultdict(set)
    for application_id, kind in rows:
        kinds[application_id].add(kind)
    return {application_id for application_id, all_kinds in kinds.items() if all_kinds == {QuartierKind.ACTIVE_WATCH}}


# -- projects -----------------------------------------------------------------------------------


def _projects(
    call: Call, seen: sa.Select[tuple[int]], lines: Mapping[int, list[Line]], chosen: Parameters
) -> tuple[Project, ...]:
    rows = db.session.execute(
        sa.select(
            Application.id,
            Application.number,
            is_later_year().label("later"),
            sa.case((Theme.depth == 0, Theme.id), else_=Theme.parent_id).label("pillar"),
        )
        .outerjoin(Theme, Theme.id == Application.main_theme_id)
        .where(Application.id.in_(seen))
        .order_by(Application.number, Application.id)
    ).all()
    asking = [row for row in rows if row.id in lines]
    scores = _scores(call, [row.id for row in asking], chosen)
    shares = _shares(seen)
    return tuple(
        Project(
            row.id,
            f"{call.year}-{row.number:03d}",
            tuple(lines[row.id]),
            scores.get(row.id),
            shares.get(row.id, ()),
            row.pillar,
            is_tranche=bool(row.later) and chosen.agreements_first,
        )
        for row in asking
    )


def _scores(call: Call, ids: Collection[int], chosen: Parameters) -> dict[int, int | None]:
    if not call.scoring_enabled or not chosen.rules.reads_scores:
        return {}
    return {application_id: told.mean for application_id, told in summaries(call, ids).items()}


def _shares(seen: sa.Select[tuple[int]]) -> dict[int, tuple[tuple[int, int], ...]]:
    """(quartier, share) of each application; nothing where a share is unknown, all of it where there is one."""
    rows = db.session.execute(
        sa.select(Placement.application_id, Placement.quartier_id, Placement.share_bp)
        .where(Placement.application_id.in_(seen))
        .order_by(Placement.application_id, Placement.id)
    )
    placed: dict[int, list[tuple[int, int | None]]] = defaultdict(list)
    for application_id, quartier_id, share in rows:
        placed[application_id].append((quartier_id, share))
    return {application_id: _known(places) for application_id, places in placed.items()}


def _known(places: list[tuple[int, int | None]]) -> tuple[tuple[int, int], ...]:
    if len(places) == 1:
        return ((places[0][0], WHOLE),)
    known = tuple((quartier, share) for quartier, share in places if share is not None)
    return known if len(known) == len(places) else ()


# -- around -------------------------------------------------------------------------------------


def _left_out(call_id: int, person_id: int) -> int:
    """How many applications of the table its reader stepped out of."""
    found = sa.select(sa.func.count(Application.id)).where(
        Application.call_id == call_id,
        Application.status.in_(LISTED),
        Application.id.in_(recused_applications(person_id)),
    )
    return int(db.session.execute(found).scalar_one())


def owes_analyses(call: Call, person_id: int) -> bool:
    """Whether somebody scores blind in this call and still owes an analysis: scores are not for them yet."""
    if not (call.blind_scoring and call.scoring_enabled):
        return False
    given = sa.and_(
        Assessment.application_id == Assignment.application_id,
        Assessment.person_id == Assignment.person_id,
        Assessment.status == AssessmentStatus.FINAL,
    )
    owed: Any = (
        sa.select(Assignment.id)
        .join(Application, Application.id == Assignment.application_id)
        .outerjoin(Assessment, given)
        .where(
            Assignment.person_id == person_id,
            Assignment.ended_at.is_(None),
            Application.call_id == call.id,
            Assessment.id.is_(None),
        )
    )
    return bool(db.session.execute(sa.select(owed.exists())).scalar())


def line_named(call: Call, reader: Reader, number: int, envelope_id: int) -> FundingLine | None:
    """The line to decide of an application (by its number) that an envelope pays, as its reader sees the table."""
    purses = _envelopes(call)
    tied = {key for key, purse in purses if purse.id == envelope_id and _tied(purses).get(key) == envelope_id}
    pays = [FundingLine.envelope_id == envelope_id]
    pays += [
        sa.and_(FundingLine.envelope_id.is_(None), FundingLine.funder_id == funder, FundingLine.nature == nature)
        for funder, nature in tied
    ]
    return (
        db.session.execute(
            sa.select(FundingLine)
            .join(Application, Application.id == FundingLine.application_id)
            .where(
                Application.id.in_(reader.applications(call.id)),
                Application.number == number,
                Application.status.in_(OPEN_APPLICATIONS),
                FundingLine.status.in_(OPEN),
                sa.or_(*pays),
            )
        )
        .scalars()
        .first()
    )


def purse_labels(call: Call) -> list[tuple[int, str]]:
    """The envelopes of a call that a scenario may share, (id, label)."""
    return [(purse.id, purse.label) for _key, purse in _envelopes(call)]


def fixed_rows(fixed: Mapping[int, int]) -> list[tuple[int, int, int]]:
    """Amounts fixed on lines, as typed: (application number, envelope id, cents)."""
    rows = db.session.execute(
        sa.select(FundingLine.id, Application.number, sa.func.coalesce(FundingLine.envelope_id, Envelope.id))
        .join(Application, Application.id == FundingLine.application_id)
        .outerjoin(
            Envelope,
            sa.and_(
                Envelope.call_id == Application.call_id,
                Envelope.funder_id == FundingLine.funder_id,
                Envelope.nature == FundingLine.nature,
            ),
        )
        .where(FundingLine.id.in_(fixed))
        .order_by(Application.number, FundingLine.id)
    )
    found = {row[0]: (row[1], row[2]) for row in rows}
    return [(number, envelope, fixed[line]) for line, (number, envelope) in found.items()]
