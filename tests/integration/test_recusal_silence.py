"""What becomes of an application changes nothing of what somebody who stepped out of it can read.

Every page, file and list of the portal is read by each recused role, then everything the committee says of the
application changes (status, marks, opinions, amounts, decisions, what the envelopes granted), and all is read again:
the two readings are the same, to the byte for pages and to the cell for workbooks. So nothing there gives or lets
deduce a mark, an opinion, an amount or an outcome. Nothing here names a route: each one added is read too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
import time_machine

from portal.accounts.rules import Role
from portal.calls.models import Application, Criterion, Envelope, FundingLine
from portal.calls.states import ApplicationStatus, EnvelopeStatus, FundingStatus
from portal.committee.models import (
    AgendaItem,
    Assessment,
    Assignment,
    CriterionScore,
    Decision,
    DecisionAmount,
    FundingAct,
    FundingActLine,
    Opinion,
    Sitting,
)
from portal.committee.states import AssessmentStatus, DecisionKind, Outcome, SittingStatus, Verdict
from portal.extensions import db, limiter
from portal.foundation import clock
from portal.foundation.database import in_unit_of_work
from portal.foundation.outbox import PERIODIC, Mail
from tests import factories
from tests.databases import CleanDatabase
from tests.factories import save
from tests.integration.test_access import Route, World, made_world, walked
from tests.reading import WORKBOOK, words
from tests.visitors import Answer
from tests.world import Side

FIXED = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
TOKENS = re.compile(r'(csrf[-_]token|data-csrf)"?( content| value)?="[^"]*"|"csrf_token": "[^"]*"')


@pytest.fixture(scope="module")
def silent(session_app, clean_database: CleanDatabase) -> Iterator[World]:
    clean_database.empty()
    limiter.enabled = False
    with time_machine.travel(FIXED, tick=False), session_app.app_context():
        walk = made_world(session_app)
        furnish(walk.a)
        # The samples of every route are made before the first reading.
        for route in walk.routes():
            if walk.missing(route) is None:
                walk.known_address(route, walk.a)
                walk.thing(route, walk.a)
        yield walk
        db.session.remove()


def furnish(side: Side) -> None:
    """Two applications in the same envelopes, sitting, act and hands; one of them is stepped out of."""
    neighbour = factories.application(
        side.call,
        factories.organisation("Association voisine"),
        [side.quartier],
        status=ApplicationStatus.ADMISSIBLE,
        title="Projet voisin",
    )
    envelope = side.sample(Envelope)
    line = factories.funding_line(neighbour, side.funder, 4_000_00, envelope)
    sitting, act = side.sample(Sitting), side.sample(FundingAct)
    criterion = side.sample(Criterion)

    def tie() -> None:
        notified = db.session.get_one(Envelope, envelope.id)
        notified.amount_cents, notified.status = 900_000_00, EnvelopeStatus.NOTIFIED
        line.proposed_cents, line.arbitrated_cents = 3_000_00, 3_000_00
        db.session.get_one(FundingLine, side.line.id).envelope_id = envelope.id
        db.session.get_one(Application, side.application.id).status = ApplicationStatus.ADMISSIBLE

    in_unit_of_work(tie)
    side.sample(AgendaItem)
    save(AgendaItem(sitting_id=sitting.id, application_id=neighbour.id, position=50))
    for each in (side.application, neighbour):
        reviewer = factories.person("Lectrice", f"De {each.title}")
        save(Assignment(application_id=each.id, person_id=reviewer.id, assigned_at=clock.now()))
        sheet = save(
            Assessment(
                application_id=each.id,
                person_id=reviewer.id,
                updated_at=clock.now(),
                status=AssessmentStatus.FINAL,
                verdict=Verdict.FAVOURABLE,
            )
        )
        save(CriterionScore(assessment_id=sheet.id, criterion_id=criterion.id, level=2))
    for line_id, cents in ((side.line.id, 111_11), (line.id, 3_000_00)):
        save(FundingActLine(act_id=act.id, funding_line_id=line_id, amount_cents=cents))


def decide(side: Side) -> None:
    """Everything that the committee and the funders may say of the application."""

    def write() -> None:
        of = side.application.id
        db.session.get_one(Application, of).status = ApplicationStatus.DECIDED
        for line in db.session.scalars(sa.select(FundingLine).where(FundingLine.application_id == of)):
            line.status = FundingStatus.GRANTED
            line.proposed_cents = line.arbitrated_cents = line.granted_cents = 31_313_13
            line.version += 1
            if line.envelope_id:
                db.session.get_one(Envelope, line.envelope_id).granted_cents += 31_313_13
        db.session.execute(
            sa.update(FundingActLine)
            .where(FundingActLine.funding_line_id == side.line.id)
            .values(amount_cents=31_313_13)
        )
        for sheet in db.session.scalars(sa.select(Assessment).where(Assessment.application_id == of)):
            sheet.status, sheet.verdict, sheet.strengths = AssessmentStatus.FINAL, Verdict.UNFAVOURABLE, "Indicible"
            db.session.execute(
                sa.update(CriterionScore).where(CriterionScore.assessment_id == sheet.id).values(level=4)
            )
        for opinion in db.session.scalars(sa.select(Opinion).where(Opinion.application_id == of)):
            opinion.verdict, opinion.reserve = Verdict.RESERVED, "Indicible"
        decision = Decision(
            application_id=of,
            sitting_id=side.sample(Sitting).id,
            kind=DecisionKind.ARBITRATION,
            outcome=Outcome.RETAINED_LOWER,
            reason="Indicible",
            decided_on=date(2026, 3, 5),
            recorded_at=clock.now(),
        )
        db.session.add(decision)
        db.session.flush()
        db.session.add(DecisionAmount(decision_id=decision.id, funding_line_id=side.line.id, amount_cents=31_313_13))

    in_unit_of_work(write)


UNSTEADY = {
    "accounts.set_up_second_factor": "a new secret each time",
    "accounts.export_my_data": "it lists its own downloads",
}
"""Pages that differ at each reading, and why."""


# -- reading ------------------------------------------------------------------------------------


def reading(walk: World, pages: list[tuple[Route, list[str]]]) -> dict[tuple[str, str], str]:
    """What each recused person reads of each address, by (address, who)."""
    return {
        (address, who.name): _plain(walk.get(address, who.person))
        for route, addresses in pages
        for who in walk.recused
        if _concerns(route, {grant.role for grant in who.grants})
        for address in addresses
    }


def pages(walk: World) -> list[tuple[Route, list[str]]]:
    """Every page with its addresses, found once: looking for them may make samples."""
    routes = walked(walk, "roles", "signed_in", "public")
    steady = [route for route in routes if route.method == "GET" and route.endpoint not in UNSTEADY]
    return [(route, _addresses(walk, route)) for route in steady]


def _concerns(route: Route, roles: set[Role]) -> bool:
    return route.access.kind != "roles" or bool(roles & route.access.roles)


def _addresses(walk: World, route: Route) -> list[str]:
    """The page, and the same looking for the application by its words."""
    address = walk.known_address(route, walk.a)
    return [address] if "?" in address else [address, f"{address}?q=Projet"]


def _plain(answer: Answer) -> str:
    """An answer without what differs at each request; a workbook as its cells."""
    head = f"{answer.status_code} {answer.location or ''}\n"
    if answer.response.mimetype == WORKBOOK:
        return head + words(answer)
    if answer.response.mimetype == "application/pdf":
        return head + answer.response.mimetype
    return head + TOKENS.sub("", answer.data.decode("utf-8", "replace"))


def test_nothing_a_recused_person_reads_changes_with_what_is_said_of_the_application(silent):
    known = pages(silent)
    before = reading(silent, known)
    decide(silent.a)
    after = reading(silent, known)
    changed = [f"{who}: {address}\n{_first_difference(before[address, who], after[address, who])}"
               for address, who in before if before[address, who] != after[address, who]]  # fmt: skip
    if changed:
        pytest.fail("\n\n".join(changed), pytrace=False)
    assert [each for each, words in after.items() if "Indicible" in words or "31\u202f313" in words] == []
    _reads_the_rest(silent, after)


def _first_difference(before: str, after: str) -> str:
    for one, other in zip(before.splitlines(), after.splitlines(), strict=False):
        if one != other:
            return f"    - {one.strip()[:300]}\n    + {other.strip()[:300]}"
    return f"    {len(before)} then {len(after)} characters"


def _reads_the_rest(walk: World, read: dict[tuple[str, str], str]) -> None:
    """The readings were of real pages: the neighbour is in them, and its officer is not recused from it."""
    desk = f"/instruction/{walk.a.call.id}"
    assert "Projet voisin" in read[desk, "recused officer"]
    assert walk.a.application.title not in read[desk, "recused officer"]
    table = f"/programmation/{walk.a.call.id}"
    assert "3\u202f000,00" in read[table, "recused officer"]


def test_no_mail_tells_a_recused_person_of_the_application(silent):
    sitting = silent.a.sample(Sitting).id
    time_passes()
    in_unit_of_work(lambda: setattr(db.session.get_one(Sitting, sitting), "status", SittingStatus.CLOSED))
    time_passes()
    recused = [who.person.id for who in silent.recused]
    told = db.session.scalars(sa.select(Mail).where(Mail.person_id.in_(recused)))
    assert [each.template for each in told if silent.a.application.title in str(each.context)] == []


def time_passes() -> None:
    for act in PERIODIC:
        in_unit_of_work(act)
