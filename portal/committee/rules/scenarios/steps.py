"""What moves a scenario: who, from where."""

from __future__ import annotations

from portal.calls.rules.cycle import DIRECTION, SYSTEM_ROLE
from portal.committee.states import ScenarioStatus as S
from portal.foundation.transitions import TransitionTable, step

SCENARIO = TransitionTable(
    "le scénario",
    S,
    [
        step(
            "run_again",
            {S.FAILED, S.CANCELLED},
            S.RUNNING,
            DIRECTION,
            "Relancer le calcul",
            "scenario.run_again",
        ),
        step("finish", {S.RUNNING}, S.DONE, {SYSTEM_ROLE}, "Enregistrer le résultat", "scenario.computed"),
        step(
            "contradict",
            {S.RUNNING},
            S.IMPOSSIBLE,
            {SYSTEM_ROLE},
            "Signaler des règles contradictoires",
            "scenario.contradicted",
        ),
        step("fail", {S.RUNNING}, S.FAILED, {SYSTEM_ROLE}, "Signaler un échec", "scenario.failed"),
        step("cancel", {S.RUNNING}, S.CANCELLED, DIRECTION, "Arrêter le calcul", "scenario.cancelled"),
        step(
            "apply",
            {S.DONE, S.APPLIED},
            S.APPLIED,
            DIRECTION,
            "Reprendre en propositions",
            "scenario.applied",
            ("something_chosen",),
        ),
    ],
)
