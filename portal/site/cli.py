"""`portal demo`: a database made as a demonstration, and only as that."""

from __future__ import annotations

from pathlib import Path

import click
import sqlalchemy as sa
from flask import Flask, current_app
from flask_migrate import upgrade

from portal.extensions import db
from portal.foundation.database import unit_of_work
from portal.foundation.marker import Marker, marker
from portal.settings import Settings
from portal.site.demo.building import build
from portal.site.demo.people import ACCOUNTS, PASSWORD

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@click.command("demo")
@click.option("--on-postgresql", metavar="BASE", help="Autorise une base PostgreSQL vide, nommée ici.")
def demo(on_postgresql: str | None) -> None:
    """Prépare la démonstration : contrat réel, contrat inventé, un compte par rôle. Relancée, ne perd rien."""
    settings = Settings.from_environment()
    _check(settings, on_postgresql)
    _throw_away_unfinished(settings)
    app = _app()
    with app.app_context():
        if _is_new():
            upgrade()
            _make()
        elif marker("demo") != "ready":
            raise click.ClickException(
                "Cette base n’est pas une démonstration : elle reste telle quelle. Choisissez un autre PORTAL_INSTANCE."
            )
    _print_accounts(settings)


def _app() -> Flask:
    from portal import create_app

    return create_app()


def _check(settings: Settings, on_postgresql: str | None) -> None:
    """A demonstration has one known password: it stays on this machine and writes to nobody."""
    if settings.bind not in LOOPBACK:
        raise click.ClickException("La démonstration n’écoute que sur 127.0.0.1 : retirez PORTAL_BIND.")
    if settings.smtp_url is not None:
        raise click.ClickException("La démonstration n’envoie pas de courriel : retirez PORTAL_SMTP_URL.")
    if not settings.is_sqlite and sa.make_url(settings.database_url).database != on_postgresql:
        raise click.ClickException(
            "La démonstration se fait sur SQLite. Pour une base PostgreSQL vide, nommez-la : --on-postgresql BASE."
        )


def _throw_away_unfinished(settings: Settings) -> None:
    """A demonstration stopped while it was being made is made again from nothing."""
    if not settings.is_sqlite:
        return
    unfinished = settings.instance_path / "demo-unfinished"
    if unfinished.exists():
        path = Path(str(sa.make_url(settings.database_url).database))
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        unfinished.unlink()


def _is_new() -> bool:
    return not sa.inspect(db.engine).has_table("marker")


def _make() -> None:
    unfinished: Path = current_app.config["PORTAL"].instance_path / "demo-unfinished"
    unfinished.touch()
    click.echo("Préparation de la démonstration :")
    with unit_of_work() as session:
        session.add(Marker(name="demo", value="unfinished"))
    build(click.echo)
    with unit_of_work() as session:
        session.execute(sa.update(Marker).where(Marker.name == "demo").values(value="ready"))
    unfinished.unlink()


def _print_accounts(settings: Settings) -> None:
    click.echo(f"\nAdresse : {settings.base_url}/")
    click.echo(f"Mot de passe de tous les comptes : {PASSWORD}\n")
    width = max(len(account.email) for account in ACCOUNTS)
    for account in ACCOUNTS:
        click.echo(f"  {account.email.ljust(width)}  {account.words}")
    click.echo("\nPersonnes, structures, montants et notes du contrat de démonstration sont fictifs.")


commands = [demo]
