"""Writing what a returned workbook says: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from portal.accounts.models import Person
from portal.calls.models import Application, Call
from portal.committee.operations.scoring import give_sheet, save_sheet
from portal.committee.queries import analysis_workbook as queries
from portal.committee.rules.analysis_return import Report, report_on
from portal.committee.rules.analysis_workbook_in import SentAnalyses
from portal.extensions import db
from portal.foundation.actors import Actor
from portal.foundation.refusals import Refusal, Refusals

Choice = Literal["mine", "theirs"]
"""Of an application saved elsewhere since: the workbook's answers, or those in place."""


@dataclass(frozen=True)
class Kept:
    """What became of a workbook: the applications whose sheet it changed, and those given for good."""

    changed: int
    given: int


def weigh(call: Call, person: Person, sent: SentAnalyses) -> Report:
    """What a returned workbook would change now."""
    return report_on(sent, queries.standings(call, person.id), queries.about(call, person).grid)


def keep_analyses(
    call: Call,
    person: Person,
    sent: SentAnalyses,
    choices: Mapping[int, Choice],
    *,
    giving: bool,
    actor: Actor,
    roles: Iterable[str],
) -> Kept:
    """Write every change of a workbook, then give the analyses that are whole when `giving`.

    What it says already stands: sent again, it changes nothing. Raises Refusal when anything is wrong,
    and Refusals on `choice_<application>` for each conflict without an answer; then nothing is kept.
    """
    report = weigh(call, person, sent)
    if report.faults:
        raise Refusal("Ce classeur n’est plus à jour : regardez ce qui est à corriger.")
    undecided = [each for each in report.conflicts if each.application_id not in choices]
    if undecided:
        words = "Choisissez ce qui est gardé."
        raise Refusals([Refusal(words, f"choice_{each.application_id}") for each in undecided])
    left = {each.application_id for each in report.conflicts if choices[each.application_id] == "theirs"}
    written = [each for each in report.sheets if each.application_id not in left]
    for each in written:
        application = db.session.get_one(Application, each.application_id)
        save_sheet(application, each.text, each.version, by=sent.workbook, actor=actor, roles=roles)
    db.session.flush()
    whole = sorted(report.whole - left) if giving else []
    for application_id in whole:
        give_sheet(db.session.get_one(Application, application_id), actor=actor, roles=roles)
    return Kept(len(written), len(whole))
