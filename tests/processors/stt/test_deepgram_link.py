"""What the link reads from the address that the SDK gives it; all else is tested on the wire."""

from __future__ import annotations

from processors.stt.deepgram_link import audio_format


def test_the_format_of_the_audio_is_that_of_the_request() -> None:
    assert audio_format("ws://x/v1/listen?encoding=linear16&sample_rate=16000") == (16_000, 2)
    assert audio_format("ws://x/v1/listen?encoding=mulaw&sample_rate=8000") == (8_000, 1)
