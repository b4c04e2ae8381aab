"""The analysis sheet: saved, given, compared; blind until one's own is given."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.accounts.rules import Role
from portal.calls.models import Call
from portal.committee.models import Assessment
from portal.committee.operations.scoring import finalise_sheet, reopen_sheet, save_sheet
from portal.committee.queries import scoring as queries
from portal.committee.rules.scoring import SheetText, Summary
from portal.committee.states import AssessmentStatus, Verdict
from portal.extensions import db
from portal.foundation.database import in_unit_of_work
from portal.foundation.events import history_of_application
from portal.foundation.refusals import Conflict, Refusal
from tests import factories
from tests.integration.committee.scene import DIRECTION, REVIEWER, actor
from tests.queries import counted
from tests.typography import plain

TOTAL = "//*[@data-total]"


def typed(scene, *levels, verdict="favourable", version=0, **more):
    """The fields of a sheet with these marks."""
    marks = {f"level_{each.id}": str(level) for each, level in zip(scene.criteria, levels) if level is not None}
    comments = {f"comment_{each.id}": "Expliqué" for each in scene.criteria}
    return {"version": str(version), "verdict": verdict, **marks, **comments, **more}


def text(scene, *levels, verdict=Verdict.FAVOURABLE):
    return SheetText(verdict, "", "", {each.id: (level, "Expliqué") for each, level in zip(scene.criteria, levels)})


def give(scene, name, *levels, application=None):
    """A reviewer's final sheet."""
    of = application or scene.application
    who = scene.assigned(name, of)
    in_unit_of_work(lambda: finalise_sheet(of, text(scene, *levels), 0, actor=actor(who), roles=REVIEWER))
    return who


def sheets():
    rows = db.session.execute(sa.select(Assessment.status, Assessment.version).order_by(Assessment.id))
    return [tuple(row) for row in rows]


def configure(scene, **values):
    def change() -> None:
        call = db.session.get_one(Call, scene.call.id)
        for name, value in values.items():
            setattr(call, name, value)

    in_unit_of_work(change)


# -- writing --------------------------------------------------------------------------------------


def test_a_sheet_is_saved_unfinished_and_the_total_is_the_servers(scene):
    ada = scene.visit(scene.assigned())
    page = ada.follow(ada.post(scene.path("analyse"), **typed(scene, 3, verdict="")))
    assert page.texts(TOTAL) == ["45,00"]
    assert page.tree.xpath(f'//input[@name="level_{scene.criteria[0].id}"][@value="3"][@checked]')
    assert sheets() == [(AssessmentStatus.DRAFT, 1)]


def test_each_level_shows_its_descriptor(scene):
    page = scene.visit(scene.assigned()).get(scene.path("analyse"))
    assert "Partenariat : niveau 4" in page.text


def test_a_whole_sheet_is_given_and_no_longer_changes(scene):
    ada = scene.visit(scene.assigned())
    assert ada.post(scene.path("analyse"), **typed(scene, 4, 2), final="1").location == scene.file
    page = ada.get(scene.path("analyse"))
    assert "Analyse rendue" in page.text and "80,00 / 100" in page.text
    again = ada.post(scene.path("analyse"), **typed(scene, 0, 0, version=1))
    assert again.status_code == 200
    assert sheets() == [(AssessmentStatus.FINAL, 1)]


def test_what_lacks_is_said_beside_each_field_and_what_was_typed_stays(scene):
    ada = scene.visit(scene.assigned())
    first, second = scene.criteria
    fields = typed(scene, 1, None, verdict="", strengths="Bien ancré") | {f"comment_{first.id}": " "}
    page = ada.post(scene.path("analyse"), **fields, final="1")
    assert set(page.errors) == {"verdict", f"comment_{first.id}", f"level_{second.id}"}
    assert "Bien ancré" in page.text
    assert page.texts(TOTAL) == ["15,00"]
    assert sheets() == []


def test_two_pages_of_the_same_sheet_the_second_sees_both_and_chooses(scene):
    ada = scene.visit(scene.assigned())
    ada.post(scene.path("analyse"), **typed(scene, 3, 3, strengths="Première page"))
    page = ada.post(scene.path("analyse"), **typed(scene, 1, 1, strengths="Deuxième page"))
    assert "Première page" in page.text and "Deuxième page" in page.text
    assert page.tree.xpath('//input[@name="version"]/@value') == ["1"]
    chosen = ada.post(scene.path("analyse"), **typed(scene, 1, 1, version=1, strengths="Deuxième page"))
    assert chosen.status_code == 302
    assert sheets() == [(AssessmentStatus.DRAFT, 2)]


def autosave(scene, visitor, *levels, version=0, page="p1", sequence=1, **more):
    fields = typed(scene, *levels, version=version, page=page, sequence=str(sequence), **more)
    return visitor.post(scene.path("analyse/enregistrement"), **fields)


