"""The pure rules of people and access."""

from __future__ import annotations

from datetime import UTC, datetime

import pyotp
import pytest

from portal.accounts.rules import HeldGrant, MemberLevel, Role, ScopeKind, roles_on
from portal.accounts.rules.credentials import (
    accepted_password,
    email_address,
    email_fold,
    new_recovery_codes,
    recovery_code_hash,
    totp_counter,
)
from portal.accounts.rules.granting import check_owner_remains, keeps_name, manages, roles_for
from portal.accounts.rules.identifiers import rna_number, siren_of, siret_number
from portal.foundation.refusals import Refusal
from portal.foundation.web.addresses import local_path

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def refused(rule, *values) -> Refusal:
    with pytest.raises(Refusal) as caught:
        rule(*values)
    return caught.value


@pytest.mark.parametrize("address", ["a@b.fr", "prenom.nom+liste@sous.exemple.fr", "élodie@exemple.fr", " a@b.fr "])
def test_an_address_is_kept_as_typed(address):
    assert email_address(address) == address.strip()


@pytest.mark.parametrize(
    "address",
    ["", "a", "a@b", "a@@b.fr", "a b@c.fr", "a@b..fr", "a@.fr", "@b.fr", "a@b.fr\nBcc: x@y.fr", "x" * 250 + "@b.fr",
     "a\u200b@b.fr", "a\x07@b.fr", "a@b\u202e.fr"],
)  # fmt: skip
def test_what_cannot_be_an_address_is_refused(address):
    assert refused(email_address, address).field == "email"


def test_addresses_meet_whatever_their_case():
    assert email_fold(" Nadia@Exemple.FR ") == email_fold("nadia@exemple.fr")


def test_a_long_phrase_is_accepted_without_figure_nor_capital():
    assert accepted_password("les figues mûrissent en août") == "les figues mûrissent en août"


@pytest.mark.parametrize("password", ["onze caract", "azertyuiop123", "AzertyUiop123", "ababababababab", "x" * 201])
def test_a_short_common_or_repeated_password_is_refused(password):
    assert refused(accepted_password, password).field == "password"


def test_one_s_own_name_is_no_password():
    assert refused(accepted_password, "Nadia de La Roche", ["nadia de la roche"]).field == "password"


@pytest.mark.parametrize("drift", [-30, 0, 30])
def test_a_code_is_right_within_one_step_of_the_clock(drift):
    code = pyotp.TOTP(SECRET).at(int(NOON.timestamp()) + drift)
    assert totp_counter(SECRET, f"{code[:3]} {code[3:]}", NOON) == (int(NOON.timestamp()) + drift) // 30


@pytest.mark.parametrize("drift", [-60, 60])
def test_a_code_two_steps_away_is_wrong(drift):
    assert totp_counter(SECRET, pyotp.TOTP(SECRET).at(int(NOON.timestamp()) + drift), NOON) is None


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦"])
def test_what_is_not_six_figures_is_wrong(typed):
    assert totp_counter(SECRET, typed, NOON) is None


def test_recovery_codes_are_ten_and_read_whatever_case_and_dashes():
    codes = new_recovery_codes()
    assert len(set(codes)) == 10
    assert recovery_code_hash(codes[0]) == recovery_code_hash(codes[0].upper().replace("-", " "))
    assert recovery_code_hash(codes[0]) != recovery_code_hash(codes[1])


@pytest.mark.parametrize(
    "typed", ["73282932000074", "732 829 320 00074", "732.829.320.00074", "732\u00a0829\u202f320 00074"]
)
def test_a_siret_is_read_with_its_spaces(typed):
    assert siret_number(typed) == "73282932000074"
    assert siren_of(siret_number(typed)) == "732829320"


def test_the_offices_of_la_poste_have_their_own_key():
    assert siret_number("35600000049837") == "35600000049837"
    assert refused(siret_number, "35600000049838").field == "siret"


@pytest.mark.parametrize("typed", ["", "7328293200007", "732829320000740", "73282932000075", "7328293200007A"])
def test_a_wrong_siret_is_refused(typed):
    assert refused(siret_number, typed).field == "siret"


@pytest.mark.parametrize(
    ("typed", "kept"), [("W132001234", "W132001234"), ("w13 2001234", "W132001234"), ("W9R1000123", "W9R1000123")]
)
def test_an_rna_number_is_read(typed, kept):
    assert rna_number(typed) == kept


@pytest.mark.parametrize("typed", ["", "132001234", "W13200123", "W1320012345", "X132001234"])
def test_a_wrong_rna_number_is_refused(typed):
    assert refused(rna_number, typed).field == "rna"


def test_a_grant_counts_on_what_its_scope_contains_and_at_its_level():
    grants = [
        HeldGrant(Role.OFFICER, ScopeKind.CONTRACT, 1),
        HeldGrant(Role.REVIEWER, ScopeKind.CALL, 7),
        HeldGrant(Role.APPLICANT, ScopeKind.ORGANISATION, 3, MemberLevel.EDITOR),
    ]
    mine = {ScopeKind.CONTRACT: {1}, ScopeKind.CALL: {2}, ScopeKind.ORGANISATION: {3}}
    assert roles_on(grants, mine) == {Role.OFFICER, Role.APPLICANT}
    assert roles_on(grants, mine, MemberLevel.OWNER) == {Role.OFFICER}
    assert roles_on(grants, mine, MemberLevel.READER) == {Role.OFFICER, Role.APPLICANT}
    assert roles_on(grants, {ScopeKind.CONTRACT: {7}, ScopeKind.CALL: {1}}) == frozenset()


def test_every_role_but_the_applicant_s_is_given_somewhere():
    given = {role for kind in ScopeKind for role in roles_for(kind)}
    assert given == set(Role) - {Role.APPLICANT}
    assert roles_for(ScopeKind.FUNDER, frozenset({Role.STATE_OFFICER})) == [Role.STATE_OFFICER]


@pytest.mark.parametrize(
    ("kind", "contracts", "managed", "may"),
    [
        (ScopeKind.CALL, frozenset({1}), frozenset({1}), True),
        (ScopeKind.CALL, frozenset({2}), frozenset({1}), False),
        (ScopeKind.FUNDER, None, frozenset({1}), True),
        (ScopeKind.FUNDER, None, frozenset(), False),
        (ScopeKind.INSTANCE, frozenset(), frozenset({1}), False),
        (ScopeKind.QUARTIER, frozenset(), frozenset({1}), False),
    ],
)
def test_a_manager_manages_what_belongs_to_their_contracts(kind, contracts, managed, may):
    assert manages(kind, contracts, is_admin=False, managed_contracts=managed) is may
    assert manages(kind, contracts, is_admin=True, managed_contracts=frozenset()) is True


def test_an_owner_remains():
    check_owner_remains([MemberLevel.READER, MemberLevel.OWNER])
    assert refused(check_owner_remains, [MemberLevel.EDITOR]).field == "level"


def test_the_names_of_those_who_decide_are_kept():
    assert keeps_name([Role.APPLICANT, Role.REVIEWER])
    assert not keeps_name([Role.APPLICANT, Role.RESIDENT])


@pytest.mark.parametrize("path", ["/", "/compte?x=1", "/a//b"])
def test_a_path_of_the_portal_is_followed(path):
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path", [None, "", "compte", "//ailleurs.test", "/\\ailleurs.test", "https://x.test/", "/\n/x.test", "/\t/x"]
)
def test_any_other_address_is_not(path):
    assert local_path(path) is None
