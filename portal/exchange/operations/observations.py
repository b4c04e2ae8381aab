"""Importing activity figures: what it would add, then all of it or nothing."""

from __future__ import annotations

import hashlib
from dataclasses import asdict

import sqlalchemy as sa

from portal.contracts.models import Contract
from portal.evaluation.models import Observation
from portal.exchange.models import ImportRun
from portal.exchange.rules.observations import ObservationPlan, ObservationRow, plan_observations
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.quartiers.queries import quartiers_of

KIND = "observations"


def prepare_observations(contract_id: int, content: bytes) -> ObservationPlan:
    """The dry run, in two queries. Raises UnusableFile with every mistake of the file."""
    quartiers = {quartier.name_fold: quartier.id for quartier in quartiers_of(contract_id)}
    rows = db.session.execute(
        sa.select(
            Observation.quartier_id,
            Observation.category,
            Observation.label,
            Observation.qualifier,
            Observation.value_thousandths,
            Observation.unit,
            Observation.period,
            Observation.source,
        ).where(Observation.contract_id == contract_id)
    )
    return plan_observations(content, quartiers, {ObservationRow(*row) for row in rows})


def import_observations(contract_id: int, content: bytes, name: str, *, actor: Actor) -> ObservationPlan:
    """Add the figures that are not there yet; a file that adds none leaves no trace."""
    contract = db.session.execute(sa.select(Contract).where(Contract.id == contract_id).with_for_update()).scalar_one()
    made = prepare_observations(contract_id, content)
    if not made.new:
        return made
    db.session.execute(sa.insert(Observation), [asdict(row) | {"contract_id": contract_id} for row in made.new])
    digest = hashlib.sha256(content).hexdigest()
    db.session.add(
        ImportRun(
            contract_id=contract_id,
            kind=KIND,
            file_name=name[:200],
            sha256=digest,
            counts=made.counts(),
            made_at=clock.now(),
            made_by_id=actor.person_id,
        )
    )
    record(actor, "observations.imported", contract, sha256=digest, counts=made.counts())
    return made
