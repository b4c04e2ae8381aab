"""`portal export …`: workbooks from the command line."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask import current_app

from portal.contracts.queries import contracts
from portal.exchange.operations.delegate import make_workbook
from portal.exchange.queries.delegate import Selection, years_of
from portal.foundation.cli import with_app
from portal.foundation.refusals import Refusal


@click.group("export")
def export() -> None:
    """Fait un classeur."""


@export.command("delegate")
@click.option("--year", type=int, required=True, help="L’année de la programmation.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, writable=True, path_type=Path), required=True)
@click.option("--contract", "slug", help="Le contrat ; sans lui, celui qui a des dossiers cette année-là.")
@with_app
def delegate(year: int, output: Path, slug: str | None) -> None:
    """Le classeur du délégué du Préfet, de la synthèse aux bilans."""
    try:
        content = make_workbook(
            Selection(contract_id=_contract(year, slug), year=year),
            made_by="ligne de commande",
            base_url=current_app.config["PORTAL"].base_url,
        )
    except Refusal as refusal:
        click.echo(refusal.message, err=True)
        sys.exit(2)
    output.write_bytes(content)
    click.echo(f"{output} : classeur {year} écrit.")


def _contract(year: int, slug: str | None) -> int:
    """The contract asked for; else a real one with calls that year, before a demonstration one."""
    known = contracts()
    if slug is not None:
        found = [line.id for line in known if line.slug == slug]
        if not found:
            raise Refusal(
                f"Aucun contrat ne s’appelle « {slug} ». Contrats : {', '.join(line.slug for line in known)}."
            )
        return found[0]
    candidates = sorted((line for line in known if year in years_of([line.id])), key=lambda line: line.is_demo)
    if not candidates:
        raise Refusal(f"Aucun appel à projets en {year}.")
    return candidates[0].id
