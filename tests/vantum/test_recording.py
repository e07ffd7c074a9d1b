"""Sound on its timeline: where it lies, how it joins, what a cut takes away, and what is on disk when."""

from __future__ import annotations

import struct
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from vantum.recording import RATE, Recording, Run, Side, Track

Sound = NDArray[np.int16]


def tone(seconds: float, rate: int = RATE, pitch: float = 440.0, level: int = 10000) -> bytes:
    times = np.arange(round(seconds * rate)) / rate
    return (level * np.sin(2 * np.pi * pitch * times)).astype("<i2").tobytes()


def pieces(pcm: bytes, seconds: float, rate: int = RATE) -> list[bytes]:
    size = round(seconds * rate) * 2
    return [pcm[at : at + size] for at in range(0, len(pcm), size)]


def read(path: Path) -> tuple[Sound, Sound]:
    """Caller and bot, as the standard library reads them."""
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, RATE)
        frames = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").reshape(-1, 2)
    return frames[:, 0], frames[:, 1]


def sounding(side: Sound) -> tuple[float, float]:
    """When sound begins and when it ends, in seconds."""
    loud = np.flatnonzero(np.abs(side.astype(int)) > 50)
    return float(loud[0]) / RATE, float(loud[-1] + 1) / RATE


@pytest.fixture
def wav(tmp_path: Path) -> Path:
    return tmp_path / "recording.wav"


def recorded(path: Path, length: float, fill: Callable[[Recording], None]) -> tuple[Sound, Sound]:
    recording = Recording(path)
    fill(recording)
    recording.close(length)
    return read(path)


def test_a_call_without_sound_is_silence_of_its_length(wav: Path) -> None:
    caller, bot = recorded(wav, 12.5, lambda _: None)
    assert len(caller) == len(bot) == 12.5 * RATE
    assert not caller.any()
    assert not bot.any()


