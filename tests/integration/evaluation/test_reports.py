"""Territorial reports from a small city: figures, roles, files, versions, the command."""

import io
import json
import shutil
import subprocess
from datetime import UTC, date, datetime

import jsonschema
import openpyxl
import pikepdf
import pytest
import sqlalchemy as sa
import time_machine
from click.testing import CliRunner

from portal.accounts.rules import Role
from portal.calls.models import Application, FundingLine, Placement, Recusal
from portal.calls.states import ApplicationStatus, CallKind, FundingStatus, Origin, RecusalSource
from portal.contracts.models import Contract
from portal.evaluation import cli
from portal.evaluation.models import Bilan, TerritorialReport
from portal.evaluation.operations import reports as operations
from portal.evaluation.queries.reports import find
from portal.evaluation.states import BilanKind, BilanStatus
from portal.extensions import db
from portal.foundation import clock, delivery
from portal.foundation.database import unit_of_work
from portal.foundation.outbox import Task
from portal.foundation.refusals import Refusal
from portal.quartiers.models import Figure, FigureScope
from tests import factories as make
from tests.integration.evaluation.test_bilan import SIGNED, answer_all
from tests.integration.evaluation.world import World, funded
from tests.pdfs import words
from tests.queries import counted
from tests.unit.evaluation.test_report_rules import SCHEMA
from tests.visitors import Visitor

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def report(slug: str | None, year: int = 2026, contract: str | None = None) -> dict:
    made = operations.make_report(find(slug, year, contract))
    jsonschema.validate(made, SCHEMA)
    return made


def with_last_year(world: World) -> None:
    call = make.call(world.contract, [world.beisson, world.corsy], year=2025)
    funded(world, "Déjà là", requested=5_000_00, granted=4_000_00, call=call)


def figures(world: World) -> None:
    for scope, quartier, value in (
        (FigureScope.QUARTIER, world.beisson.id, 12_780_000),
        (FigureScope.CITY, None, 24_340_000),
    ):
        make.save(
            Figure(
                contract_id=world.contract.id,
                scope=scope,
                quartier_id=quartier,
                code="revenu",
                label="Revenu disponible médian",
                value_thousandths=value,
                unit="€",
                year=2017,
                source="INSEE",
                position=2,
            )
        )
    make.save(
        Figure(
            contract_id=world.contract.id,
            scope=FigureScope.QUARTIER,
            quartier_id=world.beisson.id,
            code="population_chapitre",
            label="Habitants",
            value_thousandths=1_312_000,
            unit="habitants",
            year=2018,
            source="INSEE",
            position=1,
        )
    )


