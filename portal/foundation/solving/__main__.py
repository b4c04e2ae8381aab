"""One mixed integer program, then the end: JSON on standard input, JSON on standard output.

Runs as `python -I …/solving/__main__.py MEMORY_MB CPU_SECONDS`. What goes wrong is a line of JSON on
standard error, {"reason", "message"}, and exit status 1. Nothing of the portal is imported here.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from typing import Any

import highspy
import numpy as np

INFINITE = highspy.kHighsInf
OPTIONS: dict[str, bool | int | float | str] = {
    "output_flag": False,
    "threads": 1,
    "parallel": "off",
    "mip_abs_gap": 0.0,
    "mip_feasibility_tolerance": 1e-8,
}
"""Fixed, so that the same program gives the same answer."""


class TimeIsUp(Exception):
    """The solver stopped at its limit of time."""


def main() -> int:
    limit_resources(int(sys.argv[1]), int(sys.argv[2]))
    try:
        answer = solved(json.load(sys.stdin))
    except MemoryError:
        return fail("memory", "out of memory")
    except TimeIsUp as late:
        return fail("time", str(late))
    except Exception as error:  # noqa: BLE001 - whatever the library raises is told, as words, to the parent
        return fail("refused", f"{type(error).__name__}: {error}")
    json.dump(answer | {"seconds": time.process_time()}, sys.stdout)
    return 0


def limit_resources(memory_mb: int, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (memory_mb << 20, memory_mb << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def fail(reason: str, message: str) -> int:
    print(json.dumps({"reason": reason, "message": message[:2000]}), file=sys.stderr)  # noqa: T201 - our answer
    return 1


def solved(request: dict[str, Any]) -> dict[str, Any]:
    solver = Solver(request)
    if solver.run():
        information = solver.highs.getInfo()
        return {
            "status": "solved",
            "values": list(solver.highs.getSolution().col_value),
            "gained": information.objective_function_value,
            "bound": information.mip_dual_bound if solver.has_integers else information.objective_function_value,
        }
    return {"status": "contradiction", "clashes": solver.clashes(set(request["demands"]))}


class Solver:
    """A program in HiGHS, whose rules may be given up and taken back."""

    def __init__(self, request: dict[str, Any]) -> None:
        self.columns, self.rows = request["columns"], request["rows"]
        self.has_integers = any(is_integer for _upper, _gain, is_integer in self.columns)
        self.rows_of: dict[int, list[int]] = {rule: [] for rule in range(request["rules"])}
        for index, row in enumerate(self.rows):
            if row[3] is not None:
                self.rows_of[row[3]].append(index)
        self.highs = highspy.Highs()
        for name, value in OPTIONS.items():
            self.highs.setOptionValue(name, value)
        self.highs.setOptionValue("mip_rel_gap", request["gap"])
        self.highs.setOptionValue("time_limit", request["seconds"])
        self.highs.setOptionValue("random_seed", request["seed"])
        if self.highs.passModel(self.model()) == highspy.HighsStatus.kError:
            raise ValueError("the program is not accepted")

    def model(self) -> Any:
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(self.columns), len(self.rows)
        model.sense_ = highspy.ObjSense.kMaximize
        model.col_lower_ = np.zeros(len(self.columns))
        model.col_upper_ = np.array([column[0] for column in self.columns], dtype=float)
        model.col_cost_ = np.array([column[1] for column in self.columns], dtype=float)
        kinds = highspy.HighsVarType
        model.integrality_ = [kinds.kInteger if column[2] else kinds.kContinuous for column in self.columns]
        model.row_lower_ = np.array([-INFINITE if row[0] is None else row[0] for row in self.rows], dtype=float)
        model.row_upper_ = np.array([INFINITE if row[1] is None else row[1] for row in self.rows], dtype=float)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.cumsum([0, *(len(row[2][0]) for row in self.rows)], dtype=np.int32)
        model.a_matrix_.index_ = np.array([column for row in self.rows for column in row[2][0]], dtype=np.int32)
        model.a_matrix_.value_ = np.array([weight for row in self.rows for weight in row[2][1]], dtype=float)
        return model

    def run(self) -> bool:
        """Whether something satisfies the program as it now stands."""
        if self.highs.run() == highspy.HighsStatus.kError:
            raise ValueError("the solver failed")
        status, known = self.highs.getModelStatus(), highspy.HighsModelStatus
        if status in (known.kOptimal, known.kModelEmpty):
            return True
        if status in (known.kInfeasible, known.kUnboundedOrInfeasible):
            return False
        if status in (known.kTimeLimit, known.kIterationLimit, known.kSolutionLimit):
            raise TimeIsUp(self.highs.modelStatusToString(status))
        raise ValueError(self.highs.modelStatusToString(status))

    def clashes(self, demands: set[int]) -> list[dict[str, Any]]:
        """The contradictions, one after the other: the demands of each are given up to find the next."""
        self.gains([])
        standing = list(self.rows_of)
        found = []
        while not self.holds(standing):
            rules = self.clash([], [], standing)
            found.append({"rules": sorted(rules), "reach": self.reach(rules)})
            if not demands & set(rules):
                break
            standing = [rule for rule in standing if rule not in demands & set(rules)]
        return found

    def clash(self, kept: list[int], added: list[int], candidates: list[int]) -> list[int]:
        """The rules among `candidates` that contradict each other with `kept`, none superfluous.

        QuickXplain (Junker 2004): by halves, so that a few rules among hundreds are found in few runs.
        """
        if added and not self.holds(kept):
            return []
        if len(candidates) <= 1:
            return candidates
        first, second = candidates[: len(candidates) // 2], candidates[len(candidates) // 2 :]
        late = self.clash(kept + first, first, second)
        return self.clash(kept + late, late, first) + late

    def reach(self, rules: list[int]) -> dict[int, float]:
        """How far each rule of one row goes while the others of its clash hold."""
        found = {}
        for rule in rules:
            if len(self.rows_of[rule]) != 1:
                continue
            lower, _upper, entries, _rule = self.rows[self.rows_of[rule][0]]
            sign = 1.0 if lower is not None else -1.0
            self.gains([(int(column), sign * weight) for column, weight in zip(*entries, strict=True)])
            if self.holds([other for other in rules if other != rule]):
                found[rule] = sign * self.highs.getInfo().objective_function_value
        self.gains([])
        return found

    def gains(self, wanted: list[tuple[int, float]]) -> None:
        """What to make as large as possible from now on; nothing when only the rules matter."""
        costs = np.zeros(len(self.columns))
        for column, gain in wanted:
            costs[column] = gain
        self.highs.changeColsCost(len(costs), np.arange(len(costs), dtype=np.int32), costs)

    def holds(self, rules: list[int]) -> bool:
        """Whether these rules can hold together, the others given up."""
        kept = set(rules)
        for rule, rows in self.rows_of.items():
            for index in rows:
                lower, upper = self.rows[index][:2] if rule in kept else (None, None)
                self.highs.changeRowBounds(
                    index, -INFINITE if lower is None else lower, INFINITE if upper is None else upper
                )
        return self.run()


if __name__ == "__main__":
    sys.exit(main())
