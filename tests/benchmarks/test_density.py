"""The benchmark does not rot: its figures are right on paper, and one call goes through each server."""

from __future__ import annotations

import io
import json
import struct
from dataclasses import asdict, replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pipecat.frames.frames import (
    InputAudioRawFrame,
    OutputAudioRawFrame,
    OutputTransportMessageUrgentFrame,
)
from pipecat.serializers.protobuf import ProtobufFrameSerializer
from rich.console import Console

from benchmarks.chart import bar_chart
from benchmarks.density import Plan, as_round, measure, write
from benchmarks.fakes import ANSWER, ANSWER_WAIT, SECONDS_PER_CHAR, tone
from benchmarks.figures import (
    FIGURES,
    Answer,
    Heard,
    Round,
    System,
    answers,
    percentile,
    ratios,
    summaries,
)
from benchmarks.lag import SAMPLE, read_lag
from benchmarks.load import Pace, Report, read_report
from benchmarks.machine import Usage, process_seconds, resident_mb, usage
from benchmarks.script import CHUNK_BYTES, caller_stream, chunks, stock_turn_ends, vantum_turn_ends
from benchmarks.stock_server import READY
from benchmarks.table import said, show
from benchmarks.wires import Ready, Sound, StockWire, VantumWire
from transports.browser import codec
from transports.browser.codec import Chunk, Ids, Start
from transports.browser.dialect import Dialect
from vantum.core.events import ConversationState, StateChanged

CALM = Round(
    system=System.VANTUM,
    calls=10,
    ready=10,
    cpu_ms=4.0,
    cores=0.04,
    lag_p50_ms=0.2,
    lag_p99_ms=3.0,
    turns=4,
    added_ms=(8.0, 9.0, 10.0, 20.0),
    chunks=200,
    late_chunks=1,
    hole_ms=30.0,
    memory_mb=0.7,
    setup_ms=(5.0, 6.0),
    load_late_p99_ms=1.0,
    others_cores=0.1,
    stolen_cores=0.0,
)


def spoken(begins: float, chunks_: int) -> list[Heard]:
    return [Heard(begins + index * 0.04, 0.04) for index in range(chunks_)]


def test_an_answer_counts_from_when_it_could_begin() -> None:
    heard = [*spoken(10.5, 3), *spoken(18.25, 2)]
    assert answers([10.0, 18.0], heard) == [Answer(0.5, 3, 0, 0.0), Answer(0.25, 2, 0, 0.0)]


def test_a_turn_without_an_answer_has_none() -> None:
    assert answers([10.0, 18.0], spoken(18.5, 1)) == [Answer(None, 0, 0, 0.0), Answer(0.5, 1, 0, 0.0)]


def test_a_call_that_never_began_has_no_answers() -> None:
    assert answers([], []) == []


def test_what_still_plays_from_before_is_no_answer() -> None:
    assert answers([10.0], spoken(9.9, 10)) == [Answer(None, 0, 0, 0.0)]


def test_audio_after_a_hole_is_late_and_the_hole_is_measured() -> None:
    [answer] = answers([10.0], [Heard(10.0, 0.04), Heard(10.140625, 0.04), Heard(10.19, 0.04)])
    assert (answer.chunks, answer.late_chunks) == (3, 1)
    assert answer.hole_seconds == pytest.approx(0.1, abs=0.001)


def test_audio_sent_ahead_leaves_no_hole() -> None:
    [answer] = answers([10.0], [Heard(10.0, 0.4), Heard(10.001, 0.4), Heard(10.79, 0.4)])
    assert answer.late_chunks == 0


@given(st.lists(st.floats(0, 1000), min_size=1), st.floats(0, 1))
def test_a_percentile_is_one_of_the_values(values: list[float], share: float) -> None:
    assert percentile(values, share) in values
    assert percentile(values, 1.0) == max(values)


