"""Starting from an earlier application: what is kept, what is to be read again, what both sides see of the changes."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from portal.accounts.rules import MemberLevel, Role
from portal.calls.models import (
    BudgetLine,
    Call,
    CallIndicator,
    FundingLine,
    Measure,
    PeopleByQuartier,
    Placement,
)
from portal.calls.states import ApplicationStatus, CallKind, CallStatus, Origin, Phase, Sex
from portal.evaluation.models import Bilan
from portal.evaluation.states import BilanKind, BilanStatus
from portal.extensions import db
from portal.foundation.database import unit_of_work
from tests import factories
from tests.integration.calls.filing.scene import filer, fresh, sections_of
from tests.queries import counted
from tests.typography import plain

ALL = ["projet", "quartiers", "thematiques", "public", "budget", "indicateurs"]


@pytest.fixture
def filed(owner, it, draft) -> int:
    """An application of 2026, filed."""
    owner.fill(draft, it)
    assert owner.sign(draft).status_code == 302
    return draft


@pytest.fixture
def next_call(it) -> Call:
    """The call of 2027, with the same quartiers and indicators."""
    call = factories.call(it.contract, [it.qpv, it.watch], year=2027)
    for funder in (it.city, it.state):
        factories.envelope(call, funder, 5_000_000)
    for indicator in (it.people, it.residents):
        factories.save(
            CallIndicator(call_id=call.id, indicator_id=indicator.id, is_compulsory=True, position=indicator.id)
        )
    return call


@pytest.fixture
def renewed(owner, filed, next_call) -> int:
    """The id of a draft begun from the filed application, nothing kept yet."""
    answer = owner.post(f"/dossiers/{filed}/renouveler/{next_call.id}")
    assert answer.location.endswith(f"/reprendre?de={filed}"), answer.text
    return int(answer.location.split("/")[2])


def carry(owner, renewed, filed, kept=ALL, **more):
    return owner.post(f"/dossiers/{renewed}/reprendre", source=str(filed), kept=kept, **({"from_bilan": "y"} | more))


def refill(owner, renewed, it) -> None:
    """Save every section again; the new call asks no document."""
    for name, typed in sections_of(it).items():
        answer = owner.save(renewed, name, **typed)
        assert answer.status_code == 302, (name, answer.errors)


def rows(table, application_id, *conditions) -> int:
    found = db.session.execute(
        sa.select(sa.func.count()).select_from(table).where(table.application_id == application_id, *conditions)
    ).scalar_one()
    db.session.rollback()
    return found


def test_the_filed_application_leads_to_its_renewal(owner, filed, next_call):
    page = owner.get(f"/dossiers/{filed}")
    assert page.tree.xpath(f'//form[@action="/dossiers/{filed}/renouveler/{next_call.id}"]')
    assert "Reprendre ce projet dans" in page.text


def test_a_draft_offers_to_start_from_what_was_filed_before(owner, it, filed, next_call):
    answer = owner.post(f"/appels/{next_call.id}/deposer", organisation=it.organisation.id)
    home = owner.follow(answer)
    assert "Repartir d’un dossier précédent" in home.text
    page = owner.get(home.tree.xpath('//a[contains(@href, "/reprendre")]/@href')[0])
    assert page.texts('//input[@name="source"]/following-sibling::label') == ["2026 — Lire en bas des tours"]


def test_what_is_kept_is_written_and_the_dates_move_a_year(owner, it, filed, renewed):
    assert carry(owner, renewed, filed).location == f"/dossiers/{renewed}"
    made = fresh(renewed)
    assert (made.title, made.starts_on, made.ends_on) == ("Lire en bas des tours", date(2027, 2, 1), date(2027, 11, 30))
    assert (made.is_renewal, made.renewal_of_id, made.people_expected) == (True, filed, 60)
    assert made.main_theme_id == it.theme.id
    assert [place.share_bp for place in made.placements] == [6667, 3333]
    assert rows(Measure, renewed) == 3
    assert rows(BudgetLine, renewed) == rows(BudgetLine, filed, BudgetLine.funder_id.is_(None)) == 5
    for never in (FundingLine,):
        assert rows(never, renewed) == 0
    assert "Ajouté" not in owner.get(f"/dossiers/{renewed}/documents").texts('//li[@class="document"]//span')


def test_each_section_kept_is_to_be_read_again_until_it_is_saved(owner, it, filed, renewed):
    carry(owner, renewed, filed)
    home = plain(owner.get(f"/dossiers/{renewed}").text)
    assert home.count("Repris de 2026 : à relire, puis à enregistrer.") == 6
    assert "Reprise de 2026, à relire" in owner.get(f"/dossiers/{renewed}/projet").text
    refill(owner, renewed, it)
    assert "Repris de 2026" not in owner.get(f"/dossiers/{renewed}").text


def test_nothing_that_nobody_read_again_is_filed(owner, it, filed, renewed):
    refill(owner, renewed, it)
    carry(owner, renewed, filed, ["projet"])
    assert "Repris de 2026" in plain(owner.sign(renewed).text)
    assert fresh(renewed).status is ApplicationStatus.DRAFT
    values = sections_of(it)["projet"] | {
        "is_renewal": "oui", "renewal_of_id": str(filed), "starts_on": "01/02/2027", "ends_on": "30/11/2027"
    }  # fmt: skip
    assert owner.save(renewed, "projet", **values).status_code == 302
    assert owner.sign(renewed).status_code == 302


def test_only_the_chosen_sections_are_kept_and_what_was_typed_elsewhere_stays(owner, it, filed, renewed):
    owner.save(renewed, "public", **(sections_of(it)["public"] | {"people_expected": "99"}))
    page = owner.get(f"/dossiers/{renewed}/reprendre?de={filed}")
    ticked = page.tree.xpath('//input[@name="kept"][@checked]/@value')
    assert ticked == ["projet", "quartiers", "thematiques", "budget", "indicateurs"]
    assert "la reprise remplacera ce qui y est écrit" in page.text
    carry(owner, renewed, filed, ["projet", "thematiques"])
    made = fresh(renewed)
    assert (made.title, made.people_expected, made.placements) == ("Lire en bas des tours", 99, [])


def test_nothing_chosen_is_told_and_nothing_written(owner, filed, renewed):
    assert "kept" in carry(owner, renewed, filed, []).errors
    assert fresh(renewed).title == ""


def test_the_people_really_reached_are_proposed_once_the_bilan_is_sent(owner, it, filed, renewed):
    bilan = factories.save(
        Bilan(application_id=filed, kind=BilanKind.FINAL, status=BilanStatus.BEGUN, people_reached=43)
    )
    factories.save(
        PeopleByQuartier(
            application_id=filed, phase=Phase.ACTUAL, quartier_id=it.qpv.id, sex=Sex.UNKNOWN, people=43
        )
    )  # fmt: skip
    carry(owner, renewed, filed)
    assert fresh(renewed).people_expected == 60, "a bilan not sent tells nothing yet"
    with unit_of_work():
        db.session.merge(bilan).status = BilanStatus.SUBMITTED
    carry(owner, renewed, filed, from_bilan="")
    assert fresh(renewed).people_expected == 60
    carry(owner, renewed, filed)
    assert fresh(renewed).people_expected == 43
    expected = PeopleByQuartier.phase == Phase.EXPECTED
    assert rows(PeopleByQuartier, renewed, expected) == 1


def test_a_past_programme_gives_what_is_known_of_it(owner, it, next_call):
    past = factories.call(
        it.contract, [], year=2022, title="Programmation 2022", kind=CallKind.PAST, status=CallStatus.ARCHIVED
    )
    action = factories.application(
        past, it.organisation, title="Ciné en plein air", origin=Origin.IMPORTED, status=ApplicationStatus.CLOSED
    )
    factories.save(Placement(application_id=action.id, quartier_id=it.qpv.id))
    begun = owner.follow(owner.post(f"/appels/{next_call.id}/deposer", organisation=it.organisation.id))
    new = int(begun.tree.xpath('//a[contains(@href, "/reprendre")]/@href')[0].split("/")[2])
    assert "programmation passée" in owner.get(f"/dossiers/{new}/reprendre").text
    assert carry(owner, new, action.id).status_code == 302
    made = fresh(new)
    assert (made.title, made.need, made.people_expected) == ("Ciné en plein air", None, None)
    assert [(place.quartier_id, place.share_bp) for place in made.placements] == [(it.qpv.id, None)]
    assert owner.get(f"/dossiers/{new}/evolution").status_code == 200


def test_another_s_application_is_never_taken(app, owner, it, filed, next_call):
    stranger = factories.organisation("Une autre")
    other = filer(app, factories.member(stranger))
    mine = int(other.post(f"/appels/{next_call.id}/deposer", organisation=stranger.id).location.rsplit("/", 1)[1])
    assert other.get(f"/dossiers/{mine}/reprendre?de={filed}").tree.xpath('//input[@name="source"]') == []
    assert carry(other, mine, filed).status_code == 200
    assert fresh(mine).title == ""
    assert other.post(f"/dossiers/{filed}/renouveler/{next_call.id}").status_code == 404
    reader = filer(app, factories.member(it.organisation, MemberLevel.READER))
    assert reader.post(f"/dossiers/{filed}/renouveler/{next_call.id}").status_code == 404


def test_pressing_renew_twice_begins_one_draft(owner, filed, renewed, next_call):
    again = owner.post(f"/dossiers/{filed}/renouveler/{next_call.id}")
    assert again.location == f"/dossiers/{renewed}/reprendre?de={filed}"


def test_a_draft_filled_from_another_is_no_empty_draft_to_begin_in(owner, it, filed, renewed, next_call):
    carry(owner, renewed, filed, ["projet"])
    begun = owner.post(f"/appels/{next_call.id}/deposer", organisation=it.organisation.id).location
    assert begun != f"/dossiers/{renewed}"
    assert fresh(int(begun.rsplit("/", 1)[1])).title == ""


# -- what changes --------------------------------------------------------------------------------------


def test_both_sides_read_what_changed_section_by_section(app, owner, it, filed, renewed):
    carry(owner, renewed, filed)
    refill(owner, renewed, it)
    values = sections_of(it)["projet"] | {
        "title": "Lire au pied des tours", "is_renewal": "oui", "renewal_of_id": str(filed),
        "starts_on": "01/02/2027", "ends_on": "30/11/2027",
    }  # fmt: skip
    owner.save(renewed, "projet", **values)
    page = owner.get(f"/dossiers/{renewed}/evolution")
    assert "Lire en bas des tours" in page.text
    assert "Lire au pied des tours" in page.text
    assert owner.sign(renewed).status_code == 302
    officer = filer(app, factories.staff(Role.OFFICER, it.contract))
    file = officer.get(f"/dossiers/{renewed}/instruction")
    (link,) = file.tree.xpath('//a[contains(@href, "/instruction/evolution")]/@href')
    told = officer.get(link)
    labels = told.texts('//section[h2[starts-with(normalize-space(), "Le projet")]]//p[@class="change-label"]/strong')
    assert labels[0].startswith("Titre")
    assert "Lire en bas des tours" in told.text


def test_whoever_may_not_read_the_renewed_application_sees_no_comparison(app, owner, it, filed, renewed):
    carry(owner, renewed, filed)
    with unit_of_work():
        fresh(renewed).status = ApplicationStatus.SUBMITTED
    person = factories.staff(Role.OFFICER, it.contract)
    officer = filer(app, person)
    assert officer.get(f"/dossiers/{renewed}/instruction/evolution").status_code == 200
    factories.recusal(person, fresh(filed))
    assert officer.get(f"/dossiers/{renewed}/instruction/evolution").status_code == 404


def test_the_comparison_runs_the_same_queries_whatever_changed(app, owner, it, filed, renewed):
    carry(owner, renewed, filed)

    def queries_of_page() -> int:
        with counted() as run:
            assert owner.get(f"/dossiers/{renewed}/evolution").status_code == 200
        return len(run)

    few = queries_of_page()
    with unit_of_work() as session:
        session.add_all(
            Measure(application_id=renewed, phase=Phase.EXPECTED, own_label=f"Indicateur {n}", value_thousandths=n)
            for n in range(20)
        )
    assert queries_of_page() == few


# -- bilans of the years before -------------------------------------------------------------------------


def test_a_missing_bilan_is_told_on_the_first_page_of_the_draft_with_its_link(app, owner, it, filed, renewed):
    from portal.calls.states import FundingStatus, PreviousBilansRule

    with unit_of_work() as session:
        fresh(filed).status = ApplicationStatus.DECIDED
        session.execute(
            sa.update(FundingLine)
            .where(FundingLine.application_id == filed)
            .values(status=FundingStatus.NOTIFIED, granted_cents=100)
        )
        session.execute(sa.update(Call).values(previous_bilans_rule=PreviousBilansRule.BLOCK))
    bilan = factories.save(Bilan(application_id=filed, kind=BilanKind.INTERIM, status=BilanStatus.DUE))
    page = owner.get(f"/dossiers/{renewed}")
    assert "Ce qui empêche de déposer" in page.text
    assert page.tree.xpath(f'//a[@href="/bilans/{bilan.id}"]')
    with unit_of_work():
        db.session.merge(bilan).status = BilanStatus.ACCEPTED
    assert "Ce qui empêche de déposer" not in owner.get(f"/dossiers/{renewed}").text
