"""How a bad input is tried: what is told beside its field, what is shown back, what the rows become."""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa

from portal.calls.queries.sections import dossier_of
from portal.calls.rules.filing import Dossier
from portal.extensions import db
from portal.foundation.files import StoredFile, files_root
from tests.integration.calls.filing.scene import Filer, Scene, fresh, sections_of
from tests.visitors import Answer


def typed_rows(application_id: int) -> Dossier:
    """Everything that became rows, the sheet of the organisation included."""
    found = dossier_of(fresh(application_id))
    db.session.rollback()
    return found


def kept_files() -> tuple[int, set[str]]:
    """How many rows of files there are, and which bytes."""
    rows = db.session.scalar(sa.select(sa.func.count()).select_from(StoredFile)) or 0
    db.session.rollback()
    root = files_root()
    return rows, {str(path.relative_to(root)) for path in root.glob("??/*")}


def shown(page: Answer, field: str) -> str:
    """What the control of a field holds."""
    (control,) = page.tree.xpath(f'//*[@id="{field}" and (self::input or self::textarea or self::select)]')
    if control.tag == "textarea":
        # The first end of line after the tag is not part of the text.
        return re.sub(r"^\n", "", control.text or "")
    return control.get("value", "")


def refused(owner: Filer, it: Scene, draft: int, section: str, field: str, typed: str, **more: Any) -> str:
    """Save a section with one bad answer; the message beside its field.

    Asserts that no other field is blamed, that what was typed is shown back, now and when the page is
    opened again, and that not one row moved.
    """
    before = typed_rows(draft)
    answers = {**sections_of(it)[section], field: typed, **more}
    page = owner.save(draft, section, **answers)
    assert page.status_code == 200, (page.status_code, page.location)
    assert list(page.errors) == [field], page.errors
    assert shown(page, field) == typed
    # The summary at the top leads to the field.
    assert f"#{field}" in page.tree.xpath('//*[contains(@class, "error-summary")]//a/@href')
    again = owner.get(owner.section(draft, section))
    assert (shown(again, field), again.errors) == (typed, page.errors)
    assert typed_rows(draft) == before
    return page.errors[field]


def filled(owner: Filer, it: Scene, draft: int, *sections: str) -> None:
    """Sections saved well, so that there is something to half-save."""
    for name in sections:
        answer = owner.save(draft, name, **sections_of(it)[name])
        assert answer.status_code == 302, (name, answer.errors)
