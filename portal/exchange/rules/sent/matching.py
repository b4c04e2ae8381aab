"""Which funding line of the portal a row means: by reference, by number, else by SIRET and title."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from portal.calls.rules.dauphin import number_key
from portal.calls.states import ApplicationStatus, FundingStatus
from portal.exchange.rules.sent.cells import BadCell
from portal.foundation.folding import fold


@dataclass(frozen=True)
class KnownLine:
    """A funding line that its reader sees, with what names it. Money in cents; None is not said yet."""

    id: int
    application_id: int
    reference: str
    title: str
    organisation: str
    sirets: frozenset[str]
    number: str | None
    nature: str
    nature_label: str
    application_status: ApplicationStatus
    status: FundingStatus
    requested_cents: int | None
    proposed_cents: int | None
    arbitrated_cents: int | None
    granted_cents: int | None
    paid_cents: int | None
    envelope_id: int | None
    organisation_id: int = 0
    external_status: str | None = None

    @property
    def sirens(self) -> frozenset[str]:
        return frozenset(siret[:9] for siret in self.sirets)


@dataclass(frozen=True)
class Named:
    """What a row says of the application it is about; empty when it does not say."""

    reference: str = ""
    number: str = ""
    siret: str = ""
    title: str = ""
    nature: str = ""


UNKNOWN = "dossier inconnu de ce financeur dans cet appel."
_REFERENCE = re.compile(r"([0-9]{4})\s*-\s*([0-9]{1,6})")


@dataclass
class KnownLines:
    """The lines by what may name them."""

    lines: list[KnownLine]
    by_reference: dict[str, list[KnownLine]] = field(default_factory=dict)
    by_number: dict[str, list[KnownLine]] = field(default_factory=dict)
    by_siren: dict[str, list[KnownLine]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for line in self.lines:
            self.by_reference.setdefault(line.reference, []).append(line)
            if line.number:
                self.by_number.setdefault(number_key(line.number), []).append(line)
            for siren in line.sirens:
                self.by_siren.setdefault(siren, []).append(line)

    def found(self, named: Named) -> KnownLine:
        """The only line that a row may mean. Raises BadCell with the column's key in `args[1]` otherwise."""
        candidates = self._candidates(named)
        if named.nature:
            candidates = _of_nature(candidates, named.nature)
        if len(candidates) > 1:
            natures = ", ".join(f"« {line.nature_label} »" for line in candidates)
            raise BadCell(f"plusieurs financements possibles, dites lequel : {natures}.", "nature")
        return candidates[0]

    def _candidates(self, named: Named) -> list[KnownLine]:
        if named.reference:
            found = self._referenced(named.reference)
        elif named.number:
            found = self.by_number.get(number_key(named.number), [])
            if not found:
                raise BadCell(UNKNOWN, "number")
        elif named.siret and named.title:
            return self._titled(named)
        else:
            raise BadCell("cette ligne ne dit pas de quel dossier il s’agit.", "reference")
        if named.siret and named.siret[:9] not in found[0].sirens:
            raise BadCell(f"ce SIRET n’est pas celui de la structure du dossier {found[0].reference}.", "siret")
        return found

    def _referenced(self, reference: str) -> list[KnownLine]:
        read = _REFERENCE.fullmatch(reference)
        found = self.by_reference.get(f"{read[1]}-{int(read[2]):03d}", []) if read else []
        if not found:
            raise BadCell(UNKNOWN, "reference")
        return found

    def _titled(self, named: Named) -> list[KnownLine]:
        same = self.by_siren.get(named.siret[:9], [])
        if not same:
            raise BadCell("aucune structure de cet appel n’a ce SIRET.", "siret")
        found = [line for line in same if fold(line.title) == fold(named.title)]
        if not found:
            raise BadCell("aucun dossier de cette structure ne porte ce titre.", "title")
        if len({line.application_id for line in found}) > 1:
            raise BadCell("plusieurs dossiers de cette structure portent ce titre : indiquez leur numéro.", "title")
        return found


def _of_nature(lines: Iterable[KnownLine], nature: str) -> list[KnownLine]:
    found = [line for line in lines if fold(line.nature_label) == fold(nature)]
    if not found:
        raise BadCell("ce dossier ne demande rien à ce financeur dans cette nature de crédits.", "nature")
    return found
