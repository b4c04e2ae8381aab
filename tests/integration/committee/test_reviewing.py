"""Giving files to reviewers, by hand and balanced; the reviewer's own list."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from portal.accounts.models import Mandate
from portal.calls.models import Recusal
from portal.calls.states import ApplicationStatus, RecusalSource
from portal.committee.models import Assignment
from portal.committee.operations.reviewing import assign, unassign
from portal.committee.queries import reviewing as queries
from portal.extensions import db
from portal.foundation.database import in_unit_of_work
from portal.foundation.refusals import Refusal
from tests import factories
from tests.factories import save
from tests.integration.committee.scene import REVIEWER, actor
from tests.queries import counted


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
