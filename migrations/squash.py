"""Writes the one migration of the time before the first release anew (`make migration-squash`)."""

from __future__ import annotations

import pprint
import subprocess
import sys
from pathlib import Path

import flask_migrate

from migrations.fresh import fresh_application
from portal.foundation.events import TRIGGER_DDL

VERSIONS = Path(__file__).parent / "versions"
INITIAL = VERSIONS / "0001_initial.py"

TRIGGERS_FUNCTION = """

# The journal is append-only: the database itself refuses to change it.
TRIGGERS = {ddl}


def create_triggers() -> None:
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(sa.DDL(statement.replace("%", "%%")))


def upgrade() -> None:
"""


def with_triggers(migration: str) -> str:
    """The migration's text, with what autogenerate does not see: the triggers of the journal."""
    migration = "".join(line for line in migration.splitlines(keepends=True) if "# ### " not in line)
    ddl = pprint.pformat(TRIGGER_DDL, width=100, sort_dicts=False)
    head, body = migration.split("\n\ndef upgrade() -> None:\n")
    upgrade, downgrade = body.split("\n\n\ndef downgrade() -> None:\n")
    start = TRIGGERS_FUNCTION.replace("{ddl}", ddl)
    return f"{head}{start}{upgrade}\n    create_triggers()\n\n\ndef downgrade() -> None:\n{downgrade}"


def main() -> None:
    VERSIONS.mkdir(exist_ok=True)
    for former in VERSIONS.glob("0001_*.py"):
        former.unlink()
    if others := sorted(path.name for path in VERSIONS.glob("*.py")):
        sys.exit(f"There is more than the first migration ({', '.join(others)}): add one, do not rewrite it.")
    with fresh_application():
        flask_migrate.revision(message="initial", autogenerate=True, rev_id="0001")
    INITIAL.write_text(with_triggers(INITIAL.read_text(encoding="utf-8")), encoding="utf-8")
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", str(INITIAL)], check=True)


if __name__ == "__main__":
    main()
