"""What the tests of the opinions asked share: an address book, a demand sent, its link."""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa

from portal.committee.models import OpinionRequest
from portal.committee.states import OpinionRequestStatus
from portal.contracts.models import Contract, Funder, PartnerContact, PartnerKind
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.folding import fold
from portal.foundation.periods import to_paris
from tests.factories import save
from tests.integration.committee.scene import Scene, days_from_now
from tests.mailbox import Mailbox


def partner(
    contract: Contract, name: str, email: str | None = "service@partenaire.test", funder: Funder | None = None
) -> PartnerContact:
    return save(
        PartnerContact(
            contract_id=contract.id,
            name=name,
            name_fold=fold(name),
            kind=PartnerKind.LANDLORD,
            funder_id=funder.id if funder else None,
            email=email,
            email_fold=email.casefold() if email else None,
            created_at=clock.now(),
        )
    )


def ask(scene: Scene, *keys: str, days: int = 10, query: str = ""):
    """The Direction reads the selection, then sends exactly that."""
    path = f"/appels/{scene.call.id}/avis/demander?{'&'.join(f'a={key}' for key in keys)}{query}"
    page = scene.as_officer.get(path)
    (mark,) = page.tree.xpath('//input[@name="mark"]/@value') or [""]
    return scene.as_officer.post(path, mark=mark, due_on=days_from_now(days))


def asked_link(scene: Scene, mailbox: Mailbox, contact: PartnerContact, days: int = 10) -> str:
    """The link that a contact got for all the applications of the call."""
    mailbox.collect()
    assert ask(scene, f"c{contact.id}", days=days).location
    return mailbox.one().link


def requests() -> list[tuple[int, int | None, int | None, str]]:
    """(application, funder, contact, state) of each request, in order."""
    db.session.rollback()
    rows = db.session.execute(
        sa.select(
            OpinionRequest.application_id, OpinionRequest.funder_id, OpinionRequest.contact_id, OpinionRequest.status
        ).order_by(OpinionRequest.id)
    )
    return [(row[0], row[1], row[2], row[3].value) for row in rows]


def only_request() -> OpinionRequest:
    db.session.rollback()
    return db.session.execute(sa.select(OpinionRequest)).scalar_one()


def request_on(
    scene: Scene,
    application,
    *,
    contact: PartnerContact | None = None,
    funder: Funder | None = None,
    status: OpinionRequestStatus = OpinionRequestStatus.ASKED,
    due_in: int = 10,
) -> OpinionRequest:
    return save(
        OpinionRequest(
            application_id=application.id,
            contact_id=contact.id if contact else None,
            funder_id=funder.id if funder else None,
            status=status,
            due_on=today() + timedelta(days=due_in),
            asked_at=clock.now(),
        )
    )


def today() -> date:
    return to_paris(clock.now()).date()


def database() -> dict[str, list[tuple]]:
    """Everything that the database holds, to be compared before and after."""
    db.session.rollback()
    tables = db.metadata.sorted_tables
    found = {each.name: [tuple(row) for row in db.session.execute(sa.select(each))] for each in tables}
    db.session.rollback()
    return found
