"""The short way of the caller's audio: to a processor that only works on sound it goes by a call, not as a frame.

A frame costs more than what most of its sound is for: fifty times a second and call it is built, named and handed on.
So those at the head of a pipeline who know this way give each other plain samples, from the socket to the detector
in one go; the first who does not know it is given frames as ever.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable


@runtime_checkable
class Hears(Protocol):
    """A processor without a queue, which may be given sound at once."""

    @property
    def hears(self) -> bool:
        """Whether it may be given sound now; once it may, it always may."""

    def hear(self, pcm: bytes, rate: int) -> None:
        """The caller's next samples: PCM16 mono at ``rate`` Hz. Never waits."""


def hearer(processor: object) -> Hears | None:
    """``processor``, if it knows the short way."""
    return processor if isinstance(processor, Hears) and processor.hears else None
