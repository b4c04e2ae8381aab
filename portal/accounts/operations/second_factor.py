"""The second factor: set up, used once per code, replaced, lost."""

from __future__ import annotations

from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import CursorResult

from portal.accounts.models import Person, RecoveryCode
from portal.accounts.operations.people import by, send
from portal.accounts.rules.credentials import new_recovery_codes, recovery_code_hash, totp_counter
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.refusals import Refusal

WRONG_CODE = "Ce code n’est pas le bon, ou il a déjà servi. Attendez le suivant, puis réessayez."


def confirm_second_factor(person: Person, secret: str, code: str) -> list[str]:
    """Set the second factor up, once the application has shown a right code.

    Returns the recovery codes, to be shown once. All other sessions end.
    """
    counter = totp_counter(secret, code, clock.now())
    if counter is None:
        raise Refusal("Ce code n’est pas le bon. Vérifiez l’heure de votre téléphone, puis réessayez.", "code")
    person.totp_secret, person.totp_last_counter = secret, counter
    person.totp_confirmed_at = clock.now()
    person.session_epoch += 1
    record(by(person), "person.second_factor_set_up", person)
    return _replace_recovery_codes(person)


def renew_recovery_codes(person: Person) -> list[str]:
    """Ten new codes; the earlier ones no longer serve."""
    if person.totp_confirmed_at is None:
        raise Refusal("Mettez d’abord en place la double authentification.")
    record(by(person), "person.recovery_codes_renewed", person)
    return _replace_recovery_codes(person)


def pass_second_factor(person: Person, code: str) -> str:
    """Accept a code of the application or a recovery code, each once.

    Returns which it was: "totp" or "recovery". Raises Refusal on `code` otherwise.
    """
    if _use_totp(person, code):
        kind = "totp"
    elif _use_recovery_code(person, code):
        kind = "recovery"
        send(person, "recovery_code_used")
    else:
        raise Refusal(WRONG_CODE, "code")
    record(by(person), "person.second_factor_passed", person, factor=kind)
    return kind


def reset_second_factor(person: Person, reason: str, *, actor: Actor) -> None:
    """Somebody lost telephone and codes: an admin, having checked who asks, lets them start anew."""
    if person.totp_confirmed_at is None:
        raise Refusal("Cette personne n’a pas de double authentification en place.")
    person.totp_secret = person.totp_confirmed_at = person.totp_last_counter = None
    person.session_epoch += 1
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    record(actor, "person.second_factor_reset", person, reason=reason)
    send(person, "second_factor_reset")


def _use_totp(person: Person, code: str) -> bool:
    """One statement moves the counter, so that two requests never both use one code."""
    counter = totp_counter(person.totp_secret, code, clock.now()) if person.totp_secret else None
    if counter is None:
        return False
    fresh = sa.or_(Person.totp_last_counter.is_(None), Person.totp_last_counter < counter)
    return _moved(sa.update(Person).where(Person.id == person.id, fresh).values(totp_last_counter=counter))


def _use_recovery_code(person: Person, code: str) -> bool:
    return _moved(
        sa.update(RecoveryCode)
        .where(
            RecoveryCode.person_id == person.id,
            RecoveryCode.code_hash == recovery_code_hash(code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=clock.now())
    )


def _moved(statement: sa.Update) -> bool:
    return cast(CursorResult[Any], db.session.execute(statement)).rowcount == 1


def _replace_recovery_codes(person: Person) -> list[str]:
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    codes = new_recovery_codes()
    db.session.add_all(RecoveryCode(person_id=person.id, code_hash=recovery_code_hash(code)) for code in codes)
    return codes
