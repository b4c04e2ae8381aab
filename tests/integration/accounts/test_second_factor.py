"""The second factor of staff: set up, given, recovered; sensitive steps confirmed again."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import time_machine

from portal.accounts import passwords
from portal.accounts.models import Person, RecoveryCode
from portal.accounts.rules import Role
from portal.extensions import db
from portal.foundation.events import history_of
from portal.foundation.marker import Marker
from tests import factories
from tests.visitors import Answer, Visitor

PASSWORD = "les figues mûrissent en août"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def contract(app):
    return factories.contract()


@pytest.fixture
def officer(app, contract) -> Person:
    """An officer whose second factor is set up with SECRET."""
    who = factories.person(email="sacha@exemple.test", password_hash=passwords.hashed(PASSWORD), totp_secret=SECRET)
    factories.grant(who, Role.MANAGER, factories.ScopeKind.CONTRACT, contract.id)
    return who


@pytest.fixture
def newcomer(app, contract) -> Person:
    """A manager who has a password and no second factor."""
    who = factories.person(
        email="sacha@exemple.test",
        password_hash=passwords.hashed(PASSWORD),
        totp_secret=None,
        totp_confirmed_at=None,
    )
    factories.grant(who, Role.MANAGER, factories.ScopeKind.CONTRACT, contract.id)
    return who


def sign_in(visitor: Visitor, path: str = "/connexion") -> Answer:
    return visitor.post(path, email="sacha@exemple.test", password=PASSWORD)


def code(delay: timedelta = timedelta()) -> str:
    return pyotp.TOTP(SECRET).at(datetime.now(UTC) + delay)


def set_up(visitor: Visitor, path: str = "/compte/double-authentification") -> tuple[Answer, list[str]]:
    """Set the second factor up as a person does, and read the recovery codes."""
    page = visitor.get(path)
    (secret,) = page.texts("//*[@data-copy-source]")
    answer = visitor.post(path, code=pyotp.TOTP(secret).now())
    return answer, answer.texts("//ol[@class='recovery-codes']/li")


def test_staff_set_it_up_before_their_pages_open(anonymous, newcomer):
    assert sign_in(anonymous, "/connexion?next=/personnes").location == "/personnes"
    to_set_up = anonymous.get("/personnes")
    assert to_set_up.location == "/compte/double-authentification?next=/personnes"
    page = anonymous.get(to_set_up.location)
    assert page.tree.xpath("//img[@class='qr']/@src")[0].startswith("data:image/svg+xml")
    done, codes = set_up(anonymous, to_set_up.location)
    assert len(codes) == len(set(codes)) == 10
    assert all(re.fullmatch(r"([a-z2-9]{4}-){3}[a-z2-9]{4}", each) for each in codes)
    assert done.tree.xpath("//main//a[contains(@class, 'btn-primary')]/@href") == ["/personnes"]
    assert anonymous.get("/personnes").status_code == 200


def test_recovery_codes_are_stored_hashed_only(anonymous, newcomer):
    sign_in(anonymous)
    _, codes = set_up(anonymous)
    stored = db.session.execute(db.select(RecoveryCode.code_hash)).scalars().all()
    assert len(stored) == 10
    assert not set(stored) & set(codes)


def test_a_wrong_code_sets_nothing_up(anonymous, newcomer):
    sign_in(anonymous)
    anonymous.get("/compte/double-authentification")
    page = anonymous.post("/compte/double-authentification", code="000000")
    assert list(page.errors) == ["code"]
    assert db.session.get_one(Person, newcomer.id).totp_confirmed_at is None


def test_the_password_alone_opens_nothing_of_the_account(anonymous, officer):
    assert sign_in(anonymous).location == "/connexion/code"
    assert anonymous.get("/compte").location == "/connexion/code?next=/compte"
    assert anonymous.get("/compte/mot-de-passe").location.startswith("/connexion/code")
    assert anonymous.get("/personnes").location == "/connexion/code?next=/personnes"


def test_the_code_opens_the_page_first_wanted(anonymous, officer):
    step = sign_in(anonymous, "/connexion?next=/personnes")
    assert step.location == "/connexion/code?next=/personnes"
    assert anonymous.post(step.location, code=f" {code()[:3]} {code()[3:]}").location == "/personnes"
    assert anonymous.get("/personnes").status_code == 200


def test_a_code_never_serves_twice(app, anonymous, officer):
    with time_machine.travel(datetime.now(UTC), tick=False):
        shown = code()
        sign_in(anonymous)
        assert anonymous.post("/connexion/code", code=shown).status_code == 302
        other = Visitor(app)
        sign_in(other)
        assert "il a déjà servi" in other.post("/connexion/code", code=shown).errors["code"]
        assert other.post("/connexion/code", code=code(-timedelta(seconds=30))).errors
        assert other.post("/connexion/code", code=code(timedelta(seconds=30))).status_code == 302


@pytest.mark.parametrize("typed", ["", "000000", "12345", "abcdef", "１２３４５６"])
def test_a_wrong_code_is_told_at_its_field(anonymous, officer, typed):
    sign_in(anonymous)
    assert list(anonymous.post("/connexion/code", code=typed).errors) == ["code"]
    assert anonymous.get("/personnes").status_code == 302


def test_a_recovery_code_serves_once_whatever_its_case(app, newcomer, mailbox):
    first = Visitor(app)
    sign_in(first)
    _, codes = set_up(first)
    second = Visitor(app)
    sign_in(second)
    home = second.post("/connexion/code", code=codes[0].upper().replace("-", " "))
    assert home.status_code == 302
    assert second.get("/compte").flashes == ["Ce code de secours ne servira plus. Il vous en reste 9."]
    assert mailbox.one().subject == "Un code de secours a servi"
    third = Visitor(app)
    sign_in(third)
    assert list(third.post("/connexion/code", code=codes[0]).errors) == ["code"]


def test_new_recovery_codes_replace_the_old(anonymous, newcomer):
    sign_in(anonymous)
    _, old = set_up(anonymous)
    new = anonymous.post("/compte/codes-de-secours").texts("//ol[@class='recovery-codes']/li")
    assert len(new) == 10
    assert not set(new) & set(old)


def test_setting_it_up_ends_the_other_sessions(app, anonymous, newcomer):
    elsewhere = Visitor(app, newcomer)
    sign_in(anonymous)
    set_up(anonymous)
    assert elsewhere.get("/compte").location.startswith("/connexion")
    assert anonymous.get("/compte").status_code == 200


def test_the_journal_says_which_factor_passed(anonymous, officer):
    sign_in(anonymous)
    anonymous.post("/connexion/code", code=code())
    assert [(event.action, event.details) for event in history_of("person", officer.id)] == [
        ("person.signed_in", {}),
        ("person.second_factor_passed", {"factor": "totp"}),
    ]


# -- sensitive steps -----------------------------------------------------------------------------


def test_a_sensitive_step_asks_again_after_fifteen_minutes(app, officer, time_machine_at):
    visitor = Visitor(app, officer)
    assert visitor.get("/compte/mot-de-passe").status_code == 200
    with time_machine_at(minutes=16):
        asked = visitor.get("/compte/mot-de-passe")
        assert asked.location == "/connexion/confirmer?next=/compte/mot-de-passe"
        wrong = visitor.post(asked.location, secret="une autre phrase assez longue")
        assert wrong.errors == {"secret": "Ni votre mot de passe, ni un code valable."}
        assert visitor.post(asked.location, secret=PASSWORD).location == "/compte/mot-de-passe"
        assert visitor.get("/compte/mot-de-passe").status_code == 200


def test_a_code_confirms_as_well_as_the_password(app, officer, time_machine_at):
    visitor = Visitor(app, officer)
    with time_machine_at(minutes=16):
        assert visitor.post("/connexion/confirmer?next=/compte/courriel", secret=code()).location == "/compte/courriel"
        assert visitor.get("/compte/courriel").status_code == 200


def test_a_form_opened_in_time_is_accepted_a_little_later(app, officer, time_machine_at):
    visitor = Visitor(app, officer)
    with time_machine_at(minutes=25):
        changed = visitor.post("/compte/mot-de-passe", password="une autre phrase assez longue")
        assert changed.location == "/compte"
    with time_machine_at(minutes=90):
        late = visitor.post("/compte/mot-de-passe", password="encore une autre phrase")
        assert late.location.startswith("/connexion/confirmer")


# -- the demonstration ---------------------------------------------------------------------------


@pytest.fixture
def demo(app):
    factories.save(Marker(name="demo", value="1"))


def test_in_a_demonstration_the_password_is_enough_and_the_page_says_what_it_is(demo, anonymous, newcomer):
    sign_in(anonymous)
    page = anonymous.get("/personnes")
    assert page.status_code == 200
    assert page.texts("//aside[contains(@class, 'demo-notice')]") == [
        "Démonstration : les personnes, les montants et les avis sont inventés."
    ]


@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_a_forwarded_request_is_not_from_this_machine(demo, anonymous, newcomer, name):
    sign_in(anonymous)
    assert anonymous.get("/personnes", headers={name: "127.0.0.1"}).status_code == 302


def test_another_machine_needs_the_second_factor(demo, anonymous, newcomer):
    sign_in(anonymous)
    elsewhere = anonymous.get("/personnes", environ_overrides={"REMOTE_ADDR": "192.0.2.7"})
    assert elsewhere.location.startswith("/compte/double-authentification")
