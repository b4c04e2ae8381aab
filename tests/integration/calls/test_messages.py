"""Messages between an organisation and the Direction, on an application."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa
import time_machine

from portal.accounts.rules import MemberLevel, Role
from portal.calls.models import Application, Conversation, Message, Recusal
from portal.calls.operations.messages import _tell_of_virus
from portal.calls.rules.messages import MOST_PER_HOUR
from portal.calls.states import ApplicationStatus, RecusalSource
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.database import unit_of_work
from portal.foundation.delivery import compose
from portal.foundation.events import history_of_application
from portal.foundation.files import StoredFile
from portal.foundation.outbox import Mail
from portal.foundation.scan_states import ScanState
from tests import factories
from tests.factories import save
from tests.integration.committee.scene import Scene
from tests.integration.committee.scene import scene as made
from tests.queries import counted

QUESTION = "Nous n’avons pas de bail pour le local."
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def scene(app) -> Scene:
    return made(app)


def page_of(scene) -> str:
    return scene.path("messages")


def bodies(answer) -> list[str]:
    return answer.texts('//li[contains(@class, "message")]//p[contains(@class, "prewrap")]')


def mails() -> list[tuple[str, str]]:
    return [tuple(row) for row in db.session.execute(sa.select(Mail.template, Mail.recipient).order_by(Mail.id))]


def conversation() -> Conversation:
    return db.session.execute(sa.select(Conversation)).scalar_one()


def test_a_question_and_its_answer_are_read_by_both_sides(scene):
    sent = scene.as_owner.post(page_of(scene), body=QUESTION)
    assert scene.as_owner.follow(sent).flashes == ["Votre message est envoyé."]
    asked = scene.as_officer.get(page_of(scene))
    assert bodies(asked) == [QUESTION]
    assert asked.texts("//article/h3/span[contains(@class, 'tag')]") == ["→Nouveau"]
    scene.as_officer.post(f"/messages/{conversation().id}", body="Non, la convention suffit.")
    answered = scene.as_owner.get(page_of(scene))
    assert bodies(answered) == ["Non, la convention suffit.", QUESTION]
    assert answered.texts("//article/h3/text()[1]/..")[0].startswith("Direction Politique de la Ville ")
    assert "Lu par la Direction le" in answered.text


def test_the_organisation_reads_the_service_and_never_the_name_of_the_officer(scene):
    scene.as_officer.post(page_of(scene), body="Bonjour.")
    assert scene.officer.family_name not in scene.as_owner.get(page_of(scene)).text
    assert scene.officer.display_name in scene.as_officer.get(page_of(scene)).text


def test_a_message_stays_unread_until_the_other_side_opens_it(scene):
    scene.as_owner.post(page_of(scene), body=QUESTION)
    assert "Pas encore lu" in scene.as_owner.get(page_of(scene)).text
    assert "message à lire" in scene.as_officer.get(f"/instruction/{scene.call.id}").text
    scene.as_officer.get(page_of(scene))
    assert "message à lire" not in scene.as_officer.get(f"/instruction/{scene.call.id}").text
    assert "Pas encore lu" not in scene.as_owner.get(page_of(scene)).text


def test_one_mail_tells_of_all_that_is_not_opened_yet_and_quotes_nothing(scene):
    scene.as_owner.post(page_of(scene), body=QUESTION)
    scene.as_owner.post(page_of(scene), body="Et les statuts ?")
    assert mails() == [("message_waiting", scene.officer.email)]
    mail = compose(db.session.execute(sa.select(Mail)).scalar_one())
    text = mail.get_content()
    assert QUESTION not in text and scene.application.title not in text + mail["Subject"]
    assert f"/messages/{conversation().id}" in text
    scene.as_officer.get(page_of(scene))
    scene.as_owner.post(page_of(scene), body="Encore une question.")
    assert mails() == [("message_waiting", scene.officer.email)] * 2


def test_the_answer_tells_those_who_write_for_the_organisation(scene):
    reader = factories.member(scene.organisation, MemberLevel.READER)
    editor = factories.member(scene.organisation, MemberLevel.EDITOR)
    scene.as_officer.post(page_of(scene), body="Bonjour.")
    assert sorted(mails()) == sorted(("message_waiting", each.email) for each in (scene.owner, editor))
    assert reader.email not in [recipient for _, recipient in mails()]


def test_who_answered_before_is_told_alone(scene):
    colleague = factories.staff(Role.OFFICER, scene.contract)
    scene.visit(colleague).post(page_of(scene), body="Bonjour.")
    scene.as_owner.post(page_of(scene), body=QUESTION)
    assert mails()[1:] == [("message_waiting", colleague.email)]


def test_two_clicks_send_one_message(scene):
    scene.as_owner.post(page_of(scene), body=QUESTION)
    scene.as_owner.post(page_of(scene), body=QUESTION)
    assert bodies(scene.as_owner.get(page_of(scene))) == [QUESTION]
    with time_machine.travel(clock.now() + timedelta(minutes=5)):
        scene.as_owner.post(page_of(scene), body=QUESTION)
        assert bodies(scene.as_owner.get(page_of(scene))) == [QUESTION] * 2


def test_an_empty_or_too_long_message_is_refused_and_nothing_typed_is_lost(scene):
    empty = scene.as_owner.post(page_of(scene), body="  ")
    assert empty.errors == {"body": "Écrivez votre message."}
    long = scene.as_owner.post(page_of(scene), body="x" * 5001)
    assert long.errors == {"body": "Ce texte est trop long : au plus 5000 caractères.".replace(" ", " ")}
    assert long.texts("//textarea") == ["x" * 5001]
    assert db.session.scalar(sa.select(sa.func.count(Message.id))) == 0


def test_files_are_joined_and_given_to_the_two_sides_alone(scene):
    scene.as_owner.post(page_of(scene), body=QUESTION, files=[(BytesIO(PDF), "bail.pdf"), (BytesIO(PDF), "plan.pdf")])
    links = scene.as_officer.get(page_of(scene)).tree.xpath('//article//a[contains(@href, "fichiers")]/@href')
    assert len(links) == 2
    assert scene.as_officer.get(links[0]).data == PDF
    assert scene.as_owner.get(links[1]).status_code == 200
    outsiders = [factories.member(factories.organisation()), scene.assigned(), scene.agent(scene.city)]
    outsiders.append(factories.staff(Role.DELEGATE, scene.contract))
    assert {scene.visit(each).get(links[0]).status_code for each in outsiders} == {404}


def test_a_file_is_found_in_its_own_conversation_alone(scene):
    scene.as_owner.post(page_of(scene), body=QUESTION, files=[(BytesIO(PDF), "bail.pdf")])
    (link,) = scene.as_officer.get(page_of(scene)).tree.xpath('//article//a[contains(@href, "fichiers")]/@href')
    other = save(Conversation(application_id=scene.another("Autre").id))
    assert scene.as_officer.get(f"/messages/{other.id}/{link.split('/', 3)[3]}").status_code == 404


def test_a_file_that_the_antivirus_holds_is_named_and_given_to_nobody(scene):
    scene.as_owner.post(page_of(scene), body=QUESTION, files=[(BytesIO(PDF), "bail.pdf")])
    (link,) = scene.as_officer.get(page_of(scene)).tree.xpath('//article//a[contains(@href, "fichiers")]/@href')
    with unit_of_work():
        stored = db.session.scalars(sa.select(StoredFile)).one()
        stored.scan = ScanState.INFECTED
        place = _tell_of_virus(stored)
    assert (place.label, place.path) == (f"les messages du dossier {scene.application.reference}", page_of(scene))
    page = scene.as_officer.get(page_of(scene))
    assert "bail.pdf" in page.text and page.tree.xpath('//a[contains(@href, "fichiers")]') == []
    assert scene.as_officer.get(link).status_code == 409


def test_a_refused_file_sends_nothing_and_keeps_the_text(scene):
    files = [(BytesIO(b"MZ"), "virus.exe")]
    answer = scene.as_owner.post(page_of(scene), body=QUESTION, files=files)
    assert answer.errors["files"].startswith("« virus.exe » : Ce type de fichier n’est pas accepté.")
    assert answer.texts("//textarea") == [QUESTION]
    too_many = [(BytesIO(PDF), f"{number}.pdf") for number in range(4)]
    answer = scene.as_owner.post(page_of(scene), body=QUESTION, files=too_many)
    assert answer.errors == {"files": "Joignez au plus 3 fichiers à un message."}
    assert bodies(scene.as_owner.get(page_of(scene))) == []


def test_too_many_messages_in_an_hour_are_refused(scene):
    for number in range(MOST_PER_HOUR):
        scene.as_owner.post(page_of(scene), body=f"Message {number}")
    refused = scene.as_owner.post(page_of(scene), body="Un de trop")
    assert refused.errors[""].startswith("Vous avez envoyé beaucoup de messages en une heure.")
    with time_machine.travel(clock.now() + timedelta(minutes=61)):
        assert scene.as_owner.post(page_of(scene), body="Un de trop").status_code == 302


def test_nobody_writes_on_an_application_that_is_over(scene):
    scene.as_owner.post(page_of(scene), body=QUESTION)
    with unit_of_work():
        db.session.get_one(Application, scene.application.id).status = ApplicationStatus.CLOSED
    page = scene.as_owner.get(page_of(scene))
    assert bodies(page) == [QUESTION] and page.tree.xpath("//textarea") == []
    refused = scene.as_owner.post(page_of(scene), body="Encore un mot")
    assert refused.errors == {"": "On n’écrit plus sur ce dossier : clos."}
    assert refused.texts("//p[@class='prewrap reading']")[0] == "Encore un mot"


def test_a_reader_of_the_organisation_reads_and_does_not_write(scene):
    reader = scene.visit(factories.member(scene.organisation, MemberLevel.READER))
    scene.as_officer.post(page_of(scene), body="Bonjour.")
    page = reader.get(page_of(scene))
    assert bodies(page) == ["Bonjour."] and page.tree.xpath("//textarea") == []
    assert reader.post(page_of(scene), body="Moi aussi").status_code == 404


def test_nobody_else_finds_the_messages(scene):
    scene.as_owner.post(page_of(scene), body=QUESTION)
    number = conversation().id
    for person in (
        factories.member(factories.organisation()),
        scene.assigned(),
        scene.agent(scene.city),
        factories.staff(Role.DELEGATE, scene.contract),
        factories.staff(Role.STEERING, scene.contract),
        factories.staff(Role.OFFICER, factories.contract("autre")),
    ):
        visitor = scene.visit(person)
        assert visitor.get(page_of(scene)).status_code == 404
        assert visitor.get(f"/messages/{number}").status_code == 404
        assert visitor.post(f"/messages/{number}", body="?").status_code == 404
        assert QUESTION not in visitor.get("/accueil").text


def test_somebody_recused_neither_reads_nor_is_told(scene):
    recused = factories.staff(Role.OFFICER, scene.contract)
    save(
        Recusal(
            person_id=recused.id,
            organisation_id=scene.organisation.id,
            source=RecusalSource.DECLARED,
            reason="Parent d’une salariée",
            created_at=clock.now(),
        )
    )
    scene.as_owner.post(page_of(scene), body=QUESTION)
    visitor = scene.visit(recused)
    assert visitor.get(page_of(scene)).status_code == 404
    assert visitor.get(f"/messages/{conversation().id}").status_code == 404
    assert scene.organisation.name not in visitor.get("/messages").text
    assert visitor.get("/accueil").texts('//a[contains(@href, "/messages")]')[0].startswith("0")
    assert mails() == [("message_waiting", scene.officer.email)]


# -- a draft ---------------------------------------------------------------------------------------


def test_a_question_on_a_draft_shows_the_direction_what_was_written_and_nothing_of_the_draft(scene):
    draft = scene.another("Projet secret", ApplicationStatus.DRAFT)
    owner = scene.visit(factories.member(draft.organisation))
    owner.post(f"/dossiers/{draft.id}/messages", body=QUESTION)
    listed = scene.as_officer.get("/messages")
    read = scene.as_officer.get(f"/messages/{conversation().id}")
    assert bodies(read) == [QUESTION]
    assert draft.organisation.name in listed.text and draft.organisation.name in read.text
    for page in (listed, read, scene.as_officer.get("/accueil")):
        assert "Projet secret" not in page.text
    assert scene.as_officer.get(f"/dossiers/{draft.id}/messages").status_code == 404
    assert read.tree.xpath('//a[contains(@href, "instruction") and contains(@href, "dossiers")]') == []
    scene.as_officer.post(f"/messages/{conversation().id}", body="Oui.")
    assert bodies(owner.get(f"/dossiers/{draft.id}/messages")) == ["Oui.", QUESTION]


def test_the_direction_does_not_find_a_draft_that_asked_nothing(scene):
    scene.another("Projet secret", ApplicationStatus.DRAFT)
    assert "Projet secret" not in scene.as_officer.get("/messages").text
    assert "Aucune structure n’a écrit pour l’instant." in scene.as_officer.get("/messages").text


# -- where one sees that something waits --------------------------------------------------------------


def test_the_homes_count_what_waits(scene):
    scene.as_owner.post(page_of(scene), body=QUESTION)
    tile = scene.as_officer.get("/accueil").texts('//a[contains(@href, "/messages")]')
    assert tile == ["1Messages à lireÉcrits par les structures"]
    scene.as_officer.post(page_of(scene), body="Non.")
    home = scene.as_owner.get("/accueil")
    assert f"/dossiers/{scene.application.id}/messages" in home.tree.xpath("//main//table//a/@href")
    assert "1 message à lire" in scene.as_owner.get("/dossiers").text
    assert "1 message à lire" in scene.as_owner.get(f"/dossiers/{scene.application.id}").text


def test_the_direction_lists_the_conversations_and_those_to_read(scene):
    read = scene.another("Déjà lu")
    scene.as_officer.post(f"/dossiers/{read.id}/messages", body="Bonjour.")
    scene.as_owner.post(page_of(scene), body=QUESTION)
    listed = scene.as_officer.get("/messages").texts("//tbody/tr/th/a")
    assert listed == [scene.application.title, "Déjà lu"]
    assert scene.as_officer.get("/messages?lire=non-lus").texts("//tbody/tr/th/a") == [scene.application.title]


def test_the_journal_knows_that_a_message_was_sent_and_not_its_words(scene):
    scene.as_owner.post(page_of(scene), body=QUESTION)
    (event,) = history_of_application(scene.application.id)
    assert (event.action, event.details) == ("message.sent", {"side": "organisation", "files": 0})


def test_a_thread_and_the_lists_cost_the_same_for_one_message_and_for_many(scene):
    def cost() -> list[int]:
        found = []
        for visitor, path in (
            (scene.as_owner, page_of(scene)),
            (scene.as_officer, "/messages"),
            (scene.as_officer, f"/instruction/{scene.call.id}"),
            (scene.as_owner, "/dossiers"),
        ):
            visitor.get(path)
            with counted() as queries:
                visitor.get(path)
            found.append(len(queries))
        return found

    scene.as_owner.post(page_of(scene), body=QUESTION)
    one = cost()
    number = conversation().id
    for index in range(25):
        save(Message(conversation_id=number, side="organisation", body=f"n° {index}", sent_at=clock.now()))
        other = save(Conversation(application_id=scene.another(f"Projet {index}").id))
        save(Message(conversation_id=other.id, side="organisation", body="?", sent_at=clock.now()))
    assert cost() == one
    assert len(bodies(scene.as_owner.get(page_of(scene)))) == 20
