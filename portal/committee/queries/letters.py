"""The letters of an application, and all that their words need."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.accounts.models import Grant as RoleGrant
from portal.accounts.models import Organisation, OrganisationKind, Person
from portal.accounts.rules import MemberLevel, Role, ScopeKind
from portal.calls.models import Application, Call, FundingLine
from portal.calls.queries.visibility import recused_applications
from portal.committee.models import Decision, FundingAct, FundingActLine, Letter
from portal.committee.rules.letters import Grant, Heading, Rejection
from portal.committee.states import ActKind, Outcome
from portal.contracts.models import Contract, Funder
from portal.extensions import db
from portal.foundation.money import format_euros
from portal.foundation.web.formats import date_fr

PRIVATE_LAW = frozenset(
    {
        OrganisationKind.ASSOCIATION,
        OrganisationKind.FOUNDATION,
        OrganisationKind.MUTUAL,
        OrganisationKind.ESUS,
        OrganisationKind.LANDLORD,
    }
)
"""The bodies that must sign a convention above the threshold; the others are public."""


def letter_keyed(key: str) -> Letter | None:
    return db.session.scalars(sa.select(Letter).where(Letter.key == key)).one_or_none()


def letters_of(application_id: int) -> list[Letter]:
    """Every letter of an application, in the order made."""
    return list(
        db.session.scalars(sa.select(Letter).where(Letter.application_id == application_id).order_by(Letter.id))
    )


def lines_of_letter(letter: Letter) -> list[FundingLine]:
    """The lines that a grant letter tells of: those of its application in its act."""
    return list(
        db.session.scalars(
            sa.select(FundingLine)
            .join(FundingActLine, FundingActLine.funding_line_id == FundingLine.id)
            .where(FundingActLine.act_id == letter.act_id, FundingLine.application_id == letter.application_id)
            .order_by(FundingLine.id)
        )
    )


def has_ready_letter(line: FundingLine) -> bool:
    """Whether the letter of the act that granted a line is made, its PDF included."""
    found = (
        sa.select(Letter.id)
        .join(FundingActLine, FundingActLine.act_id == Letter.act_id)
        .where(
            FundingActLine.funding_line_id == line.id,
            Letter.application_id == line.application_id,
            Letter.file_id.is_not(None),
        )
    )
    return bool(db.session.execute(sa.select(found.exists())).scalar())


def readers_of(organisation_id: int) -> list[tuple[int, str]]:
    """Who is written to at a structure: its owners and editors, (person id, address)."""
    rows = db.session.execute(
        sa.select(Person.id, Person.email)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(
            RoleGrant.role == Role.APPLICANT,
            RoleGrant.scope_kind == ScopeKind.ORGANISATION,
            RoleGrant.scope_id == organisation_id,
            RoleGrant.level.in_((MemberLevel.OWNER, MemberLevel.EDITOR)),
            RoleGrant.ended_at.is_(None),
            Person.disabled_at.is_(None),
        )
        .distinct()
        .order_by(Person.id)
    )
    return [(row[0], row[1]) for row in rows]


def refusals_in_force(sitting_id: int, viewer_id: int | None) -> list[Decision]:
    """What a sitting refused and nothing replaced since, without what the viewer stepped out of."""
    statement = sa.select(Decision).where(
        Decision.sitting_id == sitting_id,
        Decision.superseded_at.is_(None),
        Decision.outcome.in_((Outcome.NOT_RETAINED, Outcome.INADMISSIBLE)),
    )
    if viewer_id is not None:
        statement = statement.where(Decision.application_id.not_in(recused_applications(viewer_id)))
    return list(db.session.scalars(statement.order_by(Decision.id)))


def letters_of_sitting(sitting_id: int, viewer_id: int) -> list[Letter]:
    """The letters that rest on the refusals of a sitting."""
    return list(
        db.session.scalars(
            sa.select(Letter)
            .join(Decision, Decision.id == Letter.decision_id)
            .where(
                Decision.sitting_id == sitting_id,
                Letter.funder_id.is_(None),
                Letter.application_id.not_in(recused_applications(viewer_id)),
            )
            .order_by(Letter.id)
            .options(joinedload(Letter.application).joinedload(Application.organisation))
            .options(joinedload(Letter.application).joinedload(Application.call))
        )
    )


def unsent_of_act(act_id: int, viewer_id: int | None) -> list[Letter]:
    """The letters of an act that are ready and were not sent, without what the viewer stepped out of."""
    statement = sa.select(Letter).where(Letter.act_id == act_id, Letter.sent_at.is_(None), Letter.file_id.is_not(None))
    if viewer_id is not None:
        statement = statement.where(Letter.application_id.not_in(recused_applications(viewer_id)))
    return list(db.session.scalars(statement.order_by(Letter.id)))


# -- what the words need --------------------------------------------------------------------------


def heading_of(letter: Letter) -> Heading:
    """The head and foot of a letter; a letter of a funder is signed for it, others for the Direction."""
    application, contract = letter.application, letter.application.call.contract
    author = letter.funder.name if letter.funder else contract.contact_service
    return Heading(
        sender=(author, contract.name),
        recipient=_address(application.organisation),
        place_date=f"{contract.commune_name}, le {date_fr(letter.made_at)}",
        reference=application.reference,
        title=application.title,
        call=application.call.title,
        contact=_contact(contract),
        appeals=contract.appeal_notice or "",
        signatory=_signatory(letter.funder) if letter.funder else author,
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


def _contact(contract: Contract) -> str:
    known = (contract.contact_service, contract.contact_address, contract.contact_phone, contract.contact_email)
    return ", ".join(part for part in known if part)


def grant_of(letter: Letter) -> Grant:
    """What a grant letter says of its act."""
    act, application = letter.act, letter.application
    if act is None:
        raise ValueError(f"letter {letter.id} has no act")
    lines = lines_of_letter(letter)
    requested = [line.requested_cents for line in lines]
    contract = application.call.contract
    return Grant(
        funder=act.funder.name,
        act=act_words(act),
        lines=tuple((line.nature.label, line.granted_cents or 0) for line in lines),
        requested_cents=None if None in requested else sum(cents or 0 for cents in requested),
        bilan_due=_bilan_due(application.call),
        payment_days=contract.payment_days,
        convention=_needs_convention(application, act.funder_id, contract),
    )


def _bilan_due(call: Call) -> str:
    if call.bilan_due_on is not None:
        return f"au plus tard le {date_fr(call.bilan_due_on)}"
    return "dans les six mois qui suivent la fin de votre exercice comptable"


def _needs_convention(application: Application, funder_id: int, contract: Contract) -> bool:
    """Above the threshold from one funder in the year, all actions together, for private bodies."""
    if application.organisation.kind not in PRIVATE_LAW:
        return False
    total = db.session.execute(
        sa.select(sa.func.coalesce(sa.func.sum(FundingLine.granted_cents), 0))
        .join(Application, Application.id == FundingLine.application_id)
        .join(Call, Call.id == Application.call_id)
        .where(
            Application.organisation_id == application.organisation_id,
            Call.year == application.call.year,
            FundingLine.funder_id == funder_id,
        )
    ).scalar_one()
    return int(total or 0) > contract.convention_threshold_cents


def act_words(act: FundingAct) -> str:
    """« délibération n° 2026-12 du 3 avril 2026 »."""
    kind = {ActKind.ORDER: "arrêté"}.get(act.kind, act.kind.label.lower())
    return f"{kind} n°\u00a0{act.number} du {date_fr(act.decided_on)}"


def rejection_of(letter: Letter) -> Rejection:
    """What a letter of refusal says: of a decision of the committee, or of one funder."""
    if letter.decision is not None and letter.funder_id is None:
        return Rejection(by=_author(letter.decision), reason=letter.decision.reason)
    refused = refused_lines(letter.application_id, letter.funder_id)
    asked = sum(line.requested_cents or 0 for line in refused)
    request = f"la demande de subvention de {format_euros(asked)}" if asked else "la demande de subvention"
    reasons = dict.fromkeys(line.refusal_reason or "" for line in refused)
    return Rejection(by=letter.funder.name if letter.funder else "", reason="\n".join(reasons), request=request)


def _author(decision: Decision) -> str:
    if decision.sitting is None:
        return f"la Direction, par délégation, le {date_fr(decision.decided_on)}"
    kind = "comité de pilotage" if decision.sitting.kind.arbitrates else "comité technique"
    return f"le {kind} du {date_fr(decision.decided_on)}"


def refused_lines(application_id: int, funder_id: int | None) -> list[FundingLine]:
    """The lines of an application that a funder refused."""
    return list(
        db.session.scalars(
            sa.select(FundingLine)
            .where(
                FundingLine.application_id == application_id,
                FundingLine.funder_id == funder_id,
                FundingLine.refusal_reason.is_not(None),
            )
            .order_by(FundingLine.id)
        )
    )


def sent_letters(application_id: int) -> list[tuple[Letter, datetime]]:
    """The letters that reached the applicant, the latest first."""
    return [(letter, letter.sent_at) for letter in reversed(letters_of(application_id)) if letter.sent_at is not None]
