"""What to do next for a piece of speech that a voice did not speak: again, another voice, a pause, or give up.

Time is what counts: the caller hears nothing meanwhile. Every wait ends ``SPEECHLESS_SECONDS`` after the caller
last heard something of the piece, or after it was first asked for.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import chain, repeat

from vantum.core.errors import ProviderError
from vantum.core.faults import Fault
from vantum.core.retry import Phase, waits

FIRST_AUDIO_SECONDS = 3.0
"""How long a piece may take to its first audio."""
SPEECHLESS_SECONDS = 4.0
"""How long all attempts may take together: the caller is to hear something within five seconds."""
OTHERS_SECONDS = 1.0
"""What is kept of that time for each voice that was not asked yet."""
LATE_SECONDS = 0.9
"""A voice that took so long to fail is not asked a second time while there is another."""
SHORTEST_SECONDS = 0.05
"""An attempt with less time than this is none."""
ATTEMPTS = 2
"""A voice is asked for a piece so often before the next one is; once when all have been asked."""


class MuteError(ProviderError):
    """A voice had no sound for a text, and no error either: it may be well, and the text at fault."""


class Trial:
    """The attempts at one piece, first asked for at second ``now``, on any steady clock.

    ``tried`` are the voices not to be asked now; ``again`` is the one to be asked once more, "" for any other; both
    after ``pause`` seconds. ``error`` is what went wrong last.
    """

    def __init__(self, now: float) -> None:
        self.tried: set[str] = set()
        self.again = ""
        self.pause = 0.0
        self.error: ProviderError | None = None
        self._since = now
        self._attempts, self._allowed = 0, ATTEMPTS
        self._hopeless: set[str] = set()
        self._blamed: set[str] = set()
        self._text_at_fault = True
        later = waits(Fault.NETWORK, Phase.MID_CALL)[1:]
        self._pauses = chain(later, repeat(later[-1]))

    @property
    def text_is_at_fault(self) -> bool:
        """Whether all that failed speaks for a text that nobody can speak, not for voices that do not work."""
        return self._text_at_fault

    def heard(self, now: float) -> None:
        """The caller is given something of the piece."""
        self._since = now

    def patience(self, now: float, others: int) -> float:
        """Seconds to the first audio of an attempt that begins now; 0 when the time is up.

        ``others`` is how many voices have not been asked yet.
        """
        left = self._since + SPEECHLESS_SECONDS - now
        if left < SHORTEST_SECONDS:
            return 0.0
        return min(FIRST_AUDIO_SECONDS, left, max(OTHERS_SECONDS, left - OTHERS_SECONDS * max(1, others)))

    def failed(self, name: str, error: ProviderError, seconds: float, names: Collection[str]) -> bool:
        """The voice ``name``, of ``names``, failed after ``seconds`` without audio. Sets what is to be done next.

        True when that was the voice's last chance for now, for the first time.
        """
        self.error = error
        self._attempts += 1
        self._text_at_fault &= isinstance(error, MuteError) or error.fault is Fault.FATAL
        self.again, self.pause = "", 0.0
        alone = len(self.tried | {name}) >= len(names)
        wait = next(iter(waits(error.fault, Phase.MID_CALL, error.retry_after)), None)
        quick = alone or (wait == 0.0 and seconds < LATE_SECONDS)
        if wait is not None and quick and self._attempts < self._allowed:
            self.again, self.pause = name, wait
            return False
        self._attempts = 0
        self.tried.add(name)
        if wait is None or isinstance(error, MuteError):
            self._hopeless.add(name)
        if alone and len(self._hopeless) < len(names):
            # All were asked: those that may yet come back are asked again, as long as there is time.
            self.tried, self.pause = set(self._hopeless), max(next(self._pauses), wait or 0.0)
            self._allowed = 1
        first = name not in self._blamed
        self._blamed.add(name)
        return first
