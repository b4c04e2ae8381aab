"""The délégué du Préfet's workbook: what it says is what the database holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from portal.accounts.models import Grant, ReadAudit
from portal.accounts.rules import Role
from portal.calls.models import Application, FundingForecast, FundingLine, Measure, Recusal
from portal.calls.states import ApplicationStatus, Duration, Origin, Phase, RecusalSource
from portal.contracts.models import FunderKind, Indicator, IndicatorKind, Nature
from portal.evaluation.models import Bilan
from portal.evaluation.states import BilanKind, BilanStatus
from portal.exchange.operations.delegate import forget_workbooks, make_workbook
from portal.exchange.queries.delegate import Selection
from portal.extensions import db
from portal.foundation import clock, delivery
from portal.foundation.database import unit_of_work
from portal.foundation.outbox import Task
from portal.foundation.refusals import Refusal
from tests import factories
from tests.office import recalculated
from tests.queries import counted
from tests.visitors import Visitor

SHEETS = ["Synthèse", "Dossiers", "Cofinancements", "Quartiers", "Indicateurs", "Bilans", "Lisez-moi"]


@dataclass
class World:
    contract: factories.Contract
    call: factories.Call
    city: factories.Funder
    state: factories.Funder
    ids: list[int]


@pytest.fixture
def world(app):
    contract = factories.contract()
    pillar = factories.theme(contract, "Cohésion sociale")
    theme = factories.theme(contract, "Santé", pillar)
    quartiers = [factories.quartier(contract, name) for name in ("Encagnane", "Corsy")]
    call = factories.call(contract, quartiers)
    city = factories.funder("Ville d’essai")
    state = factories.funder("État", FunderKind.STATE)
    factories.envelope(call, city, 50_000_00)
    made = []
    for number, (title, asked) in enumerate((("=1+1", 1_000_01), ("Jardin", 2_500_00)), start=1):
        application = factories.application(
            call,
            factories.organisation(f"Association {number}"),
            quartiers,
            status=ApplicationStatus.ADMISSIBLE,
            title=title,
            number=number,
            main_theme_id=theme.id,
        )
        factories.funding_line(application, city, asked)
        factories.funding_line(application, state, 500_00)
        made.append(application.id)
    factories.application(call, factories.organisation("Association 3"), status=ApplicationStatus.DRAFT, title="Secret")
    return World(contract, call, city, state, made)


def workbook(world, **choices):
    selection = Selection(contract_id=world.contract.id, year=2026, **choices)
    return make_workbook(selection, made_by="essai", base_url="https://exemple.test")


def column(sheet, heading):
    headings = [cell.value for cell in sheet[1]]
    return [row[headings.index(heading)].value for row in sheet.iter_rows(min_row=2)]


def test_each_sheet_holds_the_rows_of_the_database(world):
    book = load_workbook(BytesIO(workbook(world)))
    assert book.sheetnames == SHEETS
    assert column(book["Dossiers"], "Action") == ["=1+1", "Jardin"]
    assert column(book["Dossiers"], "Demandé") == [1500.01, 3000.0]
    assert column(book["Dossiers"], "Attribué") == [None, None]
    assert column(book["Cofinancements"], "Demandé") == [1000.01, 500.0, 2500.0, 500.0]
    assert column(book["Quartiers"], "Demandé (part du quartier)") == [750.01, 750.0, 1500.0, 1500.0]


def test_words_typed_by_people_stay_words(world):
    cell = next(c for c in load_workbook(BytesIO(workbook(world)))["Dossiers"][2] if c.value == "=1+1")
    assert cell.data_type == "s"


def test_recalculated_totals_are_those_of_the_database(world):
    book = recalculated(workbook(world))
    lines = [[cell.value for cell in row] for row in book["Synthèse"].iter_rows(max_col=8)]
    by_name = {}
    for line in lines:
        by_name.setdefault(line[0], []).append(line[1:])
    assert by_name["Ville d’essai"][0][:3] == ["Crédits politique de la ville", pytest.approx(3500.01), 0]
    assert by_name["État"][0][:3] == ["Crédits politique de la ville", 1000, 0]
    assert [row[1] for row in by_name["Total"][:1]] == [pytest.approx(4500.01)]
    assert by_name["Encagnane"][0][:2] == [2, pytest.approx(2250.01)]
    assert by_name["Corsy"][0][:2] == [2, 2250]
    assert by_name["Cohésion sociale"][0][:2] == [2, pytest.approx(4500.01)]
    assert by_name["Recevable"][0][0] == 2


def test_a_filter_keeps_its_dossiers_alone(world):
    quartier = world.call.quartiers[0]
    lone = factories.application(
        world.call, factories.organisation("Seule"), [quartier], status=ApplicationStatus.SUBMITTED, title="Seule ici"
    )
    assert lone.id
    other = workbook(world, quartier_id=world.call.quartiers[1].id)
    assert column(load_workbook(BytesIO(other))["Dossiers"], "Action") == ["=1+1", "Jardin"]
    submitted = workbook(world, status=ApplicationStatus.SUBMITTED)
    assert column(load_workbook(BytesIO(submitted))["Dossiers"], "Action") == ["Seule ici"]


def test_unknown_amounts_stay_empty(world):
    factories.application(
        world.call,
        factories.organisation("Reprise"),
        status=ApplicationStatus.CLOSED,
        origin=Origin.IMPORTED,
        title="Action reprise",
    )
    book = load_workbook(BytesIO(workbook(world, status=ApplicationStatus.CLOSED)))
    assert column(book["Dossiers"], "Demandé") == [None]


def test_nothing_filed_is_said_in_words(world):
    with pytest.raises(Refusal, match="Aucun dossier"):
        make_workbook(Selection(contract_id=world.contract.id, year=1999), made_by="", base_url="")


def test_the_queries_do_not_grow_with_the_rows(world):
    with counted() as few:
        workbook(world)
    for _ in range(20):
        application = factories.application(world.call, factories.organisation(), status=ApplicationStatus.SUBMITTED)
        factories.funding_line(application, world.city, 100_00)
    with counted() as many:
        workbook(world)
    assert len(many) == len(few)


def ask(visitor, world, **fields):
    answer = visitor.post(f"/contrats/{world.contract.id}/exports/synthese", **{"year": "2026", **fields})
    assert answer.status_code == 302, answer.errors
    task_id = int(answer.location.rsplit("/", 1)[1])
    delivery.run_task(task_id)
    return visitor.get(f"/travaux/{task_id}/fichier")


def test_the_delegate_asks_waits_and_takes_the_file(app, world):
    delegate = factories.staff(Role.DELEGATE, world.contract)
    answer = ask(Visitor(app, delegate), world)
    assert load_workbook(BytesIO(answer.data)).sheetnames == SHEETS
    audits = db.session.execute(sa.select(ReadAudit.what, ReadAudit.person_id)).all()
    assert [tuple(row) for row in audits] == [("task.file", delegate.id)]


def test_a_recused_officer_finds_neither_the_dossier_nor_what_would_tell_it(app, world):
    officer = factories.staff(Role.OFFICER, world.contract)
    recused(officer, world.ids[1])
    book = load_workbook(BytesIO(ask(Visitor(app, officer), world).data))
    words = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [word for word in words if "Jardin" in word or "Consommation" in word]
    assert column(book["Dossiers"], "Action") == ["=1+1"]
    assert any("hors dossiers déportés" in word for word in words)


def recused(person, application_id):
    factories.save(
        Recusal(
            person_id=person.id,
            application_id=application_id,
            source=RecusalSource.DECLARED,
            reason="trésorière",
            created_at=clock.now(),
        )
    )


def test_a_workbook_made_before_one_steps_out_is_not_given_after(app, world):
    officer = factories.staff(Role.OFFICER, world.contract)
    visitor = Visitor(app, officer)
    assert ask(visitor, world).status_code == 200
    recused(officer, world.ids[1])
    task_id = db.session.execute(sa.select(Task.id)).scalar_one()
    assert visitor.get(f"/travaux/{task_id}/fichier").status_code == 404
    again = load_workbook(BytesIO(ask(visitor, world).data))
    assert column(again["Dossiers"], "Action") == ["=1+1"]


def test_a_workbook_is_not_given_to_who_follows_the_contract_no_more(app, world):
    delegate = factories.staff(Role.DELEGATE, world.contract)
    visitor = Visitor(app, delegate)
    assert ask(visitor, world).status_code == 200
    with unit_of_work() as session:
        session.execute(sa.update(Grant).where(Grant.person_id == delegate.id).values(ended_at=clock.now()))
    task_id = db.session.execute(sa.select(Task.id)).scalar_one()
    assert visitor.get(f"/travaux/{task_id}/fichier").status_code == 404


def test_a_workbook_is_forgotten_after_a_week(app, world):
    visitor = Visitor(app, factories.staff(Role.DELEGATE, world.contract))
    ask(visitor, world)
    task_id = db.session.execute(sa.select(Task.id)).scalar_one()
    with unit_of_work() as session:
        session.execute(sa.update(Task).values(finished_at=clock.now() - timedelta(days=8)))
    with unit_of_work():
        forget_workbooks()
    assert visitor.get(f"/travaux/{task_id}/fichier").status_code == 404
    assert "Ce classeur est effacé" in visitor.get(f"/travaux/{task_id}").text


def granted_before(world, *amounts):
    """An application of the first association the year before, with these grants; None is not said yet."""
    before = factories.call(world.contract, year=2025)
    association = db.session.get_one(Application, world.ids[0]).organisation
    found = factories.application(before, association, status=ApplicationStatus.DECIDED, title="Avant", number=1)
    for funder, cents in zip((world.city, world.state), amounts, strict=True):
        line = factories.funding_line(found, funder, 9_000_00)
        with unit_of_work() as session:
            session.get_one(FundingLine, line.id).granted_cents = cents
    return found


def test_what_an_association_had_is_not_told_to_who_stepped_out_of_it(app, world):
    before = granted_before(world, 700_00, 300_00)
    assert column(load_workbook(BytesIO(workbook(world)))["Dossiers"], "Attribué N-1 (structure)") == [1000, None]
    officer = factories.staff(Role.OFFICER, world.contract)
    recused(officer, before.id)
    sheet = load_workbook(BytesIO(ask(Visitor(app, officer), world).data))["Dossiers"]
    assert column(sheet, "Action") == ["=1+1", "Jardin"]
    assert column(sheet, "Attribué N-1 (structure)") == [None, None]


def test_what_an_association_had_is_unknown_when_a_part_of_it_is(world):
    granted_before(world, 700_00, None)
    assert column(load_workbook(BytesIO(workbook(world)))["Dossiers"], "Attribué N-1 (structure)") == [None, None]


def test_another_persons_workbook_is_not_found(app, world):
    delegate = factories.staff(Role.DELEGATE, world.contract)
    ask(Visitor(app, delegate), world)
    task_id = db.session.execute(sa.select(Task.id)).scalar_one()
    colleague = Visitor(app, factories.staff(Role.MANAGER, world.contract))
    paths = [f"/travaux/{task_id}{end}" for end in ("", "/etat", "/fichier")]
    assert [colleague.get(path).status_code for path in paths] == [404, 404, 404]


def test_an_association_does_not_find_the_export(app, world):
    member = Visitor(app, factories.member(factories.organisation()))
    assert member.get(f"/contrats/{world.contract.id}/exports/synthese").status_code == 404


def test_the_progress_is_told_to_the_page(app, world):
    delegate = Visitor(app, factories.staff(Role.DELEGATE, world.contract))
    task_id = int(
        delegate.post(f"/contrats/{world.contract.id}/exports/synthese", year="2026").location.rsplit("/", 1)[1]
    )
    assert delegate.get(f"/travaux/{task_id}/etat").json["state"] == "running"
    delivery.run_task(task_id)
    assert delegate.get(f"/travaux/{task_id}/etat").json == {
        "done": 4,
        "message": "Le classeur est prêt. Il reste ici 7 jours.",
        "state": "finished",
        "total": 4,
        "url": f"/travaux/{task_id}/fichier",
    }


def test_choices_that_nothing_answers_are_said_at_once(app, world):
    delegate = Visitor(app, factories.staff(Role.DELEGATE, world.contract))
    answer = delegate.post(f"/contrats/{world.contract.id}/exports/synthese", year="2026", status="closed")
    assert answer.errors == {"year": "Aucun dossier ne correspond à ces choix."}
    assert db.session.execute(sa.select(sa.func.count(Task.id))).scalar_one() == 0


def test_one_call_of_the_year_is_chosen(app, world):
    summer = factories.call(world.contract, title="Quartiers d’été")
    factories.application(summer, factories.organisation(), status=ApplicationStatus.SUBMITTED, title="Baignade")
    delegate = Visitor(app, factories.staff(Role.DELEGATE, world.contract))
    book = load_workbook(BytesIO(ask(delegate, world, call=str(summer.id)).data))
    assert column(book["Dossiers"], "Action") == ["Baignade"]
    told = [tuple(cell.value for cell in row) for row in book["Lisez-moi"].iter_rows(min_row=2)]
    assert ("Filtre", "Appel\xa0: Quartiers d’été") in told


def test_a_choice_that_is_not_offered_is_refused_at_its_field(app, world):
    delegate = Visitor(app, factories.staff(Role.DELEGATE, world.contract))
    answer = delegate.post(f"/contrats/{world.contract.id}/exports/synthese", year="1999")
    assert set(answer.errors) == {"year"}


def test_indicators_show_their_target_and_their_value_once_the_bilan_is_sent(world):
    people, share = (
        factories.save(
            Indicator(
                contract_id=world.contract.id, code=code, label=label, definition=label, unit="personnes", kind=kind,
                position=position, numerator_label=parts, denominator_label=parts,
            )
        )
        for position, (code, label, kind, parts) in enumerate(
            (
                ("S1", "Personnes touchées", IndicatorKind.PEOPLE, None),
                ("K3", "Part de femmes", IndicatorKind.RATIO, "pratiquantes"),
            )
        )
    )  # fmt: skip
    first, _ = world.ids
    bilan = factories.save(
        Bilan(application_id=first, kind=BilanKind.FINAL, status=BilanStatus.BEGUN, people_reached=25)
    )
    for phase, value in ((Phase.EXPECTED, 40), (Phase.ADJUSTED, 30), (Phase.ACTUAL, 25)):
        factories.save(
            Measure(application_id=first, indicator_id=people.id, phase=phase, value_thousandths=value * 1000)
        )
    factories.save(Measure(application_id=first, indicator_id=share.id, phase=Phase.ACTUAL, numerator=2, denominator=3))
    draft = load_workbook(BytesIO(workbook(world)))
    assert (column(draft["Indicateurs"], "Cible"), column(draft["Indicateurs"], "Réalisé")) == ([30], [None])
    assert column(draft["Bilans"], "Personnes touchées") == [None]
    with unit_of_work() as session:
        session.get_one(Bilan, bilan.id).status = BilanStatus.SUBMITTED
    sent = load_workbook(BytesIO(workbook(world)))
    assert column(sent["Indicateurs"], "Indicateur") == ["Personnes touchées", "Part de femmes"]
    assert column(sent["Indicateurs"], "Réalisé") == [25, 66.67]
    assert column(sent["Bilans"], "État") == ["Envoyé"]
    assert column(sent["Bilans"], "Personnes touchées") == [25]


def test_a_multi_year_project_says_its_length_and_what_it_will_ask_later(world):
    with unit_of_work() as session:
        application = session.get(Application, world.ids[0])
        application.duration, application.years = Duration.MULTI_YEAR, 3
        for year, cents in ((2, 1_000_00), (3, 500_50), (4, 9_999_00)):
            session.add(
                FundingForecast(
                    application_id=application.id, funder_id=world.city.id, nature=Nature.SPECIFIC, year_index=year,
                    requested_cents=cents,
                )
            )  # fmt: skip
    sheet = load_workbook(BytesIO(workbook(world)))["Dossiers"]
    assert column(sheet, "Durée") == ["Pluriannuel (CPO), 3 ans", "Un an"]
    assert column(sheet, "Envisagé ensuite") == [1500.5, None]
    assert column(sheet, "Demandé") == [1500.01, 3000.0]
