"""The tools of the programming table: what is previewed is what is applied, all of it or nothing."""

from __future__ import annotations

import pytest

from portal.accounts.rules import Role
from portal.calls.models import FundingLine
from portal.calls.states import ApplicationStatus, FundingStatus, Origin
from portal.committee.states import Outcome
from portal.contracts.models import Nature
from portal.extensions import db
from portal.foundation.database import unit_of_work
from portal.foundation.events import Event
from tests import factories
from tests.integration.committee.deciding import Scene, make_scene
from tests.queries import counted
from tests.typography import plain


@pytest.fixture
def scene(app) -> Scene:
    return make_scene(app)


def tools(scene, query="", page="/apercu"):
    return f"/programmation/{scene.call.id}/outils{page}?{query}"


def preview(scene, query, role=Role.OFFICER):
    return scene.visit(role).get(tools(scene, query))


def boxes(page):
    return page.tree.xpath("//input[@name='ligne']/@value")


def applied(scene, query, role=Role.OFFICER, keep=lambda _box: True, page=None):
    page = page or preview(scene, query, role)
    return scene.visit(role).post(tools(scene, query), ligne=[box for box in boxes(page) if keep(box)])


def stored(line):
    fresh = db.session.get(FundingLine, line.id, populate_existing=True)
    return fresh.status.value, fresh.proposed_cents, fresh.version


def put(line, **values):
    with unit_of_work():
        for name, value in values.items():
            setattr(line, name, value)


def renewed(scene, granted, *, requested=5_000_00, origin=Origin.ONLINE):
    """This year's line of an action that the city granted `granted` last year."""
    past = factories.call(scene.contract, [scene.quartier], year=2025)
    organisation = factories.organisation()
    before = factories.application(past, organisation, status=ApplicationStatus.CLOSED, title="Ateliers", origin=origin)
    if granted is not None:
        put(factories.funding_line(before, scene.city, granted), granted_cents=granted)
    application = factories.application(
        scene.call, organisation, [scene.quartier], status=ApplicationStatus.ADMISSIBLE, title="Ateliers"
    )
    return factories.funding_line(application, scene.city, requested, scene.city_envelope)


def cells(page, line):
    return page.texts(f"//tr[@id='ligne-{line.id}']/td")[1:]


def rows(page, caption):
    return [
        [" ".join(cell.text_content().split()) for cell in row.xpath("./*")]
        for row in page.tree.xpath(f"//table[caption='{caption}']/tbody/tr")
    ]


def reasons(page):
    return page.texts("//table[caption='Lignes laissées et pourquoi']/tbody/tr/td[@data-label='Pourquoi']")


def test_last_year_s_grant_is_previewed_then_written_as_shown(scene):
    same, over = renewed(scene, 2_500_00), renewed(scene, 9_000_00, requested=3_000_00)
    renewed(scene, None, origin=Origin.IMPORTED)
    scene.application(state=0)
    query = f"outil=reconduire&financeur={scene.city.id}"
    page = preview(scene, query)
    assert cells(page, same) == ["5 000,00 €", "2 500,00 €", "–", "2 500,00 €", "+2 500,00 €", ""]
    assert cells(page, over) == ["3 000,00 €", "9 000,00 €", "–", "3 000,00 €", "+3 000,00 €", "limité à la demande"]
    assert reasons(page) == ["Attribution N−1 non communiquée", "Rien d’attribué en N−1"]
    assert rows(page, "Effet des lignes cochées sur les enveloppes") == [
        ["Ville d’essaiCrédits politique de la ville, prévisionnelle", "2", "20 000,00 €", "0,00 €", "5 500,00 €",
         "14 500,00 €"],
    ]  # fmt: skip
    assert [stored(line) for line in (same, over)] == [("requested", None, 1)] * 2
    answer = applied(scene, query, page=page)
    assert answer.location.endswith(f"/programmation/{scene.call.id}")
    assert [stored(line) for line in (same, over)] == [("proposed", 2_500_00, 2), ("proposed", 3_000_00, 2)]


def test_what_was_done_is_told_on_the_table(scene):
    scene.application()
    visitor, path = scene.visit(), tools(scene, "outil=taux&taux=50")
    answer = visitor.post(path, ligne=boxes(visitor.get(path)))
    told = [plain(words) for words in visitor.follow(answer).flashes]
    assert told == ["Appliquer un taux : 50 % de la demande. Lignes proposées : 2."]


def test_each_line_s_history_names_the_tool(scene):
    line = scene.line(scene.application(state=0))
    applied(scene, f"outil=taux&taux=80&pas=10000&financeur={scene.city.id}")
    event = db.session.query(Event).filter_by(action="funding.proposed", subject_id=line.id).one()
    assert (
        plain(event.details["tool"]) == "Appliquer un taux : 80 % de la demande, arrondi au multiple inférieur de 100 €"
    )
    assert event.details["proposed_cents"] == [None, 4_000_00]


