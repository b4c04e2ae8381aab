"""Importing a past programme on screens: sent, read line by line, confirmed."""

from __future__ import annotations

import io

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from portal.accounts.rules import Role
from portal.calls.models import Application, Placement
from portal.contracts.models import Contract
from portal.exchange.models import ImportRun
from portal.extensions import db
from portal.foundation import clock, files
from tests import factories
from tests.queries import counted
from tests.visitors import Answer, Visitor

HEADER = "quartier;thematique;association;action;order;descriptif\n"
ROWS = "Corsy;Santé;AFEV;Kaps;1;Colocation\nCorsy;Santé;afev;KAPS;2;\nBeisson;Santé;ARES;Écoute;1;\n"


@pytest.fixture
def contract(app: Flask) -> Contract:
    made = factories.contract()
    factories.theme(made, "Santé", factories.theme(made, "Cohésion"))
    for name in ("Corsy", "Beisson"):
        factories.quartier(made, name)
    return made


@pytest.fixture
def officer(app: Flask, contract: Contract) -> Visitor:
    return Visitor(app, factories.staff(Role.OFFICER, contract))


def send(visitor: Visitor, contract: Contract, text: str, year: str = "2025", name: str = "actions 2025.csv") -> Answer:
    file = (io.BytesIO(text.encode("utf-8-sig")), name)
    return visitor.post(f"/contrats/{contract.id}/imports/actions", year=year, file=file)


def count(model: type) -> int:
    return db.session.execute(sa.select(sa.func.count()).select_from(model)).scalar_one()


def test_a_file_is_compared_then_confirmed(officer, contract):
    report = officer.follow(send(officer, contract, HEADER + ROWS))
    assert report.texts("//table[caption='Toutes les lignes']//td[@data-label='Résultat']") == [
        "✓Nouvelle",
        "!Imprimée deux fois même quartier, même association et même action qu’à la ligne 2",
        "✓Nouvelle",
    ]
    assert report.texts("//table[caption='Actions par quartier']//tbody/tr/*") == ["Beisson", "1", "Corsy", "1"]
    assert count(Application) == 0, "nothing is written before the confirmation"

    (address,) = report.tree.xpath("//main//form[contains(@action, '/imports/actions/')]/@action")
    done = officer.follow(officer.post(address))
    assert done.flashes == ["Programmation 2025 : 2 lignes reprises."]
    assert done.texts("//tbody//td[@data-label='Fichier']") == ["actions 2025.csv"]
    assert [count(Application), count(Placement), count(ImportRun)] == [2, 2, 1]


def test_the_same_file_again_changes_nothing_and_says_so(officer, contract):
    address = send(officer, contract, HEADER + ROWS).location
    officer.post(address)
    officer.post(address)
    assert [count(Application), count(Placement), count(ImportRun)] == [2, 2, 1]
    report = officer.follow(send(officer, contract, HEADER + ROWS))
    assert report.texts("//main//h2")[0] == "Rien à changer"
    assert report.tree.xpath("//main//form[contains(@action, '/imports/')]") == []


def test_lines_to_correct_are_shown_and_cannot_be_confirmed(officer, contract):
    address = send(officer, contract, HEADER + "Corsi;Santé;AFEV;Kaps;un;\n").location
    report = officer.get(address)
    assert report.texts("//table[caption='Lignes à corriger']//td[@data-label='Résultat']") == [
        "✕À corriger quartier inconnu : « Corsi » (« Corsy » ?) ; « order » n’est pas un nombre entier : « un »"
    ]
    assert report.tree.xpath("//main//form[contains(@action, '/imports/')]") == []
    refused = officer.post(address)
    assert "1 ligne(s) à corriger : rien n’a été importé." in refused.text
    assert count(Application) == 0


@pytest.mark.parametrize(
    ("text", "year", "errors"),
    [
        ("nom;prenom\n", "2025", "file"),
        ("", "2025", "file"),
        (HEADER, "2025", "file"),
        (HEADER + ROWS, "2031", "year"),
        (HEADER + ROWS, "l’an dernier", "year"),
    ],
)
def test_an_unusable_file_or_year_is_said_beside_its_field(officer, contract, text, year, errors):
    page = send(officer, contract, text, year)
    assert (page.status_code, list(page.errors)) == (200, [errors])


def test_only_the_sender_confirms_and_only_for_a_while(app, officer, contract):
    address = send(officer, contract, HEADER + ROWS).location
    colleague = Visitor(app, factories.staff(Role.MANAGER, contract))
    assert colleague.follow(colleague.post(address)).flashes == [
        "Ce fichier n’attend plus de confirmation. Envoyez-le à nouveau."
    ]
    with time_machine.travel(clock.now().timestamp() + 13 * 3600, tick=True):
        late = Visitor(app, db.session.get_one(factories.Person, officer.person_id))
        assert late.post(address).location == f"/contrats/{contract.id}/imports/actions"
    assert count(Application) == 0


def test_a_file_never_confirmed_is_swept(app, officer, contract):
    address = send(officer, contract, HEADER + ROWS).location
    with time_machine.travel(clock.now().timestamp() + 25 * 3600, tick=True):
        files.sweep()
    assert officer.get(address).location == f"/contrats/{contract.id}/imports/actions"


def test_an_association_does_not_find_the_page(app, contract):
    applicant = Visitor(app, factories.member(factories.organisation()))
    assert applicant.get(f"/contrats/{contract.id}/imports").status_code == 404
    assert send(applicant, contract, HEADER + ROWS).status_code == 404


def test_a_long_report_is_paged_at_the_same_cost(officer, contract):
    def cost(rows: int) -> int:
        lines = "".join(f"Corsy;Santé;Association {n};Action;{n + 1};\n" for n in range(rows))
        address = send(officer, contract, HEADER + lines).location
        with counted() as made:
            assert officer.get(address).status_code == 200
        return len(made)

    assert cost(1) == cost(200)
    lines = "".join(f"Corsy;Santé;Association {n};Action;{n + 1};\n" for n in range(120))
    address = send(officer, contract, HEADER + lines).location
    page = officer.get(f"{address}?page=3")
    assert page.texts("//table[caption='Toutes les lignes']/tbody//th") == [str(n) for n in range(102, 122)]
