"""The number that DAUPHIN, the State's own tool, gives to a request: how it is read, and when a call asks for it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from portal.calls.rules.filing import AskedFunding
from portal.calls.states import ApplicationStatus, DauphinRule
from portal.calls.states import FundingStatus as F
from portal.foundation.refusals import Refusal

LONGEST = 40
TAKEN = "Ce numéro DAUPHIN est déjà celui d’un autre dossier de cet appel : relisez-le sur l’accusé de réception."
_READABLE = re.compile(r"[0-9A-Za-z][0-9A-Za-z ._/-]*")
_FEWEST_DIGITS = 3
_CREDITS = "specific"

GIVEN_BY_APPLICANT = frozenset({F.REQUESTED, F.OPINION_GIVEN, F.PROPOSED, F.ARBITRATED, F.AWAITING_ASSEMBLY,
                                F.FILED_ELSEWHERE})  # fmt: skip
"""States of the State's line in which its organisation may still give or correct the number."""

_GONE = frozenset({ApplicationStatus.ABANDONED, ApplicationStatus.WITHDRAWN, ApplicationStatus.CLOSED})


def checked_number(text: str) -> str:
    """The number as it is kept: single spaces, capitals; empty when nothing was typed.

    Lenient, since the tool's numbers have changed of shape: letters, digits and their usual separators.
    Raises Refusal on `number`.
    """
    number = " ".join(text.split()).upper()
    if not number:
        return ""
    if len(number) > LONGEST:
        raise Refusal(f"Un numéro DAUPHIN a au plus {LONGEST} caractères.", "number")
    if _READABLE.fullmatch(number) is None or sum(char.isdigit() for char in number) < _FEWEST_DIGITS:
        raise Refusal(
            "Recopiez le numéro donné par DAUPHIN : des chiffres, avec des lettres s’il y en a, sans autre texte.",
            "number",
        )
    return number


def number_key(number: str) -> str:
    """What makes two numbers the same: neither separators, case, nor zeros in front."""
    return "".join(char for char in number.upper() if char.isalnum()).lstrip("0")


def check_removal(status: F) -> None:
    """A line told to be in the other tool keeps its number. Raises Refusal on `number`."""
    if status is F.FILED_ELSEWHERE:
        raise Refusal("La demande est signalée comme déposée sur DAUPHIN : corrigez le numéro au lieu de l’effacer.",
                      "number")  # fmt: skip


def may_applicant_give(application: ApplicationStatus, line: F) -> bool:
    """Whether the organisation may still give the number: until the State has decided."""
    return application not in _GONE and line in GIVEN_BY_APPLICANT


def is_of_the_state(asked: AskedFunding) -> bool:
    """Whether a request is one that DAUPHIN takes: the State's credits of politique de la ville."""
    return asked.is_state and asked.nature == _CREDITS


def lacking(rule: DauphinRule, funding: Iterable[AskedFunding]) -> list[Refusal]:
    """The number, when the call does not let an application be filed without it."""
    if rule is not DauphinRule.BLOCK:
        return []
    told = "Déposez d’abord la demande à l’État sur DAUPHIN, puis indiquez ici le numéro reçu."
    return [Refusal(told, f"ref_{_key(each)}") for each in _without_number(funding)]


def warnings(rule: DauphinRule, funding: Iterable[AskedFunding]) -> list[str]:
    if rule is not DauphinRule.WARN or not _without_number(funding):
        return []
    return [
        "Cet appel demande de déposer aussi sur DAUPHIN la demande faite à l’État, et d’indiquer ici le numéro reçu. "
        "Vous pouvez déposer ce dossier sans attendre, puis donner le numéro depuis la page du dossier."
    ]


def _without_number(funding: Iterable[AskedFunding]) -> list[AskedFunding]:
    return [each for each in funding if is_of_the_state(each) and not each.external_ref]


def _key(asked: AskedFunding) -> str:
    return f"{asked.funder_id}_{asked.nature}"
