"""Whether the server may be left alone for weeks: how fast its memory grows, and what it lost or left behind."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.soak.samples import Sample
from benchmarks.soak.tally import Outcome, Tally

WARM_UP_SECONDS = 900.0
"""By then the pieces that memory is taken in have found their places; until then the process grows by a percent."""
WARM_UP_SHARE = 1 / 3
"""Of a run that is shorter than three times that, so much is warm-up."""
JUDGED_SECONDS = 600.0
"""In a window that is shorter, memory that comes and goes looks like growth: its slope is told and not judged."""
MOST_MB_PER_HOUR = 1.0
CHANCE = 2.0
"""Standard errors."""
PER_CALLS = 20
STRETCHES = 10
SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Slope:
    """MB an hour for each ``PER_CALLS`` calls: the line of least squares, and its standard error.

    ``judged`` is false for a window that is too short. Neighbouring samples are not independent, so the error is
    that of the means of ten stretches.
    """

    mb_per_hour: float
    error: float
    judged: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What decides: the growth, the turns that nobody answered, and calls that outlived their client.

    ``slope`` is that of the process, ``used`` that of what is in use in it. A server takes memory before it is used
    (``vantum/heap.py``): a small leak shows in what is in use first.
    """

    slope: Slope
    used: Slope
    lost: int
    stuck: int

    @property
    def leaks(self) -> bool:
        """Whether more and more is in use, beyond what chance explains: it comes and goes with each call."""
        return self.used.judged and self.used.mb_per_hour - CHANCE * self.used.error >= MOST_MB_PER_HOUR

    @property
    def passed(self) -> bool:
        """Whether all of it is as it must be."""
        grows = self.slope.judged and self.slope.mb_per_hour >= MOST_MB_PER_HOUR
        return not grows and not self.leaks and not self.lost and not self.stuck


def warm_up(seconds: float) -> float:
    """How much of a run of so many seconds is not looked at."""
    return min(WARM_UP_SECONDS, WARM_UP_SHARE * seconds)


def judged(samples: Sequence[Sample], tally: Tally, calls: int, seconds: float, left: int) -> Verdict:
    """The verdict on a run; ``left`` calls were still alive when all clients had long left."""
    stuck = max(len(tally.stuck), left)
    held = memory_slope(samples, calls, seconds, lambda sample: sample.rss_mb)
    used = memory_slope(samples, calls, seconds, lambda sample: sample.used_mb)
    return Verdict(held, used, tally.turns[Outcome.LOST], stuck)


def memory_slope(
    samples: Sequence[Sample], calls: int, seconds: float, megabytes: Callable[[Sample], float]
) -> Slope:
    """How ``megabytes`` grow from the end of the warm-up to that of the calls."""
    begin = warm_up(seconds)
    steady = [sample for sample in samples if begin <= sample.at <= seconds]
    times = np.array([sample.at for sample in steady]) / SECONDS_PER_HOUR
    sizes = np.array([megabytes(sample) for sample in steady]) * PER_CALLS / calls
    if len(steady) < 2:
        return Slope(0.0, math.inf, judged=False)
    long_enough = seconds - begin >= JUDGED_SECONDS
    return Slope(_slope(times, sizes), _error(times, sizes), judged=long_enough)


def _slope(times: NDArray[np.float64], sizes: NDArray[np.float64]) -> float:
    return float(np.polyfit(times - times.mean(), sizes, 1)[0])


def _error(times: NDArray[np.float64], sizes: NDArray[np.float64]) -> float:
    """The standard error of the slope through the means of ten stretches."""
    if len(times) < STRETCHES:
        return math.inf
    x = np.array([part.mean() for part in np.array_split(times, STRETCHES)])
    y = np.array([part.mean() for part in np.array_split(sizes, STRETCHES)])
    slope, base = np.polyfit(x - x.mean(), y, 1)
    rest = y - (slope * (x - x.mean()) + base)
    return float(np.sqrt(np.sum(rest**2) / (STRETCHES - 2) / np.sum((x - x.mean()) ** 2)))
