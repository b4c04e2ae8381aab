"""What the mails of this room say beyond their row: who is written to, and links made as they leave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portal.accounts import links
from portal.accounts.links import LinkKind
from portal.accounts.models import Person
from portal.extensions import db
from portal.foundation.delivery import mail_context
from portal.foundation.outbox import Mail


def _person(mail: Mail) -> Person:
    return db.session.get_one(Person, mail.person_id)


def _with_link(kind: LinkKind) -> Callable[[Mail], dict[str, Any]]:
    def context(mail: Mail) -> dict[str, Any]:
        person = _person(mail)
        # The new address, when one is being changed, is the one written to.
        token = links.make(kind, person, email=mail.recipient if kind is LinkKind.EMAIL else None)
        return {"given_name": person.given_name, "token": token}

    return context


def _named(mail: Mail) -> dict[str, Any]:
    return {"given_name": _person(mail).given_name}


mail_context("sign_up")(_with_link(LinkKind.SIGN_UP))
mail_context("password_reset")(_with_link(LinkKind.RESET))
mail_context("invitation")(_with_link(LinkKind.INVITATION))
mail_context("email_change")(_with_link(LinkKind.EMAIL))
for _template in (
    "access_given",
    "bank_account_changed",
    "bank_account_rejected",
    "document_expires",
    "organisation_absorbed",
    "ownership_restored",
    "join_request",
    "join_accepted",
    "join_refused",
    "sign_up_known",
    "email_change_known",
    "email_changed",
    "password_changed",
    "recovery_code_used",
    "second_factor_reset",
):
    mail_context(_template)(_named)
