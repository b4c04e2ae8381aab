"""The link of a partner without account: what it opens, for how long, and that reading writes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from portal.accounts.rules import Role, ScopeKind
from portal.calls.models import ApplicationDocument, DocumentRequirement
from portal.calls.states import ApplicationStatus, DocumentCase, FundingStatus
from portal.committee.models import OpinionLink, OpinionRequest
from portal.committee.opinion_links import read_link
from portal.committee.rules.opinion_requests import LinkOver
from portal.committee.states import OpinionRequestStatus, Verdict
from portal.contracts.models import PartnerContact
from portal.extensions import db
from portal.foundation import clock, files
from portal.foundation.database import in_unit_of_work
from portal.foundation.events import Event
from portal.foundation.files import StoredFile
from tests import factories
from tests.factories import save
from tests.integration.committee.asking import (
    ask,
    asked_link,
    database,
    only_request,
    partner,
    request_on,
    requests,
)
from tests.integration.committee.test_opinions import opinions
from tests.queries import counted

GIVEN = {"version": "0", "verdict": "favourable", "signed_by": "Mme Roux, gérante"}


@pytest.fixture
def landlord(scene):
    return partner(scene.contract, "Famille et Provence")


@pytest.fixture
def link(scene, mailbox, landlord):
    return asked_link(scene, mailbox, landlord)


def page_of(link, number=None):
    return f"{link}/{number if number is not None else only_request().id}"


def later(days):
    return time_machine.travel(clock.now() + timedelta(days=days), tick=False)


def set_on(model, row_id, **values):
    def change() -> None:
        row = db.session.get_one(model, row_id)
        for name, value in values.items():
            setattr(row, name, value)

    in_unit_of_work(change)


def document(scene, code, name):
    """A PDF joined to the application at a line of the list, or beside it (None)."""
    requirement = None
    if code is not None:
        requirement = save(
            DocumentRequirement(call_id=scene.call.id, code=code, label=code, case=DocumentCase.ALWAYS, position=9)
        )
    path = files.write_beside(b"%PDF-1.4 a document")
    stored = save(
        StoredFile(
            path=path,
            original_name=name,
            media_type="application/pdf",
            size_bytes=19,
            sha256="0" * 64,
            created_at=clock.now(),
        )
    )
    return save(
        ApplicationDocument(
            application_id=scene.application.id,
            requirement_id=requirement.id if requirement else None,
            label=code or "Photo",
            file_id=stored.id,
            added_at=clock.now(),
        )
    )


# -- what it opens ---------------------------------------------------------------------------------


def test_the_link_lists_what_was_asked_and_takes_the_opinion(scene, anonymous, link):
    assert anonymous.get(link).texts('//th[@scope="row"]') == ["Cuisines d’été"]
    sent = anonymous.post(page_of(link), **GIVEN | {"verdict": "reserved", "reserve": "Prévenir les gardiens"})
    assert sent.location == link
    assert opinions() == [(None, "Famille et Provence", Verdict.RESERVED, "Prévenir les gardiens")]
    assert requests()[0][3] == "given"
    file = scene.as_officer.get(scene.file)
    assert ("Prévenir les gardiens" in file.text, "Mme Roux, gérante" in file.text) == (True, True)


def test_reading_writes_nothing(scene, anonymous, link):
    joined = document(scene, None, "photo.pdf")
    before = database()
    for path in (link, page_of(link), f"{page_of(link)}/pieces/{joined.id}", f"{link}x", f"{link}/999"):
        anonymous.get(path)
    for path in (link, f"{page_of(link)}/decliner"):
        assert anonymous.client.head(path).status_code in (200, 405)
    assert anonymous.get(f"{page_of(link)}/decliner").status_code == 405
    assert database() == before


def test_its_pages_are_kept_by_nobody(anonymous, link):
    for path in (link, page_of(link), f"{link}x"):
        headers = anonymous.get(path).response.headers
        assert headers["Referrer-Policy"] == "strict-origin"
        assert headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"
        assert headers["Cache-Control"] == "private, no-store"


def test_the_token_is_neither_stored_nor_told(app, scene, anonymous, link, capsys):
    anonymous.get(link)
    anonymous.post(page_of(link), **GIVEN)
    token = link.rsplit("/", 1)[1]
    (row,) = db.session.scalars(sa.select(OpinionLink))
    signature = token.removeprefix(row.handle)
    assert len(signature) == 64
    assert signature not in str(database())
    assert (token not in capsys.readouterr().err, row.handle not in str(_events())) == (True, True)


def _events():
    return [(event.action, event.details) for event in db.session.scalars(sa.select(Event))]


def test_a_partner_reads_the_project_and_nothing_of_the_committee(scene, anonymous, link):
    """Neither scores, other opinions, funders' amounts, bank account, nor contact details."""
    give_scores(scene)
    page = anonymous.get(page_of(link)).text
    assert "Le projet" in page
    for hidden in ("7 000", "3 000", "Ville d’Aix", "Défavorable à tout", "Budget prévisionnel", "IBAN"):
        assert hidden not in page


