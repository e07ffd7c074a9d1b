"""How sure the recogniser is of a transcript, whichever provider it came from."""

from __future__ import annotations

from pipecat.frames.frames import InterimTranscriptionFrame, TranscriptionFrame


def confidence_of(frame: TranscriptionFrame | InterimTranscriptionFrame) -> float:
    """The confidence 0..1 in a transcript; 1.0 where the provider gives none (Deepgram's results do)."""
    match frame.result:
        case object(channel=object(alternatives=[object(confidence=float(confidence)), *_])):
            return min(1.0, max(0.0, confidence))
        case _:
            return 1.0
