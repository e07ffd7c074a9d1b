"""The benchmark does not rot: its figures are right on paper, and calls go through each server."""

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
from rich.console import Console

from benchmarks.chart import bar_chart
from benchmarks.cores import Cores, shared_out
from benchmarks.density import Plan, find, measure, write
from benchmarks.fakes import ANSWER, ANSWER_WAIT, SECONDS_PER_CHAR, tone
from benchmarks.figures import FIGURES, Providers, Round, System, Transport, percentile, ratios, summaries
from benchmarks.find import Search
from benchmarks.lag import SAMPLE, read_lag
from benchmarks.load import Job, Pace, Report, Target, Words, read_job, read_report
from benchmarks.machine import Usage, descendants, process_seconds, resident_mb, usage
from benchmarks.measuring import as_round, bench
from benchmarks.table import said, show, show_rows
from benchmarks.verdict import rows
from tests.benchmarks.rounds import CALM

SHORT = Pace(window=3.0, first_call=0.1, stagger=0.1, settle=0.0, linger=3.0)


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
    late = replace(CALM, cpu_ms=9.0, added_ms=(30.0,) * 4, late_chunks=3)
    [summary] = summaries([CALM, replace(CALM, cpu_ms=5.0), late])
    assert summary.rounds == 3
    assert summary.figures["cpu_ms"] == 5.0
    assert summary.figures["added_p50_ms"] == 10.0
    assert summary.figures["added_p99_ms"] == 30.0
    assert summary.figures["spread_ms"] == 20.0
    assert summary.figures["late_per_1000"] == 5.0
    assert summary.figures["unanswered_percent"] == 0.0
    assert summary.figures.keys() == {figure.key for figure in FIGURES}


def test_rounds_in_which_nothing_was_heard_have_no_latency() -> None:
    mute = replace(CALM, turns=0, added_ms=(), chunks=0, setup_ms=(), lag_p50_ms=None, lag_p99_ms=None)
    [summary] = summaries([mute])
    assert summary.figures["added_p50_ms"] is None
    assert summary.figures["spread_ms"] is None
    assert summary.figures["unanswered_percent"] is None
    assert summary.saturated


def test_transports_are_not_mixed() -> None:
    phone = replace(CALM, transport=Transport.TWILIO, cpu_ms=8.0)
    assert [one.figures["cpu_ms"] for one in summaries([CALM, phone])] == [4.0, 8.0]


def test_ratios_are_of_rounds_that_followed_each_other() -> None:
    stock = replace(CALM, system=System.STOCK, helpers_ms=0.0)
    ours = replace(CALM, helpers_ms=0.0)
    rounds = [replace(stock, cpu_ms=40.0), ours, replace(ours, cpu_ms=5.0), replace(stock, cpu_ms=45.0)]
    [ratio] = ratios(rounds)
    assert (ratio.median, ratio.least, ratio.most, ratio.lower_bound) == (9.5, 9.0, 10.0, False)
    [bound] = ratios([replace(stock, ready=3), ours])
    assert "stock pipecat uses at least 1.00 times the CPU of Vantum" in said(bound)


def test_helpers_count_against_stock_pipecat_and_not_against_the_floor() -> None:
    stock = replace(CALM, system=System.STOCK, cpu_ms=40.0, helpers_ms=0.0)
    floor = replace(CALM, system=System.FLOOR, cpu_ms=2.0, helpers_ms=0.0)
    found = {(one.over, one.under): one.median for one in ratios([CALM, stock, floor])}
    assert found == {(System.STOCK, System.VANTUM): 8.0, (System.VANTUM, System.FLOOR): 2.0}


def test_the_table_and_the_chart_name_every_system() -> None:
    rounds = [
        replace(CALM, system=system, calls=calls, transport=transport)
        for calls in (10, 100)
        for transport in Transport
        for system in System
    ]
    console = Console(width=160, record=True, file=io.StringIO())
    show(summaries([replace(rounds[0], ready=1), *rounds[1:]]), ratios(rounds), console)
    show_rows(rows(rounds, {Transport.BROWSER: 120}, list(Transport)), console)
    text = console.export_text()
    for part in ("the floor*", "Vantum, recording", "100 calls, twilio", "≥ 150, aim 200", "NO", "ok"):
        assert part in text
    chart = ElementTree.fromstring(bar_chart(summaries(rounds), "a <note>"))
    drawn = [element.text for element in chart.iter("{http://www.w3.org/2000/svg}text")]
    assert drawn.count("Vantum, recording") == 4
    assert "10 calls, twilio" in drawn
    assert "a <note>" in drawn
    assert ElementTree.fromstring(bar_chart([], "nothing")) is not None


