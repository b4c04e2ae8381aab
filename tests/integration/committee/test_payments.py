"""Payments: within the grant, dated, followed by who pays and who is paid; leftovers; what is given up."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO

import pytest
from sqlalchemy.exc import IntegrityError

from portal.accounts.models import BankAccount
from portal.accounts.rules import Role
from portal.calls.models import Apportionment, Envelope, FundingLine
from portal.calls.operations.cycle import move_application
from portal.calls.states import FundingStatus
from portal.committee.models import Leftover, Payment
from portal.committee.queries.payments import courses
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.database import unit_of_work
from portal.foundation.events import history_of
from portal.foundation.outbox import Mail
from portal.foundation.periods import to_paris
from tests.integration.committee.deciding import Scene, make_scene
from tests.queries import counted


@pytest.fixture
def scene(app) -> Scene:
    return make_scene(app)


def notified(scene, cents=3_500_00, number="2026-1"):
    """An application whose city's line is notified; (application, path of the payments of the line)."""
    application = scene.application()
    scene.bank_account(application)
    scene.arbitrate(application, city=4_000_00, state=1_000_00)
    act = scene.act(application, cents, number)
    agent = scene.visit(Role.FUNDER_AGENT)
    agent.post(f"/actes/{act.id}/courriers")
    scene.render()
    agent.post(f"/actes/{act.id}/notifier")
    return application, f"/programmation/lignes/{scene.line(application).id}/versements"


def today():
    return to_paris(clock.now()).date()


def pay(visitor, path, amount, day=None, reference="M-204"):
    return visitor.post(path, amount=amount, paid_on=f"{day or today():%d/%m/%Y}", reference=reference)


def line_of(scene, application, funder=None):
    db.session.expire_all()
    return scene.line(application, funder)


def state_of(scene, application):
    line = line_of(scene, application)
    return line.status, line.granted_cents, line.paid_cents


def test_a_grant_is_paid_part_after_part(scene):
    application, path = notified(scene)
    agent = scene.visit(Role.FUNDER_AGENT)
    assert pay(agent, path, "2 000,00").status_code == 302
    assert state_of(scene, application) == (FundingStatus.PAID_IN_PART, 3_500_00, 2_000_00)
    assert pay(agent, path, "1 500,00", reference="M-305").status_code == 302
    assert state_of(scene, application) == (FundingStatus.PAID, 3_500_00, 3_500_00)
    page = agent.get(path)
    assert "M-204" in page.text and "M-305" in page.text
    assert page.tree.xpath("//input[@name='amount']") == []
    payment = db.session.query(Payment).order_by(Payment.id).first()
    (event,) = history_of("payment", payment.id)
    assert (event.action, event.details["amount_cents"]) == ("payment.recorded", 2_000_00)


def test_a_payment_sent_twice_is_recorded_once_until_it_is_cancelled(scene):
    application, path = notified(scene)
    agent = scene.visit(Role.FUNDER_AGENT)
    assert pay(agent, path, "1 000,00").status_code == 302
    again = pay(agent, path, "1 000,00", reference=" m-204 ")
    told = again.errors["reference"].replace("\u202f", " ").replace("\u00a0", " ")
    assert told.startswith("Un versement de ce financement porte déjà cette référence : 1 000,00 € le ")
    assert state_of(scene, application) == (FundingStatus.PAID_IN_PART, 3_500_00, 1_000_00)
    agent.post(f"/versements/{db.session.query(Payment).one().id}/annuler", reason="Erreur de saisie")
    assert pay(agent, path, "1 500,00").status_code == 302
    assert state_of(scene, application) == (FundingStatus.PAID_IN_PART, 3_500_00, 1_500_00)


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        (
            {"amount": "3 500,01"},
            {"amount": "Ce versement dépasse ce qui est attribué : il reste 3 500,00 € à verser."},
        ),
        ({"amount": "0"}, {"amount": "Indiquez un montant supérieur à zéro."}),
        ({"amount": "beaucoup"}, {"amount": "Indiquez un montant en euros, par exemple 1 234,56."}),
        ({"reference": " "}, {"reference": "Indiquez la référence du versement."}),
        (
            {"paid_on": "02/04/2026"},
            {"paid_on": "Le versement ne peut pas précéder l’acte qui attribue la subvention."},
        ),
        (
            {"paid_on": "31/12/2090"},
            {"paid_on": "La date du versement est à venir : enregistrez-le quand il est fait."},
        ),
    ],
)
def test_a_wrong_payment_is_refused_at_its_field_and_nothing_is_kept(scene, typed, errors):
    application, path = notified(scene)
    right = {"amount": "100,00", "paid_on": f"{today():%d/%m/%Y}", "reference": "M-1"}
    page = scene.visit(Role.FUNDER_AGENT).post(path, **(right | typed))
    said = {field: " ".join(words.split()) for field, words in page.errors.items()}
    assert said == errors
    assert page.tree.xpath("//input[@name='amount']/@value") == [(right | typed)["amount"]]
    assert state_of(scene, application) == (FundingStatus.NOTIFIED, 3_500_00, None)
    assert db.session.query(Payment).count() == 0


