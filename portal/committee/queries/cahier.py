"""What the cahier de séance shows of each item of an agenda: a fixed number of queries for each call."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Organisation, Person
from portal.calls.models import Application, Call, Placement
from portal.calls.queries.envelopes import consumption
from portal.calls.queries.visibility import recused_applications
from portal.committee.models import AgendaItem, Decision, Opinion, Sitting
from portal.committee.queries.programme_rows import Rows, TableRow, read_rows
from portal.committee.queries.sittings import recused_by_application
from portal.committee.rules import cahier as rules
from portal.committee.rules.scoring import written_score
from portal.committee.states import DecisionKind, Verdict
from portal.contracts.models import Theme
from portal.contracts.queries import level_names
from portal.extensions import db
from portal.foundation.dates import date_fr, datetime_fr, hour_fr
from portal.quartiers.models import Quartier


def actions_of(sitting: Sitting, reader_id: int | None, only: int | None = None) -> list[rules.Action]:
    """The actions of the agenda, in its order. What `reader_id` stepped out of is told without its contents.

    `only` keeps one application.
    """
    found: dict[int, rules.Action] = {}
    hidden = _hidden(sitting, reader_id)
    for call in _calls(sitting, only):
        rows = _rows(sitting, call, only)
        shown = [row for row in rows if row.id not in hidden]
        ids = [row.id for row in rows]
        places, facts, names = _places(ids), {row.id: row for row in rows}, _recused(sitting, ids)
        for row in rows:
            if row.id in hidden:
                found[row.id] = _untold(row, call, places[row.id], names[row.id])
        partners, reasons = _partners([row.id for row in shown]), _reasons([row.id for row in shown])
        asked = Rows(call, shown, None, reader_id or 0, reads_scores=sitting.kind.shows_scores, oversees=True)
        for told in read_rows(asked):
            found[told.id] = _action(
                told, facts[told.id], places[told.id], partners[told.id], reasons.get(told.id, ""), names[told.id]
            )
    return [found[item.application_id] for item in sitting.agenda if item.application_id in found]


def quartiers_of(sitting: Sitting) -> list[str]:
    """The quartiers where the actions of an agenda take place, in the city's order."""
    return list(
        db.session.scalars(
            sa.select(Quartier.name)
            .where(
                Quartier.id.in_(
                    sa.select(Placement.quartier_id)
                    .join(AgendaItem, AgendaItem.application_id == Placement.application_id)
                    .where(AgendaItem.sitting_id == sitting.id)
                )
            )
            .order_by(Quartier.position, Quartier.name_fold)
        )
    )


def envelopes_of(sitting: Sitting, reader_id: int | None) -> list[dict[str, Any]]:
    """The envelopes of the sitting's calls, whole, or without what `reader_id` stepped out of."""
    seen = sa.select(Application.id)
    if reader_id is not None:
        seen = seen.where(Application.id.not_in(recused_applications(reader_id)))
    return [
        {
            "name": f"{line.funder_name} — {line.scheme or line.nature.label}",
            "status": line.status.label,
            "amount": line.amount_cents,
            "requested": line.requested_cents,
            "proposed": line.proposed_cents,
            "arbitrated": line.arbitrated_cents,
        }
        for call in _calls(sitting)
        for line in consumption(call.id, seen)
    ]


def _calls(sitting: Sitting, only: int | None = None) -> list[Call]:
    on_agenda = (
        sa.select(Application.call_id)
        .join(AgendaItem, AgendaItem.application_id == Application.id)
        .where(AgendaItem.sitting_id == sitting.id, sa.or_(sa.literal(only is None), Application.id == only))
    )
    return list(db.session.scalars(sa.select(Call).where(Call.id.in_(on_agenda)).order_by(Call.year, Call.id)))


def _hidden(sitting: Sitting, reader_id: int | None) -> set[int]:
    if reader_id is None:
        return set()
    on_agenda = sa.select(AgendaItem.application_id).where(AgendaItem.sitting_id == sitting.id)
    return set(db.session.scalars(recused_applications(reader_id).where(Application.id.in_(on_agenda))))


def _rows(sitting: Sitting, call: Call, only: int | None) -> list[sa.Row[Any]]:
    """The columns that the programming table reads, and those of the paper alone."""
    statement = (
        sa.select(
            Application.id,
            Application.number,
            Application.title,
            Organisation.name.label("organisation"),
            Application.status,
            Theme.label.label("theme"),
            Theme.depth,
            Theme.parent_id,
            Application.people_expected,
            Application.public_characteristics,
        )
        .join(AgendaItem, AgendaItem.application_id == Application.id)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .outerjoin(Theme, Theme.id == Application.main_theme_id)
        .where(AgendaItem.sitting_id == sitting.id, Application.call_id == call.id)
        .order_by(AgendaItem.position, AgendaItem.id)
    )
    if only is not None:
        statement = statement.where(Application.id == only)
    return list(db.session.execute(statement))


def _untold(
    row: sa.Row[Any], call: Call, places: tuple[tuple[str, int | None], ...], recused: tuple[str, ...]
) -> rules.Action:
    return rules.Action(
        reference=f"{call.year}-{row.number:03d}",
        title=row.title,
        organisation=row.organisation,
        pillar=None,
        theme=None,
        people=None,
        public="",
        places=places,
        lines=(),
        recused=recused,
        hidden=True,
    )


