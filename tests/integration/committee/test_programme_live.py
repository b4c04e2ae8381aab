"""The programming table kept fresh: what a page asks for and gets, and what it must never get."""

from __future__ import annotations

import pytest

from portal.accounts.rules import Role
from portal.calls.models import Application, Call, FundingLine
from portal.calls.operations.envelopes import revise_envelope
from portal.calls.states import ApplicationStatus, EnvelopeStatus
from portal.committee.operations.opinions import OpinionText, give_opinion
from portal.committee.operations.programme import propose
from portal.committee.operations.recusals import record_recusal
from portal.committee.states import Verdict
from portal.extensions import db
from portal.foundation.database import unit_of_work
from tests.integration.committee.deciding import Scene, make_scene
from tests.integration.committee.test_programme import many
from tests.queries import counted
from tests.typography import plain


@pytest.fixture
def scene(app) -> Scene:
    return make_scene(app)


def put(scene, line, cents, role=Role.MANAGER):
    actor = scene.actor(role)
    with unit_of_work():
        propose(line, cents, version=None, actor=actor, roles={role})


def revision(scene) -> int:
    return db.session.get_one(Call, scene.call.id, populate_existing=True).table_revision


def changes(scene, role=Role.OFFICER, *shown, since=0, query=""):
    ids = ",".join(str(each.id) for each in shown)
    return scene.visit(role).get(f"/programmation/{scene.call.id}/changements?depuis={since}&dossiers={ids}{query}")


def test_a_page_gets_the_line_a_colleague_changed_and_who(scene):
    moved, still = scene.application(), scene.application()
    put(scene, scene.line(moved), 2_000_00)
    told = changes(scene, Role.OFFICER, moved, still).json
    author = scene.person(Role.MANAGER).display_name
    assert told["revision"] == revision(scene) == 1
    assert [(each["line"], each["by"], plain(each["words"])) for each in told["told"]] == [
        (scene.line(moved).id, author, f"Ville d’essai, dossier {moved.reference} : proposé, 2 000,00 €")
    ]
    assert len(told["rows"]) == 1
    assert f'id="ligne-{scene.line(moved).id}" data-version="2"' in told["rows"][0]
    assert told["gone"] == []
    assert "18 000,00 €" in plain(told["envelopes"])
    assert "2 000,00 €" in plain(told["totals"])


def test_one_s_own_change_is_put_into_the_page_without_being_told(scene):
    application = scene.application()
    put(scene, scene.line(application), 2_000_00, Role.OFFICER)
    told = changes(scene, Role.OFFICER, application).json
    assert (len(told["rows"]), told["told"]) == (1, [])


def test_nothing_changed_reads_nothing_but_who_asks_and_the_call(scene):
    application = scene.application()
    put(scene, scene.line(application), 2_000_00)
    visitor, now = scene.visit(), revision(scene)
    address = f"/programmation/{scene.call.id}/changements?depuis={now}&dossiers={application.id}"
    with counted() as queries:
        assert visitor.get(address).json == {"revision": now}
    read = [statement.split("FROM ")[1].split()[0] for statement in queries.statements if "FROM" in statement]
    tables = [name.strip('"') for name in read]
    # Who asks and what they may open; of the table itself, its revision alone.
    assert sorted(tables) == ["call", "envelope", "grant", "person"]


def test_a_change_takes_the_same_queries_for_one_row_and_for_fifty(scene):
    first = scene.application()
    many(scene, 49)
    shown = db.session.query(Application).filter_by(call_id=scene.call.id).all()
    visitor, counts = scene.visit(), []
    for lines in ([scene.line(first)], [line for each in shown for line in each.funding_lines][:60]):
        since = revision(scene)
        for line in lines:
            put(scene, line, 1_00)
        ids = ",".join(str(each.id) for each in shown)
        with counted() as queries:
            told = visitor.get(f"/programmation/{scene.call.id}/changements?depuis={since}&dossiers={ids}").json
        counts.append(len(queries))
    assert len(told["rows"]) >= 29
    assert counts[0] == counts[1]


