"""One rendering, then the end: JSON on standard input, PDF or SVG on standard output.

Runs in an empty folder, as `python -I …/render/__main__.py MEMORY_MB` or
`python -m portal.foundation.render MEMORY_MB`. What goes wrong is a line of JSON on standard error,
{"reason", "message"}, and exit status 1. Nothing of the portal is imported here: it starts faster,
and what it does not know it cannot leak.
"""

from __future__ import annotations

import base64
import json
import resource
import shutil
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = Path.cwd()

FRENCH_NUMBERS = {
    "decimal": ",",
    "thousands": "\u202f",
    "grouping": [3],
    "currency": ["", "\u00a0€"],
    "percent": "\u00a0%",
    "minus": "\u2212",
}
# Distinct in grey as well as in colour: from the darkest to the palest.
COLOURS = ["#10294a", "#c6862f", "#5f87b5", "#d9c8a8", "#66717c", "#a8b4bf"]
CHART_LOOK = {
    "font": "Atkinson Hyperlegible",
    "background": "#ffffff",
    "padding": 4,
    "axis": {"labelFontSize": 13, "titleFontSize": 13, "labelColor": "#1c2733", "titleColor": "#1c2733",
             "titleFontWeight": "normal", "gridColor": "#dfe3e6", "domainColor": "#66717c", "tickColor": "#66717c"},
    "legend": {"labelFontSize": 13, "titleFontSize": 13, "titleFontWeight": "normal", "labelColor": "#1c2733"},
    "title": {"fontSize": 15, "anchor": "start", "color": "#10294a"},
    "text": {"fontSize": 13, "color": "#1c2733"},
    "view": {"stroke": None},
    "range": {"category": COLOURS, "ordinal": COLOURS},
    "bar": {"color": COLOURS[0]},
    "line": {"color": COLOURS[0], "strokeWidth": 2.5},
    "point": {"color": COLOURS[0], "filled": True, "size": 60},
}  # fmt: skip


def main() -> int:
    limit_resources(int(sys.argv[1]))
    request = json.load(sys.stdin)
    try:
        answer = RENDERERS[request["kind"]](request)
    except MemoryError:
        return fail("memory", "out of memory")
    except Exception as error:  # noqa: BLE001 - whatever the libraries raise is told, as words, to the parent
        return fail("refused", f"{type(error).__name__}: {error} {getattr(error, 'diagnostic', '')}".strip())
    sys.stdout.buffer.write(answer)
    return 0


def limit_resources(memory_mb: int) -> None:
    # Data rather than addresses: V8 maps far more than it uses.
    resource.setrlimit(resource.RLIMIT_DATA, (memory_mb << 20, memory_mb << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def fail(reason: str, message: str) -> int:
    print(json.dumps({"reason": reason, "message": message[:2000]}), file=sys.stderr)  # noqa: T201 - our answer
    return 1


def pdf(request: dict[str, Any]) -> bytes:
    """Copy, never link: typst follows links out of its root."""
    import typst

    for source in (HERE / "templates").glob("*.typ"):
        shutil.copyfile(source, ROOT / source.name)
    (ROOT / "fonts").mkdir()
    for source in (HERE / "fonts").glob("*.ttf"):
        shutil.copyfile(source, ROOT / "fonts" / source.name)
    (ROOT / "data.json").write_text(json.dumps(request["data"]), encoding="utf-8")
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(ROOT / "fonts")])
    return typst.compile(
        str(ROOT / f"{request['template']}.typ"),
        root=str(ROOT),
        font_paths=fonts,
        format="pdf",
        pdf_standards=["ua-1"],
        timestamp=request["created"],
        package_path=str(ROOT / "packages"),
        package_cache_path=str(ROOT / "packages"),
    )


def chart(request: dict[str, Any]) -> bytes:
    import vl_convert

    vl_convert.register_font_directory(str(HERE / "fonts"))
    svg = vl_convert.vegalite_to_svg(
        request["spec"],
        config=CHART_LOOK,
        format_locale=FRENCH_NUMBERS,
        time_format_locale="fr-FR",
        allowed_base_urls=[],
    )
    return svg.encode()


def preview(request: dict[str, Any]) -> bytes:
    """As tall as wide at most: a page of a banner's shape would ask for any number of pixels."""
    import typst

    (ROOT / f"sent.{request['of']}").write_bytes(base64.b64decode(request["content"]))
    page = ", page: 1" if request["of"] == "pdf" else ""
    (ROOT / "preview.typ").write_text(
        "#set page(width: 240pt, height: 240pt, margin: 0pt, fill: white)\n"
        f'#align(center + horizon, image("sent.{request["of"]}", width: 100%, height: 100%, fit: "contain"{page}))\n',
        encoding="utf-8",
    )
    drawn = typst.compile(str(ROOT / "preview.typ"), root=str(ROOT), format="png", ppi=96.0)
    return drawn if isinstance(drawn, bytes) else drawn[0]


RENDERERS = {"pdf": pdf, "chart": chart, "preview": preview}

if __name__ == "__main__":
    sys.exit(main())
