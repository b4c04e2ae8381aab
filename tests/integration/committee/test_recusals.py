"""Recusals: how they come, how they end, and that they leave nothing to see."""

from __future__ import annotations

import re
from datetime import date

import pytest
import sqlalchemy as sa

from portal.accounts.access import rule_of
from portal.accounts.models import Mandate
from portal.accounts.rules import Role
from portal.calls.models import Recusal
from portal.committee.models import Assignment
from portal.committee.operations.admissibility import propose_admissibility
from portal.committee.operations.opinions import OpinionText, give_opinion
from portal.committee.operations.recusals import declare_recusal, end_recusal, follow_mandates, record_recusal
from portal.committee.states import Outcome, Verdict
from portal.extensions import db
from portal.foundation.database import in_unit_of_work
from portal.foundation.refusals import Refusal
from tests import factories
from tests.factories import save
from tests.integration.committee.scene import DIRECTION, REVIEWER, actor
from tests.reading import words


def running():
    rows = db.session.execute(
        sa.select(Recusal.person_id, Recusal.application_id, Recusal.organisation_id, Recusal.source)
        .where(Recusal.ended_at.is_(None))
        .order_by(Recusal.id)
    )
    return [(*row[:3], row[3].value) for row in rows]


def mandate(scene, person, **values):
    return save(
        Mandate(
            organisation_id=scene.organisation.id,
            person_id=person.id,
            holder_name=person.display_name,
            office="Président",
            **{"starts_on": date(2020, 1, 1), **values},
        )
    )


# -- mandates -------------------------------------------------------------------------------------


def test_a_mandate_of_a_staff_member_brings_its_recusal_once(scene):
    mandate(scene, scene.assigned())
    for _ in range(2):
        in_unit_of_work(follow_mandates)
    assert running() == [(scene.reviewer().id, None, scene.organisation.id, "mandate")]
    assert db.session.execute(sa.select(Assignment.ended_at.is_not(None))).scalars().all() == [True]


@pytest.mark.parametrize("dates", [{"starts_on": date(2099, 1, 1)}, {"ends_on": date(2021, 1, 1)}])
def test_a_mandate_not_running_brings_none(scene, dates):
    mandate(scene, scene.reviewer(), **dates)
    in_unit_of_work(follow_mandates)
    assert running() == []


def test_a_mandate_of_an_applicant_brings_none(scene):
    mandate(scene, scene.owner)
    in_unit_of_work(follow_mandates)
    assert running() == []


def test_the_end_of_the_mandate_ends_the_recusal(scene):
    held = mandate(scene, scene.reviewer())
    in_unit_of_work(follow_mandates)

    def over() -> None:
        db.session.get_one(Mandate, held.id).ends_on = date(2021, 1, 1)

    in_unit_of_work(over)
    in_unit_of_work(follow_mandates)
    assert running() == []


def test_what_the_direction_ended_the_mandate_does_not_bring_back(scene):
    mandate(scene, scene.reviewer())
    in_unit_of_work(follow_mandates)
    recusal = db.session.execute(sa.select(Recusal)).scalar_one()
    in_unit_of_work(lambda: end_recusal(recusal, "Mandat mal saisi", **scene.by_officer))
    in_unit_of_work(follow_mandates)
    assert running() == []


# -- declared and recorded ------------------------------------------------------------------------


def test_somebody_steps_out_of_all_files_of_a_structure(scene):
    ada = scene.visit(scene.reviewer())
    assert ada.post(scene.path("deport"), extent="organisation", reason="Ma sœur y travaille").location == "/"
    assert running() == [(scene.reviewer().id, None, scene.organisation.id, "declared")]
    assert ada.get(scene.file).status_code == 404


def test_stepping_out_needs_a_reason_and_happens_once(scene):
    ada = scene.reviewer()
    page = scene.visit(ada).post(scene.path("deport"), extent="application", reason=" ")
    assert set(page.errors) == {"reason"}
    in_unit_of_work(lambda: declare_recusal(scene.application, "Lien", whole_structure=False, actor=actor(ada)))
    with pytest.raises(Refusal, match="déjà"):
        in_unit_of_work(lambda: declare_recusal(scene.application, "Lien", whole_structure=False, actor=actor(ada)))


