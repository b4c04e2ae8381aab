"""The bilan of a funded action, from the day it is asked for to its acceptance."""

import io
from datetime import date

import pytest
import sqlalchemy as sa

from portal.accounts.rules import MemberLevel, Role
from portal.calls.models import Application, BudgetLine, Measure, PeopleByQuartier
from portal.calls.states import ApplicationStatus, Phase, PreviousBilansRule
from portal.evaluation.models import Bilan
from portal.evaluation.operations import cycle
from portal.evaluation.states import BilanKind, BilanStatus
from portal.extensions import db
from portal.foundation.actors import SYSTEM
from portal.foundation.database import unit_of_work
from portal.foundation.outbox import Mail
from portal.foundation.refusals import Refusal
from tests import factories as make
from tests.integration.evaluation.world import World, funded
from tests.queries import counted
from tests.visitors import Visitor


def fresh(bilan: Bilan) -> Bilan:
    db.session.rollback()
    return db.session.get_one(Bilan, bilan.id, populate_existing=True)


def mails(template: str) -> list[str]:
    return list(db.session.scalars(sa.select(Mail.recipient).where(Mail.template == template)))


def budget_fields(**amounts: str) -> dict[str, str]:
    """The form's field of each forecast line, by account."""
    lines = db.session.scalars(sa.select(BudgetLine).where(BudgetLine.phase == Phase.EXPECTED))
    return {f"line_{line.id}": amounts[f"a{line.account_code}"] for line in lines if f"a{line.account_code}" in amounts}


EXACT = {"a606": "2 000", "a641": "8 000,00", "a864": "1 000", "a74": "10 000", "a875": "1 000"}


def answer_all(visitor: Visitor, bilan: Bilan, world: World) -> None:
    """Every section, as an association would."""
    at = f"/bilans/{bilan.id}"
    texts = {"done": "Des ateliers", "difficulties": "Peu", "residents_part": "Des parents", "next_steps": "Refaire"}
    assert visitor.post(f"{at}/recit", version=str(fresh(bilan).version), **texts).status_code == 302
    assert visitor.post(f"{at}/budget", version=str(fresh(bilan).version), **budget_fields(**EXACT)).status_code == 302
    assert visitor.post(f"{at}/public", version=str(fresh(bilan).version), people_reached="55").status_code == 302
    assert (
        visitor.post(
            f"{at}/indicateurs",
            version=str(fresh(bilan).version),
            **{
                f"indicator_{world.count.id}_value": "38",
                f"indicator_{world.ratio.id}_numerator": "30",
                f"indicator_{world.ratio.id}_denominator": "38",
                f"indicator_{world.count.id}_source": "Feuilles de présence",
            },
        ).status_code
        == 302
    )


SIGNED = {"signatory_name": "Nadia Roche", "signatory_role": "Présidente", "sincere": "y"}


def test_a_funded_action_is_asked_for_its_bilan_once_and_its_authors_are_told(world):
    bilan = world.bilan()
    assert (bilan.status, bilan.kind, bilan.due_on) == (BilanStatus.DUE, BilanKind.FINAL, date(2027, 6, 30))
    assert mails("bilan_due") == [world.owner.email]
    with unit_of_work():
        cycle.open_due_bilans()
    assert db.session.scalar(sa.select(sa.func.count(Bilan.id))) == 1
    assert mails("bilan_due") == [world.owner.email]


def test_nothing_is_asked_of_an_action_that_received_nothing(world):
    funded(world, "Sans suite", requested=100_00, granted=None)
    world.bilan()
    assert db.session.scalar(sa.select(sa.func.count(Bilan.id))) == 1


