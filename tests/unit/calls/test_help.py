"""The words are explained once, and every field that needs it has its help."""

from __future__ import annotations

import re
from pathlib import Path

import portal
from portal.calls.rules.help import every_help, help_of
from portal.calls.states import Section
from portal.contracts.rules.glossary import glossary

TEMPLATES = Path(portal.__file__).parent / "templates"
CALLED = re.compile(r"glossary\.(?:all\(\[(?P<several>[^\]]+)\]|explained\((?P<one>\"\w+\")\))")


def test_the_glossary_reads_in_the_order_of_its_words():
    words = [term.word.casefold() for term in glossary().values()]
    assert words == sorted(words)
    assert all(term.meaning.endswith(".") for term in glossary().values())


def test_every_word_named_beside_a_field_or_in_a_page_is_in_the_glossary():
    named = {word for fields in every_help().values() for said in fields.values() for word in said.words}
    for page in TEMPLATES.rglob("*.html"):
        for found in CALLED.finditer(page.read_text("utf-8")):
            named |= set(re.findall(r'"(\w+)"', found["several"] or found["one"]))
    assert named - glossary().keys() == set()


def test_the_words_of_the_administration_are_explained():
    wanted = {
        "reversement", "qpv", "droit_commun", "de_minimis", "contrat_engagement_republicain", "valorisation", "etp",
        "cpo", "siret", "rna", "excedent",
    }  # fmt: skip
    assert wanted - glossary().keys() == set()


def test_the_ids_in_the_name_of_a_field_do_not_count():
    assert help_of(Section.FUNDING, "ref_12_specific").words == ("dauphin",)
    assert help_of(Section.FUNDING, "unknown").help == ""
