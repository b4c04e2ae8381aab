"""The words of letters and conventions: written by the Direction, tried on a real file, fixed once made."""

from __future__ import annotations

from io import BytesIO

import docx
import pikepdf
import pytest

from portal.accounts.rules import Role
from portal.calls.states import EnvelopeStatus, FundingStatus
from portal.committee.models import DocumentTemplate, FundingAct, Letter
from portal.committee.operations import letters as letter_operations
from portal.committee.operations.acts import ActTerms, record_act
from portal.committee.queries.templates import words_in_force
from portal.committee.rules.letters import TELLING
from portal.committee.rules.templates import MODELS
from portal.committee.states import ActKind, LetterKind, Outcome, TemplateKind
from portal.committee.views.templates import SLUGS
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.database import unit_of_work
from portal.foundation.events import Event
from portal.foundation.outbox import Task
from portal.foundation.refusals import Refusal
from tests import factories, pdfs
from tests.integration.committee.deciding import Scene, make_scene
from tests.queries import counted
from tests.typography import plain

REJECTED = "Objet : non\n\nBonjour {structure}.\n{motif}\n{mention_scenario}\n{voies_de_recours}"


@pytest.fixture
def scene(app) -> Scene:
    return make_scene(app)


def path(scene, kind=TemplateKind.REJECTION, funder=None, rest=""):
    asked = f"?financeur={funder.id}" if funder else ""
    return f"/contrats/{scene.contract.id}/modeles/{SLUGS[kind]}{rest}{asked}"


def refused(scene, reason="Le projet double une action existante."):
    application = scene.application()
    return application, scene.decide(application, Outcome.NOT_RETAINED, reason)


def make(scene, decision):
    scene.visit().post(f"/seances/{decision.sitting_id}/courriers")
    scene.render()
    return db.session.query(Letter).filter_by(decision_id=decision.id).one()


def pdf_words(visitor, letter):
    return pdfs.words(pikepdf.open(BytesIO(visitor.get(f"/courriers/{letter.id}.pdf").data)))


