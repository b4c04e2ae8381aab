"""What no page may choke on: numbers too large, characters that cannot be stored, reports that are none."""

from __future__ import annotations

import pytest

from portal.accounts.rules import Role, ScopeKind
from tests import factories
from tests.visitors import Visitor

TOO_LARGE = [str(2**63), str(2**70), "9" * 5000]


@pytest.fixture
def staff(app):
    """The manager of a contract, and one of its calls."""
    call = factories.call(factories.contract())
    person = factories.person()
    factories.grant(person, Role.MANAGER, ScopeKind.CONTRACT, call.contract_id)
    return Visitor(app, person), call


@pytest.mark.parametrize("number", TOO_LARGE)
@pytest.mark.parametrize("address", ["/appels/{}", "/actions/{}", "/appels-a-projets/{}", "/programmation/{}"])
def test_a_number_that_no_table_can_hold_is_no_page(staff, address, number):
    assert staff[0].get(address.format(number)).status_code == 404


@pytest.mark.parametrize("number", [*TOO_LARGE, "²", "-1", "1.5", "abc"])
@pytest.mark.parametrize(
    "address",
    ["/programmation/{call}?financeur={n}&quartier={n}&pilier={n}", "/appels/{call}/dossiers?quartier={n}&theme={n}"],
)
def test_a_filter_that_is_no_number_filters_nothing(staff, address, number):
    visitor, call = staff
    assert visitor.get(address.format(call=call.id, n=number)).status_code == 200


@pytest.mark.parametrize("scope", [f"contract-{2**70}", "contract-" + "9" * 5000, "contract-²"])
def test_a_scope_that_no_table_can_hold_is_no_page(staff, scope):
    assert staff[0].get(f"/personnes/inviter?portee={scope}").status_code == 404


def test_a_structure_that_no_table_can_hold_is_looked_for_again(app):
    visitor = Visitor(app, factories.person())
    assert visitor.get(f"/compte/mandats/nouveau?structure={2**70}").location == "/compte/mandats/structure"


@pytest.mark.parametrize("address", ["/compte/mandats/structure", "/direction/structures"])
def test_a_search_of_thousands_of_words_is_a_search_like_another(staff, address):
    assert staff[0].get(f"{address}?q={'a+' * 3000}").status_code == 200


@pytest.mark.parametrize("address", ["/actions?q=a%00b", "/actions?a%00b=1", "/quartiers/a%00b"])
def test_a_null_character_in_an_address_is_refused(anonymous, address):
    assert anonymous.get(address).status_code == 400


def test_a_null_character_in_a_form_is_forgotten_and_the_field_answers(app, anonymous):
    person = factories.person()
    assert anonymous.post("/connexion", email=f"\0{person.email}\0", password="x\0").errors[""].startswith("Adresse ou")
    visitor = Visitor(app, person)
    page = visitor.post("/compte/profil", given_name="Ca\0mille", family_name="\0")
    assert page.errors == {"family_name": "Indiquez votre nom."}
    assert visitor.post("/compte/profil", given_name="Ca\0mille", family_name="Durand").status_code == 302
    assert "Camille Durand" in visitor.get("/compte").text


def test_a_null_character_in_the_name_of_a_field_is_refused(anonymous):
    assert anonymous.post("/connexion", **{"ema\0il": "a@exemple.test"}).status_code == 400


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"csp-report": 1}', b"\xff", b"[" * 9000, b'{"csp-report": {}}'])
def test_a_report_that_is_none_is_received_without_a_word(anonymous, body):
    answer = anonymous.client.post("/rapports-csp", data=body)
    assert (answer.status_code, answer.get_data()) == (204, b"")
