"""What a funder paid, sent as a file: a payment known by its reference is told and never doubled."""

from __future__ import annotations

import io
from datetime import date, datetime

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from portal.accounts.rules import Role
from portal.calls.models import FundingLine
from portal.calls.states import FundingStatus
from portal.committee.models import Payment
from portal.committee.operations.payments import cancel_payment
from portal.exchange.models import ImportRun
from portal.extensions import db
from portal.foundation.database import unit_of_work
from tests.integration.committee.deciding import Scene, make_scene
from tests.integration.exchange.sending import confirm, csv, faults, results, send, workbook
from tests.queries import counted

HEADER = ["Dossier", "Montant versé", "Date du versement", "Référence du versement"]
PAID_ON = datetime(2026, 5, 4)


@pytest.fixture
def scene(app) -> Scene:
    return make_scene(app)


def page(scene: Scene) -> str:
    return f"/programmation/{scene.call.id}/montants/{scene.city.id}"


def notified(scene: Scene, number: str, cents: int = 4_000_00, *, checked: bool = True):
    """A subsidy told to its structure, to be paid."""
    application = scene.application()
    scene.arbitrate(application, city=cents)
    scene.act(application, cents, number)
    scene.bank_account(application, checked=checked)
    with unit_of_work():
        scene.line(application).status = FundingStatus.NOTIFIED
    return application


def post(scene: Scene, content: bytes, name: str = "versements.xlsx"):
    return send(scene.visit(Role.FUNDER_AGENT), f"{page(scene)}/versements", content, "versements", name)


def line(scene: Scene, application) -> FundingLine:
    db.session.expire_all()
    return scene.line(db.session.get_one(type(application), application.id))


def count(model: type) -> int:
    return db.session.execute(sa.select(sa.func.count()).select_from(model)).scalar_one()


def row(application, amount, paid_on=PAID_ON, reference="M-101"):
    return [application.reference, amount, paid_on, reference]


def test_payments_are_compared_confirmed_and_never_doubled(scene):
    first, second = notified(scene, "1"), notified(scene, "2", 1_000_00)
    rows = [HEADER, row(first, 1_500.5), row(first, 500, reference="M-102"), row(second, "1 000,00")]
    agent = scene.visit(Role.FUNDER_AGENT)
    done = confirm(agent, post(scene, workbook(rows)))
    assert done.location == f"/programmation/{scene.call.id}/versements"
    assert agent.follow(done).flashes[-1] == "Versements enregistrés : 3."
    assert (line(scene, first).paid_cents, line(scene, first).status) == (2_000_50, FundingStatus.PAID_IN_PART)
    assert (line(scene, second).paid_cents, line(scene, second).status) == (1_000_00, FundingStatus.PAID)
    report = agent.follow(post(scene, workbook(rows)))
    assert results(report) == ["•Déjà enregistré"] * 3
    assert report.texts("//main//h2")[0] == "Rien à changer"
    assert [count(Payment), count(ImportRun)] == [3, 1]


def test_the_model_lists_what_is_left_to_pay(scene):
    application = notified(scene, "1")
    confirm(scene.visit(Role.FUNDER_AGENT), post(scene, workbook([HEADER, row(application, 1_000)])))
    answer = scene.visit(Role.FUNDER_AGENT).get(f"{page(scene)}/versements.xlsx")
    sheet = load_workbook(io.BytesIO(answer.data))["Versements"]
    assert [[cell.value for cell in each][6:9] for each in sheet.iter_rows()] == [
        ["Attribué", "Déjà versé", "Reste à verser"],
        [4_000, 1_000, 3_000],
    ]
    sheet["J2"], sheet["K2"], sheet["L2"] = 3_000, date(2026, 6, 1), "M-200"
    out = io.BytesIO()
    load_out = sheet.parent
    load_out.save(out)
    confirm(scene.visit(Role.FUNDER_AGENT), post(scene, out.getvalue()))
    assert line(scene, application).status is FundingStatus.PAID


def test_a_reference_already_there_is_told_with_both_amounts_and_ignored(scene):
    application = notified(scene, "1")
    agent = scene.visit(Role.FUNDER_AGENT)
    confirm(agent, post(scene, workbook([HEADER, row(application, 1_000)])))
    rows = [HEADER, row(application, 900, reference=" m-101 "), row(application, 500, reference="M-102")]
    rows.append(row(application, 500, reference="M-102"))
    report = agent.follow(post(scene, workbook(rows)))
    assert results(report) == [
        "•Déjà enregistré le portail a 1 000,00 € le 04/05/2026 sous cette référence ; le fichier dit 900,00 € le "
        "04/05/2026",
        "✓À enregistrer",
        "→Laissé de côté même versement qu’à la ligne 3",
    ]
    confirm(agent, post(scene, workbook(rows)))
    assert line(scene, application).paid_cents == 1_500_00