def test_a_percentile_of_nothing_is_none() -> None:
    assert percentile([], 0.5) is None
    assert percentile([3, 1, 2], 0.5) == 2


@pytest.mark.parametrize(
    "overloaded",
    [
        replace(CALM, lag_p50_ms=80.0),
        replace(CALM, lag_p50_ms=None),
        replace(CALM, ready=9),
        replace(CALM, added_ms=(8.0,)),
    ],
)
def test_a_server_that_does_not_keep_up_is_saturated(overloaded: Round) -> None:
    assert overloaded.saturated
    assert not CALM.saturated


def test_rounds_are_summed_up() -> None:
    [summary] = summaries([CALM, replace(CALM, cpu_ms=5.0), replace(CALM, cpu_ms=9.0, added_ms=(30.0,) * 4)])
    assert summary.rounds == 3
    assert summary.figures["cpu_ms"] == 5.0
    assert summary.figures["added_p50_ms"] == 10.0
    assert summary.figures["added_p99_ms"] == 30.0
    assert summary.figures["late_per_1000"] == 5.0
    assert summary.figures["unanswered_percent"] == 0.0
    assert summary.figures.keys() == {figure.key for figure in FIGURES}


def test_rounds_in_which_nothing_was_heard_have_no_latency() -> None:
    mute = replace(CALM, turns=0, added_ms=(), chunks=0, setup_ms=(), lag_p50_ms=None, lag_p99_ms=None)
    [summary] = summaries([mute])
    assert summary.figures["added_p50_ms"] is None
    assert summary.figures["unanswered_percent"] is None
    assert summary.saturated


def test_ratios_are_of_rounds_that_followed_each_other() -> None:
    stock = replace(CALM, system=System.STOCK)
    rounds = [replace(stock, cpu_ms=40.0), CALM, replace(CALM, cpu_ms=5.0), replace(stock, cpu_ms=45.0)]
    [ratio] = ratios(rounds)
    assert (ratio.median, ratio.least, ratio.most, ratio.lower_bound) == (9.5, 9.0, 10.0, False)
    [bound] = ratios([replace(stock, ready=3), CALM])
    assert "at least 1.0 times the CPU of Vantum" in said(bound)


def test_the_table_and_the_chart_name_every_system() -> None:
    rounds = [replace(CALM, system=system, calls=calls) for calls in (10, 50) for system in System]
    console = Console(width=160, record=True, file=io.StringIO())
    show(summaries([replace(rounds[0], ready=1), *rounds[1:]]), ratios(rounds), console)
    text = console.export_text()
    assert "stock pipecat*" in text
    assert "Vantum, recording" in text
    chart = ElementTree.fromstring(bar_chart(summaries(rounds), "a <note>"))
    drawn = [element.text for element in chart.iter("{http://www.w3.org/2000/svg}text")]
    assert drawn.count("Vantum, recording") == 2
    assert "a <note>" in drawn
    assert ElementTree.fromstring(bar_chart([], "nothing")) is not None


def test_plans_alternate() -> None:
    plan = Plan((10, 50), (System.STOCK, System.VANTUM), 2, Pace())
    assert [system for calls, system in plan.order() if calls == 50] == [
        System.STOCK,
        System.VANTUM,
        System.VANTUM,
        System.STOCK,
    ]


def test_a_report_survives_its_journey() -> None:
    report = Report(1.0, 2.0, Usage(0.5, 0.25, 1.0, 0.0), 2.5, (3.0,), 2, (8.0,), 60, 0, 0.0, None, ("lost",))
    assert read_report(json.dumps(asdict(report))) == report
    one = as_round(System.VANTUM, 5, report, [0.001, 0.002])
    assert one.cpu_ms == 100.0
    assert one.others_cores == 0.25
    assert one.lag_p99_ms == 2.0


