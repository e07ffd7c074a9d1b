"""Metrics of several workers: the same series, added up, and never falling."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from vantum.workers.merged_metrics import lasting, merged


def told(calls: int, live: int, *seconds: float, lag: float = 0.0, up: int = 1) -> str:
    """The exposition of a worker."""
    registry = CollectorRegistry()
    Counter("vantum_calls", "Calls.", ["transport"], registry=registry).labels("browser").inc(calls)
    Gauge("vantum_live_calls", "Under way.", registry=registry).set(live)
    Gauge("vantum_loop_lag_seconds", "Lag.", registry=registry).set(lag)
    Gauge("vantum_provider_up", "Up.", ["kind"], registry=registry).labels("llm").set(up)
    replies = Histogram("vantum_turn_seconds", "Turns.", buckets=(0.5, 1.0), registry=registry)
    for each in seconds:
        replies.observe(each)
    return generate_latest(registry).decode()


def values(text: str | bytes) -> dict[str, float]:
    """Samples by name and labels, without when they were created."""
    families = text_string_to_metric_families(text if isinstance(text, str) else text.decode())
    samples = [sample for family in families for sample in family.samples]
    return {
        ",".join((sample.name, *sample.labels.values())): sample.value
        for sample in samples
        if not sample.name.endswith("_created")
    }


def test_counts_are_added_the_lag_is_the_longest_and_who_is_down_is_down() -> None:
    one, other = told(3, 2, 0.4, 0.7, lag=0.25), told(4, 1, 2.0, lag=0.5, up=0)
    assert values(merged([one, other])) == {
        "vantum_calls_total,browser": 7,
        "vantum_live_calls": 3,
        "vantum_loop_lag_seconds": 0.5,
        "vantum_provider_up,llm": 0,
        "vantum_turn_seconds_bucket,0.5": 1,
        "vantum_turn_seconds_bucket,1.0": 2,
        "vantum_turn_seconds_bucket,+Inf": 3,
        "vantum_turn_seconds_count": 3,
        "vantum_turn_seconds_sum": pytest.approx(3.1),
        "vantum_workers,told": 2,
        "vantum_workers,silent": 0,
    }


def test_types_and_words_stay() -> None:
    whole = merged([told(1, 1), told(1, 1)]).decode()
    for line in (
        "# TYPE vantum_calls_total counter",
        "# HELP vantum_calls_total Calls.",
        "# TYPE vantum_turn_seconds histogram",
    ):
        assert whole.count(line) == 1


def test_what_a_worker_counted_outlives_it_and_what_it_held_does_not() -> None:
    one, other = told(3, 2, 0.4), told(4, 1, 2.0)
    before = values(merged([one, other]))
    after = values(merged([one], lasting(other), silent=1))
    for name in (
        "vantum_calls_total,browser",
        "vantum_turn_seconds_count",
        "vantum_turn_seconds_bucket,+Inf",
    ):
        assert after[name] == before[name]
    assert (after["vantum_live_calls"], after["vantum_workers,silent"]) == (2, 1)
    assert values(lasting(one, lasting(other)))["vantum_calls_total,browser"] == 7


def test_of_nothing_nothing_lasts() -> None:
    assert (lasting(""), lasting("", "")) == ("", "")


def test_series_that_only_one_has_stay_as_they_are() -> None:
    assert values(merged([told(1, 0), ""]))["vantum_calls_total,browser"] == 1