@time_machine.travel(NOON, tick=False)
def test_the_report_of_a_small_city_is_known_to_the_last_figure(world):
    figures(world)
    with_last_year(world)
    assert report("beisson") == {
        "format": "territorial-report/1",
        "made_on": "2026-11-21",
        "contract": {
            "slug": "ville-test",
            "name": "Contrat d’essai 2024-2030",
            "start_year": 2024,
            "end_year": 2030,
            "is_demo": False,
        },
        "year": 2026,
        "quartier": {
            "slug": "beisson",
            "name": "Beisson",
            "kind": "qpv",
            "kind_label": "Quartier prioritaire (QPV)",
            "official_code": None,
            "presentation": None,
            "figures": [
                {
                    "code": "population_chapitre",
                    "label": "Habitants",
                    "value": 1312,
                    "unit": "habitants",
                    "year": 2018,
                    "source": "INSEE",
                },
                {
                    "code": "revenu",
                    "label": "Revenu disponible médian",
                    "value": 12780,
                    "unit": "€",
                    "year": 2017,
                    "source": "INSEE",
                },
            ],
            "contradictions": [],
            "landlords": [],
            "schools": [],
            "equipment": [],
        },
        "profile": [
            {
                "code": "revenu",
                "label": "Revenu disponible médian",
                "unit": "€",
                "quartier": {"value": 12780, "year": 2017, "source": "INSEE"},
                "city": {"value": 24340, "year": 2017, "source": "INSEE"},
                "country": None,
            }
        ],
        "actions": [
            {
                "theme": "Réussite éducative",
                "organisation": "Les Tisseurs",
                "action": "Aide aux devoirs",
                "description": "Description de Aide aux devoirs",
            }
        ],
        "counts": {
            "actions": 1,
            "organisations": 1,
            "by_theme": [{"theme": "Réussite éducative", "pillar": "Cohésion sociale", "actions": 1}],
            "by_pillar": [{"pillar": "Cohésion sociale", "actions": 1}],
            "applications": {"filed": 1, "admissible": 1, "funded": 1},
            "previous_applications": {"filed": 1, "admissible": 1, "funded": 1},
        },
        "funding": {
            "requested_cents": 5_000_00,
            "granted_cents": 4_000_01,
            "previous_granted_cents": 2_000_00,
            "change_bp": 10_000,
            "unknown_amounts": 0,
            "by_funder": [
                {
                    "funder": "Ville d’Aix",
                    "nature": "specific",
                    "nature_label": "Crédits politique de la ville",
                    "requested_cents": 5_000_00,
                    "granted_cents": 4_000_01,
                    "previous_granted_cents": 2_000_00,
                }
            ],
            "by_pillar": [{"pillar": "Cohésion sociale", "requested_cents": 5_000_00, "granted_cents": 4_000_01}],
            "per_resident": [{"population": 1312, "year": 2018, "source": "INSEE", "granted_cents": 305}],
        },
        "indicators": [
            {
                "code": "R1",
                "label": "Enfants suivis",
                "theme": "Réussite éducative",
                "kind": "people",
                "unit": "enfants",
                "target": 20,
                "actual": None,
                "compared_target": None,
                "achieved_bp": None,
                "asked": 1,
                "measured": 0,
                "not_measured": 0,
            }
        ],
        "people": {
            "expected": {"women": 20, "men": None, "unknown": None, "total": 20},
            "actual": None,
            "deduplicated": False,
        },
        "coverage": {"due": 0, "received": 0, "share_bp": None, "not_answered": []},
        "method": operations.build(operations.reports.facts(find("beisson", 2026), date(2026, 11, 21)))["method"],
    }


def test_the_quartiers_add_up_to_the_city_to_the_cent(world):
    for number in range(1, 8):
        funded(world, f"Action {number}", requested=1_000_00 + number, granted=333_33 + number)
    beisson, corsy, city = report("beisson"), report("corsy"), report(None)
    for name in ("requested_cents", "granted_cents"):
        assert beisson["funding"][name] + corsy["funding"][name] == city["funding"][name]
    assert city["counts"]["actions"] == city["counts"]["applications"]["filed"] == 8
    assert city["funding"]["granted_cents"] == 8_000_01 + sum(333_33 + number for number in range(1, 8))


def test_what_an_association_answered_counts_once_sent_and_not_before(app, world):
    bilan, visitor = world.bilan(), world.applicant(app)
    answer_all(visitor, bilan, world)
    before = report(None)
    assert [each["actual"] for each in before["indicators"]] == [None]
    assert before["coverage"]["received"] == 0
    assert [each["action"] for each in before["coverage"]["not_answered"]] == ["Aide aux devoirs"]
    visitor.post(f"/bilans/{bilan.id}/envoi", **SIGNED)
    after = report(None)
    assert [(each["code"], each["target"], each["actual"]) for each in after["indicators"]] == [
        ("R1", 40, 38),
        ("R3", None, 78.95),
    ]
    assert after["coverage"] == {"due": 1, "received": 1, "share_bp": 10_000, "not_answered": []}
    assert [each["actual"] for each in report("corsy")["indicators"]] == [19, 78.95]


