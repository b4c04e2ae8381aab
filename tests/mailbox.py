"""The mails of a test, read as their receivers do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import cast

from flask import Flask

from portal.foundation import delivery


@dataclass(frozen=True)
class Received:
    """One mail. `link` is the first address of the portal in it, without its host."""

    to: str
    subject: str
    text: str

    @property
    def link(self) -> str:
        found = re.search(r"https?://[^/\s]+(/\S*)", self.text)
        assert found is not None, f"no link in « {self.subject} »"
        return found.group(1)


class Mailbox:
    """What left the portal since the last look, in the order it left."""

    def __init__(self, app: Flask) -> None:
        self.folder = Path(app.config["PORTAL"].instance_path) / "mail"
        self.empty()

    def empty(self) -> None:
        for path in self.folder.glob("*.eml"):
            path.unlink()

    def collect(self) -> list[Received]:
        """Send what is due and read it; what was read is gone."""
        delivery.send_due_mails()
        paths = sorted(self.folder.glob("*.eml"), key=lambda path: int(path.stem.rsplit("-", 1)[1]))
        mails = [_read(path) for path in paths]
        self.empty()
        return mails

    def one(self) -> Received:
        (mail,) = self.collect()
        return mail


def _read(path: Path) -> Received:
    message = cast("EmailMessage", message_from_bytes(path.read_bytes(), policy=policy.default))
    # What is joined to a mail (a letter, a file for the diary) stands beside its text.
    text = message.get_body(("plain",))
    assert text is not None, f"no text in {path.name}"
    return Received(str(message["To"]), str(message["Subject"]), text.get_content())
