"""The Direction writes the questions of a call, before and after it is published."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.accounts.rules import Role
from portal.calls.models import CallQuestion, QuestionCondition, QuestionOption, QuestionWording
from portal.calls.operations.calling_defaults import create_call
from portal.calls.queries.questions import questions_to_preview
from portal.calls.states import ApplicationStatus, CallKind, CallStatus, QuestionKind
from portal.extensions import db
from portal.foundation.actors import SYSTEM
from portal.foundation.database import unit_of_work
from portal.foundation.outbox import Mail
from tests import factories
from tests.queries import counted
from tests.visitors import Visitor


@pytest.fixture
def contract(app):
    return factories.contract()


@pytest.fixture
def call(contract):
    return factories.call(contract, status=CallStatus.DRAFT)


@pytest.fixture
def officer(app, contract):
    return Visitor(app, factories.staff(Role.OFFICER, contract))


def pages(call):
    return f"/appels/{call.id}/questions"


def add(visitor, call, label, kind="short_text", **more):
    """Add a question by its form; the answer of the page."""
    path = f"{pages(call)}/nouvelle"
    version = visitor.get(path).tree.xpath('//input[@name="version"]/@value')[0]
    return visitor.post(path, version=version, label=label, kind=kind, **{"condition": "", **more})


def send(visitor, path, **typed):
    """Send the form of a page as it is shown, with some fields typed anew."""
    tree = visitor.get(path).tree
    shown = {field.name: field.value for field in tree.xpath('//main//form//*[@name and @name != "csrf_token"]')}
    for name in {field.name for field in tree.xpath('//main//input[@type="radio" or @type="checkbox"]')}:
        shown[name] = (tree.xpath(f'//main//input[@name="{name}" and @checked]/@value') or [None])[0]
    return visitor.post(path, **{name: text for name, text in {**shown, **typed}.items() if text is not None})


def publish(call):
    with unit_of_work() as session:
        session.execute(sa.update(type(call)).where(type(call).id == call.id).values(status=CallStatus.PUBLISHED))
    db.session.rollback()


def one(label):
    return db.session.execute(
        sa.select(CallQuestion).join(QuestionWording).where(QuestionWording.label == label)
    ).scalar_one()


def labels(call):
    db.session.rollback()
    return [question.label for question in questions_to_preview(db.session.get_one(type(call), call.id))]


def test_questions_of_every_kind_are_written_and_read_back(officer, call):
    for kind in QuestionKind:
        options = "Sport\nCulture" if "choice" in kind else ""
        answer = add(officer, call, f"Question {kind.value}", kind.value, options=options, help="Une aide.")
        assert answer.status_code == 302, (kind, answer.errors)
    page = officer.get(pages(call))
    assert page.texts("//h2[@class='document-title']") == [
        f"{place}. Question {kind.value}" for place, kind in enumerate(QuestionKind, start=1)
    ]
    preview = officer.get(f"{pages(call)}/apercu")
    assert len(preview.tree.xpath("//*[@data-question]")) == len(QuestionKind)
    assert "Une aide." in preview.text


def test_what_is_wrong_is_told_beside_each_field_and_nothing_is_kept(officer, call):
    answer = add(officer, call, "Quoi ?", "one_choice", options="Sport")
    assert answer.errors == {"options": "Proposez au moins deux choix, un par ligne."}
    answer = add(officer, call, "Combien ?", "number", least="5", most="2")
    assert answer.errors == {"most": "Le plus grand nombre accepté est inférieur au plus petit."}
    assert add(officer, call, "").errors == {"label": "Répondez à cette question."}
    assert labels(call) == []


def test_two_questions_never_carry_the_same_words(officer, call):
    add(officer, call, "Quoi ?")
    assert add(officer, call, "Quoi ?").errors == {"label": "Une autre question de cet appel porte déjà ces mots."}


def test_a_question_is_moved_by_its_buttons_and_never_before_the_one_it_depends_on(officer, call):
    add(officer, call, "Un local ?", "yes_no")
    source = one("Un local ?").id
    add(officer, call, "Où ?", condition=f"{source}:oui")
    add(officer, call, "Quand ?")
    where, when = one("Où ?").id, one("Quand ?").id
    officer.get(pages(call))
    moved = officer.post(f"{pages(call)}/{when}/deplacer", sens="haut")
    assert officer.follow(moved).flashes == ["La question est maintenant à la place 2."]
    assert labels(call) == ["Un local ?", "Quand ?", "Où ?"]
    officer.post(f"{pages(call)}/{when}/deplacer", sens="haut")
    assert labels(call) == ["Quand ?", "Un local ?", "Où ?"]
    officer.get(pages(call))
    refused = officer.follow(officer.post(f"{pages(call)}/{where}/deplacer", sens="haut"))
    assert refused.flashes == ["« Où ? » dépend de « Un local ? », elle reste après elle."]
    assert labels(call) == ["Quand ?", "Un local ?", "Où ?"]


def test_a_copy_is_shown_to_be_changed_and_is_a_question_once_saved(officer, call):
    add(officer, call, "Quoi ?", "one_choice", options="Sport\nCulture")
    path = f"{pages(call)}/nouvelle?copie={one('Quoi ?').id}"
    assert officer.get(path).tree.xpath('//input[@name="label"]/@value') == ["Quoi ? (copie)"]
    assert labels(call) == ["Quoi ?"]
    assert send(officer, path).status_code == 302
    assert labels(call) == ["Quoi ?", "Quoi ? (copie)"]
    options = questions_to_preview(db.session.merge(call))[1].options
    assert [option.label for option in options] == ["Sport", "Culture"]
    db.session.rollback()


def test_a_question_of_a_call_in_preparation_is_deleted_unless_another_depends_on_it(officer, call):
    add(officer, call, "Un local ?", "yes_no")
    source = one("Un local ?").id
    add(officer, call, "Où ?", condition=f"{source}:oui")
    refused = send(officer, f"{pages(call)}/{source}/retirer")
    assert refused.status_code == 200
    assert "Cette question décide de celles-ci" in refused.text
    assert send(officer, f"{pages(call)}/{one('Où ?').id}/retirer").status_code == 302
    assert send(officer, f"{pages(call)}/{source}/retirer").status_code == 302
    assert db.session.scalar(sa.select(sa.func.count()).select_from(CallQuestion)) == 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(QuestionCondition)) == 0
    db.session.rollback()


def test_once_published_only_the_words_and_the_choices_change_and_the_old_ones_stay(officer, call):
    add(officer, call, "Quel domaine ?", "one_choice", options="Sport\nCulture", is_required="y")
    publish(call)
    question = one("Quel domaine ?").id
    path = f"{pages(call)}/{question}"
    assert not officer.get(path).tree.xpath('//input[@name="kind"]')
    answer = send(officer, path, label="Quel est le domaine ?", options="Culture\nJardinage", kind="file")
    assert answer.status_code == 302, answer.errors
    changed = db.session.get_one(CallQuestion, question)
    assert (changed.kind, changed.is_required) == (QuestionKind.ONE_CHOICE, True)
    assert [(each.number, each.label) for each in changed.wordings] == [
        (1, "Quel domaine ?"), (2, "Quel est le domaine ?"),
    ]  # fmt: skip
    kept = {option.label: option.retired_at is None for option in changed.options}
    assert kept == {"Sport": False, "Culture": True, "Jardinage": True}
    db.session.rollback()
    # A choice written again is the same choice, in force again.
    send(officer, path, options="Culture\nJardinage\nSport")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(QuestionOption)) == 3
    db.session.rollback()


def test_once_published_a_removed_question_is_retired_and_listed_apart(officer, call):
    add(officer, call, "Quoi ?")
    question = one("Quoi ?").id
    publish(call)
    assert send(officer, f"{pages(call)}/{question}/retirer").status_code == 302
    assert labels(call) == []
    assert "Quoi ?, retirée le" in officer.get(pages(call)).text
    assert officer.get(f"{pages(call)}/{question}").status_code == 404


def test_an_ended_call_changes_no_more(officer, call):
    add(officer, call, "Quoi ?")
    with unit_of_work() as session:
        session.execute(sa.update(type(call)).values(status=CallStatus.ARCHIVED))
    db.session.rollback()
    assert "terminé" in add(officer, call, "Quand ?").text
    assert labels(call) == ["Quoi ?"]


def test_whoever_saves_second_sees_both_wordings(officer, call):
    add(officer, call, "Quoi ?")
    path = f"{pages(call)}/{one('Quoi ?').id}"
    version = officer.get(path).tree.xpath('//input[@name="version"]/@value')[0]
    assert send(officer, path, label="Quoi donc ?").status_code == 302
    late = send(officer, path, version=version, label="Qu’est-ce ?")
    assert late.status_code == 200
    assert "Quoi donc ?" in late.text
    assert "Qu’est-ce ?" in late.data.decode()
    assert labels(call) == ["Quoi donc ?"]


def test_a_call_made_from_last_years_takes_its_questions_with_their_conditions(officer, contract, call):
    add(officer, call, "Quel domaine ?", "one_choice", options="Sport\nCulture")
    source = questions_to_preview(db.session.merge(call))[0]
    add(officer, call, "Quel sport ?", condition=f"{source.id}:{source.options[0].id}")
    add(officer, call, "Retirée")
    publish(call)
    send(officer, f"{pages(call)}/{one('Retirée').id}/retirer")
    with unit_of_work() as session:
        last = session.get_one(type(call), call.id)
        made = create_call(
            last.contract, kind=CallKind.COMPLEMENTARY, year=last.year, title="Suite", source=last, actor=SYSTEM
        )
    copied = questions_to_preview(made)
    assert [question.label for question in copied] == ["Quel domaine ?", "Quel sport ?"]
    assert copied[1].condition.source_id == copied[0].id
    assert copied[1].condition.option_id == copied[0].options[0].id
    db.session.rollback()


def test_the_preview_shows_what_an_answer_calls_for_and_keeps_nothing(officer, call):
    add(officer, call, "Un local ?", "yes_no")
    source = one("Un local ?").id
    add(officer, call, "Où ?", condition=f"{source}:oui")
    hidden = "//*[@data-question and @hidden]"
    assert len(officer.get(f"{pages(call)}/apercu").tree.xpath(hidden)) == 1
    tried = officer.post(f"{pages(call)}/apercu", **{f"q_{source}": "oui"})
    assert tried.tree.xpath(hidden) == []
    assert len(officer.get(f"{pages(call)}/apercu").tree.xpath(hidden)) == 1


def test_the_pages_ask_as_many_queries_for_one_question_as_for_many(officer, call):
    add(officer, call, "Question 0", "one_choice", options="A\nB")
    counts = []
    for _ in range(2):
        for path in (pages(call), f"{pages(call)}/apercu", f"/appels/{call.id}/reglages"):
            with counted() as queries:
                assert officer.get(path).status_code == 200
            counts.append(len(queries))
        for number in range(1, 9):
            add(officer, call, f"Question {number} {len(counts)}", "several_choices", options="A\nB\nC")
    assert counts[:3] == counts[3:]


def test_those_who_have_begun_are_written_to_once_the_call_is_public(officer, contract, call):
    add(officer, call, "Quoi ?")
    factories.application(call, (organisation := factories.organisation()), status=ApplicationStatus.DRAFT)
    member = factories.member(organisation)
    assert db.session.scalars(sa.select(Mail.recipient)).all() == []
    db.session.rollback()
    publish(call)
    add(officer, call, "Quand ?")
    send(officer, f"{pages(call)}/{one('Quoi ?').id}", label="Quoi donc ?")
    send(officer, f"{pages(call)}/{one('Quand ?').id}/retirer")
    mails = db.session.execute(sa.select(Mail.template, Mail.recipient)).all()
    assert [tuple(mail) for mail in mails] == [("call_changed", member.email)] * 3
    db.session.rollback()
    history = officer.get(f"/appels/{call.id}/historique").text
    assert "Question ajoutée" in history
    assert "Texte court (une ligne)" in history
