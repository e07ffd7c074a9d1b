"""Who does a job in one call, of an ordered list: the first that works, and the first again when it recovers."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence

from vantum.core.faults import Fault

REST_SECONDS = 30.0
"""A provider that failed in a call is left alone by that call for so long, if there is another."""
LASTING = frozenset({Fault.AUTH, Fault.FATAL})
"""Faults that last as long as the call does: a bad key, a model that does not exist."""


class Rota:
    """The order of one call. ``usable`` tells whether the process as a whole has a provider in use."""

    def __init__(self, names: Sequence[str], usable: Callable[[str], bool] = lambda _: True) -> None:
        if not names:
            raise ValueError("A job needs a provider.")
        self.names = tuple(names)
        self._usable = usable
        self._rests: dict[str, float] = {}

    def failed(self, name: str, fault: Fault, now: float) -> None:
        """``name`` has failed in this call, after all retries."""
        self._rests[name] = math.inf if fault in LASTING else now + REST_SECONDS

    def recovered(self, name: str) -> None:
        """``name`` works."""
        self._rests.pop(name, None)

    def choose(self, now: float, tried: Collection[str] = ()) -> str | None:
        """The best of those that were not ``tried``, even a bad one; None when all were."""
        left = [name for name in self.names if name not in tried]
        return min(left, key=lambda name: self._rank(name, now), default=None)

    def _rank(self, name: str, now: float) -> tuple[bool, bool, float, int]:
        until = self._rests.get(name, 0.0)
        resting = until > now
        return resting, not self._usable(name), until if resting else 0.0, self.names.index(name)
