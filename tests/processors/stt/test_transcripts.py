"""A transcript of a recogniser as an event."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from pipecat.frames.frames import InterimTranscriptionFrame, TranscriptionFrame
from pipecat.transcriptions.language import Language

from processors.stt.transcripts import transcript_of
from vantum.core.events import Transcript

SURE = SimpleNamespace(channel=SimpleNamespace(alternatives=[SimpleNamespace(confidence=0.5)]))


@pytest.mark.parametrize(
    ("frame", "event"),
    [
        (TranscriptionFrame("yes", "", "now"), Transcript("yes", final=True)),
        (InterimTranscriptionFrame("ye", "", "now"), Transcript("ye", final=False)),
        (
            TranscriptionFrame("ja", "", "now", Language.DE_AT),
            Transcript("ja", final=True, language="de-AT"),
        ),
        (
            TranscriptionFrame("yes", "", "now", result=SURE),
            Transcript("yes", final=True, confidence=0.5),
        ),
    ],
)
def test_what_a_frame_says(frame: TranscriptionFrame | InterimTranscriptionFrame, event: Transcript) -> None:
    assert transcript_of(frame) == event
