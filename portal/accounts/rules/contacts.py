"""How an organisation is reached: postcode, phone, web site, checked and told in plain French."""

from __future__ import annotations

import re

from portal.foundation.refusals import Refusal

_POSTCODE = re.compile(r"[0-9]{5}")
# An international number has at most 15 digits (ITU-T E.164), a French one ten.
_FRENCH_PHONE = re.compile(r"0[1-9][0-9]{8}")
_INTERNATIONAL_PHONE = re.compile(r"(?:\+|00)[1-9][0-9]{7,14}")
_BETWEEN_DIGITS = re.compile(r"[\s.()/-]+")
_WEBSITE = re.compile(r"https?://[^\s<>\"'\\/]+\.[^\s<>\"'\\]+", re.IGNORECASE)


def postcode_number(text: str) -> str:
    """The five digits of a French postcode. Raises Refusal."""
    number = "".join(text.split())
    if not _POSTCODE.fullmatch(number):
        raise Refusal("Un code postal compte 5 chiffres, par exemple 13100.")
    return number


def phone_number(text: str) -> str:
    """A phone number as typed, once it is one. Raises Refusal."""
    digits = _BETWEEN_DIGITS.sub("", text).replace("+330", "+33")
    if not (_FRENCH_PHONE.fullmatch(digits) or _INTERNATIONAL_PHONE.fullmatch(digits)):
        raise Refusal("Indiquez un numéro de téléphone complet, par exemple 04 42 00 00 00.")
    return text.strip()


def website_address(text: str) -> str:
    """The address of a web site, which pages show as a link. Raises Refusal."""
    address = text.strip()
    if not _WEBSITE.fullmatch(address):
        raise Refusal("Recopiez l’adresse complète du site, par exemple https://association.fr.")
    return address