def test_the_sheet_saves_itself_and_the_same_page_never_collides_with_itself(scene):
    ada = scene.visit(scene.assigned())
    first = autosave(scene, ada, 3, 3)
    assert (first.status_code, first.json["state"], first.json["version"]) == (200, "saved", 1)
    # The answer was lost on the way: the page still believes that nothing was saved.
    again = autosave(scene, ada, 2, 3, sequence=2)
    assert (again.json["state"], again.json["version"]) == ("saved", 2)
    # Late on the way: it does not undo what came after.
    assert autosave(scene, ada, 0, 0, sequence=1).json["version"] == 2
    sheet = db.session.execute(sa.select(Assessment)).scalar_one()
    assert [mark.level for mark in queries.marks_of(sheet, scene.criteria)] == [2, 3]


def test_another_page_is_told_of_the_conflict_and_overwrites_nothing(scene):
    ada = scene.visit(scene.assigned())
    autosave(scene, ada, 3, 3)
    refused = autosave(scene, ada, 1, 1, page="p2")
    assert (refused.status_code, refused.json["state"]) == (409, "conflict")
    same_words = autosave(scene, ada, 3, 3, page="p2")
    assert same_words.json["state"] == "saved"


def test_what_one_left_empty_is_not_filled_with_what_the_other_page_saved(scene):
    ada = scene.visit(scene.assigned())
    autosave(scene, ada, 3, 3, verdict="none", strengths="Au bureau")
    page = ada.post(scene.path("analyse"), **typed(scene, None, None, verdict="", strengths="Dans le train"))
    theirs, mine = (
        dict(zip(page.texts(f"(//div[@class='both-values']/section)[{rank}]//dt"),
                 page.texts(f"(//div[@class='both-values']/section)[{rank}]//dd"), strict=True))
        for rank in (1, 2)
    )  # fmt: skip
    assert (theirs["Avis"], theirs["Points forts"], theirs["Total"]) == ("Sans avis", "Au bureau", "75,00")
    assert (mine["Avis"], mine["Points forts"], mine["Total"]) == ("non renseigné", "Dans le train", "0,00")
    assert page.tree.xpath("//input[@type='radio'][@checked]") == []


def test_what_cannot_be_saved_by_itself_says_why(scene):
    ada = scene.visit(scene.assigned())
    refused = autosave(scene, ada, 3, 3, strengths="x" * 10_001)
    assert (refused.status_code, refused.json["state"], "10 000 caractères" in plain(refused.json["message"])) == (
        422, "refused", True,
    )  # fmt: skip
    assert sheets() == []


def test_one_goes_from_a_file_to_the_next_and_back_to_the_list_at_the_end(scene):
    ada = scene.visit(scene.assigned())
    second, third = scene.another("Deuxième"), scene.another("Troisième")
    for application in (second, third):
        scene.assigned("Ada", application)
    path = {each.id: f"/dossiers/{each.id}/analyse" for each in (scene.application, second, third)}
    page = ada.get(path[second.id])
    assert page.texts("//nav[@class='sheet-round']/span") == ["Dossier 2 sur 3, 0 rendu"]
    assert page.tree.xpath("//nav[@class='sheet-round']/a/@href") == [path[scene.application.id], path[third.id]]
    assert ada.post(path[second.id], **typed(scene, 3), next="1").location == f"{path[third.id]}#fiche"
    assert (
        ada.post(path[third.id], **typed(scene, 4, 4), final="next").location == f"{path[scene.application.id]}#fiche"
    )
    assert (
        ada.post(path[scene.application.id], **typed(scene, 4, 4), final="next").location == f"{path[second.id]}#fiche"
    )
    assert "Rendre et passer au suivant" not in ada.get(path[second.id]).text
    ended = ada.post(path[second.id], **typed(scene, 4, 4, version=1), final="next")
    assert ended.location == "/mes-analyses"


def test_a_conflict_holds_both_values(scene):
    ada = scene.assigned()
    by = {"actor": actor(ada), "roles": REVIEWER}
    in_unit_of_work(lambda: save_sheet(scene.application, text(scene, 3, 3), 0, **by))
    with pytest.raises(Conflict) as conflict:
        in_unit_of_work(lambda: save_sheet(scene.application, text(scene, 1, 1), 0, **by))
    assert (conflict.value.theirs["Total"], conflict.value.mine["Total"]) == ("75,00", "25,00")


def test_without_scoring_the_opinion_stays(scene):
    configure(scene, scoring_enabled=False)
    ada = scene.visit(scene.assigned())
    assert "La grille" not in ada.get(scene.path("analyse")).text
    fields = {"version": "0", "verdict": "favourable", "strengths": "Utile", "final": "1"}
    assert ada.post(scene.path("analyse"), **fields).location == scene.file
    page = scene.as_officer.get(scene.file)
    assert "Moyenne pondérée" not in page.text and "Utile" in page.text


# -- who may --------------------------------------------------------------------------------------