def test_an_association_fills_its_bilan_section_by_section_and_sends_it(app, world):
    bilan, visitor = world.bilan(), world.applicant(app)
    assert visitor.get("/mes-bilans").texts("//tbody/tr/th/a") == ["Aide aux devoirs"]
    for section in ("recit", "budget", "public", "indicateurs", "documents", "envoi"):
        assert visitor.get(f"/bilans/{bilan.id}/{section}").status_code == 200
    answer_all(visitor, bilan, world)
    assert fresh(bilan).status is BilanStatus.BEGUN
    sent = visitor.post(f"/bilans/{bilan.id}/envoi", **SIGNED)
    assert sent.location == f"/bilans/{bilan.id}"
    assert (fresh(bilan).status, fresh(bilan).signatory_name) == (BilanStatus.SUBMITTED, "Nadia Roche")
    actual = db.session.execute(
        sa.select(BudgetLine.account_code, BudgetLine.amount_cents)
        .where(BudgetLine.phase == Phase.ACTUAL)
        .order_by(BudgetLine.account_code)
    ).all()
    assert actual == [("606", 2_000_00), ("641", 8_000_00), ("74", 10_000_00), ("864", 1_000_00), ("875", 1_000_00)]
    measured = db.session.scalars(sa.select(Measure).where(Measure.phase == Phase.ACTUAL).order_by(Measure.id)).all()
    assert [(m.value_thousandths, m.numerator, m.denominator) for m in measured] == [
        (38_000, None, None),
        (None, 30, 38),
    ]
    page = visitor.get(f"/bilans/{bilan.id}")
    assert "Feuilles de présence" in page.text
    assert visitor.get(f"/bilans/{bilan.id}/recit").location == f"/bilans/{bilan.id}"


def test_what_is_missing_is_said_and_nothing_moves(app, world):
    bilan, visitor = world.bilan(), world.applicant(app)
    visitor.post(f"/bilans/{bilan.id}/recit", version="1", done="Des ateliers")
    page = visitor.post(f"/bilans/{bilan.id}/envoi", **SIGNED)
    assert page.status_code == 200
    assert "Répondez à « Les difficultés »." in page.text
    assert "Indiquez le montant réalisé : 606 Fournitures." in page.text
    assert "Indiquez le nombre de personnes touchées, ou pourquoi il n’a pas été mesuré." in page.text
    assert "Donnez la valeur de « Progrès constatés »" in page.text
    assert fresh(bilan).status is BilanStatus.BEGUN


def test_not_measured_with_why_is_an_answer(app, world):
    bilan, visitor = world.bilan(), world.applicant(app)
    answer_all(visitor, bilan, world)
    visitor.post(
        f"/bilans/{bilan.id}/public",
        version=str(fresh(bilan).version),
        people_reached="",
        not_measured_reason="Action de rue",
    )
    reasons = {f"indicator_{each.id}_reason": "Pas de relevé" for each in (world.count, world.ratio)}
    visitor.post(f"/bilans/{bilan.id}/indicateurs", version=str(fresh(bilan).version), **reasons)
    assert visitor.post(f"/bilans/{bilan.id}/envoi", **SIGNED).status_code == 302
    assert "Non mesuré : Action de rue" in visitor.get(f"/bilans/{bilan.id}").text


def test_a_gap_above_ten_percent_asks_for_a_word_before_sending(app, world):
    bilan, visitor = world.bilan(), world.applicant(app)
    answer_all(visitor, bilan, world)
    amounts = budget_fields(**EXACT | {"a606": "1 500"})
    saved = visitor.post(f"/bilans/{bilan.id}/budget", version=str(fresh(bilan).version), **amounts)
    assert saved.location == f"/bilans/{bilan.id}/budget#ecarts"
    assert "Expliquez l’écart : 606 Fournitures" in visitor.get(f"/bilans/{bilan.id}/budget").text
    refused = visitor.post(f"/bilans/{bilan.id}/envoi", **SIGNED)
    assert "Expliquez l’écart de plus de 10 % : 606 Fournitures." in refused.text
    visitor.post(
        f"/bilans/{bilan.id}/budget", version=str(fresh(bilan).version), gap_expense_606="Prêt de matériel", **amounts
    )
    assert visitor.post(f"/bilans/{bilan.id}/envoi", **SIGNED).status_code == 302
    assert "Prêt de matériel" in visitor.get(f"/bilans/{bilan.id}").text


def test_a_line_that_was_not_forecast_is_added_and_kept(app, world):
    bilan, visitor = world.bilan(), world.applicant(app)
    amounts = budget_fields(**EXACT)
    visitor.post(
        f"/bilans/{bilan.id}/budget",
        version="1",
        new_account_0="expense:606",
        new_label_0="Goûters",
        new_amount_0="120,50",
        **amounts,
    )
    page = visitor.get(f"/bilans/{bilan.id}/budget")
    assert "Goûters" in page.text
    assert page.texts("//input[@value='120,50']") == [""]


