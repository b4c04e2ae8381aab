"""Mixed integer programs, solved by HiGHS in a process of its own.

The process (`__main__.py`) gets a program as JSON and gives an answer as JSON. It has a time limit,
a memory limit, one thread and none of our environment, and it ends after one program: it can be
stopped at any moment, and whatever it costs the worker keeps its own memory. The same program gives
the same answer: fixed seed, fixed options, columns in the order given.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

HERE = Path(__file__).parent
Reason = Literal["refused", "time", "memory", "crash", "cancelled"]
LOOKS_EVERY = 0.5
"""Seconds between two looks at whether somebody wants to stop."""


class SolveError(Exception):
    """A program without an answer; `reason` says why, the message is for the log.

    refused: the solver does not accept the program; time, memory: a limit was met; cancelled:
    somebody asked to stop; crash: the process ended without an answer.
    """

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(f"{reason}: {message}")
        self.reason: Reason = reason


@dataclass(frozen=True)
class Limits:
    """What one program may use. `gap` is the relative distance to the proved bound that is good enough.

    The same `seed` gives the same answer to the same program.
    """

    seconds: float = 120
    memory_mb: int = 1024
    gap: float = 0.001
    seed: int = 0


@dataclass(frozen=True)
class Column:
    """A variable; `gain` is what one unit of it brings to the sum to make as large as possible."""

    upper: float
    gain: float = 0.0
    is_integer: bool = True


@dataclass(frozen=True)
class Row:
    """lower ≤ Σ weight × column ≤ upper; None is no limit. `rule` numbers what may be given up together."""

    entries: tuple[tuple[int, float], ...]
    lower: float | None = None
    upper: float | None = None
    rule: int | None = None


@dataclass
class Program:
    """Columns from 0 to their upper bound, rows, and the number of rules that rows name.

    When nothing satisfies all rows, the answer tells which rules contradict each other; of each
    contradiction found, the rules of `demands` are given up before looking for the next.
    """

    columns: list[Column] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    rules: int = 0
    demands: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class Clash:
    """Rules that cannot hold together, none of them superfluous.

    `reach` tells, for a rule of one row, how far that row can go while the others of the clash
    hold: its largest value when it has a lower limit, its smallest when it has an upper one.
    """

    rules: tuple[int, ...]
    reach: dict[int, float]


@dataclass(frozen=True)
class Solved:
    """`values` by column; `bound` is proved: nothing gains more. `seconds` of processor time."""

    values: tuple[float, ...]
    gained: float
    bound: float
    seconds: float

    @property
    def gap(self) -> float:
        """The distance to the bound, relative to what is gained."""
        return 0.0 if self.bound <= self.gained else (self.bound - self.gained) / max(abs(self.gained), 1e-9)


@dataclass(frozen=True)
class Contradiction:
    """Nothing satisfies the program."""

    clashes: tuple[Clash, ...]
    seconds: float


def _never() -> bool:
    return False


def solve(
    program: Program, *, limits: Limits | None = None, stop: Callable[[], bool] = _never
) -> Solved | Contradiction:
    """The best values of a program, or why there are none. `stop` is asked now and then. Raises SolveError."""
    limits = limits or Limits()
    answer = _run(_request(program, limits), limits, stop)
    if answer["status"] == "solved":
        return Solved(tuple(answer["values"]), answer["gained"], answer["bound"], answer["seconds"])
    clashes = tuple(
        Clash(tuple(each["rules"]), {int(rule): value for rule, value in each["reach"].items()})
        for each in answer["clashes"]
    )
    return Contradiction(clashes, answer["seconds"])


def _request(program: Program, limits: Limits) -> dict[str, Any]:
    return {
        "columns": [[column.upper, column.gain, column.is_integer] for column in program.columns],
        "rows": [[row.lower, row.upper, _split(row.entries), row.rule] for row in program.rows],
        "rules": program.rules,
        "demands": sorted(program.demands),
        "gap": limits.gap,
        "seconds": limits.seconds,
        "seed": limits.seed,
    }


def _split(entries: Sequence[tuple[int, float]]) -> list[list[float]]:
    return [[column for column, _weight in entries], [weight for _column, weight in entries]]


def _run(request: dict[str, Any], limits: Limits, stop: Callable[[], bool]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="portal-solve-") as empty, tempfile.TemporaryFile() as asked:
        # A file rather than a pipe: a process slow to start would leave a large program half sent.
        asked.write(json.dumps(request).encode())
        asked.seek(0)
        environment = {"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": empty, "TMPDIR": empty, "OMP_NUM_THREADS": "1"}
        # By its path rather than by its name: the portal's own modules need not be loaded.
        command = [sys.executable, "-I", str(HERE / "__main__.py"), str(limits.memory_mb), str(int(limits.seconds) + 5)]
        pipe = subprocess.PIPE
        with subprocess.Popen(
            command, stdin=asked, stdout=pipe, stderr=pipe, cwd=empty, env=environment
        ) as process:  # fmt: skip
            try:
                out, complaint = _awaited(process, limits, stop)
            finally:
                process.kill()
    if process.returncode == 0:
        answer: dict[str, Any] = json.loads(out)
        return answer
    raise _error(process.returncode, complaint.decode(errors="replace"))


def _awaited(process: subprocess.Popen[bytes], limits: Limits, stop: Callable[[], bool]) -> tuple[bytes, bytes]:
    """What the process answers, unless somebody stops it or it takes too long by the clock on the wall."""
    for _look in range(int(limits.seconds * 3 / LOOKS_EVERY) + 1):
        try:
            return process.communicate(timeout=LOOKS_EVERY)
        except subprocess.TimeoutExpired:
            if stop():
                raise SolveError("cancelled", "asked to stop") from None
    raise SolveError("time", f"no answer within {limits.seconds * 3:g} s")


def _error(code: int, complaint: str) -> SolveError:
    try:
        told = json.loads(complaint.strip().rpartition("\n")[2])
        return SolveError(told["reason"], told["message"])
    except (ValueError, TypeError, KeyError):
        # Killed before it could answer: by its limit of processor time, or for want of memory.
        reason: Reason = "time" if code in (-9, -24) else "memory" if "memory" in complaint.lower() else "crash"
        return SolveError(reason, f"ended with {code}: {complaint[-500:]}")
