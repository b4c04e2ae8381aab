"""The addresses of partners are kept two years after the last opinion asked of them."""

from __future__ import annotations

from datetime import timedelta

from portal.committee.queries.opinion_recipients import contacts_unused_since
from portal.contracts.operations.partners import forget_person
from portal.foundation import clock, outbox
from portal.foundation.actors import SYSTEM

KEPT = timedelta(days=2 * 365)


def forget_old_addresses() -> None:
    """Erase whom nobody asked anything for two years; the names of the bodies stay."""
    for contact in contacts_unused_since(clock.now() - KEPT):
        forget_person(contact, actor=SYSTEM)


outbox.periodic(forget_old_addresses)
