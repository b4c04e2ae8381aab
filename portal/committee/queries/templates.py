"""The words in force for each kind of document, whose they are, and what to try them on."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import sqlalchemy as sa

from portal.accounts.models import Organisation
from portal.calls.models import Application, Call, Envelope, FundingLine
from portal.calls.queries.visibility import recused_applications
from portal.committee.models import Convention, ConventionAction, DocumentTemplate
from portal.committee.rules.templates import MODELS
from portal.committee.states import TemplateKind
from portal.contracts.models import Funder
from portal.extensions import db

SAMPLES = 12


def template_of(contract_id: int, kind: TemplateKind, funder_id: int | None) -> DocumentTemplate | None:
    """The template of a funder, or the contract's own when `funder_id` is None."""
    return db.session.scalars(
        sa.select(DocumentTemplate).where(
            DocumentTemplate.contract_id == contract_id,
            DocumentTemplate.kind == kind,
            DocumentTemplate.funder_id == funder_id if funder_id else DocumentTemplate.funder_id.is_(None),
        )
    ).one_or_none()


def words_in_force(contract_id: int, kind: TemplateKind, funder_id: int | None) -> str:
    """The words of a funder, else the contract's, else the usual ones."""
    own = template_of(contract_id, kind, funder_id) if funder_id else None
    if own is not None and own.body is not None:
        return own.body
    return common_words(contract_id, kind)


def common_words(contract_id: int, kind: TemplateKind) -> str:
    """The contract's words, else the usual ones."""
    common = template_of(contract_id, kind, None)
    return common.body if common is not None and common.body is not None else MODELS[kind].words


# -- whose words ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class KindRow:
    """A kind of document: whether the contract has its own words, and which funders have theirs."""

    kind: TemplateKind
    is_written: bool
    funders: tuple[tuple[Funder, bool], ...]


def kinds_of(contract_id: int) -> list[KindRow]:
    """Every kind, in its order, with the funders that have an envelope in the contract."""
    written: dict[TemplateKind, set[int | None]] = defaultdict(set)
    for kind, funder_id in db.session.execute(
        sa.select(DocumentTemplate.kind, DocumentTemplate.funder_id).where(
            DocumentTemplate.contract_id == contract_id, DocumentTemplate.body.is_not(None)
        )
    ):
        written[kind].add(funder_id)
    funders = funders_of(contract_id)
    return [
        KindRow(
            kind,
            None in written[kind],
            tuple((funder, funder.id in written[kind]) for funder in funders) if kind.is_of_funder else (),
        )
        for kind in TemplateKind
    ]


def funders_of(contract_id: int) -> list[Funder]:
    """The funders with an envelope in a contract, in their order."""
    asked = sa.select(Envelope.funder_id).join(Call, Call.id == Envelope.call_id).where(Call.contract_id == contract_id)
    return list(db.session.scalars(sa.select(Funder).where(Funder.id.in_(asked)).order_by(Funder.position, Funder.id)))


# -- what to try them on --------------------------------------------------------------------------


@dataclass(frozen=True)
class Sample:
    """Something real to try words on; `why` says what is special about it."""

    id: int
    label: str
    why: str = ""


def sample_conventions(contract_id: int, funder_id: int | None, viewer_id: int) -> list[Sample]:
    """The latest conventions, without those of an application that the viewer stepped out of."""
    hidden = (
        sa.select(ConventionAction.convention_id)
        .join(FundingLine, FundingLine.id == ConventionAction.funding_line_id)
        .where(FundingLine.application_id.in_(recused_applications(viewer_id)))
    )
    statement = (
        sa.select(Convention.id, Convention.number, Organisation.name)
        .join(Organisation, Organisation.id == Convention.organisation_id)
        .where(Convention.contract_id == contract_id, Convention.id.not_in(hidden))
        .order_by(Convention.id.desc())
        .limit(SAMPLES)
    )
    if funder_id is not None:
        statement = statement.where(Convention.funder_id == funder_id)
    return [Sample(row.id, f"{row.number} — {row.name}") for row in db.session.execute(statement)]


def sample_applications(contract_id: int, funder_id: int | None, visible: sa.Select[tuple[int]]) -> list[Sample]:
    """The visible application with the longest names, then the latest ones."""
    statement = _applications(contract_id, visible)
    if funder_id is not None:
        asking = sa.select(FundingLine.application_id).where(FundingLine.funder_id == funder_id)
        statement = statement.where(Application.id.in_(asking))
    length = sa.func.length(Organisation.name) + sa.func.length(Application.title)
    longest = db.session.execute(statement.order_by(length.desc(), Application.id).limit(1)).first()
    if longest is None:
        return []
    latest = db.session.execute(statement.order_by(Application.id.desc()).limit(SAMPLES)).all()
    others = [Sample(row.id, _told(row)) for row in latest if row.id != longest.id]
    return [Sample(longest.id, _told(longest), "les noms les plus longs"), *others]


def application_named(contract_id: int, reference: str, visible: sa.Select[tuple[int]]) -> int | None:
    """The id of the visible application of a contract under a reference (« 2026-014 »), the latest call's first."""
    year, _, number = reference.strip().partition("-")
    if not (year.isascii() and year.isdigit() and number.isascii() and number.isdigit() and len(year + number) < 12):
        return None
    statement = _applications(contract_id, visible).where(Call.year == int(year), Application.number == int(number))
    found = db.session.execute(statement.order_by(Call.id.desc()).limit(1)).first()
    return found.id if found else None


def is_sample(contract_id: int, application_id: int, visible: sa.Select[tuple[int]]) -> bool:
    """Whether words may be tried on an application."""
    statement = _applications(contract_id, visible).where(Application.id == application_id)
    return db.session.execute(statement).first() is not None


def _applications(contract_id: int, visible: sa.Select[tuple[int]]) -> sa.Select[tuple[int, int, int, str, str]]:
    return (
        sa.select(Application.id, Call.year, Application.number, Application.title, Organisation.name)
        .join(Call, Call.id == Application.call_id)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .where(Call.contract_id == contract_id, Application.id.in_(visible))
    )


def _told(row: sa.Row[tuple[int, int, int, str, str]]) -> str:
    return f"{row.year}-{row.number:03d} — {row.title} ({row.name})"
