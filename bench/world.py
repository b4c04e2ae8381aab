"""A large year in a temporary database: 1 500 applications that each ask ten funders."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from portal import create_app
from portal.accounts.rules import Role
from portal.calls.models import Application, Call, FundingLine, Placement
from portal.calls.operations.apportioning import reapportion_lines
from portal.calls.states import ApplicationStatus, EnvelopeStatus, Origin
from portal.contracts.models import Contract, Funder, Nature
from portal.extensions import db, limiter
from portal.foundation import clock
from portal.foundation.database import unit_of_work
from portal.settings import Settings
from tests import factories
from tests.visitors import Visitor

APPLICATIONS, FUNDERS, ORGANISATIONS, QUARTIERS = 1_500, 10, 150, 8


@dataclass(frozen=True)
class World:
    """The year, and an officer who opens its pages."""

    app: Flask
    contract: Contract
    call: Call
    officer: Visitor


@contextmanager
def large_year() -> Iterator[World]:
    with TemporaryDirectory() as folder:
        settings = Settings(
            instance_path=Path(folder),
            database_url=f"sqlite:///{folder}/bench.sqlite3",
            secret_key="bench",
            testing=True,
        )
        app = create_app(settings)
        limiter.enabled = False
        with app.app_context():
            upgrade()
            yield _fill(app)
            db.session.remove()
            db.engine.dispose()


def _fill(app: Flask) -> World:
    contract = factories.contract("bench")
    quartiers = [factories.quartier(contract, f"Quartier {number}") for number in range(QUARTIERS)]
    call = factories.call(contract, quartiers)
    funders = [factories.funder(f"Financeur {number}") for number in range(FUNDERS)]
    for funder in funders:
        factories.envelope(call, funder, 100_000_000, EnvelopeStatus.FORECAST)
    theme = factories.theme(contract, "Emploi", factories.theme(contract, "Économie"))
    organisations = [factories.organisation() for _ in range(ORGANISATIONS)]
    with unit_of_work() as session:
        for number in range(APPLICATIONS):
            quartier = quartiers[number % QUARTIERS]
            made = _application(call, organisations[number % ORGANISATIONS].id, number)
            made.placements = [Placement(quartier_id=quartier.id, share_bp=10_000, theme_id=theme.id)]
            made.funding_lines = [_line(funder, number) for funder in funders]
            session.add(made)
        session.flush()
        reapportion_lines(session.scalars(sa.select(FundingLine.id)).all())
    return World(app, contract, call, Visitor(app, factories.staff(Role.OFFICER, contract)))


def _application(call: Call, organisation_id: int, number: int) -> Application:
    title = f"Action {number}"
    return Application(
        call_id=call.id,
        organisation_id=organisation_id,
        number=number + 1,
        origin=Origin.ONLINE,
        status=ApplicationStatus.ADMISSIBLE,
        title=title,
        title_fold=title.lower(),
        created_at=clock.now(),
        submitted_at=clock.now(),
    )


def _line(funder: Funder, number: int) -> FundingLine:
    return FundingLine(funder_id=funder.id, nature=Nature.SPECIFIC, requested_cents=100_000 + number)
