"""What moves a bilan: who, from where, under which guard, telling whom."""

from __future__ import annotations

from datetime import date
from typing import Any

from portal.accounts.rules import Role
from portal.evaluation.states import BilanKind
from portal.evaluation.states import BilanStatus as B
from portal.foundation.refusals import Refusal
from portal.foundation.transitions import TransitionTable, step

DIRECTION = frozenset({Role.OFFICER, Role.MANAGER})
AUTHORS = DIRECTION | {Role.APPLICANT}

RECEIVED = frozenset({B.SUBMITTED, B.ACCEPTED})
"""States in which a bilan counts as returned and its figures are added up."""

EDITABLE = frozenset({B.DUE, B.BEGUN, B.TO_CORRECT})
"""States in which its author may still write it."""

ANSWERED = RECEIVED | {B.NOT_CARRIED_OUT}
"""States that satisfy whoever waits for the bilan before another application."""


BILAN = TransitionTable(
    "le bilan",
    B,
    [
        step("begin", {B.DUE}, B.BEGUN, AUTHORS, "Commencer le bilan", "bilan.begun"),
        step(
            "submit",
            # A bilan written before its prolongation was answered is due again, with all its answers.
            {B.DUE, B.BEGUN, B.TO_CORRECT},
            B.SUBMITTED,
            AUTHORS,
            "Envoyer le bilan",
            "bilan.submitted",
            ("answered_in_full", "signed"),
        ),
        step(
            "ask_correction",
            {B.SUBMITTED},
            B.TO_CORRECT,
            DIRECTION,
            "Demander une correction",
            "bilan.correction_asked",
            ("reason_given",),
            "bilan_to_correct",
        ),
        step(
            "accept", {B.SUBMITTED}, B.ACCEPTED, DIRECTION, "Accepter le bilan", "bilan.accepted", (), "bilan_accepted"
        ),
        step(
            "declare_not_carried_out",
            {B.DUE, B.BEGUN, B.TO_CORRECT},
            B.NOT_CARRIED_OUT,
            AUTHORS,
            "Déclarer l’action non réalisée",
            "bilan.not_carried_out",
            ("reason_given",),
        ),
        step(
            "ask_postponement",
            {B.DUE, B.BEGUN},
            B.POSTPONEMENT_ASKED,
            AUTHORS,
            "Demander une prolongation",
            "bilan.postponement_asked",
            ("reason_given", "later_date"),
        ),
        step(
            "grant_postponement",
            {B.POSTPONEMENT_ASKED},
            B.DUE,
            DIRECTION,
            "Accorder la prolongation",
            "bilan.postponement_granted",
            (),
            "bilan_postponement",
        ),
        step(
            "refuse_postponement",
            {B.POSTPONEMENT_ASKED},
            B.DUE,
            DIRECTION,
            "Refuser la prolongation",
            "bilan.postponement_refused",
            ("reason_given",),
            "bilan_postponement",
        ),
    ],
)


@BILAN.guard("reason_given")
def _reason_given(_bilan: object, *, reason: str = "", **_values: Any) -> None:
    if not reason.strip():
        raise Refusal("Écrivez pourquoi : ces mots seront lus par l’autre partie.", "reason")


@BILAN.guard("later_date")
def _later_date(_bilan: object, *, until: date | None = None, due_on: date | None = None, **_values: Any) -> None:
    if until is None:
        raise Refusal("Indiquez la date demandée.", "until")
    if due_on is not None and until <= due_on:
        raise Refusal("La date demandée doit être postérieure à l’échéance actuelle.", "until")


@BILAN.guard("signed")
def _signed(
    _bilan: object, *, signatory_name: str = "", signatory_role: str = "", sincere: bool = False, **_values: Any
) -> None:
    if not signatory_name.strip():
        raise Refusal("Indiquez le nom de la personne qui signe.", "signatory_name")
    if not signatory_role.strip():
        raise Refusal("Indiquez la fonction de la personne qui signe.", "signatory_role")
    if not sincere:
        raise Refusal("Cochez l’attestation pour envoyer le bilan.", "sincere")


def default_due_on(year: int) -> date:
    """When a call says nothing: six months after the end of the calendar year of its actions."""
    return date(year + 1, 6, 30)


def awaited_kind(call_year: int, filing_year: int) -> BilanKind | None:
    """Which bilan of an action of `call_year` is looked at by whoever files for `filing_year`."""
    return {1: BilanKind.INTERIM, 2: BilanKind.FINAL}.get(filing_year - call_year)


def satisfies(kind: BilanKind, awaited: BilanKind) -> bool:
    """A final bilan also answers for an interim one."""
    return kind in {awaited, BilanKind.FINAL}


def is_late(status: B, due_on: date | None, today: date) -> bool:
    """A bilan whose day is past and that its author still holds."""
    return status in EDITABLE and due_on is not None and due_on < today
