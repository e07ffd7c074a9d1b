"""What is to be drawn of a call: stretches of time and moments, as values. Times are seconds since it began."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from vantum.core.transcript import Entry
from vantum.simulation.simulated_call import Heard


class Kind(StrEnum):
    """What a stretch or a moment is; the picture has a colour for each."""

    SPEECH = "speech"
    NOISE = "noise"
    BOT = "bot"
    HELD = "held"
    THINKING = "thinking"
    DRAFT = "draft"
    DROPPED = "dropped"
    TOOL = "tool"
    FAILED = "failed"
    STATE = "state"
    TURN = "turn"
    BARGE_IN = "barge_in"
    CUT = "cut"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Something that goes on from ``begin`` to ``end``."""

    begin: float
    end: float
    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happens at ``t``."""

    t: float
    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """A call of ``seconds``: its lanes, from top to bottom. ``latencies`` are from the caller's end to the bot."""

    seconds: float
    caller: tuple[Stretch, ...]
    bot: tuple[Stretch, ...]
    work: tuple[Stretch, ...]
    states: tuple[Stretch, ...]
    moments: tuple[Moment, ...]
    latencies: tuple[Stretch, ...]


def timeline_of(
    entries: Sequence[Entry],
    caller: Iterable[Heard] = (),
    audible: Iterable[tuple[float, float]] | None = None,
) -> Timeline:
    """The timeline of a record.

    ``caller`` and ``audible`` are when the two were really heard. Where that is not known, the bot's part is told
    by its utterances, and the caller's by the transcripts.
    """
    seconds = max((_t(entry) for entry in entries), default=0.0)
    held = tuple(_held(entries))
    heard = tuple(caller) or tuple(_caller(entries))
    return Timeline(
        seconds=seconds,
        caller=tuple(_caller_stretch(part) for part in heard),
        bot=(*_bot(entries, _utterances(entries, held) if audible is None else audible), *held),
        work=tuple(sorted((*_thinking(entries), *_drafts(entries), *_tools(entries)), key=lambda w: w.begin)),
        states=tuple(_states(entries, seconds)),
        moments=tuple(moment for entry in entries if (moment := _moment(entry)) is not None),
        latencies=tuple(_latencies(entries)),
    )


def _t(entry: Entry) -> float:
    t = entry.get("t")
    return float(t) if isinstance(t, int | float) else 0.0


def _text(entry: Entry, key: str) -> str:
    return str(entry.get(key, ""))


def _named(entries: Iterable[Entry], *names: str) -> list[Entry]:
    return [entry for entry in entries if entry.get("event") in names]


def _caller_stretch(heard: Heard) -> Stretch:
    kind = Kind.SPEECH if heard.text else Kind.NOISE
    return Stretch(heard.begin, heard.end, kind, heard.text or "noise")


def _caller(entries: Sequence[Entry]) -> Iterable[Heard]:
    """Each turn, from its first transcript to the last sound before it was committed."""
    first: float | None = None
    for entry in _named(entries, "transcript", "turn_committed"):
        if entry["event"] == "transcript":
            first = _t(entry) if first is None else first
            continue
        silent = entry.get("silent_seconds")
        end = _t(entry) - (silent if isinstance(silent, int | float) else 0.0)
        yield Heard(min(end, first if first is not None else end), end, _text(entry, "text"))
        first = None


def _bot(entries: Sequence[Entry], audible: Iterable[tuple[float, float]]) -> Iterable[Stretch]:
    """The stretches with the words that began in them; what began between two belongs to the later one."""
    words = [(_t(entry), _text(entry, "text")) for entry in _named(entries, "words_spoken")]
    for begin, end in audible:
        inside = [text for t, text in words if t < end]
        words = words[len(inside) :]
        yield Stretch(begin, end, Kind.BOT, " ".join(inside))


def _utterances(entries: Sequence[Entry], held: Sequence[Stretch]) -> Iterable[tuple[float, float]]:
    begun: dict[str, float] = {}
    for entry in _named(entries, "utterance_started", "utterance_ended"):
        name = _text(entry, "utterance_id")
        if entry["event"] == "utterance_started":
            begun[name] = _t(entry)
        elif name in begun:
            begin = begun.pop(name)
            for pause in held:
                if begin <= pause.begin <= _t(entry):
                    yield begin, pause.begin
                    begin = pause.end
            if begin < _t(entry):
                yield begin, _t(entry)


