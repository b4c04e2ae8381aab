"""The quorum of an item: who counts, who does not."""

from __future__ import annotations

import pytest

from portal.committee.rules.sittings import Quorum, Voter, quorum
from portal.foundation.refusals import Refusal

HERE = [
    Voter(1, is_voting=True, is_present=True),
    Voter(2, is_voting=True, is_present=True),
    Voter(None, is_voting=True, is_present=True),
    Voter(3, is_voting=False, is_present=True),
    Voter(4, is_voting=True, is_present=False),
    Voter(5, is_voting=True, is_present=None),
]


def test_present_voters_count_with_or_without_an_account():
    assert quorum(3, HERE, set()) == Quorum(3, 3)


def test_a_recused_person_is_out_of_the_quorum_of_that_item():
    assert quorum(3, HERE, {2}) == Quorum(3, 2)
    assert not quorum(3, HERE, {2}).reached


def test_without_a_quorum_nobody_need_be_there():
    quorum(None, [], set()).check()


def test_a_missing_quorum_is_told_in_words():
    with pytest.raises(Refusal) as refused:
        quorum(3, HERE, {1, 2}).check()
    assert str(refused.value) == (
        "Le quorum n’est pas atteint pour ce dossier\u00a0: 1 membre votant sans déport, 3 nécessaires."
    )
