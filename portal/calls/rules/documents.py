"""Which documents of the call's list an application must join."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portal.calls.rules.filing import JoinedDocument, Requirement
from portal.calls.states import DocumentCase


@dataclass(frozen=True)
class Situation:
    """What of an application decides its list of documents. None is not known yet."""

    is_private: bool
    is_renewal: bool | None
    is_multi_year: bool
    public_subsidies_cents: int | None
    threshold_cents: int

    @property
    def is_over_threshold(self) -> bool:
        return self.public_subsidies_cents is not None and self.public_subsidies_cents > self.threshold_cents


def asked_of(requirements: Iterable[Requirement], situation: Situation) -> tuple[Requirement, ...]:
    """The documents asked in that situation, in the call's order."""
    holds = {
        DocumentCase.ALWAYS: True,
        DocumentCase.PRIVATE: situation.is_private,
        DocumentCase.PUBLIC_BODY: not situation.is_private,
        DocumentCase.FIRST: situation.is_private and situation.is_renewal is False,
        DocumentCase.RENEWAL: situation.is_renewal is True,
        DocumentCase.OVER_THRESHOLD: situation.is_over_threshold,
        DocumentCase.MULTI_YEAR: situation.is_multi_year,
    }
    return tuple(requirement for requirement in requirements if holds[requirement.case])


def lacking(requirements: Sequence[Requirement], joined: Sequence[JoinedDocument]) -> tuple[Requirement, ...]:
    """The compulsory documents not joined yet."""
    there = {document.requirement_id for document in joined}
    return tuple(asked for asked in requirements if asked.is_compulsory and asked.id not in there)
