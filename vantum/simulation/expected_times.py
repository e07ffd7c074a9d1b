"""Expectations of times: when the bot was heard, held and silent, and when the call ended."""

from __future__ import annotations

from dataclasses import dataclass

from vantum.simulation.expectation import Bounds, Span, Verdict, told_stretches, told_times
from vantum.testing.played_call import PlayedCall


@dataclass(frozen=True, slots=True)
class States:
    """The conversation went through these states, one after the other and nothing between."""

    states: tuple[str, ...]

    def check(self, call: PlayedCall) -> Verdict:
        found = [str(state) for _, state in call.states]
        size = len(self.states)
        met = any(tuple(found[at : at + size]) == self.states for at in range(len(found)))
        told = ", ".join(f"{state} {t:g}" for t, state in call.states if isinstance(t, float))
        return Verdict(met, f"states: {' → '.join(self.states)}", told)


@dataclass(frozen=True, slots=True)
class Silent:
    """The bot cannot be heard anywhere in a span."""

    span: Span

    def check(self, call: PlayedCall) -> Verdict:
        met = not any(end > self.span.since and begin < self.span.until for begin, end in call.audible)
        return Verdict(met, f"silent:{self.span}", told_stretches(call.audible))


@dataclass(frozen=True, slots=True)
class Speaks:
    """The bot begins to be heard at a time, or can be heard all through a span."""

    at: Bounds | None
    span: Span

    def check(self, call: PlayedCall) -> Verdict:
        if self.at is not None:
            met = any(self.at.hold(begin) for begin, _ in call.audible)
            return Verdict(met, f"speaks: at {self.at}", told_stretches(call.audible))
        met = any(begin <= self.span.since and self.span.until <= end for begin, end in call.audible)
        return Verdict(met, f"speaks:{self.span}", told_stretches(call.audible))


@dataclass(frozen=True, slots=True)
class Held:
    """The bot was held from one time to another, so often and no more; each within ``within`` seconds."""

    stretches: tuple[tuple[float, float], ...]
    within: float

    def check(self, call: PlayedCall) -> Verdict:
        found = held(call)
        met = len(found) == len(self.stretches) and all(
            abs(one - other) <= self.within + 1e-6
            for wanted, was in zip(self.stretches, found, strict=False)
            for one, other in zip(wanted, was, strict=True)
        )
        return Verdict(met, f"held: {told_stretches(self.stretches)}", told_stretches(found))


@dataclass(frozen=True, slots=True)
class VoiceToVoice:
    """Seconds from the end of the caller's speech to the bot's first sound, in every turn."""

    seconds: Bounds

    def check(self, call: PlayedCall) -> Verdict:
        found = [seconds for _, seconds in voice_to_voice(call)]
        met = bool(found) and all(self.seconds.hold(seconds) for seconds in found)
        return Verdict(met, f"voice_to_voice: {self.seconds}", told_times(found) or "no turn was answered")


@dataclass(frozen=True, slots=True)
class Ended:
    """Why the call ended, and how long that took after the caller had left."""

    reason: str
    at: Bounds

    def check(self, call: PlayedCall) -> Verdict:
        found = " ".join(str(entry.get("reason", "")) for entry in call.events("call_ended"))
        met = self.reason.casefold() in found.casefold() and self.at.hold(call.ended)
        at = "" if self.at == Bounds() else f" at {self.at}"
        return Verdict(met, f"ended: {self.reason!r}{at}", f"{found!r} at {call.ended:g}")


def held(call: PlayedCall) -> list[tuple[float, float]]:
    """When the bot was held: each pause, up to where the bot went on or was cut."""
    found: list[tuple[float, float]] = []
    begun: dict[object, float] = {}
    for entry in call.entries:
        match entry:
            case {"event": "utterance_paused", "t": float(t), "utterance_id": utterance}:
                begun[utterance] = t
            case {"event": "utterance_resumed" | "utterance_ended", "t": float(t), "utterance_id": utterance}:
                if utterance in begun:
                    found.append((begun.pop(utterance), t))
            case _:
                pass
    return found


def voice_to_voice(call: PlayedCall) -> list[tuple[float, float]]:
    """For each answered turn, when its answer was first heard, and how long after the caller's last sound."""
    found = []
    for entry in call.events("turn_latency"):
        match entry:
            case {"t": float(t), "seconds": {"heard": float(seconds)} | {"first_byte": float(seconds)}}:
                found.append((t, seconds))
            case _:
                pass
    return found
