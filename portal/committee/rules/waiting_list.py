"""The complementary list: which of its applications the envelopes could carry, in order. Cents."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from portal.foundation.money import format_euros
from portal.foundation.refusals import Refusal


@dataclass(frozen=True)
class Wanted:
    """What one funder would give an application; `envelope_id` is None when no envelope carries it."""

    line_id: int
    funder: str
    envelope_id: int | None
    cents: int


@dataclass(frozen=True)
class Fit:
    """Whether an application can be promoted: `lacks` says, in words, what does not suffice."""

    application_id: int
    lacks: tuple[str, ...]

    @property
    def fits(self) -> bool:
        return not self.lacks


def proposals(waiting: Iterable[tuple[int, Sequence[Wanted]]], left: Mapping[int, int]) -> list[Fit]:
    """Each application in the order of the list, served from what those before it leave.

    One that does not fit takes nothing: the next one is tried.
    """
    remaining = dict(left)
    found = []
    for application_id, wanted in waiting:
        fit = Fit(application_id, lacking(wanted, remaining))
        if fit.fits:
            for each in wanted:
                if each.envelope_id is not None:
                    remaining[each.envelope_id] -= each.cents
        found.append(fit)
    return found


def lacking(wanted: Iterable[Wanted], left: Mapping[int, int]) -> tuple[str, ...]:
    """What the envelopes cannot carry, funder by funder; a funder without envelope decides alone."""
    needs: dict[int, tuple[str, int]] = {}
    for each in wanted:
        if each.envelope_id is not None:
            funder, cents = needs.get(each.envelope_id, (each.funder, 0))
            needs[each.envelope_id] = (funder, cents + each.cents)
    return tuple(
        f"{funder} : il manque {format_euros(cents - left.get(envelope_id, 0))}"
        for envelope_id, (funder, cents) in needs.items()
        if cents > left.get(envelope_id, 0)
    )


def checked_ranks(ranks: Mapping[int, int | None], taken: Collection[int] = ()) -> dict[int, int]:
    """A rank for each application of the list, from 1, none twice. Raises Refusal on `rank_<id>`.

    `taken`: the ranks of those that are not being ordered, which their author does not see.
    """
    seen: set[int] = set()
    for application_id, rank in ranks.items():
        if rank is None or rank < 1:
            raise Refusal("Indiquez un rang, à partir de 1.", f"rank_{application_id}")
        if rank in taken:
            raise Refusal("Ce rang est celui d’un autre dossier de la liste.", f"rank_{application_id}")
        if rank in seen:
            raise Refusal("Ce rang est donné deux fois.", f"rank_{application_id}")
        seen.add(rank)
    return {application_id: rank for application_id, rank in ranks.items() if rank is not None}
