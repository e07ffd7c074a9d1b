"""What prospects sound like on the telephone: the embedded voice, spoken once and kept, and the machine's tone."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Final

import numpy as np

from processors.embedded.engines import Synthesiser, require_local
from processors.embedded.jobs import Line
from processors.tts.local_voice import VOICES, Speaks
from vantum.core import mulaw
from vantum.core.audio import PHONE_RATE
from vantum.local_carrier.prospect import Beeps, Deed, Prospect, Says

WORDS_PER_MINUTE: Final = 165
MOST_KEPT: Final = 200
"""Lines that are kept; each is a hundred kilobytes at most."""
TONE_HERTZ: Final = 1000.0
TONE_SECONDS: Final = 0.5
TONE_LEVEL: Final = 8000.0


class Voice:
    """Speaks with ``speaker``, the process's own; without one, a voice is opened for the first line."""

    def __init__(self, speaker: Speaks | None = None) -> None:
        self._speaker = speaker
        self._opened: Synthesiser | None = None
        self._opening = asyncio.Lock()
        self._kept: OrderedDict[Line, bytes] = OrderedDict()

    def check(self) -> None:
        """Raises ``SettingsError`` when the libraries of the voice are not installed."""
        if self._speaker is None:
            require_local()

    async def sounds(self, prospect: Prospect) -> dict[Deed, bytes]:
        """Mu-law at 8 kHz of all that is heard of a prospect.

        Raises ``SettingsError``, ``ProviderError`` or ``CapacityError``.
        """
        found: dict[Deed, bytes] = {}
        for step in prospect.steps:
            match step.deed:
                case Says(text):
                    line = Line(text, VOICES[prospect.voice], WORDS_PER_MINUTE, PHONE_RATE)
                    found[step.deed] = await self._spoken(line)
                case Beeps():
                    found[step.deed] = tone()
        return found

    async def close(self) -> None:
        """End the voice that was opened here."""
        if self._opened is not None:
            await self._opened.close()

    async def _spoken(self, line: Line) -> bytes:
        kept = self._kept.get(line)
        if kept is None:
            speech = await (await self._ready()).speak(line)
            kept = self._kept[line] = mulaw.encoded(speech.pcm)
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(line)
        return kept

    async def _ready(self) -> Speaks:
        if self._speaker is not None:
            return self._speaker
        async with self._opening:
            if self._speaker is None:
                # Kept before it is up: close() ends it whatever becomes of the start.
                self._opened = Synthesiser()
                await self._opened.start()
                self._speaker = self._opened
        return self._speaker


def tone() -> bytes:
    """The tone after which one may speak to a machine, as mu-law at 8 kHz."""
    moments = np.arange(round(TONE_SECONDS * PHONE_RATE)) / PHONE_RATE
    samples = TONE_LEVEL * np.sin(2 * np.pi * TONE_HERTZ * moments)
    return mulaw.encoded(samples.astype("<i2").tobytes())