def test_plans_alternate_and_spare_what_stock_pipecat_cannot_do() -> None:
    plan = Plan((10, 100), (System.STOCK, System.VANTUM, System.FLOOR), 2, Pace(), tuple(Transport))
    order = list(plan.order())
    assert [system for calls, transport, system in order if (calls, transport) == (10, "twilio")] == [
        System.STOCK,
        System.VANTUM,
        System.FLOOR,
        System.FLOOR,
        System.VANTUM,
        System.STOCK,
    ]
    assert {system for calls, _, system in order if calls == 100} == {System.VANTUM, System.FLOOR}


@pytest.mark.parametrize(
    ("available", "cores"),
    [({3}, Cores()), ({0, 1}, Cores((0,), (1,), (0,))), ({5, 2, 7}, Cores((2,), (5, 7), (2,)))],
)
def test_the_server_and_the_load_share_no_core(available: set[int], cores: Cores) -> None:
    assert shared_out(available) == cores
    assert "core" in cores.said.lower()


def test_the_output_says_where_the_helpers_are() -> None:
    assert "with its helpers" in Cores((0,), (1,), (0,)).said
    assert "its helpers, the load, and the stand-ins on 1" in Cores((0,), (1,), (1,)).said


def test_reports_and_jobs_survive_their_journey() -> None:
    used = Usage(0.5, 0.25, 1.0, 0.0, helpers=0.125, core=0.75)
    report = Report(1.0, 2.0, used, 2.5, (3.0,), 9.0, 2, (8.0,), 60, 0, 0.0, None, ("lost",))
    assert read_report(json.dumps(asdict(report))) == report
    target = Target(System.VANTUM, Transport.TWILIO, 8080, 8081, 77, core=0)
    job = Job(target, 5, Pace(), Words("speech", 160, (3, 9)))
    assert read_job(json.dumps(asdict(job))) == job
    one = as_round(job, Providers.SDK, report, [0.001, 0.002], [0.003])
    assert (one.cpu_ms, one.helpers_ms) == (100.0, 25.0)
    assert (one.others_cores, one.core_others) == (0.125, 0.125)
    assert (one.lag_p99_ms, one.stand_ins_late_p99_ms) == (2.0, 3.0)


def test_lag_is_read_in_its_window_even_if_the_file_was_cut(tmp_path: Path) -> None:
    file = tmp_path / "lag"
    assert read_lag(file, 0.0, 9.0) == []
    file.write_bytes(SAMPLE.pack(1.0, 0.5) + SAMPLE.pack(2.0, 0.25) + struct.pack("d", 3.0))
    assert read_lag(file, 2.0, 9.0) == [0.25]


def test_the_machine_is_read() -> None:
    now = usage(1, core=0)
    assert now.busy >= now.core > 0.0
    assert Usage(1.0, 1.0, 1.5, 0.0).others == 0.0
    assert now.since(now) == Usage(0.0, 0.0, 0.0, 0.0)
    assert process_seconds(1) > 0.0
    assert resident_mb(1) > 0.0
    assert list(descendants(999_999_999)) == []


def test_a_tone_lasts_as_long_as_asked() -> None:
    assert sum(map(len, tone(2.5, 16_000))) == 80_000
    assert len(ANSWER) * SECONDS_PER_CHAR == pytest.approx(2.5, abs=0.1)
    assert pytest.approx(0.52) == ANSWER_WAIT


@pytest.mark.real_time
@pytest.mark.long
@pytest.mark.parametrize(
    ("system", "transport", "providers"),
    [
        (System.RECORDING, Transport.BROWSER, Providers.FAKES),
        (System.STOCK, Transport.TWILIO, Providers.FAKES),
        (System.VANTUM, Transport.TWILIO, Providers.SDK_TLS),
    ],
)
def test_a_call_goes_through(
    system: System, transport: Transport, providers: Providers, tmp_path: Path
) -> None:
    plan = Plan((1,), (system,), 1, SHORT, (transport,), providers)
    with bench(providers, SHORT) as at:
        [one] = measure(plan, at, Console(file=io.StringIO()))
    assert (one.ready, one.turns, len(one.added_ms)) == (1, 1, 1)
    assert one.cpu_ms > 0.0
    assert one.lag_p50_ms is not None
    assert (one.stand_ins_late_p99_ms is not None) == (providers is Providers.SDK_TLS)
    assert one.chunks > 50
    files = write(plan, [one], [], rows([one], {}, [transport]), tmp_path / "results")
    assert json.loads(files[0].read_text())["rounds"][0]["system"] == system


@pytest.mark.long
@pytest.mark.real_time
def test_the_calls_that_a_core_holds_are_found() -> None:
    plan = Plan((), (System.FLOOR,), 1, SHORT)
    once = Search(first=1, step=1, grain=1, most_calls=1, most_rounds=1)
    with bench(Providers.FAKES, SHORT) as at:
        [found], tried = find(plan, at, Console(file=io.StringIO()), once)
    assert found.held in (0, 1)
    assert {one.calls for one in tried} == {1}
