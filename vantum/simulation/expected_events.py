"""Expectations of what happened, and how often: events of the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from vantum.simulation.expectation import ALWAYS, Bounds, Span, Verdict, as_json, told_times
from vantum.testing.played_call import PlayedCall


class Counted(StrEnum):
    """What can be counted, by its name in the scenario; each is an event of the record."""

    ANSWERS = "answers"
    INTERRUPTED = "interrupted"
    DRAFTS = "drafts"
    DROPPED = "dropped"
    PROMPTS = "prompts"
    ERRORS = "errors"


EVENTS: Mapping[Counted, tuple[str, Mapping[str, object]]] = {
    Counted.ANSWERS: ("utterance_started", {}),
    Counted.INTERRUPTED: ("utterance_ended", {"interrupted": True}),
    Counted.DRAFTS: ("draft_started", {}),
    Counted.DROPPED: ("draft_dropped", {}),
    Counted.PROMPTS: ("caller_prompted", {}),
    Counted.ERRORS: ("error_reported", {}),
}


@dataclass(frozen=True, slots=True)
class Count:
    """So many events, of which the fields in ``where`` are as they say; ``what`` is how the scenario has it."""

    what: str
    event: str
    count: Bounds
    where: Mapping[str, object]
    span: Span = ALWAYS

    def check(self, call: PlayedCall) -> Verdict:
        named = [entry for entry in call.events(self.event) if self.span.holds(entry["t"])]
        found = [entry for entry in named if all(_is(entry.get(k), v) for k, v in self.where.items())]
        times = f", at {told_times(entry['t'] for entry in found)}" if found else ""
        where = f" with {as_json(self.where)}" if self.where and self.what == self.event else ""
        wanted = f"{self.what}: {self.count}{where}{self.span}"
        return Verdict(self.count.hold(len(found)), wanted, f"{len(found)}{times}")


@dataclass(frozen=True, slots=True)
class UserTurns:
    """So many turns of the caller; words that come late belong to the turn that they amend."""

    count: Bounds

    def check(self, call: PlayedCall) -> Verdict:
        found = {entry["turn"]: entry["t"] for entry in call.events("turn_committed")}
        times = f", at {told_times(found.values())}" if found else ""
        return Verdict(self.count.hold(len(found)), f"user_turns: {self.count}", f"{len(found)}{times}")


def _is(found: object, wanted: object) -> bool:
    if isinstance(wanted, float) and isinstance(found, int | float):
        return abs(wanted - found) < 1e-3
    return found == wanted
