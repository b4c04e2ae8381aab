"""Envelopes: what is granted, what is left, what is refused."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.accounts.rules import HeldGrant, Role, ScopeKind
from portal.calls.models import Envelope, EnvelopeRevision
from portal.calls.operations import envelopes
from portal.calls.queries.envelopes import consumption, revisions
from portal.calls.queries.visibility import visible_applications
from portal.calls.rules.envelopes import OVERDRAWN, STEPPED_OUT
from portal.calls.states import ApplicationStatus, EnvelopeStatus
from portal.contracts.models import Nature
from portal.extensions import db
from portal.foundation.actors import SYSTEM, Actor
from portal.foundation.database import unit_of_work
from portal.foundation.events import history_of
from portal.foundation.refusals import Conflict, Refusal
from tests import factories
from tests.queries import counted
from tests.visitors import Visitor

FORECAST, NOTIFIED = EnvelopeStatus.FORECAST, EnvelopeStatus.NOTIFIED


@pytest.fixture
def call(app):
    return factories.call(factories.contract())


@pytest.fixture
def funder(app):
    return factories.funder()


def write(operation, *args, **values):
    with unit_of_work():
        return operation(*args, **values)


def stored(envelope):
    db.session.rollback()
    found = db.session.get_one(Envelope, envelope.id)
    return (found.status, found.amount_cents, found.granted_cents)


def actions(envelope):
    return [event.action for event in history_of("envelope", envelope.id)]


def test_an_envelope_is_created_then_revised_with_its_history(call, funder):
    values = {"status": FORECAST, "actor": SYSTEM}
    made = write(envelopes.set_envelope, call, funder.id, Nature.SPECIFIC, amount_cents=100_00, **values)
    write(
        envelopes.set_envelope,
        call,
        funder.id,
        Nature.SPECIFIC,
        amount_cents=80_00,
        status=NOTIFIED,
        reason="Notification du 3 mars",
        version=1,
        actor=SYSTEM,
    )
    assert stored(made) == (NOTIFIED, 80_00, 0)
    assert [(line.status, line.amount_cents, line.reason) for line in revisions(made.id)] == [
        (NOTIFIED, 80_00, "Notification du 3 mars"),
        (FORECAST, 100_00, None),
    ]
    assert actions(made) == ["envelope.created", "envelope.revised"]


def test_schemes_of_the_same_funder_are_distinct_envelopes(call, funder):
    for scheme in ("P147", "FIPD"):
        write(
            envelopes.set_envelope,
            call,
            funder.id,
            Nature.SPECIFIC,
            scheme,
            amount_cents=1,
            status=FORECAST,
            version=0,
            actor=SYSTEM,
        )
    assert [line.scheme for line in consumption(call.id)] == ["P147", "FIPD"]


def test_creating_an_envelope_that_exists_is_refused_beside_the_funder(call, funder):
    made = factories.envelope(call, funder, 100_00)
    with pytest.raises(Refusal, match="existe déjà") as refused:
        write(
            envelopes.set_envelope,
            call,
            funder.id,
            Nature.SPECIFIC,
            amount_cents=5,
            status=FORECAST,
            version=0,
            actor=SYSTEM,
        )
    assert refused.value.field == "funder_id"
    assert stored(made) == (FORECAST, 100_00, 0)


def test_grants_draw_and_give_back(call, funder):
    envelope = factories.envelope(call, funder, 100_00, NOTIFIED)
    for delta in (60_00, 40_00, -30_00):
        write(envelopes.draw, envelope.id, delta)
    assert stored(envelope) == (NOTIFIED, 100_00, 70_00)


def test_a_notified_envelope_is_not_overdrawn_and_says_what_is_left(call, funder):
    envelope = factories.envelope(call, funder, 1_234_56, NOTIFIED)
    with pytest.raises(Refusal) as refused:
        write(envelopes.draw, envelope.id, 1_234_57)
    assert refused.value.message == ("L’enveloppe notifiée n’y suffit pas\u00a0: il reste 1\u202f234,56\u00a0€.")
    assert stored(envelope) == (NOTIFIED, 1_234_56, 0)


def test_a_forecast_envelope_may_be_exceeded_but_then_not_be_notified_below(call, funder):
    envelope = factories.envelope(call, funder, 100_00)
    write(envelopes.draw, envelope.id, 150_00)
    for amount in (100_00, 149_99):
        with pytest.raises(Refusal, match=r"Dépassement à régulariser.* 150,00.€ sont déjà attribués") as refused:
            write(envelopes.revise_envelope, envelope, amount_cents=amount, status=NOTIFIED, reason="x", actor=SYSTEM)
        assert refused.value.field == "amount_cents"
    assert stored(envelope) == (FORECAST, 100_00, 150_00)
    write(envelopes.revise_envelope, envelope, amount_cents=150_00, status=NOTIFIED, reason="x", actor=SYSTEM)
    assert stored(envelope) == (NOTIFIED, 150_00, 150_00)


def test_a_notified_envelope_that_granted_something_stays_notified(call, funder):
    envelope = factories.envelope(call, funder, 100_00, NOTIFIED)
    write(envelopes.draw, envelope.id, 1_00)
    with pytest.raises(Refusal, match="ne peut pas redevenir prévisionnelle") as refused:
        write(envelopes.revise_envelope, envelope, amount_cents=100_00, status=FORECAST, reason="x", actor=SYSTEM)
    assert refused.value.field == "status"
    write(envelopes.draw, envelope.id, -1_00)
    write(envelopes.revise_envelope, envelope, amount_cents=100_00, status=FORECAST, reason="x", actor=SYSTEM)
    assert stored(envelope) == (FORECAST, 100_00, 0)


def test_giving_back_more_than_was_granted_is_a_mistake_of_the_program(call, funder):
    envelope = factories.envelope(call, funder, 100_00)
    with pytest.raises(ValueError, match="give back"):
        write(envelopes.draw, envelope.id, -1)


def test_the_second_writer_of_an_envelope_sees_both_values(call, funder):
    envelope = factories.envelope(call, funder, 100_00)
    write(envelopes.revise_envelope, envelope, amount_cents=90_00, status=NOTIFIED, reason="a", version=1, actor=SYSTEM)
    with pytest.raises(Conflict) as conflict:
        write(
            envelopes.revise_envelope,
            envelope,
            amount_cents=80_00,
            status=FORECAST,
            reason="b",
            version=1,
            actor=SYSTEM,
        )
    assert conflict.value.theirs == {"Montant": "90,00\u00a0€", "Statut": "Notifiée"}
    assert conflict.value.mine == {"Montant": "80,00\u00a0€", "Statut": "Prévisionnelle"}
    assert db.session.execute(sa.select(sa.func.count()).select_from(EnvelopeRevision)).scalar_one() == 1


def test_whoever_writes_past_the_operations_meets_the_check(call, funder):
    envelope = factories.envelope(call, funder, 100_00, NOTIFIED)

    def careless():
        with envelopes.refusing_overdraft():
            envelope.granted_cents = 100_01
            db.session.flush()

    with pytest.raises(Refusal) as refused:
        write(careless)
    assert refused.value.message == OVERDRAWN
    assert stored(envelope) == (NOTIFIED, 100_00, 0)


def test_consumption_adds_the_lines_of_filed_applications_only(call, funder):
    envelope = factories.envelope(call, funder, 100_00)
    by = factories.organisation()
    for status in ApplicationStatus:
        line = factories.funding_line(factories.application(call, by, status=status), funder, 10_00)
        with unit_of_work() as session:
            session.add(line)
            line.proposed_cents, line.granted_cents = 9_00, 8_00
    (found,) = consumption(call.id)
    counted_in = len(ApplicationStatus) - 3
    assert (found.id, found.requested_cents, found.proposed_cents, found.arbitrated_cents, found.granted_cents) == (
        envelope.id,
        10_00 * counted_in,
        9_00 * counted_in,
        0,
        8_00 * counted_in,
    )
    assert found.left_cents == 100_00 - 8_00 * counted_in


def test_a_line_tied_to_one_scheme_counts_there_and_an_untied_one_nowhere(call, funder):
    made = [
        write(
            envelopes.set_envelope,
            call,
            funder.id,
            Nature.SPECIFIC,
            scheme,
            amount_cents=100_00,
            status=FORECAST,
            actor=SYSTEM,
        )
        for scheme in ("P147", "FIPD")
    ]
    by = factories.organisation()
    tied, untied = (factories.application(call, by, status=ApplicationStatus.SUBMITTED) for _ in range(2))
    factories.funding_line(tied, funder, 7_00, made[1])
    factories.funding_line(untied, funder, 5_00)
    assert [(line.scheme, line.requested_cents) for line in consumption(call.id)] == [("P147", 0), ("FIPD", 7_00)]


def test_a_recused_person_reads_sums_without_what_they_stepped_out_of(call, funder):
    factories.envelope(call, funder, 100_00)
    kept, left = (
        factories.application(call, factories.organisation(), status=ApplicationStatus.SUBMITTED) for _ in range(2)
    )
    factories.funding_line(kept, funder, 10_00)
    factories.funding_line(left, funder, 20_00)
    officer = factories.staff(Role.OFFICER, call.contract)
    factories.recusal(officer, left)
    grants = [HeldGrant(Role.OFFICER, ScopeKind.CONTRACT, call.contract_id)]
    (whole,) = consumption(call.id)
    (partial,) = consumption(call.id, visible_applications(officer.id, grants))
    assert (whole.requested_cents, partial.requested_cents) == (30_00, 10_00)


def recused_manager(call, funder):
    """A manager who stepped out of an application that asks the funder."""
    left = factories.application(call, factories.organisation(), status=ApplicationStatus.SUBMITTED)
    factories.funding_line(left, funder, 60_00)
    manager = factories.staff(Role.MANAGER, call.contract)
    factories.recusal(manager, left)
    return manager


@pytest.mark.parametrize(("amount_cents", "status"), [(59_99, NOTIFIED), (60_00, NOTIFIED), (100_00, FORECAST)])
def test_who_stepped_out_of_a_part_of_an_envelope_does_not_revise_it_whatever_the_amount(
    call, funder, amount_cents, status
):
    envelope = factories.envelope(call, funder, 100_00, NOTIFIED)
    manager = recused_manager(call, funder)
    write(envelopes.draw, envelope.id, 60_00)
    with pytest.raises(Refusal) as refused:
        write(
            envelopes.revise_envelope,
            envelope,
            amount_cents=amount_cents,
            status=status,
            reason=None,
            actor=Actor.person(manager.id, manager.display_name),
        )
    assert refused.value.message == STEPPED_OUT
    assert stored(envelope) == (NOTIFIED, 100_00, 60_00)


def test_the_pages_lead_a_recused_manager_to_the_envelopes_of_other_funders_only(app, call, funder):
    mine = factories.envelope(call, factories.funder("Département d’essai"), 50_00)
    closed = factories.envelope(call, funder, 100_00, NOTIFIED)
    visitor = Visitor(app, recused_manager(call, funder))
    pages = {each: f"/appels/{call.id}/enveloppes/{each.id}" for each in (mine, closed)}
    links = "//a[contains(@href, '/reviser')]/@href"
    assert visitor.get(pages[mine]).tree.xpath(links) == [f"{pages[mine]}/reviser"]
    assert visitor.get(pages[closed]).tree.xpath(links) == []
    assert visitor.get(f"/programmation/{call.id}/enveloppes").tree.xpath(links) == [f"{pages[mine]}/reviser"]
    sent = visitor.post(f"{pages[closed]}/reviser", amount_cents="1", status="notified", version="1")
    assert sent.location == pages[closed]
    assert " ".join(STEPPED_OUT.split()) in visitor.get(pages[closed]).text
    assert stored(closed) == (NOTIFIED, 100_00, 0)


def test_what_goes_beyond_an_envelope_is_shown(call, funder):
    factories.envelope(call, funder, 100_00)
    line = factories.funding_line(
        factories.application(call, factories.organisation(), status=ApplicationStatus.SUBMITTED), funder, 300_00
    )
    with unit_of_work() as session:
        session.add(line)
        line.proposed_cents, line.arbitrated_cents = 100_01, 100_00
    (found,) = consumption(call.id)
    assert found.warnings == ["proposé au-delà de l’enveloppe"]


def test_consumption_takes_one_query_whatever_the_envelopes(call):
    for number in range(8):
        factories.envelope(call, factories.funder(f"Financeur {number}"), 100_00)
    call_id = call.id
    with counted() as queries:
        assert len(consumption(call_id)) == 8
    assert sum(statement.startswith("SELECT") for statement in queries.statements) == 1
