"""The workbook of analyses: sending it back, and choosing between two versions of a sheet."""

from __future__ import annotations

from typing import Any, cast

from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField

from portal.committee.operations.analysis_workbook import Choice
from portal.committee.rules.analysis_return import Report
from portal.foundation.forms import Form

CHOICES = {"mine": "Prendre les réponses du classeur", "theirs": "Garder ce qui est enregistré en ligne"}


class SendAnalysesForm(Form):
    file = FileField(
        "Classeur rempli",
        [FileRequired("Choisissez le classeur que vous avez rempli.")],
        description="Celui que vous avez téléchargé ici, enregistré au format Excel (.xlsx).",
    )


class KeepForm(Form):
    """The confirmation; `keep_form` adds a choice for each sheet saved elsewhere since."""

    def choices(self, report: Report) -> dict[int, Choice]:
        """What was chosen for each conflict, those left unanswered out."""
        typed = {each.application_id: self[f"choice_{each.application_id}"].data for each in report.conflicts}
        return {number: cast("Choice", chosen) for number, chosen in typed.items() if chosen in CHOICES}


def keep_form(report: Report) -> KeepForm:
    fields: dict[str, Any] = {
        f"choice_{each.application_id}": RadioField(
            f"Dossier {each.sheet} : que gardez-vous ?", choices=CHOICES, validate_choice=False, default=""
        )
        for each in report.conflicts
    }
    return cast("KeepForm", type("ConflictsForm", (KeepForm,), fields)())
