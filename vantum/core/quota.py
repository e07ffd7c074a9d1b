"""How many calls one address or one key may have at a time, and begin in a minute.

Law: what is remembered is bounded. Whoever has no call under way is forgotten a minute after their last one, and of
those who are left only the latest ``most_known``. ``now`` is seconds on any steady clock.
"""

from __future__ import annotations

import math
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass

MINUTE_SECONDS = 60.0
MOST_KNOWN = 4_096
RETRY_SECONDS = 10
"""Nobody knows when a call under way will end."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Calls at a time, and calls begun in any minute; 0 is no limit."""

    live: int
    per_minute: int


@dataclass(frozen=True, slots=True)
class Excess:
    """One call too many: how many there may be, in words, and when asking again may help."""

    words: str
    retry_seconds: int


class Pace:
    """Calls begun in the last minute, by who began them."""

    def __init__(self, per_minute: int, most_known: int = MOST_KNOWN) -> None:
        self._per_minute = per_minute
        self._most_known = most_known
        # In the order of their last call: the first to be forgotten is the first.
        self._begun: OrderedDict[str, deque[float]] = OrderedDict()

    @property
    def known(self) -> frozenset[str]:
        """Who is remembered."""
        return frozenset(self._begun)

    def excess(self, who: str, now: float) -> Excess | None:
        """Whether ``who`` may begin no call now."""
        self._forget(now)
        begun = self._begun.get(who)
        if not self._per_minute or begun is None or len(begun) < self._per_minute:
            return None
        rest = begun[0] + MINUTE_SECONDS - now
        if rest <= 0.0:
            return None
        return Excess(f"at most {self._per_minute} new calls a minute are allowed", math.ceil(rest))

    def count(self, who: str, now: float) -> None:
        """``who`` begins a call."""
        if not self._per_minute:
            return
        self._begun.setdefault(who, deque(maxlen=self._per_minute)).append(now)
        self._begun.move_to_end(who)
        if len(self._begun) > self._most_known:
            self._begun.popitem(last=False)

    def take_back(self, who: str) -> None:
        """The last call of ``who`` was none; harmless where it is forgotten."""
        begun = self._begun.get(who)
        if begun is None:
            return
        begun.pop()
        if not begun:
            del self._begun[who]

    def _forget(self, now: float) -> None:
        while self._begun:
            who, begun = next(iter(self._begun.items()))
            if begun[-1] + MINUTE_SECONDS > now:
                return
            del self._begun[who]


class Quota:
    """Calls of many; each that ``take`` grants is given back with ``release``."""

    def __init__(self, limits: Limits, most_known: int = MOST_KNOWN) -> None:
        self._most_live = limits.live
        self._pace = Pace(limits.per_minute, most_known)
        self._live: Counter[str] = Counter()

    @property
    def known(self) -> int:
        """How many are remembered."""
        return len(self._live.keys() | self._pace.known)

    def take(self, who: str, now: float) -> Excess | None:
        """Count a call of ``who``; an excess is told and not counted."""
        if self._most_live and self._live[who] >= self._most_live:
            return Excess(f"at most {self._most_live} calls at a time are allowed", RETRY_SECONDS)
        excess = self._pace.excess(who, now)
        if excess is None:
            self._pace.count(who, now)
            self._live[who] += 1
        return excess

    def release(self, who: str) -> None:
        """A call of ``who`` is over."""
        self._live[who] -= 1
        if not self._live[who]:
            del self._live[who]

    def give_back(self, who: str) -> None:
        """What was counted for ``who`` was no call."""
        self._pace.take_back(who)
        self.release(who)


class Held:
    """Calls by who asked for them, where nobody tells when a call is over: ``is_live`` is asked instead."""

    def __init__(self, most_live: int, is_live: Callable[[str], bool]) -> None:
        self._most_live = most_live
        self._is_live = is_live
        self._asked: Counter[str] = Counter()
        self._held: dict[str, set[str]] = {}

    @property
    def known(self) -> int:
        """How many are remembered."""
        return len(self._held)

    def ask(self, who: str) -> Excess | None:
        """``who`` asks for a call; unless that is one too many, ``answer`` follows."""
        held = {call_id for call_id in self._held.pop(who, ()) if self._is_live(call_id)}
        if held:
            self._held[who] = held
        if self._most_live and len(held) + self._asked[who] >= self._most_live:
            words = f"at most {self._most_live} calls at a time, those that wait included, are allowed"
            return Excess(words, RETRY_SECONDS)
        self._asked[who] += 1
        return None

    def answer(self, who: str, call_id: str) -> None:
        """``who`` got the call ``call_id``; "" for none."""
        self._asked[who] -= 1
        if not self._asked[who]:
            del self._asked[who]
        if call_id and self._most_live:
            self._held.setdefault(who, set()).add(call_id)
