"""`portal user`, as typed on the machine."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

import portal
from portal.accounts.cli import user
from portal.accounts.queries.grants import holders
from portal.accounts.rules import INSTANCE_ID, ScopeKind
from portal.extensions import db
from tests import factories
from tests.visitors import Visitor


@pytest.fixture
def typed(app, monkeypatch):
    monkeypatch.setattr(portal, "create_app", lambda: app)

    def run(*words: str) -> Result:
        answer = CliRunner().invoke(user, list(words))
        # The command had its own session; the test reads anew.
        db.session.rollback()
        return answer

    return run


def test_the_first_admin_gets_a_link_and_sets_up_the_second_factor_before_anything(app, typed):
    told = typed("create-admin", "chef@exemple.test")
    assert told.exit_code == 0
    address = told.output.split()[-1]
    visitor = Visitor(app)
    path = address.removeprefix(app.config["PORTAL"].base_url)
    assert visitor.post(path, password="les figues mûrissent en août").location == "/connexion"
    visitor.post("/connexion", email="chef@exemple.test", password="les figues mûrissent en août")
    assert visitor.get("/personnes").location == "/compte/double-authentification?next=/personnes"
    assert [holder.email for holder in holders(ScopeKind.INSTANCE, INSTANCE_ID)] == ["chef@exemple.test"]


def test_asking_twice_gives_one_role_and_a_link_again(app, typed):
    assert [typed("create-admin", "chef@exemple.test").exit_code for _ in range(2)] == [0, 0]
    assert len(holders(ScopeKind.INSTANCE, INSTANCE_ID)) == 1


def test_a_role_is_given_to_an_existing_account(app, typed):
    contract, person = factories.contract(), factories.person()
    assert typed("grant", person.email, "officer", f"contract:{contract.id}").exit_code == 0
    assert [holder.email for holder in holders(ScopeKind.CONTRACT, contract.id)] == [person.email]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("inconnu@exemple.test", "officer", "contract:1"), "Aucun compte"),
        (("connu@exemple.test", "officer", "contract"), "Écrivez la portée"),
        (("connu@exemple.test", "officer", "call:1"), "Ce rôle ne se donne pas ici."),
    ],
)
def test_what_cannot_be_given_is_told_in_a_sentence(app, typed, words, told):
    factories.person(email="connu@exemple.test")
    answer = typed("grant", *words)
    assert answer.exit_code == 1
    assert told in answer.output
