"""Starting the processes of filing_child.py from a test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from flask import Flask

from portal.extensions import db

ROOT = Path(__file__).parents[4]


class Child:
    """One process at one piece of work; `fault` names where it is killed."""

    def __init__(self, app: Flask, act: str, *ids: int, fault: str = "") -> None:
        url = db.engine.url.render_as_string(hide_password=False)
        folder = str(app.config["PORTAL"].instance_path)
        # It must find no lock of ours on the database.
        db.session.rollback()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.calls.filing.filing_child", folder, url, act, *map(str, ids)],
            cwd=ROOT,
            env={**os.environ, "PORTAL_FAULT": fault},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        assert self.read() == {"ready": True}

    def read(self) -> Any:
        """The next answer; None when the process died first."""
        line = self.process.stdout.readline()
        return json.loads(line) if line else None

    def go(self) -> None:
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def end(self) -> int:
        """The exit status: -9 when it was killed."""
        code = self.process.wait(timeout=60)
        self.process.stdin.close()
        self.process.stdout.close()
        return code


def run(app: Flask, act: str, *ids: int, fault: str = "") -> tuple[Any, int]:
    """Its answer (None when killed) and its exit status."""
    child = Child(app, act, *ids, fault=fault)
    child.go()
    answer = child.read()
    return answer, child.end()
