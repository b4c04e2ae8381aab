"""French as it is printed: ’ between letters, a no-break space before : ; ! ? » and after «.

Read in the sources: what pages, mails and documents say. The commands of the terminal keep plain
spaces, so that what they print can be searched.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import portal

ROOT = Path(portal.__file__).parent
STRAIGHT = re.compile(r"[A-Za-zÀ-ÿ]'[A-Za-zÀ-ÿ]")
BREAKABLE = re.compile(r"« |[\wÀ-ÿ)’] (?=[:;!?»](?:\s|$))|^ [:;!?»](?=\s|$)| »")
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt"})
MODULES = sorted(path for path in ROOT.rglob("*.py") if path.stem != "cli" and path.parent.name != "cli")


def faults(text: str) -> list[str]:
    return [
        text[max(0, found.start() - 20) : found.end() + 10]
        for pattern in (STRAIGHT, BREAKABLE)
        for found in pattern.finditer(text)
    ]


def words_of_template(source: str) -> Iterator[str]:
    """What is printed: the text outside tags and the strings inside the template's own code."""
    source = re.sub(r"{#.*?#}", "", source, flags=re.DOTALL)
    for code in re.findall(r"{[{%].*?[%}]}", source, flags=re.DOTALL):
        yield from re.findall(r'"([^"]*)"', code)
    shown = re.sub(r"{%.*?%}", "", source, flags=re.DOTALL)
    shown = re.sub(r"{{.*?}}", "X", shown, flags=re.DOTALL)
    yield re.sub(r"</?[a-z][^>]*>", "", shown)


def words_of_module(tree: ast.Module) -> Iterator[str]:
    """The strings of a module, docstrings aside."""
    aside = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in aside:
            yield node.value


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_is_written_as_french_is_printed(path: Path):
    assert [fault for text in words_of_template(path.read_text("utf-8")) for fault in faults(text)] == []


def test_what_the_code_says_is_written_as_french_is_printed():
    found = {
        str(path.relative_to(ROOT)): told
        for path in MODULES
        if (told := [fault for text in words_of_module(ast.parse(path.read_text("utf-8"))) for fault in faults(text)])
    }
    assert found == {}
