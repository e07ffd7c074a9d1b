"""Signs of life: silence tells something of who sends all the time, and nothing of who pauses as they like."""

from __future__ import annotations

import pytest

from vantum.core.pulse import DOUBT_SECONDS, PATIENCE_SECONDS, STEADY_SECONDS, Pulse

Sent = list[tuple[float, float]]


def pulse(*sent: tuple[float, float], began: float = 100.0) -> Pulse:
    """The pulse of a client that sent so much sound at these times since it began."""
    made = Pulse(began)
    for at, seconds in sent:
        made.beat(began + at, seconds)
    return made


def stream(begin: float, end: float, every: float = 0.25) -> Sent:
    """Sound all the time."""
    count = round((end - begin) / every)
    return [(begin + every * number, every) for number in range(1, count + 1)]


STEADY = stream(0, 10)


@pytest.mark.parametrize(
    ("sent", "steady"),
    [
        ([], False),
        ([(1.0, 0.0)], False),
        (stream(0, STEADY_SECONDS - 0.25), False),
        (stream(0, STEADY_SECONDS), True),
        (STEADY, True),
        (stream(2, 10), True),  # the microphone took two seconds to open
        (stream(3, 6), False),  # a key was pressed to speak
        ([*stream(0, 3), *stream(8, 11)], False),
        ([*stream(0, 8), *stream(9.75, 10)], True),
        # A network that stood still for four seconds, and then brought all at once.
        ([*stream(0, 6), *((10.0, 0.25) for _ in range(16))], True),
        # Sound from a file, in a tenth of its time, and none for long: that is no microphone.
        ([*((0.1 * n, 1.0) for n in range(1, 11)), (20.0, 0.1)], False),
    ],
)
def test_who_sends_all_the_time_is_steady(sent: Sent, steady: bool) -> None:
    assert pulse(*sent).steady is steady


def test_what_a_steady_client_was_sent_is_heard_up_to_its_last_message() -> None:
    assert pulse(*STEADY).heard_until(117.0) == 110.0
    assert pulse(*STEADY).heard_until(110.0) == 110.0


def test_who_pauses_as_they_like_is_taken_to_listen() -> None:
    assert pulse(*stream(3, 6)).heard_until(117.0) == 117.0
    assert pulse().heard_until(117.0) == 117.0


@pytest.mark.parametrize(
    ("silent", "until"),
    [
        (0.0, None),
        (DOUBT_SECONDS - 0.01, None),
        (DOUBT_SECONDS, 110.0 + PATIENCE_SECONDS),
        (PATIENCE_SECONDS - 0.01, 110.0 + PATIENCE_SECONDS),
        (PATIENCE_SECONDS, None),
        (60.0, None),
    ],
)
def test_a_steady_client_that_falls_silent_is_doubted_for_a_while(silent: float, until: float | None) -> None:
    assert pulse(*STEADY).doubtful_until(110.0 + silent) == until
    assert pulse(*stream(3, 6)).doubtful_until(106.0 + silent) is None


def test_a_sign_of_life_ends_the_doubt() -> None:
    made = pulse(*STEADY)
    assert made.doubtful_until(112.0) is not None
    made.beat(112.0, 0.25)
    assert (made.doubtful_until(112.0), made.heard_until(112.1)) == (None, 112.0)
