"""What a server counts, by the events of its calls."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from vantum.core.choice import Kind
from vantum.core.events import (
    BargeIn,
    BargeInDecided,
    CallEnded,
    CallerPrompted,
    CallStarted,
    DraftDropped,
    DraftStarted,
    ErrorReported,
    Event,
    Stage,
    ToolCalled,
    ToolReturned,
    Transcript,
    TurnCommitted,
    TurnEnd,
    TurnLatency,
    WordsSpoken,
)
from vantum.core.faults import Fault
from vantum.core.provider_totals import CountingBoard
from vantum.metrics import MOST_TOOLS, Metrics

Counted = dict[str, float]

NOBODY: dict[Kind, tuple[str, ...]] = {}

BEGAN = CallStarted("c", "outreach", "browser", {})
ENDED = CallEnded("client left")
COMMITTED = TurnCommitted(1, "hello", TurnEnd.SILENCE, 0.2)
DROPPED = DraftDropped(1, prompt_tokens=100, completion_tokens=7, spoken_characters=25)


def returned(name: str = "weather", seconds: float = 0.3, *, failed: bool = False) -> ToolReturned:
    return ToolReturned("t", name, "{}", seconds, failed)


def samples(metrics: Metrics) -> Counted:
    """Every sample by its name and labels, but for the times at which series were made."""
    told = metrics.exposition().decode()
    return {
        _named(sample.name, sample.labels): sample.value
        for family in text_string_to_metric_families(told)
        for sample in family.samples
        if not sample.name.endswith("_created")
    }


def _named(name: str, labels: dict[str, str]) -> str:
    pairs = ",".join(f"{key}={value}" for key, value in sorted(labels.items()))
    return f"{name}{{{pairs}}}" if pairs else name


def counted(*calls: tuple[Event, ...]) -> Counted:
    """What changes when these calls happen, one after the other."""
    metrics = Metrics(CountingBoard(NOBODY))
    before = samples(metrics)
    for number, events in enumerate(calls):
        watch = metrics.watch_call(f"call-{number}")
        for event in events:
            watch(event)
    after = samples(metrics).items()
    return {
        name: value
        for name, value in after
        if value != before.get(name, 0.0) and not name.startswith(("vantum_heap", "vantum_python"))
    }


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ((BEGAN,), {"vantum_calls_total{transport=browser}": 1, "vantum_live_calls": 1}),
        ((BEGAN, ENDED), {"vantum_calls_total{transport=browser}": 1}),
        ((COMMITTED, COMMITTED), {"vantum_turns_total": 2}),
        ((BargeInDecided(BargeIn.ECHO, "words"),), {"vantum_barge_ins_total{kind=echo}": 1}),
        ((CallerPrompted("slow", "One moment."),), {"vantum_prompts_total{reason=slow}": 1}),
        ((CallerPrompted("a whim", "Hm."),), {"vantum_prompts_total{reason=other}": 1}),
        ((ErrorReported("llm", "no", retryable=True),), {"vantum_errors_total{source=llm}": 1}),
        ((ErrorReported("+14155550100", "no", retryable=True),), {"vantum_errors_total{source=other}": 1}),
        ((DraftStarted(1, 100),), {"vantum_drafts_total{step=started}": 1}),
        (
            (DraftStarted(1, 100), COMMITTED, COMMITTED),
            {
                "vantum_drafts_total{step=started}": 1,
                "vantum_drafts_total{step=committed}": 1,
                "vantum_turns_total": 2,
            },
        ),
        (
            (DraftStarted(1, 100), DROPPED, COMMITTED),
            {
                "vantum_drafts_total{step=started}": 1,
                "vantum_drafts_total{step=dropped}": 1,
                "vantum_dropped_tokens_total{kind=prompt}": 100,
                "vantum_dropped_tokens_total{kind=completion}": 7,
                "vantum_dropped_characters_total": 25,
                "vantum_turns_total": 1,
            },
        ),
        ((Transcript("my number is 12", final=True), WordsSpoken("u", "Hi")), {}),
        ((ToolCalled("t", "weather", "{}"),), {}),
    ],
)
def test_an_event_is_counted(events: tuple[Event, ...], expected: Counted) -> None:
    assert counted(events) == expected


def test_the_draft_of_one_call_is_not_committed_by_another() -> None:
    metrics = Metrics(CountingBoard(NOBODY))
    one, other = metrics.watch_call("one"), metrics.watch_call("other")
    one(DraftStarted(1, 10))
    other(COMMITTED)
    assert samples(metrics)["vantum_drafts_total{step=committed}"] == 0
    one(COMMITTED)
    assert samples(metrics)["vantum_drafts_total{step=committed}"] == 1


# --- latency ----------------------------------------------------------------------------------------


def test_a_latency_is_told_by_station_and_from_voice_to_voice() -> None:
    seconds = {Stage.COMMITTED: 0.25, Stage.FIRST_BYTE: 0.75, Stage.HEARD: 0.85}
    told = counted((TurnLatency(1, seconds),))
    sums = {name: value for name, value in told.items() if "_sum" in name}
    assert sums == {
        "vantum_turn_seconds_sum{stage=committed}": 0.25,
        "vantum_turn_seconds_sum{stage=first_byte}": 0.75,
        "vantum_turn_seconds_sum{stage=heard}": 0.85,
        "vantum_voice_to_voice_seconds_sum{drafted=false}": 0.85,
    }
    bucket = "vantum_voice_to_voice_seconds_bucket{{drafted=false,le={}}}"
    assert bucket.format(0.8) not in told
    assert told[bucket.format(0.9)] == 1


def test_a_draft_ahead_of_the_end_of_speech_makes_no_sum_fall() -> None:
    told = counted((TurnLatency(1, {Stage.FIRST_TOKEN: -0.1, Stage.FIRST_BYTE: 0.3}, drafted=True),))
    assert told["vantum_turn_seconds_count{stage=first_token}"] == 1
    assert "vantum_turn_seconds_sum{stage=first_token}" not in told
    assert told["vantum_voice_to_voice_seconds_sum{drafted=true}"] == 0.3


def test_a_turn_that_was_not_sent_has_no_voice_to_voice() -> None:
    told = counted((TurnLatency(1, {Stage.COMMITTED: 0.3}),))
    assert not [name for name in told if name.startswith("vantum_voice")]


# --- tools ------------------------------------------------------------------------------------------


def test_tools_are_counted_by_name_and_outcome() -> None:
    told = counted((returned(), returned(seconds=1.5), returned(failed=True), returned("other_tool")))
    assert {name: value for name, value in told.items() if name.startswith("vantum_tool_calls")} == {
        "vantum_tool_calls_total{failed=false,tool=weather}": 2,
        "vantum_tool_calls_total{failed=true,tool=weather}": 1,
        "vantum_tool_calls_total{failed=false,tool=other_tool}": 1,
    }
    assert told["vantum_tool_seconds_sum{tool=weather}"] == pytest.approx(2.1)


def test_names_that_a_model_makes_up_are_bounded() -> None:
    told = counted(tuple(returned(f"tool_{number}") for number in range(MOST_TOOLS + 7)))
    assert told["vantum_tool_calls_total{failed=false,tool=other}"] == 7
    assert len([name for name in told if name.startswith("vantum_tool_calls")]) == MOST_TOOLS + 1


@pytest.mark.parametrize("name", ["", "x" * 65, "call +14155550100", "läuft"])
def test_a_name_that_is_no_name_is_other(name: str) -> None:
    assert counted((returned(name),))["vantum_tool_calls_total{failed=false,tool=other}"] == 1


def test_each_server_counts_for_itself() -> None:
    one, other = Metrics(CountingBoard(NOBODY)), Metrics(CountingBoard(NOBODY))
    one.watch_call("c")(COMMITTED)
    assert (samples(one)["vantum_turns_total"], samples(other)["vantum_turns_total"]) == (1, 0)


def test_the_providers_are_told_as_their_board_knows_them() -> None:
    board = CountingBoard({Kind.STT: ("deepgram", "local"), Kind.TTS: ("local",)})
    metrics = Metrics(board)
    board.served(Kind.STT, "deepgram", 1.0, 0.2)
    board.served(Kind.STT, "deepgram", 2.0, 0.2)
    board.failed(Kind.STT, "deepgram", 3.0, Fault.AUTH, "bad key")
    told = {name: value for name, value in samples(metrics).items() if name.startswith("vantum_provider_")}
    assert len(told) == 3 * 5 + 3
    assert {name: value for name, value in told.items() if value} == {
        "vantum_provider_requests_total{kind=stt,outcome=served,provider=deepgram}": 2,
        "vantum_provider_requests_total{kind=stt,outcome=auth,provider=deepgram}": 1,
        "vantum_provider_up{kind=stt,provider=local}": 1,
        "vantum_provider_up{kind=tts,provider=local}": 1,
    }


# --- the process ------------------------------------------------------------------------------------


async def test_tasks_and_open_files_are_told_as_they_are(tmp_path: Path) -> None:
    metrics = Metrics(CountingBoard(NOBODY))
    before = samples(metrics)
    task = asyncio.create_task(asyncio.sleep(1.0))
    with (tmp_path / "file").open("w"):
        during = samples(metrics)
    await task
    after = samples(metrics)
    assert [told["vantum_tasks"] - before["vantum_tasks"] for told in (during, after)] == [1, 0]
    assert [told["vantum_open_fds"] - before["vantum_open_fds"] for told in (during, after)] == [1, 0]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="another C library")
def test_memory_in_use_is_told() -> None:
    metrics = Metrics(CountingBoard(NOBODY))
    before = samples(metrics)
    held = [bytes(50_000_000), [object() for _ in range(50_000)]]
    during = samples(metrics)
    assert during["vantum_heap_used_bytes"] - before["vantum_heap_used_bytes"] >= len(held[0])
    assert during["vantum_python_blocks"] - before["vantum_python_blocks"] >= len(held[1])
    assert during["vantum_heap_free_bytes"] > 0


def test_what_the_process_cannot_tell_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vantum.metrics.OPEN_FDS", tmp_path / "missing")
    monkeypatch.setattr("vantum.metrics.c_library_heap", lambda: None)
    told = samples(Metrics(CountingBoard(NOBODY))).keys()
    assert not [name for name in told if name in {"vantum_tasks", "vantum_open_fds"} or "heap" in name]
