"""A sitting from its agenda to its papers: convened, conducted, decided in blocks, told on paper."""

from __future__ import annotations

from datetime import date, time
from io import BytesIO

import icalendar
import pikepdf
import pytest

from portal.accounts.rules import Role
from portal.calls.states import ApplicationStatus, FundingStatus
from portal.committee.models import Convocation, Decision, Sitting, SittingDocument
from portal.committee.operations import agenda, attendance, convening, sittings
from portal.committee.operations.sitting_documents import ask_document
from portal.committee.operations.sittings import SittingTerms
from portal.committee.rules.agenda import Order
from portal.committee.rules.attendance import Seat
from portal.committee.states import Attendance, Outcome, SittingDocumentKind, SittingStatus
from portal.extensions import db
from portal.foundation import delivery
from portal.foundation.database import unit_of_work
from portal.foundation.files import StoredFile, files_root
from portal.foundation.outbox import Mail
from portal.foundation.refusals import Refusal, Refusals
from tests.integration.committee.deciding import Scene, make_scene
from tests.pdfs import words
from tests.queries import counted


@pytest.fixture
def scene(app) -> Scene:
    return make_scene(app)


def references(page) -> list[str]:
    return [text.split(" ")[0] for text in page.texts("//table//tbody/tr/th")]


# -- the agenda -------------------------------------------------------------------------------------


def test_all_that_wait_for_the_sitting_are_put_on_its_agenda_by_one_button(scene):
    for _ in range(52):
        scene.application()
    scene.application(status=ApplicationStatus.SUBMITTED)
    sitting = scene.sitting(status=SittingStatus.PLANNED)
    officer = scene.visit()
    page = officer.get(f"/seances/{sitting.id}/ordre-du-jour")
    assert "Inscrire les 52 dossiers de la sélection" in page.text
    officer.post(f"/seances/{sitting.id}/ordre-du-jour", tous="1")
    assert len(db.session.get(Sitting, sitting.id).agenda) == 52


def test_an_item_moves_up_and_the_agenda_is_sorted_by_number(scene):
    first, second, third = (scene.application() for _ in range(3))
    sitting = scene.sitting(first, second, third, status=SittingStatus.PLANNED)
    officer = scene.visit()
    officer.post(f"/ordre-du-jour/{scene.item(sitting, third).id}/deplacer/first")
    officer.post(f"/ordre-du-jour/{scene.item(sitting, first).id}/deplacer/down")
    page = officer.get(f"/seances/{sitting.id}/ordre")
    assert references(page) == [third.reference, second.reference, first.reference]
    officer.post(f"/seances/{sitting.id}/ordre/numero")
    assert references(officer.get(f"/seances/{sitting.id}/ordre")) == sorted(
        each.reference for each in (first, second, third)
    )


def test_other_points_are_told_and_concluded(scene):
    sitting = scene.sitting(scene.application())
    officer = scene.visit()
    assert officer.post(f"/seances/{sitting.id}/points", words=" ", place="after").errors == {
        "words": "Indiquez l’objet de ce point."
    }
    officer.post(f"/seances/{sitting.id}/points", words="Calendrier", place="after")
    [topic] = db.session.get(Sitting, sitting.id).topics
    officer.post(f"/seances/{sitting.id}/points/{topic.id}", conclusion="Prochaine séance en mars.")
    assert "Prochaine séance en mars." in officer.get(f"/seances/{sitting.id}").text


def test_two_who_note_the_same_point_lose_no_words(scene):
    sitting = scene.sitting(scene.application())
    officer, colleague = scene.visit(), scene.visit(Role.MANAGER)
    officer.post(f"/seances/{sitting.id}/points", words="Calendrier", place="after")
    [topic] = db.session.get(Sitting, sitting.id).topics
    address, seen = f"/seances/{sitting.id}/points/{topic.id}", "//input[@name='seen']/@value"
    (read,) = officer.get(address).tree.xpath(seen)
    colleague.post(address, conclusion="En mars.\r\nÀ la mairie.", seen=read)
    late = officer.post(address, conclusion="En avril.", seen=read)
    assert late.texts("//*[@class='both-values']//p") == ["En mars. À la mairie.", "En avril."]
    assert "En mars." in officer.get(f"/seances/{sitting.id}").text
    officer.post(address, conclusion="En mars, puis en avril.", seen=late.tree.xpath(seen)[0])
    assert "En mars, puis en avril." in officer.get(f"/seances/{sitting.id}").text


