"""What changed between two readings of an application, in words."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from portal.calls.rules.differences import Change, Part, Stay, Turn, by_section, differences, word_parts
from portal.calls.rules.filing import (
    AskedFunding,
    BudgetEntry,
    Choice,
    Dossier,
    JoinedDocument,
    Partner,
    PeopleCount,
    PlacedShare,
    Policy,
    Public,
    Target,
)
from portal.calls.states import Section, Sex, Side
from tests.unit.calls.test_filing_rules import EMPTY

NOON = datetime(2026, 11, 20, 11, 5, tzinfo=UTC)

words = st.text(st.sampled_from("aàé ’\n\u00a0:"), max_size=12)
cents = st.integers(min_value=0, max_value=10**7)
choices = st.lists(
    st.builds(Choice, st.integers(1, 9), st.sampled_from(["Culture", "Sport, santé", "Emploi"])), max_size=3
)
entries = st.builds(
    BudgetEntry, st.sampled_from(Side), st.sampled_from(["60", "61"]), st.just("Achats"), words, cents, st.booleans()
)
places = st.lists(
    st.builds(
        PlacedShare,
        st.integers(1, 3),
        st.sampled_from(["Encagnane", "Jas-de-Bouffan"]),
        st.booleans(),
        st.none() | st.integers(0, 10_000),
        st.none() | st.integers(0, 500),
    ),
    max_size=3,
)
joined = st.builds(
    JoinedDocument,
    st.integers(1, 99),
    st.integers(1, 9),
    st.sampled_from(["Statuts", "Budget"]),
    st.sampled_from(["a.pdf", "b.pdf"]),
    st.integers(1, 10**6),
    st.sampled_from(["0" * 64, "1" * 64]),
    st.just(NOON),
)
dossiers = st.builds(
    lambda title, need, policy, public, placements, budget, targets, documents, partners: replace(
        EMPTY,
        project=replace(EMPTY.project, title=title, need=need),
        policy=policy,
        public=public,
        placements=tuple(placements),
        budget=tuple(budget),
        targets=tuple(targets),
        documents=tuple(documents),
        partners=tuple(partners),
    ),
    words,
    st.none() | words,
    st.builds(Policy, secondary_themes=choices.map(tuple), axes=choices.map(tuple)),
    st.builds(Public, people_expected=st.none() | st.integers(0, 5000), outreach=st.none() | words),
    places,
    st.lists(entries, max_size=5),
    st.lists(st.builds(Target, st.none(), words, words, st.just("number"), st.none() | cents), max_size=3),
    st.lists(joined, max_size=3),
    st.lists(st.builds(Partner, words, st.none() | words, cents), max_size=3),
)


@given(dossiers)
def test_an_application_does_not_differ_from_itself(dossier):
    assert differences(dossier, dossier) == ()


TURNED = {Stay.GONE: Stay.COME, Stay.COME: Stay.GONE, Stay.SAME: Stay.SAME}


def told(change: Change) -> tuple:
    return change.section, change.label, change.before, change.after, frozenset(Counter(change.parts).items())


def mirrored(change: Change) -> Change:
    parts = tuple(Part(TURNED[part.stay], part.text) for part in change.parts)
    return Change(change.section, change.label, change.after, change.before, parts)


@given(dossiers, dossiers)
def test_read_the_other_way_round_the_same_changes_are_told(one, other):
    forth, back = differences(one, other), differences(other, one)
    assert Counter(told(mirrored(change)) for change in forth) == Counter(map(told, back))
    assert all(change.before != change.after for change in forth)


@given(words, words)
def test_the_words_of_both_texts_are_all_told_in_their_order(before, after):
    parts = word_parts(before, after)
    assert " ".join(p.text for p in parts if p.stay is not Stay.COME).split() == before.split()
    assert " ".join(p.text for p in parts if p.stay is not Stay.GONE).split() == after.split()


def test_ids_that_differ_under_the_same_words_are_no_change():
    def with_ids(number: int) -> Dossier:
        return replace(
            EMPTY,
            application_id=number,
            reference=f"2026-{number}",
            policy=Policy(Choice(number, "Culture"), "Pilier", (Choice(number, "Emploi"),)),
            placements=(PlacedShare(number, "Encagnane", True, 10_000, 12),),
            public=Public(by_quartier=(PeopleCount(number, Sex.WOMEN, 6),)),
            funding=(AskedFunding(number, "Ville", False, "specific", "Crédits spécifiques", 100_000),),
            documents=(JoinedDocument(number, number, "Statuts", "statuts.pdf", 9, "0" * 64, NOON),),
        )

    assert differences(with_ids(1), with_ids(2)) == ()


def test_a_long_text_is_told_word_by_word():
    before, after = (
        replace(EMPTY, project=replace(EMPTY.project, need=need))
        for need in ("Les jeunes du quartier attendent un lieu.", "Les familles du quartier attendent un lieu ouvert.")
    )
    parts = (
        Part(Stay.SAME, "Les"), Part(Stay.GONE, "jeunes"), Part(Stay.COME, "familles"),
        Part(Stay.SAME, "du quartier attendent un"), Part(Stay.GONE, "lieu."), Part(Stay.COME, "lieu ouvert."),
    )  # fmt: skip
    assert differences(before, after) == (
        Change(Section.PROJECT, "Besoin", before.project.need, after.project.need, parts),
    )


def test_spaces_alone_are_no_change():
    before, after = (
        replace(EMPTY, project=replace(EMPTY.project, need=need)) for need in ("Un  besoin\r\nréel ", "Un besoin\nréel")
    )
    assert differences(before, after) == ()


def test_an_answer_given_at_last_is_added_and_one_taken_away_is_removed():
    said = replace(EMPTY, public=Public(people_expected=1200))
    (added,), (removed,) = differences(EMPTY, said), differences(said, EMPTY)
    assert (added.label, added.turn, added.before, added.after) == (
        "Personnes attendues", Turn.ADDED, None, "1\u202f200",
    )  # fmt: skip
    assert (removed.turn, removed.before, removed.after) == (Turn.REMOVED, "1\u202f200", None)


def line(label: str, amount: int) -> BudgetEntry:
    return BudgetEntry(Side.EXPENSE, "60", "Achats", label, amount)


def test_the_lines_of_a_budget_are_told_one_by_one_and_the_total_with_them():
    before = replace(EMPTY, budget=(line("Peinture", 1_000), line("Papier", 500)))
    after = replace(EMPTY, budget=(line("Papier", 700), line("Colle", 200), line("Peinture", 1_000)))
    assert [(change.label, change.turn, change.before, change.after) for change in differences(before, after)] == [
        (
            "Charges\u00a0: Achats\u00a0: Papier",
            Turn.REPLACED,
            "Montant\u00a0: 5,00\u00a0€",
            "Montant\u00a0: 7,00\u00a0€",
        ),
        ("Charges\u00a0: Achats\u00a0: Colle", Turn.ADDED, None, "Compte\u00a0: 60\u00a0; Montant\u00a0: 2,00\u00a0€"),
        ("Charges\u00a0: Total", Turn.REPLACED, "Montant\u00a0: 15,00\u00a0€", "Montant\u00a0: 19,00\u00a0€"),
    ]


def test_two_lines_of_one_funder_are_compared_nature_by_nature():
    def asked(nature: str, amount: int) -> AskedFunding:
        return AskedFunding(1, "Ville", False, nature, nature.capitalize(), amount)

    before = replace(EMPTY, funding=(asked("spécifique", 100), asked("commun", 100)))
    after = replace(EMPTY, funding=(asked("commun", 100), asked("spécifique", 300)))
    assert [(change.label, change.before, change.after) for change in differences(before, after)] == [
        ("Financements demandés\u00a0: Ville", "Montant\u00a0: 1,00\u00a0€", "Montant\u00a0: 3,00\u00a0€"),
        ("Financements demandés\u00a0: Total", "Montant\u00a0: 2,00\u00a0€", "Montant\u00a0: 4,00\u00a0€"),
    ]


def test_lists_are_told_item_by_item_even_with_commas_in_them():
    before = replace(EMPTY, policy=Policy(axes=(Choice(1, "Égalité"), Choice(2, "Jeunesse, enfance"))))
    after = replace(EMPTY, policy=Policy(axes=(Choice(2, "Jeunesse, enfance"), Choice(3, "Laïcité"))))
    assert differences(before, after) == (
        Change(Section.THEMES, "Axes transversaux", None, "Laïcité"),
        Change(Section.THEMES, "Axes transversaux", "Égalité", None),
    )


def test_a_file_replaced_under_its_own_name_is_seen():
    def joined_at(sha256: str, at: datetime) -> Dossier:
        return replace(EMPTY, documents=(JoinedDocument(1, 1, "Statuts", "statuts.pdf", 9, sha256, at),))

    before, after = joined_at("0" * 64, NOON), joined_at("1" * 64, NOON.replace(day=21))
    assert [(change.before, change.after) for change in differences(before, after)] == [
        (None, "Statuts\u00a0: statuts.pdf, joint le 21/11/2026 à 12h05"),
        ("Statuts\u00a0: statuts.pdf, joint le 20/11/2026 à 12h05", None),
    ]


def test_changes_are_grouped_by_section():
    after = replace(EMPTY, public=Public(people_expected=3), policy=Policy(axes=(Choice(1, "Égalité"),)))
    grouped = by_section(differences(EMPTY, after))
    assert [(section, len(changes)) for section, changes in grouped] == [(Section.THEMES, 1), (Section.PUBLIC, 1)]
