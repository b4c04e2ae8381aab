"""Letters: only on an act or on a decision in force; the applicant knows nothing before."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from portal.accounts.rules import MemberLevel, Role
from portal.calls.models import Application, FundingLine
from portal.calls.operations.cycle import move_application, move_funding
from portal.calls.queries.outcome import known_to_applicant
from portal.calls.states import ApplicationStatus, FundingStatus
from portal.committee.models import Adjustment, Decision, Letter
from portal.committee.operations import letters as operations
from portal.committee.operations.acts import ActTerms, record_act
from portal.committee.operations.closing import close_application
from portal.committee.states import ActKind, AdjustmentStatus, LetterKind, Outcome
from portal.contracts.models import Nature
from portal.extensions import db
from portal.foundation.database import unit_of_work
from portal.foundation.outbox import Mail
from portal.foundation.refusals import Refusal
from tests import factories
from tests.integration.committee.deciding import Scene, make_scene


@pytest.fixture
def scene(app) -> Scene:
    return make_scene(app)


def recipients(template):
    return [mail.recipient for mail in db.session.query(Mail).filter_by(template=template)]


def granted(scene):
    application = scene.application()
    scene.arbitrate(application, city=4_000_00, state=1_000_00)
    return application, scene.act(application, 3_500_00)


def test_an_act_leads_to_letters_then_to_a_notification_that_the_applicant_reads(scene):
    application, act = granted(scene)
    owner = scene.member(application)
    reader = factories.member(application.organisation, MemberLevel.READER)
    agent = scene.visit(Role.FUNDER_AGENT)
    assert known_to_applicant(application.id) is None
    assert agent.post(f"/actes/{act.id}/courriers").status_code == 302
    letter = db.session.query(Letter).one()
    applicant = scene.visit(owner)
    scene.render()
    assert applicant.get(f"/courriers/{letter.id}.pdf").status_code == 404
    assert agent.get(f"/courriers/{letter.id}.pdf").data.startswith(b"%PDF")
    page = agent.get(f"/actes/{act.id}/notifier")
    assert application.title in page.text
    assert agent.post(f"/actes/{act.id}/notifier").status_code == 302
    assert applicant.get(f"/courriers/{letter.id}.pdf").data.startswith(b"%PDF")
    known = known_to_applicant(application.id)
    assert known.outcome_label == Outcome.RETAINED_LOWER.label
    assert [(line.funder_name, line.granted_cents, line.act) for line in known.lines] == [
        ("Ville d’essai", 3_500_00, "délibération n°\u00a02026-1 du 3\u00a0avril 2026")
    ]
    assert recipients("funding_notified") == [owner.email]
    assert reader.email not in recipients("funding_notified")
    assert db.session.get(Application, application.id).outcome_known_at is not None


def test_making_letters_twice_makes_them_once(scene):
    _application, act = granted(scene)
    actor = scene.actor(Role.FUNDER_AGENT)
    made = []
    for _ in range(2):
        with unit_of_work():
            made.append(operations.make_grant_letters(act, actor=actor, roles={Role.FUNDER_AGENT}))
    assert made == [1, 0]
    assert db.session.query(Letter).count() == 1


def prepared(scene):
    application, act = granted(scene)
    actor = scene.actor(Role.FUNDER_AGENT)
    with unit_of_work():
        operations.make_grant_letters(act, actor=actor, roles={Role.FUNDER_AGENT})
    return application, act, db.session.query(Letter).one()


def test_a_letter_not_ready_is_not_notified(scene):
    application, _act, letter = prepared(scene)
    page = scene.visit(Role.FUNDER_AGENT).post(f"/courriers/{letter.id}/notifier")
    assert page.errors == {"": "Le courrier n’est pas encore prêt. Réessayez dans un instant."}
    actor = scene.actor(Role.FUNDER_AGENT)
    with pytest.raises(Refusal, match="pas encore prêt"), unit_of_work():
        move_funding(scene.line(application), "notify", actor=actor, roles={Role.FUNDER_AGENT})


def test_a_notification_happens_once_by_those_who_may(scene):
    application, _act, letter = prepared(scene)
    scene.render()
    steering = scene.actor(Role.STEERING)
    with pytest.raises(Refusal, match="qualité"), unit_of_work():
        operations.notify(letter, actor=steering, roles={Role.STEERING})
    with pytest.raises(Refusal, match="qualité"), unit_of_work():
        operations.notify(letter, actor=steering, roles={Role.DELEGATE})
    actor = scene.actor(Role.OFFICER)
    with unit_of_work():
        operations.notify(letter, actor=actor, roles={Role.OFFICER})
    assert scene.line(application).status is FundingStatus.NOTIFIED
    with pytest.raises(Refusal, match="déjà fait"), unit_of_work():
        operations.notify(letter, actor=actor, roles={Role.OFFICER})


def act_of_two(scene):
    """An act of the city on two applications, their letters ready."""
    applications = [scene.application() for _ in range(2)]
    for each in applications:
        scene.arbitrate(each, city=4_000_00, state=1_000_00)
    actor, terms = scene.actor(Role.FUNDER_AGENT), ActTerms(ActKind.DELIBERATION, "2026-9", date(2026, 4, 3))
    with unit_of_work():
        amounts = {scene.line(each).id: 3_000_00 for each in applications}
        act = record_act(scene.call, scene.city, terms, amounts, actor=actor, roles={Role.FUNDER_AGENT})
        operations.make_grant_letters(act, actor=actor, roles={Role.FUNDER_AGENT})
    scene.render()
    return act, applications


def test_a_grant_given_up_before_its_letter_left_holds_back_no_other(scene):
    act, (given_up, kept) = act_of_two(scene)
    with unit_of_work():
        move_application(given_up, "not_carried_out", actor=scene.actor(), roles={Role.OFFICER}, reason="Équipe partie")
    agent, path = scene.visit(Role.FUNDER_AGENT), f"/actes/{act.id}/notifier"
    page = agent.get(path)
    assert (kept.reference in page.text, given_up.reference in page.text) == (True, False)
    assert agent.post(path).status_code == 302
    sent = [letter.application_id for letter in db.session.query(Letter) if letter.sent_at]
    assert sent == [kept.id]


def test_a_grant_given_up_before_its_letter_was_made_holds_back_no_other(scene):
    given_up, kept = (scene.application(city=3_000_00, state=0) for _ in range(2))
    for each in (given_up, kept):
        scene.decide(each, Outcome.RETAINED, "")
        with unit_of_work():
            scene.line(each).status, scene.line(each).arbitrated_cents = FundingStatus.ARBITRATED, 3_000_00
    actor, terms = scene.actor(Role.FUNDER_AGENT), ActTerms(ActKind.DELIBERATION, "2026-9", date(2026, 4, 3))
    with unit_of_work():
        amounts = {scene.line(each).id: 3_000_00 for each in (given_up, kept)}
        act = record_act(scene.call, scene.city, terms, amounts, actor=actor, roles={Role.FUNDER_AGENT})
        move_application(given_up, "not_carried_out", actor=scene.actor(), roles={Role.OFFICER}, reason="Équipe partie")
    assert scene.visit(Role.FUNDER_AGENT).post(f"/actes/{act.id}/courriers").status_code == 302
    assert [letter.application_id for letter in db.session.query(Letter)] == [kept.id]


def test_a_letter_made_ready_after_the_page_was_read_does_not_leave_with_the_others(scene):
    act, _applications = act_of_two(scene)
    _first, late = db.session.query(Letter).order_by(Letter.id).all()
    ready = late.file_id
    with unit_of_work():
        late.file_id = None
    agent, path = scene.visit(Role.FUNDER_AGENT), f"/actes/{act.id}/notifier"
    (shown,) = agent.get(path).tree.xpath("//input[@name='shown']/@value")
    with unit_of_work():
        late.file_id = ready
    page = agent.post(path, shown=shown)
    assert page.errors == {
        "": "La liste des courriers prêts a changé depuis que vous l’avez lue. Relisez-la, puis notifiez."
    }
    assert db.session.query(Letter).filter(Letter.sent_at.is_not(None)).count() == 0
    assert agent.post(path, shown=page.tree.xpath("//input[@name='shown']/@value")[0]).status_code == 302
    assert db.session.query(Letter).filter(Letter.sent_at.is_(None)).count() == 0


def test_a_recused_officer_does_not_read_a_letter(scene):
    application, _act, letter = prepared(scene)
    scene.render()
    scene.recuse(scene.person(Role.OFFICER), application)
    assert scene.visit(Role.OFFICER).get(f"/courriers/{letter.id}.pdf").status_code == 404


def test_another_structure_does_not_read_a_letter(scene):
    _application, _act, letter = prepared(scene)
    scene.render()
    actor = scene.actor(Role.OFFICER)
    with unit_of_work():
        operations.notify(letter, actor=actor, roles={Role.OFFICER})
    stranger = factories.member(factories.organisation())
    assert scene.visit(stranger).get(f"/courriers/{letter.id}.pdf").status_code == 404


def test_the_refusals_of_a_sitting_are_told_with_their_reasons(scene):
    refused, kept = scene.application(), scene.application()
    decision = scene.decide(refused, Outcome.NOT_RETAINED, "Le projet double une action existante.")
    scene.decide(kept, Outcome.RETAINED)
    owner = scene.member(refused)
    officer = scene.visit()
    officer.post(f"/seances/{decision.sitting_id}/courriers")
    letter = db.session.query(Letter).one()
    assert (letter.kind, letter.application_id) == (LetterKind.REJECTION, refused.id)
    scene.render()
    assert officer.post(f"/courriers/{letter.id}/notifier").status_code == 302
    known = known_to_applicant(refused.id)
    assert (known.outcome_label, known.reason, known.lines) == (
        "Non retenu",
        "Le projet double une action existante.",
        (),
    )
    assert recipients("decision_notified") == [owner.email]


def test_an_inadmissibility_is_told_by_its_own_letter(scene):
    application = scene.application(status=ApplicationStatus.SUBMITTED)
    decision = scene.reject(application)
    officer = scene.visit()
    officer.post(f"/seances/{decision.sitting_id}/courriers")
    scene.render()
    letter = db.session.query(Letter).one()
    assert letter.kind is LetterKind.INADMISSIBILITY
    officer.post(f"/courriers/{letter.id}/notifier")
    assert known_to_applicant(application.id).outcome_label == "Irrecevable"


def test_a_decision_that_refuses_nothing_or_is_superseded_makes_no_letter(scene):
    kept, replaced = scene.application(), scene.application()
    retained = scene.decide(kept, Outcome.RETAINED)
    refusal = scene.decide(replaced, Outcome.NOT_RETAINED)
    actor = scene.actor()
    with unit_of_work():
        operations.make_decision_letter(refusal, actor=actor, roles={Role.OFFICER})
        db.session.execute(
            sa.update(Decision).where(Decision.id == refusal.id).values(superseded_at=refusal.recorded_at)
        )
    for decision in (retained, refusal):
        with pytest.raises(Refusal), unit_of_work():
            operations.make_decision_letter(decision, actor=actor, roles={Role.OFFICER})
    scene.render()
    letter = db.session.query(Letter).one()
    with pytest.raises(Refusal, match="remplacée"), unit_of_work():
        operations.notify(letter, actor=actor, roles={Role.OFFICER})


def test_the_refusal_of_one_funder_is_told_apart(scene):
    application, _act, _letter = prepared(scene)
    line = scene.line(application, scene.state)
    state = scene.visit(Role.STATE_OFFICER)
    state.post(f"/programmation/lignes/{line.id}/refuser", reason="Hors des priorités de l’État")
    state.post(f"/programmation/lignes/{line.id}/courrier")
    scene.render()
    told = db.session.query(Letter).filter_by(funder_id=scene.state.id).one()
    state.post(f"/courriers/{told.id}/notifier")
    known = known_to_applicant(application.id)
    assert [(each.funder_name, each.granted_cents, each.refusal_reason) for each in known.lines] == [
        ("État", 0, "Hors des priorités de l’État")
    ]


def test_what_a_funder_refuses_after_its_letter_needs_another_one(scene):
    application, _act, letter = prepared(scene)
    later = factories.funding_line(application, scene.state, 900_00, nature=Nature.COMMON_LAW)
    first, state = scene.line(application, scene.state), scene.visit(Role.STATE_OFFICER)

    def notify_unsent():
        for each in db.session.query(Letter).filter_by(funder_id=scene.state.id, sent_at=None).all():
            state.post(f"/courriers/{each.id}/notifier")

    def told():
        return [each.refusal_reason for each in known_to_applicant(application.id).lines if each.refusal_reason]

    state.post(f"/programmation/lignes/{first.id}/refuser", reason="Hors priorités")
    state.post(f"/programmation/lignes/{first.id}/courrier")
    scene.render()
    notify_unsent()
    assert told() == ["Hors priorités"]

    page = f"/programmation/lignes/{later.id}"
    state.post(f"{page}/refuser", reason="Enveloppe épuisée")
    # Neither known to the applicant nor done with, as long as no letter says it.
    assert told() == ["Hors priorités"]
    scene.visit(Role.FUNDER_AGENT).post(f"/courriers/{letter.id}/notifier")
    with pytest.raises(Refusal, match="le refus n’est pas notifié"):
        close(scene, application)
    assert "Préparer le courrier" in state.get(page).text
    state.post(f"{page}/courrier")
    scene.render()
    notify_unsent()
    assert told() == ["Hors priorités", "Enveloppe épuisée"]
    assert db.session.query(Letter).filter_by(funder_id=scene.state.id).count() == 2


def test_notifying_asks_for_the_password_again(scene):
    _application, _act, letter = prepared(scene)
    visitor = scene.visit(Role.FUNDER_AGENT)
    with visitor.client.session_transaction() as session:
        session["confirmed_at"] = 0
    assert visitor.get(f"/courriers/{letter.id}/notifier").location.startswith("/connexion/confirmer")


# -- closing ------------------------------------------------------------------------------------


def close(scene, application, role=Role.OFFICER):
    actor = scene.actor(role)
    with unit_of_work():
        close_application(application, actor=actor, roles={role})


def test_an_application_closes_once_everything_is_notified(scene):
    application, _act, letter = prepared(scene)
    with pytest.raises(Refusal, match="l’attribution n’est pas notifiée"):
        close(scene, application)
    page = scene.visit().get(f"/programmation/{scene.call.id}/cloture")
    assert page.texts("//tbody/tr/td/ul/li") == [
        "Ville d’essai : l’attribution n’est pas notifiée.",
        "État : l’acte est attendu.",
    ]
    scene.render()
    actor = scene.actor(Role.OFFICER)
    with unit_of_work():
        operations.notify(letter, actor=actor, roles={Role.OFFICER})
        line = scene.line(application, scene.state)
        line.status, line.arbitrated_cents = FundingStatus.ARBITRATED, 0
    with pytest.raises(Refusal, match=r"Le projet ajusté n’est pas encore accepté\."):
        close(scene, application)
    with unit_of_work():
        db.session.query(Adjustment).one().status = AdjustmentStatus.ACCEPTED
    with pytest.raises(Refusal, match="qualité"):
        close(scene, application, Role.STEERING)
    scene.visit().post(f"/programmation/{scene.call.id}/cloture", picked=str(application.id))
    assert db.session.get(Application, application.id).status is ApplicationStatus.CLOSED
    with pytest.raises(Refusal, match="déjà fait"):
        close(scene, application)


@pytest.mark.parametrize("outcome", [Outcome.ADJOURNED, Outcome.WAITING_LIST, Outcome.NOT_RETAINED])
def test_what_waits_for_a_sitting_or_a_letter_is_not_closed(scene, outcome):
    application = scene.application()
    scene.decide(application, outcome)
    with pytest.raises(Refusal):
        close(scene, application)


def test_an_inadmissible_application_closes_after_its_letter(scene):
    application = scene.application(status=ApplicationStatus.SUBMITTED)
    decision = scene.reject(application)
    with pytest.raises(Refusal, match="irrecevabilité"):
        close(scene, application)
    actor = scene.actor()
    with unit_of_work():
        operations.make_decision_letter(decision, actor=actor, roles={Role.OFFICER})
    scene.render()
    with unit_of_work():
        operations.notify(db.session.query(Letter).one(), actor=actor, roles={Role.OFFICER})
    close(scene, application)
    assert db.session.get(Application, application.id).status is ApplicationStatus.CLOSED
    assert db.session.query(FundingLine).count() == 2
