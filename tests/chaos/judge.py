"""What every call owes its caller, whatever fails: each thing that is not so is told in a sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from benchmarks.conversation.voice import VOCABULARY
from tests.chaos.answering import ANSWERS, answer_words, plain, told
from tests.chaos.faults import Stage
from tests.chaos.hearing import TEXTS
from tests.chaos.play import CLOSED_SECONDS, SOON_SECONDS, Played
from tests.chaos.scene import KEY
from tests.chaos.traces import MACHINE
from vantum.core.choice import Kind
from vantum.core.going_on import GO_ON
from vantum.core.transcript import Speaker
from vantum.log import ENGINE

ERROR = 40
EXPECTED_ERRORS = re.compile(
    r"A provider is left alone until it works again\."
    r"|No voice works: the call ends with recorded words\."
)
ENGINE_ERRORS = re.compile(
    r"(\w+#\d+ (exception \(.*?\)|error): |call-[-\w]+: Something went wrong: ErrorFrame#)"
)
"""The engine's word for every error that a provider's service tells of."""
GOODBYE = "goodbye"
TOLD = (
    "conversation.state",
    "conversation.provider",
    "conversation.response.pa",
    "error",
    "transcript.final",
)
"""The messages to the client that help to find out what went wrong."""
WORDS = "conversation.response.words"
HOLD_ON = "hold"
PATIENCE_SECONDS = 15.0
"""So long a call goes on in which nobody hears the caller."""
CUT_WORDS = 1
"""So many words may be off where an answer was cut: the one in which it happened."""


def problems(played: Played) -> list[str]:
    """All that is wrong."""
    judges = (in_time, answered, ended_well, true_user, true_bot, nothing_left, quiet_log)
    return [problem for judge in judges for problem in judge(played)]


def in_time(played: Played) -> Iterator[str]:
    """The caller hears something soon, or the call is over."""
    if not played.struck:
        yield "the fault never struck"
    caller = played.caller
    asked = [("its beginning", caller.began_at, played.greeted_at)]
    asked += [(turn.text, turn.ended_at, turn.heard_at) for turn in caller.turns]
    for what, since, heard_at in asked:
        until = heard_at or caller.closed_at or float("inf")
        soon = SOON_SECONDS + MACHINE.lost(since, SOON_SECONDS)
        if until > since + soon and not _holds_on(played, since):
            yield f"nothing heard for {until - since:.2f} s, and not {soon:.2f}, after {what!r}"


def _holds_on(played: Played, since: float) -> bool:
    """Whether the caller was asked to hold on a moment ago, because nobody hears them: that is said once."""
    told = (
        at for at, event, payload in played.caller.events if event == WORDS and payload["text"] == HOLD_ON
    )
    return any(since - PATIENCE_SECONDS <= at <= since + SOON_SECONDS for at in told)


def answered(played: Played) -> Iterator[str]:
    """When somebody can do the job, the last turn has a whole answer."""
    if not played.case.goes_on:
        return
    if played.caller.closed_at is not None and played.caller.closed_at <= played.left_at:
        yield f"the call ended, though somebody was left: {last_said(played)!r}"
        return
    words = played.caller.words_heard()
    whole = [n for n in range(1, ANSWERS + 1) if words[-len(answer_words(n)) :] == answer_words(n)]
    if not whole:
        yield f"no whole answer to the last turn: {words}"


def ended_well(played: Played) -> Iterator[str]:
    """A call that the server ends is ended with a goodbye that is heard."""
    closed = played.caller.closed_at
    if closed is None or closed > played.left_at:
        return
    if GOODBYE not in last_said(played).lower():
        yield f"ended without a goodbye: {last_said(played)!r}"
    elif (since := played.caller.heard.silent_since(closed)) is not None and closed - since > SOON_SECONDS:
        yield "the goodbye was not heard"


def true_user(played: Played) -> Iterator[str]:
    """No word of the caller's is lost or comes twice."""
    spoken = plain(" ".join(turn.text for turn in played.caller.turns))
    recorded = plain(" ".join(text for who, text in said(played) if who == Speaker.CALLER))
    if played.case.goes_on and recorded != spoken:
        yield f"recorded {recorded} instead of {spoken}"
    elif not _is_part(recorded, spoken):
        yield f"recorded {recorded}, but said {spoken}"
    if not played.asked:
        return
    users = [text for text in told(played.asked[-1].body, "user") if text != GO_ON]
    known = plain(" ".join(users))
    if played.case.goes_on and known != spoken:
        yield f"the model was told {known} instead of {spoken}"
    elif not _is_part(known, spoken):
        yield f"the model was told {known}, but {spoken} was said"


