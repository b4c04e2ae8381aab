"""The demonstration's contracts, its 2022 actions, and two calls of the invented contract."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from pathlib import Path

import portal.contracts
import portal.exchange
from portal.calls.models import Call
from portal.calls.operations import calling
from portal.calls.operations.calling_defaults import create_call
from portal.calls.operations.envelopes import set_envelope
from portal.calls.operations.milestones import adopt_offered
from portal.calls.rules.calling import CallDates
from portal.calls.rules.milestones import offered
from portal.calls.states import CallKind, DauphinRule, EnvelopeStatus
from portal.contracts.models import Contract, Funder, Nature
from portal.contracts.operations.loading import load_contract
from portal.contracts.rules.contract_file import read_contract_file
from portal.exchange.operations.actions import import_actions
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import SYSTEM, Actor
from portal.foundation.periods import from_paris_input, to_paris
from portal.site.demo import questions

CONTRACT_FILE = Path(portal.contracts.__file__).parent / "data" / "contrat_aix_2015_2023.json"
ACTIONS_FILE = Path(portal.exchange.__file__).parent / "data" / "actions_aix_2022.csv"
NAME = "Contrat de démonstration 2024-2030"
SLUG = "demonstration-2024-2030"

ENVELOPES = {"state": 60_000_00, "city": 70_000_00, "metropole": 20_000_00, "department": 15_000_00, "caf": 12_000_00}
"""What each kind of funder puts in the invented 2026 call, cents."""

PRESENTATION = (
    "Appel inventé pour la démonstration. Il soutient des actions menées avec et pour les habitants "
    "des quartiers prioritaires : éducation, emploi, santé, culture, sport, cadre de vie, accès aux droits."
)
WHO = (
    "Associations, établissements publics, bailleurs et entreprises solidaires qui agissent dans un "
    "quartier du contrat, pour une action et non pour leur fonctionnement."
)


def load_real_contract() -> Contract:
    """The contract 2015-2023 as the city printed it, and its actions of 2022."""
    loaded = load_contract(read_contract_file(CONTRACT_FILE.read_bytes()), actor=SYSTEM)
    contract = db.session.get_one(Contract, loaded.contract_id)
    import_actions(contract, 2022, ACTIONS_FILE, ACTIONS_FILE.name, actor=SYSTEM)
    return contract


def load_invented_contract() -> Contract:
    """The same taxonomy and quartiers under an invented contract; Pinette left the list in 2023."""
    document = json.loads(CONTRACT_FILE.read_text(encoding="utf-8"))
    document["contract"] = {
        "name": NAME,
        "slug": SLUG,
        "start_year": 2024,
        "end_year": 2030,
        "source": "Inventé pour la démonstration ; chiffres des quartiers : bilan 2022 de la Ville",
        "is_demo": True,
    }
    document["territories"] = [place for place in document["territories"] if place["kind"] == "qpv"]
    loaded = load_contract(read_contract_file(json.dumps(document).encode()), actor=SYSTEM)
    contract = db.session.get_one(Contract, loaded.contract_id)
    contract.contact_service = "Direction Politique de la Ville (démonstration)"
    contract.contact_address = "1 place de l’Exemple, 13100 Aix-en-Provence"
    contract.contact_email = "direction@demonstration.test"
    contract.contact_phone = "04 00 00 00 00"
    return contract


def funders_by_kind() -> dict[str, int]:
    """The first funder of each kind: {kind: id}."""
    found: dict[str, int] = {}
    for funder in db.session.query(Funder).order_by(Funder.position, Funder.id):
        found.setdefault(funder.kind.value, funder.id)
    return found


def make_past_call(contract: Contract, funders: dict[str, int], actor: Actor) -> Call:
    """The 2026 call: open in autumn 2025, published; its envelopes notified by the State and the city."""
    call = create_call(contract, kind=CallKind.ANNUAL, year=2026, title="Appel à projets 2026", actor=actor)
    dates = CallDates(
        opens_at=at(2025, 10, 1, 9),
        closes_at=at(2025, 11, 14, 18),
        actions_start_on=date(2026, 1, 1),
        actions_end_on=date(2026, 12, 31),
        bilan_due_on=date(2027, 6, 30),
    )
    _complete(call, dates, funders, actor)
    questions.ask(call, actor)
    return call


def make_open_call(source: Call, contract: Contract, funders: dict[str, int], actor: Actor) -> Call:
    """A 2027 call drawn from the 2026 one, open for a month from today."""
    call = create_call(
        contract, kind=CallKind.ANNUAL, year=2027, title="Appel à projets 2027", source=source, actor=actor
    )
    today = to_paris(clock.now()).replace(hour=18, minute=0, second=0, microsecond=0, tzinfo=None)
    dates = CallDates(
        opens_at=clock.now() - timedelta(days=7),
        closes_at=from_paris_input(today + timedelta(days=30)),
        actions_start_on=date(2027, 1, 1),
        actions_end_on=date(2027, 12, 31),
        bilan_due_on=date(2028, 6, 30),
    )
    # Notes are taken until ten days before the closing.
    call.pre_projects_enabled, call.pre_projects_until = True, (today + timedelta(days=20)).date()
    call.dauphin_rule = DauphinRule.WARN
    _complete(call, dates, {}, actor)
    # The 2026 call has no plan to take up: the usual steps around this closing.
    coming = [number for number, step in enumerate(offered(call.closes_at)) if step.starts_on > today.date()]
    adopt_offered(call, coming, actor=actor)
    return call


def _complete(call: Call, dates: CallDates, funders: dict[str, int], actor: Actor) -> None:
    calling.set_dates(call, dates, version=call.version, actor=actor)
    _read_again(call)
    calling.set_presentation(
        call,
        title=call.title,
        presentation=PRESENTATION,
        who_may_apply=WHO,
        version=call.version,
        actor=actor,
    )
    _read_again(call)
    for kind, amount_cents in ENVELOPES.items():
        if kind in funders:
            set_envelope(
                call,
                funders[kind],
                Nature.SPECIFIC if kind in ("state", "city") else Nature.CONTRACT_SHARE,
                amount_cents=amount_cents,
                status=EnvelopeStatus.NOTIFIED if kind in ("state", "city") else EnvelopeStatus.FORECAST,
                actor=actor,
            )


def at(year: int, month: int, day: int, hour: int = 10) -> datetime:
    """An instant of the story, Paris time."""
    return from_paris_input(datetime.combine(date(year, month, day), time(hour)))


def _read_again(call: Call) -> None:
    """Each change moves the call's version in the database."""
    db.session.flush()
    db.session.refresh(call)
