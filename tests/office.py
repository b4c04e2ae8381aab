"""LibreOffice as the tests use it: recalculate a workbook and read what it says."""

from __future__ import annotations

import os
import shutil
import subprocess
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from openpyxl import Workbook, load_workbook

# Without this LibreOffice trusts the values written in the file, and ours has none.
_ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def recalculated(content: bytes) -> Workbook:
    """The workbook with the values LibreOffice computes; skips by name without LibreOffice."""
    return load_workbook(BytesIO(resaved(content)), data_only=True)


def resaved(content: bytes) -> bytes:
    """The workbook as LibreOffice saves it, recalculated; skips by name without LibreOffice."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        pytest.skip("LibreOffice is not installed")
    with TemporaryDirectory() as folder:
        profile = Path(folder, "profile", "user")
        profile.mkdir(parents=True)
        (profile / "registrymodifications.xcu").write_text(_ALWAYS_RECALCULATE, encoding="utf-8")
        source = Path(folder, "source.xlsx")
        source.write_bytes(content)
        outcome = subprocess.run(
            [
                program,
                f"-env:UserInstallation={profile.parent.as_uri()}",
                "--headless",
                "--convert-to",
                "xlsx:Calc MS Excel 2007 XML",
                "--outdir",
                f"{folder}/out",
                str(source),
            ],
            env={**os.environ, "HOME": folder},
            capture_output=True,
            timeout=120,
            check=False,
        )
        made = Path(folder, "out", "source.xlsx")
        assert made.exists(), outcome.stderr.decode()
        return made.read_bytes()


def converted_to_pdf(content: bytes, suffix: str) -> bytes:
    """The PDF that LibreOffice makes of a text document; skips by name where its word processor is not there."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None or not any(Path(program).resolve().parent.glob("libswlo.*")):
        pytest.skip("LibreOffice Writer is not installed")
    with TemporaryDirectory() as folder:
        source = Path(folder, f"source.{suffix}")
        source.write_bytes(content)
        outcome = subprocess.run(
            [
                program,
                f"-env:UserInstallation={Path(folder, 'profile').as_uri()}",
                "--headless",
                "--convert-to",
                "pdf",
                "--outdir",
                f"{folder}/out",
                str(source),
            ],
            env={**os.environ, "HOME": folder},
            capture_output=True,
            timeout=120,
            check=False,
        )
        made = Path(folder, "out", "source.pdf")
        assert made.exists(), outcome.stderr.decode()
        return made.read_bytes()
