"""What the Direction sees of a call's applications: counts, list, filters; never a draft's content."""

from __future__ import annotations

import pytest

from portal.accounts.models import Organisation, OrganisationKind
from portal.accounts.rules import Role
from portal.calls.models import Application, Call, FundingLine, Placement
from portal.calls.states import ApplicationStatus, CallKind, Origin
from portal.contracts.models import Nature
from portal.foundation import clock
from portal.foundation.database import unit_of_work
from tests import factories
from tests.queries import counted
from tests.visitors import Visitor

SUBMITTED, ADMISSIBLE, DRAFT = (
    ApplicationStatus.SUBMITTED,
    ApplicationStatus.ADMISSIBLE,
    ApplicationStatus.DRAFT,
)


@pytest.fixture
def contract(app):
    return factories.contract()


@pytest.fixture
def officer(app, contract):
    return Visitor(app, factories.staff(Role.OFFICER, contract))


@pytest.fixture
def call(contract):
    return factories.call(contract, [factories.quartier(contract, name) for name in ("Beisson", "Corsy")])


@pytest.fixture
def filed(contract, call):
    """Two filed applications, told apart by everything, and a draft that nobody may read."""
    culture = factories.theme(contract, "Culture", factories.theme(contract, "Cohésion sociale"))
    work = factories.theme(contract, "Emploi", factories.theme(contract, "Développement"))
    first, second = factories.organisation("Les Tisseurs"), factories.organisation("Régie de l’Étoile")
    beisson, corsy = call.quartiers
    dance = factories.application(
        call, first, [beisson], title="Danser à l’école", number=1, status=SUBMITTED, main_theme_id=culture.id
    )
    job = factories.application(
        call, second, [beisson, corsy], title="Vers l’emploi", number=12, status=ADMISSIBLE, main_theme_id=work.id
    )
    city, state = factories.funder("Ville"), factories.funder("État")
    factories.funding_line(dance, city, 1_000_00)
    factories.funding_line(job, city, 2_000_00)
    factories.funding_line(job, state, 3_000_00)
    factories.application(call, first, [corsy], title="Brouillon secret", number=13, status=DRAFT)
    return {"dance": dance, "job": job, "city": city, "state": state, "culture": culture, "corsy": corsy}


def titles(page):
    return page.texts("//tbody//th[@data-label='Projet']")


def test_drafts_are_a_count_and_nothing_else(officer, call, filed):
    overview = officer.get(f"/appels/{call.id}")
    assert overview.texts("//div[@class='figure-card']/dd/span[1]") == ["2", "1", "6 000,00 €"]
    listed = officer.get(f"/appels/{call.id}/dossiers?q=brouillon")
    assert titles(listed) == []
    for page in (overview, listed, officer.get(f"/appels/{call.id}/dossiers")):
        assert "secret" not in page.text
    (line,) = officer.get("/appels").tree.xpath("//tbody/tr")
    assert [cell.text_content() for cell in line.xpath("td[@class='num']")] == ["1", "2"]


def test_the_overview_counts_by_state_quartier_and_pillar(officer, call, filed):
    page = officer.get(f"/appels/{call.id}")
    assert page.texts("//table[caption='Par état']//tbody/tr") == [
        "Déposé 1 1 000,00 €",
        "Recevable 1 5 000,00 €",
    ]
    assert page.texts("//table[caption='Par quartier']//tbody/tr") == [
        "Beisson 2 6 000,00 €",
        "Corsy 1 5 000,00 €",
    ]
    assert page.texts("//table[caption='Par pilier']//tbody/tr") == [
        "Cohésion sociale 1 1 000,00 €",
        "Développement 1 5 000,00 €",
    ]


def test_each_filter_of_the_address_narrows_the_list(officer, call, filed):
    asked = {
        "": ["Danser à l’école", "Vers l’emploi"],
        "q=ecole": ["Danser à l’école"],
        "q=REGIE+etoile": ["Vers l’emploi"],
        "q=2026-012": ["Vers l’emploi"],
        "q=100%25": [],
        "status=submitted": ["Danser à l’école"],
        f"quartier={filed['corsy'].id}": ["Vers l’emploi"],
        f"pilier={filed['culture'].parent_id}": ["Danser à l’école"],
        f"theme={filed['culture'].id}": ["Danser à l’école"],
        f"financeur={filed['state'].id}": ["Vers l’emploi"],
        f"financeur={filed['city'].id}&status=submitted": ["Danser à l’école"],
        "sort=-titre": ["Vers l’emploi", "Danser à l’école"],
        "status=n’importe&quartier=x&sort=y&page=99": ["Danser à l’école", "Vers l’emploi"],
    }
    assert {query: titles(officer.get(f"/appels/{call.id}/dossiers?{query}")) for query in asked} == asked


