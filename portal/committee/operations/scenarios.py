"""Scenarios: asked for, computed by a job, made proposals by a person and by nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import sqlalchemy as sa

from portal.calls.models import Call
from portal.calls.rules.cycle import DIRECTION, SYSTEM_ROLE
from portal.committee.models import Scenario, ScenarioAmount, ScenarioApplication
from portal.committee.operations.arbitration import bump_table
from portal.committee.operations.programme import put_proposal
from portal.committee.operations.recusals import refuse_recused
from portal.committee.queries.programme import Reader
from portal.committee.queries.scenarios import applying, facts
from portal.committee.queries.scenarios.facts import Facts
from portal.committee.rules.scenarios.contradictions import Contradiction
from portal.committee.rules.scenarios.parameters import Parameters, check_parameters, stored
from portal.committee.rules.scenarios.reading import held_back, reasons, used_of
from portal.committee.rules.scenarios.steps import SCENARIO
from portal.committee.states import ScenarioStatus
from portal.extensions import db
from portal.foundation import clock, outbox
from portal.foundation.actors import SYSTEM, Actor
from portal.foundation.events import record
from portal.foundation.money import format_euros
from portal.foundation.refusals import Conflict, Refusal, Refusals

JOB = "committee.scenario"
SEED = 20_260_101
"""The solver's, kept with each scenario so that computing it again gives the same."""


@dataclass(frozen=True)
class TypedAmount:
    """An amount fixed by hand, as typed: `row` is its place on the form, `number` that of the application."""

    row: int
    number: int
    envelope_id: int
    cents: int


# -- asking -------------------------------------------------------------------------------------


def create_scenario(
    call: Call,
    title: str,
    chosen: Parameters,
    typed: Sequence[TypedAmount] = (),
    *,
    reader: Reader,
    actor: Actor,
    roles: Iterable[str],
) -> Scenario:
    """Keep the rules of a scenario and ask for its computing. `typed` are the amounts fixed by hand.

    Raises Refusals beside each value that is not possible.
    """
    _check_may_ask(call, roles)
    chosen = _readable(call, chosen, reader)
    check_parameters(chosen)
    chosen = replace(chosen, fixed=_fixed(call, reader, typed))
    scenario = Scenario(
        call_id=call.id,
        title=title.strip(),
        parameters=stored(chosen),
        seed=SEED,
        created_at=clock.now(),
        created_by_id=reader.person_id,
    )
    db.session.add(scenario)
    record(actor, "scenario.created", scenario, call=call.id, title=scenario.title, parameters=scenario.parameters)
    _ask(scenario, actor)
    return scenario


def _check_may_ask(call: Call, roles: Iterable[str]) -> None:
    if not DIRECTION & set(roles):
        raise Refusal("Vous n’avez pas qualité pour préparer un scénario.")
    if not call.scenarios_enabled:
        raise Refusal("Les scénarios ne sont pas ouverts pour cet appel : ses réglages permettent de les ouvrir.")


def _readable(call: Call, chosen: Parameters, reader: Reader) -> Parameters:
    """The same rules without scores where the call has none. Raises Refusal when its author may not see them yet."""
    if not call.scoring_enabled:
        return replace(chosen, rules=replace(chosen.rules, weighs_scores=False, threshold=None))
    if chosen.rules.reads_scores and facts.owes_analyses(call, reader.person_id):
        raise Refusal(
            "Vous devez encore des analyses sur cet appel : les notes des autres vous sont masquées. "
            "Rendez-les, ou préparez un scénario sans les notes.",
            "weighs_scores",
        )
    return chosen


def _fixed(call: Call, reader: Reader, typed: Sequence[TypedAmount]) -> dict[int, int]:
    """The amounts fixed by hand, {line id: cents}. Raises Refusals beside each that no line can take."""
    fixed: dict[int, int] = {}
    wrong = []
    for each in typed:
        line = facts.line_named(call, reader, each.number, each.envelope_id)
        if line is None:
            words = "Aucun dossier de ce numéro n’attend de proposition de cette enveloppe."
            wrong.append(Refusal(words, f"fixed_number_{each.row}"))
        elif line.id in fixed:
            wrong.append(Refusal("Ce financement est déjà fixé plus haut.", f"fixed_number_{each.row}"))
        elif line.requested_cents is None or each.cents > line.requested_cents:
            asked = format_euros(line.requested_cents or 0)
            wrong.append(Refusal(f"Ce montant dépasse la demande : {asked}.", f"fixed_amount_{each.row}"))
        else:
            fixed[line.id] = each.cents
    if wrong:
        raise Refusals(wrong)
    return fixed


