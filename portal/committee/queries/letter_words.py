"""All that the words of a letter need: what each placeholder stands for, who writes to whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from portal.accounts.models import Organisation
from portal.calls.models import Application, Call, FundingLine, Placement
from portal.calls.states import FundingStatus
from portal.committee.models import Decision, FundingAct, FundingActLine, Letter
from portal.committee.queries.convention_need import under_convention
from portal.committee.queries.scenario_mention import scenario_mention
from portal.committee.queries.templates import words_in_force
from portal.committee.rules import letters as rules
from portal.committee.rules.payments import TOLD
from portal.committee.rules.wording import Block, Value, one_line
from portal.committee.states import ActKind, LetterKind, TemplateKind
from portal.contracts.models import Contract, Funder
from portal.extensions import db
from portal.foundation.web.formats import date_fr, euros
from portal.quartiers.models import Quartier

FUNDED = (FundingStatus.GRANTED, *sorted(TOLD))
GRANTS = frozenset({TemplateKind.GRANT, TemplateKind.GRANT_LOWER})


@dataclass(frozen=True)
class Telling:
    """What a letter tells an applicant, and on what it rests.

    When words are tried, the act or the decision may not be there yet: « [acte à venir] » stands for it.
    """

    kind: TemplateKind
    application: Application
    made_at: datetime
    funder: Funder | None = None
    act: FundingAct | None = None
    decision: Decision | None = None

    @property
    def letter_kind(self) -> LetterKind:
        if self.kind in GRANTS:
            return LetterKind.GRANT
        return LetterKind.REJECTION if self.kind is TemplateKind.FUNDER_REFUSAL else LetterKind(self.kind.value)


def grant_kind(act: FundingAct, application: Application) -> TemplateKind:
    """Whether an act gives an application what it asked its funder, or less."""
    lines = lines_of_act(act.id, application.id)
    asked, given = _asked(lines), sum(line.granted_cents or 0 for line in lines)
    return TemplateKind.GRANT if asked is None or given >= asked else TemplateKind.GRANT_LOWER


def document(told: Telling, words: str | None = None) -> list[Block]:
    """The blocks of a letter, in the words in force or in those given."""
    contract_id = told.application.call.contract_id
    funder_id = told.funder.id if told.funder else None
    text = words_in_force(contract_id, told.kind, funder_id) if words is None else words
    return rules.letter(text, values_of(told), frame_of(told))


# -- around the words -----------------------------------------------------------------------------


def frame_of(told: Telling) -> rules.Frame:
    """A letter of a funder is signed for it, others for the Direction."""
    contract = told.application.call.contract
    author = told.funder.name if told.funder else contract.contact_service
    return rules.Frame(
        sender=(author, contract.name),
        recipient=_address(told.application.organisation),
        place_date=f"{contract.commune_name}, le {date_fr(told.made_at)}",
        signatory=_signatory(told.funder) if told.funder else author,
    )


def _signatory(funder: Funder) -> str:
    """Who the letter is signed for. Names come without an article, hence the brackets."""
    body = funder.deciding_body
    return f"Pour l’organisme attribuant : {funder.name}" + (f" ({body})" if body else "")


def _address(organisation: Organisation) -> tuple[str, ...]:
    place = " ".join(part for part in (organisation.postcode, organisation.town) if part)
    street = organisation.correspondence_address or organisation.address
    lines = (organisation.name, organisation.representative_name, street, place)
    return tuple(line for line in lines if line)


# -- what placeholders stand for ------------------------------------------------------------------


def values_of(told: Telling) -> dict[str, Value]:
    """What each placeholder of the letter's kind stands for."""
    lines = _lines(told)
    values = _common(told, lines) | {"motif": reason_of(told) or "[motif à venir]"}
    values["mention_scenario"] = scenario_mention(told.application.id)
    values["financeur"] = told.funder.name if told.funder else "[financeur]"
    if told.kind in GRANTS:
        return values | _of_grant(told, lines)
    rank = told.decision.waiting_rank if told.decision else None
    return values | {
        "decideur": _author(told.decision) if told.decision else "[décision à venir]",
        "rang": "[rang à venir]" if rank is None else str(rank),
    }


def _common(told: Telling, lines: Sequence[FundingLine]) -> dict[str, Value]:
    application = told.application
    organisation, call = application.organisation, application.call
    contract = call.contract
    who = (organisation.representative_name, organisation.representative_role)
    return {
        "reference": application.reference,
        "titre": one_line(application.title),
        "structure": organisation.name,
        "siret": organisation.siret or "non communiqué",
        "representant": ", ".join(part for part in who if part) or "son représentant légal",
        "quartiers": ", ".join(quartiers_of(application.id)) or "non communiqué",
        "appel": call.title,
        "annee": str(call.year),
        "contrat": contract.name,
        "date": date_fr(told.made_at),
        "montant_demande": euros(_asked(lines)),
        "contact": _contact(contract),
        "voies_de_recours": contract.appeal_notice or rules.APPEALS,
    }


