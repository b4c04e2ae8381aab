"""Thirty applications, five funders, four reviewers, one of them recused: from completeness to minutes and letters."""

from __future__ import annotations

import pytest

from tests.browser.cycle.post import Post
from tests.browser.sitting import after, call, deciding, instructing
from tests.browser.sitting.call import CITY, FILED, FUNDERS, RETAINED
from tests.browser.walking import sign_in


@pytest.fixture
def story(app):
    return call.made(app)


@pytest.fixture
def window(story, open_page, live):
    """window("officer"): a new window in which they are signed in."""

    def opened(who):
        page = open_page()
        sign_in(page, live, story.visitors[who])
        return page

    return opened


def test_a_sitting_of_thirty_from_completeness_to_letters(story, window, check_page, mailbox):
    post = Post(mailbox)
    officer, rose = window("officer"), window("Rose")

    # The Direction checks all and proposes all; Rose steps out of one; the COTECH pronounces in a block.
    instructing.check_and_propose(officer, story)
    instructing.step_out(rose, story)
    deciding.usual_kinds(officer)
    deciding.pronounce_admissible(officer, story)

    # Four reviewers, fifteen analyses each.
    instructing.share_out(officer, story)
    check_page(officer, "trente-repartition")
    instructing.analyse_by_keyboard(window("Ada"), story)
    instructing.analyse_the_rest(story)
    instructing.read_analyses(officer, story)

    # Each funder answers, then proposes by the rate on all its lines.
    city = window(CITY)
    instructing.give_opinions(city, story, CITY)
    instructing.give_the_other_opinions(story)
    for name in FUNDERS:
        agent = window(name)
        instructing.propose(agent, story, name)
        agent.close()
    instructing.read_table(officer, story, FILED)
    instructing.read_table(rose, story, deciding.others())

    # The COPIL decides in three blocks.
    copil = deciding.plan(officer, story, "Comité de pilotage", "COPIL de mars")
    deciding.convene(officer, story, copil, post)
    deciding.hold(officer, story, copil)
    check_page(officer, "trente-seance")
    deciding.close(officer)
    post.minute_passes()
    after.read_minutes(officer, story, copil)
    instructing.read_table(officer, story, FILED, arbitrated=RETAINED)

    # Rose reads twenty-nine of them, sums included.
    deciding.read_as_recused(rose, story, copil)
    instructing.read_table(rose, story, deciding.others(), arbitrated=RETAINED)
    rose.set_viewport_size({"width": 320, "height": 800})
    check_page(rose, "trente-deport")

    # The city's act, its letters in one file.
    after.grant(city, story)
    check_page(city, "trente-acte")
    after.join_letters(city, story, post)
    instructing.read_table(rose, story, deciding.others(), arbitrated=RETAINED, granted=[CITY])