# -- convocations -----------------------------------------------------------------------------------


def convened(scene: Scene) -> Sitting:
    sitting = scene.sitting(scene.application(), status=SittingStatus.PLANNED)
    scene.convene(sitting, scene.person(Role.STEERING), present=None)
    with unit_of_work():
        convening.convene(
            sitting,
            person_id=None,
            name="Awa Citoyenne",
            email="awa@exemple.test",
            capacity="Conseil citoyen",
            is_voting=False,
            actor=scene.actor(),
        )
        convening.convene(
            sitting, person_id=None, name="Sans Adresse", capacity="Bailleur", is_voting=False, actor=scene.actor()
        )
        convening.send_convocations(sitting, actor=scene.actor())
    scene.render()
    return sitting


def test_each_member_gets_a_letter_and_a_calendar_file_with_or_without_account(scene):
    convened(scene)
    mails = db.session.query(Mail).order_by(Mail.id).all()
    assert [mail.recipient for mail in mails] == [scene.person(Role.STEERING).email, "awa@exemple.test"]
    joined = {part.get_filename(): part for part in delivery.compose(mails[1]).iter_attachments()}
    assert sorted(joined) == ["Convocation 2026-03-12.pdf", "seance.ics"]
    [event] = icalendar.Calendar.from_ical(joined["seance.ics"].get_payload(decode=True)).walk("VEVENT")
    assert event.decoded("dtstart") == date(2026, 3, 12)
    by_mail = [made.by_mail for made in db.session.query(Convocation).order_by(Convocation.id)]
    assert by_mail == [True, True, False]
    assert all(made.file_id for made in db.session.query(Convocation))


def test_a_changed_date_convenes_again_and_the_calendar_follows(scene):
    sitting = convened(scene)
    terms = SittingTerms(sitting.kind_id, sitting.call_id, sitting.title, date(2026, 3, 19), "Mairie", time(9, 30))
    with unit_of_work():
        sittings.change_sitting(sitting, terms, actor=scene.actor())
    assert "à renouveler" in scene.visit().get(f"/seances/{sitting.id}/membres").text
    with unit_of_work():
        assert convening.send_convocations(sitting, actor=scene.actor()) == 3
    with unit_of_work():
        assert convening.send_convocations(sitting, actor=scene.actor()) == 0
    scene.render()
    last = db.session.query(Mail).order_by(Mail.id.desc()).first()
    [calendar] = [p for p in delivery.compose(last).iter_attachments() if p.get_filename() == "seance.ics"]
    [event] = icalendar.Calendar.from_ical(calendar.get_payload(decode=True)).walk("VEVENT")
    assert (event.decoded("dtstart").strftime("%d/%m %H:%M"), int(event["sequence"])) == ("19/03 09:30", 2)


def test_a_cancelled_sitting_is_told_with_its_reason_and_decides_nothing(scene):
    sitting = convened(scene)
    officer = scene.visit()
    assert officer.post(f"/seances/{sitting.id}/annuler", reason="").errors == {
        "reason": "Indiquez le motif : il est donné aux personnes convoquées."
    }
    officer.post(f"/seances/{sitting.id}/annuler", reason="Alerte météo")
    told = [mail.recipient for mail in db.session.query(Mail) if mail.template == "sitting_cancelled"]
    assert told == [scene.person(Role.STEERING).email, "awa@exemple.test"]
    assert db.session.get(Sitting, sitting.id).status is SittingStatus.CANCELLED
    with pytest.raises(Refusal, match="annulée"), unit_of_work():
        agenda.sort_agenda(db.session.get(Sitting, sitting.id), Order.NUMBER, actor=scene.actor())


def test_words_with_an_unknown_placeholder_are_refused(scene):
    kind = scene.sitting().kind
    page = scene.visit().post(f"/seances/natures/{kind.id}/convocation", body="Le {jour}, {ordre_du_jour}")
    assert "{jour}" in page.errors["body"]


