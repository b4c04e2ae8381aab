"""`portal report …`: territorial reports as files."""

from __future__ import annotations

from pathlib import Path

import click

from portal.evaluation.operations import reports
from portal.evaluation.queries.reports import find
from portal.evaluation.rules.report import Json, canonical
from portal.evaluation.rules.workbook import workbook
from portal.foundation.cli import with_app
from portal.foundation.refusals import Refusal
from portal.foundation.render import RenderError

_YEAR = click.option("--year", type=int, required=True, help="Année de la programmation.")
_CONTRACT = click.option("--contract", help="Identifiant du contrat ; par défaut, celui de l’année.")
_FORMAT = click.option("--format", "form", type=click.Choice(["json", "pdf", "xlsx"]), required=True)
_OUTPUT = click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Fichier à écrire."
)


class Unknown(click.ClickException):
    """What was asked does not exist: one sentence, code 2."""

    exit_code = 2


@click.group("report")
def report() -> None:
    """Écrit les comptes rendus territoriaux."""


@report.command("territory")
@click.option("--quartier", required=True, help="Identifiant du quartier, par exemple encagnane.")
@_YEAR
@_CONTRACT
@_FORMAT
@_OUTPUT
@with_app
def territory(quartier: str, year: int, contract: str | None, form: str, output: Path) -> None:
    """Le compte rendu d’un quartier pour une année."""
    _write(quartier, year, contract, form, output)


@report.command("city")
@_YEAR
@_CONTRACT
@_FORMAT
@_OUTPUT
@with_app
def city(year: int, contract: str | None, form: str, output: Path) -> None:
    """Le compte rendu de toute la ville pour une année."""
    _write(None, year, contract, form, output)


def _write(quartier: str | None, year: int, contract: str | None, form: str, output: Path) -> None:
    """Make the report and write it; what is unknown ends in one sentence and code 2, nothing written."""
    try:
        made = reports.make_report(find(quartier, year, contract))
        content = _content(made, form)
    except Refusal as refusal:
        raise Unknown(refusal.message) from None
    except RenderError as error:
        raise click.ClickException(f"Le PDF n’a pas pu être composé ({error.reason}).") from None
    try:
        output.write_bytes(content)
    except OSError as error:
        raise Unknown(f"Impossible d’écrire {output} : {error.strerror}.") from None
    click.echo(f"{output} : {len(made['actions'])} action(s), {made['contract']['name']}.")


def _content(made: Json, form: str) -> bytes:
    if form == "pdf":
        return reports.make_pdf(made)
    if form == "xlsx":
        return workbook(made)
    return (canonical(made) + "\n").encode()


commands = [report]