def test_a_recused_reader_gets_nothing_of_what_they_stepped_out_of(scene):
    kept, left = scene.application(), scene.application()
    put(scene, scene.line(kept), 1_000_00)
    put(scene, scene.line(left), 4_321_00)
    scene.recuse(scene.person(Role.OFFICER), left)
    answer = changes(scene, Role.OFFICER, kept, left)
    told, text = answer.json, plain(answer.response.get_data(as_text=True).encode().decode("unicode_escape"))
    assert told["gone"] == [left.id]
    assert [each["line"] for each in told["told"]] == [scene.line(kept).id]
    assert len(told["rows"]) == 1
    assert left.title not in text
    assert "4 321" not in plain(str(told))
    # Nor by what is left of the envelope: 20 000 less the 1 000 of the other application.
    assert "19 000,00 €" in plain(told["envelopes"])


def test_a_recusal_takes_the_application_out_of_an_open_page(scene):
    application = scene.application()
    officer = scene.person(Role.OFFICER)
    before = revision(scene)
    actor = scene.actor(Role.MANAGER)
    with unit_of_work():
        record_recusal(officer, application, "Membre du bureau", actor=actor, roles={Role.MANAGER})
    told = changes(scene, Role.OFFICER, application, since=before).json
    assert (told["revision"], told["gone"], told["rows"]) == (before + 1, [application.id], [])


def test_a_funder_hears_of_its_own_lines_only(scene):
    application = scene.application()
    put(scene, scene.line(application, scene.state), 1_234_00)
    told = changes(scene, Role.FUNDER_AGENT, application).json
    assert (told["rows"], told["told"], told["gone"]) == ([], [], [])
    assert "1 234" not in plain(str(told))
    assert "État" not in told["envelopes"]
    put(scene, scene.line(application), 1_000_00)
    told = changes(scene, Role.FUNDER_AGENT, application).json
    assert f"ligne-{scene.line(application, scene.state).id}" not in str(told)
    assert [each["line"] for each in told["told"]] == [scene.line(application).id]


def test_decisions_opinions_and_envelopes_reach_an_open_page(scene):
    application = scene.application()
    seen = revision(scene)
    actor = scene.actor(Role.FUNDER_AGENT)
    with unit_of_work():
        give_opinion(
            application, scene.city, OpinionText(Verdict.FAVOURABLE, "", ""), 0, actor=actor, roles={Role.FUNDER_AGENT}
        )
    assert "Favorable" in str(changes(scene, Role.OFFICER, application, since=seen).json["rows"])
    seen, manager = revision(scene), scene.actor(Role.MANAGER)
    with unit_of_work():
        revise_envelope(
            scene.city_envelope, amount_cents=9_000_00, status=EnvelopeStatus.FORECAST, reason=None, actor=manager
        )
    told = changes(scene, Role.OFFICER, application, since=seen).json
    assert told["rows"] == []
    assert "9 000,00 €" in plain(told["envelopes"])


def test_what_fails_moves_no_revision(scene):
    line = scene.line(scene.application())
    actor = scene.actor(Role.OFFICER)
    with pytest.raises(RuntimeError), unit_of_work():
        propose(line, 1_00, version=None, actor=actor, roles={Role.OFFICER})
        raise RuntimeError("the power went")
    assert revision(scene) == 0
    put(scene, scene.line(scene.application()), 1_00)
    assert db.session.get_one(FundingLine, line.id).table_revision == 0


@pytest.mark.parametrize("query", ["", "&depuis=abc", "&dossiers=x,,9999999999999999999999"])
def test_an_odd_address_is_answered(scene, query):
    scene.application(status=ApplicationStatus.ADMISSIBLE)
    assert scene.visit().get(f"/programmation/{scene.call.id}/changements?{query}").status_code == 200


def test_an_applicant_does_not_hear_of_the_table(scene):
    application = scene.application()
    visitor = scene.visit(scene.member(application))
    assert visitor.get(f"/programmation/{scene.call.id}/changements?depuis=0").status_code == 404