def test_who_holds_a_seat_is_convened_to_each_new_sitting(scene):
    kind = scene.sitting().kind
    officer = scene.visit()
    officer.post(f"/seances/natures/{kind.id}/membres", person_id="", name="Awa Diallo", capacity="CAF", is_voting="y")
    planned = officer.post("/seances/nouvelle", kind_id=str(kind.id), title="COPIL de mai", held_on="12/05/2027")
    assert "Awa Diallo" in officer.follow(planned).text


# -- attendance ---------------------------------------------------------------------------------------


def seat(scene: Scene, sitting: Sitting, **seats: Seat) -> None:
    by_name, actor = {member.name: member.id for member in sitting.members}, scene.actor()
    with unit_of_work():
        attendance.take_attendance(sitting, {by_name[name]: seat for name, seat in seats.items()}, actor=actor)


def test_a_voice_is_given_to_somebody_present_where_the_kind_allows_it(scene):
    sitting = scene.sitting(scene.application())
    ada, bea = (scene.convene(sitting, name, present=None) for name in ("Ada", "Bea"))
    here, given = Seat(Attendance.PRESENT), Seat(Attendance.REPRESENTED, represented_by=ada.id)
    with pytest.raises(Refusals, match="n’admet pas de pouvoir"):
        seat(scene, sitting, Ada=here, Bea=given)
    with unit_of_work():
        sitting.kind.proxies = True
    with pytest.raises(Refusals, match="personne présente"):
        seat(scene, sitting, Ada=Seat(Attendance.EXCUSED), Bea=given)
    seat(scene, sitting, Ada=here, Bea=given)
    assert "représenté·e par Ada" in scene.visit().get(f"/seances/{sitting.id}").text
    assert bea.represented_by_id == ada.id


# -- decisions ----------------------------------------------------------------------------------------


def proposed(scene: Scene, *cents: int):
    made = [scene.application(state=0) for _ in cents]
    with unit_of_work():
        for application, amount in zip(made, cents, strict=True):
            scene.line(application).proposed_cents = amount
    return made


def test_a_selection_is_shown_with_its_effect_then_retained_as_proposed(scene):
    whole, lower = proposed(scene, 5_000_00, 3_000_00)
    sitting = scene.sitting(whole, lower)
    officer = scene.visit()
    page = officer.get(f"/seances/{sitting.id}/bloc?items=sans-decision")
    assert "12 000,00" in page.text.replace("\u202f", " ")  # 20 000 less 8 000
    fields = {"picked": [str(whole.id), str(lower.id)], "outcome": "as_proposed"}
    assert officer.post(f"/seances/{sitting.id}/bloc", **fields).errors == {
        "reason": f"Dossier {lower.reference} : Indiquez le motif : il est communiqué au porteur."
    }
    assert db.session.query(Decision).count() == 0
    officer.post(f"/seances/{sitting.id}/bloc", **fields, **{f"reason_{lower.id}": "Enveloppe contrainte"})
    outcomes = [(d.outcome, d.reason) for d in db.session.query(Decision).order_by(Decision.id)]
    assert outcomes == [(Outcome.RETAINED, ""), (Outcome.RETAINED_LOWER, "Enveloppe contrainte")]


def test_what_a_funder_refused_before_hinders_no_block_and_takes_nothing(scene):
    application = scene.application(city=5_000_00, state=3_000_00)
    with unit_of_work():
        line = scene.line(application)
        line.status, line.proposed_cents = FundingStatus.PROPOSED, 5_000_00
        refused = scene.line(application, scene.state)
        refused.status, refused.proposed_cents = FundingStatus.REFUSED, 2_000_00
    sitting, officer = scene.sitting(application), scene.visit()
    page = officer.get(f"/seances/{sitting.id}/bloc?items={application.id}")
    assert [each.split(" — ")[0] for each in page.texts("//th[@data-label='Enveloppe']")] == ["Ville d’essai"]
    officer.post(f"/seances/{sitting.id}/bloc", picked=str(application.id), outcome="as_proposed")
    assert [d.outcome for d in scene_decisions(application.id)] == [Outcome.RETAINED]


