"""Who asks not to be called any more hears once that they are not: from the bot's own words, or from ours."""

from __future__ import annotations

import pytest

from vantum.core.languages import KNOWN
from vantum.core.outreach.opt_out import (
    LINES,
    MOST_UTTERANCES,
    NEXT,
    Heard,
    OptOut,
    Standing,
    confirmation,
    confirms,
)


@pytest.mark.parametrize(
    "said",
    [
        *LINES.values(),
        "I am sorry for the call. Your number is off our list, and we will not call again. Goodbye.",
        "Of course. You won't be called again.",
        "You will never be contacted by us again.",
        "I've added you to our do not call list.",
        "Understood, no more calls from us.",
        "Natürlich, ich nehme Sie aus der Liste.",
        "Sie werden nicht mehr angerufen.",
        "Es kommen keine weiteren Anrufe mehr.",
        "Entendido, no le vamos a llamar más, no lo llamaremos nunca.",
        "Je vous retire de la liste.",
        "Nous ne vous rappellerons pas.",
        "मैं आपका नंबर लिस्ट से हटा देती हूँ।",
        "हम कॉल नहीं करेंगे।",
    ],
)
def test_what_confirms(said: str) -> None:
    assert confirms(said)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "Goodbye.",
        "I have stopped. Shall I take your number off our list?",
        "May I call you again tomorrow?",
        "All right, I will not keep you. Thank you for your time.",
        "Auf Wiederhören.",
        "Bien sûr, au revoir.",
        "Claro, adiós.",
    ],
)
def test_what_does_not(said: str) -> None:
    assert not confirms(said)


def standings(*all_of_them: OptOut) -> list[Standing]:
    return [each.standing for each in all_of_them]


def test_every_language_that_is_known_has_its_line() -> None:
    assert set(LINES) == set(KNOWN)
    assert all(confirms(confirmation(language)) for language in KNOWN)
    assert confirmation("de-CH") == LINES["de"]
    assert confirmation("pt-BR") == LINES["en"]


def test_the_bots_own_words_are_enough() -> None:
    opt_out = OptOut()
    opt_out.wished()
    opt_out.began("1")
    assert opt_out.ended("1", "You are off our list.", interrupted=False) is False
    assert opt_out.standing is Standing.HEARD
    opt_out.began("2")
    assert opt_out.ended("2", "Goodbye.", interrupted=False) is False


def test_an_answer_that_does_not_say_so_is_followed_by_ours_once() -> None:
    opt_out = OptOut()
    opt_out.wished()
    opt_out.began("1")
    assert opt_out.ended("1", "All right.", interrupted=False) is True
    opt_out.began("2")
    assert opt_out.ended("2", "Anything else?", interrupted=False) is False
    opt_out.wished()
    assert opt_out.standing is Standing.HEARD


def test_what_was_begun_before_a_filler_and_what_was_cut_are_no_answers() -> None:
    opt_out = OptOut()
    opt_out.began("0")
    opt_out.wished()
    assert opt_out.ended("0", "Do you have two minutes?", interrupted=False) is False
    opt_out.fills("One moment, please.")
    opt_out.began("1")
    assert opt_out.ended("1", "One moment, please.", interrupted=False) is False
    opt_out.began("2")
    assert opt_out.ended("2", "I am", interrupted=True) is False
    opt_out.began("3")
    assert opt_out.ended("3", "I am listening.", interrupted=False) is True


def test_without_a_wish_nothing_is_owed() -> None:
    opt_out = OptOut()
    opt_out.began("1")
    assert opt_out.ended("1", "Hello.", interrupted=False) is False
    opt_out.hangs_up()
    assert opt_out.standing is Standing.NOTHING


def test_who_hangs_up_sees_to_it() -> None:
    opt_out = OptOut()
    opt_out.wished()
    opt_out.hangs_up()
    opt_out.began("1")
    assert opt_out.ended("1", "Goodbye.", interrupted=False) is False
    assert standings(opt_out) == [Standing.LEFT]
    opt_out.began("2")
    assert opt_out.ended("2", LINES["en"], interrupted=False) is False
    assert standings(opt_out) == [Standing.HEARD]


def test_what_is_under_way_is_bounded() -> None:
    opt_out = OptOut()
    opt_out.wished()
    for number in range(MOST_UTTERANCES + 1):
        opt_out.began(str(number))
    assert opt_out.ended(str(MOST_UTTERANCES), "Hello.", interrupted=False) is False


def test_what_was_heard_stays_heard() -> None:
    assert not any(before is Standing.HEARD for before, _ in NEXT)
    assert {after for (_, heard), after in NEXT.items() if heard is Heard.WISH} == {Standing.OWED}
