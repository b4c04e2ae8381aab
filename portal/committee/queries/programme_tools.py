"""The lines that a tool of the programming table considers, and the envelopes they take from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from portal.accounts.models import Organisation
from portal.calls.models import Application, Call, FundingLine
from portal.calls.queries.envelopes import Consumption
from portal.calls.states import ApplicationStatus, FundingStatus, LabelledEnum
from portal.committee.queries import programme as table
from portal.committee.queries.programme import Filters, Reader, conditions
from portal.committee.queries.programme_past import previous_grants
from portal.committee.rules.programme_tools import Change, Effect, Facts, Settings, effects, result_for
from portal.contracts.models import Funder, Nature, Theme
from portal.extensions import db
from portal.foundation.money import group_thousands
from portal.foundation.refusals import Refusal

OPEN = frozenset({ApplicationStatus.ADMISSIBLE, ApplicationStatus.DECIDED})
"""Where an application takes proposals: what the guard `application_admissible` holds."""


MOST_LINES = 2_000
"""More do not fit a page that a person reads."""


class Which(LabelledEnum):
    """The lines wanted, by what they already hold."""

    WITHOUT = "sans", "Seulement celles sans proposition"
    WITH = "avec", "Seulement celles qui ont une proposition"
    ALL = "toutes", "Toutes"


@dataclass(frozen=True)
class Choice:
    """Which lines of the table a tool is asked to work on. `funder_ids`: those its author speaks for;
    `seen`: lines of a preview, wanted whatever they hold by now."""

    funder_ids: frozenset[int]
    nature: Nature | None = None
    quartier_id: int | None = None
    pillar_id: int | None = None
    organisation_id: int | None = None
    which: Which = Which.ALL
    seen: frozenset[int] = frozenset()


@dataclass(frozen=True)
class ToolLine:
    """A line that a tool considers, as its reader sees it. Cents."""

    id: int
    version: int
    application_id: int
    reference: str
    title: str
    organisation: str
    funder_id: int
    funder: str
    nature: Nature
    envelope_id: int | None
    facts: Facts


@dataclass(frozen=True)
class Proposed:
    """A line that a tool would change, the amount it would take, and a remark on it."""

    line: ToolLine
    cents: int
    remark: str

    @property
    def change(self) -> Change:
        return Change(self.line.envelope_id, self.line.facts.proposed, self.cents)


@dataclass(frozen=True)
class Preview:
    """What a tool would do: the lines it would change, those left alone with why, and the envelopes now."""

    proposed: tuple[Proposed, ...]
    left: tuple[tuple[ToolLine, str], ...]
    envelopes: tuple[Consumption, ...]

    def effects(self, picked: Collection[int]) -> list[tuple[Consumption, Effect]]:
        """What the picked lines (by id) make of each envelope they touch."""
        changes = [each.change for each in self.proposed if each.line.id in picked]
        found = effects(changes, {each.id: (each.amount_cents, each.proposed_cents) for each in self.envelopes})
        return [(each, found[each.id]) for each in self.envelopes if each.id in found]


def preview(call: Call, reader: Reader, choice: Choice, settings: Settings) -> Preview:
    """What a tool would do on the lines of the choice. Raises Refusal when they are too many for a page."""
    envelopes = table.envelopes(call, reader)
    lines = tool_lines(call, reader, choice, envelopes, limit=MOST_LINES + 1)
    if len(lines) > MOST_LINES:
        raise Refusal(
            f"Plus de {group_thousands(MOST_LINES)} lignes : choisissez un financeur, un quartier ou une structure."
        )
    results = [(line, result_for(settings, line.facts)) for line in lines]
    return Preview(
        tuple(Proposed(line, found.cents, found.words) for line, found in results if found.cents is not None),
        tuple((line, found.words) for line, found in results if found.cents is None),
        tuple(envelopes),
    )


def tool_lines(
    call: Call, reader: Reader, choice: Choice, envelopes: Sequence[Consumption], limit: int | None = None
) -> list[ToolLine]:
    """The lines of the choice, by application: never one that the reader stepped out of, nor another
    funder's than theirs."""
    funders = choice.funder_ids if reader.funder_ids is None else choice.funder_ids & reader.funder_ids
    filters = Filters(None, choice.quartier_id, choice.pillar_id)
    statement = (
        sa.select(
            FundingLine, Funder.name, Application.number, Application.title, Application.status, Organisation.name
        )
        .join(Application, Application.id == FundingLine.application_id)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .join(Funder, Funder.id == FundingLine.funder_id)
        .outerjoin(Theme, Theme.id == Application.main_theme_id)
        .where(
            FundingLine.funder_id.in_(funders),
            Application.id.in_(reader.applications(call.id)),
            *conditions(filters),
            *_of_choice(choice),
        )
        .order_by(Application.number, Application.id, Funder.position, Funder.name, FundingLine.id)
        .limit(limit)
    )
    rows = db.session.execute(statement).all()
    previous, unknown = previous_grants(call, {row[0].application_id for row in rows})
    only = _only_envelopes(envelopes)
    return [
        ToolLine(
            line.id,
            line.version,
            line.application_id,
            f"{call.year}-{number:03d}",
            title,
            organisation,
            line.funder_id,
            funder,
            line.nature,
            line.envelope_id or only.get((line.funder_id, line.nature)),
            Facts(
                FundingStatus(line.status),
                line.requested_cents,
                previous.get((line.application_id, line.funder_id, line.nature)),
                line.proposed_cents,
                previous_unknown=line.application_id in unknown,
                is_open=status in OPEN,
            ),
        )
        for line, funder, number, title, status, organisation in rows
    ]


def _of_choice(choice: Choice) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if choice.nature is not None:
        found.append(FundingLine.nature == choice.nature)
    if choice.organisation_id is not None:
        found.append(Application.organisation_id == choice.organisation_id)
    if choice.which is not Which.ALL:
        nothing = FundingLine.proposed_cents.is_(None)
        wanted = nothing if choice.which is Which.WITHOUT else sa.not_(nothing)
        found.append(sa.or_(wanted, FundingLine.id.in_(choice.seen)))
    return found


def _only_envelopes(envelopes: Collection[Consumption]) -> dict[tuple[int, Nature], int]:
    """The envelope of each funder and nature that have but one in the call."""
    found: dict[tuple[int, Nature], list[int]] = {}
    for envelope in envelopes:
        found.setdefault((envelope.funder_id, envelope.nature), []).append(envelope.id)
    return {key: ids[0] for key, ids in found.items() if len(ids) == 1}


def organisations_in(call_id: int, reader: Reader) -> list[tuple[int, str]]:
    """The structures of the table, by name."""
    rows = db.session.execute(
        sa.select(Organisation.id, Organisation.name)
        .where(
            Organisation.id.in_(
                sa.select(Application.organisation_id).where(Application.id.in_(reader.applications(call_id)))
            )
        )
        .order_by(Organisation.name_fold, Organisation.id)
    )
    return [(row[0], row[1]) for row in rows]
