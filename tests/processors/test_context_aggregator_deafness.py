"""The conversation is told that nobody hears the caller, and says so."""

from __future__ import annotations

from tests.processors.conversing import E, S, asked, converse, ends, final, heard, questions, said, speaks
from vantum.core.events import HearingBack, HearingLost, SessionStarted
from vantum.core.phrases import phrases

ENGLISH = phrases("en")


async def test_who_speaks_to_nobody_is_told_and_is_answered_later() -> None:
    run = await converse(
        asked(SessionStarted()),
        (1.0, asked(HearingLost())),
        (2.0, S()),
        (3.0, E(stop_secs=0.2)),
        speaks(3.1),
        (3.5, asked(HearingBack())),
        (3.6, final("Yes.")),
        heard(3.7, "I'm sorry,", cut=True),
    )
    assert said(run) == [(3.0, ENGLISH.cannot_hear)]
    assert [question[-1] for question in questions(run)] == [("user", "Yes.")]
    assert not [message for message in run.down if isinstance(message, HearingLost | HearingBack)]


async def test_a_call_that_nobody_hears_is_ended() -> None:
    run = await converse(asked(SessionStarted()), (1.0, asked(HearingLost())), settle=15.0)
    assert said(run) == [(14.0, ENGLISH.call_back)]
    assert ends(run) == [(14.0, "nobody heard the caller")]
