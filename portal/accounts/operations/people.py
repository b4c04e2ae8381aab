"""Accounts: asked, confirmed, changed."""

from __future__ import annotations

import uuid

from sqlalchemy.exc import IntegrityError

from portal.accounts import passwords
from portal.accounts.links import Link, LinkKind
from portal.accounts.models import Person
from portal.accounts.queries.people import person_by_email
from portal.accounts.rules.credentials import email_fold
from portal.extensions import db
from portal.foundation import clock, outbox
from portal.foundation.actors import Actor
from portal.foundation.database import broke
from portal.foundation.events import record
from portal.foundation.refusals import Refusal


def by(person: Person) -> Actor:
    """The person as the author of what they do to their own account."""
    return Actor.person(person.id, person.display_name)


def ask_account(given_name: str, family_name: str, email: str) -> None:
    """Begin an account; its mail tells what to do next, whether the address is known or not.

    Nobody can set a password before having received that mail.
    """
    person = person_by_email(email)
    if person is None:
        person = new_person(given_name, family_name, email)
        record(by(person), "person.asked", person)
    elif person.confirmed_at is None and person.disabled_at is None:
        # Whoever receives the mail is the one whose name counts, unless those who invited them said it.
        if not person.grants:
            person.given_name, person.family_name = given_name, family_name
    elif person.disabled_at is not None:
        return
    else:
        send(person, "sign_up_known")
        return
    send(person, "sign_up")


def new_person(given_name: str, family_name: str, email: str) -> Person:
    """Somebody without password: their address is confirmed when they choose one."""
    person = Person(
        email=email.strip(),
        email_fold=email_fold(email),
        given_name=given_name,
        family_name=family_name,
        created_at=clock.now(),
        session_epoch=0,
    )
    db.session.add(person)
    try:
        db.session.flush()
    except IntegrityError as error:
        if broke(error, "uq_person_email_fold"):
            raise Refusal("Cette adresse vient d’être utilisée. Validez à nouveau.", "email") from error
        raise
    return person


def ask_password_reset(email: str) -> None:
    """Send a link to choose a new password; nothing happens for an unknown address."""
    person = person_by_email(email)
    if person is None or person.disabled_at is not None:
        return
    send(person, "password_reset" if person.confirmed_at else "sign_up")


def choose_password(link: Link, password_hash: str) -> None:
    """Set the password a link allows. The link came by mail, so the address is confirmed too."""
    person = _claimed(link)
    person.password_hash = password_hash
    person.session_epoch += 1
    person.confirmed_at = person.confirmed_at or clock.now()
    record(by(person), "person.password_chosen", person, by_link=link.kind)
    if link.kind is LinkKind.RESET:
        send(person, "password_changed")


def _claimed(link: Link) -> Person:
    """The link's person, held until the end: of two uses at the same instant, the second finds it over."""
    db.session.refresh(link.person, with_for_update=True)
    if not link.holds():
        raise Refusal("Ce lien a déjà servi.")
    return link.person


def change_password(person: Person, password_hash: str) -> None:
    """A new password ends all other sessions and every link sent before."""
    person.password_hash = password_hash
    person.session_epoch += 1
    record(by(person), "person.password_changed", person)
    send(person, "password_changed")


def note_sign_in(person: Person, new_hash: str | None) -> None:
    """Record a password accepted; `new_hash` replaces one made with cheaper settings."""
    if new_hash:
        # Neither the epoch nor the links move: the password is the same.
        person.password_hash = new_hash
    record(by(person), "person.signed_in", person)


def end_sessions(person: Person) -> None:
    """Sign out everywhere."""
    person.session_epoch += 1
    record(by(person), "person.signed_out_everywhere", person)


def edit_profile(person: Person, given_name: str, family_name: str, phone: str | None) -> None:
    wanted = {"given_name": given_name, "family_name": family_name, "phone": phone or None}
    changed = [name for name, value in wanted.items() if getattr(person, name) != value]
    for name in changed:
        setattr(person, name, wanted[name])
    if changed:
        record(by(person), "person.edited", person, personal=changed)


def ask_email_change(person: Person, email: str) -> None:
    """Write to the new address: the change waits for the link to be opened there.

    An address that already has an account gets a word of explanation instead, and the asker the
    same answer.
    """
    if email_fold(email) == person.email_fold:
        raise Refusal("C’est déjà l’adresse de votre compte.", "email")
    known = person_by_email(email)
    if known is None:
        send(person, "email_change", to=email.strip())
    elif known.disabled_at is None:
        send(known, "email_change_known")
    record(by(person), "person.email_change_asked", person)


def confirm_email_change(link: Link) -> None:
    """The new address proved itself; the old one is told."""
    person, email = _claimed(link), link.email or ""
    if person_by_email(email) is not None:
        raise Refusal("Cette adresse sert déjà à un autre compte.")
    send(person, "email_changed")
    person.email, person.email_fold = email, email_fold(email)
    person.session_epoch += 1
    record(by(person), "person.email_changed", person, personal=["email"])


def send(person: Person, template: str, *, to: str | None = None, **context: str) -> None:
    """One mail about an account. Each cause is its own: rate limits, not the key, hold repeats back."""
    key = f"{template}:{person.id}:{uuid.uuid4().hex}"
    outbox.mail(template, to=to or person.email, key=key, person_id=person.id, not_before=None, **context)


def authenticate(email: str, password: str) -> Person | None:
    """Whose account the address and password open. Slow on purpose: outside the unit of work."""
    person = person_by_email(email)
    accepted = passwords.matches(person.password_hash if person else None, password)
    return person if person is not None and accepted and person.is_active else None


def better_hash(person: Person, password: str) -> str | None:
    """A new hash of an accepted password when the stored one was made with cheaper settings."""
    outdated = person.password_hash is not None and passwords.outdated(person.password_hash)
    return passwords.hashed(password) if outdated else None
