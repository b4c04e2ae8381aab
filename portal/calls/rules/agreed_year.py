"""A later year of a multi-year agreement read beside the year before it."""

from __future__ import annotations

from dataclasses import replace

from portal.calls.rules.filing import Dossier


def beside_later_year(before: Dossier, after: Dossier) -> Dossier:
    """What the year before says of that year alone, to be compared with the light file `after`.

    The light file carries one year of the agreement and asks neither its length, nor its objectives, nor the
    questions of the call: what it does not ask has not been withdrawn.
    """
    project = replace(
        before.project,
        duration=after.project.duration,
        years=after.project.years,
        objectives_by_year=after.project.objectives_by_year,
    )
    return replace(before, project=project, later_years=(), answers=after.answers, questions=after.questions)
