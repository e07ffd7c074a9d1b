"""The waterfall of an answer."""

from __future__ import annotations

import pytest

from vantum.core.events import Event, Stage, StageReached, TurnCommitted, TurnEnd, TurnLatency, UtteranceEnded
from vantum.core.latency import Waterfall

COMMITTED = TurnCommitted(1, "hello", TurnEnd.SILENCE, silent_seconds=0.3)
TIMED = [(10.3, COMMITTED), (10.5, StageReached(Stage.FIRST_TOKEN)), (10.6, StageReached(Stage.FIRST_PIECE))]


def watched(*timed: tuple[float, Event]) -> list[TurnLatency]:
    waterfall = Waterfall()
    return [latency for now, event in timed if (latency := waterfall.watch(event, now)) is not None]


def test_stations_are_counted_from_the_end_of_speech() -> None:
    latencies = watched(
        *TIMED,
        (10.7, StageReached(Stage.FIRST_AUDIO)),
        (10.72, StageReached(Stage.FIRST_AUDIO)),
        (10.75, StageReached(Stage.FIRST_BYTE)),
        (11.0, StageReached(Stage.FIRST_BYTE)),
    )
    assert len(latencies) == 1
    assert latencies[0].turn == 1
    assert latencies[0].seconds == {
        Stage.COMMITTED: 0.3,
        Stage.FIRST_TOKEN: pytest.approx(0.5),
        Stage.FIRST_PIECE: pytest.approx(0.6),
        Stage.FIRST_AUDIO: pytest.approx(0.7),
        Stage.FIRST_BYTE: pytest.approx(0.75),
    }


def test_a_greeting_answers_nobody_and_has_no_latency() -> None:
    assert watched((0.1, StageReached(Stage.FIRST_AUDIO)), (0.2, StageReached(Stage.FIRST_BYTE))) == []


def test_an_answer_that_was_cut_before_it_was_heard_has_none() -> None:
    cut = UtteranceEnded("u", "", interrupted=True)
    assert watched(*TIMED, (10.7, cut), (10.8, StageReached(Stage.FIRST_BYTE))) == []