def true_bot(played: Played) -> Iterator[str]:
    """The words of the bot are those that were heard."""
    recorded = _vocabulary(" ".join(text for who, text in said(played) if who == Speaker.BOT))
    heard = played.caller.words_heard()
    if not _nearly(played, recorded, heard):
        yield f"recorded as spoken {recorded}, heard {heard}"
    plain_requests = [one for one in played.asked if GO_ON not in told(one.body, "user")]
    if plain_requests:
        asked = plain_requests[-1]
        known = _vocabulary(" ".join(told(asked.body, "assistant")))
        heard = played.caller.words_heard(asked.at)
        if not _nearly(played, known, heard):
            yield f"the model was told that it said {known}, heard {heard}"


def nothing_left(played: Played) -> Iterator[str]:
    """All is closed soon behind the call."""
    soon = CLOSED_SECONDS + MACHINE.lost(played.left_at, CLOSED_SECONDS)
    if played.closed_after is None or played.closed_after > soon:
        yield f"not closed within {CLOSED_SECONDS} s: {played.closed_after}"
    if played.tasks:
        yield f"left running: {played.tasks}"


def quiet_log(played: Played) -> Iterator[str]:
    """Errors are few and known; keys and speech are never told."""
    phrases = [text.lower().strip(".?!") for text in TEXTS.values()]
    answers = [" ".join(answer_words(number)[:3]) for number in range(1, ANSWERS + 1)]
    for line in played.lines:
        expected = ENGINE_ERRORS if line.name.startswith(ENGINE) else EXPECTED_ERRORS
        if line.level >= ERROR and not expected.match(line.text):
            yield f"an error in the log: {line.text}"
        if KEY in line.text or any(words in line.text.lower() for words in (*phrases, *answers)):
            yield f"a secret in the log: {line.text}"


# --- what was said ----------------------------------------------------------------------------------


def said(played: Played) -> list[tuple[str, str]]:
    """Who said what, by the record."""
    assert played.record is not None
    lines = played.record["transcript"]
    assert isinstance(lines, list)
    return [(str(line["speaker"]), str(line["text"])) for line in lines]


def last_said(played: Played) -> str:
    """The bot's last words, by the record."""
    return next((text for who, text in reversed(said(played)) if who == Speaker.BOT), "")


def _vocabulary(text: str) -> list[str]:
    return [word for word in plain(text) if word in VOCABULARY]


def _nearly(played: Played, told_words: Sequence[str], heard: Sequence[str]) -> bool:
    """The same; where the caller or a failing voice cut an answer, but for the word in which that happened."""
    if list(told_words) == list(heard):
        return True
    voiceless = played.case.fault.kind is Kind.TTS and not played.case.goes_on
    if not voiceless and played.case.fault.stage is not Stage.INTERRUPTING:
        return False
    longer, shorter = sorted((list(told_words), list(heard)), key=len, reverse=True)
    return len(longer) - len(shorter) <= CUT_WORDS and _is_part(shorter, longer)


def _is_part(part: Sequence[str], whole: Sequence[str]) -> bool:
    """Whether these words come in this order among those."""
    rest = iter(whole)
    return all(word in rest for word in part)


def report(played: Played) -> str:
    """What helps to find out why."""
    about = {
        "turns": [
            (turn.text, turn.heard_at and round(turn.heard_at - turn.ended_at, 2))
            for turn in played.caller.turns
        ],
        "transcript": said(played),
        "events": [
            f"{at - played.caller.began_at:.2f} {event} {payload}"
            for at, event, payload in played.caller.events
            if event.startswith(TOLD)
        ],
        "lines": [line.text for line in played.lines],
    }
    return json.dumps(about, indent=1, default=str)
