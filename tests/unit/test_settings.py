"""The settings, as the README tells them to whoever starts the portal."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import portal
from portal.settings import Settings, SettingsError

ROOT = Path(portal.__file__).parents[1]
KEY = {"PORTAL_SECRET_KEY": "given"}


def test_the_readme_lists_exactly_the_variables_that_are_read():
    told = re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    read = set(re.findall(r'environ\.get\("([A-Z_]+)"', (ROOT / "portal/settings.py").read_text("utf-8")))
    assert (sorted(told), len(told)) == (sorted(read), len(read))


def test_a_key_is_made_at_first_start_and_kept(tmp_path: Path):
    environ = {"PORTAL_INSTANCE": str(tmp_path / "instance")}
    first = Settings.from_environment(environ)
    assert (first.is_sqlite, first.port, first.smtp_url) == (True, 8000, None)
    assert Settings.from_environment(environ).secret_key == first.secret_key


def test_a_key_must_be_given_with_postgresql(tmp_path: Path):
    environ = {"PORTAL_INSTANCE": str(tmp_path), "DATABASE_URL": "postgresql://localhost/portal"}
    with pytest.raises(SettingsError, match="PORTAL_SECRET_KEY"):
        Settings.from_environment(environ)
    assert Settings.from_environment(environ | KEY).database_url == "postgresql+psycopg://localhost/portal"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORTAL_PORT", "http"),
        ("PORTAL_PORT", "70000"),
        ("PORTAL_TRUSTED_PROXIES", "one"),
        ("PORTAL_SMTP_URL", "smtp.exemple.test"),
        ("PORTAL_SMTP_URL", "smtp+tls://exemple.test"),
        ("PORTAL_SMTP_URL", "smtps://exemple.test:port"),
        ("PORTAL_CLAMD", "clamd"),
        ("PORTAL_CLAMD", "tcp:localhost"),
        ("PORTAL_CLAMD", "tcp:localhost:70000"),
        ("PORTAL_CLAMD", "unix:relative"),
    ],
)
def test_a_setting_that_cannot_work_is_named(tmp_path: Path, name: str, value: str):
    with pytest.raises(SettingsError, match=name):
        Settings.from_environment(KEY | {"PORTAL_INSTANCE": str(tmp_path), name: value})


def test_the_directory_is_the_public_one_and_nothing_switches_it_off(tmp_path: Path):
    environ = KEY | {"PORTAL_INSTANCE": str(tmp_path)}
    assert Settings.from_environment(environ).directory_url == "https://recherche-entreprises.api.gouv.fr"
    assert Settings.from_environment(environ | {"PORTAL_DIRECTORY_URL": ""}).directory_url is None
    with pytest.raises(SettingsError, match="PORTAL_DIRECTORY_URL"):
        Settings.from_environment(environ | {"PORTAL_DIRECTORY_URL": "annuaire"})
