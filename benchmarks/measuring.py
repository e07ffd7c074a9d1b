"""One round after the other: a server, a load on it, and what both saw, as figures."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path

from benchmarks.cores import Cores, shared_out
from benchmarks.figures import Providers, Round, System, Transport, percentile
from benchmarks.lag import read_lag
from benchmarks.load import Job, Pace, Report, Target, Words, read_report
from benchmarks.script import as_sent, caller_stream, turn_ends
from benchmarks.servers import (
    ROOT,
    BenchmarkError,
    Server,
    StandIns,
    Wanted,
    running_server,
    running_stand_ins,
)

LOAD_SPARE_SECONDS = 120.0
"""Beyond the script of a job, what starting, connecting and reporting may take."""


class Bench:
    """What the rounds of a run share: the cores, the script as each system hears it, and the stand-ins."""

    def __init__(self, folder: Path, providers: Providers, seconds: float, cores: Cores) -> None:
        self.cores = cores
        self.providers = providers
        self._folder = folder
        self._stream = caller_stream(seconds)
        self._words: dict[tuple[System, Transport], Words] = {}
        self._places = 0

    @contextmanager
    def stand_ins(self) -> Iterator[StandIns | None]:
        """The providers, fresh for each server, so that none pays for what another left behind."""
        with running_stand_ins(self.providers, self.cores, self._place("providers")) as stand_ins:
            yield stand_ins

    @contextmanager
    def server(
        self,
        system: System,
        transport: Transport,
        stand_ins: StandIns | None = None,
        *,
        admit_all: bool = True,
    ) -> Iterator[Server]:
        """A server, in a folder of its own."""
        wanted = Wanted(system, transport, stand_ins, self.cores, admit_all)
        with running_server(wanted, self._place(system)) as server:
            yield server

    def words(self, system: System, transport: Transport) -> Words:
        """The script in the form in which ``system`` gets it, with the ends of its turns."""
        key = (System.VANTUM if system is System.RECORDING else system, transport)
        if key not in self._words:
            sent = as_sent(self._stream, *key)
            file = self._folder / f"speech-{key[0]}-{transport}"
            file.write_bytes(b"".join(sent))
            ends = tuple(asyncio.run(turn_ends(sent, *key)))
            self._words[key] = Words(str(file), len(sent[0]), ends)
        return self._words[key]

    def target(self, server: Server, stand_ins: StandIns | None) -> Target:
        """What the load needs to know of a server."""
        return Target(
            system=server.system,
            transport=server.transport,
            port=server.port,
            rest_port=server.rest_port,
            pid=server.pid,
            stand_ins=None if stand_ins is None else stand_ins.pid,
            core=next(iter(self.cores.server), None),
            core_shared=self.cores.shared,
        )

    def round(self, system: System, transport: Transport, calls: int, pace: Pace) -> Round:
        """A fresh server under one load; raises BenchmarkError."""
        with ExitStack() as running:
            stand_ins = running.enter_context(self.stand_ins()) if system is not System.FLOOR else None
            server = running.enter_context(self.server(system, transport, stand_ins))
            return self.round_on(server, stand_ins, calls, pace)

    def round_on(self, server: Server, stand_ins: StandIns | None, calls: int, pace: Pace) -> Round:
        """One load on a server that runs; raises BenchmarkError."""
        words = self.words(server.system, server.transport)
        job = Job(self.target(server, stand_ins), calls, pace, words)
        report = read_report(run_load("benchmarks.load", json.dumps(asdict(job)), pace, self.cores))
        lags = read_lag(server.lag, report.start, report.end)
        late = [] if stand_ins is None else read_lag(stand_ins.lag, report.start, report.end)
        return as_round(job, self.providers, report, lags, late)

    def _place(self, name: str) -> Path:
        self._places += 1
        place = self._folder / f"{self._places}-{name}"
        place.mkdir()
        return place


@contextmanager
def bench(providers: Providers, pace: Pace, cores: Cores | None = None) -> Iterator[Bench]:
    """A bench whose files are gone with the block; the cores are shared out unless they are given."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        yield Bench(Path(folder), providers, pace.longest_call, cores or shared_out())


def run_load(module: str, job: str, pace: Pace, cores: Cores) -> str:
    """Do one job in a process of its own, on the cores of the load; raises BenchmarkError."""
    # Inherited by the process that is started: it is never on the server's core, not even for a moment.
    own = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores.load or own)
    try:
        done = subprocess.run(
            [sys.executable, "-m", module],
            cwd=ROOT,
            input=job,
            capture_output=True,
            text=True,
            timeout=pace.longest_call + LOAD_SPARE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BenchmarkError(f"The load did not end within {error.timeout:g} s.") from error
    finally:
        os.sched_setaffinity(0, own)
    if done.returncode:
        raise BenchmarkError(f"The load ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return done.stdout


def as_round(
    job: Job, providers: Providers, report: Report, lags: Sequence[float], stand_ins_late: Sequence[float]
) -> Round:
    """What the load and the probes saw, as figures."""
    seconds, used = report.end - report.start, report.used
    own = used.server + (used.helpers if job.target.core_shared else 0.0)
    return Round(
        system=job.target.system,
        transport=job.target.transport,
        providers=providers,
        calls=job.calls,
        ready=len(report.setup_ms),
        cpu_ms=1000 * used.server / seconds / job.calls,
        helpers_ms=1000 * used.helpers / seconds / job.calls,
        cores=used.server / seconds,
        lag_p50_ms=_ms(percentile(lags, 0.5)),
        lag_p99_ms=_ms(percentile(lags, 0.99)),
        turns=report.turns,
        added_ms=report.added_ms,
        chunks=report.chunks,
        late_chunks=report.late_chunks,
        hole_ms=report.hole_ms,
        memory_mb=report.memory_mb,
        setup_ms=report.setup_ms,
        setup_rate=report.setup_rate,
        load_late_p99_ms=report.load_late_p99_ms,
        load_cores=used.load / seconds,
        stand_ins_late_p99_ms=_ms(percentile(stand_ins_late, 0.99)),
        stand_ins_cores=used.stand_ins / seconds,
        others_cores=used.others / seconds,
        core_others=max(0.0, used.core - own) / seconds,
        stolen_cores=used.stolen / seconds,
    )


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else 1000 * seconds