def test_the_direction_records_and_ends_a_recusal(scene):
    ada = scene.assigned()
    path = f"/instruction/{scene.call.id}/deports"
    sent = scene.as_officer.post(path, person=str(ada.id), subject=f"a{scene.application.id}", reason="Conjoint")
    assert sent.location == path
    assert running() == [(ada.id, scene.application.id, None, "recorded")]
    assert "Conjoint" in scene.as_officer.get(path).text
    recusal = db.session.execute(sa.select(Recusal)).scalar_one()
    assert set(scene.as_officer.post(f"{path}/{recusal.id}/fin", reason="").errors) == {"reason"}
    assert scene.as_officer.post(f"{path}/{recusal.id}/fin", reason="Divorce").location == path
    assert scene.as_officer.post(f"{path}/{recusal.id}/fin", reason="Divorce").status_code == 404
    assert running() == []


def test_only_the_direction_records_and_ends(scene):
    ada = scene.reviewer()
    by = {"actor": actor(ada), "roles": REVIEWER}
    with pytest.raises(Refusal, match="Direction"):
        in_unit_of_work(lambda: record_recusal(ada, scene.application, "?", **by))
    recusal = factories.recusal(ada, scene.application)
    with pytest.raises(Refusal, match="Direction"):
        in_unit_of_work(lambda: end_recusal(recusal, "?", **by))


def test_nobody_ends_their_own_recusal(scene):
    recusal = factories.recusal(scene.officer, scene.application)
    with pytest.raises(Refusal, match="Une autre personne"):
        in_unit_of_work(lambda: end_recusal(recusal, "Je reviens", **scene.by_officer))


# -- nothing to see, nothing to do ----------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.FUNDER_AGENT, Role.OFFICER, Role.DELEGATE])
def test_no_page_of_the_room_leaks_a_file_one_is_recused_from(scene, role):
    """Every page of the room is opened; title, structure, amounts and scores must be on none."""
    seen = scene.another("Projet voisin")
    fields = {f"level_{each.id}": "3" for each in scene.criteria} | {"verdict": "favourable", "final": "1"}
    scene.visit(scene.assigned("Béa")).post(scene.path("analyse"), version="0", **fields)
    who = {
        Role.REVIEWER: lambda: scene.assigned("Ada"),
        Role.FUNDER_AGENT: lambda: scene.agent(scene.city),
    }.get(role, lambda: factories.staff(role, scene.contract))()
    factories.recusal(who, scene.application)
    visitor = scene.visit(who)
    opened = []
    for path in pages(scene, seen):
        answer = visitor.get(path)
        if answer.status_code == 200:
            opened.append(path)
        told_there = words(answer).replace("\u202f", " ")
        for secret in ("Cuisines", "Tisseurs", "7 000", "3 000", "10 000", "75,00"):
            # « 3 000 » is not told by the « 23 000 » of a threshold.
            told = re.search(rf"(?<!\d){secret}", told_there)
            assert told is None, (path, secret)
    assert opened, "at least the lists open"


def pages(scene, seen):
    """The addresses of the room's pages, about the file and about the one beside."""
    values = {"call_id": scene.call.id, "funder_id": scene.city.id, "person_id": scene.reviewer("Béa").id}
    others = {"document_id": 1, "request_id": 1, "recusal_id": 1, "opinion_id": 1}
    for rule in scene.app.url_map.iter_rules():
        if not rule.endpoint.startswith("committee.") or "GET" not in rule.methods:
            continue
        assert rule_of(scene.app.view_functions[rule.endpoint]) is not None
        known = values | others
        if rule.arguments - {*known, "application_id"}:
            continue
        for application in (scene.application, seen):
            adapter = scene.app.url_map.bind("localhost")
            asked = {name: known.get(name, application.id) for name in rule.arguments}
            yield adapter.build(rule.endpoint, asked)


def test_whoever_comes_this_far_recused_does_nothing(scene):
    """The operations refuse too, whatever let the person in."""
    who = factories.staff(Role.OFFICER, scene.contract)
    factories.recusal(who, scene.application)
    by = {"actor": actor(who), "roles": DIRECTION}
    acts = [
        lambda: propose_admissibility(scene.application, Outcome.ADMISSIBLE, "", **by),
        lambda: give_opinion(scene.application, scene.city, OpinionText(Verdict.FAVOURABLE), 0, **by),
    ]
    for act in acts:
        with pytest.raises(Refusal, match="déporté"):
            in_unit_of_work(act)


def test_counts_leave_the_file_out(scene):
    who = factories.staff(Role.OFFICER, scene.contract)
    factories.recusal(who, scene.application)
    scene.another("Projet voisin")
    page = scene.visit(who).get(f"/instruction/{scene.call.id}")
    assert page.texts('//p[@class="pagination-total"]') == ["1 dossier"]
    assert page.texts('//*[@class="figure-value"]') == ["1"]
    assert "Hors dossiers dont vous vous êtes déporté·e." in page.text
    assert "1 dossier déposé" in scene.visit(who).get("/instruction").text.replace("\u00a0", " ")
