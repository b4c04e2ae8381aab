"""The queue as one makes it: columns, saved views, and steps taken on several files at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.accounts.rules import Role
from portal.calls.models import Application, Message
from portal.calls.states import ApplicationStatus, FundingStatus, Section
from portal.committee.models import AdmissibilityProposal, ChangeRequest, CompletenessCheck, Decision
from portal.committee.operations import corrections
from portal.committee.states import ChangeRequestStatus, CheckResult, Outcome
from portal.contracts.models import SavedView
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.database import in_unit_of_work
from portal.foundation.outbox import Mail
from portal.foundation.periods import to_paris
from tests import factories
from tests.factories import save
from tests.integration.committee.scene import days_from_now
from tests.queries import counted
from tests.typography import plain

HEADINGS = "//table//thead//th"


def desk(scene, query="", visitor=None):
    return (visitor or scene.as_officer).get(f"/instruction/{scene.call.id}{query}")


def headings(page):
    return [words.rstrip("▲▼↕") for words in page.texts(HEADINGS)]


def checked(*applications):
    for each in applications:
        save(
            CompletenessCheck(
                application_id=each.id, code="x", label="Budget", automatic=CheckResult.OK, evidence="…", position=1
            )
        )


def granted(line, cents):
    def grant():
        line.status, line.granted_cents = FundingStatus.NOTIFIED, cents

    in_unit_of_work(grant)


# -- columns ------------------------------------------------------------------------------------


def test_the_columns_are_those_of_the_address(scene):
    assert headings(desk(scene)) == ["Choisir", "Numéro", "Projet", "Structure", "Attend", "État", "Demandé"]
    chosen = desk(scene, "?colonnes=n1&colonnes=avis&colonnes=quartiers&colonnes=inconnue")
    assert headings(chosen) == [
        "Choisir", "Numéro", "Projet", "Quartiers", "Avis rendus", "Attribué à la structure N−1",
    ]  # fmt: skip
    assert chosen.texts('//td[@data-label="Avis rendus"]') == ["0 sur 2"]
    assert chosen.texts('//td[@data-label="Quartiers"]') == ["Encagnane"]


def test_what_was_granted_the_year_before_is_summed_and_says_what_is_unknown(scene):
    before = factories.call(scene.contract, [scene.quartier], year=scene.call.year - 1)
    for cents in (1_500_00, 500_00):
        past = factories.application(before, scene.organisation, [scene.quartier], status=ApplicationStatus.CLOSED)
        granted(factories.funding_line(past, scene.city, cents), cents)
    page = desk(scene, "?colonnes=n1")
    assert [plain(text) for text in page.texts('//td[contains(@data-label, "N−1")]')] == ["2 000,00 €"]
    unknown = factories.application(before, scene.organisation, [scene.quartier], status=ApplicationStatus.CLOSED)
    factories.funding_line(unknown, scene.city, 10_00)
    assert desk(scene, "?colonnes=n1").texts('//td[contains(@data-label, "N−1")]') == ["non communiqué"]


def test_every_column_at_once_costs_the_same_for_1_and_40_rows(scene):
    query = "?" + "&".join(
        f"colonnes={name}" for name in ("structure", "quartiers", "thematique", "public", "analyses", "avis", "n1")
    )

    def cost():
        with counted() as counter:
            desk(scene, query)
        return len(counter)

    cost()
    one = cost()
    for number in range(40):
        scene.another(f"Action {number}")
    assert cost() == one


def test_filters_by_funder_theme_and_unread_message(scene):
    other = scene.another("Sans la CAF")
    factories.funding_line(scene.application, scene.caf, 100_00)
    titles = '//tbody//th[@scope="row"]/a[1]'
    assert desk(scene, f"?financeur={scene.caf.id}").texts(titles) == ["Cuisines d’été"]
    assert desk(scene, "?messages=a_lire").texts(titles) == []
    assert desk(scene, "?thematique=999999").texts(titles) == []
    assert other.id


# -- saved views --------------------------------------------------------------------------------


def keep(scene, name, query="statut=submitted&page=3", visitor=None, **more):
    address = f"/instruction/{scene.call.id}/vues"
    return (visitor or scene.as_officer).post(address, name=name, query=query, **more)


def views(scene, visitor=None):
    return desk(scene, visitor=visitor).texts('//nav[@aria-label="Vues gardées"]//li/a')


def test_a_view_is_kept_found_again_replaced_and_removed(scene):
    assert keep(scene, "  À  vérifier ").location == f"/instruction/{scene.call.id}?statut=submitted"
    keep(scene, "a verifier", "statut=admissible")
    assert views(scene) == ["a verifier"]
    view = db.session.scalars(sa.select(SavedView)).one()
    assert view.query == "statut=admissible"
    scene.as_officer.post(f"/instruction/{scene.call.id}/vues/{view.id}/retirer")
    assert views(scene) == []


def test_a_view_is_its_authors_until_shared_and_nobody_elses_to_remove(scene):
    colleague = scene.visit(factories.staff(Role.OFFICER, scene.contract))
    keep(scene, "La mienne")
    keep(scene, "Pour tous", is_shared="y")
    assert views(scene, colleague) == ["Pour tous"]
    for view in db.session.scalars(sa.select(SavedView)).all():
        answer = colleague.post(f"/instruction/{scene.call.id}/vues/{view.id}/retirer")
        assert answer.status_code == 404
    assert views(scene) == ["La mienne", "Pour tous"]
    stranger = scene.visit(factories.staff(Role.OFFICER, factories.contract()))
    assert desk(scene, visitor=stranger).status_code == 404


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("", "Donnez un nom à cette vue."),
        ("   ", "Donnez un nom à cette vue."),
        ("x" * 61, "au plus 60 caractères"),
    ],
)
def test_a_view_without_a_good_name_says_so_and_the_list_stays(scene, name, told):
    page = keep(scene, name, "q=cuisines")
    assert told in plain(page.errors["name"])
    assert page.texts('//tbody//th[@scope="row"]/a[1]') == ["Cuisines d’été"]
    assert db.session.scalars(sa.select(SavedView)).all() == []


def test_at_most_thirty_views_are_kept(scene):
    for number in range(30):
        keep(scene, f"Vue {number}")
    assert plain(keep(scene, "Une de trop").errors[""]).startswith("Vous gardez déjà 30 vues")
    assert keep(scene, "Vue 4", "q=x").status_code == 302


# -- steps on several files ---------------------------------------------------------------------


def selection(scene, action, *applications, more=""):
    picked = "".join(f"&dossier={each.id}" for each in applications)
    return scene.as_officer.get(f"/instruction/{scene.call.id}/en-lot?action={action}{picked}{more}")


def take(scene, action, *applications, **more):
    return scene.as_officer.post(
        f"/instruction/{scene.call.id}/en-lot", action=action, dossier=[each.id for each in applications], **more
    )


def test_the_selection_is_shown_with_what_is_left_out_and_why(scene):
    ready, admitted = scene.another("Prêt"), scene.another("Admis", ApplicationStatus.ADMISSIBLE)
    checked(ready)
    page = selection(scene, "proposer", ready, admitted, scene.application)
    assert [each.split(" — ")[1] for each in page.texts("//form//tbody//th")] == ["Prêt"]
    assert [plain(each) for each in page.texts('//td[@data-label="Pourquoi"]')] == [
        "Attend autre chose : complétude à vérifier.",
        "Attend autre chose : analyse à confier.",
    ]
    assert db.session.scalars(sa.select(AdmissibilityProposal)).all() == []


def test_all_pages_of_the_list_may_be_taken_with_its_filters(scene):
    for number in range(60):
        checked(scene.another(f"Action {number}"))
    scene.another("Autre chose")
    page = selection(scene, "proposer", more="&tout=1&q=action&page=2&sort=-titre")
    assert len(page.texts("//form//tbody//tr")) == 60
    assert page.tree.xpath('string(//input[@name="retour"]/@value)') == "q=action&sort=-titre"


def test_a_step_is_taken_on_all_the_files_and_comes_back_to_the_list(scene):
    files = [scene.another(f"Prêt {number}") for number in (1, 2, 3)]
    checked(*files)
    answer = take(scene, "proposer", *files, retour="q=pret")
    assert answer.location == f"/instruction/{scene.call.id}?q=pret"
    proposals = db.session.scalars(sa.select(AdmissibilityProposal).order_by(AdmissibilityProposal.application_id))
    assert [(each.application_id, each.outcome) for each in proposals] == [
        (each.id, Outcome.ADMISSIBLE) for each in files
    ]
    note = "Délégation du 3 mars, arrêté 12"
    assert take(scene, "prononcer", *files, words=note).status_code == 302
    decisions = db.session.scalars(sa.select(Decision)).all()
    assert [each.delegation_note for each in decisions] == [note] * 3
    statuses = db.session.scalars(sa.select(Application.status).where(Application.id.in_([each.id for each in files])))
    assert set(statuses) == {ApplicationStatus.ADMISSIBLE}


def test_one_file_that_moved_meanwhile_stops_the_whole_step(scene):
    ready, moved = scene.another("Prêt"), scene.another("Bougé")
    checked(ready)
    page = take(scene, "proposer", ready, moved)
    assert "Rien n’a été fait." in page.errors[""]
    assert db.session.scalars(sa.select(AdmissibilityProposal)).all() == []


def test_a_second_click_changes_nothing_more(scene):
    ready = scene.another("Prêt")
    checked(ready)
    take(scene, "proposer", ready)
    page = take(scene, "proposer", ready)
    assert page.status_code == 200
    assert "attend autre chose : recevabilité à prononcer" in plain(page.errors[""]).lower()


def test_an_inadmissible_proposal_is_never_pronounced_admissible_in_bulk(scene):
    bad = scene.another("Hors sujet")
    checked(bad)
    save(AdmissibilityProposal(application_id=bad.id, outcome=Outcome.INADMISSIBLE, proposed_at=clock.now()))
    take(scene, "prononcer", bad, words="Délégation")
    assert db.session.get_one(Application, bad.id).status is ApplicationStatus.SUBMITTED


def test_a_step_needs_its_words_and_its_day(scene):
    assert take(scene, "ecrire", scene.application, words="  ").errors == {"words": "Écrivez ce texte."}
    request = asked(scene, scene.application)
    assert take(scene, "prolonger", scene.application, day="hier").errors.keys() == {"day"}
    page = take(scene, "prolonger", scene.application, day=days_from_now(2))
    assert "postérieure" in page.errors["day"]
    assert take(scene, "prolonger", scene.application, day=days_from_now(30)).status_code == 302
    db.session.expire_all()
    assert request.due_on == to_paris(clock.now()).date() + timedelta(days=30)


def asked(scene, application):
    due = to_paris(clock.now()).date() + timedelta(days=10)
    return in_unit_of_work(
        lambda: corrections.ask_changes(application, [Section.PROJECT], [], "Précisez.", due, **scene.by_officer)
    )


def test_a_reminder_leaves_once_a_day_to_those_who_owe_corrections(scene):
    asked(scene, scene.application)
    other = scene.another("Ne doit rien")
    assert "Rien n’a été fait." in take(scene, "relancer", scene.application, other).errors[""]
    for _ in range(2):
        assert take(scene, "relancer", scene.application).status_code == 302
    sent = db.session.scalars(sa.select(Mail.template).where(Mail.template.like("changes_%"))).all()
    assert sent == ["changes_requested", "changes_reminder"]


def test_corrections_received_are_accepted_together(scene):
    request = asked(scene, scene.application)
    in_unit_of_work(lambda: setattr(db.session.get_one(ChangeRequest, request.id), "status", "answered"))
    assert take(scene, "accepter", scene.application).status_code == 302
    assert db.session.get_one(ChangeRequest, request.id).status is ChangeRequestStatus.ACCEPTED


def test_one_message_goes_to_many_structures_without_meeting_the_hourly_count(scene):
    files = [scene.another(f"Action {number}") for number in range(25)]
    assert take(scene, "ecrire", *files, words="Réunion d’information mardi.").status_code == 302
    bodies = db.session.scalars(sa.select(Message.body)).all()
    assert bodies == ["Réunion d’information mardi."] * 25


def test_a_recused_file_is_never_in_a_selection_nor_taken(scene):
    hidden = scene.another("Association de ma sœur")
    checked(hidden)
    factories.recusal(scene.officer, hidden)
    assert "ma sœur" not in selection(scene, "proposer", hidden, more="&tout=1").text
    page = take(scene, "proposer", hidden)
    assert "n’est plus dans cette liste" in page.errors[""]
    assert db.session.scalars(sa.select(AdmissibilityProposal)).all() == []


@pytest.mark.parametrize("action", ["", "inconnue"])
def test_without_a_known_step_one_is_sent_back_to_choose(scene, action):
    answer = selection(scene, action, scene.application)
    assert answer.location == f"/instruction/{scene.call.id}"


def test_the_delegate_reads_the_queue_and_takes_no_step(scene):
    delegate = scene.visit(factories.staff(Role.DELEGATE, scene.contract))
    assert headings(desk(scene, visitor=delegate))[0] == "Numéro"
    answer = delegate.post(f"/instruction/{scene.call.id}/en-lot", action="ecrire", dossier=[scene.application.id])
    assert answer.status_code in {403, 404}
