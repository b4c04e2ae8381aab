"""Giving files to reviewers, by hand and balanced; the reviewer's own list."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
import time_machine

from portal.accounts.models import Mandate
from portal.calls.models import Application, Placement, Recusal
from portal.calls.states import ApplicationStatus, RecusalSource
from portal.committee.models import Assignment
from portal.committee.operations.reviewing import assign, unassign
from portal.committee.operations.scoring import save_sheet
from portal.committee.queries import reviewing as queries
from portal.committee.rules.scoring import SheetText
from portal.extensions import db
from portal.foundation.database import in_unit_of_work
from portal.foundation.delivery import compose
from portal.foundation.outbox import Mail
from portal.foundation.refusals import Refusal
from tests import factories
from tests.factories import save
from tests.integration.committee.scene import REVIEWER, actor
from tests.queries import counted
from tests.typography import plain


def give(scene, person, **values):
    return in_unit_of_work(lambda: assign(scene.application, person, **{**scene.by_officer, **values}))


def running():
    rows = db.session.execute(
        sa.select(Assignment.application_id, Assignment.person_id)
        .where(Assignment.ended_at.is_(None))
        .order_by(Assignment.application_id, Assignment.person_id)
    )
    return [tuple(row) for row in rows]


def test_a_file_is_given_taken_back_and_given_again(scene):
    ada = scene.reviewer()
    give_page, take = scene.path("affectations"), scene.path(f"affectations/{ada.id}/retirer")
    assert scene.as_officer.post(give_page, person=str(ada.id)).location == scene.file
    assert running() == [(scene.application.id, ada.id)]
    assert scene.as_officer.post(give_page, person=str(ada.id)).status_code == 409
    assert scene.as_officer.post(take).location == scene.file
    assert scene.as_officer.post(take).status_code == 409
    assert running() == []
    scene.as_officer.post(give_page, person=str(ada.id))
    assert running() == [(scene.application.id, ada.id)]


def test_a_reviewer_is_told_by_mail_once_however_many_files_come_at_once(scene):
    ada = scene.reviewer()
    with time_machine.travel("2026-03-02 09:10+00:00", tick=False):
        give(scene, ada)
        other = scene.another("Deuxième")
        in_unit_of_work(lambda: assign(other, ada, **scene.by_officer))
    (mail,) = db.session.scalars(sa.select(Mail))
    assert (mail.template, mail.recipient) == ("analyses_given", ada.email)
    text = compose(mail).get_content()
    assert "/mes-analyses" in text
    assert scene.application.title not in text and scene.organisation.name not in text


def test_only_the_direction_gives_and_takes_back(scene):
    ada = scene.reviewer()
    for operation in (assign, unassign):
        with pytest.raises(Refusal, match="Direction"):
            in_unit_of_work(lambda act=operation: act(scene.application, ada, actor=actor(ada), roles=REVIEWER))


def test_somebody_outside_the_committee_gets_nothing(scene):
    with pytest.raises(Refusal, match="pas membre"):
        give(scene, factories.person())


def test_somebody_recused_gets_nothing(scene):
    factories.recusal(scene.reviewer(), scene.application)
    with pytest.raises(Refusal, match="déporté"):
        give(scene, scene.reviewer())


def test_a_mandate_is_noticed_when_the_file_is_given(scene):
    ada = scene.reviewer()
    save(
        Mandate(
            organisation_id=scene.organisation.id,
            person_id=ada.id,
            holder_name=ada.display_name,
            office="Trésorière",
            starts_on=date(2020, 1, 1),
        )
    )
    response = scene.as_officer.post(scene.path("affectations"), person=str(ada.id))
    assert (response.status_code, running()) == (409, [])


def test_a_decided_file_is_given_to_nobody(scene):
    other = scene.another("Décidé", ApplicationStatus.DECIDED)
    with pytest.raises(Refusal, match="ne s’analyse plus"):
        in_unit_of_work(lambda: assign(other, scene.reviewer(), **scene.by_officer))


def test_the_distribution_is_shown_before_it_is_done_and_never_reaches_somebody_recused(scene):
    ada, bea = scene.reviewer("Ada"), scene.reviewer("Béa")
    other = scene.another("Deuxième")
    factories.recusal(ada, scene.application)
    path = f"/instruction/{scene.call.id}/affectations"
    shown = scene.as_officer.get(f"{path}?per_application=1")
    assert "2 analyses seraient confiées" in shown.text.replace("\u00a0", " ")
    assert running() == []
    assert scene.as_officer.post(path, per_application="1").location == path
    assert running() == [(scene.application.id, bea.id), (other.id, ada.id)]
    assert "Rien à ajouter" in scene.as_officer.get(f"{path}?per_application=1").text


@pytest.mark.parametrize("typed", ["0", "9", "deux", ""])
def test_a_number_of_analyses_out_of_reach_is_refused_beside_its_field(scene, typed):
    scene.reviewer()
    page = scene.as_officer.post(f"/instruction/{scene.call.id}/affectations", per_application=typed)
    assert set(page.errors) == {"per_application"}
    assert running() == []


def test_a_reviewer_finds_their_own_files_what_is_owed_first(scene):
    ada = scene.assigned("Ada")
    other = scene.another("Deuxième")
    scene.assigned("Ada", other)
    scene.assigned("Béa")
    scene.another("Pas pour Ada")
    page = scene.visit(ada).get("/mes-analyses")
    assert page.texts("//tbody//th") == ["Cuisines d’été", "Deuxième"]
    assert scene.visit(ada).get("/mes-analyses?etat=rendues").texts("//tbody//th") == []


def test_a_recusal_takes_the_file_off_the_list_and_ends_the_assignment(scene):
    ada = scene.assigned()
    answer = scene.visit(ada).post(scene.path("deport"), extent="application", reason="J’y suis bénévole")
    assert answer.location == "/"
    assert running() == []
    assert scene.visit(ada).get("/mes-analyses").texts("//tbody//th") == []
    recusal = db.session.execute(sa.select(Recusal)).scalar_one()
    assert (recusal.source, recusal.reason) == (RecusalSource.DECLARED, "J’y suis bénévole")


def test_the_reviewers_list_asks_the_same_number_of_queries_for_1_and_50_files(scene):
    ada = scene.visit(scene.assigned())

    def ask():
        with counted() as counter:
            assert ada.get("/mes-analyses").status_code == 200
        return len(counter)

    ask()
    one = ask()
    for number in range(50):
        scene.assigned("Ada", scene.another(f"Projet {number}"))
    assert ask() == one


def test_the_distribution_asks_the_same_number_of_queries_for_1_and_50_files(scene):
    scene.assigned("Ada")
    path = f"/instruction/{scene.call.id}/affectations?per_application=2"

    def ask():
        with counted() as counter:
            assert scene.as_officer.get(path).status_code == 200
        return len(counter)

    ask()
    one = ask()
    for number in range(50):
        scene.assigned("Béa", scene.another(f"Projet {number}"))
    assert ask() == one
    assert [each.assigned for each in queries.reviewers_of(scene.call)] == [1, 50]


# -- which applications, by whom, and again -------------------------------------------------------


@pytest.fixture
def path(scene):
    return f"/instruction/{scene.call.id}/affectations"


def test_the_applications_of_one_quartier_or_theme_are_distributed_among_chosen_people(scene, path):
    ada, bea = scene.reviewer("Ada"), scene.reviewer("Béa")
    other = scene.another("Ailleurs")
    elsewhere = factories.quartier(scene.contract, "Beisson")
    theme = factories.theme(scene.contract, "Emploi")

    def move():
        db.session.execute(sa.delete(Placement).where(Placement.application_id == other.id))
        db.session.add(Placement(application_id=other.id, quartier_id=elsewhere.id, share_bp=10_000))
        db.session.get_one(Application, other.id).main_theme_id = theme.id

    in_unit_of_work(move)
    asked = {"per_application": "1", "quartier": str(elsewhere.id), "people": [str(bea.id)]}
    shown = scene.as_officer.get(f"{path}?per_application=1&quartier={elsewhere.id}&people={bea.id}")
    assert shown.texts("//tbody//th[@data-label='Projet']") == ["Ailleurs"]
    (form,) = shown.tree.xpath("//form[@method='post' and contains(@action, 'affectations')]")
    assert {each.get("name"): each.get("value") for each in form.xpath(".//input[@name!='csrf_token']")} == {
        "per_application": "1", "quartier": str(elsewhere.id), "people": str(bea.id),
    }  # fmt: skip
    scene.as_officer.post(path, **asked)
    assert running() == [(other.id, bea.id)]
    scene.as_officer.post(path, per_application="2", theme=str(theme.id))
    assert running() == [(other.id, ada.id), (other.id, bea.id)]


def test_what_is_not_begun_changes_hands_to_even_the_loads_and_what_is_begun_stays(scene, path):
    files = [scene.application, *(scene.another(f"Projet {number}") for number in range(3))]
    for each in files:
        ada = scene.assigned("Ada", each)
    bea = scene.reviewer("Béa")
    for each in files[2:]:
        in_unit_of_work(lambda of=each: save_sheet(of, SheetText(), 0, actor=actor(ada), roles=REVIEWER))
    shown = scene.as_officer.get(f"{path}?per_application=1&levels=y")
    assert "2 analyses non commencées changent de mains" in plain(shown.text)
    assert running() == [(each.id, ada.id) for each in files]
    scene.as_officer.post(path, per_application="1", levels="y")
    assert running() == [(files[0].id, bea.id), (files[1].id, bea.id), (files[2].id, ada.id), (files[3].id, ada.id)]
    again = scene.as_officer.get(f"{path}?per_application=1&levels=y")
    assert "Rien à ajouter" in again.text


def test_a_recusal_after_the_file_was_given_is_told_and_somebody_else_takes_over(scene, path):
    ada, bea = scene.assigned("Ada"), scene.reviewer("Béa")
    scene.assigned("Ada", scene.another("Autre"))
    assert "a perdu une analyse" not in scene.as_officer.get(path).text
    scene.visit(ada).post(scene.path("deport"), extent="application", reason="J’y suis bénévole")
    page = scene.as_officer.get(path)
    assert "1 dossier a perdu une analyse" in plain(page.text)
    lost = scene.as_officer.get(f"{path}?per_application=1&lost=y")
    assert lost.texts("//tbody//th[@data-label='Projet']") == ["Cuisines d’été"]
    scene.as_officer.post(path, per_application="1", lost="y")
    assert (scene.application.id, bea.id) in running()
    assert "a perdu une analyse" not in scene.as_officer.get(path).text


def test_the_distribution_is_paged_and_plans_beyond_the_page(scene, path):
    scene.reviewer("Ada")
    for number in range(55):
        scene.another(f"Projet {number}")
    page = scene.as_officer.get(f"{path}?per_application=1")
    assert "56 analyses seraient confiées" in plain(page.text)
    assert len(page.texts("//tbody//th[@data-label='Projet']")) == 50
    assert len(scene.as_officer.get(f"{path}?per_application=1&page=2").texts("//tbody//th[@data-label='Projet']")) == 6
