"""What the makers of documents take for a letter or a convention: the same blocks for the PDF and the .docx."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from portal.committee.rules.wording import Block
from portal.contracts.models import Contract


def printed(blocks: Sequence[Block], contract: Contract, author: str) -> dict[str, Any]:
    """The data of a document of blocks."""
    return {
        "contract": contract.name,
        "demo": contract.demo_mention,
        "show_title": False,
        "author": [author],
        "blocks": list(blocks),
    }


def head_of(contract: Contract, city: str) -> dict[str, str]:
    """What the letterhead of a Word document may name; `city` is the portal's setting."""
    return {
        "ville": city,
        "contrat": contract.name,
        "service": _line(contract.contact_service, contract.contact_address),
        "contact": _line(contract.contact_phone, contract.contact_email),
        "mention": contract.demo_mention or "",
    }


def _line(*parts: str | None) -> str:
    return " – ".join(part for part in parts if part)