def quartiers_of(application_id: int) -> list[str]:
    statement = (
        sa.select(Quartier.name)
        .join(Placement, Placement.quartier_id == Quartier.id)
        .where(Placement.application_id == application_id)
        .order_by(Quartier.position, Quartier.id)
    )
    return list(db.session.scalars(statement))


def _contact(contract: Contract) -> str:
    known = (contract.contact_service, contract.contact_address, contract.contact_phone, contract.contact_email)
    return ", ".join(part for part in known if part)


def _of_grant(told: Telling, lines: Sequence[FundingLine]) -> dict[str, Value]:
    contract = told.application.call.contract
    amounts = [(line.nature.label, _given(line)) for line in lines]
    convention = bool(under_convention(lines, FUNDED))
    return {
        "acte": act_words(told.act) if told.act else "[acte à venir]",
        "montant": euros(sum(cents for _label, cents in amounts)),
        "detail": [f"{label} : {euros(cents)}" for label, cents in amounts] if len(amounts) > 1 else [],
        "versement": rules.SIGNED_FIRST if convention else rules.paid_within(contract.payment_days),
        "bilan": _bilan_due(told.application.call),
    }


def _given(line: FundingLine) -> int:
    """What a line is given; before its act, what was last said of it."""
    said = (line.granted_cents, line.arbitrated_cents, line.proposed_cents, line.requested_cents)
    return next((cents for cents in said if cents is not None), 0)


def _bilan_due(call: Call) -> str:
    if call.bilan_due_on is not None:
        return f"au plus tard le {date_fr(call.bilan_due_on)}"
    return "dans les six mois qui suivent la fin de votre exercice comptable"


def act_words(act: FundingAct) -> str:
    """« délibération n° 2026-12 du 3 avril 2026 »."""
    kind = {ActKind.ORDER: "arrêté"}.get(act.kind, act.kind.label.lower())
    return f"{kind} n°\u00a0{act.number} du {date_fr(act.decided_on)}"


def reason_of(told: Telling) -> str:
    """Why it is refused, cut or adjourned, in the words of whoever decided; empty when nobody said."""
    decided = told.decision.reason if told.decision else ""
    if told.kind is TemplateKind.FUNDER_REFUSAL:
        return "\n".join(dict.fromkeys(line.refusal_reason for line in _lines(told) if line.refusal_reason))
    if told.kind in GRANTS:
        return (told.act.cut_reason if told.act else None) or decided
    return decided


def _author(decision: Decision) -> str:
    if decision.sitting is None:
        return f"la Direction, par délégation, le {date_fr(decision.decided_on)}"
    kind = "comité de pilotage" if decision.sitting.kind.arbitrates else "comité technique"
    return f"le {kind} du {date_fr(decision.decided_on)}"


# -- the lines a letter speaks of -----------------------------------------------------------------


def _lines(told: Telling) -> list[FundingLine]:
    """Those of its act; those of its funder, refused ones alone when there are; else all."""
    if told.act is not None:
        return lines_of_act(told.act.id, told.application.id)
    statement = sa.select(FundingLine).where(FundingLine.application_id == told.application.id)
    lines = list(db.session.scalars(statement.order_by(FundingLine.id)))
    if told.funder is None:
        return lines
    mine = [line for line in lines if line.funder_id == told.funder.id]
    refused = [line for line in mine if line.refusal_reason is not None]
    return refused if refused and told.kind is TemplateKind.FUNDER_REFUSAL else mine


def lines_of_act(act_id: int, application_id: int) -> list[FundingLine]:
    """The lines of an application that an act grants."""
    return list(
        db.session.scalars(
            sa.select(FundingLine)
            .join(FundingActLine, FundingActLine.funding_line_id == FundingLine.id)
            .where(FundingActLine.act_id == act_id, FundingLine.application_id == application_id)
            .order_by(FundingLine.id)
        )
    )


def lines_of_letter(letter: Letter) -> list[FundingLine]:
    """The lines that a grant letter tells of."""
    return lines_of_act(letter.act_id, letter.application_id) if letter.act_id is not None else []


def _asked(lines: Sequence[FundingLine]) -> int | None:
    """What was asked on lines, None when one is unknown."""
    asked = [line.requested_cents for line in lines]
    return None if None in asked else sum(cents or 0 for cents in asked)