def test_votes_are_counted_against_the_voices_of_the_item(scene):
    [application] = proposed(scene, 5_000_00)
    sitting = scene.sitting(application, quorum=1)
    with unit_of_work():
        sitting.kind.votes = True
    steering = scene.person(Role.STEERING)
    scene.convene(sitting, steering)
    scene.convene(sitting, "Awa Citoyenne")
    scene.convene(sitting, "Observateur", voting=False)
    scene.recuse(steering, application)
    address = f"/ordre-du-jour/{scene.item(sitting, application).id}/en-direct"
    officer = scene.visit()
    field = {f"amount_{scene.line(application).id}": "5000", "outcome": "retained"}
    assert officer.post(address, **field).errors == {"votes_for": "Indiquez les voix pour, contre et les abstentions."}
    assert officer.post(address, **field, votes_for="2").errors == {
        "votes_for": "2 voix comptées pour 1 voix présentes ou représentées, hors déports."
    }
    assert officer.post(address, **field, votes_against="1").errors == {
        "outcome": "Le vote n’est pas favorable : choisissez une autre décision."
    }
    assert officer.post(address, **field, votes_for="1").status_code == 302
    decision = db.session.query(Decision).one()
    assert (decision.votes_for, decision.votes_against, decision.voters_present) == (1, 0, 1)


def test_a_missing_quorum_refuses_the_decision_with_words(scene):
    [application] = proposed(scene, 5_000_00)
    sitting = scene.sitting(application, quorum=2)
    scene.convene(sitting, "Awa Citoyenne")
    page = scene.visit().post(
        f"/ordre-du-jour/{scene.item(sitting, application).id}/en-direct", outcome="not_retained", reason="Doublon"
    )
    assert "Le quorum n’est pas atteint pour ce dossier" in page.errors[""]
    assert db.session.query(Decision).count() == 0


def test_two_people_entering_at_once_see_both_decisions(scene):
    first, second = proposed(scene, 5_000_00, 5_000_00)
    sitting = scene.sitting(first, second)
    address = f"/ordre-du-jour/{scene.item(sitting, first).id}/en-direct"
    officer, manager = scene.visit(), scene.visit(Role.MANAGER)
    answer = officer.post(address, outcome="adjourned", reason="Pièces à produire")
    assert answer.location.endswith(f"/ordre-du-jour/{scene.item(sitting, second).id}/en-direct")
    page = manager.post(address, outcome="not_retained", reason="Doublon", seen="")
    assert "Ajourné. Pièces à produire" in page.text
    assert db.session.query(Decision).one().outcome is Outcome.ADJOURNED


def test_a_block_over_a_decision_of_somebody_else_tells_it_then_replaces_it(scene):
    first, second = proposed(scene, 5_000_00, 5_000_00)
    sitting = scene.sitting(first, second)
    address = f"/seances/{sitting.id}/bloc"
    officer, manager = scene.visit(), scene.visit(Role.MANAGER)
    fields = {
        "picked": [str(first.id), str(second.id)],
        "outcome": "not_retained",
        "reason": "Doublon",
        f"seen_{first.id}": "",
        f"seen_{second.id}": "",
    }
    officer.post(address, picked=[str(second.id)], outcome="adjourned", reason="Pièces à produire")
    page = manager.post(address, **fields)
    assert "Ajourné. Pièces à produire" in page.text
    assert db.session.query(Decision).count() == 1
    [seen] = page.tree.xpath(f"//input[@name='seen_{second.id}']/@value")
    assert manager.post(address, **{**fields, f"seen_{second.id}": seen}).status_code == 302
    outcomes = [(d.outcome, d.superseded_at is None) for d in scene_decisions(second.id)]
    assert outcomes == [(Outcome.ADJOURNED, False), (Outcome.NOT_RETAINED, True)]


def test_the_screen_skips_what_the_officer_stepped_out_of(scene):
    first, hidden, last = proposed(scene, 1_000_00, 2_000_00, 3_000_00)
    sitting = scene.sitting(first, hidden, last)
    scene.recuse(scene.person(Role.OFFICER), hidden)
    officer = scene.visit()
    page = officer.get(f"/ordre-du-jour/{scene.item(sitting, first).id}/en-direct")
    assert (last.reference in page.text, hidden.reference in page.text) == (True, False)
    assert officer.get(f"/ordre-du-jour/{scene.item(sitting, hidden).id}/en-direct").status_code == 404


