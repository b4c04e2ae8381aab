"""PDF documents, charts and previews, made by a process of their own.

The process (`__main__.py`) gets JSON and gives bytes. It has a time limit, a memory limit, an empty
folder of its own and none of our environment, and it ends after one piece of work: typst and V8 are
never loaded into the web server or the worker, whose forked children would hang.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from portal.foundation.render.characters import printable

HERE = Path(__file__).parent
Reason = Literal["refused", "time", "memory", "crash"]


class RenderError(Exception):
    """A document or a chart that could not be made; `reason` says why, the message is for the log.

    refused: the template or the chart does not accept the data; time, memory: a limit was met;
    crash: the process ended without an answer.
    """

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(f"{reason}: {message}")
        self.reason: Reason = reason


@dataclass(frozen=True)
class Limits:
    """What one rendering may use. Memory is data actually reserved, not addresses mapped."""

    seconds: float
    memory_mb: int


PDF_LIMITS = Limits(seconds=30, memory_mb=1024)
# V8 sets aside more than 512 MB before it draws anything.
CHART_LIMITS = Limits(seconds=30, memory_mb=2048)
# What people send: a page that asks for more goes without its picture.
PREVIEW_LIMITS = Limits(seconds=15, memory_mb=768)


def render_pdf(
    template: str,
    data: Mapping[str, Any],
    *,
    title: str,
    created: datetime | None = None,
    limits: Limits = PDF_LIMITS,
) -> bytes:
    """The PDF (UA-1, French, bookmarks) of `templates/<template>.typ` filled with `data`.

    `data` is plain JSON; its texts are printed as they are, never read as markup, and what no font
    can draw becomes □. `document` takes the blocks described in docs/decisions/0006-rendering.md.
    `created` (aware) dates the file, now by default. Raises RenderError.
    """
    if not (HERE / "templates" / f"{template}.typ").is_file() or not template.isidentifier():
        raise RenderError("refused", f"no template named {template!r}")
    request = {
        "kind": "pdf",
        "template": template,
        "data": printable({**data, "title": title}),
        "created": int(created.timestamp()) if created else None,
    }
    return _run(request, limits)


def render_chart(spec: Mapping[str, Any], *, limits: Limits = CHART_LIMITS) -> bytes:
    """The SVG of a Vega-Lite specification, numbers and dates in French, our typeface and colours.

    The data must be in the specification: an address to fetch is refused. Raises RenderError.
    """
    if _names_an_address(spec):
        raise RenderError("refused", "a chart carries its data; it fetches nothing")
    return _run({"kind": "chart", "spec": spec}, limits)


def render_preview(content: bytes, kind: Literal["pdf", "jpg", "png"], *, limits: Limits = PREVIEW_LIMITS) -> bytes:
    """A small picture (PNG, 320 pixels wide) of a picture, or of the first page of a PDF. Raises RenderError."""
    return _run({"kind": "preview", "of": kind, "content": base64.b64encode(content).decode()}, limits)


def _run(request: Mapping[str, Any], limits: Limits) -> bytes:
    with tempfile.TemporaryDirectory(prefix="portal-render-") as empty:
        environment = {"PATH": os.defpath, "LANG": "C.UTF-8", "TZ": "Europe/Paris", "HOME": empty, "TMPDIR": empty}
        # By its path rather than by its name: the portal's own modules need not be loaded.
        command = [sys.executable, "-I", str(HERE / "__main__.py"), str(limits.memory_mb)]
        try:
            done = subprocess.run(
                command,
                input=json.dumps(request).encode(),
                capture_output=True,
                cwd=empty,
                env=environment,
                timeout=limits.seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise RenderError("time", f"no answer within {limits.seconds:g} s") from None
    if done.returncode == 0:
        return done.stdout
    raise _error(done.returncode, done.stderr.decode(errors="replace"))


def _error(code: int, complaint: str) -> RenderError:
    try:
        told = json.loads(complaint.strip().rpartition("\n")[2])
        return RenderError(told["reason"], told["message"])
    except (ValueError, TypeError, KeyError):
        # Killed before it could answer: an allocation refused aborts the process and says so.
        reason: Reason = "memory" if "memory" in complaint.lower() else "crash"
        return RenderError(reason, f"ended with {code}: {complaint[-500:]}")


def _names_an_address(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(key in ("url", "href") or _names_an_address(inner) for key, inner in value.items())
    return isinstance(value, list | tuple) and any(map(_names_an_address, value))
