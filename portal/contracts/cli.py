"""`portal init`: a contract from its file."""

from __future__ import annotations

from pathlib import Path

import click
from flask_migrate import upgrade

from portal.contracts.operations.loading import FileDiffers, Loaded, load_contract
from portal.contracts.rules.contract_file import Overrides, read_contract_file
from portal.contracts.rules.contract_rows import ContractFile
from portal.contracts.rules.contract_schema import UnusableFile
from portal.foundation.actors import SYSTEM
from portal.foundation.cli import with_app
from portal.foundation.database import in_unit_of_work

_YEAR = click.IntRange(1900, 2100)


@click.command("init")
@click.option(
    "--contract",
    "path",
    required=True,
    metavar="FICHIER.json",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Données de référence du contrat, au schéma portal/contracts/schemas/contract.schema.json.",
)
@click.option("--name", help="Nom du contrat, à la place de celui du fichier.")
@click.option("--slug", help="Identifiant du contrat dans les adresses.")
@click.option("--from", "start_year", type=_YEAR, help="Première année du contrat (par défaut 2015).")
@click.option("--to", "end_year", type=_YEAR, help="Dernière année du contrat (par défaut 2023).")
@click.option("--update", is_flag=True, help="Appliquer ce que le fichier dit autrement que le portail.")
@with_app
def init(
    path: Path, name: str | None, slug: str | None, start_year: int | None, end_year: int | None, *, update: bool
) -> None:
    """Crée le contrat décrit par un fichier, ou compare ce fichier au contrat déjà là.

    Lancée deux fois, la commande ne change rien. Si le fichier a changé, elle dit en quoi et refuse,
    sauf avec --update : le fichier l'emporte alors pour ce qu'il nomme ; ce qu'il ne nomme pas reste.
    """
    file = _read(path, Overrides(name=name, slug=slug, start_year=start_year, end_year=end_year))
    upgrade()
    try:
        loaded = in_unit_of_work(lambda: load_contract(file, actor=SYSTEM, update=update))
    except FileDiffers as refusal:
        click.echo("\n".join(refusal.lines))
        raise click.ClickException(f"{refusal.message} Ajoutez --update pour appliquer ces différences.") from None
    _tell(loaded)


def _read(path: Path, overrides: Overrides) -> ContractFile:
    try:
        return read_contract_file(path.read_bytes(), overrides)
    except UnusableFile as error:
        raise click.ClickException(f"{path} ne peut pas être utilisé :\n{error}") from None


def _tell(loaded: Loaded) -> None:
    if loaded.created:
        click.echo(f"Contrat créé : {loaded.name} ({loaded.slug}), {len(loaded.lines)} éléments.")
    elif loaded.lines:
        click.echo("\n".join(loaded.lines))
        click.echo(f"Contrat mis à jour : {loaded.name} ({loaded.slug}).")
    else:
        click.echo(f"Rien à changer : {loaded.name} ({loaded.slug}) dit déjà la même chose.")


commands = [init]
