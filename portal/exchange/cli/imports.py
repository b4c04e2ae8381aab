"""`portal import …`: past actions from a table, activity figures from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from portal.contracts import queries as contracts
from portal.contracts.models import Contract
from portal.contracts.rules.contract_schema import UnusableFile
from portal.exchange.operations import actions, observations
from portal.exchange.rules.actions import Plan
from portal.extensions import db
from portal.foundation.actors import SYSTEM
from portal.foundation.cli import with_app
from portal.foundation.database import in_unit_of_work
from portal.foundation.refusals import Refusal

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("import")
def import_data() -> None:
    """Reprend des données d’un fichier : d’abord ce que cela changerait, puis tout ou rien."""


@import_data.command("actions")
@click.argument("path", metavar="FICHIER.csv", type=_FILE)
@click.option("--year", type=click.IntRange(1900, 2100), required=True, help="Année de la programmation.")
@click.option("--contract", "slug", help="Identifiant du contrat, s’il y en a plusieurs pour cette année.")
@click.option("--dry-run", is_flag=True, help="Dire ce que l’import changerait, sans rien écrire.")
@with_app
def import_actions(path: Path, year: int, slug: str | None, *, dry_run: bool) -> None:
    """Reprend les actions d'une programmation passée.

    Colonnes, dans n'importe quel ordre : quartier, thematique, association, action, order ;
    thematique_source et descriptif si on les a.
    """
    try:
        contract_id = _contract_id(year, slug)
        prepared = actions.prepare(_contract(contract_id), year, path, path.name)
        _tell(prepared.plan)
        if prepared.plan.mistakes:
            raise click.ClickException(f"{len(prepared.plan.mistakes)} ligne(s) à corriger : rien n’a été importé.")
        if prepared.plan.changes_nothing:
            click.echo("Rien à changer : le portail contient déjà tout cela.")
        elif dry_run:
            click.echo("Essai à blanc : rien n’a été écrit.")
        else:
            in_unit_of_work(lambda: actions.import_actions(_contract(contract_id), year, path, path.name, actor=SYSTEM))
            click.echo("Import effectué.")
    except Refusal as refusal:
        raise click.ClickException(refusal.message) from None


@import_data.command("observations")
@click.argument("path", metavar="FICHIER.json", type=_FILE)
@click.option("--contract", "slug", help="Identifiant du contrat, s’il y en a plusieurs.")
@click.option("--dry-run", is_flag=True, help="Dire ce que l’import ajouterait, sans rien écrire.")
@with_app
def import_figures(path: Path, slug: str | None, *, dry_run: bool) -> None:
    """Reprend des chiffres d'activité qui ne tiennent à aucun dossier.

    Le fichier suit portal/exchange/schemas/observations.schema.json.
    """
    content = path.read_bytes()
    try:
        contract_id = _contract_id(None, slug)
        made = observations.prepare_observations(contract_id, content)
        if made.new and not dry_run:
            in_unit_of_work(lambda: observations.import_observations(contract_id, content, path.name, actor=SYSTEM))
    except UnusableFile as error:
        raise click.ClickException(f"{path} ne peut pas être utilisé :\n{error}") from None
    except Refusal as refusal:
        raise click.ClickException(refusal.message) from None
    click.echo(f"Chiffres : {made.rows} ; nouveaux : {len(made.new)} ; déjà présents : {made.same}")
    for where in made.repeated:
        click.echo(f"  {where} : donné deux fois")
    if dry_run:
        click.echo("Essai à blanc : rien n’a été écrit.")
    else:
        click.echo("Import effectué." if made.new else "Rien à changer : le portail contient déjà tout cela.")


def _contract(contract_id: int) -> Contract:
    return db.session.get_one(Contract, contract_id)


def _contract_id(year: int | None, slug: str | None) -> int:
    """The contract named, or the only one (of the year); a demonstration counts when it is alone."""
    if slug is not None:
        named = contracts.contract_by_slug(slug)
        if named is None:
            known = ", ".join(contract.slug for contract in contracts.contracts()) or "aucun"
            raise Refusal(f"Aucun contrat ne s’appelle « {slug} ». Contrats connus : {known}.")
        return named.id
    found = contracts.contracts() if year is None else contracts.contracts_in(year)
    candidates = [contract for contract in found if not contract.is_demo] or found
    of_year = "" if year is None else f" pour l’année {year}"
    if not candidates:
        raise Refusal(f"Il n’y a aucun contrat{of_year}. Créez-le avec « portal init ».")
    if len(candidates) > 1:
        names = ", ".join(contract.slug for contract in candidates)
        raise Refusal(f"Il y a plusieurs contrats{of_year} : précisez --contract ({names}).")
    return candidates[0].id


def _tell(plan: Plan) -> None:
    counts: dict[str, Any] = plan.counts()
    click.echo(f"Lignes : {counts['rows']}")
    click.echo(f"Actions : {counts['actions']}")
    click.echo(f"Associations : {counts['organisations']}")
    click.echo("Actions par quartier :")
    for quartier, number in counts["placements"].items():
        click.echo(f"  {quartier} : {number}")
    click.echo(f"Doublons : {counts['duplicates']}")
    for report in plan.duplicates:
        click.echo(f"  ligne {report.line} : {report.organisation}, {report.action} — {report.message}")
    click.echo(f"Nouvelles : {counts['new']} ; modifiées : {counts['changed']} ; déjà présentes : {counts['same']}")
    for report in plan.mistakes:
        click.echo(f"ligne {report.line} : {report.message}")