# -- the complementary list ---------------------------------------------------------------------------


def test_the_list_is_served_in_order_and_promoted_by_delegation(scene):
    dear, cheap = proposed(scene, 5_000_00, 4_000_00)
    sitting = scene.sitting(dear, cheap)
    officer = scene.visit()
    officer.post(
        f"/seances/{sitting.id}/bloc", picked=[str(dear.id), str(cheap.id)], outcome="waiting_list", reason="À suivre"
    )
    with unit_of_work():
        scene.city_envelope.amount_cents = 4_500_00
    address = f"/programmation/{scene.call.id}/liste-complementaire"
    assert [cell.split()[0] for cell in officer.get(address).texts("//td[@data-label='Enveloppes']")] == [
        "Ville",
        "✓Peut",
    ]
    refused = officer.post(f"/dossiers/{dear.id}/promouvoir", reason="Reliquat", delegation_note="Délégation du COPIL")
    assert refused.errors == {"": "Les enveloppes ne suffisent pas pour promouvoir ce dossier."}
    [standing] = db.session.query(Decision).filter_by(application_id=cheap.id)
    officer.post(
        f"/dossiers/{cheap.id}/promouvoir",
        reason="Reliquat",
        delegation_note="Délégation du COPIL",
        seen=str(standing.id),
    )
    told = [(d.outcome, d.delegation_note, d.superseded_at is None) for d in scene_decisions(cheap.id)]
    assert told == [
        (Outcome.WAITING_LIST, None, False),
        (Outcome.RETAINED_LOWER, "Délégation du COPIL", True),
    ]


def scene_decisions(application_id: int) -> list[Decision]:
    return db.session.query(Decision).filter_by(application_id=application_id).order_by(Decision.id).all()


def waiting(scene, *applications):
    """The applications put on the complementary list in this order by a sitting still open; the list's address."""
    sitting = scene.sitting(*applications)
    picked = [str(each.id) for each in applications]
    scene.visit().post(f"/seances/{sitting.id}/bloc", picked=picked, outcome="waiting_list", reason="À suivre")
    return f"/programmation/{scene.call.id}/liste-complementaire"


def sent_order(page, *applications):
    """What the form of the list sends to put applications in this order, as its page was read."""
    seen = {each.name: each.value for each in page.tree.xpath("//input[starts-with(@name, 'seen_')]")}
    return seen | {f"rank_{each.id}": str(rank) for rank, each in enumerate(applications, 1)}


def test_another_order_of_the_list_is_other_decisions_of_an_open_sitting(scene):
    first, second = proposed(scene, 5_000_00, 4_000_00)
    address, officer = waiting(scene, first, second), scene.visit()
    page = officer.get(address)
    twice = officer.post(address, **sent_order(page, first, second) | {f"rank_{second.id}": "1"})
    assert twice.errors == {f"rank_{second.id}": "Ce rang est donné deux fois."}
    officer.post(address, **sent_order(page, second, first))
    assert references(officer.get(address))[:2] == [second.reference, first.reference]
    assert [d.waiting_rank for d in scene_decisions(first.id)] == [1, 2]


def test_an_order_given_over_that_of_a_colleague_shows_both_then_replaces_it(scene):
    first, second = proposed(scene, 5_000_00, 4_000_00)
    address, officer = waiting(scene, first, second), scene.visit()
    page = officer.get(address)
    scene.visit(Role.MANAGER).post(address, **sent_order(page, second, first))
    late = officer.post(address, **sent_order(page, first, second))
    assert late.texts("//*[@class='both-values']//dd") == ["2", "1", "1", "2"]
    assert [d.waiting_rank for d in scene_decisions(first.id)] == [1, 2]
    officer.post(address, **sent_order(late, first, second))
    assert [d.waiting_rank for d in scene_decisions(first.id)] == [1, 2, 1]


