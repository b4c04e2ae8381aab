"""Bank account numbers, checked and told in plain French."""

from __future__ import annotations

from enum import StrEnum

from stdnum import bic as stdnum_bic
from stdnum import iban as stdnum_iban
from stdnum.exceptions import InvalidChecksum, ValidationError

from portal.foundation.folding import fold
from portal.foundation.refusals import Refusal

PHONES = frozenset({"phone", "representative_phone", "contact_phone"})
"""The numbers of the sheet: a call-back must not trust one that changed with the account."""


def iban_number(text: str) -> str:
    """An IBAN without spaces, its keys checked. Raises Refusal on `iban`."""
    try:
        return str(stdnum_iban.validate("".join(text.split())))
    except InvalidChecksum:
        message = "Cet IBAN n’existe pas : un caractère est sans doute mal recopié."
    except ValidationError:
        message = "Recopiez l’IBAN du RIB, par exemple FR76 3000 6000 0112 3456 7890 189."
    raise Refusal(message, "iban")


def bic_number(text: str) -> str:
    """A BIC (8 or 11 characters). Raises Refusal on `bic`."""
    try:
        return str(stdnum_bic.validate("".join(text.split())))
    except ValidationError:
        raise Refusal("Un BIC compte 8 ou 11 caractères, par exemple AGRIFRPP. Il figure sur le RIB.", "bic")


def grouped(iban: str) -> str:
    """« FR76 3000 6000 … », as printed on a RIB."""
    return str(stdnum_iban.format(iban))


def differs(holder: str, name: str) -> bool:
    """Whether an account is in a name that is not the organisation's, whatever accents and case."""
    held, called = fold(holder), fold(name)
    return held not in called and called not in held


class BankState(StrEnum):
    """Where the account of an organisation stands. Only a checked one is paid."""

    MISSING = "missing"
    TO_CHECK = "to_check"
    REJECTED = "rejected"
    CHECKED = "checked"

    @property
    def label(self) -> str:
        return _STATES[self.value][0]

    @property
    def tone(self) -> str:
        return _STATES[self.value][1]


_STATES = {
    "missing": ("Aucun compte", "neutral"),
    "to_check": ("À vérifier par téléphone", "warning"),
    "rejected": ("Non reconnu par la structure", "danger"),
    "checked": ("Vérifié", "success"),
}

_FROZEN = {
    BankState.MISSING: "La structure n’a pas donné de compte bancaire.",
    BankState.TO_CHECK: "Le compte bancaire n’a pas encore été vérifié par téléphone.",
    BankState.REJECTED: "La structure, appelée, n’a pas reconnu ce compte bancaire.",
}


def frozen_because(state: BankState) -> str | None:
    """Why payments wait, in words; None when they may go."""
    return _FROZEN.get(state)
