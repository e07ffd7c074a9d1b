"""What the trials of all partners come to, and whether Vantum does what it must."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.conversation.judging import Part, Trial
from benchmarks.conversation.stage import Partner
from benchmarks.figures import percentile

Trials = Sequence[Trial]

SPECULATION_GAIN_MS = 190.0
"""By so much the median with speculation must be below stock pipecat's in the same run."""
LATENCY_MS = {Partner.VANTUM: (660.0, 800.0), Partner.PLAIN: (780.0, 920.0)}
SILENCE_MS = 300.0
DEAD_AIR_SECONDS = 0.8
PAUSES_KEPT = 0.9


@dataclass(frozen=True, slots=True)
class Row:
    """A figure of each partner, what it must be, and whether Vantum's is; None where it was not measured."""

    part: Part
    what: str
    must: str
    figures: dict[Partner, str]
    passed: bool | None


@dataclass(frozen=True, slots=True)
class Rule:
    """How the trials of a part are told, and what those of Vantum must satisfy."""

    part: Part
    what: str
    must: str
    told: Callable[[Trials], str]
    good: Callable[[Trials], bool]


def rows(trials: Mapping[Partner, Trials]) -> list[Row]:
    """A row for each rule of which something was measured."""
    return [*_latency_rows(trials), *(row for rule in RULES if (row := _row(rule, trials)))]


def milliseconds(trials: Trials, quantile: float) -> float | None:
    """A quantile of the figures, which are seconds."""
    value = percentile([trial.figure for trial in trials if trial.figure is not None], quantile)
    return None if value is None else 1000 * value


def of_part(trials: Trials, part: Part) -> list[Trial]:
    """The trials of one part."""
    return [trial for trial in trials if trial.part is part]


def _row(rule: Rule, trials: Mapping[Partner, Trials]) -> Row | None:
    found = {partner: of_part(every, rule.part) for partner, every in trials.items()}
    figures = {partner: rule.told(some) for partner, some in found.items() if some}
    ours = found.get(Partner.VANTUM)
    return (
        Row(rule.part, rule.what, rule.must, figures, rule.good(ours) if ours else None) if figures else None
    )


def _latency_rows(trials: Mapping[Partner, Trials]) -> list[Row]:
    found = {partner: of_part(every, Part.LATENCY) for partner, every in trials.items()}
    found = {partner: some for partner, some in found.items() if some}
    if not found:
        return []
    shown = {partner: _quantiles(some) for partner, some in found.items()}
    rows = []
    for partner, (p50, p95) in LATENCY_MS.items():
        if some := found.get(partner):
            kind = "with speculation" if partner is Partner.VANTUM else "without speculation"
            passed = _all_good(some) and _below(some, 0.5, p50) and _below(some, 0.95, p95)
            told = {one: shown[one] for one in shown if (one is Partner.PLAIN) == (partner is Partner.PLAIN)}
            must = f"<= {p50:.0f} / {p95:.0f} ms"
            rows.append(Row(Part.LATENCY, f"voice to voice {kind}, p50 / p95", must, told, passed))
    stock = milliseconds(found.get(Partner.STOCK, ()), 0.5)
    ours = milliseconds(found.get(Partner.VANTUM, ()), 0.5)
    if stock is not None and ours is not None:
        gain, must = stock - ours, f">= {SPECULATION_GAIN_MS:.0f} ms"
        figures = {Partner.VANTUM: f"{gain:.0f} ms"}
        rows.append(
            Row(Part.LATENCY, "p50 below stock pipecat's", must, figures, gain >= SPECULATION_GAIN_MS)
        )
    return rows


def _quantiles(trials: Trials) -> str:
    p50, p95 = milliseconds(trials, 0.5), milliseconds(trials, 0.95)
    told = "-" if p50 is None or p95 is None else f"{p50:.0f} / {p95:.0f} ms"
    return told + _missed(trials)


def _missed(trials: Trials) -> str:
    missed = sum(trial.figure is None for trial in trials)
    return f", {missed} of {len(trials)} missed" if missed else ""


def _below(trials: Trials, quantile: float, bound_ms: float) -> bool:
    value = milliseconds(trials, quantile)
    return value is not None and value <= bound_ms


def _all_good(trials: Trials) -> bool:
    return all(trial.good for trial in trials)


def _good_of(trials: Trials) -> str:
    return f"{sum(trial.good for trial in trials)} of {len(trials)}"


def _bad_of(trials: Trials) -> str:
    return f"{sum(not trial.good for trial in trials)} of {len(trials)}"


def _dead_air(trials: Trials) -> str:
    most = milliseconds(trials, 1.0)
    told = "-" if most is None else f"{most:.0f} ms"
    return f"{told}, {_bad_of(trials)} lost"


RULES = (
    Rule(
        Part.INTERRUPTION,
        "caller's first sound to silence, p50 / p95",
        f"p95 <= {SILENCE_MS:.0f} ms",
        _quantiles,
        lambda some: _all_good(some) and _below(some, 0.95, SILENCE_MS),
    ),
    Rule(
        Part.BACKCHANNEL,
        "goes on after a backchannel, held <= 0.6 s",
        "every time",
        _good_of,
        _all_good,
    ),
    Rule(
        Part.NOISE,
        "dead air after 1 s of noise, most",
        f"<= {1000 * DEAD_AIR_SECONDS:.0f} ms, nothing lost",
        _dead_air,
        lambda some: _all_good(some) and _below(some, 1.0, 1000 * DEAD_AIR_SECONDS),
    ),
    Rule(
        Part.PAUSE,
        "a pause of 0.8 s in a sentence is not answered",
        "9 of 10",
        _good_of,
        lambda some: sum(trial.good for trial in some) >= PAUSES_KEPT * len(some),
    ),
    Rule(Part.HEARD, "context off by more than a word", "0", _bad_of, _all_good),
    Rule(Part.RANDOM, "turns answered twice or never", "0", _bad_of, _all_good),
)
