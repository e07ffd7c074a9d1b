"""Held, released, cut, one after the other: what leaves, what is heard, and what is told, on virtual time."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    CancelFrame,
    Frame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    OutputDTMFFrame,
    TTSAudioRawFrame,
    TTSStoppedFrame,
    TTSTextFrame,
)

from tests.transports.output_kit import (
    RATE,
    WORD_SECONDS,
    Client,
    answer,
    ended,
    hold,
    play,
    release,
    reported,
    speech,
    timed_words,
    word,
)
from vantum.core.audio import WEB_AUDIO_BLOCK, padded
from vantum.core.events import (
    DigitsSent,
    Event,
    Stage,
    StageReached,
    UtteranceEnded,
    UtterancePaused,
    UtteranceResumed,
    UtteranceStarted,
    WordsSpoken,
)
from vantum.testing import Input

TEXT = "one two three four five six seven eight"
SAMPLES = int(WORD_SECONDS * RATE)


def numbered(first: int, samples: int) -> bytes:
    """Audio in which every sample is different for a while."""
    return b"".join(((first + n) % 32749).to_bytes(2, "little") for n in range(samples))


SPEECH = numbered(0, 8 * SAMPLES)


def rest(seconds: float) -> bytes:
    """The speech from ``seconds`` on, filled up to a whole block as it is sent."""
    return padded(SPEECH[2 * round(seconds * RATE) :], WEB_AUDIO_BLOCK)


def story() -> list[Frame]:
    """Eight words of 0.25 s each, with their times, as one answer."""
    audio = TTSAudioRawFrame(SPEECH, RATE, 1, context_id="c")
    return [LLMFullResponseStartFrame(), *timed_words(TEXT), audio, LLMFullResponseEndFrame()]


def line(seconds: float, words: str) -> list[Frame]:
    """A line spoken outside of an answer."""
    return [speech(seconds, "l"), word(words, "l"), TTSStoppedFrame(context_id="l")]


def audible(client: Client) -> list[tuple[float, bytes]]:
    """What was heard: stretches without a hole, when they begin and their audio, each chunk up to a cut."""
    pcm = b"".join(client.pcm.values())
    stretches: list[tuple[float, bytes]] = []
    for (sent, _, samples), (begin, _) in zip(client.chunks, client.played, strict=True):
        chunk, pcm = pcm[: 2 * samples], pcm[2 * samples :]
        cut = min((cut for cut in client.cuts if sent <= cut), default=math.inf)
        heard = chunk if cut >= begin + samples / RATE else chunk[: 2 * max(0, round((cut - begin) * RATE))]
        if stretches and abs(stretches[-1][0] + len(stretches[-1][1]) / 2 / RATE - begin) < 0.0002:
            stretches[-1] = (stretches[-1][0], stretches[-1][1] + heard)
        elif heard:
            stretches.append((begin, heard))
    return stretches


def told(client: Client, *kinds: type[Event]) -> list[tuple[float, str]]:
    return [(at, type(event).__name__) for at, event in client.events if isinstance(event, kinds)]


def words(client: Client) -> str:
    return " ".join(event.text for _, event in client.events if isinstance(event, WordsSpoken))


# --- holding --------------------------------------------------------------------------------------------


async def test_a_hold_silences_at_once_and_a_release_goes_on_from_the_word_it_cut() -> None:
    client, run = await play([*story(), (0.9, hold()), (1.5, release())])
    assert client.cuts == [0.9]
    assert [at for at, _, _ in client.chunks if 0.9 < at < 1.5] == []
    # "four" begins at 0.75.
    assert audible(client) == [
        (0.0, SPEECH[: 2 * round(0.9 * RATE)]),
        (1.5, rest(0.75)),
    ]
    assert told(client, UtterancePaused, UtteranceResumed, UtteranceEnded) == [
        (0.9, "UtterancePaused"),
        (1.5, "UtteranceResumed"),
        (2.756, "UtteranceEnded"),
    ]
    assert words(client) == TEXT
    assert [(end.text, end.interrupted) for end in ended(run)] == [(TEXT, False)]
    assert len({utterance for _, utterance, _ in client.chunks}) == 1


async def test_after_a_hold_clients_get_the_time_that_they_need() -> None:
    client, _ = await play([*story(), (0.9, hold()), (0.95, release())])
    assert [begin for begin, _ in audible(client)] == [0.0, pytest.approx(1.05)]
    assert told(client, UtteranceResumed) == [(1.05, "UtteranceResumed")]


async def test_what_comes_while_nothing_is_heard_is_kept_in_silence() -> None:
    client, run = await play([hold(), *story(), (1.0, release())])
    assert told(client, StageReached) == [(0.0, "StageReached"), (1.0, "StageReached"), (1.0, "StageReached")]
    assert audible(client) == [(1.0, SPEECH)]
    assert told(client, UtterancePaused, UtteranceResumed) == []
    assert client.cuts == []
    assert [end.text for end in ended(run)] == [TEXT]


async def test_audio_and_words_that_come_during_a_hold_follow() -> None:
    frames = story()
    [audio] = [frame for frame in frames if isinstance(frame, TTSAudioRawFrame)]
    audio.audio = SPEECH[: 2 * RATE]
    late = TTSAudioRawFrame(SPEECH[2 * RATE :], RATE, 1, context_id="c")
    client, run = await play([*frames[:-1], (0.6, hold()), (0.7, late), frames[-1], (1.5, release())])
    assert audible(client) == [(0.0, SPEECH[: 2 * round(0.6 * RATE)]), (1.5, rest(0.5))]
    assert [end.text for end in ended(run)] == [TEXT]


async def test_twice_held_and_twice_released_is_once() -> None:
    twice: list[Input] = [(0.9, hold()), (1.0, hold()), (1.5, release()), (1.6, release())]
    client, _ = await play([release(), *story(), *twice])
    assert len(audible(client)) == 2
    assert len(told(client, UtterancePaused)) == len(told(client, UtteranceResumed)) == 1


async def test_held_again_before_anything_was_heard_it_stays_where_it_was() -> None:
    frames: list[Input] = [(0.9, hold()), (0.95, release()), (1.0, hold()), (2.0, release())]
    client, _ = await play([*story(), *frames])
    assert audible(client)[1:] == [(2.0, rest(0.75))]
    assert told(client, UtterancePaused, UtteranceResumed) == [
        (0.9, "UtterancePaused"),
        (2.0, "UtteranceResumed"),
    ]


async def test_an_interruption_of_what_is_held_ends_it_with_the_words_heard_at_the_hold() -> None:
    client, run = await play([*story(), (0.9, hold()), (1.4, InterruptionFrame()), (1.5, speech(0.2, "d"))])
    end = ended(run)[0]
    assert (end.text, end.interrupted) == ("one two three four", True)
    assert client.cuts == [0.9]
    # The hold is over with it.
    assert [begin for begin, _ in audible(client)] == [0.0, 1.5]


async def test_a_draft_that_is_withdrawn_leaves_no_trace() -> None:
    client, run = await play([hold(), *story(), (0.5, InterruptionFrame())])
    assert (client.chunks, client.cuts) == ([], [])
    assert [type(event) for _, event in client.events] == [StageReached]
    assert [(end.text, end.interrupted) for end in ended(run)] == [("", True)]


async def test_the_end_of_the_call_releases_what_is_held() -> None:
    client, run = await play([*story(), (0.9, hold())], settle=0.2)
    assert audible(client)[1][1] == rest(0.75)
    assert [(end.text, end.interrupted) for end in ended(run)] == [(TEXT, False)]


async def test_what_was_heard_to_its_end_is_over_also_while_held() -> None:
    client, run = await play([*story()[:-1], (2.1, hold()), (2.5, LLMFullResponseEndFrame())])
    assert told(client, UtterancePaused, UtteranceEnded) == [(2.5, "UtteranceEnded")]
    assert [end.text for end in ended(run)] == [TEXT]
    assert client.cuts == []


async def test_the_next_turn_does_not_begin_while_held() -> None:
    frames: list[Input] = [*story(), *line(0.5, "more"), (1.9, hold()), (3.0, release())]
    client, run = await play(frames)
    assert [begin for begin, _ in audible(client)] == [0.0, 3.0]
    assert [end.text for end in ended(run)] == [TEXT, "more"]


async def test_without_times_it_goes_on_a_syllable_before_the_stop() -> None:
    untimed = answer(TTSAudioRawFrame(SPEECH, RATE, 1, context_id="c"))
    client, _ = await play([*untimed, (0.9, hold()), (1.5, release())])
    assert audible(client)[1] == (1.5, rest(0.75))


async def test_keys_that_sound_are_not_held_and_the_next_ones_are() -> None:
    keys = [OutputDTMFFrame.from_string(digits) for digits in "12"]
    client, _ = await play([keys[0], (0.05, hold()), (0.1, keys[1]), (2.0, release())])
    assert [at for at, _ in client.told(DigitsSent)] == [0.0, 2.0]
    assert client.cuts == []


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.integers(1, 900), st.integers(1, 400)), min_size=1, max_size=6),
    st.none() | st.integers(0, 900),
)
async def test_held_however_often_the_words_heard_are_those_that_were_audible(
    holds: list[tuple[int, int]], cut: int | None
) -> None:
    frames: list[Input] = list(story())
    now = 0.0
    for playing, held in holds:
        frames.append((now := round(now + playing / 1000, 3), hold()))
        frames.append((now := round(now + held / 1000, 3), release()))
    if cut is not None:
        frames.append((round(now + cut / 1000, 3), InterruptionFrame()))
    client, run = await play(frames, settle=4.0)
    heard: set[int] = set()
    for begin, pcm in audible(client):
        position = SPEECH.index(pcm[:40]) // 2 if len(pcm) >= 40 else None
        if position is not None:
            whole = SPEECH[2 * position :][: len(pcm)]
            assert pcm == whole + bytes(len(pcm) - len(whole)), f"the stretch at {begin} is not the speech's"
            heard |= set(range(position, position + len(whole) // 2))
    spans = [set(range(n * SAMPLES, (n + 1) * SAMPLES)) for n in range(8)]
    # Times are read to a ten-thousandth: half a word is not told from a little less.
    assume(all(abs(len(heard & span) - SAMPLES / 2) > 8 for span in spans))
    expected = TEXT.split()[: sum(len(heard & span) > SAMPLES / 2 for span in spans)]
    [end, *more] = ended(run)
    assert [other.text for other in more] == [""] * len(more)
    assert end.text.split() == expected
    assert words(client).split()[: len(expected)] == expected
    if not end.interrupted:
        assert heard == set(range(8 * SAMPLES))


# --- one after the other --------------------------------------------------------------------------------


async def test_a_turn_begins_when_the_one_before_it_has_been_heard() -> None:
    client, run = await play([*story(), *line(0.5, "more"), *answer(speech(0.4), word("and more"))])
    assert [round(begin, 2) for begin, _ in audible(client)] == [0.0]
    starts = [at for at, _ in client.told(UtteranceStarted)]
    assert starts == [pytest.approx(at, abs=0.005) for at in (0.0, 2.0, 2.5)]
    assert [(end.text, end.interrupted) for end in ended(run)] == [
        (TEXT, False),
        ("more", False),
        ("and more", False),
    ]
    assert len({end.utterance_id for end in ended(run)}) == 3


def said_next(text: str, after_ns: int) -> list[Frame]:
    """A line whose words pipecat times from ``after_ns`` on: the time of the last word before it."""
    frames: list[Frame] = [TTSAudioRawFrame(SPEECH, RATE, 1, context_id="d")]
    for frame in timed_words(text):
        assert isinstance(frame, TTSTextFrame)
        frame.context_id, frame.pts = "d", (frame.pts or 0) + after_ns
        frames.append(frame)
    return [*frames, TTSStoppedFrame(context_id="d")]


async def test_words_of_a_line_that_comes_while_another_plays_lie_on_their_own_audio() -> None:
    last = round(7 * WORD_SECONDS * 1e9) + 1
    client, run = await play([*story(), *said_next("and then some", last)])
    spoken = [at for at, event in client.told(WordsSpoken)]
    assert spoken[8:] == [pytest.approx(at, abs=0.005) for at in (2.0, 2.25, 2.5)]
    assert [end.text for end in ended(run)] == [TEXT, "and then some"]


async def test_after_a_cut_words_are_timed_by_the_clock_again() -> None:
    line = said_next("and then some", round(0.5e9))
    client, _ = await play([*story(), (0.4, InterruptionFrame()), (0.5, line[0]), *line[1:]])
    spoken = [at for at, event in client.told(WordsSpoken)]
    assert spoken[-3:] == [pytest.approx(at, abs=0.06) for at in (0.55, 0.8, 1.05)]


async def test_an_empty_answer_is_reported_after_those_before_it() -> None:
    client, run = await play(
        [*story(), LLMFullResponseStartFrame(), LLMFullResponseEndFrame(), *line(0.3, "x")]
    )
    assert [end.text for end in ended(run)] == [TEXT, "", "x"]
    assert len(client.told(UtteranceEnded)) == 2


async def test_a_line_within_an_answer_belongs_to_it() -> None:
    frames = [
        LLMFullResponseStartFrame(),
        *line(0.4, "first"),
        *line(0.4, "second"),
        LLMFullResponseEndFrame(),
    ]
    client, run = await play(frames)
    assert [end.text for end in ended(run)] == ["first second"]
    assert len(client.pcm) == 1


async def test_an_answer_completes_the_speech_before_it() -> None:
    _, run = await play([speech(0.4, "l"), word("loose", "l"), *answer(speech(0.4), word("next"))])
    assert [end.text for end in ended(run)] == ["loose", "next"]


async def test_an_interruption_is_one_report_for_all_that_is_in_flight() -> None:
    frames: list[Input] = [
        *story(),
        *line(0.5, "more"),
        LLMFullResponseStartFrame(),
        (0.9, InterruptionFrame()),
    ]
    client, run = await play([*frames, LLMFullResponseEndFrame()])
    assert [(end.text, end.interrupted) for end in ended(run)] == [("one two three four", True)]
    assert len(client.pcm) == 1


async def test_keys_are_pressed_in_their_place_between_two_turns() -> None:
    keys = OutputDTMFFrame.from_string("5")
    client, _ = await play([*line(0.4, "a"), keys, *line(0.4, "b"), *line(0.4, "c")])
    order = [e for _, e in client.events if isinstance(e, (DigitsSent, UtteranceEnded))]
    assert [type(event) for event in order] == [UtteranceEnded, DigitsSent, UtteranceEnded, UtteranceEnded]


# --- what is told ---------------------------------------------------------------------------------------


async def test_the_conversation_is_told_in_order_what_is_heard() -> None:
    client, run = await play([*line(0.4, "Hi Ann"), *line(0.4, "Bye")])
    [first, second] = [
        event.utterance_id
        for _, event in client.told(UtteranceStarted)
        if isinstance(event, UtteranceStarted)
    ]
    assert reported(run) == [
        UtteranceStarted(first),
        WordsSpoken(first, "Hi"),
        WordsSpoken(first, "Ann"),
        UtteranceEnded(first, "Hi Ann", interrupted=False),
        UtteranceStarted(second),
        WordsSpoken(second, "Bye"),
        UtteranceEnded(second, "Bye", interrupted=False),
    ]
    assert len(run.of(BotStartedSpeakingFrame)) == len(run.of(BotStoppedSpeakingFrame)) == 4


async def test_the_ear_is_reached_right_after_the_first_byte() -> None:
    client, _ = await play([hold(), *story(), (1.0, release())])
    stages = [(at, event.stage) for at, event in client.events if isinstance(event, StageReached)]
    assert stages == [(0.0, Stage.FIRST_AUDIO), (1.0, Stage.FIRST_BYTE), (1.0, Stage.HEARD)]


# --- stalls and ends ------------------------------------------------------------------------------------


def in_two(second_at: float) -> list[Input]:
    """The story, whose second half the TTS delivers late."""
    *spoken, audio, end = story()
    assert isinstance(audio, TTSAudioRawFrame)
    half = 4 * SAMPLES + 100
    first = TTSAudioRawFrame(SPEECH[: 2 * half], RATE, 1, context_id="c")
    second = TTSAudioRawFrame(SPEECH[2 * half :], RATE, 1, context_id="c")
    return [*spoken, first, (second_at, second), end]


async def test_a_stall_loses_nothing() -> None:
    client, run = await play(in_two(2.0))
    # The last samples before the stall are no whole chunk, and wait for the rest.
    [(_, before), (at, after)] = audible(client)
    assert (at, len(before)) == (2.0, 2 * RATE)
    assert before + after == padded(SPEECH, WEB_AUDIO_BLOCK)
    assert words(client) == TEXT
    assert [(end.text, end.interrupted) for end in ended(run)] == [(TEXT, False)]
    assert client.told(UtteranceEnded)[0][0] == pytest.approx(2.0 + len(after) / 2 / RATE, abs=0.002)


@pytest.mark.parametrize(
    ("at", "heard"),
    [(0.9, "one two three four"), (1.9, "one two three four"), (2.3, "one two three four five")],
)
async def test_a_call_that_drops_keeps_the_words_heard_before_and_after_a_stall(
    at: float, heard: str
) -> None:
    *spoken, late, _ = in_two(2.0)
    client, _ = await play([*spoken, *([late] if at > 2.0 else []), (at, CancelFrame())])
    assert [event for _, event in client.told(UtteranceEnded)] == [
        UtteranceEnded(client.chunks[0][1], heard, interrupted=True)
    ]
    assert max(sent for sent, _, _ in client.chunks) <= at


async def test_a_call_that_drops_while_held_keeps_the_words_heard() -> None:
    client, _ = await play([*story(), (0.9, hold()), (2.0, CancelFrame())])
    [(_, end)] = client.told(UtteranceEnded)
    assert end == UtteranceEnded(client.chunks[0][1], "one two three four", interrupted=True)


async def test_a_stall_in_a_hold_goes_on_when_both_are_over() -> None:
    client, run = await play([*in_two(2.0)[:-2], (0.9, hold()), (1.2, release()), *in_two(3.0)[-2:]])
    assert [round(begin, 3) for begin, _ in audible(client)] == [0.0, 1.2, 3.0]
    assert [end.text for end in ended(run)] == [TEXT]
    assert words(client) == TEXT