def test_what_is_written_again_counts_no_more_even_while_a_prolongation_waits(app, world):
    bilan, visitor, officer = world.bilan(), world.applicant(app), world.visitor(app, Role.OFFICER)
    make.save(Bilan(application_id=world.application.id, kind=BilanKind.INTERIM, status=BilanStatus.ACCEPTED))
    answer_all(visitor, bilan, world)

    def actual():
        return report(None)["indicators"][0]["actual"]

    seen = [actual()]
    visitor.post(f"/bilans/{bilan.id}/prolongation", until="30/09/2027", reason="Factures attendues")
    seen.append(actual())
    officer.post(f"/bilans/{bilan.id}/reponse-prolongation", answer="refuse", reason="Trop tard")
    seen.append(actual())
    visitor.post(f"/bilans/{bilan.id}/envoi", **SIGNED)
    assert [*seen, actual()] == [None, None, None, 38]


def test_an_interim_bilan_left_open_does_not_hide_the_final_one(app, world):
    bilan, visitor = world.bilan(), world.applicant(app)
    make.save(Bilan(application_id=world.application.id, kind=BilanKind.INTERIM, status=BilanStatus.BEGUN))
    answer_all(visitor, bilan, world)
    visitor.post(f"/bilans/{bilan.id}/envoi", **SIGNED)
    assert [each["actual"] for each in report(None)["indicators"]] == [38, 78.95]


def test_an_imported_year_lists_its_placements_in_printed_order_and_no_amount(world):
    call = make.call(world.contract, [world.beisson], year=2024, kind=CallKind.PAST)
    for order, title in ((3, "C"), (1, "A"), (2, "B")):
        application = make.application(
            call,
            make.organisation(f"Structure {title}"),
            status=ApplicationStatus.CLOSED,
            origin=Origin.IMPORTED,
            title=title,
            main_theme_id=world.theme.id,
            description="Celle du dossier",
        )
        make.save(
            Placement(
                application_id=application.id,
                quartier_id=world.beisson.id,
                printed_order=order,
                theme_id=world.other_theme.id if title == "B" else None,
                description=f"Ici {title}",
            )
        )
    made = report("beisson", 2024)
    assert [(each["action"], each["theme"], each["description"]) for each in made["actions"]] == [
        ("A", "Réussite éducative", "Ici A"),
        ("B", "Sport", "Ici B"),
        ("C", "Réussite éducative", "Ici C"),
    ]
    assert made["counts"]["applications"] == {"filed": None, "admissible": None, "funded": None}
    assert (made["funding"]["requested_cents"], made["funding"]["granted_cents"]) == (None, None)


def test_a_demonstration_never_stands_for_the_real_contract(world):
    demo = make.contract("demo", is_demo=True, start_year=2024, end_year=2035)
    make.quartier(demo, "Inventé")
    make.call(demo, year=2026)
    assert report(None)["contract"]["slug"] == "ville-test"
    assert report(None, 2026, "demo")["contract"]["is_demo"] is True
    with pytest.raises(Refusal):
        find("beisson", 2026, "demo")


def test_a_recused_person_reads_totals_without_the_application(app, world):
    other = make.organisation("Autre structure")
    funded(world, "Ailleurs", requested=1_000_00, granted=500_00, organisation=other)
    person = make.staff(Role.MANAGER, world.contract)
    path = f"/rapports/{world.contract.id}/2026/ville"
    whole = Visitor(app, person).get(f"{path}.json").json
    assert whole["funding"]["granted_cents"] == 8_500_01
    with unit_of_work():
        kept = operations.keep_version(find(None, 2026), actor=operations_actor(person)).id
    make.save(
        Recusal(
            person_id=person.id,
            organisation_id=other.id,
            source=RecusalSource.DECLARED,
            reason="Parent",
            created_at=clock.now(),
        )
    )
    visitor = Visitor(app, person)
    left = visitor.get(f"{path}.json").json
    assert left["funding"]["granted_cents"] == 8_000_01
    assert [each["action"] for each in left["actions"]] == ["Aide aux devoirs"]
    assert any("Hors dossiers déportés" in sentence for sentence in left["method"])
    assert visitor.get(f"/rapports/versions/{kept}").status_code == 404
    assert "Version 1" not in visitor.get(path).text
    assert visitor.post(f"{path}/figer").status_code == 409


