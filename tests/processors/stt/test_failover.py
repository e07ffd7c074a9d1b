"""Recognisers that fail at every point of a call: who hears the caller next, when, and which words come out."""

from __future__ import annotations

import asyncio

import pytest
from pipecat.frames.frames import (
    Frame,
    InputAudioRawFrame,
    InputTransportMessageFrame,
    InterimTranscriptionFrame,
    OutputTransportMessageUrgentFrame,
    STTUpdateSettingsFrame,
    TextFrame,
    TranscriptionFrame,
    UserStoppedSpeakingFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.settings import STTSettings

from processors.failover import Candidate, Desk
from processors.stt.failover import FailoverSTT
from tests.processors.recognisers import Makers, Timed, Way, call
from vantum.core.choice import Kind
from vantum.core.errors import ProviderError
from vantum.core.events import HearingBack, HearingLost, ProviderSwitched
from vantum.core.faults import Fault
from vantum.testing import Input, Run, run_processor

AUTH = ProviderError("stt", "first", "bad key", Fault.AUTH)
DEAD = Way(answers=False)


class Office:
    """A failover over recognisers that work in these ways, and what comes out of it."""

    def __init__(self, **makers: Makers) -> None:
        self.makers = makers
        candidates = [Candidate(name, make) for name, make in makers.items()]
        self.desk = Desk(Kind.STT, candidates)
        self.stt = FailoverSTT(self.desk)

    async def hear(self, frames: list[Timed], settle: float = 0.0) -> Run:
        before = asyncio.all_tasks()
        run = await run_processor(self.stt, frames, settle=settle)
        assert asyncio.all_tasks() == before
        assert all(each.closed for makers in self.makers.values() for each in makers.made)
        return run


def finals(run: Run) -> list[tuple[float, str]]:
    return [
        (at, frame.text) for at, frame in run.down if isinstance(frame, TranscriptionFrame) and frame.text
    ]


def said(run: Run) -> str:
    return " ".join(text for _, text in finals(run))


def news(run: Run) -> list[tuple[float, str, str, str | None]]:
    events = [
        (at, frame.message) for at, frame in run.down if isinstance(frame, OutputTransportMessageUrgentFrame)
    ]
    return [
        (at, event.previous, event.provider, event.fault)
        for at, event in events
        if isinstance(event, ProviderSwitched)
    ]


def hearing(run: Run) -> list[tuple[float, type]]:
    messages = [
        (at, frame.message) for at, frame in run.down if isinstance(frame, InputTransportMessageFrame)
    ]
    return [(at, type(message)) for at, message in messages if isinstance(message, HearingLost | HearingBack)]


# --- a recogniser that works ------------------------------------------------------------------------------


async def test_one_that_works_is_heard_and_nothing_else_is_said() -> None:
    office = Office(first=Makers(Way()))
    run = await office.hear(call(4.0, (0.5, (1, 2, 3)), (2.5, (4, 5))))
    # The words end at 1.1, the detector knows at 1.3, the recogniser at 1.5.
    assert finals(run) == [(1.5, "one two three"), (3.3, "four five")]
    assert (news(run), hearing(run), run.up) == ([], [], ())
    assert office.desk.serving == "first"


async def test_all_but_audio_is_passed_on_at_once_and_in_order() -> None:
    office = Office(first=Makers(Way(stuck=True)))
    start, stop, text = VADUserStartedSpeakingFrame(), VADUserStoppedSpeakingFrame(), TextFrame("hi")
    up = UserStoppedSpeakingFrame()
    frames: list[Input] = [
        *call(0.1),
        (0.2, start),
        (0.2, text),
        (0.3, stop),
        (0.4, up, FrameDirection.UPSTREAM),
    ]
    run = await run_processor(office.stt, frames)
    assert [(at, frame) for at, frame in run.down] == [(0.2, start), (0.2, text), (0.3, stop)]
    assert [(at, frame) for at, frame in run.up] == [(0.4, up)]
    assert run.of(InputAudioRawFrame) == []


async def test_what_is_said_before_it_is_up_is_heard_then() -> None:
    office = Office(first=Makers(Way(setup_seconds=1.5)))
    run = await office.hear(call(3.0, (0.1, (1, 2, 3))))
    assert finals(run) == [(1.7, "one two three")]


# --- a recogniser that fails ------------------------------------------------------------------------------


@pytest.mark.parametrize("tells_coverage", [False, True])
@pytest.mark.parametrize("breaks_at", [round(0.45 + 0.13 * step, 2) for step in range(13)])
async def test_no_word_is_lost_or_doubled_whenever_it_breaks(breaks_at: float, tells_coverage: bool) -> None:
    first = Way(breaks_at=breaks_at, tells_coverage=tells_coverage)
    office = Office(first=Makers(first), second=Makers(Way()))
    run = await office.hear(call(5.0, (0.5, (1, 2, 3)), (1.6, (4, 5))), settle=0.5)
    assert said(run) == "one two three four five"
    assert news(run) == [(breaks_at, "first", "second", "network")]
    assert hearing(run) == []


@pytest.mark.parametrize("tells_coverage", [False, True])
@pytest.mark.parametrize("breaks_at", [round(1.0 + 0.19 * step, 2) for step in range(11)])
async def test_words_given_in_the_middle_of_speech_are_not_said_again(
    breaks_at: float, tells_coverage: bool
) -> None:
    first = Way(breaks_at=breaks_at, words_a_final=3, tells_coverage=tells_coverage)
    office = Office(first=Makers(first), second=Makers(Way(interims=True)))
    run = await office.hear(call(5.0, (0.5, tuple(range(1, 11)))), settle=0.5)
    assert said(run) == "one two three four five six seven eight nine ten"
    after = [
        frame.text
        for at, frame in run.down
        if isinstance(frame, InterimTranscriptionFrame) and at >= breaks_at
    ]
    given = " ".join(text for at, text in finals(run) if at < breaks_at)
    assert not [text for text in after if given and text.startswith("one")]


@pytest.mark.parametrize(
    ("makers", "fault", "at"),
    [
        (Makers(RuntimeError("no such thing")), "network", 0.0),
        (Makers(Way(setup_error=OSError("refused"))), "network", 0.0),
        (Makers(Way(setup_seconds=60)), "network", 5.0),
        (Makers(Way(breaks_at=0.2, error=AUTH)), "auth", 0.2),
        (Makers(Way(breaks_at=0.2, error=ConnectionResetError())), "network", 0.2),
    ],
    ids=["not made", "not set up", "never up", "bad key", "reset"],
)
async def test_one_that_fails_at_the_start_is_replaced(makers: Makers, fault: str, at: float) -> None:
    office = Office(first=makers, second=Makers(Way()))
    run = await office.hear(call(7.0, (0.3, (1, 2, 3))), settle=0.5)
    assert said(run) == "one two three"
    assert news(run) == [(at, "first", "second", fault)]


async def test_a_stall_is_two_stretches_of_speech_without_a_sign() -> None:
    office = Office(first=Makers(DEAD), second=Makers(Way()))
    long = tuple(range(1, 7))
    run = await office.hear(call(9.0, (0.5, long), (3.0, long)), settle=0.5)
    # The second ends at 4.2.
    assert news(run) == [(6.2, "first", "second", "network")]
    assert said(run) == "one two three four five six one two three four five six"


async def test_short_sounds_without_words_are_no_stall() -> None:
    office = Office(first=Makers(DEAD), second=Makers(Way()))
    run = await office.hear(call(12.0, (0.5, (1, 2)), (3.0, (1,)), (5.0, (1, 2, 3)), (7.0, (1,))))
    assert news(run) == []


async def test_the_language_goes_along() -> None:
    office = Office(first=Makers(Way(breaks_at=2.0)), second=Makers(Way(breaks_at=2.0)), third=Makers(Way()))
    german = STTUpdateSettingsFrame(delta=STTSettings(language="de"))
    frames: list[tuple[float, Frame]] = [*call(5.0, (2.5, (1, 2, 3))), (0.5, german)]
    run = await office.hear(sorted(frames, key=lambda timed: timed[0]), settle=0.5)
    assert said(run) == "one two three"
    assert [office.makers[name].made[0].languages for name in ("first", "second", "third")] == [["de"]] * 3


# --- nobody left ------------------------------------------------------------------------------------------


async def test_alone_it_is_begun_again_and_hears_what_was_said_meanwhile() -> None:
    office = Office(first=Makers(Way(breaks_at=1.0), Way(breaks_at=0.0), Way(breaks_at=0.0), Way()))
    run = await office.hear(call(9.0, (0.9, (1, 2, 3)), (2.0, (4,))), settle=0.5)
    # It breaks at 1.0 and is begun again two seconds after it was, then every two seconds.
    assert len(office.makers["first"].made) == 4
    assert said(run) == "one two three four"
    assert hearing(run) == [(3.0, HearingLost), (6.2, HearingBack)]
    assert finals(run)[0][0] == 6.2
    assert len(run.up) == 1


async def test_all_are_tried_before_the_first_is_tried_again() -> None:
    never = Way(setup_error=OSError("refused"))
    office = Office(first=Makers(never, never, Way()), second=Makers(never))
    run = await office.hear(call(7.0, (0.5, (1, 2, 3))), settle=0.5)
    assert [(at, new) for at, _, new, _ in news(run)] == [
        (0.0, "second"),
        (2.0, "first"),
        (2.0, "second"),
        (4.0, "first"),
    ]
    assert hearing(run) == [(2.0, HearingLost), (4.2, HearingBack)]
    assert said(run) == "one two three"


async def test_a_bad_key_is_not_tried_again() -> None:
    office = Office(first=Makers(Way(breaks_at=0.5, error=AUTH)))
    run = await office.hear(call(20.0))
    assert len(office.makers["first"].made) == 1
    assert hearing(run) == [(2.5, HearingLost)]


# --- back to the first ------------------------------------------------------------------------------------


async def test_the_first_comes_back_between_turns_when_it_has_rested() -> None:
    office = Office(first=Makers(Way(breaks_at=1.0), Way()), second=Makers(Way()))
    frames = call(40.0, (2.0, (1, 2)), (30.5, (3, 4, 5, 6, 7, 8, 9, 10)), (36.0, (11, 12)))
    run = await office.hear(frames, settle=0.5)
    # It has rested at 31.0, in the middle of speech.
    assert news(run) == [(1.0, "first", "second", "network"), (36.0, "second", "first", None)]
    assert said(run) == "one two three four five six seven eight nine ten eleven twelve"
    assert office.makers["second"].made[0].closed


# --- the end ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", [Way(stuck=True), Way(setup_seconds=60), Way(breaks_at=0.0), Way()])
async def test_the_end_of_a_call_is_over_within_two_seconds(way: Way) -> None:
    office = Office(first=Makers(way))
    loop = asyncio.get_running_loop()
    began = loop.time()
    await office.hear(call(1.0, (0.1, (1, 2))))
    assert loop.time() - began < 1.0 + 2.0


async def test_the_last_words_come_before_the_end() -> None:
    office = Office(first=Makers(Way(after=0.0)))
    run = await office.hear(call(1.0, (0.1, (1, 2, 3))))
    assert said(run) == "one two three"
