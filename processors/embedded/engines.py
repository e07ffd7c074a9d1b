"""The embedded recogniser and voice, each created once in a process and shared by all of its calls."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from importlib.util import find_spec

from processors.embedded.choice import choose
from processors.embedded.jobs import (
    Heard,
    Line,
    Speech,
    Utterance,
    pack_line,
    pack_utterance,
    unpack_heard,
    unpack_speech,
)
from processors.workers.pipe import WorkerKind
from processors.workers.pool import Health, Provider, WorkerPool
from processors.workers.process import WorkerProcess
from vantum.core.errors import SettingsError

_NEEDED = ("pocketsphinx", "espeakng_loader")
_STT = Provider("stt", "pocketsphinx")
_TTS = Provider("tts", "espeak-ng")
# The worst state of several pools is the one to tell.
_WORST_FIRST = (Health.CLOSED, Health.STARTING, Health.RESTARTING, Health.READY)


def require_local() -> None:
    """Raise SettingsError unless the libraries of embedded speech are installed."""
    if any(find_spec(name) is None for name in _NEEDED):
        raise SettingsError(
            "Embedded speech needs the extra 'local'.",
            "Install it with: pip install 'vantum[local]', or set a provider key.",
        )


class Recogniser:
    """Hears US English with pocketsphinx in three processes: freely, by the script's phrases, and for partials.

    Partials have a process of their own at low priority, so that they never hold up a final.
    """

    def __init__(self) -> None:
        require_local()
        self._general = WorkerPool(_STT, partial(WorkerProcess.launch, WorkerKind.GENERAL))
        self._script = WorkerPool(_STT, partial(WorkerProcess.launch, WorkerKind.SCRIPT))
        self._partial = WorkerPool(_STT, partial(WorkerProcess.launch, WorkerKind.PARTIAL))
        self._pools = (self._general, self._script, self._partial)

    @property
    def health(self) -> Health:
        """The state of the worst of its processes."""
        return min((pool.health for pool in self._pools), key=_WORST_FIRST.index)

    @property
    def pids(self) -> tuple[int, ...]:
        """The ids of its processes: general, script, partials."""
        return tuple(pid for pool in self._pools for pid in pool.pids)

    async def start(self) -> None:
        """Start the processes and wait until they are warm. Raises ProviderError."""
        await _start(self._pools)

    async def close(self) -> None:
        """End the processes at once."""
        await _close(self._pools)

    async def transcribe(self, pcm: bytes, phrases: Sequence[str] = ()) -> str:
        """The words of a whole utterance (PCM16, mono, 16 kHz); "" if there are none.

        ``phrases`` are the script's examples of what the caller may say.
        Raises ProviderError or CapacityError.
        """
        if not phrases:
            return (await _heard(self._general, Utterance(pcm))).text
        utterance = Utterance(pcm, tuple(phrases))
        general, script = await asyncio.gather(
            _heard(self._general, Utterance(pcm)), _heard(self._script, utterance)
        )
        return choose(general, script, phrases)

    async def glimpse(self, pcm: bytes) -> str | None:
        """The words so far, or None if there is better to do: a partial in work, or finals waiting.

        Raises ProviderError or CapacityError.
        """
        if not (self._partial.idle and self._general.idle):
            return None
        return (await _heard(self._partial, Utterance(pcm))).text


class Synthesiser:
    """Speaks English with espeak-ng in one process."""

    def __init__(self) -> None:
        require_local()
        self._pool = WorkerPool(_TTS, partial(WorkerProcess.launch, WorkerKind.VOICE))

    @property
    def health(self) -> Health:
        """The state of its process."""
        return self._pool.health

    @property
    def pids(self) -> tuple[int, ...]:
        """The id of its process."""
        return self._pool.pids

    async def start(self) -> None:
        """Start the process and wait until it is warm. Raises ProviderError."""
        await self._pool.start()

    async def close(self) -> None:
        """End the process at once."""
        await self._pool.close()

    async def speak(self, line: Line) -> Speech:
        """The line as audio with the times of its words; a caller cancelled in time costs nothing.

        Raises ProviderError or CapacityError.
        """
        return unpack_speech(await self._pool.submit(pack_line(line)))


async def _heard(pool: WorkerPool, utterance: Utterance) -> Heard:
    return unpack_heard(await pool.submit(pack_utterance(utterance)))


async def _start(pools: Sequence[WorkerPool]) -> None:
    outcomes = await asyncio.gather(*(pool.start() for pool in pools), return_exceptions=True)
    failed = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    if failed:
        await _close(pools)
        raise failed[0]


async def _close(pools: Sequence[WorkerPool]) -> None:
    await asyncio.gather(*(pool.close() for pool in pools))
