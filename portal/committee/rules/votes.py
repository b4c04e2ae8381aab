"""Votes counted in a sitting: pour, contre, abstention."""

from __future__ import annotations

from dataclasses import dataclass

from portal.committee.rules.arbitration import RETAINING
from portal.committee.states import Outcome
from portal.foundation.refusals import Refusal

POSITIVE = RETAINING | {Outcome.ADMISSIBLE}


@dataclass(frozen=True)
class Votes:
    """Voices counted on one decision."""

    in_favour: int
    against: int
    abstained: int

    @property
    def total(self) -> int:
        return self.in_favour + self.against + self.abstained


def check_votes(votes: Votes | None, *, counted: bool, voices: int, outcome: Outcome) -> None:
    """Votes as the kind of sitting wants them, no more than the voices that take part in the item.

    Raises Refusal on `votes_for`. A decision that gives needs more voices for it than against.
    """
    if votes is None:
        if counted:
            raise Refusal("Indiquez les voix pour, contre et les abstentions.", "votes_for")
        return
    if not counted:
        raise Refusal("Cette instance ne vote pas : laissez les voix vides.", "votes_for")
    if votes.total > voices:
        raise Refusal(
            f"{votes.total} voix comptées pour {voices} voix présentes ou représentées, hors déports.", "votes_for"
        )
    if outcome in POSITIVE and votes.in_favour <= votes.against:
        raise Refusal("Le vote n’est pas favorable : choisissez une autre décision.", "outcome")


def votes_words(votes: Votes) -> str:
    """« pour 7, contre 1, abstention 2 »."""
    return f"pour {votes.in_favour}, contre {votes.against}, abstention {votes.abstained}"
