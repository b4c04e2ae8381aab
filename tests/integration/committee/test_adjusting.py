"""« Ajuster mon projet »: asked by a lower grant, written by its author, accepted, or given up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.accounts.rules import MemberLevel, Role
from portal.calls.models import BudgetLine, ChartAccount, Envelope, Measure, PeopleByQuartier
from portal.calls.states import ApplicationStatus, FundingStatus, Phase, Side
from portal.committee.models import Adjustment
from portal.committee.operations.adjusting import remind_adjustments
from portal.committee.states import AdjustmentChoice, AdjustmentStatus
from portal.contracts.models import Nature
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.database import unit_of_work
from portal.foundation.outbox import Mail
from portal.foundation.periods import to_paris
from tests import factories
from tests.factories import save
from tests.integration.committee.deciding import Scene, make_scene


@pytest.fixture
def scene(app) -> Scene:
    made = make_scene(app)
    for side, code, label, position in (
        (Side.EXPENSE, "606", "Fournitures", 1),
        (Side.EXPENSE, "641", "Rémunérations", 2),
        (Side.INCOME, "741", "État", 3),
        (Side.INCOME, "745", "Commune", 4),
        (Side.INCOME, "756", "Cotisations", 5),
    ):
        save(
            ChartAccount(
                chart_version=made.call.chart_version,
                side=side,
                code=code,
                group_code=code[:2],
                group_label=label,
                label=label,
                position=position,
            )
        )
    return made


def filed(scene):
    """8 000 € of expenses, 5 000 € asked of the city and 3 000 € of the State."""
    application = scene.application()
    with unit_of_work():
        application.people_expected, application.outreach = 40, "Par le centre social"
        application.evaluation_method = "Feuilles de présence"
    lines = [
        (Side.EXPENSE, "606", "Fournitures", 2_000_00, None),
        (Side.EXPENSE, "641", "Rémunérations", 6_000_00, None),
        (Side.INCOME, "745", "Ville", 5_000_00, scene.city.id),
        (Side.INCOME, "741", "État", 3_000_00, scene.state.id),
    ]
    for position, (side, code, label, cents, funder_id) in enumerate(lines):
        save(
            BudgetLine(
                application_id=application.id,
                phase=Phase.EXPECTED,
                side=side,
                account_code=code,
                label=label,
                amount_cents=cents,
                funder_id=funder_id,
                nature=Nature.SPECIFIC if funder_id else None,
                position=position,
            )
        )
    save(
        PeopleByQuartier(
            application_id=application.id, phase=Phase.EXPECTED, quartier_id=scene.quartier.id, sex="women", people=30
        )
    )
    return application


def notified(scene, cents=3_500_00, application=None):
    application = application or filed(scene)
    scene.arbitrate(application, city=4_000_00, state=1_000_00)
    act = scene.act(application, cents)
    agent = scene.visit(Role.FUNDER_AGENT)
    agent.post(f"/actes/{act.id}/courriers")
    scene.render()
    agent.post(f"/actes/{act.id}/notifier")
    return application


def only() -> Adjustment:
    db.session.expire_all()
    return db.session.query(Adjustment).one()


def recipients(template):
    return [mail.recipient for mail in db.session.query(Mail).filter_by(template=template)]


def today():
    return to_paris(clock.now()).date()


# The city gives 1 500 € less: supplies and wages follow.
BUDGET = {
    "line_expense_606_0_label": "",
    "line_expense_606_0_amount": "1 500,00",
    "line_expense_641_0_label": "",
    "line_expense_641_0_amount": "5 000,00",
}
CHANGES = {"explanation": "Un atelier de moins par semaine.", "starts_on": "01/02/2026", "ends_on": "30/11/2026"}


def write(visitor, at, **parts):
    for part, typed in parts.items():
        answer = visitor.post(f"{at}/{part}", version="0", page=part, **typed)
        assert answer.status_code == 302, answer.errors


def test_a_lower_grant_asks_for_an_adjusted_project_by_a_date(scene):
    application = filed(scene)
    owner = scene.member(application)
    reader = factories.member(application.organisation, MemberLevel.READER)
    notified(scene, application=application)
    adjustment = only()
    assert (adjustment.status, adjustment.due_on) == (AdjustmentStatus.ASKED, today() + timedelta(days=30))
    assert recipients("adjustment_asked") == [owner.email]
    page = scene.visit(owner).get(f"/dossiers/{application.id}")
    assert "Ajuster mon projet" in page.text
    assert scene.visit(reader).post(f"/projets-ajustes/{adjustment.id}/envoyer").status_code == 404


def test_a_grant_as_asked_asks_for_nothing(scene):
    application = filed(scene)
    scene.arbitrate(application, city=5_000_00, state=3_000_00)
    act = scene.act(application, 5_000_00)
    agent = scene.visit(Role.FUNDER_AGENT)
    agent.post(f"/actes/{act.id}/courriers")
    scene.render()
    agent.post(f"/actes/{act.id}/notifier")
    assert db.session.query(Adjustment).count() == 0


def test_nothing_shows_before_the_notification(scene):
    application = filed(scene)
    scene.arbitrate(application, city=4_000_00, state=1_000_00)
    scene.act(application, 3_500_00)
    page = scene.visit(scene.member(application)).get(f"/dossiers/{application.id}/apres-decision")
    assert "3 500,00" not in page.text.replace("\u202f", " ")
    assert db.session.query(Adjustment).count() == 0


def test_an_adjusted_project_is_written_sent_read_and_accepted(scene):
    application = notified(scene)
    applicant, officer = scene.visit(scene.member(application)), scene.visit(Role.OFFICER)
    at = f"/projets-ajustes/{only().id}"
    page = applicant.get(at)
    assert "Les produits" not in page.text and "Les charges dépassent les produits de 1 500,00 €." in spaces(page.text)
    assert page.tree.xpath(f"//form[@action='{at}/envoyer']") == []
    budget = applicant.get(f"{at}/budget")
    # What the script that saves the page reads.
    hidden = budget.tree.xpath("//form[@data-autosave]/input[@type='hidden']/@name")
    assert hidden == ["csrf_token", "version", "page", "sequence"]
    assert "3 500,00 €" in spaces(budget.text)
    assert budget.tree.xpath("//input[@name='line_expense_606_0_amount']/@value") == ["2 000,00"]
    write(applicant, at, budget=BUDGET, projet=CHANGES)
    assert "pas encore répondu" in officer.get(at).text
    assert "Un atelier de moins" not in officer.get(at).text
    assert applicant.post(f"{at}/envoyer").status_code == 302
    assert (only().status, only().choice) == (AdjustmentStatus.SUBMITTED, AdjustmentChoice.ADJUST)
    page = officer.get(at)
    assert "Un atelier de moins par semaine." in page.text and "1 500,00 €" in spaces(page.text)
    assert db.session.query(BudgetLine).filter_by(phase=Phase.ADJUSTED).count() == 0
    assert officer.post(f"{at}/accepter").status_code == 302
    assert only().status is AdjustmentStatus.ACCEPTED
    rows = db.session.query(BudgetLine.account_code, BudgetLine.amount_cents).filter_by(phase=Phase.ADJUSTED)
    assert sorted(tuple(row) for row in rows) == [
        ("606", 1_500_00),
        ("641", 5_000_00),
        ("741", 3_000_00),
        ("745", 3_500_00),
    ]
    assert db.session.query(PeopleByQuartier.people).filter_by(phase=Phase.ADJUSTED).all() == [(30,)]
    assert db.session.query(Measure).filter_by(phase=Phase.ADJUSTED).count() == 0
    assert len(recipients("adjustment_accepted")) == 1
    assert applicant.post(f"{at}/budget", version="1", page="x", **BUDGET).location == at


def spaces(text):
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def test_a_budget_that_does_not_balance_to_the_cent_is_not_sent(scene):
    application = notified(scene)
    applicant = scene.visit(scene.member(application))
    at = f"/projets-ajustes/{only().id}"
    write(applicant, at, projet=CHANGES, budget=BUDGET | {"line_expense_606_0_amount": "1 500,01"})
    page = applicant.post(f"{at}/envoyer")
    assert [spaces(words) for words in page.texts("//*[@data-form-error]")] == [
        "Les charges dépassent les produits de 0,01 €."
    ]
    assert only().status is AdjustmentStatus.ASKED


def test_what_cannot_be_read_is_kept_and_told_at_its_field(scene):
    application = notified(scene)
    applicant = scene.visit(scene.member(application))
    at = f"/projets-ajustes/{only().id}"
    wrong = BUDGET | {"line_expense_606_0_amount": "mille"}
    page = applicant.post(f"{at}/budget", version="0", page="a", **wrong)
    assert list(page.errors) == ["line_expense_606_0_amount"]
    again = applicant.get(f"{at}/budget")
    assert again.tree.xpath("//input[@name='line_expense_606_0_amount']/@value") == ["mille"]
    assert list(again.errors) == ["line_expense_606_0_amount"]
    assert applicant.post(f"{at}/envoyer").status_code == 200
    assert only().status is AdjustmentStatus.ASKED


def test_a_part_saves_itself_and_a_second_writer_sees_both_texts(scene):
    application = notified(scene)
    applicant = scene.visit(scene.member(application))
    at = f"/projets-ajustes/{only().id}/projet"
    saved = applicant.post(f"{at}/enregistrement", version="0", page="a", explanation="Mes mots", starts_on="x")
    assert (saved.json["state"], saved.json["version"], list(saved.json["errors"])) == ("unread", 1, ["starts_on"])
    late = {"version": "1", "page": "a", "explanation": "Mes mots d’avant"}
    applicant.post(f"{at}/enregistrement", **(late | {"sequence": "2", "explanation": "Mes mots"}))
    assert applicant.post(f"{at}/enregistrement", **(late | {"sequence": "1"})).json["version"] == 2
    assert only().raw["projet"]["typed"]["explanation"] == ["Mes mots"]
    other = applicant.post(f"{at}/enregistrement", version="0", page="b", explanation="Autres mots")
    assert (other.status_code, other.json["state"]) == (409, "conflict")
    page = applicant.post(at, version="0", page="b", explanation="Autres mots")
    assert "Mes mots" in page.text and "Autres mots" in page.text
    (version,) = page.tree.xpath("//input[@name='version']/@value")
    assert applicant.post(at, version=version, page="b", explanation="Autres mots").status_code == 302
    assert only().raw["projet"]["typed"]["explanation"] == ["Autres mots"]


def test_the_direction_asks_again_and_the_author_reads_why(scene):
    application = notified(scene)
    applicant, officer = scene.visit(scene.member(application)), scene.visit(Role.OFFICER)
    at = f"/projets-ajustes/{only().id}"
    write(applicant, at, budget=BUDGET, projet=CHANGES)
    applicant.post(f"{at}/envoyer")
    past = officer.post(f"{at}/reprendre", reason="Précisez", due_on="01/01/2020")
    assert past.errors == {"due_on": "Indiquez une date à venir."}
    assert only().status is AdjustmentStatus.SUBMITTED
    due_on = today() + timedelta(days=5)
    officer.post(f"{at}/reprendre", reason="Gardez l’atelier du samedi.", due_on=f"{due_on:%d/%m/%Y}")
    assert (only().status, only().due_on) == (AdjustmentStatus.TO_CORRECT, due_on)
    assert "Gardez l’atelier du samedi." in applicant.get(at).text
    assert applicant.get(f"{at}/projet").texts("//textarea[@name='explanation']") == [CHANGES["explanation"]]


def test_the_project_may_be_kept_as_filed(scene):
    application = notified(scene)
    applicant = scene.visit(scene.member(application))
    at = f"/projets-ajustes/{only().id}"
    assert list(applicant.post(f"{at}/garder", explanation=" ").errors) == ["explanation"]
    applicant.post(f"{at}/garder", explanation="La Fondation d’essai donne 1 500 €.")
    scene.visit(Role.OFFICER).post(f"{at}/accepter")
    assert (only().status, only().choice) == (AdjustmentStatus.ACCEPTED, AdjustmentChoice.KEEP)
    assert db.session.query(BudgetLine).filter_by(phase=Phase.ADJUSTED).count() == 0


def test_renouncing_frees_the_money(scene):
    application = notified(scene)
    assert db.session.get(Envelope, scene.city_envelope.id).granted_cents == 3_500_00
    applicant = scene.visit(scene.member(application))
    at = f"/projets-ajustes/{only().id}"
    assert applicant.post(f"{at}/renoncer", reason="Sans salle").status_code == 302
    assert (only().status, only().choice) == (AdjustmentStatus.RENOUNCED, AdjustmentChoice.RENOUNCE)
    assert application.status is ApplicationStatus.NOT_CARRIED_OUT
    assert [(line.status, line.granted_cents) for line in application.funding_lines] == [
        (FundingStatus.RENOUNCED, 0),
        (FundingStatus.RENOUNCED, None),
    ]
    assert db.session.get(Envelope, scene.city_envelope.id).granted_cents == 0
    assert applicant.post(f"{at}/renoncer", reason="Encore").location == at


def test_another_decision_reopens_what_was_accepted(scene):
    application = notified(scene)
    applicant = scene.visit(scene.member(application))
    at = f"/projets-ajustes/{only().id}"
    write(applicant, at, budget=BUDGET, projet=CHANGES)
    applicant.post(f"{at}/envoyer")
    scene.visit(Role.OFFICER).post(f"{at}/accepter")
    state = scene.visit(Role.STATE_OFFICER)
    line = scene.line(application, scene.state)
    state.post(f"/programmation/lignes/{line.id}/refuser", reason="Crédits épuisés")
    assert only().status is AdjustmentStatus.ACCEPTED
    state.post(f"/programmation/lignes/{line.id}/courrier")
    scene.render()
    from portal.committee.models import Letter

    letter = db.session.query(Letter).order_by(Letter.id.desc()).first()
    state.post(f"/courriers/{letter.id}/notifier")
    assert only().status is AdjustmentStatus.TO_CORRECT
    assert db.session.query(BudgetLine).filter_by(phase=Phase.ADJUSTED).count() == 0
    assert "Les charges dépassent les produits de 3 000,00 €." in spaces(applicant.get(at).text)


def test_reminders_leave_once_before_and_once_after(scene):
    application = filed(scene)
    owner = scene.member(application)
    notified(scene, application=application)
    for due_in, expected in ((10, 0), (7, 1), (6, 2), (-1, 3)):
        with unit_of_work():
            only().due_on = today() + timedelta(days=due_in)
        for _ in range(2):
            with unit_of_work():
                remind_adjustments()
        assert recipients("adjustment_reminder") == [owner.email] * expected


def test_it_is_closed_to_funders_to_others_and_to_whoever_stepped_out(scene):
    application = notified(scene)
    at = f"/projets-ajustes/{only().id}"
    assert scene.visit(Role.FUNDER_AGENT).get(at).status_code == 404
    assert scene.visit(factories.member(factories.organisation())).get(at).status_code == 404
    officer = scene.visit(Role.OFFICER)
    assert officer.get(at).status_code == 200
    assert officer.get(f"{at}/budget").status_code == 404
    scene.recuse(scene.person(Role.OFFICER), application)
    assert officer.get(at).status_code == 404
    assert officer.post(f"{at}/accepter").status_code == 404


def test_each_side_finds_it_on_its_home(scene):
    application = notified(scene)
    applicant, officer = scene.visit(scene.member(application)), scene.visit(Role.OFFICER)
    at = f"/projets-ajustes/{only().id}"
    assert applicant.get("/accueil").tree.xpath(f"//a[@href='{at}']")
    applicant.post(f"{at}/garder", explanation="Fonds propres")
    assert applicant.get("/accueil").tree.xpath(f"//a[@href='{at}']") == []
    assert "Projets ajustés reçus" in officer.get("/accueil").text
    assert officer.get("/projets-ajustes").tree.xpath(f"//a[@href='{at}']")
    told = applicant.get(f"/dossiers/{application.id}").text
    assert "Projet ajusté envoyé" in told
    scene.recuse(scene.person(Role.OFFICER), application)
    assert officer.get("/projets-ajustes").tree.xpath(f"//a[@href='{at}']") == []