def operations_actor(person):
    from portal.foundation.actors import Actor

    return Actor.person(person.id, person.display_name)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.MANAGER, Role.DELEGATE, Role.STEERING])
def test_those_who_follow_the_contract_read_its_reports(app, world, role):
    visitor = world.visitor(app, role)
    path = f"/rapports/{world.contract.id}/2026/beisson"
    assert path in visitor.get("/rapports").data.decode()
    page = visitor.get(path)
    assert page.status_code == 200
    assert "Aide aux devoirs" in page.text
    assert visitor.get(f"{path}.xlsx").status_code == 200
    assert ("Figer une version" in page.text) is (role in {Role.OFFICER, Role.MANAGER})


def test_others_do_not_find_them(app, world):
    path = f"/rapports/{world.contract.id}/2026/beisson"
    elsewhere = Visitor(app, make.staff(Role.MANAGER, make.contract()))
    assert world.applicant(app).get(path).status_code == 404
    assert elsewhere.get(path).status_code == 404
    assert world.visitor(app, Role.MANAGER).get(path.replace("beisson", "inconnu")).status_code == 404
    assert world.visitor(app, Role.DELEGATE).post(f"{path}/figer").status_code == 404


def test_a_version_is_frozen_printed_published_without_people_then_withdrawn(app, world, anonymous):
    manager = world.visitor(app, Role.MANAGER)
    path = f"/rapports/{world.contract.id}/2026/beisson"
    page = manager.follow(manager.post(f"{path}/figer"))
    assert "version 1" in page.text
    kept = db.session.scalars(sa.select(TerritorialReport)).one()
    assert (kept.number, operations.fingerprint(kept.payload)) == (1, kept.sha256)
    funded(world, "Après coup", requested=1_00, granted=1_00)
    assert len(manager.get(f"/rapports/versions/{kept.id}.json").json["actions"]) == 1
    assert manager.get(f"/rapports/versions/{kept.id}.pdf").status_code == 404
    delivery.run_task(db.session.scalars(sa.select(Task.id)).one())
    file = manager.get(f"/rapports/versions/{kept.id}.pdf")
    assert file.data.startswith(b"%PDF")
    assert anonymous.get(f"/comptes-rendus/{kept.id}").status_code == 404
    assert world.visitor(app, Role.OFFICER).post(f"/rapports/versions/{kept.id}/publier").status_code == 404
    manager.post(f"/rapports/versions/{kept.id}/publier")
    public = anonymous.get(f"/comptes-rendus/{kept.id}")
    assert "Aide aux devoirs" in public.text
    assert "Femmes" not in public.text
    assert anonymous.get(f"/comptes-rendus/{kept.id}.json").json["people"] is None
    assert manager.post(f"/rapports/versions/{kept.id}/publier").status_code == 409
    manager.post(f"/rapports/versions/{kept.id}/retirer")
    assert anonymous.get(f"/comptes-rendus/{kept.id}.json").status_code == 404


def test_the_pdf_of_a_version_is_not_given_to_who_stepped_out_since(app, world):
    officer = world.visitor(app, Role.OFFICER)
    officer.post(f"/rapports/{world.contract.id}/2026/beisson/figer")
    task = db.session.scalars(sa.select(Task)).one()
    delivery.run_task(task.id)
    assert officer.get(f"/travaux/{task.id}/fichier").status_code == 200
    make.save(
        Recusal(
            person_id=task.owner_person_id,
            application_id=world.application.id,
            source=RecusalSource.DECLARED,
            reason="Bénévole",
            created_at=clock.now(),
        )
    )
    assert officer.get(f"/travaux/{task.id}/fichier").status_code == 404