def test_typed_text_is_never_lost_when_something_is_wrong(app, world):
    bilan, visitor = world.bilan(), world.applicant(app)
    page = visitor.post(
        f"/bilans/{bilan.id}/budget",
        version="1",
        allocation_rule="Au prorata",
        **budget_fields(**EXACT | {"a606": "deux mille"}),
    )
    assert page.status_code == 200
    assert list(page.errors.values()) == ["Indiquez un montant en euros, par exemple 1 234,56."]
    assert page.texts("//input[@value='deux mille']") == [""]
    assert page.texts("//textarea[@name='allocation_rule']") == ["Au prorata"]
    assert db.session.scalar(sa.select(sa.func.count()).where(BudgetLine.phase == Phase.ACTUAL)) == 0


def test_in_kind_contributions_must_balance(app, world):
    bilan, visitor = world.bilan(), world.applicant(app)
    page = visitor.post(f"/bilans/{bilan.id}/budget", version="1", **budget_fields(**EXACT | {"a875": "900"}))
    assert "doivent être égales" in page.text


def test_people_by_quartier_cannot_exceed_the_total(app, world):
    bilan, visitor = world.bilan(), world.applicant(app)
    cells = {f"people_{world.beisson.id}_women": "30", f"people_{world.corsy.id}_men": "31"}
    page = visitor.post(f"/bilans/{bilan.id}/public", version="1", people_reached="60", **cells)
    assert page.errors == {"people_reached": "La répartition par quartier (61) dépasse le total (60)."}
    visitor.post(f"/bilans/{bilan.id}/public", version="1", people_reached="61", **cells)
    rows = db.session.execute(
        sa.select(PeopleByQuartier.sex, PeopleByQuartier.people)
        .where(PeopleByQuartier.phase == Phase.ACTUAL)
        .order_by(PeopleByQuartier.people)
    ).all()
    assert rows == [("women", 30), ("men", 31)]


def test_the_second_writer_sees_both_values_and_chooses(app, world):
    bilan, visitor = world.bilan(), world.applicant(app)
    visitor.post(f"/bilans/{bilan.id}/recit", version="1", done="Le premier")
    page = visitor.post(f"/bilans/{bilan.id}/recit", version="1", done="Le second")
    assert "Le premier" in page.text
    assert page.texts("//textarea[@name='done']") == ["Le second"]
    version = page.tree.xpath("//input[@name='version']/@value")[0]
    visitor.post(f"/bilans/{bilan.id}/recit", version=version, done="Le second")
    assert fresh(bilan).done == "Le second"


def test_the_direction_asks_for_a_correction_then_accepts(app, world):
    bilan, visitor = world.bilan(), world.applicant(app)
    officer = world.visitor(app, Role.OFFICER)
    answer_all(visitor, bilan, world)
    visitor.post(f"/bilans/{bilan.id}/envoi", **SIGNED)
    empty = officer.post(f"/bilans/{bilan.id}/correction", reason=" ")
    assert empty.errors == {"reason": "Écrivez pourquoi : ces mots seront lus par l’autre partie."}
    officer.post(f"/bilans/{bilan.id}/correction", reason="Précisez les dates")
    assert fresh(bilan).status is BilanStatus.TO_CORRECT
    assert mails("bilan_to_correct") == [world.owner.email]
    assert "Précisez les dates" in visitor.get(f"/bilans/{bilan.id}/recit").text
    visitor.post(f"/bilans/{bilan.id}/envoi", **SIGNED)
    assert officer.post(f"/bilans/{bilan.id}/accepter").status_code == 302
    assert fresh(bilan).status is BilanStatus.ACCEPTED
    assert mails("bilan_accepted") == [world.owner.email]
    again = officer.post(f"/bilans/{bilan.id}/accepter")
    assert (again.status_code, "C’est déjà fait : le bilan est dans cet état." in again.text) == (409, True)


