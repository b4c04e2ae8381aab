"""The Direction walks through the form of a call as an association; nothing is kept."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.accounts.models import Organisation
from portal.accounts.rules import Role
from portal.calls.models import Application, CallQuestion, QuestionWording, SectionDraft
from portal.calls.operations.calling_defaults import create_call
from portal.calls.queries.preview import PROFILES
from portal.calls.states import CallKind, QuestionKind, Section
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import SYSTEM
from portal.foundation.database import unit_of_work
from tests import factories
from tests.visitors import Visitor


@pytest.fixture
def call(app):
    contract = factories.contract()
    factories.quartier(contract, "Encagnane")
    factories.theme(contract, "Réussite scolaire", factories.theme(contract, "Éducation"))
    with unit_of_work():
        return create_call(contract, kind=CallKind.ANNUAL, year=2029, title="Appel 2029", actor=SYSTEM)


@pytest.fixture
def officer(app, call):
    return Visitor(app, factories.staff(Role.OFFICER, call.contract))


def stored():
    tables = (Application, SectionDraft, Organisation)
    return [db.session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() for table in tables]


def preview(call, section="", profile=""):
    return f"/appels/{call.id}/apercu{'/' + section if section else ''}{'?profil=' + profile if profile else ''}"


def test_every_section_of_a_call_in_preparation_opens_with_its_banner_and_leads_to_the_next(officer, call):
    page = officer.get(preview(call))
    addresses = page.tree.xpath("//ol[@class='tasks']//a/@href")
    assert len(addresses) == len(Section) - 1  # the call asks no question of its own
    for address in addresses:
        page = officer.get(address)
        assert page.status_code == 200
        assert "rien n’est enregistré" in page.text
        # Nothing leads to the application, which does not exist.
        assert [href for href in page.tree.xpath("//@href") if "/0" in href] == []
        assert page.tree.xpath("//@data-autosave") == []


@pytest.mark.parametrize("profile", [profile.code for profile in PROFILES])
def test_each_profile_is_asked_its_own_documents(officer, call, profile):
    asked = officer.get(preview(call, "documents", profile)).texts("//h2[@class='document-title']")
    for label, concerned in (
        ("Statuts", {"association", "renouvellement", "pluriannuel", "jeune"}),
        ("Comptes du dernier exercice clos", {"association", "renouvellement", "pluriannuel"}),
        ("Délibération", {"public"}),
        ("Relevé d’identité bancaire (RIB)", {each.code for each in PROFILES}),
    ):
        assert any(each.startswith(label) for each in asked) is (profile in concerned), label


def test_what_is_typed_is_read_shown_back_and_forgotten(officer, call):
    before = stored()
    wrong = officer.post(preview(call, "projet"), title="Jardin", starts_on="demain")
    assert wrong.errors["starts_on"].startswith("Indiquez une date sous la forme")
    assert 'value="Jardin"' in wrong.data.decode()
    right = officer.post(preview(call, "projet"), title="Jardin", starts_on="01/02/2029")
    assert right.errors == {}
    assert "Tout se lit" in right.text
    assert 'value="Jardin"' not in officer.get(preview(call, "projet")).data.decode()
    assert stored() == before


def test_the_questions_by_quartier_are_shown_for_each_quartier_of_the_call(officer, call):
    assert "Encagnane" in officer.get(preview(call, "public")).text


def test_a_section_that_the_call_does_not_have_is_not_found(officer, call):
    assert officer.get(preview(call, "questions")).status_code == 404
    assert officer.get(preview(call, "ailleurs")).status_code == 404


def test_the_call_s_page_in_preview_leads_to_the_form(officer, call):
    page = officer.get(f"/appels-a-projets/{call.id}/apercu")
    assert set(page.tree.xpath("//a[.='Commencer mon dossier']/@href")) == {preview(call)}


def test_an_association_does_not_find_the_preview(app, call):
    member = Visitor(app, factories.member(factories.organisation()))
    assert member.get(preview(call)).status_code == 404
    assert member.get(preview(call, "projet")).status_code == 404


def test_the_call_s_own_questions_are_a_section_to_try(officer, call):
    question = factories.save(
        CallQuestion(call_id=call.id, kind=QuestionKind.SHORT_TEXT, position=1, added_at=clock.now())
    )
    factories.save(
        QuestionWording(question_id=question.id, number=1, label="Qui anime les ateliers ?", made_at=clock.now())
    )
    assert f"/appels/{call.id}/apercu/questions?profil=association" in officer.get(preview(call)).tree.xpath("//@href")
    assert "Qui anime les ateliers ?" in officer.get(preview(call, "questions")).text
    assert officer.post(preview(call, "questions"), sent="1").status_code == 200