def test_an_application_typed_by_the_direction_shows_before_it_is_filed(officer, call):
    factories.application(
        call, factories.organisation(), title="Reçu sur papier", status=DRAFT, origin=Origin.ON_BEHALF
    )
    assert titles(officer.get(f"/appels/{call.id}/dossiers")) == ["Reçu sur papier •Saisi par la Direction"]


def test_a_recused_officer_sees_neither_the_application_nor_its_amounts(app, contract, call, filed):
    recused = factories.staff(Role.OFFICER, contract)
    factories.recusal(recused, filed["job"])
    factories.envelope(call, filed["city"], 9_000_00)
    visitor = Visitor(app, recused)
    page = visitor.get(f"/appels/{call.id}")
    assert page.texts("//div[@class='figure-card']/dd/span[1]") == ["1", "1", "1 000,00 €"]
    assert "Développement" not in page.text
    assert "2 000,00" not in page.text
    assert titles(visitor.get(f"/appels/{call.id}/dossiers?q=emploi")) == []
    assert "3 000,00" not in visitor.get(f"/appels/{call.id}/enveloppes").text


def test_what_was_not_said_is_said_unknown_and_not_zero(officer, call):
    factories.application(call, factories.organisation(), title="Repris", status=SUBMITTED, origin=Origin.IMPORTED)
    (row,) = officer.get(f"/appels/{call.id}/dossiers").texts("//tbody/tr")
    assert row.endswith("non communiqué")


def add(call, number):
    by = factories.organisation(f"Structure {number}")
    made = factories.application(call, by, call.quartiers, number=number, status=SUBMITTED)
    factories.funding_line(made, add.funder, 100_00)


@pytest.mark.parametrize("path", ["", "/dossiers", "/enveloppes", "/reglages"])
def test_a_call_s_pages_take_as_many_queries_for_1_application_as_for_200(officer, call, path):
    add.funder = factories.funder()
    factories.envelope(call, add.funder, 1_000_00)
    add(call, 1)
    address = f"/appels/{call.id}{path}"
    officer.get(address)
    with counted() as one:
        assert officer.get(address).status_code == 200
    many(call, 199)
    with counted() as all_of_them:
        assert officer.get(address).status_code == 200
    assert len(all_of_them) == len(one)


def many(call, how_many):
    """Rows at once: one transaction instead of four for each."""
    with unit_of_work() as session:
        for number in range(2, 2 + how_many):
            by = Organisation(
                name=f"Structure {number}",
                name_fold=f"structure {number}",
                kind=OrganisationKind.ASSOCIATION,
                created_at=clock.now(),
            )
            session.add(by)
            session.flush()
            made = Application(
                call_id=call.id,
                organisation_id=by.id,
                number=number,
                origin=Origin.ONLINE,
                status=SUBMITTED,
                title=f"Projet {number}",
                title_fold=f"projet {number}",
                created_at=clock.now(),
                submitted_at=clock.now(),
            )
            session.add(made)
            session.flush()
            session.add_all([Placement(application_id=made.id, quartier_id=quartier.id) for quartier in call.quartiers])
            session.add(
                FundingLine(
                    application_id=made.id, funder_id=add.funder.id, nature=Nature.SPECIFIC, requested_cents=100_00
                )
            )


def test_the_list_of_calls_takes_as_many_queries_for_1_call_as_for_200(officer, contract, call):
    officer.get("/appels")
    with counted() as one:
        officer.get("/appels")
    with unit_of_work() as session:
        for _number in range(199):
            session.add(
                Call(
                    contract_id=contract.id,
                    kind=CallKind.COMPLEMENTARY,
                    status=call.status,
                    year=2027,
                    title="Complément",
                    opens_at=call.opens_at,
                    closes_at=call.closes_at,
                    actions_start_on=call.actions_start_on,
                    actions_end_on=call.actions_end_on,
                )
            )
    with counted() as two_hundred:
        page = officer.get("/appels")
    assert len(page.tree.xpath("//tbody/tr")) == 200
    assert len(two_hundred) == len(one)


def test_two_hundred_applications_come_fifty_at_a_time(officer, call):
    add.funder = factories.funder()
    many(call, 120)
    page = officer.get(f"/appels/{call.id}/dossiers?page=3&sort=numero")
    assert len(titles(page)) == 20
    assert "120 dossiers, page 3 sur 3" in page.text
