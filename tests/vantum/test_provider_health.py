"""What is told of the providers' health, and what is not."""

from __future__ import annotations

import json

import pytest

from vantum.core.choice import Kind
from vantum.core.faults import Fault
from vantum.core.provider_board import ProviderBoard
from vantum.provider_health import provider_health, status_with

SECRET = "the key sk-1234 is bad, and you said my number"
ORDER = {Kind.STT: ("deepgram", "local"), Kind.TTS: ("local",)}


def broken(kind: Kind, name: str) -> ProviderBoard:
    board = ProviderBoard(ORDER)
    assert board.failed(kind, name, 10.0, Fault.AUTH, SECRET)
    return board


def test_each_job_has_its_providers_in_order() -> None:
    board = broken(Kind.STT, "deepgram")
    for seconds in (0.1, 0.2, 0.3004):
        board.served(Kind.STT, "local", 11.0, seconds)
    board.failed(Kind.STT, "local", 12.0, Fault.NETWORK, SECRET)
    told = provider_health(board.standings(20.0))
    nothing = {"requests": 0, "error_rate": None, "median_seconds": None, "last_fault": None}
    assert told == {
        "stt": [
            {
                "name": "deepgram",
                "state": "open",
                "requests": 1,
                "error_rate": 1.0,
                "median_seconds": None,
                "last_fault": "auth",
            },
            {
                "name": "local",
                "state": "closed",
                "requests": 4,
                "error_rate": 0.25,
                "median_seconds": 0.2,
                "last_fault": "network",
            },
        ],
        "tts": [{"name": "local", "state": "closed", **nothing}],
    }
    assert SECRET not in json.dumps(told)


def test_a_fault_is_forgotten_after_five_minutes() -> None:
    board = broken(Kind.STT, "deepgram")
    for now, fault in ((310.0, "auth"), (311.0, None)):
        [deepgram, _] = provider_health(board.standings(now))["stt"]
        assert deepgram["last_fault"] == fault
    board.served(Kind.STT, "deepgram", 320.0, 0.1)
    [deepgram, _] = provider_health(board.standings(320.0))["stt"]
    assert (deepgram["error_rate"], deepgram["last_fault"]) == (0.0, None)


@pytest.mark.parametrize(
    ("broken_one", "status", "told"),
    [
        ((Kind.STT, "deepgram"), "ok", "degraded"),
        ((Kind.TTS, "local"), "ok", "degraded"),
        ((Kind.STT, "local"), "ok", "ok"),
        ((Kind.STT, "deepgram"), "full", "full"),
        ((Kind.STT, "deepgram"), "closing", "closing"),
    ],
)
def test_a_first_choice_that_is_left_alone_degrades(
    broken_one: tuple[Kind, str], status: str, told: str
) -> None:
    board = broken(*broken_one)
    assert status_with(status, board.standings(11.0)) == told
    assert board.to_probe(16.0) == [broken_one]
    assert status_with(status, board.standings(16.0)) == told
    board.probed(broken_one, 17.0, well=True)
    assert status_with(status, board.standings(17.0)) == status


def test_a_server_without_calls_yet_is_well() -> None:
    assert status_with("ok", ProviderBoard(ORDER).standings(0.0)) == "ok"