def _ask(scenario: Scenario, actor: Actor) -> None:
    db.session.flush()
    scenario.task_id = outbox.enqueue(
        JOB,
        # With its instant: the number of a scenario that was deleted may serve again.
        key=f"scenario:{scenario.id}:{scenario.version}:{clock.now():%Y%m%d%H%M%S%f}",
        label=f"Scénario « {scenario.title} »",
        owner_person_id=actor.person_id,
        scenario_id=scenario.id,
        version=scenario.version,
    )


def run_again(scenario: Scenario, *, actor: Actor, roles: Iterable[str]) -> None:
    """Compute once more what did not come to its end; the table is read anew."""
    _move(scenario, "run_again", actor=actor, roles=roles)
    scenario.finished_at = None
    scenario.result = {}
    _ask(scenario, actor)


def cancel(scenario: Scenario, *, actor: Actor, roles: Iterable[str]) -> None:
    """Stop a computing: the job sees it within a second."""
    _move(scenario, "cancel", actor=actor, roles=roles)
    scenario.finished_at = clock.now()


def _move(scenario: Scenario, step: str, *, actor: Actor, roles: Iterable[str], **values: Any) -> None:
    db.session.refresh(scenario, with_for_update=True)
    taken = SCENARIO.check(step, scenario.status, roles, scenario, **values)
    before, scenario.status = scenario.status, ScenarioStatus(taken.target)
    scenario.version += 1
    record(actor, taken.event, scenario, title=scenario.title, status=[before, scenario.status], **values)


# -- what the job found -------------------------------------------------------------------------


