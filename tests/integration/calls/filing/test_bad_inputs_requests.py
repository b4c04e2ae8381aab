"""Requests that no page of ours sends: refused or read for what they are, nothing half-saved."""

from __future__ import annotations

import io

import pytest

from portal.calls.states import ApplicationStatus
from tests import factories
from tests.integration.calls.filing.bad_inputs import filled, typed_rows
from tests.integration.calls.filing.scene import PDF, filer, sections_of

# The test client leaves the temporary file of a large body to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.usefixtures("large_bodies"),
]


def project(it, **more):
    return {**sections_of(it)["projet"], **more}


def test_fields_that_no_page_has_change_nothing(owner, it, draft):
    filled(owner, it, draft, "projet")
    before = typed_rows(draft)
    more = {"status": "decided", "organisation_id": "999", "is_admin": "1", "submitted_at": "2020-01-01", "id": "1"}
    assert owner.save(draft, "projet", **project(it, **more)).status_code == 302
    assert typed_rows(draft) == before


def test_a_field_sent_twice_is_read_once(owner, it, draft):
    assert owner.save(draft, "projet", title=["Premier", "Second"]).status_code == 302
    assert typed_rows(draft).project.title == "Premier"


def test_the_application_of_another_structure_cannot_be_renewed(owner, it, draft):
    other = factories.organisation("Une autre")
    last_year = factories.call(it.contract, [it.qpv], year=it.call.year - 1)
    theirs = factories.application(last_year, other, status=ApplicationStatus.DECIDED)
    filled(owner, it, draft, "projet")
    before = typed_rows(draft)
    page = owner.save(draft, "projet", **project(it, is_renewal="oui", renewal_of_id=str(theirs.id)))
    assert page.errors == {"renewal_of_id": "Choisissez une réponse de la liste."}
    assert typed_rows(draft) == before


@pytest.mark.parametrize("number", ["999999", str(2**63), str(2**70), "-1", "abc", "1.5", "²"])
def test_a_theme_that_is_not_of_the_contract_is_not_kept(owner, it, draft, number):
    filled(owner, it, draft, "thematiques")
    theirs = factories.theme(factories.contract(name="Un autre contrat"), "Ailleurs")
    for wanted in (number, str(theirs.id)):
        page = owner.save(draft, "thematiques", main_theme=str(it.theme.id), secondary_themes=[wanted])
        assert page.errors == {"secondary_themes": "Choisissez parmi les réponses de la liste."}
        owner.save(draft, "thematiques", main_theme=wanted)
        assert typed_rows(draft).policy.main_theme is None or typed_rows(draft).policy.main_theme.id == it.theme.id


def test_another_structure_cannot_be_filed_for(app, it):
    other = factories.organisation("Une autre")
    stranger = filer(app, factories.member(other))
    page = stranger.post(f"/appels/{it.call.id}/deposer", organisation=it.organisation.id)
    assert page.errors == {"organisation": "Choisissez une réponse de la liste."}


@pytest.mark.parametrize("version", ["", "abc", "-1", str(2**63), "1.5", "²", "9" * 5000])
def test_a_version_that_is_none_never_overwrites(owner, it, draft, version):
    filled(owner, it, draft, "projet")
    before = typed_rows(draft)
    answer = owner.save(draft, "projet", version=version, page="another", title="Écrasé")
    assert answer.status_code == 409
    assert "Écrasé" in answer.text
    assert typed_rows(draft) == before


@pytest.fixture
def with_forgery_checks(app):
    app.config["WTF_CSRF_ENABLED"] = True
    yield
    app.config["WTF_CSRF_ENABLED"] = False


@pytest.mark.parametrize("token", [None, "", "faux", "é" * 500])
def test_a_request_without_its_token_saves_nothing(owner, it, draft, with_forgery_checks, token):
    before = typed_rows(draft)
    more = {} if token is None else {"csrf_token": token}
    for path, sent in (
        (owner.section(draft, "projet"), {"version": "0", "page": "p", "title": "Forgé"}),
        (f"/dossiers/{draft}/documents", {"requirement": str(it.rib.id), "file": (io.BytesIO(PDF), "a.pdf")}),
        (f"/dossiers/{draft}/depot", {"deposer": "1"}),
        (f"/dossiers/{draft}/abandon", {}),
    ):
        answer = owner.post(path, **sent, **more)
        assert answer.status_code == 400
        assert "La page était ouverte depuis trop longtemps." in answer.text
    assert typed_rows(draft) == before


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "text/xml", "multipart/form-data", "", "x" * 500])
def test_a_body_of_another_kind_is_an_empty_form_and_empties_nothing(owner, it, draft, kind):
    filled(owner, it, draft, "projet")
    before = typed_rows(draft)
    body = b'{"title": "Forg\\u00e9"}'
    answer = owner.client.post(owner.section(draft, "projet"), data=body, content_type=kind)
    assert answer.status_code in (400, 409)
    assert typed_rows(draft) == before


def test_more_fields_than_any_form_has_are_refused_in_words(app, owner, it, draft):
    before = typed_rows(draft)
    many = {f"field_{number}": "x" for number in range(app.config["MAX_FORM_PARTS"] + 1)}
    answer = owner.post(owner.section(draft, "projet"), **many)
    assert answer.status_code == 413
    assert "L’ensemble envoyé dépasse la taille acceptée." in answer.text
    assert typed_rows(draft) == before


def test_more_text_than_any_form_holds_is_refused_in_words(owner, it, draft):
    before = typed_rows(draft)
    answer = owner.post(owner.section(draft, "projet"), version="0", page="p", need="x" * 3_000_000)
    assert answer.status_code == 413
    assert typed_rows(draft) == before


def test_lines_beyond_what_a_form_offers_are_left_out(owner, it, draft):
    filled(owner, it, draft, "budget")
    sent = {f"line_expense_606_{number}_amount": "1" for number in (0, 10**6, 10**8)}
    assert owner.save(draft, "budget", **sent).status_code == 302
    assert len([entry for entry in typed_rows(draft).budget if entry.account_code == "606"]) == 1
