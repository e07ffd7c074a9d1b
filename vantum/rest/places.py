"""Work of which a process does only so much at a time: what is more is refused, and may be asked for again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from vantum.rest.problems import Kind, Refused

RETRY_SECONDS: Final = 30


class Places:
    """``most`` places; ``told`` is what they are for, as in "lists are read"."""

    def __init__(self, most: int, told: str) -> None:
        self._most = most
        self._told = told
        self.taken = 0

    @contextmanager
    def one(self) -> Iterator[None]:
        """Have a place meanwhile; raises Refused when there is none."""
        if self.taken >= self._most:
            told = f"{self._most} {self._told} already, and no more at a time."
            raise Refused(Kind.TOO_MANY, told, headers={"Retry-After": str(RETRY_SECONDS)})
        self.taken += 1
        try:
            yield
        finally:
            self.taken -= 1