def keep_allocation(
    scenario_id: int, version: int, read: Facts, amounts: Mapping[int, int], *, gap: float, seconds: float
) -> None:
    """Keep what was computed, unless somebody stopped it meanwhile. `gap` is the proved distance to the best."""
    scenario = _awaited(scenario_id, version)
    if scenario is None:
        return
    _move(scenario, "finish", actor=SYSTEM, roles={SYSTEM_ROLE})
    problem = read.problem
    why = reasons(problem, amounts)
    _keep_read(scenario, read)
    db.session.add_all(
        ScenarioAmount(
            scenario_id=scenario.id,
            funding_line_id=line.id,
            requested_cents=line.requested_cents,
            amount_cents=amounts.get(line.id, 0),
            why=why[line.id],
            line_version=read.versions[line.id],
        )
        for _project, line in problem.lines()
    )
    scenario.result = {
        "to_share": problem.to_share_cents,
        "held_back": [asdict(each) for each in held_back(problem, amounts)],
        "purses": [
            {"label": purse.label, "left": purse.left_cents, "used": used} for purse, used in used_of(problem, amounts)
        ],
        # Hundredths of a percent, rounded up: never told better than it is.
        "gap_bp": int(-(-gap * 10_000 // 1)),
        "seconds": round(seconds, 2),
    }


def keep_contradictions(scenario_id: int, version: int, read: Facts, told: Sequence[Contradiction]) -> None:
    """Keep why no allocation respects the rules."""
    scenario = _awaited(scenario_id, version)
    if scenario is None:
        return
    _move(scenario, "contradict", actor=SYSTEM, roles={SYSTEM_ROLE})
    _keep_read(scenario, read)
    scenario.result = {
        "to_share": read.problem.to_share_cents,
        "contradictions": [list(each.rules) for each in told],
    }


def keep_failure(scenario_id: int, version: int, words: str) -> None:
    """Keep that nothing was found, with words for whoever asked."""
    scenario = _awaited(scenario_id, version)
    if scenario is not None:
        _move(scenario, "fail", actor=SYSTEM, roles={SYSTEM_ROLE})
        scenario.result = {"failure": words}
        scenario.finished_at = clock.now()


def _awaited(scenario_id: int, version: int) -> Scenario | None:
    """The scenario if it still waits for this very computing."""
    scenario = db.session.get(Scenario, scenario_id, with_for_update=True, populate_existing=True)
    waits = scenario is not None and scenario.status is ScenarioStatus.RUNNING and scenario.version == version
    return scenario if waits else None


def _keep_read(scenario: Scenario, read: Facts) -> None:
    for table in (ScenarioAmount, ScenarioApplication):
        db.session.execute(sa.delete(table).where(table.scenario_id == scenario.id))
    db.session.add_all(
        ScenarioApplication(scenario_id=scenario.id, application_id=project.id, score=project.score)
        for project in read.problem.projects
    )
    scenario.left_out = read.left_out
    scenario.finished_at = clock.now()
    db.session.flush()


# -- applying -----------------------------------------------------------------------------------


@SCENARIO.guard("something_chosen")
def something_chosen(_scenario: Scenario, *, lines: int, **_: object) -> None:
    if lines == 0:
        raise Refusal("Aucun financement n’est choisi, ou tous sont déjà repris.")


def apply_scenario(
    scenario: Scenario,
    application_ids: Collection[int] | None,
    *,
    seen: Mapping[int, int] | None = None,
    actor: Actor,
    roles: Iterable[str],
) -> int:
    """Make proposals of a scenario's amounts, for some applications (None: all); returns how many lines.

    All or none: Conflict, with both amounts of each, when lines moved since the computing and their
    new version is not in `seen` ({line id: version whose amount its author had in sight}).
    """
    roles, seen = set(roles), seen or {}
    chosen = applying.rows_to_apply(scenario.id, application_ids)
    _move(scenario, "apply", actor=actor, roles=roles, lines=len(chosen))
    for application in dict.fromkeys(row.funding_line.application for row in chosen):
        refuse_recused(actor, application)
    _check_open(chosen)
    _check_unmoved(chosen, seen)
    for row in chosen:
        told = {"scenario": scenario.id, "scenario_title": scenario.title}
        put_proposal(row.funding_line, row.amount_cents, actor=actor, roles=roles, **told)
        row.applied_at = clock.now()
    scenario.applied_at = clock.now()
    bump_table(scenario.call_id)
    return len(chosen)


def _check_open(chosen: Sequence[ScenarioAmount]) -> None:
    for row in chosen:
        line = row.funding_line
        if line.status not in facts.OPEN or line.application.status not in facts.OPEN_APPLICATIONS:
            raise Refusal(
                f"{applying.named(row)} ne reçoit plus de proposition (« {line.status.label} »). "
                "Retirez ce dossier de la sélection, ou calculez un nouveau scénario."
            )
        if row.amount_cents > (line.requested_cents or 0):
            raise Refusal(
                f"{applying.named(row)} ne demande plus que {format_euros(line.requested_cents or 0)}. "
                "Retirez ce dossier de la sélection, ou calculez un nouveau scénario."
            )


def _check_unmoved(chosen: Sequence[ScenarioAmount], seen: Mapping[int, int]) -> None:
    moved = [row for row in chosen if row.funding_line.version != seen.get(row.funding_line_id, row.line_version)]
    if not moved:
        return
    one = "Un montant a changé depuis le calcul"
    words = one if len(moved) == 1 else f"{len(moved)} montants ont changé depuis le calcul"
    raise Conflict(
        f"{words} : rien n’est repris. Comparez ; valider à nouveau remplace aussi ceux-là.",
        theirs={applying.named(row): applying.proposed_words(row) for row in moved},
        mine={applying.named(row): format_euros(row.amount_cents) for row in moved},
    )


# -- putting away -------------------------------------------------------------------------------


def archive(scenario: Scenario, *, actor: Actor, roles: Iterable[str]) -> None:
    """Take a scenario out of the list; it stays, for what it served."""
    _check_put_away(scenario, roles)
    if scenario.archived_at is not None:
        raise Refusal("C’est déjà fait : ce scénario est archivé.")
    scenario.archived_at = clock.now()
    record(actor, "scenario.archived", scenario, title=scenario.title)


def delete(scenario: Scenario, *, actor: Actor, roles: Iterable[str]) -> None:
    """Forget a scenario that served nothing; the journal keeps its rules."""
    _check_put_away(scenario, roles)
    if scenario.applied_at is not None:
        raise Refusal("Ce scénario a servi à des propositions : il s’archive, il ne se supprime pas.")
    record(actor, "scenario.deleted", scenario, title=scenario.title, parameters=scenario.parameters)
    db.session.flush()
    for table in (ScenarioAmount, ScenarioApplication):
        db.session.execute(sa.delete(table).where(table.scenario_id == scenario.id))
    db.session.delete(scenario)


def _check_put_away(scenario: Scenario, roles: Iterable[str]) -> None:
    if not DIRECTION & set(roles):
        raise Refusal("Vous n’avez pas qualité pour ranger ce scénario.")
    db.session.refresh(scenario, with_for_update=True)
    if scenario.status is ScenarioStatus.RUNNING:
        raise Refusal("Le calcul est en cours : arrêtez-le d’abord.")
