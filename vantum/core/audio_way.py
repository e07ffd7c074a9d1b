"""The short way of the caller's audio: to a processor that only works on sound it goes by a call, not as a frame.

A frame costs more than what most of its sound is for: fifty times a second and call it is built, named and handed on.
So those at the head of a pipeline who know this way give each other plain samples; the first who does not is given
frames as ever.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable


@runtime_checkable
class Hears(Protocol):
    """A processor without a queue, which may be given sound in the order in which it is given frames."""

    async def hear(self, pcm: bytes, rate: int) -> None:
        """The caller's next samples: PCM16 mono at ``rate`` Hz."""


def hearer(processor: object) -> Hears | None:
    """``processor``, if it knows the short way."""
    return processor if isinstance(processor, Hears) else None
