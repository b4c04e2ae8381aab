"""The computing of a scenario: read, solve in a process apart, verify, keep."""

from __future__ import annotations

from dataclasses import replace

import structlog

from portal.accounts.access import held_grants
from portal.committee.models import Scenario
from portal.committee.operations import scenarios as operations
from portal.committee.queries.programme import Reader
from portal.committee.queries.scenarios.facts import Facts, facts_of
from portal.committee.rules.scenarios.checking import check_allocation
from portal.committee.rules.scenarios.contradictions import contradictions
from portal.committee.rules.scenarios.parameters import read
from portal.committee.rules.scenarios.program import Written, cents_of, written
from portal.committee.states import ScenarioStatus
from portal.extensions import db
from portal.foundation.database import in_unit_of_work
from portal.foundation.delivery import progress
from portal.foundation.outbox import job
from portal.foundation.solving import Contradiction, Limits, Solved, SolveError, solve

log = structlog.get_logger()

LIMITS = Limits(seconds=120, memory_mb=1024, gap=0.001)
GOOD_ENOUGH = 0.005
"""Beyond this proved distance to the best, the result would not be what its page says."""

LATE = "Le calcul a pris trop de temps. Essayez avec moins de règles, un arrondi plus grand, ou relancez-le plus tard."
BROKEN = "Le calcul n’a pas abouti. L’équipe technique en est informée ; aucune proposition n’a changé."


@job(operations.JOB)
def scenario(task_id: int, scenario_id: int, version: int) -> None:
    """Compute one scenario; bears being run twice, and ends at once when nobody waits for it any more."""
    if _stopped(scenario_id, version):
        return
    progress(task_id, 1, 4, "Lecture des dossiers et des enveloppes…")
    facts, seed = _facts(scenario_id)
    made = written(facts.problem)
    progress(task_id, 2, 4, "Calcul de la répartition…")
    try:
        limits = replace(LIMITS, seed=seed)
        answer = solve(made.program, limits=limits, stop=lambda: _stopped(scenario_id, version))
    except SolveError as failure:
        _fail(scenario_id, version, failure)
        return
    progress(task_id, 3, 4, "Vérification et enregistrement…")
    _keep(scenario_id, version, facts, made, answer)
    progress(task_id, 4, 4, "Le calcul est terminé.")


def _facts(scenario_id: int) -> tuple[Facts, int]:
    """What the author sees, and the solver's seed; no transaction stays open while the solver works."""
    asked = db.session.get_one(Scenario, scenario_id)
    author = asked.created_by_id
    reader = Reader(author, held_grants(author), funder_ids=None, reads_scores=True, oversees=True)
    facts, seed = facts_of(asked.call, reader, read(asked.parameters)), asked.seed
    db.session.rollback()
    return facts, seed


def _keep(scenario_id: int, version: int, facts: Facts, made: Written, answer: Solved | Contradiction) -> None:
    if isinstance(answer, Contradiction):
        told = contradictions(made, answer.clashes)
        in_unit_of_work(lambda: operations.keep_contradictions(scenario_id, version, facts, told))
        return
    amounts = cents_of(made, answer.values)
    breaches = check_allocation(facts.problem, amounts)
    if breaches or answer.gap > GOOD_ENOUGH:
        log.error("scenario.not_kept", scenario_id=scenario_id, breaches=len(breaches), gap=answer.gap)
        in_unit_of_work(lambda: operations.keep_failure(scenario_id, version, BROKEN if breaches else LATE))
        return
    in_unit_of_work(
        lambda: operations.keep_allocation(scenario_id, version, facts, amounts, gap=answer.gap, seconds=answer.seconds)
    )


def _fail(scenario_id: int, version: int, failure: SolveError) -> None:
    if failure.reason == "cancelled":
        return
    log.error("scenario.failed", scenario_id=scenario_id, reason=failure.reason, message=str(failure))
    words = LATE if failure.reason in {"time", "memory"} else BROKEN
    in_unit_of_work(lambda: operations.keep_failure(scenario_id, version, words))


def _stopped(scenario_id: int, version: int) -> bool:
    """Whether somebody stopped it, or asked for another computing since."""
    asked = db.session.get(Scenario, scenario_id, populate_existing=True)
    waits = asked is not None and asked.status is ScenarioStatus.RUNNING and asked.version == version
    db.session.rollback()
    return not waits
