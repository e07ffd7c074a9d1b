"""What the detectors report of the caller, and the transport of the bot, told to the conversation."""

from __future__ import annotations

from vantum.core.events import (
    HearingBack,
    HearingLost,
    Recognised,
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

OF_THE_CALLER = (
    SpeechPaused,
    SpeechResumed,
    TurnJudged,
    Recognised,
    TurnEndedByHand,
    HearingLost,
    HearingBack,
)
"""What the detectors say of the caller."""


def report_caller(exchange: Exchange, event: object, now: float) -> None:
    """One of ``OF_THE_CALLER``."""
    match event:
        case SpeechPaused():
            exchange.caller.speech_paused(now, event.silent_seconds)
        case SpeechResumed():
            exchange.caller.speech_resumed(now)
        case TurnJudged():
            exchange.caller.judged(now, event.complete)
        case Recognised():
            exchange.caller.sign(now, event.sign)
        case TurnEndedByHand():
            exchange.caller.ended_by_hand(now)
        case HearingLost():
            exchange.hearing_lost(now)
        case HearingBack():
            exchange.hearing_back(now)


def report_bot(exchange: Exchange, event: object, now: float) -> bool:
    """What becomes of the bot's words; whether ``event`` speaks of that."""
    match event:
        case UtteranceStarted():
            exchange.bot_started()
        case WordsSpoken():
            exchange.bot_spoke(now, event.text)
        case UtteranceEnded():
            exchange.bot_heard(now, event.text, interrupted=event.interrupted)
        case StageReached(Stage.FIRST_TOKEN):
            exchange.first_token()
        case _:
            return False
    return True
