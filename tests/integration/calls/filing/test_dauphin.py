"""« Copier vers DAUPHIN », the number it gives, and « DAUPHIN d'abord »."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.accounts.rules import MemberLevel, Role
from portal.calls.models import Call, FundingLine
from portal.calls.rules.dauphin import TAKEN
from portal.calls.states import ApplicationStatus, DauphinRule, FundingStatus
from portal.extensions import db
from portal.foundation.database import unit_of_work
from portal.foundation.events import Event
from tests import factories
from tests.integration.calls.filing.scene import filer, fresh
from tests.queries import counted
from tests.visitors import Visitor

SHOWN = " ".join(TAKEN.split())
"""The same with the spaces that a page is read with."""


def page_of(application_id: int) -> str:
    return f"/dossiers/{application_id}/dauphin"


def rule(it, value: DauphinRule) -> None:
    with unit_of_work() as session:
        session.execute(sa.update(Call).where(Call.id == it.call.id).values(dauphin_rule=value))


def state_line(application_id: int) -> FundingLine:
    db.session.expire_all()
    return next(line for line in fresh(application_id).funding_lines if line.funder.kind.value == "state")


def another_with(it, number: str, status: ApplicationStatus = ApplicationStatus.SUBMITTED) -> FundingLine:
    """A request to the State of another structure in the same call, with its number."""
    other = factories.application(it.call, factories.organisation(), [it.qpv], status=status)
    line = factories.funding_line(other, it.state, 1_000_00)
    with unit_of_work():
        line.external_ref = number
    return line


@pytest.fixture
def filled(owner, it, draft) -> int:
    owner.fill(draft, it)
    return draft


def test_the_fields_come_in_the_order_of_the_form_with_amounts_that_any_tool_takes(owner, filled):
    page = owner.get(page_of(filled))
    assert page.texts("//h2") == [
        "Le numéro DAUPHIN",
        "Votre structure : identification",
        "Représentant légal et personnes à joindre",
        "Relations avec l’administration et d’autres associations",
        "Moyens humains et budget de la structure (2025)",
        "Le projet",
        "Bénéficiaires et territoire",
        "Moyens, calendrier et évaluation",
        "Budget du projet 2026",
    ]
    copied = {
        field.xpath("string(h3)"): field.xpath("string(*[@data-copy-source])")
        for field in page.tree.xpath('//div[@data-copy-field and starts-with(@data-copy-field, "p")]')
    }
    assert copied["Intitulé"] == "Lire en bas des tours"
    assert copied["Territoire\xa0: quartiers"].split("\n") == [
        "Les Tilleuls (quartier prioritaire)\xa0: 66,67\xa0% du public",
        "Le Vallon\xa0: 33,33\xa0% du public",
    ]
    assert page.tree.xpath('string(//div[@data-copy-field="demande-1"]/p)') == "3000,50"
    assert page.tree.xpath('string(//div[@data-copy-field="table-produits"]/pre)').split("\n") == [
        "741\tÉtat — Crédits politique de la ville\t3000,50",
        "745\tVille d’essai — Crédits politique de la ville\t4000",
        "756\tCotisations\t1000",
        "\tTotal\t8000,50",
    ]


def test_the_text_holds_every_field_for_whoever_copies_without_buttons(owner, filled):
    answer = owner.get(page_of(filled) + ".txt")
    words = answer.data.decode("utf-8-sig")
    assert answer.response.headers["Content-Disposition"].startswith("attachment")
    shown = owner.get(page_of(filled)).tree.xpath("//*[@data-copy-source]")
    assert [each.text_content().strip() for each in shown if each.text_content().strip() not in words] == []
    assert "Sigle\xa0:\n(non renseigné)" in words


def test_nothing_is_there_to_copy_when_the_state_is_not_asked(owner, it, draft):
    assert owner.get(page_of(draft)).status_code == 404
    assert f"/dossiers/{draft}/dauphin" not in owner.get(f"/dossiers/{draft}").response.get_data(as_text=True)


def test_the_number_is_kept_on_the_state_s_line_and_shown_on_the_file(owner, it, filled):
    answer = owner.post(page_of(filled), number="  00 123456-ab ")
    assert answer.status_code == 302
    assert owner.get(page_of(filled)).flashes[-1] == "Le numéro DAUPHIN est enregistré."
    assert {line.funder.name: line.external_ref for line in fresh(filled).funding_lines} == {
        "Ville d’essai": None,
        "État": "00 123456-AB",
    }
    assert "n° 00 123456-AB" in owner.get(f"/dossiers/{filled}").text
    told = db.session.scalars(sa.select(Event.details).where(Event.action == "funding.number_given")).all()
    assert told == [{"number": [None, "00 123456-AB"]}]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (
            "reçu hier",
            "Recopiez le numéro donné par DAUPHIN : des chiffres, avec des lettres s’il y en a, sans autre texte.",
        ),
        ("12", "Recopiez le numéro donné par DAUPHIN : des chiffres, avec des lettres s’il y en a, sans autre texte."),
        (
            "=1+123",
            "Recopiez le numéro donné par DAUPHIN : des chiffres, avec des lettres s’il y en a, sans autre texte.",
        ),
        ("1" * 41, "Un numéro DAUPHIN a au plus 40 caractères."),
        ("1" * 90, "Un numéro DAUPHIN a au plus 40 caractères."),
    ],
)
def test_what_is_no_number_is_refused_beside_it(owner, filled, typed, told):
    assert owner.post(page_of(filled), number=typed).errors == {"number": told}
    assert state_line(filled).external_ref is None


def test_a_number_belongs_to_one_application_of_the_call(owner, it, filled):
    another_with(it, "0012-3456")
    assert owner.post(page_of(filled), number="123456").errors == {"number": SHOWN}
    assert state_line(filled).external_ref is None
    key = f"{it.state.id}_specific"
    sent = {f"asked_{it.city.id}_specific": "4 000", f"asked_{key}": "3 000,50", f"ref_{key}": "00123456"}
    assert owner.save(filled, "financements", **sent).errors == {f"ref_{key}": SHOWN}
    # Nothing typed is lost: the page still shows it.
    assert owner.get(f"/dossiers/{filled}/financements").tree.xpath(f'string(//input[@name="ref_{key}"]/@value)') == (
        "00123456"
    )


def test_a_number_given_up_with_its_application_serves_again(owner, it, filled):
    another_with(it, "123456", ApplicationStatus.WITHDRAWN)
    assert owner.post(page_of(filled), number="123456").status_code == 302
    assert state_line(filled).external_ref == "123456"


def test_where_the_call_says_dauphin_first_nothing_is_filed_without_the_number(owner, it, filled):
    rule(it, DauphinRule.BLOCK)
    told = "Déposez d’abord la demande à l’État sur DAUPHIN, puis indiquez ici le numéro reçu."
    home = owner.get(f"/dossiers/{filled}")
    assert "Sans lui, ce dossier ne peut pas être déposé." in home.text
    refused = owner.sign(filled)
    assert refused.errors == {"": f"Rubrique « Les financements demandés » : {told}"}
    assert fresh(filled).status is ApplicationStatus.DRAFT
    owner.post(page_of(filled), number="00123456")
    assert owner.sign(filled).location == f"/dossiers/{filled}/recepisse"
    line = state_line(filled)
    assert (line.status, line.external_ref) == (FundingStatus.FILED_ELSEWHERE, "00123456")


def test_where_the_call_only_warns_it_is_filed_and_the_number_comes_later(owner, it, filled):
    rule(it, DauphinRule.WARN)
    assert "DAUPHIN d’abord" in owner.get(f"/dossiers/{filled}").text
    assert owner.sign(filled).status_code == 302
    assert state_line(filled).status is FundingStatus.REQUESTED
    assert "numéro à donner" in owner.get(f"/dossiers/{filled}").text
    assert owner.post(page_of(filled), number="00123456").status_code == 302
    assert state_line(filled).status is FundingStatus.FILED_ELSEWHERE
    # Told to be there, it is corrected, not taken away.
    assert owner.post(page_of(filled), number="").errors == {
        "number": "La demande est signalée comme déposée sur DAUPHIN : corrigez le numéro au lieu de l’effacer."
    }
    assert owner.post(page_of(filled), number="00123457").status_code == 302
    assert state_line(filled).external_ref == "00123457"


def test_a_call_that_says_nothing_leaves_the_request_as_it_is(owner, it, filled):
    owner.post(page_of(filled), number="00123456")
    owner.sign(filled)
    assert state_line(filled).status is FundingStatus.REQUESTED
    assert owner.post(page_of(filled), number="").status_code == 302
    assert state_line(filled).external_ref is None


def test_once_the_state_has_decided_only_staff_correct_the_number(app, owner, it, filled):
    owner.sign(filled)
    with unit_of_work():
        line = state_line(filled)
        line.status, line.granted_cents = FundingStatus.GRANTED, 1_000_00
    refused = owner.post(page_of(filled), number="00123456")
    assert "L’État a répondu à cette demande : demandez à la Direction de corriger le numéro." in refused.text
    assert state_line(filled).external_ref is None
    for role, on, number in ((Role.OFFICER, it.contract, "111111"), (Role.STATE_OFFICER, it.state, "222222")):
        staff = Visitor(app, factories.staff(role, on))
        assert staff.post(page_of(filled), number=number).status_code == 302
        assert state_line(filled).external_ref == number


def test_a_reader_copies_and_gives_no_number_and_strangers_find_nothing(app, owner, it, filled):
    owner.sign(filled)
    reader = filer(app, factories.member(it.organisation, MemberLevel.READER))
    page = reader.get(page_of(filled))
    assert (page.status_code, page.tree.xpath('//input[@name="number"]')) == (200, [])
    assert reader.post(page_of(filled), number="123456").status_code == 404
    stranger = filer(app, factories.member(factories.organisation()))
    agent = Visitor(app, factories.staff(Role.FUNDER_AGENT, it.city))
    recused = factories.staff(Role.OFFICER, it.contract)
    factories.recusal(recused, fresh(filled))
    for visitor in (stranger, agent, Visitor(app, recused)):
        assert [visitor.get(page_of(filled) + end).status_code for end in ("", ".txt")] == [404, 404]
        assert visitor.post(page_of(filled), number="123456").status_code == 404


def test_staff_do_not_read_a_draft(app, it, filled):
    assert Visitor(app, factories.staff(Role.OFFICER, it.contract)).get(page_of(filled)).status_code == 404


def test_an_old_page_of_the_section_does_not_take_the_number_away(app, owner, it, filled):
    owner.sign(filled)
    Visitor(app, factories.staff(Role.OFFICER, it.contract)).post(page_of(filled), number="123456")
    from portal.calls.operations.budget import TypedFunding, write_funding
    from portal.contracts.models import Nature

    with unit_of_work():
        write_funding(
            fresh(filled),
            [
                TypedFunding(it.city.id, Nature.SPECIFIC, 4_000_00),
                TypedFunding(it.state.id, Nature.SPECIFIC, 2_000_00),
            ],
        )
    line = state_line(filled)
    assert (line.requested_cents, line.external_ref) == (2_000_00, "123456")


def test_the_page_asks_as_much_of_the_database_whatever_the_call_holds(owner, it, filled):
    def queries() -> int:
        with counted() as counter:
            assert owner.post(page_of(filled), number="998877").status_code == 302
        return len(counter)

    queries()
    with unit_of_work():
        state_line(filled).external_ref = None
    alone = queries()
    with unit_of_work():
        state_line(filled).external_ref = None
    for number in range(30):
        another_with(it, f"5500{number:03d}")
    assert queries() == alone


def test_the_setting_of_the_call_is_saved_and_said(app, it):
    with unit_of_work() as session:
        session.execute(sa.update(Call).where(Call.id == it.call.id).values(status="draft"))
    manager = Visitor(app, factories.staff(Role.MANAGER, it.contract))
    page = manager.get(f"/appels/{it.call.id}/regles")
    sent = {
        name: page.tree.xpath(f'string(//input[@name="{name}"][@checked or @type="hidden"]/@value)')
        for name in ("version", "previous_bilans_rule", "residents_rule")
    }
    assert manager.post(f"/appels/{it.call.id}/regles", **sent, dauphin_rule="block").status_code == 302
    settings = manager.get(f"/appels/{it.call.id}/reglages")
    assert "DAUPHIN d’abord : pas de dépôt sans le numéro" in settings.text