def test_a_payment_cancelled_in_the_portal_does_not_come_back_by_a_file(scene):
    application = notified(scene, "1")
    agent = scene.visit(Role.FUNDER_AGENT)
    content = workbook([HEADER, row(application, 1_000)])
    confirm(agent, post(scene, content))
    with unit_of_work():
        payment = db.session.scalars(sa.select(Payment)).one()
        roles = {Role.FUNDER_AGENT}
        cancel_payment(payment, "Saisi deux fois", actor=scene.actor(Role.FUNDER_AGENT), roles=roles)
    report = agent.follow(post(scene, content))
    assert results(report) == [
        "•Déjà enregistré ce versement a été annulé dans le portail : il n’y revient pas par un fichier"
    ]
    assert line(scene, application).paid_cents in (0, None)


BAD_ROWS = {
    "beyond the grant": (
        [4_000.01, PAID_ON, "M-1"],
        "B2",
        "Ce versement dépasse ce qui est attribué : il reste 4 000,00 € à verser.",
    ),
    "to come": (
        [100, datetime(2099, 1, 1), "M-1"],
        "C2",
        "La date du versement est à venir : enregistrez-le quand il est fait.",
    ),
    "before the act": (
        [100, datetime(2026, 4, 2), "M-1"],
        "C2",
        "Le versement ne peut pas précéder l’acte qui attribue la subvention.",
    ),
    "nothing": ([0, PAID_ON, "M-1"], "B2", "Indiquez un montant supérieur à zéro."),
    "no date": ([100, None, "M-1"], "C2", "indiquez la date du versement."),
    "no reference": ([100, PAID_ON, None], "D2", "indiquez la référence du versement : mandat, virement…"),
    "long reference": ([100, PAID_ON, "M" * 121], "D2", "référence trop longue : au plus 120 caractères."),
    "wrong date": (
        [100, "le 4 mai", "M-1"],
        "C2",
        "« le 4 mai » : indiquez une date sous la forme jj/mm/aaaa, par exemple 21/11/2026.",
    ),
}


@pytest.mark.parametrize("name", BAD_ROWS)
def test_each_wrong_payment_is_told_with_its_cell(scene, name):
    cells, place, told = BAD_ROWS[name]
    application = notified(scene, "1")
    report = scene.visit(Role.FUNDER_AGENT).follow(post(scene, workbook([HEADER, [application.reference, *cells]])))
    assert faults(report) == [f"feuille « Feuil1 », cellule {place} : {told}"]
    assert count(Payment) == 0


def test_two_rows_together_do_not_go_beyond_the_grant(scene):
    application = notified(scene, "1")
    rows = [HEADER, row(application, 3_000, reference="A1"), row(application, 1_500, reference="A2")]
    report = scene.visit(Role.FUNDER_AGENT).follow(post(scene, workbook(rows)))
    assert faults(report) == [
        "feuille « Feuil1 », cellule B3 : Ce versement dépasse ce qui est attribué : il reste 1 000,00 € à verser."
    ]


def test_an_account_not_called_back_and_a_line_not_notified_stop_the_payment(scene):
    frozen = notified(scene, "1", checked=False)
    asked = scene.application()
    rows = [HEADER, row(frozen, 100), row(asked, 100)]
    told = faults(scene.visit(Role.FUNDER_AGENT).follow(post(scene, workbook(rows))))
    assert len(told) == 2
    assert told[1] == "feuille « Feuil1 », cellule B3 : rien ne se verse sur ce financement : il est « Demandé »."


def test_a_csv_without_its_columns_is_said(scene):
    answer = post(scene, csv([["Dossier", "Montant versé"], ["2026-001", "1"]]), "v.csv")
    assert answer.errors == {
        "versements-file": "Colonnes absentes : « Date du versement », « Référence du versement »."
    }


def test_a_recused_line_is_unknown(scene):
    application = notified(scene, "1")
    agent = scene.person(Role.FUNDER_AGENT)
    scene.recuse(agent, application)
    report = scene.visit(agent).follow(post(scene, workbook([HEADER, row(application, 100)])))
    assert faults(report) == ["feuille « Feuil1 », cellule A2 : dossier inconnu de ce financeur dans cet appel."]
    sheet = load_workbook(io.BytesIO(scene.visit(agent).get(f"{page(scene)}/versements.xlsx").data))["Versements"]
    assert sheet.max_row == 1


def test_the_report_costs_the_same_whatever_the_lines(scene):
    def cost(applications) -> int:
        agent = scene.visit(Role.FUNDER_AGENT)
        sent = post(scene, workbook([HEADER, *(row(each, 1) for each in applications)]))
        agent.get(str(sent.location))
        with counted() as made:
            assert agent.get(str(sent.location)).status_code == 200
        return len(made)

    few = [notified(scene, "n1", 100_00)]
    one = cost(few)
    assert cost([*few, *(notified(scene, f"n{n}", 100_00) for n in range(2, 12))]) == one