@pytest.mark.parametrize("granted", [True, False])
def test_a_prolongation_is_asked_then_granted_or_refused(app, world, granted):
    bilan, visitor = world.bilan(), world.applicant(app)
    officer = world.visitor(app, Role.OFFICER)
    early = visitor.post(f"/bilans/{bilan.id}/prolongation", until="01/06/2027", reason="Retard")
    assert early.errors == {"until": "La date demandée doit être postérieure à l’échéance actuelle."}
    visitor.post(f"/bilans/{bilan.id}/prolongation", until="30/09/2027", reason="Retard du chantier")
    assert fresh(bilan).status is BilanStatus.POSTPONEMENT_ASKED
    assert "Retard du chantier" in officer.get(f"/bilans/{bilan.id}/reponse-prolongation").text
    answer = officer.post(
        f"/bilans/{bilan.id}/reponse-prolongation", answer="grant" if granted else "refuse", reason="Vu ensemble"
    )
    assert answer.status_code == 302
    wanted = date(2027, 9, 30) if granted else date(2027, 6, 30)
    assert (fresh(bilan).status, fresh(bilan).due_on) == (BilanStatus.DUE, wanted)
    assert mails("bilan_postponement") == [world.owner.email]


def test_a_bilan_already_written_is_sent_once_its_prolongation_is_answered(app, world):
    bilan, visitor = world.bilan(), world.applicant(app)
    answer_all(visitor, bilan, world)
    visitor.post(f"/bilans/{bilan.id}/prolongation", until="30/09/2027", reason="Factures attendues")
    world.visitor(app, Role.OFFICER).post(f"/bilans/{bilan.id}/reponse-prolongation", answer="grant", reason="")
    visitor.post(f"/bilans/{bilan.id}/envoi", **SIGNED)
    assert fresh(bilan).status is BilanStatus.SUBMITTED


def test_an_interim_bilan_is_not_written_over_the_final_one_sent(app, world):
    bilan, visitor = world.bilan(), world.applicant(app)
    with unit_of_work():
        interim = Bilan(
            application_id=world.application.id,
            kind=BilanKind.INTERIM,
            status=BilanStatus.BEGUN,
            due_on=date(2026, 11, 30),
        )
        db.session.add(interim)
    assert "intermédiaire" in visitor.get("/accueil").text
    answer_all(visitor, bilan, world)
    visitor.post(f"/bilans/{bilan.id}/envoi", **SIGNED)
    assert "intermédiaire" not in visitor.get("/accueil").text
    version = str(fresh(interim).version)
    answer = visitor.post(f"/bilans/{interim.id}/public", version=version, people_reached="1", not_measured_reason="")
    assert "Le bilan final de cette action est envoyé" in visitor.follow(answer).text
    assert (fresh(bilan).people_reached, fresh(interim).people_reached) == (55, None)


def test_a_refused_prolongation_needs_its_reason(app, world):
    bilan = world.bilan()
    world.applicant(app).post(f"/bilans/{bilan.id}/prolongation", until="30/09/2027", reason="Retard")
    page = world.visitor(app, Role.OFFICER).post(f"/bilans/{bilan.id}/reponse-prolongation", answer="refuse", reason="")
    assert page.errors == {"reason": "Écrivez pourquoi : ces mots seront lus par l’autre partie."}
    assert fresh(bilan).status is BilanStatus.POSTPONEMENT_ASKED


def test_an_action_that_did_not_take_place_is_said_so_on_its_application(app, world):
    bilan = world.bilan()
    world.applicant(app).post(f"/bilans/{bilan.id}/non-realisee", reason="Local fermé")
    assert fresh(bilan).status is BilanStatus.NOT_CARRIED_OUT
    status = db.session.get_one(Application, world.application.id, populate_existing=True).status
    assert status is ApplicationStatus.NOT_CARRIED_OUT


