"""The metrics of several workers as one: the same series, added up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from prometheus_client import generate_latest
from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

LASTING: Final = ("counter", "histogram", "summary")
CREATED: Final = "_created"
RULES: Final[Mapping[str, Callable[[float, float], float]]] = {
    "vantum_loop_lag_seconds": max,
    # The worst: 0 where any worker leaves the provider alone.
    "vantum_provider_up": min,
}
"""How two values of one series become one; all others are added."""
WORKERS: Final = "vantum_workers"

Labels = tuple[tuple[str, str], ...]


def merged(texts: Sequence[str], past: str = "", silent: int = 0) -> bytes:
    """The exposition of all workers, of which ``silent`` did not tell.

    ``past`` are the counts of workers that are gone: without them a counter would fall whenever one goes.
    """
    workers = Metric(WORKERS, "Workers of the server, by whether they told their metrics in time.", "gauge")
    workers.add_sample(WORKERS, {"state": "told"}, len(texts))
    workers.add_sample(WORKERS, {"state": "silent"}, silent)
    families = [*_merged(_families(texts), past), workers]
    return generate_latest(_Fixed(families))


def lasting(text: str, past: str = "") -> str:
    """``past`` and the counts of a worker that is gone; what it held at the moment is gone with it."""
    counts = [family for family in _families([text]) if _lasts(family)]
    return generate_latest(_Fixed(_merged(counts, past))).decode()


class _Fixed(Collector):
    """Families that are what they are."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = list(families)

    def collect(self) -> Iterator[Metric]:
        yield from self._families


def _families(texts: Iterable[str]) -> list[Metric]:
    return [family for text in texts for family in text_string_to_metric_families(text)]


def _lasts(family: Metric) -> bool:
    return family.type in LASTING or family.name.endswith(CREATED)


def _merged(families: Iterable[Metric], past: str) -> list[Metric]:
    whole: dict[str, Metric] = {}
    values: dict[str, dict[tuple[str, Labels], float]] = {}
    for family in (*families, *_families([past])):
        whole.setdefault(family.name, Metric(family.name, family.documentation, family.type))
        known = values.setdefault(family.name, {})
        rule = min if family.name.endswith(CREATED) else RULES.get(family.name, float.__add__)
        for sample in family.samples:
            series = (sample.name, tuple(sorted(sample.labels.items())))
            value = float(sample.value)
            known[series] = rule(known[series], value) if series in known else value
    for name, family in whole.items():
        for (sample_name, labels), value in values[name].items():
            family.add_sample(sample_name, dict(labels), value)
    return list(whole.values())
