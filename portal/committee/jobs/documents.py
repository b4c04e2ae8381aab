"""The two files of a letter or of a convention, from the same blocks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask import current_app

from portal.committee.queries.documents import head_of, printed
from portal.committee.rules.wording import Block
from portal.contracts.models import Contract
from portal.foundation.files import StoredFile, keep
from portal.foundation.render import render_pdf
from portal.foundation.render.word import MEDIA_TYPE, render_word


def make_files(
    blocks: Sequence[Block], contract: Contract, *, name: str, author: str, created: datetime
) -> tuple[StoredFile, StoredFile]:
    """The PDF and the .docx, written to disk, their rows not saved yet. Raises RenderError."""
    data, head = printed(blocks, contract, author), head_of(contract, current_app.config["PORTAL"].city_name)
    pdf = render_pdf("document", data, title=name, created=created)
    word = render_word(data, title=name, head=head, created=created)
    return keep(pdf, f"{name}.pdf", "application/pdf"), keep(word, f"{name}.docx", MEDIA_TYPE)
