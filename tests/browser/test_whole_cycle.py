"""One application from the call to the report, through the screens of everybody who has a hand in it."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.browser.cycle import calling, city, deciding, filing, instructing, proofs, returning
from tests.browser.cycle.city import CITY, STATE, TILLEULS, TITLE, VALLON
from tests.browser.cycle.post import Post
from tests.browser.cycle.windows import Window, staff_window


@pytest.fixture
def town(app):
    return city.found()


@pytest.fixture
def post(mailbox):
    return Post(mailbox)


@pytest.fixture
def staff(open_page, town, checked):
    """staff("officer"): a new window in which they are signed in."""
    return lambda who: staff_window(open_page, town, who, checked)


@pytest.fixture
def checked():
    """The pages already checked, as they stood."""
    return set()


def test_an_application_goes_from_the_call_to_the_report(town, post, staff, open_page, checked, app, tmp_path):
    # The call is made and published.
    manager = staff("manager")
    calling.make_and_publish(manager, town)
    city.committee_arrives(town)

    # An association that nobody knew files.
    owner = Window(open_page(1280), "association", checked)
    filing.sign_up(owner, post)
    filing.declare_association(owner, town)
    filing.begin(owner, town)
    filing.fill_in(owner, town)
    receipt = filing.sign_and_file(owner)
    assert any("bien déposé" in subject for subject in post.subjects_to(filing.EMAIL))
    owner.follow("Voir mon dossier")
    proofs.readable(owner.download("Télécharger le dossier (PDF)"), TITLE, "7 000,51 €")
    proofs.readable(owner.download("Télécharger l’accusé de réception (PDF)"), receipt)

    # The Direction checks it; Rose steps out and never sees it.
    officer = staff("officer")
    recused = staff("recused")
    instructing.record_recusal(officer, town)
    instructing.is_shut_out(recused, town)
    instructing.check_completeness(officer, town)
    instructing.usual_sittings(officer)
    instructing.pronounce_admissible(officer, town)
    instructing.is_shut_out(recused, town)

    # Ada scores it.
    instructing.distribute(officer, town)
    reviewer = staff("reviewer")
    instructing.score(reviewer)
    instructing.is_shut_out(recused, town)

    # The funders propose, the COPIL arbitrates.
    agents = {CITY: staff("city"), STATE: staff("state")}
    for funder, amount in ((CITY, "3 333,34"), (STATE, "2 500,00")):
        deciding.give_opinion(agents[funder])
        deciding.propose(agents[funder], town, funder, amount)
    deciding.arbitrate(officer, town, ["3 333,34", "2 500,00"])
    proofs.readable(deciding.minutes(officer, post), TITLE, "Retenu pour un montant inférieur")
    instructing.is_shut_out(recused, town)
    returning.read_decision(owner)
    assert "3 333,34 €" not in owner.words  # an arbitrage is not yet a decision told

    # Each funder's act grants; its letter tells.
    calling.notify_envelope(manager, town, CITY)
    for funder, number, amount in ((CITY, "V-41", "3 333,34 €"), (STATE, "A-12", "2 500,00 €")):
        deciding.grant(agents[funder], town, number)
        proofs.readable(deciding.notify(agents[funder], post), TITLE, amount)
    assert proofs.granted_parts() == {
        (TILLEULS, CITY): 222_234,
        (VALLON, CITY): 111_100,
        (TILLEULS, STATE): 166_675,
        (VALLON, STATE): 83_325,
    }
    instructing.is_shut_out(recused, town)

    # The association reads the decision, then sends its bilan, on a phone.
    owner.resize(320)
    assert post.subjects_to(filing.EMAIL)
    returning.read_decision(owner)
    assert "Retenu pour un montant inférieur" in owner.words
    assert {"3 333,34 €", "2 500,00 €"} <= set(owner.cells(CITY) + owner.cells(STATE))
    expect(owner.page.get_by_role("link", name="Bilan final").first).to_be_visible()
    returning.begin_bilan(owner, town)
    returning.write_bilan(owner)
    instructing.is_shut_out(recused, town)
    returning.accept(officer)
    assert any("bilan" in subject.lower() for subject in post.subjects_to(filing.EMAIL))

    # The quartier's report shows the action and its part of the money.
    for quartier, slug, cents, part in (
        (TILLEULS, "les-tilleuls", 388_909, "3 889,09 €"),
        (VALLON, "le-vallon", 194_425, "1 944,25 €"),
    ):
        returning.read_report(officer, town, quartier)
        assert TITLE in officer.words
        assert part in officer.words
        report, pdf = proofs.report_by_command(app, town, slug, tmp_path)
        assert [action["action"] for action in report["actions"]] == [TITLE]
        assert report["funding"]["granted_cents"] == cents
        assert json.loads(officer.download("Données JSON")) == report
        assert report["coverage"]["received"] == 1
        proofs.readable(pdf, TITLE, part)
    proofs.readable(returning.keep_report(officer, post), TITLE)
    instructing.is_shut_out(recused, town)

    # The délégué du Préfet takes the workbook; its totals are those of the database.
    delegate = staff("delegate")
    lines = proofs.synthesis(returning.take_workbook(delegate, post))
    requested, granted = proofs.sums()
    assert (requested, granted) == (700_051, 583_334)
    assert {requested / 100, granted / 100} <= proofs.amounts(lines["Total"])
    assert {4000.01, 3333.34} <= proofs.amounts(lines[CITY])
    assert {3000.50, 2500} <= proofs.amounts(lines[STATE])
    assert {3889.09} <= proofs.amounts(lines[TILLEULS])
    assert {1944.25} <= proofs.amounts(lines[VALLON])