def test_a_report_is_not_published_before_its_grants_are_notified(app, world, anonymous):
    manager = world.visitor(app, Role.MANAGER)
    manager.post(f"/rapports/{world.contract.id}/2026/beisson/figer")
    kept = db.session.scalars(sa.select(TerritorialReport)).one()
    with unit_of_work() as session:
        session.execute(sa.update(FundingLine).values(status=FundingStatus.GRANTED))
    answer = manager.post(f"/rapports/versions/{kept.id}/publier")
    assert answer.status_code == 409
    assert "ne sont pas encore notifiés" in answer.text
    assert anonymous.get(f"/comptes-rendus/{kept.id}").status_code == 404


def test_a_report_does_not_tell_the_year_before_ahead_of_its_letters(app, world):
    before = make.call(world.contract, year=2025)
    late = make.application(before, make.organisation(), [world.beisson], status=ApplicationStatus.DECIDED)
    line = make.funding_line(late, make.funder("Caisse d’essai"), 1_000_00)
    manager = world.visitor(app, Role.MANAGER)
    manager.post(f"/rapports/{world.contract.id}/2026/beisson/figer")
    kept = db.session.scalars(sa.select(TerritorialReport)).one()
    with unit_of_work() as session:
        session.execute(
            sa.update(FundingLine)
            .where(FundingLine.id == line.id)
            .values(status=FundingStatus.GRANTED, granted_cents=900_00)
        )
    assert manager.post(f"/rapports/versions/{kept.id}/publier").status_code == 409


def test_the_published_report_of_an_invented_contract_says_so(app, world, anonymous):
    manager = world.visitor(app, Role.MANAGER)
    manager.post(f"/rapports/{world.contract.id}/2026/beisson/figer")
    kept = db.session.scalars(sa.select(TerritorialReport)).one()
    manager.post(f"/rapports/versions/{kept.id}/publier")
    notice = "personnes, montants et notes fictifs"
    assert notice not in anonymous.get(f"/comptes-rendus/{kept.id}").text
    with unit_of_work() as session:
        session.get_one(Contract, world.contract.id).is_demo = True
    assert notice in anonymous.get(f"/comptes-rendus/{kept.id}").text


def test_the_schema_is_published(anonymous):
    assert anonymous.get("/schemas/territorial_report.schema.json").json == SCHEMA


def test_a_report_costs_the_same_for_one_action_and_for_two_hundred(world):
    db.session.rollback()
    with counted() as one:
        operations.make_report(find("beisson", 2026))
    with unit_of_work() as session:
        for number in range(199):
            session.add(
                Application(
                    call_id=world.call.id,
                    organisation_id=world.organisation.id,
                    number=1000 + number,
                    origin=Origin.IMPORTED,
                    status=ApplicationStatus.CLOSED,
                    title=f"Action {number}",
                    title_fold=f"action {number}",
                    created_at=clock.now(),
                    placements=[Placement(quartier_id=world.beisson.id, printed_order=number)],
                )
            )
    db.session.rollback()
    with counted() as many:
        made = operations.make_report(find("beisson", 2026))
    assert len(made["actions"]) == 200
    assert len(many) == len(one)


# -- files --------------------------------------------------------------------------------------


def test_the_pdf_is_accessible_and_holds_the_tables(world):
    figures(world)
    content = operations.make_pdf(report("beisson"))
    pdf = pikepdf.open(io.BytesIO(content))
    assert str(pdf.Root.Lang) == "fr-FR"
    assert str(pdf.docinfo["/Title"]) == "Beisson\u00a0: compte rendu territorial 2026"
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
    with pdf.open_outline() as outline:
        assert [item.title for item in outline.root] == [
            "Le territoire",
            "Le quartier dans la ville et le pays",
            "Le programme 2026",
            "Les cofinancements",
            "Les résultats",
            "Méthode",
        ]
    text = words(pdf)
    for told in ("Aide aux devoirs", "Les Tisseurs", "Revenu disponible médian", "4 000,01 €"):
        assert "".join(told.split()) in text