def _held(entries: Sequence[Entry]) -> Iterable[Stretch]:
    begun: dict[str, float] = {}
    for entry in _named(entries, "utterance_paused", "utterance_resumed", "utterance_ended"):
        name = _text(entry, "utterance_id")
        if entry["event"] == "utterance_paused":
            begun[name] = _t(entry)
        elif name in begun:
            begin = begun.pop(name)
            yield Stretch(begin, _t(entry), Kind.HELD, f"held {_t(entry) - begin:.1f} s")


def _thinking(entries: Sequence[Entry]) -> Iterable[Stretch]:
    """From the commit of a turn to the first audio on the wire."""
    committed: Entry | None = None
    for entry in _named(entries, "turn_committed", "utterance_started"):
        if entry["event"] == "turn_committed":
            committed = entry
        elif committed is not None:
            yield Stretch(_t(committed), _t(entry), Kind.THINKING, "thinking")
            committed = None


def _drafts(entries: Sequence[Entry]) -> Iterable[Stretch]:
    begun: Entry | None = None
    for entry in _named(entries, "draft_started", "draft_dropped", "turn_committed"):
        if entry["event"] == "draft_started":
            begun = entry
        elif begun is not None:
            dropped = entry["event"] == "draft_dropped"
            told = f"draft {begun.get('attempt', '')} {'dropped' if dropped else 'kept'}"
            if _t(entry) > _t(begun):
                yield Stretch(_t(begun), _t(entry), Kind.DROPPED if dropped else Kind.DRAFT, told)
            begun = None


def _tools(entries: Sequence[Entry]) -> Iterable[Stretch]:
    begun: dict[str, Entry] = {}
    for entry in _named(entries, "tool_called", "tool_returned"):
        name = _text(entry, "call_id")
        if entry["event"] == "tool_called":
            begun[name] = entry
        elif name in begun:
            kind = Kind.FAILED if entry.get("failed") else Kind.TOOL
            yield Stretch(_t(begun.pop(name)), _t(entry), kind, f"{_text(entry, 'name')}()")


def _states(entries: Sequence[Entry], seconds: float) -> Iterable[Stretch]:
    begin, state = 0.0, "initializing"
    for entry in _named(entries, "state_changed"):
        yield Stretch(begin, _t(entry), Kind.STATE, state)
        begin, state = _t(entry), _text(entry, "state")
    if begin < seconds:
        yield Stretch(begin, seconds, Kind.STATE, state)


def _latencies(entries: Sequence[Entry]) -> Iterable[Stretch]:
    """Each answered turn, from the caller's last sound to the bot's first, and when each station was reached."""
    for entry in _named(entries, "turn_latency"):
        stations = entry.get("seconds")
        reached = (
            {k: v for k, v in stations.items() if isinstance(v, float)} if isinstance(stations, dict) else {}
        )
        seconds = reached.get("heard", reached.get("first_byte"))
        if seconds is not None:
            told = ", ".join(f"{name.replace('_', ' ')} {at:.2f}" for name, at in reached.items())
            yield Stretch(round(_t(entry) - seconds, 3), _t(entry), Kind.THINKING, told)


def _moment(entry: Entry) -> Moment | None:  # noqa: C901, PLR0912 - one line for each event
    t = _t(entry)
    match entry:
        case {"event": "turn_committed", "turn": turn, "ended_by": by}:
            return Moment(t, Kind.TURN, f"turn {turn} ({by})")
        case {"event": "barge_in_decided", "kind": kind, "text": text}:
            return Moment(t, Kind.BARGE_IN, f"{kind}: {text}" if text else f"{kind}")
        case {"event": "utterance_ended", "interrupted": True}:
            return Moment(t, Kind.CUT, "cut")
        case {"event": "caller_prompted", "reason": reason}:
            return Moment(t, Kind.NOTE, f"prompt ({reason})")
        case {"event": "key_pressed", "key": key}:
            return Moment(t, Kind.TURN, f"key {key}")
        case {"event": "digits_sent", "digits": digits}:
            return Moment(t, Kind.NOTE, f"sends {digits}")
        case {"event": "language_changed", "language": language}:
            return Moment(t, Kind.NOTE, f"language {language}")
        case {"event": "provider_switched", "kind": kind, "provider": provider}:
            return Moment(t, Kind.NOTE, f"{kind} by {provider}")
        case {"event": "error_reported", "source": source}:
            return Moment(t, Kind.CUT, f"error of {source}")
        case {"event": "disposition_recorded", "disposition": disposition}:
            return Moment(t, Kind.NOTE, f"{disposition}")
        case {"event": "transfer_requested"}:
            return Moment(t, Kind.NOTE, "transfer")
        case {"event": "call_ended", "reason": reason}:
            return Moment(t, Kind.NOTE, f"{reason}")
        case _:
            return None
