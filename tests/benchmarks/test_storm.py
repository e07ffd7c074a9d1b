"""What a storm report says, and a small storm on a real server."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from benchmarks.figures import Providers, System, Transport
from benchmarks.load import Target, Words
from benchmarks.storm import Storm, main
from benchmarks.storm_load import StormJob, StormReport, Stretch, read_job, read_storm

CALM = Stretch(3, (8.0, 9.0, 10.0), ())
REPORT = StormReport(
    start=1.0,
    end=9.0,
    calm=CALM,
    storm=CALM,
    dropped=0,
    setup_ms=(12.0, 15.0),
    setup_rate=48.0,
    refused={"503": 2},
    failed=0,
    server_cores=0.5,
    others_cores=0.0,
    stolen_cores=0.0,
    load_late_p99_ms=1.0,
)


def test_reports_and_jobs_survive_their_journey() -> None:
    assert read_storm(json.dumps(asdict(REPORT))) == REPORT
    target = Target(System.VANTUM, Transport.BROWSER, 8080, 8081, 77)
    job = StormJob(target, Words("speech", 1920, (3,)), 50, 100, 2.0, 8.0)
    assert read_job(json.dumps(asdict(job))) == job


@pytest.mark.parametrize(
    ("report", "held"),
    [
        (REPORT, True),
        (replace(REPORT, dropped=1), False),
        (replace(REPORT, failed=1), False),
        (replace(REPORT, storm=replace(CALM, holes_ms=(25.0,))), False),
        (replace(REPORT, setup_ms=()), False),
    ],
)
def test_a_storm_is_held_when_nobody_notices_it(report: StormReport, held: bool) -> None:
    one = Storm(System.VANTUM, Transport.BROWSER, Providers.FAKES, 50, 100, report, 4.0)
    assert one.held is held


@pytest.mark.long
@pytest.mark.real_time
def test_a_small_storm_comes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wanted = [
        "--running",
        "1",
        "--new",
        "2",
        "--over",
        "0.1",
        "--watch",
        "2",
        "--systems",
        "floor",
        "--transport",
        "browser",
    ]
    main([*wanted, "--results", str(tmp_path)])
    [file] = tmp_path.glob("storm-*.json")
    [one] = json.loads(file.read_text())["storms"]
    assert len(one["report"]["setup_ms"]) == 2
    assert one["report"]["dropped"] == 0
    assert "new calls refused" in capsys.readouterr().out
