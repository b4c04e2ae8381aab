"""An association answers the questions of the call, which may change meanwhile."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.accounts.rules import Role
from portal.calls.models import (
    ApplicationDocument,
    CallQuestion,
    QuestionAnswer,
    QuestionCondition,
    QuestionOption,
    QuestionWording,
    Submission,
)
from portal.calls.operations.calling_questions import change_question, remove_question
from portal.calls.operations.submission import freeze
from portal.calls.queries.filing_checklist import checklist_of
from portal.calls.queries.questions import terms_of
from portal.calls.queries.sections import dossier_of
from portal.calls.rules.documents import MOST_FILES
from portal.calls.rules.filing_sheet import laid_out
from portal.calls.rules.questions import QuestionTerms, Wording, words_of
from portal.calls.rules.sections import SectionState
from portal.calls.states import ApplicationStatus, QuestionKind, Section
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import SYSTEM
from portal.foundation.database import unit_of_work
from tests import factories
from tests.integration.calls.filing.scene import PDF, fresh
from tests.queries import counted
from tests.visitors import Visitor


def ask(call, label, kind=QuestionKind.SHORT_TEXT, *, options=(), when=None, added_at=None, **values):
    """A question of the call, there before anybody began. `when`: (question, option label or bool)."""
    now = added_at or clock.now() - timedelta(days=30)
    position = 1 + (db.session.scalar(sa.select(sa.func.max(CallQuestion.position))) or 0)
    question = factories.save(CallQuestion(call_id=call.id, kind=kind, position=position, added_at=now, **values))
    factories.save(QuestionWording(question_id=question.id, number=1, label=label, made_at=now))
    for place, words in enumerate(options):
        factories.save(QuestionOption(question_id=question.id, label=words, position=place))
    if when is not None:
        source, answer = when
        wanted = {"yes": answer} if isinstance(answer, bool) else {"option_id": option_id(source, answer)}
        factories.save(QuestionCondition(question_id=question.id, source_id=source, **wanted))
    db.session.rollback()
    return question.id


def option_id(question_id, label):
    return db.session.execute(
        sa.select(QuestionOption.id).where(QuestionOption.question_id == question_id, QuestionOption.label == label)
    ).scalar_one()


def answers(application_id):
    """What the application would submit, in words."""
    told = {answer.label: words_of(answer) for answer in dossier_of(fresh(application_id)).answers}
    db.session.rollback()
    return told


def standing(application_id):
    found = checklist_of(fresh(application_id)).of(Section.QUESTIONS)
    db.session.rollback()
    return found


@pytest.fixture
def every_kind(it):
    """One question of each kind: {kind: id}."""
    choices = ("Sport", "Culture")
    return {
        kind: ask(it.call, f"Question {kind.value}", kind, options=choices if "choice" in kind else (), unit=unit)
        for kind, unit in {kind: "km" if kind is QuestionKind.NUMBER else None for kind in QuestionKind}.items()
    }


def test_a_call_without_questions_has_no_such_section(owner, it, draft):
    assert owner.get(f"/dossiers/{draft}/questions").status_code == 404
    assert "Rubrique 1 sur 10" in owner.get(f"/dossiers/{draft}/structure").text
    assert "sur 10." in owner.get(f"/dossiers/{draft}").text
    assert Section.QUESTIONS not in [part.section for part in laid_out(dossier_of(fresh(draft)))]
    db.session.rollback()


def test_every_kind_of_question_is_answered_and_read_back(owner, it, draft, every_kind):
    kinds = every_kind
    typed = {
        f"q_{kinds[QuestionKind.SHORT_TEXT]}": "Le mercredi",
        f"q_{kinds[QuestionKind.LONG_TEXT]}": "Un paragraphe.\nUn autre.",
        f"q_{kinds[QuestionKind.NUMBER]}": "1 200,5",
        f"q_{kinds[QuestionKind.YES_NO]}": "non",
        f"q_{kinds[QuestionKind.ONE_CHOICE]}": str(option_id(kinds[QuestionKind.ONE_CHOICE], "Culture")),
        f"q_{kinds[QuestionKind.SEVERAL_CHOICES]}": [
            str(option_id(kinds[QuestionKind.SEVERAL_CHOICES], words)) for words in ("Sport", "Culture")
        ],
        f"q_{kinds[QuestionKind.FILE]}": (io.BytesIO(PDF), "plan.pdf"),
        f"q_{kinds[QuestionKind.DATE]}": "01/03/2026",
    }
    db.session.rollback()
    assert owner.save(draft, "questions", **typed).status_code == 302
    assert answers(draft) == {
        "Question short_text": "Le mercredi",
        "Question long_text": "Un paragraphe.\nUn autre.",
        "Question number": "1\u202f200,5\u00a0km",
        "Question yes_no": "non",
        "Question one_choice": "Culture",
        "Question several_choices": "Sport, Culture",
        "Question file": "plan.pdf",
        "Question date": "01/03/2026",
    }
    page = owner.get(f"/dossiers/{draft}/questions")
    assert "1200,5" in page.tree.xpath(f'//input[@name="q_{kinds[QuestionKind.NUMBER]}"]/@value')[0]
    assert "plan.pdf" in page.text
    assert "Rubrique 9 sur 11" in page.text
    assert "plan.pdf" in owner.get(f"/dossiers/{draft}/lecture").text


def test_what_cannot_be_read_stays_on_the_page_with_its_message(owner, it, draft):
    many = ask(it.call, "Combien ?", QuestionKind.NUMBER, least_thousandths=1000, most_thousandths=10_000)
    short = ask(it.call, "En bref ?", longest=5)
    answer = owner.save(draft, "questions", **{f"q_{many}": "douze", f"q_{short}": "beaucoup trop"})
    assert answer.errors[f"q_{many}"] == "Indiquez un nombre, par exemple 1,5."
    assert "trop long" in answer.errors[f"q_{short}"]
    again = owner.get(f"/dossiers/{draft}/questions")
    assert again.tree.xpath(f'//input[@name="q_{many}"]/@value') == ["douze"]
    answer = owner.save(draft, "questions", **{f"q_{many}": "12", f"q_{short}": "bref"})
    assert answer.errors == {f"q_{many}": "Indiquez au plus 10."}
    assert answers(draft) == {"Combien ?": None, "En bref ?": None}


def test_a_question_waits_for_its_condition_and_keeps_what_was_typed(owner, it, draft):
    source = ask(it.call, "Un local ?", QuestionKind.YES_NO)
    where = ask(it.call, "Où ?", is_required=True, when=(source, True))
    hidden = f'//*[@id="question-{where}"]/@hidden'
    assert owner.get(f"/dossiers/{draft}/questions").tree.xpath(hidden)
    owner.save(draft, "questions", **{f"q_{source}": "oui", "afficher": "1"})
    page = owner.get(f"/dossiers/{draft}/questions")
    assert not page.tree.xpath(hidden)
    assert standing(draft).told == ["Répondez à la question\u00a0: Où ?"]
    owner.save(draft, "questions", **{f"q_{source}": "oui", f"q_{where}": "Rue Neuve"})
    assert answers(draft) == {"Un local ?": "oui", "Où ?": "Rue Neuve"}
    owner.save(draft, "questions", **{f"q_{source}": "non", f"q_{where}": "Rue Neuve"})
    assert answers(draft) == {"Un local ?": "non"}
    page = owner.get(f"/dossiers/{draft}/questions")
    assert page.tree.xpath(f'//input[@name="q_{where}"]/@value') == ["Rue Neuve"]
    assert standing(draft).state is SectionState.COMPLETE


def test_what_is_hidden_refuses_nothing(owner, it, draft):
    source = ask(it.call, "Un local ?", QuestionKind.YES_NO)
    size = ask(it.call, "Quelle surface ?", QuestionKind.NUMBER, when=(source, True))
    assert owner.save(draft, "questions", **{f"q_{source}": "non", f"q_{size}": "grande"}).status_code == 302
    assert answers(draft) == {"Un local ?": "non"}


def test_optional_questions_keep_nobody_from_filing_and_required_ones_do(owner, it, draft):
    ask(it.call, "Un mot ?")
    assert standing(draft).state is SectionState.COMPLETE
    ask(it.call, "Et encore ?", is_required=True)
    assert standing(draft).state is SectionState.TODO


def test_a_file_is_kept_even_when_another_answer_cannot_be_read(owner, it, draft):
    file = ask(it.call, "Un plan ?", QuestionKind.FILE)
    many = ask(it.call, "Combien ?", QuestionKind.NUMBER)
    sent = {f"q_{file}": (io.BytesIO(PDF), "plan.pdf"), f"q_{many}": "douze"}
    assert set(owner.save(draft, "questions", **sent).errors) == {f"q_{many}"}
    assert answers(draft)["Un plan ?"] == "plan.pdf"


def test_a_file_that_is_none_is_refused_beside_its_question(owner, it, draft):
    file = ask(it.call, "Un plan ?", QuestionKind.FILE)
    words = ask(it.call, "Un mot ?")
    answer = owner.save(draft, "questions", **{f"q_{file}": (io.BytesIO(b"MZ"), "x.exe"), f"q_{words}": "gardé"})
    assert "pas accepté" in answer.errors[f"q_{file}"]
    assert answers(draft) == {"Un plan ?": None, "Un mot ?": "gardé"}


def test_a_file_is_replaced_then_taken_away_and_stays_out_of_the_documents_page(owner, it, draft):
    file = ask(it.call, "Un plan ?", QuestionKind.FILE)
    for name in ("un.pdf", "deux.pdf"):
        owner.save(draft, "questions", **{f"q_{file}": (io.BytesIO(PDF), name)})
    assert answers(draft) == {"Un plan ?": "deux.pdf"}
    assert "deux.pdf" not in owner.get(f"/dossiers/{draft}/documents").text
    assert checklist_of(fresh(draft)).of(Section.DOCUMENTS).state is SectionState.TODO
    db.session.rollback()
    answer = owner.save(draft, "questions", retirer=str(file))
    assert answer.location.endswith(f"#question-{file}")
    assert answers(draft) == {"Un plan ?": None}
    removed = db.session.scalars(sa.select(ApplicationDocument.removed_at)).all()
    assert None not in removed
    assert len(removed) == 2
    db.session.rollback()


def test_a_file_that_answers_takes_no_room_beside_the_list_of_documents(owner, it, draft):
    question = ask(it.call, "Un plan ?", QuestionKind.FILE)
    owner.save(draft, "questions", **{f"q_{question}": (io.BytesIO(PDF), "plan.pdf")})
    for number in range(MOST_FILES):
        assert owner.add_document(draft, None, name=f"photo {number}.pdf").status_code == 302
    assert "Il y a déjà 10 fichiers" in owner.add_document(draft, None).text


def test_the_page_saves_itself_and_two_writers_see_both_versions(owner, it, draft):
    words = ask(it.call, "Un mot ?")
    saved = owner.post(
        f"/dossiers/{draft}/questions/enregistrement", version="0", page="a", **{f"q_{words}": "premier"}
    )
    assert saved.json["state"] == "saved"
    both = owner.save(draft, "questions", version=0, page="b", **{f"q_{words}": "second"})
    assert both.status_code == 409
    assert both.texts("//section[@class='difference']/h2") == ["Un mot ?"]
    assert "premier" in both.text
    assert "second" in both.text


def test_another_calls_question_or_option_answers_nothing(owner, it, draft):
    choice = ask(it.call, "Quoi ?", QuestionKind.SEVERAL_CHOICES, options=("Sport", "Culture"))
    other = factories.call(it.contract, title="Autre appel")
    foreign = ask(other, "Ailleurs ?", QuestionKind.ONE_CHOICE, options=("Ici", "Là"))
    stray = option_id(foreign, "Ici")
    db.session.rollback()
    answer = owner.save(draft, "questions", **{f"q_{choice}": str(stray), f"q_{foreign}": str(stray)})
    assert answer.errors == {f"q_{choice}": "Ce choix n’est plus proposé : choisissez-en un autre."}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(QuestionAnswer)) == 0
    db.session.rollback()


# -- the call changes ----------------------------------------------------------------------------------


def reword(question_id, label, options=()):
    with unit_of_work() as session:
        question = session.get_one(CallQuestion, question_id)
        call = session.get_one(type(_call(question)), question.call_id)
        terms = terms_of(question)
        change_question(
            call, question, QuestionTerms(terms.kind, Wording(label), options=tuple(options)),
            version=call.version, actor=SYSTEM,
        )  # fmt: skip
    db.session.rollback()


def retire(question_id):
    with unit_of_work() as session:
        question = session.get_one(CallQuestion, question_id)
        call = _call(question)
        remove_question(call, question, version=call.version, actor=SYSTEM)
    db.session.rollback()


def _call(question):
    from portal.calls.models import Call

    return db.session.get_one(Call, question.call_id)


def file_it(application_id):
    """Freeze the application as it is, without the ten other sections."""
    with unit_of_work():
        application = fresh(application_id)
        application.status = ApplicationStatus.SUBMITTED
        application.submitted_at = clock.now()
        freeze(application, "Dominique Martin", "Présidente", clock.now(), actor=SYSTEM)
    db.session.rollback()


def test_a_draft_is_told_of_new_reworded_and_retired_questions(owner, it, draft):
    first, second = ask(it.call, "Un mot ?"), ask(it.call, "Deux mots ?")
    owner.save(draft, "questions", **{f"q_{first}": "oui", f"q_{second}": "non"})
    reword(first, "Un seul mot ?")
    retire(second)
    ask(it.call, "Trois mots ?", added_at=clock.now() + timedelta(seconds=1))
    page = owner.get(f"/dossiers/{draft}/questions")
    assert "Vous aviez répondu à : « Un mot ? »" in page.text
    assert "« Deux mots ? » : la Direction a retiré cette question." in page.text
    assert "Question ajoutée depuis que vous avez commencé" in page.text
    assert answers(draft) == {"Un seul mot ?": "oui", "Trois mots ?": None}
    assert len(standing(draft).warnings) == 3
    # Saved again under the new words, the answer is no longer in doubt.
    owner.save(draft, "questions", **{f"q_{first}": "oui"})
    assert "Vous aviez répondu" not in owner.get(f"/dossiers/{draft}/questions").text


def test_a_retired_choice_stays_for_whoever_chose_it_and_for_nobody_else(owner, it, draft):
    choice = ask(it.call, "Quoi ?", QuestionKind.ONE_CHOICE, options=("Sport", "Culture"))
    sport = option_id(choice, "Sport")
    db.session.rollback()
    owner.save(draft, "questions", **{f"q_{choice}": str(sport)})
    reword(choice, "Quoi ?", ("Culture", "Jardinage"))
    assert "Sport (choix retiré" in owner.get(f"/dossiers/{draft}/questions").text
    assert owner.save(draft, "questions", **{f"q_{choice}": str(sport)}).status_code == 302
    assert answers(draft) == {"Quoi ?": "Sport"}
    late = owner.begin(it)
    assert "Sport" not in owner.get(f"/dossiers/{late}/questions").text
    refused = owner.save(late, "questions", **{f"q_{choice}": str(sport)})
    assert refused.errors == {f"q_{choice}": "Ce choix n’est plus proposé : choisissez-en un autre."}


def test_a_filed_application_keeps_its_questions_whatever_becomes_of_them(owner, it, draft, app):
    first, second = ask(it.call, "Un mot ?"), ask(it.call, "Deux mots ?")
    owner.save(draft, "questions", **{f"q_{first}": "oui", f"q_{second}": "non"})
    file_it(draft)
    before = db.session.scalars(sa.select(Submission.snapshot)).one()
    db.session.rollback()
    reword(first, "Un seul mot ?")
    retire(second)
    ask(it.call, "Trois mots ?", is_required=True, added_at=clock.now() + timedelta(seconds=1))
    assert answers(draft) == {"Un mot ?": "oui", "Deux mots ?": "non"}
    assert standing(draft).state is SectionState.COMPLETE
    frozen = json.loads(before)["dossier"]
    assert [(answer["label"], answer["text"]) for answer in frozen["answers"]] == [
        ("Un mot ?", "oui"), ("Deux mots ?", "non"),
    ]  # fmt: skip
    assert "questions" not in frozen
    officer = Visitor(app, factories.staff(Role.OFFICER, it.contract))
    page = officer.get(f"/dossiers/{draft}/instruction").text
    assert "Un mot ?" in page
    assert "Trois mots ?" not in page
    assert "Deux mots ?" in owner.get(f"/dossiers/{draft}/lecture").text


def test_only_those_who_may_read_the_application_download_an_answer(owner, it, draft, app):
    file = ask(it.call, "Un plan ?", QuestionKind.FILE)
    owner.save(draft, "questions", **{f"q_{file}": (io.BytesIO(PDF), "plan.pdf")})
    file_it(draft)
    document = db.session.scalars(sa.select(ApplicationDocument.id)).one()
    db.session.rollback()
    path = f"/dossiers/{draft}/pieces/{document}"
    assert owner.get(path).data == PDF
    outsider = Visitor(app, factories.member(factories.organisation("Une autre")))
    assert outsider.get(path).status_code == 404


def test_the_section_asks_as_many_queries_for_one_question_as_for_many(owner, it, draft):
    ask(it.call, "Question 0", QuestionKind.ONE_CHOICE, options=("A", "B"))
    counts = []
    for _ in range(2):
        for path in ("questions", "lecture", ""):
            with counted() as queries:
                assert owner.get(f"/dossiers/{draft}/{path}".rstrip("/")).status_code == 200
            counts.append(len(queries))
        made = {f"q_{ask(it.call, f'Question {number} {len(counts)}')}": "répondu" for number in range(8)}
        owner.save(draft, "questions", **made)
    assert counts[0:3] == counts[3:6]
