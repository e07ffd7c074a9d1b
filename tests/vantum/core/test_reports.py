"""Each report reaches the conversation as what it is."""

from __future__ import annotations

from unittest.mock import Mock, _Call, call

import pytest

from vantum.core.events import (
    HearingBack,
    HearingLost,
    Recognised,
    Sign,
    SpeechPaused,
    SpeechResumed,
    Stage,
    StageReached,
    TurnEndedByHand,
    TurnJudged,
    UtteranceEnded,
    UtteranceStarted,
    WordsSpoken,
)
from vantum.core.exchange import Exchange
from vantum.core.reports import OF_THE_CALLER, report_bot, report_caller


def listener() -> Mock:
    exchange = Mock(spec=Exchange)
    exchange.caller = Mock()
    return exchange


OF_THEM = [
    (SpeechPaused(0.2), call.caller.speech_paused(1.0, 0.2)),
    (SpeechResumed(), call.caller.speech_resumed(1.0)),
    (TurnJudged(0.7), call.caller.judged(1.0, 0.7)),
    (Recognised(Sign.NOTHING), call.caller.sign(1.0, Sign.NOTHING)),
    (TurnEndedByHand(), call.caller.ended_by_hand(1.0)),
    (HearingLost(), call.hearing_lost(1.0)),
    (HearingBack(), call.hearing_back(1.0)),
]


@pytest.mark.parametrize(("event", "told"), OF_THEM)
def test_what_is_heard_of_the_caller_is_told(event: object, told: _Call) -> None:
    exchange = listener()
    report_caller(exchange, event, 1.0)
    assert exchange.mock_calls == [told]


def test_nothing_of_the_caller_is_left_out() -> None:
    assert {type(event) for event, _ in OF_THEM} == set(OF_THE_CALLER)


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (UtteranceStarted("u"), call.bot_started()),
        (WordsSpoken("u", "Hello"), call.bot_spoke(1.0, "Hello")),
        (UtteranceEnded("u", "Hello", interrupted=True), call.bot_heard(1.0, "Hello", interrupted=True)),
        (StageReached(Stage.FIRST_TOKEN), call.first_token()),
    ],
)
def test_what_becomes_of_the_bots_words_is_told(event: object, told: _Call) -> None:
    exchange = listener()
    assert report_bot(exchange, event, 1.0)
    assert exchange.mock_calls == [told]


@pytest.mark.parametrize("event", [StageReached(Stage.FIRST_BYTE), HearingLost(), "something else"])
def test_what_does_not_speak_of_the_bot_is_for_others(event: object) -> None:
    exchange = listener()
    assert not report_bot(exchange, event, 1.0)
    report_caller(exchange, "something else", 1.0)
    assert exchange.mock_calls == []
