"""What a returned workbook would change, beside what is saved: nothing is written unseen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from portal.committee.rules.analysis_shape import RESERVES, STRENGTHS, VERDICT, GridLine
from portal.committee.rules.analysis_workbook_in import SentAnalyses, SentAnalysis, clean
from portal.committee.rules.scoring import TOP_LEVEL, Mark, SheetText, unanswered, unexplained
from portal.foundation.workbooks import CellFault

GIVEN = "Votre analyse est déjà rendue : la Direction peut la rouvrir à votre demande."
REMOVE = "Ôtez cette feuille pour renvoyer les autres."


@dataclass(frozen=True)
class Standing:
    """What is saved of an application of the workbook. `barred` says why its sheet is closed, if it is;
    `saved_by` names the page or the workbook that wrote it last."""

    application_id: int
    reference: str
    title: str
    text: SheetText
    version: int = 0
    saved_by: str = ""
    is_given: bool = False
    barred: str = ""


@dataclass(frozen=True)
class FieldChange:
    """One answer that the workbook changes: its cell, its words before and after."""

    cell: str
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class SheetChange:
    """One application that the workbook changes. `is_conflict`: it was saved elsewhere since."""

    application_id: int
    sheet: str
    title: str
    version: int
    text: SheetText
    changes: tuple[FieldChange, ...]
    is_conflict: bool
    is_whole: bool


@dataclass
class Report:
    """The whole answer. With a fault nothing can be saved."""

    faults: list[CellFault] = field(default_factory=list)
    sheets: list[SheetChange] = field(default_factory=list)
    same: list[Standing] = field(default_factory=list)
    """Those the workbook says as they are saved."""
    left_aside: list[str] = field(default_factory=list)
    """Blank sheets of applications that are no longer the person's."""
    whole: frozenset[int] = frozenset()
    """The applications whose analysis could be given once saved."""

    @property
    def conflicts(self) -> list[SheetChange]:
        return [sheet for sheet in self.sheets if sheet.is_conflict]


def report_on(sent: SentAnalyses, standings: Mapping[int, Standing], grid: Sequence[GridLine]) -> Report:
    """What would change, by application and answer, or all that prevents it."""
    report = Report(faults=list(sent.faults))
    for analysis in sent.analyses:
        _weigh(analysis, standings.get(analysis.application_id), sent.workbook, grid, report)
    for number, title in sent.absent.items():
        standing = standings.get(number)
        if standing is not None and not standing.barred and not standing.is_given:
            report.faults.append(
                CellFault(title, "", "Cette feuille manque : elle a été ôtée. Téléchargez le classeur à nouveau.")
            )
    whole = [each for each in sent.analyses if not lacks(each.text, grid)]
    open_ones = {number for number, each in standings.items() if not (each.is_given or each.barred)}
    report.whole = frozenset(each.application_id for each in whole) & open_ones
    return report


def _weigh(
    analysis: SentAnalysis, standing: Standing | None, workbook: str, grid: Sequence[GridLine], report: Report
) -> None:
    """Put one sheet where it belongs in the report."""
    if standing is None or standing.barred:
        closed = standing.barred if standing else "Ce dossier ne vous est plus confié."
        if analysis.is_blank:
            report.left_aside.append(analysis.sheet)
        else:
            report.faults.append(CellFault(analysis.sheet, "", f"{closed} {REMOVE}"))
        return
    changes = changes_between(standing.text, analysis.text, grid, analysis.cells)
    if not changes:
        report.same.append(standing)
    elif standing.is_given:
        report.faults.append(CellFault(analysis.sheet, changes[0].cell, GIVEN))
    else:
        elsewhere = standing.version != analysis.version and standing.saved_by != workbook
        report.sheets.append(
            SheetChange(
                analysis.application_id, analysis.sheet, standing.title, standing.version, analysis.text, changes,
                elsewhere, not lacks(analysis.text, grid),
            )
        )  # fmt: skip


def changes_between(
    before: SheetText, after: SheetText, grid: Sequence[GridLine], cells: Mapping[str, str]
) -> tuple[FieldChange, ...]:
    """The answers that differ, in the order of the sheet."""
    old, new = _told(before, grid), _told(after, grid)
    return tuple(
        FieldChange(cells.get(name, ""), label, old[name][1], words)
        for name, (label, words) in new.items()
        if old[name][1] != words
    )


def lacks(text: SheetText, grid: Sequence[GridLine]) -> list[str]:
    """What a sheet still lacks before it is given."""
    marks = [Mark(line.id, line.weight, *text.marks.get(line.id, (None, ""))) for line in grid]
    refusals = unanswered(text.verdict, marks) + unexplained(text.verdict, text.reserves, marks)
    return [refusal.message for refusal in refusals]


def _told(text: SheetText, grid: Sequence[GridLine]) -> dict[str, tuple[str, str]]:
    """Each answer as (label, words), by the name of its field."""
    told: dict[str, tuple[str, str]] = {}
    for line in grid:
        level, comment = text.marks.get(line.id, (None, ""))
        told[f"level_{line.id}"] = (f"{line.label} : note", "" if level is None else f"{level}/{TOP_LEVEL}")
        told[f"comment_{line.id}"] = (f"{line.label} : commentaire", clean(comment))
    told[VERDICT] = ("Votre avis", text.verdict.label if text.verdict else "")
    told[STRENGTHS] = ("Points forts", clean(text.strengths))
    told[RESERVES] = ("Réserves et points faibles", clean(text.reserves))
    return told
