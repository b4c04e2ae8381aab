"""A note d'opportunité from its first words to the Direction's answer and the application begun from it."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.accounts.rules import MemberLevel, Role
from portal.calls.models import Application, PreProject, Recusal
from portal.calls.states import ApplicationStatus, CallStatus, PreProjectStatus, RecusalSource
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.database import unit_of_work
from portal.foundation.events import history_of
from portal.foundation.periods import to_paris
from tests import factories
from tests.mailbox import Mailbox
from tests.queries import counted
from tests.typography import plain
from tests.visitors import Visitor

DAY = timedelta(days=1)
WORDS = {
    "title": "Jardin partagé",
    "need": "Les habitants veulent se retrouver.",
    "idea": "Planter avec eux au pied des tours.",
    "budget_cents": "8 000",
    "funders_text": "Ville, bailleur",
}


@pytest.fixture
def contract(app):
    return factories.contract()


@pytest.fixture
def quartiers(contract):
    return [factories.quartier(contract, name) for name in ("Encagnane", "Jas de Bouffan", "Corsy")]


@pytest.fixture
def call(contract, quartiers):
    return factories.call(contract, quartiers, pre_projects_enabled=True)


@pytest.fixture
def organisation(app):
    return factories.organisation("Les Amandiers")


@pytest.fixture
def author(app, organisation):
    return Visitor(app, factories.member(organisation, MemberLevel.EDITOR))


@pytest.fixture
def officer(app, contract):
    return Visitor(app, factories.staff(Role.OFFICER, contract))


@pytest.fixture
def mailbox(app):
    return Mailbox(app)


def fresh(thing):
    db.session.rollback()
    return db.session.get_one(type(thing), thing.id)


def notes():
    return list(db.session.scalars(sa.select(PreProject).order_by(PreProject.id)))


def note_of(call, organisation, status=PreProjectStatus.SENT, **values):
    return factories.save(
        PreProject(
            call_id=call.id,
            organisation_id=organisation.id,
            status=status,
            title=values.pop("title", "Jardin partagé"),
            need="Se retrouver",
            idea="Planter",
            quartiers=values.pop("quartiers", call.quartiers[:1]),
            created_at=clock.now(),
            sent_at=None if status is PreProjectStatus.DRAFT else clock.now(),
            **values,
        )
    )


def begun(author, call, organisation):
    author.post(f"/appels/{call.id}/note", organisation=str(organisation.id))
    (note,) = notes()
    return note


# -- writing and sending ------------------------------------------------------------------------------


def test_a_note_is_begun_kept_half_written_then_sent_and_the_direction_is_told(
    author, officer, call, organisation, quartiers, mailbox
):
    note = begun(author, call, organisation)
    page = f"/notes/{note.id}"
    assert author.post(f"{page}/modifier", title="Jardin partagé", version="1").location == page
    assert (fresh(note).title, note.status, note.version) == ("Jardin partagé", PreProjectStatus.DRAFT, 2)
    answer = author.post(f"{page}/modifier", **WORDS, quartiers=[str(quartiers[1].id)], version="2", envoyer="1")
    assert answer.location == page
    sent = fresh(note)
    assert (sent.status, sent.budget_cents, [each.name for each in sent.quartiers]) == (
        PreProjectStatus.SENT, 800_000, ["Jas de Bouffan"],
    )  # fmt: skip
    mail = mailbox.one()
    assert mail.link == page
    assert "Les Amandiers" in mail.text
    assert "Jardin partagé" in officer.get(page).text
    assert [event.action for event in history_of("pre_project", note.id)] == [
        "pre_project.created", "pre_project.saved", "pre_project.saved", "pre_project.sent",
    ]  # fmt: skip


def test_a_second_click_on_begin_finds_the_first_click_s_note(author, call, organisation):
    for _ in range(2):
        author.post(f"/appels/{call.id}/note", organisation=str(organisation.id))
    assert len(notes()) == 1


def test_what_a_note_lacks_is_told_beside_each_field_and_what_was_typed_is_kept(author, call, organisation, mailbox):
    note = begun(author, call, organisation)
    page = author.post(f"/notes/{note.id}/modifier", idea="Planter.", version="1", envoyer="1")
    assert page.errors == {
        "title": "Donnez un titre à votre idée.",
        "quartiers": "Choisissez au moins un quartier.",
        "need": "Dites à quel besoin votre idée répond.",
    }
    assert "Planter." in page.text
    assert (fresh(note).status, note.idea) == (PreProjectStatus.DRAFT, "Planter.")
    assert mailbox.collect() == []
    again = author.post(f"/notes/{note.id}/modifier", idea="Planter.", version=str(note.version), envoyer="1")
    assert "modifiée entre-temps" not in again.text


def test_an_amount_that_cannot_be_read_changes_nothing_stored(author, call, organisation):
    note = begun(author, call, organisation)
    page = author.post(f"/notes/{note.id}/modifier", **{**WORDS, "budget_cents": "beaucoup"}, version="1")
    assert "budget_cents" in page.errors
    assert 'value="beaucoup"' in page.data.decode()
    assert fresh(note).version == 1


def test_the_second_of_two_writers_sees_both_texts(author, call, organisation):
    note = begun(author, call, organisation)
    author.post(f"/notes/{note.id}/modifier", title="Un jardin", version="1")
    page = author.post(f"/notes/{note.id}/modifier", title="Un verger", version="1")
    assert "Un jardin" in page.text
    assert "Un verger" in page.text
    assert fresh(note).title == "Un jardin"


def test_a_sent_note_no_longer_changes(author, call, organisation):
    note = note_of(call, organisation)
    assert author.get(f"/notes/{note.id}/modifier").location == f"/notes/{note.id}"
    author.post(f"/notes/{note.id}/modifier", title="Autre", version="1")
    assert fresh(note).title == "Jardin partagé"


def test_a_note_is_not_begun_nor_sent_after_the_last_day(author, contract, call, organisation):
    note = note_of(call, organisation, PreProjectStatus.DRAFT)
    with unit_of_work() as session:
        session.add(call)
        call.pre_projects_until = to_paris(clock.now() - DAY).date()
    assert author.get(f"/appels/{call.id}/note").status_code == 404
    page = author.post(
        f"/notes/{note.id}/modifier", **WORDS, quartiers=[str(call.quartiers[0].id)], version="1", envoyer="1"
    )
    assert "Le délai pour envoyer une note d’opportunité est passé" in page.text
    assert fresh(note).status is PreProjectStatus.DRAFT


def test_a_note_may_be_withdrawn_and_leaves_the_queue_s_waiting(author, officer, call, organisation):
    note = note_of(call, organisation)
    assert author.post(f"/notes/{note.id}/retirer").location == "/notes"
    assert fresh(note).status is PreProjectStatus.WITHDRAWN
    assert officer.get(f"/notes/{note.id}/reponse").location == f"/notes/{note.id}"


# -- answering ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verdict", "words"),
    [("favourable", "favorable à un dépôt"), ("to_rework", "à retravailler"), ("out_of_scope", "hors cadre")],
)
def test_each_answer_is_told_to_those_who_may_write_with_its_words(
    app, officer, call, organisation, mailbox, verdict, words
):
    note = note_of(call, organisation)
    writer = factories.member(organisation, MemberLevel.OWNER)
    factories.member(organisation, MemberLevel.READER)
    answer = officer.post(f"/notes/{note.id}/reponse", verdict=verdict, words="Rencontrez le centre social.")
    assert answer.location == f"/appels/{call.id}/notes"
    mail = mailbox.one()
    assert (mail.to, mail.link) == (writer.email, f"/notes/{note.id}")
    assert words in plain(mail.subject)
    assert "Rencontrez le centre social." in mail.text
    page = Visitor(app, writer).get(f"/notes/{note.id}")
    assert "Rencontrez le centre social." in page.text
    assert fresh(note).answered_by_id == officer.person_id


def test_what_is_being_rewritten_stays_the_organisations_own_until_it_is_sent_again(
    author, officer, call, organisation
):
    note = note_of(call, organisation, budget_cents=1_500_00)
    officer.post(f"/notes/{note.id}/reponse", verdict="to_rework", words="Précisez le public.")
    page, quartier = f"/notes/{note.id}", str(call.quartiers[1].id)
    new = {"title": "Idée nouvelle", "need": "Besoin nouveau", "idea": "Autrement", "budget_cents": "9 876"}
    author.post(f"{page}/modifier", **new, quartiers=[quartier], version=str(fresh(note).version))
    assert "Besoin nouveau" in author.get(page).text
    for path in (page, f"/appels/{call.id}/notes"):
        text = officer.get(path).text
        assert "Jardin partagé" in text
        for hidden in ("Idée nouvelle", "Besoin nouveau", "Autrement", "9\u202f876"):
            assert hidden not in text
    author.post(f"{page}/modifier", **new, quartiers=[quartier], version=str(fresh(note).version), envoyer="1")
    assert fresh(note).status is PreProjectStatus.SENT
    assert "Besoin nouveau" in officer.get(page).text
    assert "Idée nouvelle" in officer.get(f"/appels/{call.id}/notes").text


def test_an_answer_without_words_is_refused_and_nobody_is_told(officer, call, organisation, mailbox):
    note = note_of(call, organisation)
    page = officer.post(f"/notes/{note.id}/reponse", verdict="favourable", words=" ")
    assert page.errors == {"words": "Écrivez votre réponse."}
    assert fresh(note).status is PreProjectStatus.SENT
    assert mailbox.collect() == []


def test_a_note_to_rework_is_changed_and_sent_again_even_after_the_last_day(author, officer, call, organisation):
    note = note_of(call, organisation)
    officer.post(f"/notes/{note.id}/reponse", verdict="to_rework", words="Précisez le public.")
    with unit_of_work() as session:
        session.add(call)
        call.pre_projects_until = to_paris(clock.now() - DAY).date()
    version = str(fresh(note).version)
    assert "Précisez le public." in author.get(f"/notes/{note.id}/modifier").text
    author.post(
        f"/notes/{note.id}/modifier", **WORDS, quartiers=[str(call.quartiers[0].id)], version=version, envoyer="1"
    )
    assert fresh(note).status is PreProjectStatus.SENT
    assert "Réponse précédente" in officer.get(f"/notes/{note.id}").text


def test_the_queue_shows_those_to_answer_first_and_never_a_draft(officer, call, organisation):
    note_of(call, organisation, PreProjectStatus.FAVOURABLE, title="Déjà vue")
    note_of(call, organisation, title="À lire")
    note_of(call, organisation, PreProjectStatus.DRAFT, title="Secrète")
    page = officer.get(f"/appels/{call.id}/notes")
    assert page.texts("//tbody//th") == ["À lire", "Déjà vue"]
    assert officer.get(f"/appels/{call.id}/notes?etat=favourable").texts("//tbody//th") == ["Déjà vue"]
    assert officer.get("/accueil").texts(f"//a[@href='/appels/{call.id}/notes']/span") == [
        "1", "Notes d’opportunité", "À répondre",
    ]  # fmt: skip


# -- the application --------------------------------------------------------------------------------------


def test_an_application_begun_from_a_note_takes_its_words_and_its_quartiers_once(author, call, organisation, quartiers):
    note = note_of(call, organisation, PreProjectStatus.FAVOURABLE, quartiers=quartiers[:3])
    first = author.post(f"/notes/{note.id}/dossier")
    assert author.post(f"/notes/{note.id}/dossier").location == first.location
    (application,) = db.session.scalars(sa.select(Application))
    assert (application.title, application.need, application.description, application.status) == (
        "Jardin partagé", "Se retrouver", "Planter", ApplicationStatus.DRAFT,
    )  # fmt: skip
    assert [(place.quartier.name, place.share_bp) for place in application.placements] == [
        ("Encagnane", 3_334), ("Jas de Bouffan", 3_333), ("Corsy", 3_333),
    ]  # fmt: skip
    assert "note d’opportunité" in author.get(first.location).text
    project = author.get(f"{first.location}/projet")
    assert 'value="Jardin partagé"' in project.data.decode()


def test_many_clicks_at_once_begin_one_application(app, call, organisation):
    visitors = [Visitor(app, factories.member(organisation, MemberLevel.EDITOR)) for _ in range(4)]
    note = note_of(call, organisation, PreProjectStatus.FAVOURABLE)
    note_id, start, statuses = note.id, threading.Barrier(4), []
    db.session.remove()

    def begin(visitor):
        start.wait()
        statuses.append(visitor.client.post(f"/notes/{note_id}/dossier").status_code)

    threads = [threading.Thread(target=begin, args=(visitor,)) for visitor in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [302] * 4
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Application)) == 1
    db.session.rollback()


def test_two_notes_make_two_applications(author, call, organisation):
    for title in ("Jardin", "Verger"):
        author.post(f"/notes/{note_of(call, organisation, title=title).id}/dossier")
    assert sorted(db.session.scalars(sa.select(Application.title))) == ["Jardin", "Verger"]


def test_no_application_is_begun_from_a_note_once_the_call_is_closed(author, call, organisation):
    note = note_of(call, organisation)
    with unit_of_work() as session:
        session.add(call)
        call.opens_at, call.closes_at = clock.now() - 2 * DAY, clock.now() - DAY
    assert author.post(f"/notes/{note.id}/dossier").status_code == 409
    assert list(db.session.scalars(sa.select(Application))) == []


# -- who ----------------------------------------------------------------------------------------------------


def test_a_draft_note_is_its_structure_s_alone(app, officer, call, organisation):
    note = note_of(call, organisation, PreProjectStatus.DRAFT)
    outsiders = [officer, Visitor(app, factories.member(factories.organisation()))]
    assert [outsider.get(f"/notes/{note.id}").status_code for outsider in outsiders] == [404, 404]


def test_a_reader_reads_and_does_not_write(app, call, organisation):
    note = note_of(call, organisation, PreProjectStatus.DRAFT)
    reader = Visitor(app, factories.member(organisation, MemberLevel.READER))
    assert reader.get(f"/notes/{note.id}").status_code == 200
    assert reader.get(f"/notes/{note.id}/modifier").status_code == 404


def test_who_stepped_out_of_a_structure_sees_none_of_its_notes_and_gets_no_mail(
    app, author, officer, contract, call, organisation, mailbox
):
    factories.save(
        Recusal(
            person_id=officer.person_id,
            organisation_id=organisation.id,
            source=RecusalSource.DECLARED,
            reason="Conjointe présidente",
            created_at=clock.now(),
        )
    )
    other = factories.staff(Role.MANAGER, contract)
    note = note_of(call, organisation, PreProjectStatus.DRAFT)
    author.post(f"/notes/{note.id}/modifier", **WORDS, quartiers=[str(call.quartiers[0].id)], version="1", envoyer="1")
    assert [mail.to for mail in mailbox.collect()] == [other.email]
    assert officer.get(f"/notes/{note.id}").status_code == 404
    assert officer.get(f"/notes/{note.id}/reponse").status_code == 404
    assert "Jardin partagé" not in officer.get(f"/appels/{call.id}/notes").text
    assert "Jardin partagé" in Visitor(app, other).get(f"/appels/{call.id}/notes").text


# -- the call's own rule --------------------------------------------------------------------------------------


def test_the_manager_takes_notes_until_a_day_before_publication_and_only_longer_after(app, contract, call):
    manager = Visitor(app, factories.staff(Role.MANAGER, contract))
    with unit_of_work() as session:
        session.add(call)
        call.status, call.pre_projects_enabled = CallStatus.DRAFT, False
    page = f"/appels/{call.id}/notes/reglage"
    last = to_paris(call.closes_at - 10 * DAY).date()
    typed = f"{last:%d/%m/%Y}"
    assert manager.post(page, is_enabled="y", until=typed, version="1").location == f"/appels/{call.id}/reglages"
    assert (fresh(call).pre_projects_enabled, call.pre_projects_until) == (True, last)
    with unit_of_work() as session:
        session.add(call)
        call.status = CallStatus.PUBLISHED
    sooner = f"{last - DAY:%d/%m/%Y}"
    refused = manager.post(page, is_enabled="y", until=sooner, version=str(fresh(call).version))
    assert refused.errors == {"until": plain("L’appel est publié : le dernier jour des notes ne peut que reculer.")}
    assert fresh(call).pre_projects_until == last


def test_the_queue_runs_as_many_queries_for_one_note_as_for_many(officer, call, organisation):
    note_of(call, organisation)
    officer.get(f"/appels/{call.id}/notes")
    with counted() as one:
        officer.get(f"/appels/{call.id}/notes")
    for number in range(12):
        note_of(call, organisation, title=f"Idée {number}")
    with counted() as many:
        officer.get(f"/appels/{call.id}/notes")
    assert len(one) == len(many)
