"""The workers of a server, as who hands out its connections knows them: which one gets the next.

The law: what belongs to a call goes to the worker that has it; what is good once goes where it was used; and what
begins goes where there is least to do. A worker that is gone has an heir, to whom all goes that was for it.
``now`` is seconds on any steady clock.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict, deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final

from vantum.core.resumption import Missed
from vantum.core.routing import Wish
from vantum.core.stamp import stamp_of

UNDER_WAY_SECONDS: Final = 1.0
"""A call that was handed to a worker, which has not told of it for so long, was none."""
SILENT_SECONDS: Final = 3.0
"""Who has not said anything for so long hangs, and gets calls only where nobody else takes any."""
MOST_REPEATS: Final = 10_000
MOST_MORE: Final = 4
"""Calls that a worker may have beyond another before it gets no more because of a client that it has lost."""


@dataclass(frozen=True, slots=True)
class Load:
    """How a worker is: the calls that it has and has ever begun, whether it takes more, and whom it misses."""

    live: int = 0
    begun: int = 0
    admits: bool = True
    missed: Missed = field(default_factory=Missed)


@dataclass(frozen=True, slots=True)
class Share:
    """Of whose calls: those of ``stamps``, or of all others (``others``)."""

    stamps: frozenset[str]
    others: bool = False

    def has(self, call_id: str) -> bool:
        """Whether a call is among them."""
        return (stamp_of(call_id) in self.stamps) is not self.others


@dataclass(slots=True)
class _Member:
    slot: int
    stamp: str
    load: Load = field(default_factory=Load)
    under_way: deque[float] = field(default_factory=deque)
    last: int = 0
    heard: float = float("inf")

    def takes_calls(self, now: float) -> bool:
        """Whether it says so, and still says anything."""
        return self.load.admits and now - self.heard < SILENT_SECONDS

    def calls(self, now: float) -> int:
        """Those that it has told of, and those that it was given since."""
        while self.under_way and self.under_way[0] <= now - UNDER_WAY_SECONDS:
            self.under_way.popleft()
        return self.load.live + len(self.under_way)

    def tell(self, load: Load, now: float) -> None:
        self.heard = now
        for _ in range(min(load.begun - self.load.begun, len(self.under_way))):
            self.under_way.popleft()
        self.load = load


class Crew:
    """The workers that are ready, by stamp, one in each of ``slots`` slots; the one before it may still leave."""

    def __init__(self, slots: int) -> None:
        self._slots = slots
        self._members: dict[str, _Member] = {}
        self._active: dict[int, str] = {}
        self._heirs: dict[str, str] = {}
        self._first = ""
        self._orphans: list[str] = []
        self._repeats: OrderedDict[str, str] = OrderedDict()
        self._turns = 0

    @property
    def stamps(self) -> frozenset[str]:
        """Those of all workers that live."""
        return frozenset(self._members)

    def active(self, stamp: str) -> bool:
        """Whether a worker stays: it lives, and is not about to leave."""
        member = self._members.get(stamp)
        return member is not None and self._active.get(member.slot) == stamp

    def join(self, slot: int, stamp: str) -> bool:
        """A worker is ready; whether it is an heir from the start, as there are calls that are nobody's."""
        self._members[stamp] = _Member(slot, stamp)
        self._active[slot] = stamp
        if self._first and not self._orphans:
            return False
        self._first = self._first or stamp
        self._heirs.update(dict.fromkeys(self._orphans, stamp))
        self._orphans.clear()
        return True

    def tell(self, stamp: str, load: Load, now: float) -> None:
        """How a worker is; it says so at least once a second."""
        if stamp in self._members:
            self._members[stamp].tell(load, now)

    def retire(self, stamp: str) -> None:
        """A worker takes no calls any more, and finishes those that it has."""
        if self.active(stamp):
            del self._active[self._members[stamp].slot]

    def leave(self, stamp: str) -> None:
        """A worker takes no connections any more; what was for it is for its heir, once there is one who stays."""
        if stamp not in self._members:
            return
        self.retire(stamp)
        del self._members[stamp]
        heir = self._active.get(min(self._active, default=-1))
        if heir is None:
            self._orphans.append(stamp)
        else:
            self._heirs[stamp] = heir

    def share_of(self, stamp: str, living: Collection[str] = ()) -> Share:
        """Whose calls a worker inherits: never its own, and of no process that is ``living``, if only to end."""
        theirs = frozenset((*self._members, *living))
        known = {*self._heirs} - theirs
        if self.owner(self._first) == stamp:
            # Also those of the processes before this server: nobody knows their stamps.
            return Share(theirs | {one for one in known if self.owner(one) != stamp}, others=True)
        return Share(frozenset(one for one in known if self.owner(one) == stamp))

    def owner(self, stamp: str) -> str | None:
        """The worker that has what a stamp is on; None while there is none."""
        if stamp not in self._members and stamp not in self._heirs and stamp not in self._orphans:
            stamp = self._first
        while stamp not in self._members:
            if stamp not in self._heirs:
                return None
            stamp = self._heirs[stamp]
        return stamp

    # --- who gets it --------------------------------------------------------------------------------

    def choose(self, wish: Wish, now: float, gone: Collection[str] = ()) -> str | None:
        """The stamp of the worker for a connection; None when there is none but those that are ``gone``."""
        chosen = self._bound(wish, now, gone) or self._least(self._able(gone), now)
        if chosen is None:
            return None
        if wish.again:
            self._repeats[wish.again] = chosen
            self._repeats.move_to_end(wish.again)
            if len(self._repeats) > MOST_REPEATS:
                self._repeats.popitem(last=False)
        return chosen

    def given(self, stamp: str, wish: Wish, now: float) -> None:
        """A worker has got a connection."""
        member = self._members.get(stamp)
        if member is None:
            return
        self._turns += 1
        member.last = self._turns
        if wish.begins and not wish.stamps:
            member.under_way.append(now)

    def _bound(self, wish: Wish, now: float, gone: Collection[str]) -> str | None:
        """The worker that has to do with it already."""
        ways = (
            lambda: self._with_stamp(wish.stamps),
            lambda: self._of_key(wish.key, gone) if wish.key else None,
            lambda: self._repeats.get(wish.again),
            lambda: self._missing(wish, now) if wish.address else None,
        )
        found = (way() for way in ways)
        return next((stamp for stamp in found if stamp in self._members and stamp not in gone), None)

    def _with_stamp(self, stamps: Iterable[str]) -> str | None:
        living = [stamp for stamp in stamps if stamp in self._members]
        return living[0] if living else next((self.owner(stamp) for stamp in stamps), None)

    def _of_key(self, key: str, gone: Collection[str]) -> str | None:
        """The same for a key as long as the slots are the same (rendezvous hashing)."""
        slots = [slot for slot, stamp in self._active.items() if stamp not in gone]
        first = max(slots, key=lambda slot: hashlib.sha256(f"{slot} {key}".encode()).digest(), default=-1)
        return self._active.get(first)

    def _missing(self, wish: Wish, now: float) -> str | None:
        """Who misses a client from there.

        Of those who do not say that they come back most do not, and many may share an address: they are sent to one
        that has lost a client only as long as it takes calls and has not many more of them than others.
        """
        lost = [one for one in self._members.values() if wish.address in one.load.missed.lost]
        if wish.returns:
            there = lost or [one for one in self._members.values() if wish.address in one.load.missed.quiet]
        else:
            most = min((one.calls(now) for one in self._able(())), default=0) + MOST_MORE
            able = [one for one in lost if self.active(one.stamp) and one.takes_calls(now)]
            there = [one for one in able if one.calls(now) <= most]
        # Of several, the one that was given something longest ago: whoever comes back in vain tries again.
        return min(there, key=lambda one: one.last).stamp if there else None

    def _able(self, gone: Collection[str]) -> list[_Member]:
        staying = [self._members[stamp] for stamp in self._active.values() if stamp not in gone]
        # When all leave, they say so themselves.
        return staying or [member for stamp, member in self._members.items() if stamp not in gone]

    def _least(self, members: Iterable[_Member], now: float) -> str | None:
        ranked = sorted(members, key=lambda one: (not one.takes_calls(now), one.calls(now), one.last))
        return ranked[0].stamp if ranked else None