def _action(
    told: TableRow,
    facts: sa.Row[Any],
    places: tuple[tuple[str, int | None], ...],
    partners: tuple[tuple[str, Verdict], ...],
    reason: str,
    recused: tuple[str, ...],
) -> rules.Action:
    return rules.Action(
        reference=told.reference,
        title=told.title,
        organisation=told.organisation,
        pillar=told.pillar,
        theme=told.theme,
        people=facts.people_expected,
        public=facts.public_characteristics or "",
        places=places,
        lines=tuple(
            rules.Line(
                line.funder,
                line.requested_cents,
                line.previous_cents,
                line.previous_unknown,
                line.proposed_cents,
                line.arbitrated_cents,
                line.opinion,
                line.reserve,
            )
            for line in told.lines
        ),
        score=written_score(told.score.mean) if told.score and told.score.mean is not None else None,
        partners=partners,
        outcome=told.outcome.label if told.outcome else None,
        rank=told.waiting_rank,
        reason=reason,
        remarks=(*told.warnings, *([told.agreement] if told.agreement else [])),
        recused=recused,
    )


def _places(ids: Collection[int]) -> dict[int, tuple[tuple[str, int | None], ...]]:
    rows = db.session.execute(
        sa.select(Placement.application_id, Quartier.name, Placement.share_bp)
        .join(Quartier, Quartier.id == Placement.quartier_id)
        .where(Placement.application_id.in_(ids))
        .order_by(Quartier.position, Quartier.name_fold)
    )
    found: dict[int, tuple[tuple[str, int | None], ...]] = defaultdict(tuple)
    for application_id, name, share in rows:
        found[application_id] = (*found[application_id], (name, share))
    return found


def _partners(ids: Collection[int]) -> dict[int, tuple[tuple[str, Verdict], ...]]:
    rows = db.session.execute(
        sa.select(Opinion.application_id, Opinion.partner_name, Opinion.verdict)
        .where(Opinion.application_id.in_(ids), Opinion.partner_name.is_not(None))
        .order_by(Opinion.partner_name)
    )
    found: dict[int, tuple[tuple[str, Verdict], ...]] = defaultdict(tuple)
    for application_id, name, verdict in rows:
        found[application_id] = (*found[application_id], (name or "", verdict))
    return found


def _reasons(ids: Collection[int]) -> dict[int, str]:
    """Why the arbitration in force says what it says."""
    rows = db.session.execute(
        sa.select(Decision.application_id, Decision.reason).where(
            Decision.application_id.in_(ids),
            Decision.kind == DecisionKind.ARBITRATION,
            Decision.superseded_at.is_(None),
        )
    )
    return {row[0]: row[1] for row in rows}


def _recused(sitting: Sitting, ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """The members who stepped out of each application, by name."""
    names = {member.person_id: member.name for member in sitting.members if member.person_id}
    found: dict[int, tuple[str, ...]] = defaultdict(tuple)
    for application_id, people in recused_by_application(ids, list(names)).items():
        found[application_id] = tuple(sorted(names[person] for person in people))
    return found


# -- the whole document -------------------------------------------------------------------------


def cahier_of(sitting: Sitting, reader_id: int | None, frozen_at: datetime) -> dict[str, Any]:
    """What `cahier.typ` prints: the whole, or the copy of a person who stepped out of some items."""
    actions, quartiers = actions_of(sitting, reader_id), quartiers_of(sitting)
    frozen = datetime_fr(frozen_at)
    reader = db.session.get_one(Person, reader_id) if reader_id is not None else None
    return {
        "paper": "a3",
        "landscape": True,
        "margin_cm": 1.5,
        "kicker": "Cahier de séance" if reader is None else f"Cahier de séance — exemplaire de {reader.display_name}",
        "footer": f"Données arrêtées au {frozen}",
        "terms": _terms(sitting, len(actions), frozen),
        "copy_of": reader.display_name if reader else None,
        "recusals": rules.recusals(actions),
        "legend": rules.legend(scores=sitting.kind.shows_scores),
        "envelopes": rules.envelope_rows(envelopes_of(sitting, reader_id)),
        "recap": rules.recap(actions, quartiers),
        "recap_note": rules.RECAP_NOTE,
        "pillar_word": level_names(sitting.contract_id)[0].singular.capitalize(),
        "scores": sitting.kind.shows_scores,
        "sections": rules.sections(actions, quartiers, scores=sitting.kind.shows_scores),
    }


def _terms(sitting: Sitting, count: int, frozen: str) -> list[list[str]]:
    hour = f", {hour_fr(sitting.starts_at)}" if sitting.starts_at else ""
    rows = [["Séance", sitting.kind.label], ["Date", f"{date_fr(sitting.held_on)}{hour}"]]
    rows += [["Lieu", sitting.place]] if sitting.place else []
    rows += [["Appel à projets", sitting.call.title]] if sitting.call else []
    return [*rows, ["Actions à l’ordre du jour", str(count)], ["Données arrêtées au", frozen]]
