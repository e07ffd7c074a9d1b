"""Speech starts and stops after runs of windows."""

from __future__ import annotations

import pytest

from vantum.core.vad import WINDOW_SECONDS, Change, VadSettings, Voice, VoiceActivity

LOUD, FAINT = -20.0, -80.0


def changes(
    activity: VoiceActivity, probabilities: list[float], level: float = LOUD
) -> list[tuple[int, Change]]:
    heard = ((index, activity.step(p, level)) for index, p in enumerate(probabilities))
    return [(index, change) for index, change in heard if change is not None]


def test_speech_starts_after_the_start_time_and_stops_after_the_stop_time() -> None:
    activity = VoiceActivity(VadSettings())
    assert changes(activity, [0.9] * 10 + [0.1] * 10) == [(5, Change.STARTED), (15, Change.STOPPED)]
    assert activity.start_seconds == pytest.approx(6 * WINDOW_SECONDS)
    assert activity.stop_seconds == pytest.approx(6 * WINDOW_SECONDS)


def test_a_short_noise_is_no_speech() -> None:
    activity = VoiceActivity(VadSettings())
    assert changes(activity, ([0.9] * 5 + [0.1]) * 4) == []
    assert activity.voice is Voice.QUIET


def test_a_short_pause_is_no_end_of_speech() -> None:
    activity = VoiceActivity(VadSettings())
    assert changes(activity, [0.9] * 6 + ([0.1] * 5 + [0.9]) * 4) == [(5, Change.STARTED)]
    assert activity.speaking


def test_quiet_word_endings_keep_the_caller_speaking() -> None:
    activity = VoiceActivity(VadSettings(threshold=0.6))
    assert changes(activity, [0.9] * 6 + [0.5] * 20) == [(5, Change.STARTED)]
    assert changes(VoiceActivity(VadSettings(threshold=0.6)), [0.5] * 20) == []


def test_what_is_too_faint_is_no_speech() -> None:
    assert changes(VoiceActivity(VadSettings()), [0.99] * 20, FAINT) == []


def test_reset_forgets_a_start_under_way() -> None:
    activity = VoiceActivity(VadSettings())
    changes(activity, [0.9] * 5)
    activity.reset()
    assert changes(activity, [0.9] * 5) == []


@pytest.mark.parametrize("field", ["threshold", "start_seconds", "stop_seconds"])
@pytest.mark.parametrize("value", [6.0, -1.0])
def test_settings_out_of_range_cannot_exist(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{field} is {value}"):
        VadSettings(**{field: value})
