"""Every setting, read once from the environment, typed and checked at start-up."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from portal.foundation.antivirus import Address

DIRECTORY_URL = "https://recherche-entreprises.api.gouv.fr"
"""The State's open directory of companies, associations included."""


SMTP_SCHEMES = ("smtp", "smtps", "smtp+starttls")


class SettingsError(ValueError):
    """A setting that cannot work, named, in words for whoever starts the portal."""


@dataclass(frozen=True)
class Settings:
    """What one running portal needs to know. See the table in README.md."""

    instance_path: Path
    database_url: str
    secret_key: str
    redis_url: str | None = None
    port: int = 8000
    bind: str = "127.0.0.1"
    base_url: str = "http://127.0.0.1:8000"
    smtp_url: str | None = None
    mail_from: str = "ne-pas-repondre@localhost"
    city_name: str = "Aix-en-Provence"
    # What the law asks a publisher to say; the legal pages tell which are missing.
    publisher: str | None = None
    publication_director: str | None = None
    hosting: str | None = None
    privacy_contact: str | None = None
    # The public directory of companies; None switches the look-up off.
    directory_url: str | None = None
    max_upload_bytes: int = 10 * 1024 * 1024
    clamd: Address | None = None
    trusted_proxies: int = 0
    testing: bool = False

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def cookie_secure(self) -> bool:
        return self.base_url.startswith("https://")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Read the settings; creates the instance folder and, on SQLite, keeps a secret key in it.

        Raises SettingsError naming the variable that is missing or wrong.
        """
        instance = Path(environ.get("PORTAL_INSTANCE", "instance")).absolute()
        instance.mkdir(mode=0o750, parents=True, exist_ok=True)
        database_url = environ.get("DATABASE_URL") or f"sqlite:///{instance / 'portal.sqlite3'}"
        if database_url.startswith(("postgres://", "postgresql://")):
            # The short forms mean the driver we ship.
            database_url = "postgresql+psycopg://" + database_url.split("://", 1)[1]
        port = _port(environ.get("PORTAL_PORT", "8000"))
        bind = environ.get("PORTAL_BIND", "127.0.0.1")
        settings = cls(
            instance_path=instance,
            database_url=database_url,
            secret_key=environ.get("PORTAL_SECRET_KEY", ""),
            redis_url=environ.get("REDIS_URL") or None,
            port=port,
            bind=bind,
            base_url=environ.get("PORTAL_BASE_URL", f"http://127.0.0.1:{port}").rstrip("/"),
            smtp_url=_smtp(environ.get("PORTAL_SMTP_URL", "")),
            mail_from=environ.get("PORTAL_MAIL_FROM", "ne-pas-repondre@localhost"),
            city_name=environ.get("PORTAL_CITY", "Aix-en-Provence"),
            publisher=environ.get("PORTAL_PUBLISHER") or None,
            publication_director=environ.get("PORTAL_PUBLICATION_DIRECTOR") or None,
            hosting=environ.get("PORTAL_HOSTING") or None,
            privacy_contact=environ.get("PORTAL_PRIVACY_CONTACT") or None,
            directory_url=_directory(environ.get("PORTAL_DIRECTORY_URL", DIRECTORY_URL)),
            trusted_proxies=_proxies(environ.get("PORTAL_TRUSTED_PROXIES", "0")),
            clamd=_clamd(environ.get("PORTAL_CLAMD", "")),
        )
        return settings if settings.secret_key else replace(settings, secret_key=_kept_secret(settings))


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise SettingsError(f"PORTAL_PORT must be a port number, not {text!r}.")
    return int(text)


def _smtp(text: str) -> str | None:
    try:
        address = urlsplit(text)
        is_usable = address.scheme in SMTP_SCHEMES and bool(address.hostname) and address.port != 0
    except ValueError:
        is_usable = False
    if text and not is_usable:
        # Not quoted: it may hold a password.
        raise SettingsError(f"PORTAL_SMTP_URL must name a server after one of {', '.join(SMTP_SCHEMES)}.")
    return text or None


def _directory(text: str) -> str | None:
    if text and not text.startswith(("https://", "http://")):
        raise SettingsError(f"PORTAL_DIRECTORY_URL must be an http address or nothing, not {text!r}.")
    return text.rstrip("/") or None


def _proxies(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise SettingsError(f"PORTAL_TRUSTED_PROXIES must be a number of proxies, not {text!r}.")
    return int(text)


def _clamd(text: str) -> Address | None:
    try:
        return Address.parse(text) if text else None
    except ValueError:
        raise SettingsError(f"PORTAL_CLAMD must be unix:/path/of/its/socket or tcp:host:port, not {text!r}.") from None


def _kept_secret(settings: Settings) -> str:
    """The key made at first start; several machines on PostgreSQL must share one, so it is asked for."""
    if not settings.is_sqlite:
        raise SettingsError("PORTAL_SECRET_KEY must be given when DATABASE_URL is not SQLite.")
    path = settings.instance_path / "secret_key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(key := secrets.token_urlsafe(48))
    return key
