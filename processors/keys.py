"""The keys that a caller presses on a telephone: collected to numbers, which are a turn like words."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from pipecat.processors.frame_processor import FrameProcessor

from processors.timer import Timer
from processors.weakly import weakly
from vantum.core.dtmf import PAUSE_SECONDS, Keypad


class Keys:
    """Collects the keys of one call with ``keypad``; ``entered`` is told what the language model reads of them."""

    def __init__(
        self, owner: FrameProcessor, keypad: Keypad, entered: Callable[[str], Awaitable[None]]
    ) -> None:
        self._keypad = keypad
        self._entered = weakly(entered)
        self._pause = Timer(owner, self._paused)

    async def press(self, key: str) -> None:
        """The caller pressed ``key``."""
        keys = self._keypad.press(key)
        if keys is None:
            self._pause.set(time.monotonic() + PAUSE_SECONDS)
        else:
            await self._enter(keys)

    def cancel(self) -> None:
        """Nothing more is entered."""
        self._pause.cancel()

    async def _paused(self, _: float) -> None:
        await self._enter(self._keypad.pause())

    async def _enter(self, keys: str | None) -> None:
        self._pause.cancel()
        if keys:
            await self._entered(f"(pressed {' '.join(keys)} on the phone's keypad)")