def give_scores(scene):
    from portal.committee.models import Assessment, Opinion
    from portal.committee.states import AssessmentStatus

    reviewer = scene.reviewer()
    save(
        Assessment(
            application_id=scene.application.id,
            person_id=reviewer.id,
            status=AssessmentStatus.FINAL,
            strengths="Défavorable à tout",
            updated_at=clock.now(),
        )
    )
    save(
        Opinion(
            application_id=scene.application.id,
            funder_id=scene.city.id,
            verdict=Verdict.UNFAVOURABLE,
            reason="Défavorable à tout",
            given_at=clock.now(),
        )
    )


def test_documents_open_as_far_as_the_link_goes(scene, anonymous, link):
    photo, bilan = document(scene, None, "photo.pdf"), document(scene, "previous_bilan", "bilan.pdf")
    rib, accounts = document(scene, "rib_bank", "rib.pdf"), document(scene, "accounts", "comptes.pdf")
    shown = anonymous.get(page_of(link)).texts('//section[@id="documents"]//a')
    assert shown == ["photo.pdf", "bilan.pdf"]
    answers = {
        each.id: anonymous.get(f"{page_of(link)}/pieces/{each.id}").status_code
        for each in (photo, bilan, rib, accounts)
    }
    assert answers == {photo.id: 200, bilan.id: 200, rib.id: 404, accounts.id: 404}


def test_a_funder_by_link_reads_the_money_and_says_what_it_envisages(scene, anonymous, mailbox):
    metropole = factories.funder("Métropole")
    line = factories.funding_line(scene.application, metropole, 2_000_00)
    partner(scene.contract, "Service habitat", "pdv@metropole.test", metropole)
    mailbox.collect()
    ask(scene, f"f{metropole.id}")
    link = mailbox.one().link
    page = anonymous.get(page_of(link))
    assert "2 000,00 €" in page.text.replace("\u202f", " ")
    too_much = anonymous.post(page_of(link), **GIVEN, envisaged_cents="2 000,01", envisaged_nature="specific")
    assert set(too_much.errors) == {"envisaged_cents"}
    assert anonymous.post(page_of(link), **GIVEN, envisaged_cents="1 500", envisaged_nature="specific").location == link
    db.session.refresh(line)
    assert (line.status, line.proposed_cents) == (FundingStatus.OPINION_GIVEN, None)
    assert opinions() == [(metropole.id, None, Verdict.FAVOURABLE, "")]


# -- wrong input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"verdict": ""}, "verdict"),
        ({"verdict": "reserved"}, "reserve"),
        ({"verdict": "unfavourable"}, "reason"),
        ({"signed_by": "  "}, "signed_by"),
        ({"reason": "x" * 5001}, "reason"),
    ],
)
def test_an_answer_that_lacks_something_says_where_and_loses_nothing(anonymous, link, fields, wrong):
    answer = anonymous.post(page_of(link), **GIVEN | fields)
    assert set(answer.errors) == {wrong}
    assert (opinions(), requests()[0][3]) == ([], "asked")
    if wrong != "signed_by":
        assert answer.tree.xpath('//input[@name="signed_by"]/@value') == ["Mme Roux, gérante"]


def test_declining_needs_a_reason_and_ends_the_wait(anonymous, link):
    refused = anonymous.post(f"{page_of(link)}/decliner", why=" ")
    assert (set(refused.errors), requests()[0][3]) == ({"why"}, "asked")
    assert anonymous.post(f"{page_of(link)}/decliner", why="Mon frère y travaille").location == link
    assert requests()[0][3] == "declined"
    assert anonymous.post(page_of(link), **GIVEN).errors == {"": "Cette demande n’attend plus de réponse."}
    assert opinions() == []


def test_two_who_share_a_link_see_both_texts(anonymous, link):
    anonymous.post(page_of(link), **GIVEN)
    answer = anonymous.post(page_of(link), **GIVEN | {"verdict": "unfavourable", "reason": "Travaux"})
    assert "Votre saisie, non enregistrée" in answer.text
    assert answer.tree.xpath('//input[@name="version"]/@value') == ["1"]
    assert opinions()[0][2] is Verdict.FAVOURABLE


# -- how long it serves ----------------------------------------------------------------------------


