"""The `portal` command. Each room adds its own commands (`portal.<room>.cli.commands`)."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

import click

from portal import ROOMS
from portal.settings import SettingsError


@click.group()
def main() -> None:
    """Le portail du Contrat de ville, en ligne de commande."""


def _register() -> None:
    for name in ("foundation.processes", *ROOMS):
        if find_spec(f"portal.{name}.cli") is None:
            continue
        for command in import_module(f"portal.{name}.cli").commands:
            main.add_command(command)


_register()


def run() -> None:
    """The console entry point: settings that cannot work end in one sentence."""
    try:
        main()
    except SettingsError as error:
        raise SystemExit(f"portal: {error}") from None


if __name__ == "__main__":
    run()
