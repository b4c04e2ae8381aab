"""What the story leaves behind, compared with the rows of the database and with what was promised."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import jsonschema
import pikepdf
import sqlalchemy as sa

import portal.evaluation
from portal.calls.models import Apportionment, FundingLine, Placement
from portal.contracts.models import Funder
from portal.extensions import db
from portal.quartiers.models import Quartier
from tests import commands
from tests.office import recalculated
from tests.pdfs import words

SCHEMA = Path(portal.evaluation.__file__).parent / "schemas" / "territorial_report.schema.json"


def readable(content, *sentences):
    """A PDF in French, with its structure and a title, that says these words."""
    with pikepdf.open(BytesIO(content)) as pdf:
        assert str(pdf.Root.Lang).lower().startswith("fr")
        assert pdf.Root.MarkInfo.Marked
        assert pdf.open_metadata()["dc:title"]
        said = words(pdf)
    for sentence in sentences:
        assert "".join(sentence.split()) in said, sentence


def granted_parts():
    """{(quartier, funder): cents of the grant that fall to that quartier}."""
    rows = db.session.execute(
        sa.select(Quartier.name, Funder.name, Apportionment.granted_cents)
        .join(Placement, Placement.id == Apportionment.placement_id)
        .join(Quartier, Quartier.id == Placement.quartier_id)
        .join(FundingLine, FundingLine.id == Apportionment.funding_line_id)
        .join(Funder, Funder.id == FundingLine.funder_id)
    ).all()
    db.session.remove()
    return {(quartier, funder): cents for quartier, funder, cents in rows}


def sums():
    """(requested, granted) of all funding lines, in cents."""
    found = db.session.execute(
        sa.select(sa.func.sum(FundingLine.requested_cents), sa.func.sum(FundingLine.granted_cents))
    ).one()
    db.session.remove()
    return tuple(int(cents) for cents in found)


def report_by_command(app, city, slug, folder):
    """The report that `portal report territory` writes: JSON true to its schema, and a PDF."""
    written = folder / "report.json"
    arguments = ("report", "territory", "--quartier", slug, "--year", city.year)
    assert commands.run(app, *arguments, "--format", "json", "-o", written).exit_code == 0
    pdf = folder / "report.pdf"
    assert commands.run(app, *arguments, "--format", "pdf", "-o", pdf).exit_code == 0
    db.session.remove()
    report = json.loads(written.read_text(encoding="utf-8"))
    jsonschema.validate(report, json.loads(SCHEMA.read_text(encoding="utf-8")))
    return report, pdf.read_bytes()


def amounts(line):
    """The amounts of a line, in euros, to the cent."""
    return {round(cell, 2) for cell in line if isinstance(cell, int | float)}


def synthesis(workbook):
    """The lines of the sheet « Synthèse », by their first cell, as LibreOffice computes them."""
    found = {}
    for row in recalculated(workbook)["Synthèse"].iter_rows(max_col=8, values_only=True):
        found.setdefault(row[0], row[1:])
    return found