def test_caller_is_left_and_bot_is_right_at_their_times(wav: Path) -> None:
    def fill(recording: Recording) -> None:
        recording.add(Side.CALLER, tone(1.0), RATE, 0.5, now=0.5)
        recording.add(Side.BOT, tone(0.5), RATE, 2.0, now=1.8)

    caller, bot = recorded(wav, 4.0, fill)
    assert sounding(caller) == pytest.approx((0.5, 1.5), abs=0.001)
    assert sounding(bot) == pytest.approx((2.0, 2.5), abs=0.001)


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 24000, 44100, 48000])
@pytest.mark.parametrize("chunk", [0.02, 0.1, 0.256])
def test_pieces_of_any_rate_join_into_one_clean_tone(wav: Path, rate: int, chunk: float) -> None:
    def fill(recording: Recording) -> None:
        for index, piece in enumerate(pieces(tone(3.0, rate), chunk, rate)):
            recording.add(Side.CALLER, piece, rate, 1.0 + index * chunk, now=1.0 + index * chunk)
            recording.advance(1.0 + index * chunk)

    caller, _ = recorded(wav, 5.0, fill)
    heard = caller[RATE + RATE // 10 : 4 * RATE - RATE // 10].astype(float)
    expected = np.frombuffer(tone(3.0), dtype="<i2")[RATE // 10 : -RATE // 10].astype(float)
    noise = np.mean((heard - expected) ** 2) + 1e-9
    assert 10 * np.log10(np.mean(expected**2) / noise) > 50
    assert sounding(caller) == pytest.approx((1.0, 4.0), abs=0.01)


def test_jitter_makes_no_holes(wav: Path) -> None:
    def fill(recording: Recording) -> None:
        for index, piece in enumerate(pieces(tone(2.0), 0.02)):
            late = 0.07 if index % 3 == 1 else 0.0
            recording.add(Side.CALLER, piece, RATE, 1.0 + index * 0.02 + late, now=1.0 + index * 0.02)

    caller, _ = recorded(wav, 4.0, fill)
    assert caller[RATE : 3 * RATE].tobytes() == tone(2.0)


def test_a_pause_is_silence(wav: Path) -> None:
    def fill(recording: Recording) -> None:
        recording.add(Side.CALLER, tone(0.5), RATE, 0.0, now=0.5)
        recording.add(Side.CALLER, tone(0.5), RATE, 0.7, now=1.2)

    caller, _ = recorded(wav, 2.0, fill)
    assert caller[: RATE // 2].tobytes() == tone(0.5)
    assert not caller[RATE // 2 : round(0.7 * RATE)].any()
    assert caller[round(0.7 * RATE) : round(1.2 * RATE)].tobytes() == tone(0.5)


def test_a_burst_after_a_stall_is_laid_where_it_was_said(wav: Path) -> None:
    """0.6 s of the stream come late and at once: the stream was whole, so its recording is."""
    sound = pieces(tone(2.0), 0.02)

    def fill(recording: Recording) -> None:
        for index, piece in enumerate(sound):
            now = 1.0 + index * 0.02
            arrives = 1.9 if 1.3 <= now < 1.9 else now
            recording.add(Side.CALLER, piece, RATE, arrives, now=arrives)
            recording.advance(arrives)

    caller, _ = recorded(wav, 4.0, fill)
    begin, end = sounding(caller)
    assert (begin, end) == pytest.approx((1.0, 3.0), abs=0.09)
    assert end - begin == pytest.approx(2.0, abs=0.09)


def test_after_a_long_stall_the_caller_catches_up_where_nobody_speaks(wav: Path) -> None:
    silence = bytes(640)

    def fill(recording: Recording) -> None:
        recording.add(Side.CALLER, tone(0.02), RATE, 0.0, now=0.0)
        recording.advance(4.0)
        for _ in range(150):
            recording.add(Side.CALLER, tone(0.02), RATE, 4.0, now=4.0)
        for index in range(200):
            recording.add(Side.CALLER, silence, RATE, 4.0 + index * 0.02, now=4.0 + index * 0.02)
        recording.add(Side.CALLER, tone(1.0), RATE, 8.0, now=8.0)

    caller, _ = recorded(wav, 10.0, fill)
    assert sounding(caller)[1] == pytest.approx(9.0, abs=0.09)


def test_a_cut_takes_away_what_was_never_heard(wav: Path) -> None:
    def fill(recording: Recording) -> None:
        for index, piece in enumerate(pieces(tone(2.0, 48000), 0.04, 48000)):
            recording.add(Side.BOT, piece, 48000, 1.0 + index * 0.04, now=0.6 + index * 0.04)
            if index % 6 == 0:
                recording.advance(0.6 + index * 0.04)
        recording.cut(2.2)
        recording.add(Side.BOT, tone(0.5), RATE, 2.5, now=2.3)

    _, bot = recorded(wav, 4.0, fill)
    assert sounding(bot[: round(2.4 * RATE)]) == pytest.approx((1.0, 2.2), abs=0.001)
    assert not bot[round(2.2 * RATE) : round(2.5 * RATE)].any()
    assert bot[round(2.5 * RATE) : 3 * RATE].tobytes() == tone(0.5)


def test_what_the_bot_had_still_to_say_at_the_end_is_not_recorded(wav: Path) -> None:
    caller, bot = recorded(wav, 1.2, lambda recording: recording.add(Side.BOT, tone(0.4), RATE, 1.0, now=1.0))
    assert len(caller) == round(1.2 * RATE)
    assert sounding(bot) == pytest.approx((1.0, 1.2), abs=0.001)


def test_a_caller_faster_than_time_is_recorded_whole(wav: Path) -> None:
    def fill(recording: Recording) -> None:
        for piece in pieces(tone(5.0), 0.1):
            recording.add(Side.CALLER, piece, RATE, 0.1, now=0.1)

    caller, _ = recorded(wav, 1.0, fill)
    assert sounding(caller) == pytest.approx((0.1, 5.1), abs=0.11)


def test_sound_far_in_the_future_is_not_kept(wav: Path) -> None:
    _, bot = recorded(wav, 1.0, lambda recording: recording.add(Side.BOT, tone(1.0), RATE, 1e9, now=0.5))
    assert not bot.any()


def test_sound_that_comes_too_late_is_laid_after_what_is_written(wav: Path) -> None:
    def fill(recording: Recording) -> None:
        recording.advance(5.0)
        recording.add(Side.CALLER, tone(0.5), RATE, 1.0, now=5.0)

    caller, _ = recorded(wav, 6.0, fill)
    assert sounding(caller) == pytest.approx((4.0, 4.5), abs=0.001)


def test_sound_before_the_call_began_is_laid_at_its_beginning(wav: Path) -> None:
    caller, _ = recorded(
        wav, 1.0, lambda recording: recording.add(Side.CALLER, tone(0.2), RATE, -0.1, now=0.1)
    )
    assert caller[: RATE // 5].tobytes() == tone(0.2)


def test_a_rate_may_change_within_a_call(wav: Path) -> None:
    def fill(recording: Recording) -> None:
        recording.add(Side.CALLER, tone(0.5, 8000), 8000, 0.0, now=0.0)
        recording.add(Side.CALLER, tone(0.5, 48000), 48000, 0.5, now=0.5)

    caller, _ = recorded(wav, 2.0, fill)
    assert sounding(caller) == pytest.approx((0.0, 1.0), abs=0.005)


def test_half_a_sample_does_no_harm(wav: Path) -> None:
    caller, _ = recorded(
        wav, 1.0, lambda recording: recording.add(Side.CALLER, tone(0.5) + b"\1", RATE, 0, 0)
    )
    assert caller[: RATE // 2].tobytes() == tone(0.5)


def test_the_last_second_is_held_back_and_the_rest_is_on_disk(wav: Path) -> None:
    recording = Recording(wav)
    assert len(read(wav)[0]) == 0
    for second in range(1, 5):
        recording.add(Side.CALLER, tone(1.0), RATE, second - 1, now=second)
        recording.advance(float(second))
        assert len(read(wav)[0]) == (second - 1) * RATE
    recording.abandon()
    assert len(read(wav)[0]) == 3 * RATE


def test_the_header_is_what_strict_readers_want(wav: Path) -> None:
    recorded(wav, 1.0, lambda _: None)
    content = wav.read_bytes()
    riff, size, kind = struct.unpack_from("<4sI4s", content)
    assert (riff, size, kind) == (b"RIFF", len(content) - 8, b"WAVE")
    assert struct.unpack_from("<4sI", content, 36) == (b"data", len(content) - 44)
    assert wav.stat().st_mode & 0o777 == 0o600


def test_a_recording_never_overwrites_another(wav: Path) -> None:
    Recording(wav).abandon()
    with pytest.raises(FileExistsError):
        Recording(wav)


@settings(deadline=None)
@given(
    rate=st.sampled_from([8000, 16000, 44100, 48000]),
    sizes=st.lists(st.integers(1, 2000), max_size=30),
    flows=st.sets(st.integers(0, 30)),
)
def test_a_run_gives_as_many_samples_as_its_time_has(rate: int, sizes: list[int], flows: set[int]) -> None:
    run = Run(100, rate, 0)
    made = 0
    for index, size in enumerate(sizes):
        run.add(bytes(size * 2))
        if index in flows:
            begin, samples = run.flow()
            assert begin == 100 + made
            made += len(samples)
    made += len(run.finish()[1])
    assert abs(made - (run.end - 100)) <= 1


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 4000), st.integers(-5000, 8000), st.sampled_from(["add", "cut", "take"])),
        max_size=40,
    )
)
def test_no_order_of_things_breaks_a_track(steps: list[tuple[int, int, str]]) -> None:
    """Whatever comes in whatever order: once all is taken, nothing is left."""
    track, written, now = Track(), 0, 0
    for size, move, action in steps:
        now = max(0, now + move)
        match action:
            case "add":
                track.add(np.full(size, 1000, "<i2").tobytes(), RATE, now, written)
            case "cut":
                track.cut(now)
            case _:
                stop = max(written, now)
                track.take(written, np.zeros(stop - written, np.int16))
                written = stop
    rest = max(written, track.end)
    track.take(written, np.zeros(rest - written, np.int16))
    silence = np.zeros(RATE, np.int16)
    track.take(rest, silence)
    assert not silence.any()