def test_lag_is_read_in_its_window_even_if_the_file_was_cut(tmp_path: Path) -> None:
    file = tmp_path / "lag"
    assert read_lag(file, 0.0, 9.0) == []
    file.write_bytes(SAMPLE.pack(1.0, 0.5) + SAMPLE.pack(2.0, 0.25) + struct.pack("d", 3.0))
    assert read_lag(file, 2.0, 9.0) == [0.25]


def test_the_machine_is_read() -> None:
    now = usage(1)
    assert now.busy > 0.0
    assert Usage(1.0, 1.0, 1.5, 0.0).others == 0.0
    assert now.since(now) == Usage(0.0, 0.0, 0.0, 0.0)
    assert process_seconds(1) >= 0.0
    assert resident_mb(1) > 0.0


def test_a_tone_lasts_as_long_as_asked() -> None:
    assert sum(map(len, tone(2.5, 16_000))) == 80_000
    assert len(ANSWER) * SECONDS_PER_CHAR == pytest.approx(2.5, abs=0.1)
    assert pytest.approx(0.52) == ANSWER_WAIT


async def test_both_detectors_hear_every_turn_of_the_script_once() -> None:
    stream = caller_stream(20.0)
    ours, theirs = vantum_turn_ends(stream), await stock_turn_ends(stream)
    assert len(stream) % CHUNK_BYTES == 0
    assert len(ours) == len(theirs) == 3
    assert all(abs(own - other) <= 10 for own, other in zip(ours, theirs, strict=True))
    assert b"".join(chunks(stream)) == stream


def test_the_client_speaks_the_browser_protocol() -> None:
    wire = VantumWire()
    start = codec.decode(wire.opening()[0])
    assert isinstance(start, Start)
    assert start.sampling_rate == 16_000
    chunk = codec.decode(wire.chunk(bytes(640)))
    assert isinstance(chunk, Chunk)
    assert chunk.audio == bytes(640)
    ids = Ids("event", "session")
    assert wire.read(codec.speech_chunk(Dialect.CURRENT, ids, "u", bytes(3840), 48_000)) == Sound(0.04)
    changed = StateChanged(ConversationState.INITIALIZING, ConversationState.LISTENING)
    assert wire.read(codec.state_changed(Dialect.CURRENT, ids, changed, 0.0) or b"") == Ready()
    assert wire.read(codec.connected(Dialect.CURRENT, ids)) is None


async def test_the_client_speaks_protocol_buffers() -> None:
    wire, serializer = StockWire(), ProtobufFrameSerializer()
    frame = await serializer.deserialize(wire.chunk(bytes(640)))
    assert isinstance(frame, InputAudioRawFrame)
    assert (frame.audio, frame.sample_rate) == (bytes(640), 16_000)
    audio = await serializer.serialize(OutputAudioRawFrame(bytes(1920), 24_000, 1))
    ready = await serializer.serialize(OutputTransportMessageUrgentFrame(message=READY))
    other = await serializer.serialize(OutputTransportMessageUrgentFrame(message={"type": "bot-ready"}))
    assert isinstance(audio, bytes)
    assert isinstance(ready, bytes)
    assert isinstance(other, bytes)
    assert [wire.read(message) for message in (audio, ready, other)] == [Sound(0.04), Ready(), None]
    assert wire.opening() == []


@pytest.mark.real_time
@pytest.mark.parametrize("system", [System.RECORDING, System.STOCK])
def test_a_call_goes_through(system: System, tmp_path: Path) -> None:
    plan = Plan((1,), (system,), 1, Pace(window=3.0, first_call=0.1, stagger=0.1, settle=0.0, linger=3.0))
    [one] = measure(plan, Console(file=io.StringIO()))
    assert one.ready == 1
    assert one.turns == 1
    assert one.cpu_ms > 0.0
    assert one.lag_p50_ms is not None
    assert one.chunks > 0
    files = write(plan, [one], tmp_path / "results")
    assert json.loads(files[0].read_text())["rounds"][0]["system"] == system
