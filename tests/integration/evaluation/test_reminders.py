"""Reminders of bilans: on the set days around their date, once each; what settles a bilan ends them."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.accounts.rules import Role
from portal.calls.models import FundingLine
from portal.calls.operations.cycle import move_application
from portal.calls.states import FundingStatus
from portal.committee.queries.payments import courses
from portal.evaluation.models import Bilan
from portal.evaluation.operations import cycle
from portal.evaluation.operations.reminders import remind_bilans
from portal.evaluation.states import BilanStatus
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import SYSTEM
from portal.foundation.database import unit_of_work
from portal.foundation.outbox import Mail
from portal.foundation.periods import to_paris
from tests.visitors import Visitor


def today():
    return to_paris(clock.now()).date()


def fresh(bilan: Bilan) -> Bilan:
    db.session.rollback()
    return db.session.get_one(Bilan, bilan.id, populate_existing=True)


def due_in(bilan: Bilan, days: int) -> None:
    with unit_of_work() as session:
        session.get_one(Bilan, bilan.id).due_on = today() + timedelta(days=days)


def reminded() -> int:
    for _ in range(2):
        with unit_of_work():
            remind_bilans()
    return db.session.scalar(sa.select(sa.func.count()).where(Mail.template == "bilan_reminder")) or 0


@pytest.mark.parametrize(
    ("days", "mails"),
    [(31, 0), (30, 1), (27, 1), (26, 0), (7, 1), (0, 0), (-6, 0), (-7, 1), (-10, 1), (-11, 0), (-30, 1)],
)
def test_authors_are_reminded_on_the_set_days_and_a_little_after(world, days, mails):
    due_in(world.bilan(), days)
    assert reminded() == mails


def test_the_contract_sets_the_days_or_none(world):
    due_in(world.bilan(), 10)
    assert reminded() == 0
    with unit_of_work():
        world.contract.bilan_reminder_days = "-10"
    assert reminded() == 1
    with unit_of_work():
        world.contract.bilan_reminder_days = ""
    due_in(world.bilan(), 30)
    assert reminded() == 1


def test_a_bilan_that_was_sent_is_reminded_no_more(world):
    bilan = world.bilan()
    due_in(bilan, 7)
    with unit_of_work() as session:
        session.get_one(Bilan, bilan.id).status = BilanStatus.SUBMITTED
    assert reminded() == 0


def test_a_later_date_has_its_own_reminders(app, world):
    bilan = world.bilan()
    due_in(bilan, 7)
    assert reminded() == 1
    later = today() + timedelta(days=30)
    applicant = world.applicant(app)
    at = f"/bilans/{bilan.id}"
    applicant.post(f"{at}/prolongation", until=f"{later:%d/%m/%Y}", reason="Travaux dans la salle")
    assert reminded() == 1
    direction = world.visitor(app, Role.OFFICER)
    assert "Travaux dans la salle" in direction.get(at).text
    direction.post(f"{at}/reponse-prolongation", answer="grant", reason="D’accord")
    page = applicant.get(at)
    assert "Prolongation accordée jusqu’au" in page.text and "D’accord" in page.text
    assert reminded() == 2


def test_a_refused_prolongation_says_why_to_both(app, world):
    bilan = world.bilan()
    later = fresh(bilan).due_on + timedelta(days=60)
    at = f"/bilans/{bilan.id}"
    applicant, direction = world.applicant(app), world.visitor(app, Role.OFFICER)
    applicant.post(f"{at}/prolongation", until=f"{later:%d/%m/%Y}", reason="Manque de temps")
    direction.post(f"{at}/reponse-prolongation", answer="refuse", reason="La date ne peut pas bouger.")
    for visitor in (applicant, direction):
        page = visitor.get(at)
        assert "Prolongation refusée" in page.text and "La date ne peut pas bouger." in page.text


# -- what an action that does not take place leads to ------------------------------------------


def test_an_attestation_says_what_is_to_be_repaid_and_frees_the_rest(app, world):
    bilan = world.bilan()
    line_id = world.application.funding_lines[0].id
    with unit_of_work() as session:
        line = session.get_one(FundingLine, line_id)
        line.paid_cents, line.status = 1_000_00, FundingStatus.PAID_IN_PART
    applicant = world.applicant(app)
    at = f"/bilans/{bilan.id}/non-realisee"
    assert "1 000,00 €" in plain(applicant.get(at).text)
    assert applicant.post(at, reason="La salle a fermé").status_code == 302
    line = db.session.get_one(FundingLine, line_id)
    assert (line.status, line.granted_cents, line.paid_cents) == (FundingStatus.PAID, 1_000_00, 1_000_00)
    page = applicant.get(f"/dossiers/{world.application.id}/apres-decision")
    assert "Somme à reverser" in page.text and "1 000,00 € versés" in plain(page.text)


def plain(text):
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def test_an_action_given_up_elsewhere_has_no_bilan_to_return(world):
    bilan = world.bilan()
    with unit_of_work():
        move_application(
            world.application, "not_carried_out", actor=SYSTEM, roles={Role.APPLICANT}, reason="Renoncement"
        )
    assert fresh(bilan).status is BilanStatus.NOT_CARRIED_OUT
    assert fresh(bilan).not_carried_out_reason == "Le porteur a renoncé à l’action."


def test_an_accepted_bilan_opens_the_balance(app, world):
    bilan = world.bilan()
    with unit_of_work() as session:
        session.get_one(Bilan, bilan.id).status = BilanStatus.SUBMITTED
    with unit_of_work():
        cycle.accept(fresh(bilan), actor=SYSTEM, roles={Role.OFFICER})
    line = db.session.get_one(FundingLine, world.application.funding_lines[0].id)
    (course,) = courses([line])
    assert course.grant.bilan_accepted_on == today()
    assert Visitor(app, world.owner).get(f"/dossiers/{world.application.id}/apres-decision").status_code == 200
