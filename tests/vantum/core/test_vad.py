"""Speech starts, pauses and stops after runs of windows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.vad import WINDOW_SECONDS, Change, VadSettings, Voice, VoiceActivity

LOUD, FAINT = -20.0, -80.0


def changes(
    activity: VoiceActivity, probabilities: list[float], level: float = LOUD
) -> list[tuple[int, Change]]:
    heard = ((index, activity.step(p, level)) for index, p in enumerate(probabilities))
    return [(index, change) for index, change in heard if change is not None]


CLEAR, VOICED, UNVOICED = 0.95, 0.7, 0.1
"""Probabilities: the model is sure, is not, hears nothing."""


def test_speech_starts_pauses_and_stops_after_its_times() -> None:
    activity = VoiceActivity(VadSettings())
    assert changes(activity, [VOICED] * 10 + [UNVOICED] * 10) == [
        (5, Change.STARTED),
        (12, Change.PAUSED),
        (15, Change.STOPPED),
    ]


def test_it_says_how_long_the_windows_agree() -> None:
    activity = VoiceActivity(VadSettings())
    told = [
        (change, round(activity.run_seconds / WINDOW_SECONDS))
        for probability in [VOICED] * 9 + [UNVOICED] * 6
        if (change := activity.step(probability, LOUD)) is not None
    ]
    assert told == [(Change.STARTED, 6), (Change.PAUSED, 3), (Change.STOPPED, 6)]


@pytest.mark.parametrize(
    ("start_seconds", "probabilities", "index"),
    [
        (0.2, [CLEAR] * 10, 3),
        (0.2, [VOICED] + [CLEAR] * 9, 4),
        (0.2, [CLEAR, CLEAR, CLEAR, VOICED] + [CLEAR] * 9, 5),
        (0.1, [CLEAR] * 10, 2),
        (0.5, [CLEAR] * 20, 10),
        (0.5, [VOICED] * 20, 15),
        (0.0, [VOICED] * 3, 0),
    ],
)
def test_speech_that_the_model_is_sure_of_starts_sooner(
    start_seconds: float, probabilities: list[float], index: int
) -> None:
    activity = VoiceActivity(VadSettings(start_seconds=start_seconds))
    assert changes(activity, probabilities) == [(index, Change.STARTED)]


@pytest.mark.parametrize("noise", [[CLEAR] * 3, [VOICED] * 5, [CLEAR, CLEAR, VOICED, CLEAR, CLEAR]])
def test_a_short_noise_is_no_speech(noise: list[float]) -> None:
    activity = VoiceActivity(VadSettings())
    assert changes(activity, [*noise, UNVOICED] * 4) == []
    assert activity.voice is Voice.QUIET


def test_who_goes_on_after_a_pause_has_resumed() -> None:
    activity = VoiceActivity(VadSettings())
    heard = [VOICED] * 6 + ([UNVOICED] * 5 + [VOICED]) * 2 + [UNVOICED] * 2 + [VOICED]
    assert changes(activity, heard) == [
        (5, Change.STARTED),
        (8, Change.PAUSED),
        (11, Change.RESUMED),
        (14, Change.PAUSED),
        (17, Change.RESUMED),
    ]
    assert activity.speaking


@pytest.mark.parametrize(
    ("pause_seconds", "stop_seconds", "paused", "stopped"),
    [(0.1, 0.2, 2, 5), (0.0, 0.2, 0, 5), (0.1, 0.1, 1, 2), (0.5, 0.2, 4, 5), (0.1, 0.0, 0, 1)],
)
def test_each_stop_has_a_pause_before_it(
    pause_seconds: float, stop_seconds: float, paused: int, stopped: int
) -> None:
    activity = VoiceActivity(VadSettings(pause_seconds=pause_seconds, stop_seconds=stop_seconds))
    changes(activity, [CLEAR] * 4)
    assert changes(activity, [UNVOICED] * 10) == [(paused, Change.PAUSED), (stopped, Change.STOPPED)]


@given(st.lists(st.sampled_from([CLEAR, VOICED, UNVOICED]), max_size=200))
def test_the_changes_keep_their_order(probabilities: list[float]) -> None:
    activity, before = VoiceActivity(VadSettings()), Change.STOPPED
    for _, change in changes(activity, probabilities):
        assert change in AFTER[before]
        before = change
    assert activity.speaking == (before is not Change.STOPPED)


AFTER = {
    Change.STOPPED: {Change.STARTED},
    Change.STARTED: {Change.PAUSED},
    Change.PAUSED: {Change.RESUMED, Change.STOPPED},
    Change.RESUMED: {Change.PAUSED},
}


def test_quiet_word_endings_keep_the_caller_speaking() -> None:
    activity = VoiceActivity(VadSettings(threshold=0.6))
    assert changes(activity, [VOICED] * 6 + [0.5] * 20) == [(5, Change.STARTED)]
    assert changes(VoiceActivity(VadSettings(threshold=0.6)), [0.5] * 20) == []


def test_what_is_too_faint_is_no_speech() -> None:
    assert changes(VoiceActivity(VadSettings()), [0.99] * 20, FAINT) == []


def test_reset_forgets_a_start_under_way() -> None:
    activity = VoiceActivity(VadSettings())
    changes(activity, [CLEAR] * 3)
    activity.reset()
    assert changes(activity, [CLEAR] * 3) == []


def test_reset_forgets_that_the_caller_speaks() -> None:
    activity = VoiceActivity(VadSettings())
    changes(activity, [CLEAR] * 4 + [UNVOICED] * 3)
    activity.reset()
    assert not activity.speaking
    assert changes(activity, [CLEAR] * 4) == [(3, Change.STARTED)]


@pytest.mark.parametrize("field", ["threshold", "start_seconds", "pause_seconds", "stop_seconds"])
@pytest.mark.parametrize("value", [6.0, -1.0])
def test_settings_out_of_range_cannot_exist(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{field} is {value}"):
        VadSettings(**{field: value})
