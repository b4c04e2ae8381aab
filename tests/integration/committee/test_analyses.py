"""The analyses of a call as those who oversee them follow them."""

from __future__ import annotations

import pytest

from portal.accounts.rules import HeldGrant, Role, ScopeKind
from portal.committee.operations.scoring import finalise_sheet
from portal.committee.queries import scoring
from portal.committee.queries.analyses import Analyses, Totals
from portal.committee.rules.scoring import SheetText
from portal.committee.states import Verdict
from portal.foundation.database import in_unit_of_work, unit_of_work
from tests import factories
from tests.integration.committee.scene import REVIEWER, actor
from tests.integration.committee.test_scoring import configure, give
from tests.queries import counted

YES, NO = Verdict.FAVOURABLE, Verdict.UNFAVOURABLE


@pytest.fixture
def path(scene):
    return f"/instruction/{scene.call.id}/analyses"


def shown(page, column):
    return page.texts(f"//tbody//*[@data-label='{column}']")


def says(scene, name, verdict, application=None):
    """A final sheet with this opinion, all marks at 3."""
    of = application or scene.application
    who = scene.assigned(name, of)
    text = SheetText(verdict, "", "Parce que", {each.id: (3, "") for each in scene.criteria})
    in_unit_of_work(lambda: finalise_sheet(of, text, 0, actor=actor(who), roles=REVIEWER))


def test_the_list_tells_mean_spread_and_who_is_awaited(scene, path):
    give(scene, "Ada", 4, 4)
    give(scene, "Béa", 2, 1)
    scene.assigned("Cléo")
    page = scene.as_officer.get(path)
    assert [shown(page, column) for column in ("Moyenne", "Écart", "Rendues", "Attendues de")] == [
        ["70,00"], ["60,00"], ["2 sur 3"], ["Cléo Lectrice"],
    ]  # fmt: skip
    assert "Avis divergents" in page.text


@pytest.mark.parametrize("levels", [[], [(4, 4)], [(3, 2), (1, 4)], [(0, 1), (2, 2), (4, 3)]])
def test_the_database_computes_the_mean_and_the_spread_of_the_rule(scene, levels):
    for name, marks in zip(("Ada", "Béa", "Cléo"), levels):
        give(scene, name, *marks)
    found = Analyses(scene.call, scene.officer.id, _grants(scene)).page("", "", 1).rows[0]
    rule = scoring.summaries(scene.call, [scene.application.id])[scene.application.id]
    assert (found.mean, found.spread, found.missing) == (rule.mean, rule.spread, rule.missing)


def _grants(scene):
    return [HeldGrant(Role.OFFICER, ScopeKind.CONTRACT, scene.contract.id, None)]


def test_opposed_opinions_disagree_whatever_the_marks(scene, path):
    says(scene, "Ada", YES)
    says(scene, "Béa", NO)
    agreed = scene.another("D’accord")
    says(scene, "Ada", YES, agreed)
    says(scene, "Béa", Verdict.RESERVED, agreed)
    assert len(shown(scene.as_officer.get(path), "Projet")) == 2
    page = scene.as_officer.get(f"{path}?montrer=ecart")
    (told,) = shown(page, "Avis")
    assert told.endswith("Avis divergents 1 favorable, 1 défavorable")


def test_the_contract_says_from_which_spread_analyses_disagree(scene, path):
    give(scene, "Ada", 4, 4)
    give(scene, "Béa", 2, 1)
    with unit_of_work():
        scene.contract.disagreement_points = 61
    page = scene.as_officer.get(path)
    assert shown(page, "Écart") == ["60,00"]
    assert "Avis divergents" not in " ".join(shown(page, "Avis"))
    assert "atteint 61 points sur 100" in page.text


def test_those_where_an_analysis_lacks_are_kept_by_the_filter(scene, path):
    give(scene, "Ada", 4, 4)
    other = scene.another("Attendu")
    scene.assigned("Ada", other)
    scene.another("À confier")
    page = scene.as_officer.get(f"{path}?montrer=manque")
    assert shown(page, "Attendues de")[0] == "Ada Lectrice"
    assert len(shown(page, "Projet")) == 2
    found = Analyses(scene.call, scene.officer.id, _grants(scene)).totals()
    assert found == Totals(applications=3, assigned=2, given=1, unassigned=1, missing=1, disagreeing=0)


def test_the_list_is_sorted_by_mean_and_spread_with_the_unknown_last(scene, path):
    give(scene, "Ada", 4, 4)
    give(scene, "Ada", 2, 2, application=scene.another("Bas"))
    scene.another("Sans note")
    for order, means in (("moyenne", ["50,00", "100,00", "–"]), ("-moyenne", ["100,00", "50,00", "–"])):
        assert shown(scene.as_officer.get(f"{path}?sort={order}"), "Moyenne") == means


def test_an_officer_who_owes_an_analysis_stays_blind_on_it_alone(scene, path):
    give(scene, "Béa", 4, 4)
    other = scene.another("Autre")
    give(scene, "Béa", 2, 2, application=other)
    both = scene.assigned("Ada")
    factories.grant(both, Role.OFFICER, ScopeKind.CONTRACT, scene.contract.id)
    page = scene.visit(both).get(path)
    assert shown(page, "Moyenne") == ["après votre analyse", "50,00"]
    assert "100,00" not in page.text
    configure(scene, blind_scoring=False)
    assert shown(scene.visit(both).get(path), "Moyenne") == ["100,00", "50,00"]


def test_what_one_stepped_out_of_is_in_neither_list_nor_totals(scene, path):
    give(scene, "Ada", 4, 4)
    factories.recusal(scene.officer, scene.application)
    page = scene.as_officer.get(path)
    assert shown(page, "Projet") == []
    assert ("Cuisines" in page.text, "100,00" in page.text, "0 sur 0" in page.text) == (False, False, True)


def test_without_scoring_the_opinions_alone_are_told(scene, path):
    says(scene, "Ada", YES)
    configure(scene, scoring_enabled=False)
    page = scene.as_officer.get(path)
    assert (shown(page, "Moyenne"), shown(page, "Avis")) == ([], ["1 favorable"])


def test_only_those_who_oversee_find_the_list(scene, path):
    for visitor in (scene.visit(scene.assigned("Ada")), scene.as_owner, scene.visit(scene.agent(scene.city))):
        assert visitor.get(path).status_code == 404
    for role in (Role.DELEGATE, Role.STEERING, Role.MANAGER):
        assert scene.visit(factories.staff(role, scene.contract)).get(path).status_code == 200


def test_the_list_asks_the_same_number_of_queries_for_1_and_40_files(scene, path):
    scene.assigned("Ada")

    def ask():
        with counted() as counter:
            assert scene.as_officer.get(path).status_code == 200
        return len(counter)

    ask()
    one = ask()
    for number in range(40):
        scene.assigned("Ada", scene.another(f"Projet {number}"))
    assert ask() == one
