"""A calm round of Vantum, from which tests make others."""

from __future__ import annotations

from benchmarks.figures import Providers, Round, System, Transport

CALM = Round(
    system=System.VANTUM,
    transport=Transport.BROWSER,
    providers=Providers.FAKES,
    calls=10,
    ready=10,
    cpu_ms=4.0,
    helpers_ms=1.0,
    cores=0.04,
    lag_p50_ms=0.2,
    lag_p99_ms=3.0,
    turns=4,
    added_ms=(8.0, 9.0, 10.0, 20.0),
    chunks=200,
    late_chunks=0,
    hole_ms=0.0,
    memory_mb=0.7,
    setup_ms=(5.0, 6.0),
    setup_rate=1.2,
    load_late_p99_ms=1.0,
    load_cores=0.1,
    stand_ins_late_p99_ms=None,
    stand_ins_cores=0.0,
    others_cores=0.1,
    core_others=0.05,
    stolen_cores=0.0,
)
