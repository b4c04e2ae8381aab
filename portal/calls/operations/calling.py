"""The Direction prepares a call, publishes it, extends it, ends it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from portal.calls.models import Application, Call, CallIndicator
from portal.calls.operations.calling_changes import STALE, change, claim, claim_rules, listed, shown
from portal.calls.operations.cycle import move_call
from portal.calls.operations.reminders import tell_beginners, write_to
from portal.calls.queries import calling as queries
from portal.calls.queries.deadlines import window_for
from portal.calls.rules import calling, cycle
from portal.calls.rules.calling import CallDates
from portal.calls.states import CallStatus, DauphinRule, PreviousBilansRule, ResidentsRule
from portal.contracts.queries import indicators
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.refusals import Conflict, Refusal, Refusals
from portal.quartiers.models import Quartier
from portal.quartiers.queries import quartiers_of


@dataclass(frozen=True)
class CallRules:
    """The rules of a call. `public_share_warn_bp` None switches that warning off."""

    previous_bilans_rule: PreviousBilansRule
    residents_rule: ResidentsRule
    public_share_warn_bp: int | None
    reversement_allowed: bool
    scoring_enabled: bool
    blind_scoring: bool
    dauphin_rule: DauphinRule = DauphinRule.OFF


# -- settings ---------------------------------------------------------------------------------------


def set_dates(call: Call, dates: CallDates, *, version: int, actor: Actor) -> None:
    """Set the dates of a call not yet published. Raises Refusals beside each wrong date."""
    calling.check_editable(call.status)
    dates.check()
    change(call, "call.dates_changed", asdict(dates), version=version, actor=actor)


def set_rules(call: Call, rules: CallRules, *, version: int, actor: Actor) -> None:
    calling.check_editable(call.status)
    change(call, "call.rules_changed", asdict(rules), version=version, actor=actor)


def set_scenarios(call: Call, *, is_enabled: bool, version: int, actor: Actor) -> None:
    """Open or close the aid of scenarios: the applicants' rules do not depend on it, so it may change until the end."""
    calling.check_not_archived(call.status)
    change(call, "call.scenarios_changed", {"scenarios_enabled": is_enabled}, version=version, actor=actor)


def set_presentation(
    call: Call, *, title: str, presentation: str, who_may_apply: str, version: int, actor: Actor, tell: bool = False
) -> None:
    """The words of a call: they may be made clearer until it ends. `tell` writes to those who have begun."""
    calling.check_not_archived(call.status)
    values = {"title": title.strip(), "presentation": presentation.strip(), "who_may_apply": who_may_apply.strip()}
    change(call, "call.presentation_changed", values, version=version, actor=actor)
    if tell and call.status is CallStatus.PUBLISHED:
        tell_beginners(call, "La page de l’appel a été précisée : relisez ce qui est attendu et qui peut répondre.")


def set_quartiers(call: Call, quartier_ids: Iterable[int], *, version: int, actor: Actor) -> None:
    """Choose the quartiers among those of the contract. Raises Refusal on one that is not its own."""
    wanted = set(quartier_ids)
    offered = {line.id: line.name for line in quartiers_of(call.contract_id)}
    if not wanted <= offered.keys():
        raise Refusal("Choisissez des quartiers du contrat.", "quartiers")
    mine = {"Quartiers": listed([name for id_, name in offered.items() if id_ in wanted])}
    claim_rules(call, version, theirs=lambda: {"Quartiers": listed(_quartier_names(call))}, mine=mine)
    before = _quartier_names(call)
    call.quartiers = [db.session.get_one(Quartier, id_) for id_ in offered if id_ in wanted]
    record(actor, "call.quartiers_changed", call, quartiers=[before, _quartier_names(call)])


def _quartier_names(call: Call) -> list[str]:
    return [quartier.name for quartier in call.quartiers]


