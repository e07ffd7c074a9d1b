"""What is done next for a piece that was not spoken: by who is there, what went wrong, and the time that is left."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.tts.trial import (
    FIRST_AUDIO_SECONDS,
    LATE_SECONDS,
    SPEECHLESS_SECONDS,
    MuteError,
    Trial,
)
from vantum.core.errors import ProviderError
from vantum.core.faults import Fault


def error(fault: Fault, wait: float | None = None) -> ProviderError:
    return ProviderError("tts", "voice", "out of order", fault, wait)


MUTE = MuteError("tts", "voice", "it gave no audio")


@pytest.mark.parametrize(
    ("after", "others", "patience"),
    [
        (0.0, 0, 3.0),
        (0.0, 1, 3.0),
        (0.0, 2, 2.0),
        (0.0, 3, 1.0),
        (0.0, 9, 1.0),
        (3.0, 0, 1.0),
        (3.0, 1, 1.0),
        (3.5, 0, 0.5),
        (3.96, 0, 0.0),
        (5.0, 0, 0.0),
    ],
)
def test_patience_leaves_time_for_the_others(after: float, others: int, patience: float) -> None:
    assert Trial(100.0).patience(100.0 + after, others) == pytest.approx(patience)


def test_what_is_heard_gives_new_time() -> None:
    trial = Trial(0.0)
    trial.heard(3.0)
    assert trial.patience(3.0, 0) == FIRST_AUDIO_SECONDS


@pytest.mark.parametrize(
    ("problem", "seconds", "names", "again", "pause", "tried"),
    [
        (error(Fault.NETWORK), 0.0, "a", "a", 0.0, ""),
        (error(Fault.NETWORK), 0.0, "ab", "a", 0.0, ""),
        (error(Fault.NETWORK), 3.0, "a", "a", 0.0, ""),
        (error(Fault.NETWORK), LATE_SECONDS, "ab", "", 0.0, "a"),
        (error(Fault.RATE_LIMIT), 0.0, "a", "a", 1.0, ""),
        (error(Fault.RATE_LIMIT, 2.0), 0.0, "a", "a", 2.0, ""),
        (error(Fault.RATE_LIMIT), 0.0, "ab", "", 0.0, "a"),
        (error(Fault.RATE_LIMIT, 9.0), 0.0, "a", "", 0.0, "a"),
        (error(Fault.AUTH), 0.0, "a", "", 0.0, "a"),
        (error(Fault.FATAL), 0.0, "ab", "", 0.0, "a"),
        (MUTE, 0.0, "ab", "a", 0.0, ""),
    ],
)
def test_what_follows_a_first_failure(
    problem: ProviderError, seconds: float, names: str, again: str, pause: float, tried: str
) -> None:
    trial = Trial(0.0)
    given_up = trial.failed("a", problem, seconds, names)
    assert (trial.again, trial.pause, trial.tried, given_up) == (again, pause, set(tried), bool(tried))
    assert trial.error is problem


def test_when_all_were_asked_those_that_may_come_back_are_asked_again() -> None:
    trial = Trial(0.0)
    names = "abc"
    assert trial.failed("a", error(Fault.AUTH), 0.0, names)
    assert not trial.failed("b", error(Fault.NETWORK), 0.0, names)
    assert trial.failed("b", error(Fault.NETWORK), 0.0, names)
    assert trial.failed("c", error(Fault.RATE_LIMIT, 1.5), 1.0, names) is False
    assert (trial.again, trial.pause) == ("c", 1.5)
    assert trial.failed("c", error(Fault.RATE_LIMIT, 1.5), 1.0, names)
    assert (trial.tried, trial.pause) == ({"a"}, 1.5)
    # The second round asks each once, and blames nobody twice.
    assert not trial.failed("b", error(Fault.NETWORK), 0.0, names)
    assert (trial.again, trial.tried) == ("", {"a", "b"})
    assert not trial.failed("c", error(Fault.NETWORK), 0.0, names)
    assert (trial.tried, trial.pause) == ({"a"}, 0.5)


@pytest.mark.parametrize(
    ("problems", "blames_text"),
    [
        ([MUTE], True),
        ([error(Fault.FATAL)], True),
        ([MUTE, error(Fault.FATAL)], True),
        ([MUTE, error(Fault.NETWORK)], False),
        ([error(Fault.AUTH)], False),
    ],
)
def test_a_text_is_at_fault_if_nothing_else_can_be(problems: list[ProviderError], blames_text: bool) -> None:
    trial = Trial(0.0)
    for problem in problems:
        trial.failed("a", problem, 0.0, "a")
    assert trial.text_is_at_fault is blames_text


@given(
    st.lists(st.tuples(st.sampled_from([*Fault, None]), st.floats(0.0, 3.0)), min_size=30, max_size=30),
    st.sampled_from(["a", "ab", "abc"]),
)
def test_no_voice_is_asked_when_the_time_is_up(
    failures: list[tuple[Fault | None, float]], names: str
) -> None:
    trial, now = Trial(0.0), 0.0
    for fault, seconds in failures:
        now += trial.pause
        left = [name for name in names if name not in trial.tried]
        others = max(0, len(left) - 1)
        patience = trial.patience(now, others)
        if not left or not patience:
            break
        assert now + patience <= SPEECHLESS_SECONDS + 1e-9
        took = min(seconds, patience)
        now += took
        trial.failed(trial.again or left[0], MUTE if fault is None else error(fault), took, names)
    assert now <= SPEECHLESS_SECONDS + 3.0