def cells(content: bytes, sheet: str) -> list[tuple]:
    return [tuple(row) for row in openpyxl.load_workbook(io.BytesIO(content))[sheet].iter_rows(values_only=True)]


def test_the_workbook_holds_the_same_figures_and_no_formula_of_anybody(app, world):
    funded(world, "=1+1", requested=1_000_00, granted=500_00)
    officer = world.visitor(app, Role.OFFICER)
    content = officer.get(f"/rapports/{world.contract.id}/2026/ville.xlsx").data
    book = openpyxl.load_workbook(io.BytesIO(content))
    titles = [row[3] for row in cells(content, "Actions")[1:]]
    assert titles == ["=1+1", "Aide aux devoirs"]
    assert book["Actions"]["D2"].data_type == "s"
    assert cells(content, "Financements")[1][2:4] == (11_000, 8_500.01)
    assert book["Actions"].freeze_panes == "A2"
    assert (book["Actions"].page_setup.orientation, book["Actions"].page_setup.paperSize) == ("landscape", 9)


@pytest.mark.libreoffice
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed (apt install libreoffice)")
def test_libreoffice_finds_the_totals_of_the_database(app, world, tmp_path):
    funded(world, "Autre", requested=1_000_00, granted=500_00)
    officer = world.visitor(app, Role.OFFICER)
    source = tmp_path / "rapport.xlsx"
    source.write_bytes(officer.get(f"/rapports/{world.contract.id}/2026/ville.xlsx").data)
    out = tmp_path / "out"
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation=file://{tmp_path / 'profile'}",
            "--headless",
            "--convert-to",
            "xlsx:Calc MS Excel 2007 XML",
            "--outdir",
            str(out),
            str(source),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    sheet = openpyxl.load_workbook(out / "rapport.xlsx", data_only=True)["Financements"]
    funding = report(None)["funding"]
    assert sheet["A3"].value == "Total"
    assert round(sheet["C3"].value * 100) == funding["requested_cents"]
    assert round(sheet["D3"].value * 100) == funding["granted_cents"]


# -- the command --------------------------------------------------------------------------------


@pytest.fixture
def run(app, monkeypatch):
    monkeypatch.setattr("portal.create_app", lambda: app)
    return lambda *arguments: CliRunner().invoke(cli.report, arguments)


def test_the_command_writes_the_report(run, world, tmp_path):
    target = tmp_path / "beisson.json"
    done = run("territory", "--quartier", "beisson", "--year", "2026", "--format", "json", "-o", str(target))
    assert done.exit_code == 0, done.output
    made = json.loads(target.read_text(encoding="utf-8"))
    jsonschema.validate(made, SCHEMA)
    assert [each["action"] for each in made["actions"]] == ["Aide aux devoirs"]
    for form, start in (("xlsx", b"PK"), ("pdf", b"%PDF")):
        other = tmp_path / f"ville.{form}"
        assert run("city", "--year", "2026", "--format", form, "-o", str(other)).exit_code == 0
        assert other.read_bytes().startswith(start)


@pytest.mark.parametrize(
    ("quartier", "year", "told"),
    [
        ("nulle-part", "2026", "Aucun quartier ne s’appelle « nulle-part ». Quartiers connus : beisson, corsy."),
        ("beisson", "1999", "Aucun contrat de ville ne couvre le quartier « beisson » en 1999."),
        ("beisson", "2029", "Aucune programmation 2029 n’est connue pour ce contrat."),
    ],
)
def test_what_does_not_exist_ends_in_one_sentence(run, world, tmp_path, quartier, year, told):
    target = tmp_path / "x.json"
    done = run("territory", "--quartier", quartier, "--year", year, "--format", "json", "-o", str(target))
    assert (done.exit_code, " ".join(done.output.split())) == (2, f"Error: {told}")
    assert not target.exists()
