"""`portal demo`: made once, kept, refused where it could do harm."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from unittest.mock import patch

import pytest
import sqlalchemy as sa

from portal.calls.models import Application, Call
from portal.calls.states import ApplicationStatus as A
from portal.extensions import db
from portal.foundation.database import unit_of_work
from portal.foundation.marker import Marker
from portal.settings import Settings
from portal.site.demo.building import build
from portal.site.demo.people import ACCOUNTS, PASSWORD
from tests.commands import run, said
from tests.visitors import Visitor


@pytest.fixture
def settings(app):
    """The command reads its settings from the environment: here they are the tests'."""
    known = app.config["PORTAL"]
    with patch.object(Settings, "from_environment", lambda: known):
        yield known


def using(settings, **values):
    return patch.object(Settings, "from_environment", lambda: replace(settings, **values))


def database_of(settings):
    return sa.make_url(settings.database_url).database


def test_a_database_that_is_not_a_demonstration_is_left_alone(app, settings):
    result = run(app, "demo", "--on-postgresql", database_of(settings))
    assert result.exit_code == 1
    assert "Cette base n’est pas une démonstration" in said(result)[0]
    assert db.session.execute(sa.select(sa.func.count()).select_from(Call)).scalar_one() == 0


def test_a_demonstration_already_made_is_kept_and_its_accounts_are_told(app, settings):
    with unit_of_work() as session:
        session.add(Marker(name="demo", value="ready"))
    lines = said(run(app, "demo", "--on-postgresql", database_of(settings)))
    assert f"Mot de passe de tous les comptes : {PASSWORD}" in lines
    assert [line.split()[0] for line in lines if "@" in line] == [account.email for account in ACCOUNTS]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"bind": "0.0.0.0"}, "n’écoute que sur 127.0.0.1"),  # noqa: S104 - what is refused
        ({"smtp_url": "smtp://exemple.test"}, "n’envoie pas de courriel"),
        ({"database_url": "postgresql+psycopg://u@127.0.0.1/vraie"}, "nommez-la"),
    ],
)
def test_it_is_refused_where_it_could_do_harm(app, settings, values, words):
    with using(settings, **values):
        result = run(app, "demo")
    assert result.exit_code == 1
    assert words in said(result)[0]


def test_every_stage_is_there_and_every_role_has_its_home(app):
    build(lambda _words: None)
    rows = db.session.execute(sa.select(Call.year, Application.status).join(Call, Call.id == Application.call_id))
    assert Counter((year, status) for year, status in rows if year == 2026) == {
        (2026, A.DRAFT): 1,
        (2026, A.SUBMITTED): 2,
        (2026, A.INADMISSIBLE): 1,
        (2026, A.ADMISSIBLE): 3,
        (2026, A.DECIDED): 8,
    }
    from portal.accounts.queries.people import person_by_email

    homes = {account.key: Visitor(app, person_by_email(account.email)).get("/accueil") for account in ACCOUNTS}
    assert {key: home.status_code for key, home in homes.items()} == dict.fromkeys(homes, 200)