def test_an_unticked_line_is_left(scene):
    kept, left = (scene.line(scene.application(state=0)) for _ in range(2))
    applied(scene, "outil=taux&taux=50", keep=lambda box: box.startswith(f"{kept.id}-"))
    assert [stored(line) for line in (kept, left)] == [("proposed", 2_500_00, 2), ("requested", None, 1)]


def test_lines_kept_are_counted_again_without_writing(scene):
    kept, left = (scene.line(scene.application(city=15_000_00, state=0)) for _ in range(2))
    page = preview(scene, "outil=taux&taux=100")
    assert "proposé au-delà de l’enveloppe" in page.text
    ticked = [box for box in boxes(page) if box.startswith(f"{kept.id}-")]
    page = scene.visit().post(tools(scene, "outil=taux&taux=100"), ligne=ticked, recompter="1")
    assert rows(page, "Effet des lignes cochées sur les enveloppes")[0][1:] == [
        "1", "20 000,00 €", "0,00 €", "15 000,00 €", "5 000,00 €",
    ]  # fmt: skip
    assert page.tree.xpath("//input[@name='ligne'][@checked]/@value") == ticked
    assert stored(left) == stored(kept) == ("requested", None, 1)


def test_nothing_is_written_when_one_line_changed_since_the_preview(scene):
    first, second = (scene.line(scene.application(state=0)) for _ in range(2))
    query = f"outil=taux&taux=50&financeur={scene.city.id}&lignes=sans"
    page = preview(scene, query)
    scene.visit(Role.FUNDER_AGENT).post(f"/programmation/lignes/{second.id}", amount="1 000", version="1")
    answer = applied(scene, query, page=page)
    assert answer.status_code == 200
    assert answer.errors == {
        "": "Des lignes ont changé depuis l’aperçu : rien n’a été écrit. Comparez, puis cochez celles à appliquer."
    }
    assert (stored(first), stored(second)) == (("requested", None, 1), ("proposed", 1_000_00, 2))
    told = f"{second.application.reference}, Ville d’essai : enregistré 1 000,00 € ; votre aperçu 2 500,00 €"
    assert told in plain(answer.text)


def test_a_changed_line_comes_back_unticked_and_ticking_it_again_replaces_it(scene):
    line = scene.line(scene.application(state=0))
    page = preview(scene, "outil=taux&taux=50")
    scene.visit(Role.FUNDER_AGENT).post(f"/programmation/lignes/{line.id}", amount="1 000", version="1")
    answer = applied(scene, "outil=taux&taux=50", page=page)
    assert answer.tree.xpath("//input[@name='ligne'][@checked]") == []
    assert applied(scene, "outil=taux&taux=50", page=answer).status_code == 302
    assert stored(line) == ("proposed", 2_500_00, 3)


