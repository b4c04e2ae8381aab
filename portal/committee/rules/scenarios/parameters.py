"""What the author of a scenario chooses, and its form as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.committee.rules.scenarios.model import WHOLE, Rules
from portal.foundation.refusals import Refusal, Refusals

STEPS = (1_00, 10_00, 50_00, 100_00, 500_00)
"""The roundings offered, in cents."""


@dataclass(frozen=True)
class Parameters:
    """The rules, and what is taken as it is: tranches of agreements, proposals already made, and
    `fixed`, amounts typed by hand ({funding line id: cents})."""

    rules: Rules = field(default_factory=Rules)
    agreements_first: bool = True
    keeps_proposals: bool = False
    fixed: Mapping[int, int] = field(default_factory=dict)


def check_parameters(chosen: Parameters) -> None:
    """Raises Refusals beside each value that no scenario can have."""
    rules, wrong = chosen.rules, []
    if rules.step_cents not in STEPS:
        wrong.append(Refusal("Choisissez un arrondi de la liste.", "step_cents"))
    for name, leasts in (("quartier", rules.quartiers), ("pillar", rules.pillars)):
        total = sum(leasts.values())
        if total > WHOLE:
            key = next(key for key, share in leasts.items() if share)
            wrong.append(Refusal("Ces parts minimales dépassent 100 % à elles toutes.", f"{name}_{key}"))
    if wrong:
        raise Refusals(wrong)


def stored(chosen: Parameters) -> dict[str, Any]:
    """The parameters as JSON: keys are text."""
    rules = chosen.rules
    return {
        "weighs_scores": rules.weighs_scores,
        "step_cents": rules.step_cents,
        "minimum_cents": rules.minimum_cents,
        "minimum_bp": rules.minimum_bp,
        "max_cut_bp": rules.max_cut_bp,
        "threshold": rules.threshold,
        "quartiers": {str(key): share for key, share in rules.quartiers.items() if share},
        "pillars": {str(key): share for key, share in rules.pillars.items() if share},
        "state_in_qpv_only": rules.state_in_qpv_only,
        "agreements_first": chosen.agreements_first,
        "keeps_proposals": chosen.keeps_proposals,
        "fixed": {str(line): cents for line, cents in chosen.fixed.items()},
    }


def read(kept: Mapping[str, Any]) -> Parameters:
    """The parameters kept as JSON."""
    plain = {
        name: kept[name]
        for name in (
            "weighs_scores",
            "step_cents",
            "minimum_cents",
            "minimum_bp",
            "max_cut_bp",
            "threshold",
            "state_in_qpv_only",
        )
    }
    rules = Rules(**plain, quartiers=_by_id(kept["quartiers"]), pillars=_by_id(kept["pillars"]))
    return Parameters(rules, kept["agreements_first"], kept["keeps_proposals"], _by_id(kept["fixed"]))


def _by_id(kept: Mapping[str, int]) -> dict[int, int]:
    return {int(key): value for key, value in kept.items()}
