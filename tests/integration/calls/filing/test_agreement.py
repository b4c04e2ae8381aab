"""The later years of a multi-year agreement: a light file, filled from the forecast, never scored again."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.accounts.rules import Role
from portal.calls.models import AgreementYear, Application, BudgetLine, Call, FundingForecast, FundingLine
from portal.calls.states import ApplicationStatus, Duration, FundingStatus, Phase, PreviousBilansRule, Side
from portal.committee.operations import reviewing
from portal.contracts.models import Nature
from portal.evaluation.models import Bilan
from portal.evaluation.operations.cycle import open_due_bilans
from portal.evaluation.states import BilanKind, BilanStatus
from portal.extensions import db
from portal.foundation.actors import Actor
from portal.foundation.database import unit_of_work
from portal.foundation.refusals import Refusal
from tests import factories
from tests.integration.calls.filing.scene import filer, fresh, sections_of
from tests.queries import counted
from tests.typography import plain


@pytest.fixture
def agreed(owner, it, draft) -> int:
    """A three-year application of 2026, granted; 2027 forecasts 5 000 € of the city."""
    owner.fill(draft, it)
    assert owner.sign(draft).status_code == 302
    with unit_of_work() as session:
        application = fresh(draft)
        application.duration, application.years = Duration.MULTI_YEAR, 3
        application.status = ApplicationStatus.DECIDED
        session.execute(
            sa.update(FundingLine)
            .where(FundingLine.application_id == draft)
            .values(status=FundingStatus.NOTIFIED, granted_cents=100_000)
        )
        session.add_all(
            [
                FundingForecast(
                    application_id=draft, funder_id=it.city.id, nature=Nature.SPECIFIC, year_index=2,
                    requested_cents=500_000,
                ),
                *(
                    BudgetLine(
                        application_id=draft, phase=Phase.EXPECTED, year_index=2, side=side, account_code=code,
                        label="Année 2", amount_cents=cents, position=1,
                    )
                    for side, code, cents in ((Side.EXPENSE, "606", 600_000), (Side.INCOME, "756", 100_000))
                ),
            ]
        )  # fmt: skip
    return draft


@pytest.fixture
def next_call(it) -> Call:
    call = factories.call(
        it.contract, [it.qpv, it.watch], year=2027, title="Appel 2027", previous_bilans_rule=PreviousBilansRule.OFF
    )
    for funder in (it.city, it.state):
        factories.envelope(call, funder, 5_000_000)
    return call


@pytest.fixture
def year_two(owner, agreed, next_call) -> int:
    answer = owner.post(f"/dossiers/{agreed}/convention/{next_call.id}")
    assert answer.status_code == 302, answer.text
    return int(answer.location.rsplit("/", 1)[1])


def return_interim(agreed, status=BilanStatus.SUBMITTED):
    with unit_of_work():
        open_due_bilans()
    with unit_of_work() as session:
        session.execute(sa.update(Bilan).where(Bilan.application_id == agreed).values(status=status))


def complete(owner, it, year_two):
    sections = sections_of(it)
    typed = {
        "structure": sections["structure"],
        "projet": {
            "changes": "Un atelier de plus.", "starts_on": "01/02/2027", "ends_on": "30/11/2027",
            "contact_name": "Camille Durand", "contact_email": "camille@ateliers.test", "contact_phone": "06 00",
        },
        "financements": {f"asked_{it.city.id}_specific": "5 000"},
        "budget": {"line_expense_606_0_amount": "6 000", "line_income_756_0_amount": "1 000"},
    }  # fmt: skip
    for name, words in typed.items():
        answer = owner.save(year_two, name, **words)
        assert answer.status_code == 302, (name, answer.errors)


def test_the_granted_application_leads_to_its_next_year_in_an_open_call(owner, agreed, next_call):
    page = owner.get(f"/dossiers/{agreed}")
    assert page.tree.xpath(f'//form[@action="/dossiers/{agreed}/convention/{next_call.id}"]')
    assert "Reprendre ce projet dans" not in page.text


def test_the_light_file_asks_six_sections_and_is_filled_from_the_forecast(owner, it, agreed, year_two):
    page = owner.get(f"/dossiers/{year_two}")
    assert len(page.tree.xpath('//ol[@class="tasks"]/li')) == 6
    assert "2e année sur 3 de la convention" in page.text
    made = fresh(year_two)
    assert (made.title, made.renewal_of_id, made.agreement.year_index) == ("Lire en bas des tours", agreed, 2)
    assert (made.people_expected, made.main_theme_id) == (60, it.theme.id)
    lines = db.session.execute(
        sa.select(BudgetLine.account_code, BudgetLine.amount_cents)
        .where(BudgetLine.application_id == year_two, BudgetLine.funder_id.is_(None))
        .order_by(BudgetLine.account_code)
    ).all()
    assert [tuple(line) for line in lines] == [("606", 600_000), ("756", 100_000)]
    asked = db.session.scalars(
        sa.select(FundingLine.requested_cents).where(FundingLine.application_id == year_two)
    ).all()
    assert asked == [500_000]
    db.session.rollback()
    project = owner.get(f"/dossiers/{year_two}/projet")
    assert project.tree.xpath('//textarea[@name="changes"]')
    assert not project.tree.xpath('//textarea[@name="need"]')
    assert owner.get(f"/dossiers/{year_two}/public").status_code == 404


def test_a_year_is_begun_beside_a_draft_taken_from_an_earlier_application(owner, it, agreed, next_call):
    begun = owner.post(f"/appels/{next_call.id}/deposer", organisation=it.organisation.id).location
    owner.post(f"{begun}/reprendre", source=str(agreed), kept=["projet"])
    answer = owner.post(f"/dossiers/{agreed}/convention/{next_call.id}")
    assert answer.status_code == 302
    assert answer.location != begun


def test_pressing_twice_and_two_members_make_one_year(app, owner, it, agreed, next_call, year_two):
    colleague = filer(app, factories.member(it.organisation))
    for who in (owner, colleague):
        assert who.post(f"/dossiers/{agreed}/convention/{next_call.id}").location == f"/dossiers/{year_two}"
    assert db.session.execute(sa.select(sa.func.count()).select_from(AgreementYear)).scalar_one() == 1
    db.session.rollback()
    assert "Déposer l’année 2" not in owner.get(f"/dossiers/{agreed}").text


def test_it_is_filed_once_what_changes_is_said_and_the_interim_bilan_is_returned(owner, it, agreed, year_two):
    complete(owner, it, year_two)
    assert "Ce qui empêche de déposer" in owner.get(f"/dossiers/{year_two}").text
    answer = owner.sign(year_two)
    assert "bilan intermédiaire 2026" in plain(answer.text)
    assert fresh(year_two).status is ApplicationStatus.DRAFT
    return_interim(agreed)
    assert owner.sign(year_two).status_code == 302
    assert "Un atelier de plus." in owner.get(f"/dossiers/{year_two}/lecture").text


def test_what_changes_must_be_said(owner, it, agreed, year_two):
    complete(owner, it, year_two)
    owner.save(year_two, "projet", changes="", starts_on="01/02/2027", ends_on="30/11/2027")
    return_interim(agreed)
    assert "Dites ce qui change cette année" in owner.sign(year_two).text
    answer = owner.save(year_two, "projet", changes="x", starts_on="30/11/2027", ends_on="01/02/2027")
    assert answer.errors == {"ends_on": "La date de fin précède la date de début."}


@pytest.mark.parametrize("spoil", ["refused", "not_notified", "one_year", "submitted", "too_late", "elsewhere"])
def test_an_agreement_that_does_not_run_there_has_no_year_to_file(owner, it, agreed, next_call, spoil):
    elsewhere = factories.contract()
    with unit_of_work() as session:
        application = fresh(agreed)
        if spoil == "refused":
            session.execute(
                sa.update(FundingLine).values(status=FundingStatus.REFUSED, granted_cents=None, refusal_reason="Non")
            )
        elif spoil == "not_notified":
            session.execute(sa.update(FundingLine).values(status=FundingStatus.GRANTED))
        elif spoil == "one_year":
            application.duration, application.years = Duration.ONE_YEAR, 1
        elif spoil == "submitted":
            application.status = ApplicationStatus.SUBMITTED
        elif spoil == "too_late":
            session.merge(next_call).year = 2029
        else:
            session.merge(next_call).contract_id = elsewhere.id
    assert owner.post(f"/dossiers/{agreed}/convention/{next_call.id}").status_code == 409
    assert db.session.execute(sa.select(sa.func.count()).select_from(Application)).scalar_one() == 1
    db.session.rollback()


# -- the committee's side -------------------------------------------------------------------------------


@pytest.fixture
def filed(owner, it, agreed, year_two) -> int:
    complete(owner, it, year_two)
    return_interim(agreed)
    assert owner.sign(year_two).status_code == 302
    return year_two


def test_a_later_year_is_compared_with_the_year_before_it_alone(owner, agreed, year_two):
    with unit_of_work():
        fresh(agreed).objectives_by_year = "La deuxième année, une équipe prépare seule."
    told = owner.get(f"/dossiers/{year_two}/evolution")
    labels = [plain(label) for label in told.texts('//p[@class="change-label"]/strong')]
    assert "Convention pluriannuelle" in labels
    assert {"Durée", "Objectifs de chaque année"} & set(labels) == set()
    assert "2028" not in told.text
    assert "Les questions de l’appel" not in told.text


def test_both_sides_go_from_a_year_to_another(app, owner, it, agreed, filed):
    officer = filer(app, factories.staff(Role.OFFICER, it.contract))
    for who, page in ((owner, ""), (officer, "/instruction")):
        for here, there in ((agreed, filed), (filed, agreed)):
            found = who.get(f"/dossiers/{here}{page}")
            assert "année par année" in found.text, (page, here)
            assert found.tree.xpath(f'//a[@href="/dossiers/{there}{page}"]'), (page, here)


def test_it_is_given_to_no_reviewer_and_waits_for_none(app, it, agreed, filed):
    reviewer = factories.staff(Role.REVIEWER, fresh(filed).call)
    person = factories.staff(Role.OFFICER, it.contract)
    officer = filer(app, person)
    with unit_of_work():
        fresh(filed).status = ApplicationStatus.ADMISSIBLE
    actor = Actor.person(person.id, "Sacha")
    with pytest.raises(Refusal, match="analysé la première année"), unit_of_work():
        reviewing.assign(fresh(filed), db.session.merge(reviewer), actor=actor, roles={Role.OFFICER})
    queue = officer.get(f"/instruction/{fresh(filed).call_id}")
    assert "CPO, année suivante" in queue.text
    (row,) = queue.tree.xpath("//tbody/tr")
    assert "Avis de financeurs attendus" in row.text_content()
    assert "Lire en bas des tours" not in officer.get(f"/instruction/{fresh(filed).call_id}/analyses").text


def test_its_tranche_comes_first_in_the_programming_table(app, it, next_call, filed):
    other = factories.application(
        next_call, factories.organisation("Avant elle"), [it.qpv], status=ApplicationStatus.ADMISSIBLE, title="Autre",
        number=0,
    )  # fmt: skip
    with unit_of_work():
        fresh(filed).status = ApplicationStatus.ADMISSIBLE
    manager = filer(app, factories.staff(Role.MANAGER, it.contract))

    def table():
        with counted() as run:
            page = manager.get(f"/programmation/{next_call.id}")
        # SQLite tells its BEGIN, now and then, among the statements.
        return page, [statement for statement in run.statements if statement != "BEGIN"]

    page, before = table()
    titles = page.texts('//a[@class="programme-title"]')
    assert [title.split(" — ")[1] for title in titles] == ["Lire en bas des tours", "Autre"]
    assert "CPO, année 2 sur 3" in page.text
    for _ in range(4):
        factories.application(next_call, factories.organisation(), [it.qpv], status=ApplicationStatus.ADMISSIBLE)
    after = table()[1]
    assert len(after) == len(before), [s for s in after if s not in before]
    assert other.id


def test_a_bilan_opens_for_an_agreement_though_the_call_asks_none(agreed, next_call):
    with unit_of_work():
        open_due_bilans()
    kinds = db.session.scalars(sa.select(Bilan.kind).where(Bilan.application_id == agreed)).all()
    assert BilanKind.INTERIM in kinds
    db.session.rollback()
