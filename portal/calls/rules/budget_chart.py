"""The chart of accounts as somebody quotes it: by number, by a finer number, by name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from portal.calls.states import Side
from portal.foundation.folding import fold

_NUMBERED = re.compile(r"(?P<code>\d{2,8})(?![\d,])\s*[-–—.:]*\s*(?P<rest>.*)", re.DOTALL)


@dataclass(frozen=True)
class Account:
    """An account of the chart under which a budget line may be typed."""

    side: str
    code: str
    label: str
    help: str | None
    unit_help: str | None
    group_code: str
    group_label: str
    is_in_kind: bool
    is_public_funding: bool

    @property
    def title(self) -> str:
        """« 606 — Autres fournitures »; the portal's own accounts have no number."""
        return f"{self.code} — {self.label}" if self.code.isdigit() else self.label


class UnknownAccount(ValueError):
    """What was written names no account; the message says what to write, in French."""


class Chart:
    """The accounts of a version, to be found as people name them."""

    def __init__(self, accounts: Sequence[Account]) -> None:
        self.accounts = tuple(accounts)
        self._by_code = {account.code: account for account in accounts}
        self._groups: dict[str, list[Account]] = {}
        for account in accounts:
            self._groups.setdefault(account.group_code, []).append(account)
        self._by_name = {fold(account.label): account for account in accounts}
        self._by_name |= {fold(account.title): account for account in accounts}
        alone = {fold(group[0].group_label): group[0] for group in self._groups.values() if len(group) == 1}
        self._by_name = alone | self._by_name

    def of(self, side: Side, code: str) -> Account | None:
        account = self._by_code.get(code)
        return account if account is not None and account.side == side.value else None

    def is_group(self, text: str) -> bool:
        """Whether the words only head a group: « 60 Achats », « Charges de personnel »."""
        numbered = _NUMBERED.fullmatch(text.strip())
        code = numbered["code"] if numbered else text.strip()
        if code in self._groups and code not in self._by_code:
            return True
        name = fold(text)
        return name not in self._by_name and any(fold(group[0].group_label) == name for group in self._groups.values())

    def named(self, text: str) -> tuple[Account, str]:
        """The account that a cell names, and what the cell says besides: « 606 Livres » → (606, « Livres »).

        A finer number of somebody's own accounts falls to ours: 6061 to 606. Raises UnknownAccount.
        """
        numbered = _NUMBERED.fullmatch(text.strip())
        if numbered is None:
            account = self._by_name.get(fold(text))
            if account is None:
                raise UnknownAccount(
                    f"Compte inconnu : « {_short(text)} ». Commencez la ligne par le numéro du compte, par exemple "
                    "606, ou par son intitulé exact."
                )
            return account, ""
        code, rest = numbered["code"], numbered["rest"].strip()
        for length in range(len(code), 1, -1):
            if account := self._by_code.get(code[:length]):
                return account, "" if fold(rest) == fold(account.label) else rest
        raise UnknownAccount(self._not_found(code))

    def _not_found(self, code: str) -> str:
        offered = [account.code for account in self._groups.get(code[:2], [])]
        if code[:2] == "74":
            return (
                "Ce que vous demandez dans cet appel se saisit à la rubrique « Les financements demandés ». Pour une "
                f"subvention demandée ailleurs, précisez le compte : {', '.join(offered)}."
            )
        if offered:
            return f"Le compte {code} ne se remplit pas ici : précisez {' ou '.join(offered)}."
        return f"Le compte {code} n’est pas dans le plan comptable du budget."


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"
