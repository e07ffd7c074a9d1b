"""The Cartesia voice of a telephone: mu-law on the wire, PCM in the call."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import numpy as np
import pytest
from pipecat.frames.frames import (
    TTSAudioRawFrame,
    TTSTextFrame,
)

from processors.tts.failover import FailoverTTS
from tests.wire.cartesia_kit import KEY, TEXTS, say, stopped
from tests.wire.cartesia_server import (
    CartesiaServer,
)
from tests.wire.cartesia_tts import PHONE_RATE, cartesia_tts
from tests.wire.twilio_mulaw import decoded
from tests.wire.voice import SECONDS_PER_CHARACTER, TONE_HERTZ, TONE_LEVEL

if TYPE_CHECKING:
    from tests.wire.conftest import Run

pytestmark = pytest.mark.real_time


@pytest.fixture
async def server() -> AsyncIterator[CartesiaServer]:
    async with CartesiaServer(key=KEY) as server:
        yield server


def phone_tts(url: str) -> FailoverTTS:
    return cartesia_tts(url, key=KEY, rate=PHONE_RATE)


async def test_a_telephones_voice_is_asked_for_as_mu_law_and_comes_out_as_pcm_at_8000_hz(
    server: CartesiaServer, run: Run
) -> None:
    async with run(phone_tts(server.url)) as line:
        await say(line, *TEXTS)
        await stopped(line, 1)
        frames = line.down(TTSAudioRawFrame)
        words = [frame.text for frame in line.down(TTSTextFrame)]
        assert not line.errors()
    shapes = [message["output_format"] for message in server.pieces()]
    assert shapes == [{"container": "raw", "encoding": "pcm_mulaw", "sample_rate": PHONE_RATE}] * len(TEXTS)
    assert {(frame.sample_rate, frame.num_channels) for frame in frames} == {(PHONE_RATE, 1)}
    sent = b"".join(base64.b64decode(str(message["data"])) for message in server.answers("chunk"))
    assert len(sent) == round(sum(map(len, TEXTS)) * SECONDS_PER_CHARACTER * PHONE_RATE)
    pcm = np.frombuffer(b"".join(frame.audio for frame in frames), np.int16)
    assert pcm.tolist() == decoded(sent).tolist()
    assert words == ["Hello", "there.", "How", "are", "you?"]


async def test_a_telephones_voice_is_the_one_that_was_spoken(server: CartesiaServer, run: Run) -> None:
    async with run(phone_tts(server.url)) as line:
        await say(line, *TEXTS)
        await stopped(line, 1)
        pcm = np.frombuffer(b"".join(frame.audio for frame in line.down(TTSAudioRawFrame)), np.int16)
    count = round(len(TEXTS[0]) * SECONDS_PER_CHARACTER * PHONE_RATE)
    tone = TONE_LEVEL * np.sin(2 * np.pi * TONE_HERTZ / PHONE_RATE * np.arange(count)) * 32767
    noise = pcm[:count] - tone
    # What mu-law costs: about 38 dB.
    assert 10 * np.log10(np.mean(tone**2) / np.mean(noise**2)) > 35.0