def test_others_do_not_find_a_bilan(app, world):
    bilan = world.bilan()
    stranger = Visitor(app, make.member(make.organisation()))
    reader = Visitor(app, make.member(world.organisation, MemberLevel.READER))
    delegate = world.visitor(app, Role.DELEGATE)
    officer = world.visitor(app, Role.OFFICER)
    assert stranger.get(f"/bilans/{bilan.id}").status_code == 404
    assert reader.get(f"/bilans/{bilan.id}").status_code == 200
    assert reader.get(f"/bilans/{bilan.id}/recit").status_code == 404
    assert delegate.get(f"/bilans/{bilan.id}").status_code == 404
    assert officer.get(f"/bilans/{bilan.id}").status_code == 200
    assert officer.get(f"/bilans/{bilan.id}/recit").status_code == 404
    assert officer.post(f"/bilans/{bilan.id}/envoi", **SIGNED).status_code == 404
    assert world.applicant(app).post(f"/bilans/{bilan.id}/accepter").status_code == 404


def test_a_recused_officer_does_not_find_it(app, world):
    from portal.calls.models import Recusal
    from portal.calls.states import RecusalSource
    from portal.foundation import clock

    bilan, person = world.bilan(), make.staff(Role.OFFICER, world.contract)
    make.save(
        Recusal(
            person_id=person.id,
            organisation_id=world.organisation.id,
            source=RecusalSource.DECLARED,
            reason="Parent",
            created_at=clock.now(),
        )
    )
    officer = Visitor(app, person)
    assert officer.get(f"/bilans/{bilan.id}").status_code == 404
    assert officer.get("/bilans").texts("//tbody/tr") == []


STEPS = [
    ("begin", BilanStatus.DUE, Role.DELEGATE),
    ("submit", BilanStatus.BEGUN, Role.DELEGATE),
    ("ask_correction", BilanStatus.SUBMITTED, Role.APPLICANT),
    ("accept", BilanStatus.SUBMITTED, Role.APPLICANT),
    ("declare_not_carried_out", BilanStatus.DUE, Role.FUNDER_AGENT),
    ("ask_postponement", BilanStatus.DUE, Role.REVIEWER),
    ("grant_postponement", BilanStatus.POSTPONEMENT_ASKED, Role.APPLICANT),
    ("refuse_postponement", BilanStatus.POSTPONEMENT_ASKED, Role.APPLICANT),
]


@pytest.mark.parametrize(("step", "state", "wrong"), STEPS)
def test_a_step_by_somebody_else_changes_nothing(world, step, state, wrong):
    bilan = world.bilan()
    with unit_of_work() as session:
        session.get_one(Bilan, bilan.id).status = state
    with pytest.raises(Refusal, match="Vous n’avez pas qualité"), unit_of_work() as session:
        cycle.move(session.get_one(Bilan, bilan.id), step, actor=SYSTEM, roles={wrong})
    assert fresh(bilan).status is state


@pytest.mark.parametrize("step", [step for step, _, _ in STEPS])
def test_a_step_taken_twice_is_refused(world, step):
    bilan = world.bilan()
    target = cycle.BILAN.steps[step].target
    with unit_of_work() as session:
        session.get_one(Bilan, bilan.id).status = BilanStatus(target)
    with pytest.raises(Refusal, match="C’est déjà fait"), unit_of_work() as session:
        cycle.move(session.get_one(Bilan, bilan.id), step, actor=SYSTEM, roles=cycle.BILAN.steps[step].by)
    assert fresh(bilan).status is BilanStatus(target)


# -- filing again -------------------------------------------------------------------------------


def next_year(world: World, rule: PreviousBilansRule) -> Application:
    following = make.call(world.contract, [world.beisson], year=2027, previous_bilans_rule=rule)
    return make.application(following, world.organisation, [world.beisson])


def test_filing_for_the_next_year_opens_the_interim_bilan_for_its_closing_day(world):
    application = next_year(world, PreviousBilansRule.WARN)
    with unit_of_work():
        cycle.open_due_bilans()
    bilan = db.session.query(Bilan).filter_by(kind=BilanKind.INTERIM).one()
    assert bilan.application_id == world.application.id
    assert bilan.due_on == application.call.closes_at.date()


