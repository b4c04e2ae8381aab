"""Asking for opinions: what is previewed is what is sent, once."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.calls.states import ApplicationStatus
from portal.committee.operations import opinion_requests as operations
from portal.committee.states import OpinionRequestStatus, Verdict
from portal.extensions import db
from portal.foundation.database import in_unit_of_work
from portal.foundation.events import Event
from portal.foundation.outbox import Mail
from portal.foundation.refusals import Refusal
from tests import factories
from tests.integration.committee.asking import ask, only_request, partner, request_on, requests
from tests.integration.committee.scene import REVIEWER, actor, days_from_now
from tests.integration.committee.test_opinions import give
from tests.queries import counted


def mails():
    db.session.rollback()
    return sorted(db.session.scalars(sa.select(Mail.recipient).where(Mail.template == "opinions_asked")))


def counts(page):
    """The line of each recipient in the preview: {name: [new, again, asked, given, recused, mails]}."""
    found = {}
    for row in page.tree.xpath('//table[caption="Sélection"]/tbody/tr'):
        cells = [" ".join(cell.text_content().split()) for cell in row]
        found[row.xpath("string(th/text())").strip()] = [int(cell) for cell in cells[1:]]
    return found


def preview(scene, *keys, query=""):
    return scene.as_officer.get(f"/appels/{scene.call.id}/avis/demander?{'&'.join(f'a={key}' for key in keys)}{query}")


def test_what_is_previewed_is_what_is_sent(scene, mailbox):
    other = scene.another("Deuxième")
    agent = scene.agent(scene.city)
    landlord = partner(scene.contract, "Famille et Provence")
    keys = (f"f{scene.city.id}", f"c{landlord.id}")
    told = counts(preview(scene, *keys))
    assert told == {"Ville d’Aix": [2, 0, 0, 0, 0, 1], "Famille et Provence": [2, 0, 0, 0, 0, 1]}
    assert ask(scene, *keys).location == f"/appels/{scene.call.id}/avis"
    assert requests() == [
        (scene.application.id, scene.city.id, None, "asked"),
        (other.id, scene.city.id, None, "asked"),
        (scene.application.id, None, landlord.id, "asked"),
        (other.id, None, landlord.id, "asked"),
    ]
    assert mails() == sorted([agent.email, "service@partenaire.test"])


def test_a_second_click_sends_nothing_more(scene):
    landlord = partner(scene.contract, "Famille et Provence")
    ask(scene, f"c{landlord.id}")
    again = ask(scene, f"c{landlord.id}")
    assert again.errors == {"": "Rien à envoyer : tout est déjà demandé ou rendu."}
    assert (len(requests()), mails()) == (1, ["service@partenaire.test"])


def test_a_selection_that_changed_since_it_was_read_is_read_again(scene):
    landlord = partner(scene.contract, "Famille et Provence")
    path = f"/appels/{scene.call.id}/avis/demander?a=c{landlord.id}"
    (mark,) = scene.as_officer.get(path).tree.xpath('//input[@name="mark"]/@value')
    scene.another("Arrivé entre-temps")
    answer = scene.as_officer.post(path, mark=mark, due_on=days_from_now(10))
    assert answer.errors == {"": "La sélection a changé depuis que vous l’avez lue. Relisez-la, puis envoyez."}
    assert requests() == []


def test_a_funder_is_only_asked_about_what_asks_it(scene):
    scene.agent(scene.state)
    scene.another("Sans l’État")
    assert counts(preview(scene, f"f{scene.state.id}")) == {"État": [1, 0, 0, 0, 0, 1]}


def test_a_funder_without_account_is_reached_through_the_address_book(scene):
    metropole = factories.funder("Métropole")
    factories.funding_line(scene.application, metropole, 2_000_00)
    page = preview(scene, f"f{metropole.id}")
    assert counts(page) == {"Métropole": [0, 0, 0, 0, 0, 0]}
    assert "Rien à envoyer" in page.text
    contact = partner(scene.contract, "Service politique de la ville", "pdv@metropole.test", metropole)
    ask(scene, f"f{metropole.id}")
    assert (requests(), mails()) == (
        [(scene.application.id, metropole.id, contact.id, "asked")], ["pdv@metropole.test"],
    )  # fmt: skip


def test_what_is_already_given_is_not_asked(scene):
    give(scene)
    landlord = partner(scene.contract, "Famille et Provence")
    fields = {"version": "0", "partner_name": "famille et provence", "verdict": "favourable"}
    scene.as_officer.post(scene.path("avis-partenaires"), **fields)
    told = counts(preview(scene, f"f{scene.city.id}", f"c{landlord.id}"))
    assert told == {"Ville d’Aix": [0, 0, 0, 1, 0, 0], "Famille et Provence": [0, 0, 0, 1, 0, 0]}


def test_the_filters_of_the_call_choose_the_applications(scene):
    landlord = partner(scene.contract, "Famille et Provence")
    elsewhere = factories.quartier(scene.contract, "Beisson")
    theme = factories.theme(scene.contract, "Emploi")
    other = factories.application(
        scene.call, factories.organisation(), [elsewhere], status=ApplicationStatus.ADMISSIBLE, main_theme_id=theme.id
    )
    scene.another("Brouillon", ApplicationStatus.DRAFT)
    for query in (f"&quartier={elsewhere.id}", f"&thematique={theme.id}"):
        assert counts(preview(scene, f"c{landlord.id}", query=query)) == {"Famille et Provence": [1, 0, 0, 0, 0, 1]}
    assert counts(preview(scene, f"c{landlord.id}", query=f"&financeur={scene.caf.id}"))["Famille et Provence"][0] == 0
    ask(scene, f"c{landlord.id}", query=f"&quartier={elsewhere.id}")
    assert requests() == [(other.id, None, landlord.id, "asked")]


@pytest.mark.parametrize("due_on", ["", "hier", "01/01/2020", "01/01/2099"])
def test_a_date_that_makes_no_sense_is_told_at_its_field(scene, due_on):
    landlord = partner(scene.contract, "Famille et Provence")
    path = f"/appels/{scene.call.id}/avis/demander?a=c{landlord.id}"
    (mark,) = scene.as_officer.get(path).tree.xpath('//input[@name="mark"]/@value')
    answer = scene.as_officer.post(path, mark=mark, due_on=due_on)
    assert (set(answer.errors), requests()) == ({"due_on"}, [])


def test_whoever_stepped_out_is_asked_nothing(scene):
    """An agent alone in its funder, and a partner whose account has the address of the book."""
    agent = scene.agent(scene.city)
    resident = factories.person("Awa", "Diallo")
    council = partner(scene.contract, "Conseil citoyen", resident.email)
    for who in (agent, resident):
        factories.recusal(who, scene.application)
    other = scene.another("Deuxième")
    told = counts(preview(scene, f"f{scene.city.id}", f"c{council.id}"))
    assert told == {"Ville d’Aix": [1, 0, 0, 0, 1, 1], "Conseil citoyen": [1, 0, 0, 0, 1, 1]}
    ask(scene, f"f{scene.city.id}", f"c{council.id}")
    assert {each[0] for each in requests()} == {other.id}


def test_a_recused_officer_neither_counts_nor_asks_about_the_application(scene):
    landlord = partner(scene.contract, "Famille et Provence")
    other = scene.another("Deuxième")
    factories.recusal(scene.officer, scene.application)
    page = preview(scene, f"c{landlord.id}")
    assert counts(page) == {"Famille et Provence": [1, 0, 0, 0, 0, 1]}
    assert ("Cuisines d’été" in page.text, "Hors dossiers dont vous vous êtes déporté·e" in page.text) == (False, True)
    ask(scene, f"c{landlord.id}")
    assert [each[0] for each in requests()] == [other.id]


def test_each_account_is_told_of_what_it_may_read(scene, mailbox):
    """Two agents of a funder; one stepped out of an application."""
    first, second = scene.agent(scene.city), scene.agent(scene.city)
    factories.recusal(first, scene.application)
    scene.another("Deuxième")
    ask(scene, f"f{scene.city.id}")
    told = {mail.to: " ".join(mail.subject.split()) for mail in mailbox.collect()}
    assert {to: subject.split(" : ")[0] for to, subject in told.items()} == {
        first.email: "Votre avis est demandé sur 1 dossier",
        second.email: "Votre avis est demandé sur 2 dossiers",
    }


def test_the_preview_asks_the_same_number_of_queries_for_1_and_30_applications(scene):
    landlord = partner(scene.contract, "Famille et Provence")

    def look():
        with counted() as counter:
            assert preview(scene, f"c{landlord.id}", f"f{scene.city.id}").status_code == 200
        return len(counter)

    look()
    one = look()
    for number in range(30):
        scene.another(f"Projet {number}")
    assert look() == one


def test_the_journal_tells_the_file_without_any_address(scene):
    landlord = partner(scene.contract, "Famille et Provence")
    ask(scene, f"c{landlord.id}")
    (event,) = db.session.scalars(sa.select(Event).where(Event.action == "opinion.asked"))
    assert (event.application_id, event.details["contact"]) == (scene.application.id, landlord.id)
    assert "service@partenaire.test" not in str([each.details for each in db.session.scalars(sa.select(Event))])
    assert "Avis demandé" in scene.as_officer.get(scene.file).text


# -- one application ------------------------------------------------------------------------------


def test_on_one_application_the_direction_asks_from_the_file(scene):
    landlord = partner(scene.contract, "Famille et Provence")
    path = scene.path("avis/demander")
    assert scene.as_officer.get(path).texts('//fieldset[@id="to"]//label') == [
        "Famille et Provence (par un lien envoyé par courriel)"
    ]
    sent = scene.as_officer.post(path, to=[f"c{landlord.id}"], due_on=days_from_now(5))
    assert sent.location == scene.file + "#avis"
    assert requests() == [(scene.application.id, None, landlord.id, "asked")]
    table = '//table[caption="Demandes sans avis rendu"]'
    shown = scene.as_officer.get(scene.file).texts(f'{table}//th[@scope="row"]')
    assert shown == ["Famille et Provence"]


def test_nobody_ticked_or_somebody_of_another_contract_is_refused(scene):
    other = partner(factories.contract("ailleurs"), "Bailleur d’ailleurs")
    partner(scene.contract, "Famille et Provence")
    path = scene.path("avis/demander")
    assert set(scene.as_officer.post(path, due_on=days_from_now(5)).errors) == {"to"}
    assert set(scene.as_officer.post(path, to=[f"c{other.id}"], due_on=days_from_now(5)).errors) == {"to"}
    assert requests() == []


def test_who_declined_may_be_asked_again_one_application_at_a_time(scene):
    landlord = partner(scene.contract, "Famille et Provence")
    request_on(scene, scene.application, contact=landlord, status=OpinionRequestStatus.DECLINED)
    assert counts(preview(scene, f"c{landlord.id}"))["Famille et Provence"] == [0, 0, 1, 0, 0, 0]
    scene.as_officer.post(scene.path("avis/demander"), to=[f"c{landlord.id}"], due_on=days_from_now(5))
    assert requests() == [(scene.application.id, None, landlord.id, "asked")]


def test_a_request_withdrawn_is_withdrawn_once(scene):
    landlord = partner(scene.contract, "Famille et Provence")
    path = f"/avis/demandes/{request_on(scene, scene.application, contact=landlord).id}/retirer"
    assert scene.as_officer.post(path).location == scene.file + "#avis"
    assert requests()[0][3] == "withdrawn"
    assert scene.as_officer.post(path).status_code == 409


def test_only_the_direction_asks_and_withdraws(scene):
    landlord = partner(scene.contract, "Famille et Provence")
    made = request_on(scene, scene.application, contact=landlord)
    for visitor in (scene.visit(scene.agent(scene.city)), scene.visit(scene.reviewer())):
        assert visitor.get(scene.path("avis/demander")).status_code == 404
        assert visitor.get(f"/appels/{scene.call.id}/avis/demander").status_code == 404
        assert visitor.post(f"/avis/demandes/{made.id}/retirer").status_code == 404
    with pytest.raises(Refusal, match="qualité"):
        in_unit_of_work(
            lambda: operations.withdraw_request(only_request(), actor=actor(scene.reviewer()), roles=REVIEWER)
        )
    assert requests()[0][3] == "asked"


# -- answered whatever the way --------------------------------------------------------------------


def test_an_opinion_given_by_account_answers_the_request(scene):
    agent = scene.agent(scene.city)
    ask(scene, f"f{scene.city.id}")
    scene.visit(agent).post(scene.path(f"avis/{scene.city.id}"), version="0", verdict="favourable")
    made = only_request()
    assert (made.status, made.opinion.verdict) == (OpinionRequestStatus.GIVEN, Verdict.FAVOURABLE)


def test_an_opinion_taken_by_telephone_answers_the_request(scene):
    landlord = partner(scene.contract, "Famille et Provence")
    request_on(scene, scene.application, contact=landlord)
    fields = {"version": "0", "partner_name": "Famille et Provence", "verdict": "unfavourable", "reason": "Travaux"}
    scene.as_officer.post(scene.path("avis-partenaires"), **fields)
    assert requests()[0][3] == "given"


def test_a_request_on_an_application_decided_meanwhile_is_withdrawn_by_itself(scene):
    landlord = partner(scene.contract, "Famille et Provence")
    request_on(scene, scene.another("Décidé", ApplicationStatus.DECIDED), contact=landlord)
    in_unit_of_work(operations.end_waits)
    in_unit_of_work(operations.end_waits)
    assert requests()[0][3] == "withdrawn"


def test_a_funder_says_what_it_envisages_and_nothing_is_proposed_by_itself(scene):
    scene.admitted()
    agent = scene.visit(scene.agent(scene.city))
    path = scene.path(f"avis/{scene.city.id}")
    given = {"version": "0", "verdict": "reserved", "reserve": "Revoir le budget"}
    for wrong, field in (
        ({"envisaged_cents": "7 000,01", "envisaged_nature": "specific"}, "envisaged_cents"),
        ({"envisaged_cents": "beaucoup", "envisaged_nature": "specific"}, "envisaged_cents"),
        ({"envisaged_cents": "5 000", "envisaged_nature": "inconnue"}, "envisaged_nature"),
        ({"envisaged_cents": "5 000", "envisaged_nature": ""}, "envisaged_nature"),
    ):
        assert set(agent.post(path, **given | wrong).errors) == {field}
    refused = agent.post(
        path, version="0", verdict="unfavourable", reason="Non", envisaged_cents="10", envisaged_nature="specific"
    )
    assert set(refused.errors) == {"envisaged_cents"}
    agent.post(path, **given, envisaged_cents="5 000", envisaged_nature="specific")
    line = scene.lines[0]
    db.session.refresh(line)
    assert (line.status.value, line.proposed_cents) == ("opinion_given", None)
    table = scene.as_officer.get(f"/programmation/{scene.call.id}")
    (told,) = [text for text in table.texts('//td[@data-label="Avis"]') if "envisagés" in text]
    assert told == "Favorable sous réserveRevoir le budget5 000,00 € envisagés"
    page = scene.as_officer.get(f"/programmation/lignes/{line.id}")
    assert page.tree.xpath('//input[@name="amount"]/@value') == ["5 000,00"]