def set_indicators(call: Call, choices: dict[int, bool], *, version: int, actor: Actor) -> None:
    """Offer indicators of the contract's catalogue: {indicator id: compulsory}.

    Raises Refusal on one that is not in the catalogue, or that is computed.
    """
    catalogue = {line.id: line.label for line in indicators(call.contract_id) if not line.is_derived}
    if not choices.keys() <= catalogue.keys():
        raise Refusal("Choisissez des indicateurs du catalogue du contrat.")
    names = {indicator.indicator_id: indicator.indicator.label for indicator in call.indicators} | catalogue
    claim_rules(
        call,
        version,
        theirs=lambda: _indicator_words(queries.offered_indicators(call.id), names),
        mine=_indicator_words(choices, names),
    )
    # Those already offered keep the order they were given.
    ordered = [*(each.indicator_id for each in call.indicators), *catalogue]
    for old in call.indicators:
        db.session.delete(old)
    db.session.flush()
    chosen = [indicator_id for indicator_id in dict.fromkeys(ordered) if indicator_id in choices]
    for position, indicator_id in enumerate(chosen, start=1):
        db.session.add(
            CallIndicator(
                call_id=call.id,
                indicator_id=indicator_id,
                is_compulsory=choices[indicator_id],
                position=position,
            )
        )
    db.session.flush()
    db.session.expire(call, ["indicators"])
    record(
        actor,
        "call.indicators_changed",
        call,
        compulsory=[names[id_] for id_ in chosen if choices[id_]],
        offered=[names[id_] for id_ in chosen if not choices[id_]],
    )


def _indicator_words(choices: dict[int, bool], names: dict[int, str]) -> dict[str, str]:
    def of(compulsory: bool) -> str:
        return listed([names.get(id_, "") for id_, wanted in choices.items() if wanted is compulsory])

    return {"Obligatoires": of(True), "Au choix": of(False)}


# -- steps ------------------------------------------------------------------------------------------


def publish_call(call: Call, *, actor: Actor, roles: Iterable[str]) -> None:
    """Make a call public. Raises Refusals naming all it still lacks."""
    move_call(call, "publish", actor=actor, roles=roles)


def archive_call(call: Call, *, actor: Actor, roles: Iterable[str]) -> None:
    """End a call. Raises Refusal while it takes applications or has some to decide."""
    move_call(call, "archive", actor=actor, roles=roles)


def extend_call(call: Call, wanted: datetime, reason: str, *, version: int, actor: Actor) -> None:
    """Move the closing of a published call and tell those who have begun an application."""
    if call.status is CallStatus.DRAFT:
        raise Refusal("L’appel n’est pas publié. Changez simplement ses dates.", "closes_at")
    calling.check_not_archived(call.status)
    if not claim(call, version):
        theirs = shown({"closes_at": call.closes_at, "extension_reason": call.extension_reason})
        mine = shown({"closes_at": wanted, "extension_reason": reason})
        raise Conflict(STALE, theirs=theirs, mine=mine, field="closes_at")
    before = call.closes_at
    call.closes_at = calling.extended_closing(before, wanted, clock.now())
    call.extension_reason = reason.strip()
    record(actor, "call.extended", call, closes_at=[before, call.closes_at], reason=call.extension_reason)
    for beginner in queries.beginners(call.id):
        write_to(
            beginner,
            call,
            "call_extended",
            f"extended:{beginner.application_id}:{beginner.person_id}:{call.closes_at:%Y%m%d%H%M}",
            reason=call.extension_reason,
        )


# -- guards -----------------------------------------------------------------------------------------


@cycle.CALL.guard("call_is_ready")
def _call_is_ready(call: Call, **_values: object) -> None:
    missing: Sequence[str] = calling.missing_to_publish(queries.contents_of(call), clock.now())
    if missing:
        raise Refusals([Refusal(words) for words in missing])


@cycle.CALL.guard("call_is_over")
def _call_is_over(call: Call, **_values: object) -> None:
    calling.check_over(call.closes_at, queries.undecided(call.id), clock.now())


@cycle.APPLICATION.guard("call_is_open")
def _call_is_open(
    application: Application,
    *,
    received_at: datetime | None = None,
    form_opened_at: datetime | None = None,
    **_values: object,
) -> None:
    """`received_at`: when the server received the request, now when not told.

    Whoever submits asks `closing_verdict` itself too, for the `late_seconds` of the event.
    """
    calling.closing_verdict(window_for(application, held=True), received_at or clock.now(), form_opened_at)