def test_nothing_is_paid_before_the_notification(scene):
    application = scene.application()
    scene.bank_account(application)
    scene.arbitrate(application, city=4_000_00, state=1_000_00)
    scene.act(application, 3_500_00)
    path = f"/programmation/lignes/{scene.line(application).id}/versements"
    page = pay(scene.visit(Role.FUNDER_AGENT), path, "100,00")
    assert page.texts("//*[@data-form-error]") == [
        "« Enregistrer un versement » n’est pas possible dans l’état actuel : Attribué."
    ]
    assert db.session.query(Payment).count() == 0


def test_the_database_itself_refuses_more_than_the_grant(scene):
    application, _path = notified(scene)
    line_id = scene.line(application).id
    with pytest.raises(IntegrityError), unit_of_work():
        db.session.get(FundingLine, line_id).paid_cents = 3_500_01
        db.session.flush()
    db.session.rollback()


def test_a_new_bank_account_stops_payments_until_it_is_checked(scene):
    application, path = notified(scene)
    with unit_of_work():
        db.session.query(BankAccount).one().replaced_at = clock.now()
    account = scene.bank_account(application, checked=False)
    agent = scene.visit(Role.FUNDER_AGENT)
    assert "Versements suspendus" in agent.get(path).text
    assert pay(agent, path, "100,00").status_code == 200
    assert db.session.query(Payment).count() == 0
    (course,) = courses([line_of(scene, application)])
    assert [each.due_on for each in course.expected] == [None]
    with unit_of_work():
        found = db.session.get(BankAccount, account.id)
        found.checked_at, found.called_name, found.called_number = clock.now(), "Nadia Roche", "0400000000"
    assert pay(agent, path, "100,00").status_code == 302


def test_the_delay_runs_from_the_notification(scene):
    application, path = notified(scene)
    (course,) = courses([line_of(scene, application)])
    assert [(each.amount_cents, each.due_on) for each in course.expected] == [(3_500_00, today() + timedelta(days=60))]
    assert "(dans 60 jours)" in scene.visit(Role.FUNDER_AGENT).get(path).text


def test_a_mistake_is_cancelled_with_its_reason_and_may_be_entered_anew(scene):
    application, path = notified(scene)
    agent = scene.visit(Role.FUNDER_AGENT)
    pay(agent, path, "3 500,00")
    payment_id = db.session.query(Payment.id).scalar()
    cancel = f"/versements/{payment_id}/annuler"
    assert list(agent.post(cancel, reason=" ").errors) == ["reason"]
    assert agent.post(cancel, reason="Saisi deux fois").status_code == 302
    assert state_of(scene, application) == (FundingStatus.NOTIFIED, 3_500_00, 0)
    again = agent.post(cancel, reason="Encore")
    assert again.texts("//*[@data-form-error]") == ["C’est déjà fait : ce versement est annulé."]
    assert pay(agent, path, "3 500,00").status_code == 302
    assert state_of(scene, application) == (FundingStatus.PAID, 3_500_00, 3_500_00)


def test_each_funder_follows_its_own_payments_and_a_recused_person_none(scene):
    application, path = notified(scene)
    state_path = f"/programmation/lignes/{scene.line(application, scene.state).id}/versements"
    list_path = f"/programmation/{scene.call.id}/versements"
    city, state, delegate = (scene.visit(role) for role in (Role.FUNDER_AGENT, Role.STATE_OFFICER, Role.DELEGATE))
    assert [each.get(path).status_code for each in (city, state, delegate)] == [200, 404, 404]
    assert [each.get(state_path).status_code for each in (city, state, delegate)] == [404, 200, 200]
    assert application.title in city.get(list_path).text
    assert application.title not in state.get(list_path).text
    assert scene.visit(scene.member(application)).get(path).status_code == 404
    officer = scene.visit(Role.OFFICER)
    assert officer.get(path).status_code == 200
    assert pay(officer, path, "100,00").status_code == 404
    scene.recuse(scene.person(Role.OFFICER), application)
    assert officer.get(path).status_code == 404
    page = officer.get(list_path)
    assert application.title not in page.text and "3 500,00" not in " ".join(page.text.split())


