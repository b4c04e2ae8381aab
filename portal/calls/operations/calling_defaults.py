"""A new call: from the defaults shipped with the portal, or from an earlier call. All becomes rows."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from portal.calls.models import (
    Call,
    CallIndicator,
    Criterion,
    CriterionLevel,
    DocumentRequirement,
    Envelope,
    EnvelopeRevision,
)
from portal.calls.operations.calling_questions import copy_questions
from portal.calls.operations.milestones import lay
from portal.calls.queries import calling as queries
from portal.calls.queries.milestones import steps_of, terms_of
from portal.calls.rules.calling import CallDates, default_dates, shifted_day
from portal.calls.rules.milestones import years_later
from portal.calls.states import CallKind, CallStatus, DocumentCase, EnvelopeStatus
from portal.contracts.models import Contract
from portal.contracts.queries import indicators
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.refusals import Refusal
from portal.quartiers.models import Quartier
from portal.quartiers.queries import quartiers_of

DATA = Path(__file__).parents[1] / "data"

COPIED = (
    "presentation",
    "who_may_apply",
    "grace_seconds",
    "chart_version",
    "previous_bilans_rule",
    "public_share_warn_bp",
    "residents_rule",
    "reversement_allowed",
    "dauphin_rule",
    "scoring_enabled",
    "blind_scoring",
    "pre_projects_enabled",
    "scenarios_enabled",
)


def create_call(
    contract: Contract, *, kind: CallKind, year: int, title: str, source: Call | None = None, actor: Actor
) -> Call:
    """A call in preparation, from the defaults or from `source`, a call of the same contract.

    A copy takes the rules, quartiers, documents, grid, indicators, questions, rétroplanning, and the
    envelopes as forecasts; its dates are those of the source at the same hours, as many years later as
    the calls are apart.
    """
    _check_new(contract, kind, year)
    dates = queries.dates_of(source).shifted(year - source.year) if source else default_dates(year)
    call = _bare_call(contract, kind, year, title, dates)
    if source is None:
        _from_defaults(call)
    else:
        _from_call(call, source, actor)
    db.session.flush()
    record(actor, "call.created", call, title=call.title, year=year, source=source.id if source else None)
    return call


def _check_new(contract: Contract, kind: CallKind, year: int) -> None:
    if not contract.start_year <= year <= contract.end_year:
        raise Refusal(f"Le contrat couvre les années {contract.start_year} à {contract.end_year}.", "year")
    if kind is CallKind.ANNUAL and queries.yearly_call(contract.id, year) is not None:
        raise Refusal(f"Le contrat a déjà un appel annuel pour {year}.", "year")


def _bare_call(contract: Contract, kind: CallKind, year: int, title: str, dates: CallDates) -> Call:
    call = Call(
        contract_id=contract.id,
        kind=kind,
        status=CallStatus.DRAFT,
        year=year,
        title=title.strip(),
        opens_at=dates.opens_at,
        closes_at=dates.closes_at,
        actions_start_on=dates.actions_start_on,
        actions_end_on=dates.actions_end_on,
        bilan_due_on=dates.bilan_due_on,
    )
    db.session.add(call)
    db.session.flush()
    return call


# -- from the defaults --------------------------------------------------------------------------------


@cache
def _shipped(name: str) -> list[dict[str, Any]]:
    return list(json.loads((DATA / name).read_text(encoding="utf-8")))


def _from_defaults(call: Call) -> None:
    call.quartiers = _quartiers_in_force(call)
    for position, document in enumerate(_shipped("documents.json"), start=1):
        values = document | {"case": DocumentCase(document["case"])}
        db.session.add(DocumentRequirement(call_id=call.id, position=position, **values))
    for position, line in enumerate(_shipped("grid.json"), start=1):
        db.session.add(
            Criterion(
                call_id=call.id,
                label=line["label"],
                help=line["help"],
                weight=line["weight"],
                position=position,
                levels=[CriterionLevel(level=level, descriptor=words) for level, words in enumerate(line["levels"])],
            )
        )
    catalogue = [line for line in indicators(call.contract_id) if not line.is_derived]
    for position, indicator in enumerate(catalogue, start=1):
        db.session.add(
            CallIndicator(
                call_id=call.id,
                indicator_id=indicator.id,
                is_compulsory=indicator.is_compulsory,
                position=position,
            )
        )


def _quartiers_in_force(call: Call) -> list[Quartier]:
    """The contract's quartiers still members when the actions take place."""
    members = [
        line.id
        for line in quartiers_of(call.contract_id)
        if line.ends_on is None or line.ends_on >= call.actions_start_on
    ]
    return [db.session.get_one(Quartier, quartier_id) for quartier_id in members]


# -- from an earlier call -------------------------------------------------------------------------------


def _from_call(call: Call, source: Call, actor: Actor) -> None:
    for name in COPIED:
        setattr(call, name, getattr(source, name))
    if source.pre_projects_until is not None:
        call.pre_projects_until = shifted_day(source.pre_projects_until, call.year - source.year)
    kept = {quartier.id for quartier in source.quartiers}
    call.quartiers = [quartier for quartier in _quartiers_in_force(call) if quartier.id in kept]
    for document in source.requirements:
        db.session.add(
            DocumentRequirement(
                call_id=call.id,
                code=document.code,
                label=document.label,
                help=document.help,
                case=document.case,
                is_compulsory=document.is_compulsory,
                is_reusable=document.is_reusable,
                valid_months=document.valid_months,
                position=document.position,
            )
        )
    for line in source.criteria:
        db.session.add(
            Criterion(
                call_id=call.id,
                label=line.label,
                help=line.help,
                weight=line.weight,
                position=line.position,
                levels=[CriterionLevel(level=each.level, descriptor=each.descriptor) for each in line.levels],
            )
        )
    _copy_indicators(call, source)
    _copy_milestones(call, source)
    copy_questions(call, source, actor=actor)
    _copy_envelopes(call, source, actor)


def _copy_indicators(call: Call, source: Call) -> None:
    """The same indicators, in the version the catalogue has now; a retired one is left behind."""
    in_force = {line.code: line.id for line in indicators(call.contract_id)}
    for chosen in source.indicators:
        if chosen.indicator.code in in_force:
            db.session.add(
                CallIndicator(
                    call_id=call.id,
                    indicator_id=in_force[chosen.indicator.code],
                    is_compulsory=chosen.is_compulsory,
                    position=chosen.position,
                )
            )


def _copy_milestones(call: Call, source: Call) -> None:
    """The same steps as many years later, none of them done."""
    for milestone in steps_of(source.id):
        lay(call, years_later(terms_of(milestone), call.year - source.year))


def _copy_envelopes(call: Call, source: Call, actor: Actor) -> None:
    """The same amounts, as forecasts: nobody has notified anything yet."""
    for envelope in source.envelopes:
        copy = Envelope(
            call_id=call.id,
            funder_id=envelope.funder_id,
            nature=envelope.nature,
            scheme=envelope.scheme,
            status=EnvelopeStatus.FORECAST,
            amount_cents=envelope.amount_cents,
            position=envelope.position,
        )
        db.session.add(copy)
        db.session.flush()
        db.session.add(
            EnvelopeRevision(
                envelope_id=copy.id,
                at=clock.now(),
                status=copy.status,
                amount_cents=copy.amount_cents,
                reason=f"Repris de « {source.title} »",
                person_id=actor.person_id,
            )
        )