def word_text(visitor, letter):
    document = docx.Document(BytesIO(visitor.get(f"/courriers/{letter.id}.docx").data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


# -- writing --------------------------------------------------------------------------------------


def test_the_direction_writes_the_words_that_the_next_letters_follow(scene):
    first, second = refused(scene), refused(scene)
    before = make(scene, first[1])
    manager = scene.visit(Role.MANAGER)
    page = manager.get(path(scene))
    assert "Après examen, {decideur}" in plain(page.text)
    assert manager.post(path(scene), version="0", body=REJECTED).status_code == 302
    after = make(scene, second[1])
    kept = db.session.get_one(Letter, before.id)
    assert f"Bonjour{second[0].organisation.name}.".replace(" ", "") in pdf_words(manager, after)
    assert "Bonjour" not in pdf_words(manager, kept)
    assert f"Bonjour {second[0].organisation.name}." in word_text(manager, after)
    assert "Madame, Monsieur," in word_text(manager, kept)


def test_words_changed_between_the_making_and_the_printing_change_nothing(scene):
    _application, decision = refused(scene)
    scene.visit().post(f"/seances/{decision.sitting_id}/courriers")
    manager = scene.visit(Role.MANAGER)
    manager.post(path(scene), version="0", body=REJECTED)
    scene.render()
    assert "Bonjour" not in word_text(manager, db.session.query(Letter).one())


def test_a_funder_s_words_come_before_the_common_ones_and_the_usual_ones_come_back(scene):
    kind, manager = TemplateKind.GRANT, scene.visit(Role.MANAGER)
    usual = MODELS[kind].words

    def in_force():
        return words_in_force(scene.contract.id, kind, scene.city.id)

    assert in_force() == usual
    assert manager.post(path(scene, kind), version="0", body=f"Commun\n{usual}").status_code == 302
    assert in_force().startswith("Commun")
    assert words_in_force(scene.contract.id, TemplateKind.REJECTION, None) == MODELS[TemplateKind.REJECTION].words
    assert manager.post(path(scene, kind, scene.city), version="0", body=f"Ville\n{usual}").status_code == 302
    assert in_force().startswith("Ville")
    assert words_in_force(scene.contract.id, kind, scene.state.id).startswith("Commun")
    shown = manager.get(path(scene, kind, scene.city, "/origine"))
    assert shown.texts("//section/p")[0].startswith("Ville")
    assert shown.texts("//section/p")[1].startswith("Commun")
    assert manager.post(path(scene, kind, scene.city, "/origine"), version="1").status_code == 302
    assert in_force().startswith("Commun")
    assert manager.post(path(scene, kind, rest="/origine"), version="1").status_code == 302
    assert in_force() == usual
    again = manager.post(path(scene, kind, rest="/origine"), version="2")
    assert again.errors == {"": "C’est déjà le texte suivi."}


def test_two_writers_see_both_texts_before_one_replaces_the_other(scene):
    manager, mine, theirs = scene.visit(Role.MANAGER), f"{REJECTED}\nÀ moi", f"{REJECTED}\nÀ lui"
    assert manager.post(path(scene), version="0", body=theirs).status_code == 302
    conflict = manager.post(path(scene), version="0", body=mine)
    assert "À moi" in conflict.text
    assert "À lui" in conflict.text
    assert words_in_force(scene.contract.id, TemplateKind.REJECTION, None) == theirs
    assert conflict.tree.xpath("//input[@name='version']/@value") == ["1"]
    assert manager.post(path(scene), version="1", body=mine).status_code == 302
    assert words_in_force(scene.contract.id, TemplateKind.REJECTION, None) == mine
    stale = manager.post(path(scene, rest="/origine"), version="1")
    assert "Quelqu’un d’autre" in stale.errors[""]
    assert words_in_force(scene.contract.id, TemplateKind.REJECTION, None) == mine
    assert [event.action for event in db.session.query(Event).filter(Event.action.like("document_template.%"))] == [
        "document_template.saved"
    ] * 2


def test_a_mistake_is_told_with_its_line_and_nothing_is_kept(scene):
    body = "Objet : non\n{motif} {decideurs}\n{voies_de_recours"
    page = scene.visit(Role.MANAGER).post(path(scene), version="0", body=body)
    told = plain(page.text)
    assert "Ligne 2 : le repère {decideurs} n’existe pas. Vouliez-vous écrire {decideur} ?" in told
    assert "Ligne 3, « {voies_de_recours » : l’accolade n’est pas fermée." in told
    assert "Il manque le repère {mention_scenario}" in told
    assert page.texts("//textarea") == [" ".join(body.split())]
    assert db.session.query(DocumentTemplate).count() == 0


@pytest.mark.parametrize("role", [Role.OFFICER, Role.FUNDER_AGENT, Role.DELEGATE, Role.STEERING])
def test_others_than_the_head_of_the_direction_find_no_template(scene, role):
    visitor = scene.visit(role)
    assert visitor.get(path(scene)).status_code == 404
    assert visitor.post(path(scene), version="0", body=REJECTED).status_code == 404
    assert db.session.query(DocumentTemplate).count() == 0


def test_an_unknown_kind_or_a_funder_without_words_of_its_own_is_not_there(scene):
    manager, stranger = scene.visit(Role.MANAGER), factories.funder("Ailleurs")
    assert manager.get(f"/contrats/{scene.contract.id}/modeles/autre").status_code == 404
    assert manager.get(path(scene, TemplateKind.GRANT, stranger)).status_code == 404
    assert manager.get(path(scene, TemplateKind.REJECTION, scene.city)).status_code == 404
    assert manager.get(path(scene, TemplateKind.GRANT, scene.city)).status_code == 200


def test_the_list_asks_the_database_as_often_whatever_the_funders(scene):
    manager, at = scene.visit(Role.MANAGER), f"/contrats/{scene.contract.id}/modeles"
    manager.get(at)
    with counted() as few:
        manager.get(at)
    for number in range(6):
        factories.envelope(scene.call, factories.funder(f"Financeur {number}"), 1, EnvelopeStatus.FORECAST)
    with counted() as many:
        assert manager.get(at).text.count("Financeur 5") > 1
    assert len(many) == len(few)


# -- trying ---------------------------------------------------------------------------------------


def test_words_are_tried_on_a_real_file_and_nothing_is_kept_nor_sent(scene):
    application, _decision = refused(scene, "Hors du quartier")
    events = db.session.query(Event).count()
    manager = scene.visit(Role.MANAGER)
    typed = {"version": "0", "body": REJECTED, "essai": application.id}
    tried = manager.post(path(scene), essayer="1", **typed)
    assert tried.texts("//section[@id='essai-fait']//p")[-4:-2] == [
        f"Bonjour {application.organisation.name}.",
        "Hors du quartier",
    ]
    pdf = manager.post(path(scene), pdf="1", **typed)
    assert "Horsduquartier" in pdfs.words(pikepdf.open(BytesIO(pdf.data)))
    assert "attachment" in pdf.response.headers["Content-Disposition"]
    by_number = manager.post(path(scene), essayer="1", **(typed | {"essai": "", "dossier": application.reference}))
    assert "Hors du quartier" in by_number.text
    assert (db.session.query(Letter).count(), db.session.query(Task).count()) == (0, 0)
    assert db.session.query(DocumentTemplate).count() == 0
    assert db.session.query(Event).count() == events


def test_what_is_still_to_come_is_said_between_brackets(scene):
    application = scene.application()
    manager, kind = scene.visit(Role.MANAGER), TemplateKind.GRANT_LOWER
    tried = manager.post(path(scene, kind), version="0", body=MODELS[kind].words, essai=application.id, essayer="1")
    assert "Par [acte à venir], une subvention de 5 000,00 € vous est attribuée." in plain(tried.text)
    assert "[motif à venir]" in tried.text


def test_a_recused_manager_tries_words_on_other_files_only(scene):
    application, _decision = refused(scene, "Motif caché")
    scene.recuse(scene.person(Role.MANAGER), application)
    manager = scene.visit(Role.MANAGER)
    page = manager.get(path(scene))
    assert application.title not in page.text
    for chosen in ({"essai": application.id}, {"essai": "", "dossier": application.reference}):
        tried = manager.post(path(scene), version="0", body=REJECTED, essayer="1", **chosen)
        assert "À corriger" in tried.text
        assert "Motif caché" not in tried.text


@pytest.mark.parametrize("typed", ["{{ 7*7 }}", "<w:p>", "# Titre", "- liste", "{structure}", "{% if %}"])
def test_what_a_reason_holds_is_printed_as_it_was_typed(scene, typed):
    application, decision = refused(scene, f"Avant\n{typed}")
    letter, manager = make(scene, decision), scene.visit(Role.MANAGER)
    assert typed in word_text(manager, letter).split("\n")
    assert typed.replace(" ", "") in pdf_words(manager, letter)
    assert application.title in word_text(manager, letter)


# -- what a letter must say -----------------------------------------------------------------------


def granted(scene, *, decided=Outcome.RETAINED_LOWER, reason="Crédits limités", cents=3_500_00, cut_reason=""):
    application = scene.application()
    scene.decide(application, decided, reason)
    with unit_of_work():
        line = scene.line(application)
        line.status, line.arbitrated_cents = FundingStatus.ARBITRATED, cents
    actor, terms = scene.actor(Role.FUNDER_AGENT), ActTerms(ActKind.DELIBERATION, "1", clock.now().date(), cut_reason)
    with unit_of_work():
        return record_act(
            scene.call, scene.city, terms, {line.id: cents}, actor=actor, roles={Role.FUNDER_AGENT}
        ), application


def letter_of(scene, act):
    agent = scene.visit(Role.FUNDER_AGENT)
    agent.post(f"/actes/{act.id}/courriers")
    scene.render()
    return db.session.query(Letter).one(), agent


def test_a_cut_is_told_with_its_reason_its_act_and_how_to_contest(scene):
    act, application = granted(scene)
    letter, agent = letter_of(scene, act)
    told = plain(word_text(agent, letter))
    for words in ("Vous aviez demandé 5 000,00 €.", "Crédits limités", "délibération n° 1 du", "recours gracieux"):
        assert words in told
    assert (letter.kind, letter.application_id) == (LetterKind.GRANT, application.id)
    assert pdf_words(agent, letter).count("Créditslimités") == 1


def test_the_act_s_own_reason_comes_before_the_committee_s(scene):
    act, _application = granted(scene, cut_reason="L’assemblée a réduit l’enveloppe")
    letter, agent = letter_of(scene, act)
    assert "L’assemblée a réduit l’enveloppe" in word_text(agent, letter)
    assert "Crédits limités" not in word_text(agent, letter)


def test_a_cut_that_nobody_explained_is_refused_with_its_act(scene):
    with pytest.raises(Refusal) as told:
        granted(scene, decided=Outcome.RETAINED, reason="")
    assert told.value.field == "cut_reason"
    assert db.session.query(FundingAct).count() == 0
    act, _application = granted(scene, decided=Outcome.RETAINED, reason="", cut_reason="Enveloppe épuisée")
    letter, agent = letter_of(scene, act)
    assert "Enveloppe épuisée" in word_text(agent, letter)


def test_a_full_grant_says_nothing_of_a_cut(scene):
    act, _application = granted(scene, decided=Outcome.RETAINED, reason="", cents=5_000_00)
    letter, agent = letter_of(scene, act)
    assert "inférieur" not in word_text(agent, letter)


@pytest.mark.parametrize("outcome", [Outcome.ADJOURNED, Outcome.WAITING_LIST])
def test_an_adjournment_and_a_place_in_the_queue_have_their_letter(scene, outcome):
    application = scene.application()
    decision = scene.decide(application, outcome, "Budget à revoir")
    owner = scene.member(application)
    letter = make(scene, decision)
    assert letter.kind is TELLING[outcome]
    assert "Budget à revoir" in word_text(scene.visit(), letter)
    assert scene.visit().post(f"/courriers/{letter.id}/notifier").status_code == 302
    assert scene.visit(owner).get(f"/courriers/{letter.id}.pdf").data.startswith(b"%PDF")


def test_a_letter_without_its_reason_is_not_made(scene):
    _application, decision = refused(scene, "  ")
    with pytest.raises(Refusal, match="motif manque"), unit_of_work():
        letter_operations.make_decision_letter(decision, actor=scene.actor(), roles={Role.OFFICER})
    assert db.session.query(Letter).count() == 0


def test_the_structure_does_not_take_the_document_to_work_on(scene):
    application, decision = refused(scene)
    owner = scene.member(application)
    letter = make(scene, decision)
    scene.visit().post(f"/courriers/{letter.id}/notifier")
    assert scene.visit(owner).get(f"/courriers/{letter.id}.docx").status_code == 404
    scene.recuse(scene.person(Role.OFFICER), application)
    assert scene.visit().get(f"/courriers/{letter.id}.docx").status_code == 404