def test_the_list_of_payments_costs_the_same_for_one_line_or_many(scene):
    notified(scene)
    manager = scene.visit(Role.MANAGER)
    path = f"/programmation/{scene.call.id}/versements"
    with counted() as one:
        assert manager.get(path).status_code == 200
    for number in range(3):
        notified(scene, number=f"2026-1{number}")
    with counted() as many:
        assert manager.get(path).status_code == 200
    assert len(many) == len(one)


# -- what is left -------------------------------------------------------------------------------


def test_what_is_left_is_asked_back_with_its_document_and_the_structure_is_told(scene):
    application, path = notified(scene)
    owner = scene.member(application)
    agent = scene.visit(Role.FUNDER_AGENT)
    pay(agent, path, "3 500,00")
    leftover_path = path.replace("versements", "reliquat")
    typed = {"amount": "500,00", "fate": "repaid", "due_on": "30/09/2027", "reason": "Deux ateliers n’ont pas eu lieu."}
    assert agent.post(leftover_path, **typed).errors == {
        "file": "Joignez le titre ou le courrier qui demande le reversement."
    }
    too_much = agent.post(leftover_path, **(typed | {"amount": "3 500,01", "fate": "kept"}))
    assert list(too_much.errors) == ["amount"]
    assert db.session.query(Leftover).count() == 0
    answer = agent.client.post(
        leftover_path, data=typed | {"file": (pdf(), "titre.pdf")}, content_type="multipart/form-data"
    )
    assert answer.status_code == 302
    db.session.rollback()
    leftover = db.session.query(Leftover).one()
    assert (leftover.amount_cents, leftover.due_on) == (500_00, date(2027, 9, 30))
    mails = db.session.query(Mail).filter_by(template="leftover_settled").all()
    assert [mail.recipient for mail in mails] == [owner.email]
    applicant = scene.visit(owner)
    document = f"/reliquats/{leftover.id}/document"
    assert applicant.get(document).data.startswith(b"%PDF")
    assert scene.visit(Role.STATE_OFFICER).get(document).status_code == 404
    assert agent.post(f"/reliquats/{leftover.id}/reverse", repaid_on=f"{today():%d/%m/%Y}").status_code == 302
    late = agent.post(leftover_path, **typed)
    assert late.texts("//*[@data-form-error]") == ["Ce reliquat a été reversé : il ne se modifie plus."]


@pytest.mark.usefixtures("large_bodies")
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_document_far_too_large_is_told_at_its_field_and_what_was_typed_stays(scene):
    _application, path = notified(scene)
    agent = scene.visit(Role.FUNDER_AGENT)
    pay(agent, path, "3 500,00")
    typed = {"amount": "500,00", "fate": "repaid", "due_on": "30/09/2027", "reason": "Deux ateliers n’ont pas eu lieu."}
    large = (BytesIO(b"%PDF-1.4" + b"%" * (15 * 1024 * 1024)), "titre.pdf")
    page = agent.post(path.replace("versements", "reliquat"), **typed, file=large)
    assert page.errors == {"file": "Le fichier dépasse 10 Mo."}
    assert page.tree.xpath('//textarea[@name="reason"]')[0].text.strip() == typed["reason"]
    assert db.session.query(Leftover).count() == 0


def pdf():
    return BytesIO(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")


def test_a_balance_that_will_not_be_paid_goes_back_to_the_envelope(scene):
    application, path = notified(scene)
    agent = scene.visit(Role.FUNDER_AGENT)
    pay(agent, path, "3 000,00")
    assert agent.post(path.replace("versements", "arreter"), reason="Dépenses moindres").status_code == 302
    assert state_of(scene, application) == (FundingStatus.PAID, 3_000_00, 3_000_00)
    assert db.session.get(Envelope, scene.city_envelope.id).granted_cents == 3_000_00


def test_an_action_that_does_not_take_place_frees_what_was_not_paid(scene):
    application, path = notified(scene)
    pay(scene.visit(Role.FUNDER_AGENT), path, "1 000,00")
    owner = scene.member(application)
    with unit_of_work():
        move_application(
            application,
            "not_carried_out",
            actor=scene.actor(Role.OFFICER),
            roles={Role.APPLICANT},
            reason=f"Salle fermée {owner.id}",
        )
    assert state_of(scene, application) == (FundingStatus.PAID, 1_000_00, 1_000_00)
    assert line_of(scene, application, scene.state).status is FundingStatus.RENOUNCED
    assert db.session.get(Envelope, scene.city_envelope.id).granted_cents == 1_000_00
    parts = db.session.query(Apportionment.granted_cents).filter_by(funding_line_id=scene.line(application).id).all()
    assert [cents for (cents,) in parts] == [1_000_00]
