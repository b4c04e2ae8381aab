"""What an import needs to know, in a fixed number of queries, and what was imported before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Organisation, Person
from portal.calls.models import Application, Call, Placement
from portal.calls.states import CallKind
from portal.contracts import queries as contracts
from portal.exchange.models import ImportRun
from portal.exchange.rules.actions import Existing, ExistingPlacement, Named, Reference
from portal.extensions import db
from portal.foundation.folding import fold, printed_key
from portal.quartiers import queries as quartiers


def reference(contract_id: int) -> Reference:
    """The quartiers and themes a file may name in this contract, by folded name."""
    places = quartiers.quartiers_of(contract_id)
    themes = contracts.themes_by_printed(contract_id)
    return Reference(
        quartiers={fold(each.name): Named(each.id, each.name) for each in places},
        themes={printed: Named(theme.id, theme.label) for printed, theme in themes.items()},
    )


def past_call_id(contract_id: int, year: int) -> int | None:
    """The call that holds the past programme of a year."""
    found = sa.select(Call.id).where(Call.contract_id == contract_id, Call.year == year, Call.kind == CallKind.PAST)
    return db.session.execute(found.order_by(Call.id).limit(1)).scalar_one_or_none()


def existing(contract_id: int, year: int) -> Existing:
    """What is already there: organisations by compared name, the past call's applications and placements."""
    call_id = past_call_id(contract_id, year)
    organisations, met_by_name = _organisations()
    return Existing(
        organisations=organisations,
        met_by_name=met_by_name,
        applications={
            (organisation_id, key): id
            for id, organisation_id, key in db.session.execute(
                sa.select(Application.id, Application.organisation_id, Application.printed_key).where(
                    Application.call_id == call_id
                )
            )
        },
        placements={
            (application_id, quartier_id): ExistingPlacement(id, theme_id, description, printed_order)
            for application_id, quartier_id, id, theme_id, description, printed_order in db.session.execute(
                sa.select(
                    Placement.application_id,
                    Placement.quartier_id,
                    Placement.id,
                    Placement.theme_id,
                    Placement.description,
                    Placement.printed_order,
                )
                .join(Application, Application.id == Placement.application_id)
                .where(Application.call_id == call_id)
            )
        },
    )


def _organisations() -> tuple[dict[str, int], dict[str, int]]:
    """Organisations by the compared form of their name: those imports met before, then registered ones.

    A registered one counts when it alone bears the name. Merged ones lead to their successor.
    """
    rows = db.session.execute(
        sa.select(
            sa.func.coalesce(Organisation.merged_into_id, Organisation.id), Organisation.name, Organisation.printed_key
        ).order_by(Organisation.id)
    ).all()
    imported = {key: id for id, _, key in rows if key is not None}
    keyed = set(imported.values())
    by_name: dict[str, set[int]] = {}
    for id, name, _ in rows:
        by_name.setdefault(printed_key(name), set()).add(id)
    alone = {key: next(iter(ids)) for key, ids in by_name.items() if len(ids) == 1 and key not in imported}
    return imported | alone, {key: id for key, id in alone.items() if id not in keyed}


LABELS = {
    "actions": "Actions",
    "observations": "Chiffres d’activité",
    "votes": "Montants votés",
    "payments": "Versements",
    "dauphin": "Extraction DAUPHIN",
}


@dataclass(frozen=True)
class PastImport:
    """A line of the list of imports."""

    id: int
    kind: str
    year: int | None
    file_name: str
    sha256: str
    counts: dict[str, Any]
    made_at: datetime
    made_by: str | None

    @property
    def label(self) -> str:
        return LABELS.get(self.kind, self.kind)


def past_imports(contract_id: int, limit: int = 50) -> list[PastImport]:
    """The imports carried out in a contract, the latest first."""
    rows = db.session.execute(
        sa.select(ImportRun, Person.given_name, Person.family_name)
        .outerjoin(Person, Person.id == ImportRun.made_by_id)
        .where(ImportRun.contract_id == contract_id)
        .order_by(ImportRun.id.desc())
        .limit(limit)
    )
    return [
        PastImport(
            run.id,
            run.kind,
            run.year,
            run.file_name,
            run.sha256,
            run.counts,
            run.made_at,
            f"{given} {family}".strip() if given is not None else None,
        )
        for run, given, family in rows
    ]
