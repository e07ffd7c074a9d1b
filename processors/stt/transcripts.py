"""A recogniser's transcript as an event of the call, whichever provider it came from."""

from __future__ import annotations

from pipecat.frames.frames import InterimTranscriptionFrame, TranscriptionFrame

from processors.stt.confidence import confidence_of
from vantum.core.events import Transcript


def transcript_of(frame: TranscriptionFrame | InterimTranscriptionFrame) -> Transcript:
    """The words, whether they are final, how sure the recogniser is, and the language."""
    final = isinstance(frame, TranscriptionFrame)
    return Transcript(frame.text, final, confidence_of(frame), str(frame.language or "en"))