def test_who_stepped_out_of_an_application_gives_its_rank_to_no_other(scene):
    first, hidden, last = proposed(scene, 5_000_00, 4_000_00, 3_000_00)
    address, officer = waiting(scene, first, hidden, last), scene.visit()
    scene.recuse(scene.person(Role.OFFICER), hidden)
    page = officer.get(address)
    taken = officer.post(address, **sent_order(page, first, last))
    assert taken.errors == {f"rank_{last.id}": "Ce rang est celui d’un autre dossier de la liste."}
    officer.post(address, **sent_order(page) | {f"rank_{first.id}": "3", f"rank_{last.id}": "1"})
    ranks = [scene_decisions(each.id)[-1].waiting_rank for each in (last, hidden, first)]
    assert ranks == [1, 2, 3]


# -- papers -------------------------------------------------------------------------------------------


def paper(scene: Scene, sitting: Sitting, kind: SittingDocumentKind, reader_id: int | None = None) -> pikepdf.Pdf:
    with unit_of_work():
        asked = ask_document(sitting, kind, reader_id=reader_id, actor=scene.actor()).id
    scene.render()
    document = db.session.get(SittingDocument, asked)
    return pikepdf.open(BytesIO((files_root() / db.session.get(StoredFile, document.file_id).path).read_bytes()))


def test_the_cahier_is_an_accessible_a3_with_recusals_on_top(scene):
    kept, left = proposed(scene, 5_000_00, 3_000_00)
    sitting = scene.sitting(kept, left)
    steering = scene.person(Role.STEERING)
    scene.convene(sitting, steering)
    scene.recuse(steering, left)
    made = paper(scene, sitting, SittingDocumentKind.CAHIER)
    box = [float(side) / 72 * 25.4 for side in made.pages[0].mediabox]
    assert (round(box[2]), round(box[3])) == (420, 297)
    assert (made.Root.MarkInfo.Marked, str(made.Root.Lang)) == (True, "fr-FR")
    told = words(made)
    assert f"{''.join(steering.display_name.split())}:{left.reference}" in told
    assert "3000€" in told


def test_the_copy_of_a_recused_person_tells_nothing_of_what_they_left(scene):
    kept, left = proposed(scene, 4_000_00, 3_123_00)
    sitting = scene.sitting(kept, left)
    steering = scene.person(Role.STEERING)
    scene.convene(sitting, steering)
    scene.recuse(steering, left)
    told = words(paper(scene, sitting, SittingDocumentKind.CAHIER, steering.id))
    assert ("3123€" in told, "4000€" in told, "Dossierendéport" in told) == (False, True, True)
    paper(scene, sitting, SittingDocumentKind.CAHIER)
    own, whole = db.session.query(SittingDocument).order_by(SittingDocument.id).all()
    visitor = scene.visit(Role.STEERING)
    assert visitor.get(f"/seances/{sitting.id}/documents/{own.id}.pdf").status_code == 200
    assert visitor.get(f"/seances/{sitting.id}/documents/{whole.id}.pdf").status_code == 404


def test_minutes_reissued_keep_those_before(scene):
    [application] = proposed(scene, 5_000_00)
    sitting = scene.sitting(application)
    scene.convene(sitting, "Awa Citoyenne")
    with unit_of_work():
        sittings.move_sitting(sitting, "close", actor=scene.actor(), roles={Role.OFFICER})
    told = words(paper(scene, sitting, SittingDocumentKind.MINUTES))
    assert "Version2" in told
    assert [document.number for document in db.session.query(SittingDocument).order_by(SittingDocument.id)] == [1, 2]


def test_pages_of_a_sitting_take_the_same_queries_whatever_the_items(scene):
    small = scene.sitting(*proposed(scene, 1_000_00, 1_000_00))
    large = scene.sitting(*proposed(scene, *[1_000_00] * 25))
    counts = []
    for sitting in (small, large):
        officer, item = scene.visit(), db.session.get(Sitting, sitting.id).agenda[0].id
        for address in (
            f"/seances/{sitting.id}/bloc?items=sans-decision",
            f"/ordre-du-jour/{item}/en-direct",
            f"/seances/{sitting.id}/ordre",
        ):
            with counted() as queries:
                assert officer.get(address).status_code == 200
            counts.append(len(queries))
    assert counts[:3] == counts[3:]