def test_a_button_pressed_twice_writes_once(scene):
    line = scene.line(scene.application(state=0))
    page = preview(scene, "outil=taux&taux=50")
    answers = [applied(scene, "outil=taux&taux=50", page=page) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert stored(line) == ("proposed", 2_500_00, 2)
    assert db.session.query(Event).filter_by(action="funding.proposed").count() == 1


def test_an_amount_that_the_tool_does_not_give_is_not_written(scene):
    line = scene.line(scene.application(state=0))
    answer = scene.visit().post(tools(scene, "outil=taux&taux=50"), ligne=[f"{line.id}-1-499999"])
    assert answer.status_code == 200
    assert stored(line) == ("requested", None, 1)


def test_a_funder_s_agent_reaches_its_own_lines_only(scene):
    application = scene.application()
    own, other = scene.line(application), scene.line(application, scene.state)
    page = preview(scene, "outil=taux&taux=50", Role.FUNDER_AGENT)
    assert [box.split("-")[0] for box in boxes(page)] == [str(own.id)]
    forged = [*boxes(page), f"{other.id}-1-150000"]
    answer = scene.visit(Role.FUNDER_AGENT).post(tools(scene, "outil=taux&taux=50"), ligne=forged)
    assert "Cette ligne n’est plus dans votre tableau" in answer.text
    assert stored(own) == stored(other) == ("requested", None, 1)
    page = preview(scene, f"outil=taux&taux=50&financeur={scene.state.id}", Role.FUNDER_AGENT)
    assert page.errors == {"financeur": "Ce choix n’est pas dans la liste."} or boxes(page) == []


def test_the_delegate_reaches_the_state_s_lines_only(scene):
    application = scene.application()
    page = preview(scene, "outil=taux&taux=50", Role.DELEGATE)
    assert [box.split("-")[0] for box in boxes(page)] == [str(scene.line(application, scene.state).id)]


def test_a_recused_line_is_neither_shown_nor_written_nor_guessed(scene):
    kept, left = (scene.line(scene.application(state=0)) for _ in range(2))
    put(left, status=FundingStatus.PROPOSED, proposed_cents=1_000_00, version=2)
    scene.recuse(scene.person(Role.OFFICER), left.application)
    page = preview(scene, "outil=taux&taux=50")
    assert [box.split("-")[0] for box in boxes(page)] == [str(kept.id)]
    assert left.application.title not in page.text
    assert "hors dossiers déportés" in page.text
    assert rows(page, "Effet des lignes cochées sur les enveloppes")[0][3] == "0,00 €"
    for guess in (f"{left.id}-1-100000", f"{left.id}-2-250000"):
        answer = scene.visit().post(tools(scene, "outil=taux&taux=50"), ligne=[guess])
        assert answer.status_code == 200
        assert "Cette ligne n’est plus dans votre tableau" in answer.text
        assert "1 000,00" not in answer.text
    assert stored(left) == ("proposed", 1_000_00, 2)


def test_what_cannot_be_proposed_is_left_and_told(scene):
    arbitrated, gone = scene.application(state=0), scene.application(state=0)
    scene.arbitrate(arbitrated, city=1_000_00)
    put(gone, status=ApplicationStatus.NOT_CARRIED_OUT)
    page = preview(scene, "outil=taux&taux=50")
    assert reasons(page) == ["Financement à l’état « Arbitré »", "Dossier sur lequel on ne propose plus"]
    assert boxes(page) == []
    forged = f"{scene.line(arbitrated).id}-{scene.line(arbitrated).version}-250000"
    assert scene.visit().post(tools(scene, "outil=taux&taux=50"), ligne=[forged]).status_code == 200
    assert stored(scene.line(arbitrated))[:2] == ("arbitrated", None)


def test_filters_narrow_the_lines(scene):
    pillar = factories.theme(scene.contract, "Cohésion sociale")
    first, second = scene.application(), scene.application()
    put(first, main_theme_id=pillar.id)
    special = factories.funding_line(second, scene.city, 700_00, nature=Nature.COMMON_LAW)
    put(scene.line(first), proposed_cents=300_00)
    ids = {
        query: {int(box.split("-")[0]) for box in boxes(preview(scene, f"outil=taux&taux=50&{query}"))}
        for query in (
            f"pilier={pillar.id}",
            f"structure={second.organisation_id}&financeur={scene.city.id}",
            f"nature=common_law&financeur={scene.city.id}",
            f"lignes=avec&financeur={scene.city.id}",
            f"lignes=sans&financeur={scene.city.id}",
        )
    }
    assert list(ids.values()) == [
        {line.id for line in first.funding_lines},
        {scene.line(second).id, special.id},
        {special.id},
        {scene.line(first).id},
        {scene.line(second).id, special.id},
    ]


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ("taux=80", {"outil": "Choisissez un outil."}),
        ("outil=taux", {"taux": "Indiquez le taux, par exemple 80."}),
        ("outil=taux&taux=abc", {"taux": "Indiquez un nombre, par exemple 1,5."}),
        ("outil=taux&taux=201", {"taux": "Indiquez un taux de 200 % au plus."}),
        ("outil=arrondir", {"pas": "Choisissez à quel multiple arrondir."}),
        ("outil=reconduire&minimum=peu", {"minimum": "Indiquez un montant en euros, par exemple 1 234,56."}),
    ],
)
def test_a_wrong_figure_is_told_beside_its_field(scene, query, errors):
    scene.application()
    page = preview(scene, query)
    assert page.errors == errors
    assert boxes(page) == []


@pytest.mark.parametrize(
    "query", ["outil=rien", "outil=taux&taux=5&base=x", "outil=taux&taux=5&quartier=999999", "x=1"]
)
def test_an_odd_address_is_answered_in_words(scene, query):
    page = preview(scene, query)
    assert page.status_code == 200
    assert page.errors


def test_no_box_ticked_is_told(scene):
    scene.application()
    answer = scene.visit().post(tools(scene, "outil=taux&taux=50"), ligne=["abc", "1-2"])
    assert answer.errors == {"": "Cochez au moins une ligne."}


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.STEERING])
def test_who_cannot_propose_finds_no_tool(scene, role):
    scene.application()
    assert preview(scene, "outil=taux&taux=50", role).status_code == 404
    assert "Proposer sur plusieurs lignes" not in scene.visit(role).get(f"/programmation/{scene.call.id}").text


def test_a_refused_application_is_not_among_the_lines(scene):
    decided = scene.application(state=0)
    scene.decide(decided, Outcome.NOT_RETAINED)
    scene.application(status=ApplicationStatus.INADMISSIBLE)
    assert [box.split("-")[0] for box in boxes(preview(scene, "outil=taux&taux=50"))] == [str(scene.line(decided).id)]


def test_as_many_queries_for_one_line_as_for_twenty(scene):
    def reads(run):
        with counted() as counter:
            run()
        return sum(statement.startswith("SELECT") for statement in counter.statements)

    visitor = scene.visit()
    scene.application()
    path = tools(scene, "outil=taux&taux=50")
    visitor.get(path)
    one = reads(lambda: visitor.get(path))
    for _ in range(19):
        scene.application()
    assert reads(lambda: visitor.get(path)) == one
    sent = boxes(visitor.get(path))
    first = reads(lambda: visitor.post(path, ligne=sent[:1]))
    assert reads(lambda: visitor.post(path, ligne=sent[1:])) == first
