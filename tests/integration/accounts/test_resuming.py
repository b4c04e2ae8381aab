"""A form that arrives once its session is over: nothing typed is lost, nothing is written before signing in."""

from __future__ import annotations

import pyotp
import pytest
import sqlalchemy as sa
from flask import Flask

from portal.accounts import passwords
from portal.accounts.models import Person
from portal.calls.models import SectionDraft
from portal.extensions import db
from portal.foundation.database import unit_of_work
from tests.integration.calls.filing.scene import Filer, Scene, filer, scene
from tests.visitors import Answer, Visitor

HERE = {"Origin": "http://localhost"}
PASSWORD = "les tilleuls en fleurs 7"
NEED = "  Première ligne\r\nDeuxième « ligne » <b>&\r\n"


@pytest.fixture
def it(app: Flask) -> Scene:
    made = scene()
    set_on(made.owner, password_hash=passwords.hashed(PASSWORD), totp_confirmed_at=None, totp_secret=None)
    return made


@pytest.fixture
def writer(app: Flask, it: Scene) -> Filer:
    return filer(app, it.owner)


@pytest.fixture
def draft(writer: Filer, it: Scene) -> int:
    return writer.begin(it)


def set_on(person: Person, **values: object) -> None:
    with unit_of_work():
        for name, value in values.items():
            setattr(person, name, value)


def outlive(visitor: Visitor) -> None:
    """Leave the session unused for longer than it lasts."""
    with visitor.client.session_transaction() as session:
        session["seen_at"] = 0


def send(visitor: Visitor, path: str, **fields: str) -> Answer:
    return visitor._send("POST", path, data=fields, headers=HERE)


def kept_by(answer: Answer) -> str:
    return str(answer.tree.xpath('//input[@name="kept"]/@value')[0])


def sign_in(visitor: Visitor, email: str, kept: str, password: str = PASSWORD) -> Answer:
    return visitor.post("/connexion", email=email, password=password, kept=kept)


def resumed(answer: Answer) -> tuple[str, dict[str, str]]:
    """Where the page sends the words again, and the words."""
    form = answer.tree.xpath("//main//form")[0]
    areas = form.xpath('.//textarea[@aria-hidden="true"]')
    return form.get("action"), {area.get("name"): area.text or "" for area in areas}


def needs(application_id: int) -> list[str]:
    rows = db.session.scalars(sa.select(SectionDraft.raw).where(SectionDraft.application_id == application_id))
    return [raw["typed"]["need"][0] for raw in rows]


def test_words_sent_after_the_session_ended_are_saved_once_signed_in_again(app, it, writer, draft):
    path = f"/dossiers/{draft}/projet"
    outlive(writer)
    told = send(writer, path, version="0", page="p1", title="Lire", need=NEED)
    assert (told.status_code, needs(draft)) == (401, [])
    assert "votre saisie est gardée" in told.text
    again = sign_in(writer, it.owner.email, kept_by(told))
    address, words = resumed(again)
    assert (address, words["need"].replace("\r\n", "\n")) == (path, NEED.replace("\r\n", "\n"))
    assert writer.post(address, **words).location == path
    assert [text.replace("\r\n", "\n") for text in needs(draft)] == [NEED.replace("\r\n", "\n")]


def test_a_wrong_password_loses_nothing(it, writer, draft):
    outlive(writer)
    told = send(writer, f"/dossiers/{draft}/projet", version="0", need="Du soutien")
    refused = sign_in(writer, it.owner.email, kept_by(told), "pas le bon")
    assert "votre saisie est gardée" in refused.text
    assert resumed(sign_in(writer, it.owner.email, kept_by(refused)))[1]["need"] == "Du soutien"


def test_the_second_factor_lets_the_words_through(it, writer, draft):
    secret = pyotp.random_base32()
    set_on(it.owner, totp_secret=secret, totp_confirmed_at=it.owner.created_at)
    outlive(writer)
    told = send(writer, f"/dossiers/{draft}/projet", version="0", need="Du soutien")
    code_page = sign_in(writer, it.owner.email, kept_by(told))
    answer = writer.post("/connexion/code", code=pyotp.TOTP(secret).now(), kept=kept_by(code_page))
    assert resumed(answer)[1]["need"] == "Du soutien"


def test_somebody_else_who_signs_in_does_not_see_the_words(app, it, writer, draft):
    from tests import factories

    other = factories.member(it.organisation)
    set_on(other, password_hash=passwords.hashed(PASSWORD), totp_confirmed_at=None, totp_secret=None)
    outlive(writer)
    told = send(writer, f"/dossiers/{draft}/projet", version="0", need="Du soutien")
    assert sign_in(writer, other.email, kept_by(told)).location == "/accueil"


def test_altered_words_are_not_taken_up(it, writer, draft):
    outlive(writer)
    told = send(writer, f"/dossiers/{draft}/projet", version="0", need="Du soutien")
    assert sign_in(writer, it.owner.email, kept_by(told)[:-3] + "abc").location == "/accueil"


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "https://ailleurs.test"}, {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}],
    ids=["unknown", "elsewhere", "cross-site"],
)
def test_a_form_that_another_site_sends_is_not_kept(app, draft, headers):
    stranger = Visitor(app)
    answer = stranger._send("POST", f"/dossiers/{draft}/projet", data={"need": "x"}, headers=headers)
    assert (answer.status_code, answer.location) == (302, "/connexion")


def test_a_form_whose_token_went_with_its_session_is_kept_too(app, it, draft):
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        answer = send(
            Visitor(app), f"/dossiers/{draft}/projet", csrf_token="an-old-one", version="0", need="Du soutien"
        )
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert answer.status_code == 401
    assert "Du soutien" not in needs(draft)
    assert kept_by(answer)
