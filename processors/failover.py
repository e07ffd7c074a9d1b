"""Who does one job in one call: the providers in the operator's order, and what became of each so far."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from loguru import logger

from vantum.core.choice import Kind
from vantum.core.errors import ProviderError
from vantum.core.events import ProviderSwitched
from vantum.core.faults import Fault
from vantum.core.languages import base
from vantum.core.provider_board import ProviderBoard
from vantum.core.rota import Rota

T = TypeVar("T")


@dataclass(frozen=True)
class Candidate(Generic[T]):
    """A provider that may be put to work in this call; ``make`` builds what does the work, without waiting.

    ``languages`` are the only ones that it speaks, such as ``en``; none for one that speaks many.
    """

    name: str
    make: Callable[[], T]
    languages: tuple[str, ...] = ()

    def speaks(self, language: str) -> bool:
        """Whether it speaks ``language``, a tag; "" for one that is not known."""
        return not (language and self.languages) or base(language) in self.languages


class Desk(Generic[T]):
    """One job of one call. What happens here is told to the process's ``board``, which every call asks."""

    def __init__(
        self, kind: Kind, candidates: Sequence[Candidate[T]], board: ProviderBoard | None = None
    ) -> None:
        self.kind = kind
        self._candidates = {candidate.name: candidate for candidate in candidates}
        self._board = known = board or ProviderBoard({kind: self._candidates})
        self._rota = Rota(tuple(self._candidates), lambda name: known.usable(kind, name))
        self._language = ""
        self.serving = ""
        """Who does the job now; "" before anybody does."""

    @property
    def names(self) -> tuple[str, ...]:
        """Who may do the job: those who speak the call's language, or all where nobody does."""
        able = tuple(name for name, one in self._candidates.items() if one.speaks(self._language))
        return able or tuple(self._candidates)

    @property
    def alone(self) -> bool:
        """Whether there is nobody else."""
        return len(self.names) == 1

    def follow(self, language: str) -> None:
        """The call goes on in ``language``, a tag."""
        self._language = language

    def choose(self, tried: Collection[str] = ()) -> Candidate[T] | None:
        """Who should do the job now; None when all were ``tried``."""
        barred = self._candidates.keys() - set(self.names)
        name = self._rota.choose(time.monotonic(), barred | set(tried))
        return None if name is None else self._candidates[name]

    def begin(self, name: str, error: ProviderError | None = None) -> ProviderSwitched | None:
        """``name`` does the job from here on, because of ``error`` if there is one. News if it was another before,
        or if it is not the operator's first choice."""
        previous, self.serving = self.serving, name
        if name == (previous or self.names[0]):
            return None
        fault, problem = (error.fault, error.message) if error else (None, "")
        return ProviderSwitched(self.kind, name, previous, fault, problem)

    def served(self, seconds: float | None = None) -> None:
        """Who serves did what was asked, after ``seconds``."""
        self._rota.recovered(self.serving)
        self._board.served(self.kind, self.serving, time.monotonic(), seconds)

    def failed(self, error: ProviderError) -> None:
        """Who serves did not, after all retries."""
        now = time.monotonic()
        self._rota.failed(self.serving, error.fault, now)
        if self._board.failed(self.kind, self.serving, now, error.fault, error.message):
            logger.error(
                "A provider is left alone until it works again.",
                job=str(self.kind),
                provider=self.serving,
                fault=str(error.fault),
                problem=error.message,
                remedy=REMEDIES[error.fault],
            )


REMEDIES = {
    Fault.AUTH: "Check its key, and that the account is in credit.",
    Fault.RATE_LIMIT: "Ask the provider for a higher limit, or take fewer calls at a time.",
    Fault.NETWORK: "It is tried again by itself; see its status page.",
    Fault.FATAL: "Check its model, voice and language in the settings.",
}
