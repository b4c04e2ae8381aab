"""A published call: what still changes, who is told, what the history keeps; and what a copy takes up."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.accounts.rules import MemberLevel, Role
from portal.calls.models import (
    CallIndicator,
    CallMilestone,
    Criterion,
    CriterionLevel,
    DocumentRequirement,
    Envelope,
)
from portal.calls.operations.calling_defaults import create_call
from portal.calls.states import CallKind, CallStatus, MilestoneKind
from portal.contracts.models import Indicator, IndicatorKind
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import SYSTEM
from portal.foundation.database import unit_of_work
from tests import factories
from tests.mailbox import Mailbox
from tests.queries import counted
from tests.visitors import Visitor

DAY = timedelta(days=1)


@pytest.fixture
def contract(app):
    made = factories.contract()
    factories.quartier(made, "Encagnane")
    for position, code in enumerate(("people", "sessions"), start=1):
        factories.save(
            Indicator(
                contract_id=made.id, code=code, label=code, definition=code, unit="", kind=IndicatorKind.COUNT,
                position=position,
            )
        )  # fmt: skip
    return made


@pytest.fixture
def call(contract):
    """Published and open, from the defaults."""
    with unit_of_work():
        made = create_call(contract, kind=CallKind.ANNUAL, year=2029, title="Appel 2029", actor=SYSTEM)
        made.presentation, made.who_may_apply = "Agir.", "Les associations."
    factories.envelope(made, factories.funder(), 10_000_00)
    with unit_of_work() as session:
        session.add(made)
        made.status = CallStatus.PUBLISHED
        made.opens_at, made.closes_at = clock.now() - DAY, clock.now() + 30 * DAY
    return made


@pytest.fixture
def manager(app, contract):
    return Visitor(app, factories.staff(Role.MANAGER, contract))


@pytest.fixture
def writer(call):
    organisation = factories.organisation("Les Amandiers")
    factories.application(call, organisation, title="Jardin")
    return factories.member(organisation, MemberLevel.EDITOR)


@pytest.fixture
def mailbox(app):
    return Mailbox(app)


def fresh(thing):
    db.session.rollback()
    return db.session.get_one(type(thing), thing.id)


def document(call, code="rib"):
    return next(each for each in fresh(call).requirements if each.code == code)


def terms(call, asked, **changes):
    sent = {
        "label": asked.label,
        "help": asked.help or "",
        "case": asked.case.value,
        "valid_months": str(asked.valid_months or ""),
        "version": str(fresh(call).version),
        **({"is_compulsory": "y"} if asked.is_compulsory else {}),
        **({"is_reusable": "y"} if asked.is_reusable else {}),
        **changes,
    }
    return {name: value for name, value in sent.items() if value is not None}


# -- documents ----------------------------------------------------------------------------------------------


def test_a_document_made_optional_is_told_to_those_who_began_and_kept_in_the_history(manager, call, writer, mailbox):
    asked = document(call)
    page = f"/appels/{call.id}/documents/{asked.id}"
    assert manager.post(page, **terms(call, asked, is_compulsory=None)).location == f"/appels/{call.id}/reglages"
    assert document(call).is_compulsory is False
    (mail,) = mailbox.collect()
    assert mail.to == writer.email
    assert "n’est plus obligatoire" in mail.text
    assert mail.link == f"/appels-a-projets/{call.id}"
    history = manager.get(f"/appels/{call.id}/historique")
    assert history.texts("//ol[@class='timeline']/li[1]//p")[1:] == ["Document de la liste modifié"]
    assert history.texts("//ol[@class='timeline']/li[1]//dt") == ["Obligatoire"]


def test_clearer_help_changes_without_a_mail(manager, call, writer, mailbox):
    asked = document(call)
    manager.post(f"/appels/{call.id}/documents/{asked.id}", **terms(call, asked, help="Moins de trois mois."))
    assert document(call).help == "Moins de trois mois."
    assert mailbox.collect() == []


def test_what_would_cost_something_to_those_who_began_is_refused_beside_its_field(manager, call, writer, mailbox):
    asked = document(call)
    page = manager.post(
        f"/appels/{call.id}/documents/{asked.id}", **terms(call, asked, label="RIB récent", case="first")
    )
    assert set(page.errors) == {"label", "case"}
    assert 'value="RIB récent"' in page.data.decode()
    assert (document(call).label, document(call).case) == (asked.label, asked.case)
    removal = manager.post(f"/appels/{call.id}/documents/{asked.id}/retirer", version=str(fresh(call).version))
    assert "Rendez-le plutôt facultatif" in removal.errors[""]
    assert document(call) is not None
    assert mailbox.collect() == []


def test_an_optional_document_joins_a_published_list_and_a_compulsory_one_does_not(manager, call):
    page = f"/appels/{call.id}/documents/nouveau"
    new = {"label": "Photos", "help": "", "case": "always", "version": str(fresh(call).version)}
    assert set(manager.post(page, **new, is_compulsory="y").errors) == {"is_compulsory"}
    assert manager.post(page, **new).status_code == 302
    assert [each.label for each in fresh(call).requirements][-1] == "Photos"


# -- words and order ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("told", [True, False])
def test_a_clearer_presentation_is_told_when_asked(manager, call, writer, mailbox, told):
    words = {"title": "Appel 2029", "presentation": "Agir plus.", "who_may_apply": "Les associations."}
    ticked = {"tell": "y"} if told else {}
    manager.post(f"/appels/{call.id}/presentation", **words, **ticked, version=str(fresh(call).version))
    assert fresh(call).presentation == "Agir plus."
    assert [mail.to for mail in mailbox.collect()] == ([writer.email] if told else [])


@pytest.mark.parametrize(
    ("part", "lines"), [("documents", "requirements"), ("grille", "criteria"), ("indicateurs", "indicators")]
)
def test_each_list_is_put_in_another_order(manager, call, part, lines):
    before = [each.id for each in getattr(fresh(call), lines)]
    address = f"/appels/{call.id}/{part}/{before[1]}/place"
    answer = manager.post(address, sens="haut", version=str(call.version))
    assert answer.location == f"/appels/{call.id}/reglages#{part}"
    assert [each.id for each in getattr(fresh(call), lines)] == [before[1], before[0], *before[2:]]
    manager.post(address, sens="bas", version=str(call.version))
    assert [each.id for each in getattr(fresh(call), lines)] == before


def test_an_order_seen_before_somebody_else_s_change_is_not_applied(manager, call):
    first = fresh(call).requirements[0].id
    assert manager.post(f"/appels/{call.id}/documents/{first}/place", sens="bas", version="0").status_code == 409
    assert fresh(call).requirements[0].id == first


def test_the_line_of_another_call_does_not_move(manager, call, contract):
    with unit_of_work():
        other = create_call(contract, kind=CallKind.SUMMER, year=2029, title="Été", actor=SYSTEM)
    line = other.requirements[1].id
    address = f"/appels/{call.id}/documents/{line}/place"
    assert manager.post(address, sens="haut", version=str(fresh(call).version)).status_code == 409
    assert fresh(other).requirements[1].id == line


# -- publishing -----------------------------------------------------------------------------------------------


def test_the_page_of_publication_leads_to_each_part_that_is_missing(manager, contract):
    with unit_of_work():
        draft = create_call(contract, kind=CallKind.SUMMER, year=2029, title="Été", actor=SYSTEM)
    page = manager.get(f"/appels/{draft.id}/publier")
    rows = {row.xpath("string(th/span/text())").strip(): row for row in page.tree.xpath("//tbody/tr")}
    assert [name for name, row in rows.items() if "À compléter" in row.text_content()] == [
        "La présentation", "Les enveloppes",
    ]  # fmt: skip
    assert all(manager.get(href).status_code == 200 for href in page.tree.xpath("//tbody//a/@href"))
    assert page.tree.xpath("//button[.='Publier l’appel']") == []


def test_the_history_runs_as_many_queries_for_one_change_as_for_many(manager, call):
    def change(number):
        words = {"title": f"Appel {number}", "presentation": "x", "who_may_apply": "x"}
        manager.post(f"/appels/{call.id}/presentation", **words, version=str(fresh(call).version))

    change(0)
    manager.get(f"/appels/{call.id}/historique")
    with counted() as one:
        manager.get(f"/appels/{call.id}/historique")
    for number in range(1, 8):
        change(number)
    with counted() as many:
        manager.get(f"/appels/{call.id}/historique")
    assert len(one) == len(many)


# -- next year's ------------------------------------------------------------------------------------------------

ITS_OWN = {"id", "call_id", "criterion_id", "version", "status", "granted_cents", "changed_at", "done_at", "done_by_id"}
DATED = {"year", "title", "opens_at", "closes_at", "actions_start_on", "actions_end_on", "bilan_due_on"}
OF_THE_YEAR = {"extension_reason", "table_revision", "parent_call_id", "pre_projects_until"}


def values(thing, but=()):
    return {
        column.name: getattr(thing, column.name)
        for column in thing.__table__.columns
        if column.name not in ITS_OWN | set(but)
    }


def test_a_call_taken_up_has_every_column_of_what_the_first_held(call, contract):
    factories.save(
        CallMilestone(
            call_id=call.id, kind=MilestoneKind.COPIL, label="COPIL", concerns="Élus", is_public=True,
            starts_on=clock.now().date(), changed_at=clock.now(),
        )
    )  # fmt: skip
    with unit_of_work() as session:
        session.add(call)
        call.pre_projects_enabled = call.reversement_allowed = True
        call.grace_seconds, call.public_share_warn_bp = 300, 7000
        call.requirements[0].valid_months = 3
    with unit_of_work():
        copy = create_call(contract, kind=CallKind.ANNUAL, year=2030, title="Appel 2030", source=call, actor=SYSTEM)
    assert values(copy, DATED | OF_THE_YEAR) == values(call, DATED | OF_THE_YEAR)
    assert [quartier.name for quartier in copy.quartiers] == [quartier.name for quartier in call.quartiers]
    for table in (DocumentRequirement, Criterion, CallIndicator, Envelope):
        assert rows(table, copy) == rows(table, call), table
    assert rows(CallMilestone, copy, {"starts_on", "ends_on"}) == rows(CallMilestone, call, {"starts_on", "ends_on"})
    assert levels(copy) == levels(call)


def rows(table, call, but=()):
    found = db.session.scalars(sa.select(table).where(table.call_id == call.id).order_by(table.id))
    return [values(each, but) for each in found]


def levels(call):
    found = db.session.scalars(
        sa.select(CriterionLevel).join(Criterion).where(Criterion.call_id == call.id).order_by(CriterionLevel.id)
    )
    return [values(each) for each in found]