def test_a_missing_interim_bilan_warns_or_blocks_as_the_call_says(world):
    words = (
        "Avant un nouveau dossier, votre structure doit rendre\u00a0: "
        "bilan intermédiaire 2026, «\u00a0Aide aux devoirs\u00a0»."
    )
    warned = next_year(world, PreviousBilansRule.WARN)
    assert cycle.previous_bilans_message(warned) == words
    cycle._previous_bilans(warned)
    with unit_of_work():
        warned.call.previous_bilans_rule = PreviousBilansRule.BLOCK
    with pytest.raises(Refusal) as refused:
        cycle._previous_bilans(warned)
    assert refused.value.message == words
    with unit_of_work() as session:
        session.add(
            Bilan(application_id=world.application.id, kind=BilanKind.INTERIM, status=BilanStatus.SUBMITTED, version=1)
        )
    assert cycle.previous_bilans_message(warned) is None


def test_the_list_costs_the_same_for_one_bilan_and_for_two_hundred(app, world):
    world.bilan()
    officer = world.visitor(app, Role.OFFICER)
    officer.get("/bilans")
    with counted() as one:
        officer.get("/bilans")
    with unit_of_work() as session:
        for number in range(199):
            application = Application(
                call_id=world.call.id,
                organisation_id=world.organisation.id,
                number=1000 + number,
                origin="online",
                status=ApplicationStatus.DECIDED,
                title=f"Action {number}",
                title_fold=f"action {number}",
                created_at=world.application.created_at,
            )
            session.add(application)
            session.add(Bilan(application=application, kind=BilanKind.FINAL, due_on=date(2027, 6, 30)))
    with counted() as many:
        page = officer.get("/bilans")
    assert "200 bilans" in page.text.replace("\u00a0", " ")
    assert len(many) == len(one)


def test_whoever_is_about_to_file_reads_which_bilan_is_missing(app, world):
    application = next_year(world, PreviousBilansRule.WARN)
    page = world.applicant(app).get(f"/dossiers/{application.id}/depot")
    assert "doit rendre : bilan intermédiaire 2026, « Aide aux devoirs »." in page.text


def test_an_unsigned_bilan_is_not_sent(app, world):
    bilan, visitor = world.bilan(), world.applicant(app)
    answer_all(visitor, bilan, world)
    page = visitor.post(f"/bilans/{bilan.id}/envoi", **{**SIGNED, "signatory_name": " "})
    assert page.errors == {"signatory_name": "Indiquez le nom de la personne qui signe."}
    unticked = {name: value for name, value in SIGNED.items() if name != "sincere"}
    page = visitor.post(f"/bilans/{bilan.id}/envoi", **unticked)
    assert page.errors == {"sincere": "Cochez l’attestation pour envoyer le bilan."}
    assert fresh(bilan).status is BilanStatus.BEGUN


def test_an_action_not_carried_out_says_why(app, world):
    bilan = world.bilan()
    page = world.applicant(app).post(f"/bilans/{bilan.id}/non-realisee", reason="")
    assert page.errors == {"reason": "Écrivez pourquoi : ces mots seront lus par l’autre partie."}
    assert fresh(bilan).status is BilanStatus.DUE


def test_documents_are_joined_downloaded_and_taken_out(app, world):
    bilan, visitor = world.bilan(), world.applicant(app)
    at = f"/bilans/{bilan.id}/documents"
    wrong = visitor.post(at, label="Photo", file=(io.BytesIO(b"#!/bin/sh"), "photo.png"))
    assert list(wrong.errors) == ["file"]
    visitor.post(at, label="Rapport", file=(io.BytesIO(b"%PDF-1.7\n%%EOF\n"), "rapport.pdf"))
    (link,) = visitor.get(at).tree.xpath("//tbody//a/@href")
    assert visitor.get(link).data.startswith(b"%PDF")
    assert world.visitor(app, Role.OFFICER).get(link).status_code == 404
    visitor.post(f"{link}/retirer")
    assert visitor.get(link).status_code == 404


@pytest.mark.usefixtures("large_bodies")
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_document_far_too_large_is_told_at_its_field(app, world):
    bilan, visitor = world.bilan(), world.applicant(app)
    large = io.BytesIO(b"%PDF-1.7" + b"%" * (15 * 1024 * 1024))
    page = visitor.post(f"/bilans/{bilan.id}/documents", label="Rapport", file=(large, "rapport.pdf"))
    assert page.errors == {"file": "Le fichier dépasse 10 Mo."}
    assert page.tree.xpath('//input[@name="label"]/@value') == ["Rapport"]
