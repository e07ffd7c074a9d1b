"""What the callers of the soak say: recordings without a pause, by their words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from benchmarks.conversation.speech import CLEAR, INTERRUPTIONS, recording, trimmed
from benchmarks.conversation.voice import Pcm

BACKCHANNEL = "Mhm."
QUESTIONS = tuple(CLEAR.values())
CUTTING_IN = tuple(INTERRUPTIONS.values())
NAMES = {text: name for name, text in (CLEAR | INTERRUPTIONS | {"mhm": BACKCHANNEL}).items()}
RECORDINGS: Mapping[str, Pcm] = MappingProxyType(
    {text: trimmed(recording(name)) for text, name in NAMES.items()}
)
