"""A provider's voice: speaks one piece of text after another. What surrounds them in a call is ``FailoverTTS``."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from typing import Protocol

from pipecat.processors.frame_processor import FrameProcessor, FrameProcessorSetup

from processors.tts.piece import Word

FEMALE = "female"
"""The voice of those who do not have the one that is wanted."""


class Voice(Protocol):
    """One call's voice at one provider. None of its methods waits for the provider, but for ``speak``.

    A context is a turn of the bot: its pieces are spoken in order, one at a time.
    """

    async def open(self, owner: FrameProcessor, setup: FrameProcessorSetup, rate: int) -> None:
        """The call begins: speak at ``rate`` hertz. Tasks are those of ``owner``; a link may be opened now."""

    def speak(self, text: str, context_id: str) -> AsyncGenerator[bytes | Word, None]:
        """The audio of ``text`` (PCM16, mono) and its words, timed from its beginning.

        Raises ProviderError, CapacityError when the process can take no more, ValueError for a text that it will
        never speak, or ConnectionError. It is closed when it gives nothing for too long.
        """

    async def finish(self, context_id: str) -> None:
        """No text follows in this context."""

    async def abandon(self, context_id: str) -> None:
        """``speak`` has failed in this context, or was cut: the provider is to forget what it still has of it."""

    async def follow(self, language: str | None, voice: str | None) -> None:
        """Speak ``language``, a tag, with ``voice``, a plain name or an id, from the next piece; None as before."""

    async def close(self) -> None:
        """The call is over: let go of everything within two seconds. May be called twice."""


def known_voice(wanted: str, ids: Mapping[str, str]) -> str:
    """The provider's own id of a voice: by its plain name, or as it is; the female one for what is neither."""
    if wanted in ids.values():
        return wanted
    return ids.get(wanted, ids[FEMALE])
