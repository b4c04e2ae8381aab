"""What a page is about, so that an invented contract is told on every page about it."""

from __future__ import annotations

from typing import Any

from flask import g

from portal.accounts.rules import ScopeKind
from portal.contracts.models import Contract
from portal.extensions import db

DEMO_CONTRACT_NOTICE = "Contrat de démonstration : personnes, montants et notes fictifs."


def tell_demo(is_demo: bool) -> None:
    """Say whether the page of this request is about a contract whose content is invented."""
    g.about_demo_contract = is_demo


def about_demo_contract() -> bool:
    """What the page said, else what the thing of its address belongs to."""
    if "about_demo_contract" not in g:
        g.about_demo_contract = _is_demo(g.get("subject"))
    return bool(g.about_demo_contract)


def _is_demo(thing: Any) -> bool:
    if thing is None:
        return False
    contracts = set(thing.access_scopes().get(ScopeKind.CONTRACT, ())) or _through_call(thing)
    found = [db.session.get(Contract, each) for each in sorted(contracts)]
    # A thing shared with a real contract (a quartier) is not an invention.
    return bool(found) and all(contract is not None and contract.is_demo for contract in found)


def _through_call(thing: Any) -> set[int]:
    """A draft is in the scope of its organisation alone; its call still says the contract."""
    call = getattr(thing, "call", None) or getattr(getattr(thing, "application", None), "call", None)
    return {call.contract_id} if call is not None else set()