def test_an_opinion_is_corrected_until_the_date_and_taken_late_during_the_grace(scene, anonymous, link):
    other = scene.another("Deuxième")
    contact = db.session.get_one(PartnerContact, only_request().contact_id)
    first, second = only_request().id, request_on(scene, other, contact=contact).id
    anonymous.post(page_of(link, first), **GIVEN)
    with later(10):
        corrected = anonymous.post(page_of(link, first), **GIVEN | {"version": "1", "verdict": "none"})
        assert corrected.location == link
    with later(12):
        closed = anonymous.post(page_of(link, first), **GIVEN | {"version": "2"})
        assert closed.errors == {"": "Cette demande n’attend plus de réponse."}
        assert "ne se modifie plus" in anonymous.get(page_of(link, first)).text
        assert anonymous.post(page_of(link, second), **GIVEN).location == link
    with later(18):
        assert anonymous.get(link).status_code == 410
    assert {each[2] for each in opinions()} == {Verdict.NONE, Verdict.FAVOURABLE}


@pytest.mark.parametrize("how", ["expired", "closed", "forgotten", "forged", "cut", "other_key", "odd"])
def test_a_link_that_serves_no_more_says_so_and_shows_nothing(scene, anonymous, link, how, app, monkeypatch):
    token, path = link.rsplit("/", 1)[1], link
    (row,) = db.session.scalars(sa.select(OpinionLink))
    if how == "closed":
        assert scene.as_officer.post(f"/avis/liens/{row.id}/fermer").status_code == 302
    elif how == "forgotten":
        set_on(PartnerContact, row.contact_id, email=None, email_fold=None)
    elif how == "forged":
        path = f"/avis/invitation/{row.handle}{'0' * 64}"
    elif how == "cut":
        path = f"/avis/invitation/{token[:-1]}"
    elif how == "other_key":
        monkeypatch.setattr(app, "secret_key", "another")
    elif how == "odd":
        path = f"/avis/invitation/{row.handle}é"
    with later(18 if how == "expired" else 0):
        pages = [path, f"{path}/{only_request().id}"]
        for page in [anonymous.get(each) for each in pages] + [anonymous.post(pages[1], **GIVEN)]:
            assert (page.status_code, page.texts("//h1")) == (410, ["Ce lien ne sert plus"])
            assert "Cuisines d’été" not in page.text
            assert "Famille et Provence" not in page.text
    assert (opinions(), requests()[0][3]) == ([], "asked")


def test_a_link_sent_again_ends_the_former(scene, anonymous, link, mailbox):
    (row,) = db.session.scalars(sa.select(OpinionLink))
    path = f"/avis/liens/{row.id}/renvoyer"
    assert scene.as_officer.post(path).status_code == 409  # one has just left
    with later(1):
        assert scene.visit(scene.officer).post(path).status_code == 302
        new = mailbox.one().link
        assert (anonymous.get(link).status_code, anonymous.get(new).status_code) == (410, 200)


def test_the_same_link_comes_with_each_reminder(scene, anonymous, link, mailbox):
    scene.another("Deuxième")
    contact_id = only_request().contact_id
    with later(0.01):
        ask(scene, f"c{contact_id}")
        assert mailbox.one().link == link
        assert len(anonymous.get(link).texts('//th[@scope="row"]')) == 2


def test_a_mail_about_a_link_closed_before_it_left_carries_none(scene, landlord, mailbox):
    mailbox.collect()
    ask(scene, f"c{landlord.id}")
    set_on(OpinionLink, db.session.scalars(sa.select(OpinionLink.id)).one(), closed_at=clock.now())
    assert "a été fermé" in mailbox.one().text


def test_guessing_is_slowed_down(app, anonymous):
    from portal.extensions import limiter

    limiter.enabled = True
    limiter.reset()
    try:
        answers = [anonymous.get(f"/avis/invitation/{number}").status_code for number in range(32)]
    finally:
        limiter.reset()
        limiter.enabled = False
    assert (answers[:30], answers[31]) == ([410] * 30, 429)


# -- nobody else's ---------------------------------------------------------------------------------


def test_a_link_opens_neither_another_contact_s_nor_another_call_s_request(scene, anonymous, link):
    stranger = partner(scene.contract, "Service jeunesse", "jeunesse@ville.test")
    elsewhere = factories.call(scene.contract, [scene.quartier], title="Autre appel")
    other = factories.application(
        elsewhere, scene.organisation, [scene.quartier], status=ApplicationStatus.SUBMITTED, title="Ailleurs"
    )
    mine = db.session.get_one(PartnerContact, only_request().contact_id)
    foreign = [request_on(scene, scene.application, contact=stranger), request_on(scene, other, contact=mine)]
    for each in foreign:
        assert anonymous.get(page_of(link, each.id)).status_code == 404
        assert anonymous.post(page_of(link, each.id), **GIVEN).status_code == 404
        assert anonymous.post(f"{page_of(link, each.id)}/decliner", why="Non").status_code == 404
    assert opinions() == []


