"""The simple tools of the programming table: an amount for each line, or why it is left alone. Cents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portal.calls.rules.cycle import FUNDING
from portal.calls.states import FundingStatus, LabelledEnum
from portal.foundation.money import WHOLE_IN_BASIS_POINTS, format_euros, format_euros_round, format_share


class Tool(LabelledEnum):
    RENEW = "reconduire", "Reconduire N−1"
    RATE = "taux", "Appliquer un taux"
    ROUND = "arrondir", "Arrondir"


class Base(LabelledEnum):
    """What a rate is taken of."""

    REQUESTED = "demande", "de la demande"
    PREVIOUS = "n-1", "de l’attribution N−1"


class Rounding(LabelledEnum):
    DOWN = "inferieur", "inférieur"
    NEAREST = "proche", "le plus proche"


STEPS = (10_00, 50_00, 100_00, 500_00, 1_000_00)
"""What an amount may be rounded to a multiple of."""


@dataclass(frozen=True)
class Settings:
    """What is asked of a tool. `rate_bp` in basis points; `step_cents` None leaves the cents as they come."""

    tool: Tool
    base: Base = Base.REQUESTED
    rate_bp: int = WHOLE_IN_BASIS_POINTS
    step_cents: int | None = None
    rounding: Rounding = Rounding.DOWN
    minimum_cents: int = 0

    @property
    def words(self) -> str:
        """« Appliquer un taux : 80 % de la demande, arrondi au multiple inférieur de 100 € »."""
        said = [f"{format_share(self.rate_bp)} {self.base.label}"] if self.tool is Tool.RATE else []
        if self.step_cents:
            step = format_euros_round(self.step_cents)
            said.append(
                f"arrondi au multiple inférieur de {step}"
                if self.rounding is Rounding.DOWN
                else f"arrondi au multiple de {step} le plus proche"
            )
        if self.minimum_cents:
            said.append(f"rien en dessous de {format_euros(self.minimum_cents)}")
        return f"{self.tool.label} : {', '.join(said)}" if said else self.tool.label


@dataclass(frozen=True)
class Facts:
    """What a tool knows of a line. None = not said; `previous_unknown` when last year's action is there
    without its amounts. `is_open` when its application may still be given a proposal."""

    status: FundingStatus
    requested: int | None
    previous: int | None
    proposed: int | None
    previous_unknown: bool = False
    is_open: bool = True


@dataclass(frozen=True)
class Result:
    """`cents` to propose and a remark on it; or None, and why the line is left alone."""

    cents: int | None
    words: str = ""


PROPOSABLE = FUNDING.steps["propose"].sources


def result_for(settings: Settings, facts: Facts) -> Result:
    """What a tool proposes on one line: never above the request, never what is already there."""
    if not facts.is_open:
        return Result(None, "Dossier sur lequel on ne propose plus")
    if facts.status not in PROPOSABLE:
        return Result(None, f"Financement à l’état « {facts.status.label} »")
    wanted = _wanted(settings, facts)
    return _limited(wanted, settings, facts) if isinstance(wanted, int) else Result(None, wanted)


def _wanted(settings: Settings, facts: Facts) -> int | str:
    """The amount before its limits, or why there is none."""
    if settings.tool is Tool.ROUND:
        return "Pas encore de proposition à arrondir" if facts.proposed is None else facts.proposed
    if settings.tool is Tool.RATE and settings.base is Base.REQUESTED:
        return "Demande non communiquée" if facts.requested is None else _share(facts.requested, settings.rate_bp)
    if facts.previous is None:
        return "Attribution N−1 non communiquée" if facts.previous_unknown else "Rien d’attribué en N−1"
    return facts.previous if settings.tool is Tool.RENEW else _share(facts.previous, settings.rate_bp)


def _share(cents: int, rate_bp: int) -> int:
    """To the cent below: a rate never gives more than it says."""
    return cents * rate_bp // WHOLE_IN_BASIS_POINTS


def _limited(wanted: int, settings: Settings, facts: Facts) -> Result:
    over = facts.requested is not None and wanted > facts.requested
    cents = _rounded(min(wanted, facts.requested) if facts.requested is not None else wanted, settings, facts.requested)
    if cents == 0:
        return Result(None, f"Le calcul donne {format_euros(0)}")
    if cents < settings.minimum_cents:
        return Result(None, f"{format_euros(cents)} : en dessous du minimum")
    if cents == facts.proposed:
        return Result(None, "Déjà proposé à ce montant")
    return Result(cents, "limité à la demande" if over else "")


def _rounded(cents: int, settings: Settings, requested: int | None) -> int:
    """A multiple of the step; below, where the nearest would exceed the request."""
    step = settings.step_cents
    if not step:
        return cents
    below = cents // step * step
    if settings.rounding is Rounding.DOWN or 2 * (cents - below) < step:
        return below
    above = below + step
    return below if requested is not None and above > requested else above


# -- sums ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """An amount that a tool would write, in an envelope (None: the call has none for it)."""

    envelope_id: int | None
    before: int | None
    after: int

    @property
    def difference(self) -> int:
        return self.after - (self.before or 0)


@dataclass(frozen=True)
class Effect:
    """What the changes make of the proposals of an envelope whose amount is known."""

    changes: int
    proposed_before: int
    proposed_after: int
    amount: int

    @property
    def left(self) -> int:
        """Negative when the proposals exceed the envelope."""
        return self.amount - self.proposed_after


def effects(changes: Iterable[Change], envelopes: Mapping[int, tuple[int, int]]) -> dict[int, Effect]:
    """The effect on each envelope touched; `envelopes` holds (amount, proposed now) by id."""
    found: dict[int, Effect] = {}
    for change in changes:
        if change.envelope_id is None or change.envelope_id not in envelopes:
            continue
        amount, proposed = envelopes[change.envelope_id]
        past = found.get(change.envelope_id, Effect(0, proposed, proposed, amount))
        after = past.proposed_after + change.difference
        found[change.envelope_id] = Effect(past.changes + 1, proposed, after, amount)
    return found
