"""Addresses, passwords and one-time codes: what is accepted, in plain values."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from datetime import datetime

import pyotp

from portal.foundation.refusals import Refusal

MINIMUM_LENGTH = 12
MAXIMUM_LENGTH = 200

# Long enough for our minimum and yet among the first that somebody would try.
_COMMON = """
    motdepasse123 motdepasse1234 motdepasse12345 motdepassemotdepasse monmotdepasse monmotdepasse1
    azertyuiop123 azertyuiop1234 azertyuiopqs azertyuiopqsdfghjklm azerty123456 azertyazerty 1234azertyuiop
    123456789012 1234567890123 12345678901234 123456789123 123123123123 987654321098 0123456789012 012345678910
    password1234 password12345 passwordpassword qwertyuiop123 qwerty123456 qwertyqwerty administrateur
    administrateur1 administrator contratdeville contratdeville1 contratdeville2024 contratdeville2025
    contratdeville2026 aixenprovence aixenprovence13 aix-en-provence aixenprovence13100 politiquedelaville
    bienvenue123 bienvenue1234 bienvenue2024 bienvenue2025 bienvenue2026 association1901 association13
    jetaimejetaime jetaime123456 iloveyou1234 soleil123456 marseille1234 marseille1313 loulou123456
    doudou123456 chouchou1234 changezmoi123 changeme1234 letmein12345 abcdefghijkl abcdefghijklm
    abcd12345678 abc123456789 aqwzsxedcrfv 1q2w3e4r5t6y
"""
COMMON_PASSWORDS = frozenset(_COMMON.split())

_ADDRESS = re.compile(r"[^@\s<>\"(),:;\[\]\\]+@[^@\s<>\"(),:;\[\]\\.]+(\.[^@\s<>\"(),:;\[\]\\.]+)+")


def email_address(text: str) -> str:
    """The address as typed, spaces around removed. Raises Refusal on `email` when it cannot be one."""
    address = text.strip()
    # What is not printable would make two addresses that read the same.
    if len(address) > 254 or not address.isprintable() or not _ADDRESS.fullmatch(address):
        raise Refusal("Indiquez une adresse électronique, par exemple prenom.nom@exemple.fr.", "email")
    return address


# What a mail program would turn into a link.
_LINK = re.compile(r"[/@:\\<>]|www\.|[a-z0-9]\.[a-z]{2}")


def person_name(text: str) -> str:
    """A given or a family name. Raises Refusal when it holds an address: it is repeated in mails that leave
    before anybody proved who they are."""
    if _LINK.search(text):
        raise Refusal("Écrivez ce nom seul, sans adresse de site ni de messagerie.")
    return text


def email_fold(text: str) -> str:
    """The address as compared: case does not count."""
    return text.strip().casefold()


def accepted_password(password: str, personal: Iterable[str] = ()) -> str:
    """The password, when long and rare enough. `personal` are words it must not be made of alone.

    No composition is asked for: length is what protects. Raises Refusal on `password`.
    """
    if len(password) < MINIMUM_LENGTH:
        raise Refusal(
            f"Choisissez au moins {MINIMUM_LENGTH} caractères : une courte phrase convient très bien.", "password"
        )
    if len(password) > MAXIMUM_LENGTH:
        raise Refusal(f"Ne dépassez pas {MAXIMUM_LENGTH} caractères.", "password")
    bare = password.strip().casefold()
    if bare in COMMON_PASSWORDS or len(set(bare)) < 4:
        raise Refusal("Ce mot de passe est l’un des premiers qu’on essaierait. Choisissez-en un autre.", "password")
    if bare in {word.casefold() for word in personal}:
        raise Refusal("Le mot de passe ne peut pas être votre adresse ou votre nom.", "password")
    return password


# -- the second factor ---------------------------------------------------------------------------

RECOVERY_CODES = 10
_CODE_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without what is misread: i l o 0 1
STEP_SECONDS = 30


def new_totp_secret() -> str:
    return pyotp.random_base32()


def totp_address(secret: str, email: str, issuer: str) -> str:
    """What the QR code holds, as authenticator applications read it."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)


def totp_counter(secret: str, code: str, now: datetime) -> int | None:
    """The time step for which `code` is right, one step of clock drift allowed; None when wrong."""
    typed = "".join(code.split())
    if not (typed.isascii() and typed.isdigit() and len(typed) == 6):
        return None
    generator = pyotp.TOTP(secret)
    current = int(now.timestamp()) // STEP_SECONDS
    for counter in (current, current - 1, current + 1):
        if secrets.compare_digest(generator.generate_otp(counter), typed):
            return counter
    return None


def new_recovery_codes() -> list[str]:
    """Ten one-time codes, « xxxx-xxxx-xxxx-xxxx »: chance enough that a plain digest protects them."""
    return ["-".join(_four() for _ in range(4)) for _ in range(RECOVERY_CODES)]


def _four() -> str:
    return "".join(secrets.choice(_CODE_ALPHABET) for _ in range(4))


def recovery_code_hash(code: str) -> str:
    """What is kept of a recovery code, spaces, dashes and case aside."""
    bare = "".join(char for char in code.casefold() if char.isalnum())
    return hashlib.sha256(bare.encode()).hexdigest()