def test_only_those_to_whom_the_file_was_given_find_its_sheet(scene):
    other = scene.visit(scene.reviewer("Béa"))
    for visitor in (other, scene.as_officer, scene.as_owner):
        assert visitor.get(scene.path("analyse")).status_code == 404


@pytest.mark.parametrize("roles", [DIRECTION, {Role.DELEGATE}, frozenset()])
def test_other_roles_write_no_sheet(scene, roles):
    with pytest.raises(Refusal):
        in_unit_of_work(
            lambda: finalise_sheet(scene.application, text(scene, 4, 4), 0, actor=actor(scene.assigned()), roles=roles)
        )
    assert sheets() == []


def test_a_sheet_given_is_not_given_again(scene):
    ada = give(scene, "Ada", 4, 4)
    with pytest.raises(Refusal, match="déjà rendue"):
        in_unit_of_work(
            lambda: finalise_sheet(scene.application, text(scene, 0, 0), 1, actor=actor(ada), roles=REVIEWER)
        )


def test_the_direction_reopens_a_sheet_once_with_a_reason(scene):
    ada = give(scene, "Ada", 4, 4)
    page = scene.path(f"analyses/{ada.id}/rouvrir")
    assert set(scene.as_officer.post(page, reason=" ").errors) == {"reason"}
    assert scene.as_officer.post(page, reason="Erreur de dossier").location == scene.file
    assert scene.as_officer.post(page, reason="Encore").status_code == 404
    assert sheets() == [(AssessmentStatus.DRAFT, 2)]
    sheet = db.session.execute(sa.select(Assessment)).scalar_one()
    for roles, words in ((REVIEWER, "qualité"), (DIRECTION, "déjà fait")):
        with pytest.raises(Refusal, match=words):
            in_unit_of_work(lambda held=roles: reopen_sheet(sheet, "?", actor=actor(ada), roles=held))


# -- reading --------------------------------------------------------------------------------------


def test_others_scores_are_read_only_once_ones_own_is_given(scene):
    give(scene, "Béa", 4, 4)
    ada = scene.visit(scene.assigned("Ada"))
    before = ada.get(scene.file)
    assert "100,00" not in before.text and "Béa Lectrice — " not in before.text
    ada.post(scene.path("analyse"), **typed(scene, 2, 2), final="1")
    after = ada.get(scene.file)
    assert "100,00 / 100" in after.text and "75,00 / 100" in after.text


def test_a_reviewer_of_the_call_without_this_file_reads_no_score(scene):
    give(scene, "Béa", 4, 4)
    assert "100,00" not in scene.visit(scene.reviewer("Cléo")).get(scene.file).text


def test_when_the_call_is_not_blind_they_are_read_at_once(scene):
    give(scene, "Béa", 4, 4)
    configure(scene, blind_scoring=False)
    assert "100,00" in scene.visit(scene.assigned("Ada")).get(scene.file).text


def test_an_officer_who_owes_an_analysis_is_blind_too(scene):
    give(scene, "Béa", 4, 4)
    both = scene.assigned("Ada")
    from portal.accounts.rules import ScopeKind

    factories.grant(both, Role.OFFICER, ScopeKind.CONTRACT, scene.contract.id)
    assert "100,00" not in scene.visit(both).get(scene.file).text


def test_funders_and_applicants_never_see_scores(scene):
    give(scene, "Béa", 4, 4)
    assert "100,00" not in scene.visit(scene.agent(scene.city)).get(scene.file).text
    assert "Béa" not in scene.visit(scene.agent(scene.city)).get(scene.file).text


def test_neither_marks_nor_opinion_enter_the_journal(scene):
    give(scene, "Béa", 4, 4)
    (event,) = [e for e in history_of_application(scene.application.id) if e.action.startswith("assessment")]
    assert event.details == {}


def test_mean_spread_and_missing_reviewers(scene):
    give(scene, "Ada", 4, 4)
    give(scene, "Béa", 2, 1)
    scene.assigned("Cléo")
    found = queries.summaries(scene.call, [scene.application.id])[scene.application.id]
    assert found == Summary(mean=7000, spread=6000, scored=2, missing=1)


def test_a_sheet_by_somebody_recused_since_no_longer_counts(scene):
    give(scene, "Ada", 4, 4)
    bea = give(scene, "Béa", 0, 0)
    factories.recusal(bea, scene.application)
    found = queries.summaries(scene.call, [scene.application.id])[scene.application.id]
    assert (found.mean, found.scored) == (10000, 1)
    assert [sheet.person for sheet in queries.sheets_of(scene.application)] == ["Ada Lectrice"]


def test_summaries_of_many_applications_ask_the_same_number_of_queries(scene):
    give(scene, "Ada", 4, 4)
    ids = [scene.application.id]

    def ask():
        db.session.expire_all()
        with counted() as counter:
            queries.summaries(scene.call, ids)
        return len(counter)

    one = ask()
    for number in range(10):
        other = scene.another(f"Projet {number}")
        give(scene, "Ada", 3, 3, application=other)
        ids.append(other.id)
    assert ask() == one