def test_what_was_withdrawn_or_decided_leaves_the_link(scene, anonymous, link, landlord):
    other = scene.another("Décidé", ApplicationStatus.DECIDED)
    first, decided = only_request().id, request_on(scene, other, contact=landlord).id
    request_on(scene, scene.another("Attendu"), contact=landlord)
    scene.as_officer.post(f"/avis/demandes/{first}/retirer")
    assert anonymous.get(link).texts('//th[@scope="row"]') == ["Attendu"]
    for gone in (first, decided):
        assert anonymous.get(page_of(link, gone)).status_code == 404
        assert anonymous.post(page_of(link, gone), **GIVEN).status_code == 404


def test_whoever_stepped_out_with_their_account_finds_nothing_by_the_link(scene, anonymous, mailbox):
    resident = factories.person("Awa", "Diallo")
    council = partner(scene.contract, "Conseil citoyen", resident.email)
    link = asked_link(scene, mailbox, council)
    number = only_request().id
    factories.recusal(resident, scene.application)
    assert anonymous.get(link).texts('//th[@scope="row"]') == []
    assert anonymous.get(page_of(link, number)).status_code == 404
    assert anonymous.post(page_of(link, number), **GIVEN).status_code == 404
    assert opinions() == []


def test_an_opinion_given_stays_in_the_file_when_its_author_steps_out_or_is_forgotten(scene, anonymous, link):
    anonymous.post(page_of(link), **GIVEN | {"verdict": "reserved", "reserve": "Prévenir les gardiens"})
    contact = db.session.get_one(PartnerContact, only_request().contact_id)
    path = f"/contrats/{scene.contract.id}/partenaires/{contact.id}/oublier"
    assert scene.as_officer.post(path).status_code == 302
    file = scene.as_officer.get(scene.file).text
    assert ("Famille et Provence" in file, "Prévenir les gardiens" in file) == (True, True)


def test_a_link_costs_the_same_whatever_it_lists(scene, anonymous, link, landlord):
    def look():
        with counted() as counter:
            assert anonymous.get(link).status_code == 200
        return len(counter)

    look()
    one = look()
    for number in range(20):
        request_on(scene, scene.another(f"Projet {number}"), contact=landlord)
    assert look() == one


# -- with an account -------------------------------------------------------------------------------


def test_a_partner_with_an_account_finds_and_gives_what_its_address_was_asked(scene):
    resident = factories.person("Awa", "Diallo")
    factories.grant(resident, Role.RESIDENT, ScopeKind.QUARTIER, scene.quartier.id)
    council = partner(scene.contract, "Conseil citoyen", resident.email)
    asked = request_on(scene, scene.application, contact=council)
    visitor = scene.visit(resident)
    assert visitor.get("/avis/demandes").texts('//th[@scope="row"]') == ["Cuisines d’été"]
    assert visitor.post(f"/avis/demandes/{asked.id}", **GIVEN).location == "/avis/demandes"
    assert opinions() == [(None, "Conseil citoyen", Verdict.FAVOURABLE, "")]
    stranger = scene.visit(factories.person("Jo", "Petit"))
    assert stranger.get("/avis/demandes").texts('//th[@scope="row"]') == []
    assert stranger.post(f"/avis/demandes/{asked.id}", **GIVEN).status_code == 404


def test_a_recused_account_is_not_shown_what_its_address_was_asked(scene):
    resident = factories.person("Awa", "Diallo")
    asked = request_on(scene, scene.application, contact=partner(scene.contract, "Conseil citoyen", resident.email))
    factories.recusal(resident, scene.application)
    visitor = scene.visit(resident)
    assert visitor.get("/avis/demandes").texts('//th[@scope="row"]') == []
    assert visitor.get(f"/avis/demandes/{asked.id}").status_code == 404
    assert visitor.post(f"/avis/demandes/{asked.id}", **GIVEN).status_code == 404


def test_an_unknown_token_is_unknown(app):
    with app.test_request_context():
        assert read_link("") is LinkOver.UNKNOWN


def test_a_request_given_by_the_direction_meanwhile_is_shown_to_the_link(scene, anonymous, link):
    fields = {"partner_name": "Famille et Provence", "verdict": "unfavourable", "reason": "Au téléphone"}
    scene.as_officer.post(scene.path("avis-partenaires"), version="0", **fields)
    page = anonymous.get(page_of(link))
    assert page.tree.xpath('//textarea[@name="reason"]/text()')[0].strip() == "Au téléphone"
    assert db.session.scalars(sa.select(OpinionRequest.status)).all() == [OpinionRequestStatus.GIVEN]
