"""Sound both ways: what the microphone's clip becomes on the wire, and what is played of the bot's chunks."""

from __future__ import annotations

import uuid
import wave
from array import array
from functools import partial

import numpy as np
import numpy.typing as npt
import pytest

from tests.browser.chromium import MICROPHONE, Page
from tests.browser.stand_in import CHUNK_SAMPLES, OUTPUT_RATE, Received, StandIn

pytestmark = [pytest.mark.browser, pytest.mark.real_time]

CHUNKS = 120
NOISE = 50.0  # keeps the logarithm of silence from deciding the likeness


def loudness(samples: npt.NDArray[np.float64], chunk: int) -> npt.NDArray[np.float64]:
    """The logarithm of the root mean square of every whole chunk."""
    whole = samples[: len(samples) // chunk * chunk].reshape(-1, chunk)
    return np.asarray(np.log(np.sqrt((whole**2).mean(axis=1)) + NOISE))


def spoken() -> npt.NDArray[np.float64]:
    with wave.open(str(MICROPHONE)) as clip:
        samples = array("h", clip.readframes(clip.getnframes()))
        return loudness(np.array(samples, dtype=np.float64), clip.getframerate() // 50)


def likeness(heard: npt.NDArray[np.float64], clip: npt.NDArray[np.float64]) -> float:
    """The best correlation of what was heard with the clip from any of its first chunks on."""
    starts = range(len(clip) - len(heard))
    return max(float(np.corrcoef(heard, clip[start : start + len(heard)])[0, 1]) for start in starts)


def device_rate(page: Page) -> int:
    rate: int = page.driver.execute_script("return new AudioContext().sampleRate")
    return rate


def in_samples(page: Page, count: int, rate: int = OUTPUT_RATE) -> float:
    """Samples of the wire as samples of this sound card."""
    return count * device_rate(page) / rate


def has_played(page: Page, samples: float) -> bool:
    return page.count("played") >= samples


def is_quiet(page: Page) -> bool:
    """Whether the last report from the audio thread said that nothing plays or waits to be played."""
    return page.attribute("html", "data-quiet") == "true"


def chunks(server: StandIn, after: int = 0) -> list[Received]:
    return server.of_type("audio.input.chunk")[after:]


def test_the_microphone_is_sent_as_it_sounds(call: Page, server: StandIn) -> None:
    start = server.wait_for("audio.input.start")
    rate = device_rate(call)
    assert start.payload == {"samplingRate": rate}
    assert uuid.UUID(start.event_id).version == 7
    server.wait_for("audio.input.chunk", CHUNKS)
    sent = chunks(server)[:CHUNKS]
    assert {message.session_id for message in sent} == {start.session_id}
    assert len({message.event_id for message in sent}) == CHUNKS
    assert {len(message.samples) for message in sent} == {rate // 50}
    samples = np.concatenate([np.array(message.samples, dtype=np.float64) for message in sent])
    heard, clip = loudness(samples, rate // 50), spoken()
    # Other clips reach 0.75. A busy machine may lose a moment of the microphone: half of it must be right.
    assert max(likeness(half, clip) for half in np.split(heard, 2)) > 0.8


def test_a_muted_microphone_sends_labelled_silence(call: Page, server: StandIn) -> None:
    server.wait_for("audio.input.chunk", 10)
    call.click("mute")
    call.wait_for_badge("Muted")
    assert call.attribute("#mute", "aria-pressed") == "true"
    assert call.text("mute").startswith("Unmute")
    before = len(chunks(server))
    server.wait_until(lambda: len(chunks(server)) >= before + 25)
    muted = chunks(server, before)[5:]
    assert all(message.payload.get("isMuted") is True for message in muted)
    assert max(abs(sample) for message in muted for sample in message.samples) == 0
    call.click("mute")
    call.wait_for_badge("Listening")
    before = len(chunks(server))
    server.wait_until(lambda: len(chunks(server)) >= before + 10)
    assert "isMuted" not in chunks(server)[-1].payload


def test_all_of_an_utterance_is_played_at_any_rate(call: Page, server: StandIn) -> None:
    expected = 0.0
    for rate in (48000, 16000, 44100):
        utterance = f"u{rate}"
        sent = server.tone(utterance, 0.4, rate)
        server.say("audio.output.complete", utteranceId=utterance)
        expected += in_samples(call, sent, rate)
        # The last sample has no right neighbour to lean on: a step of interpolation is left over each time.
        call.wait(partial(has_played, call, expected - 10), "the whole utterance")
    assert call.count("played") <= expected
    assert call.count("dropped") == 0


def test_what_came_in_time_is_played_without_a_gap(call: Page, server: StandIn) -> None:
    # As one message: between messages, a busy machine may be late without any fault of the page.
    sent = server.tone("u1", 0.6, chunk=15 * CHUNK_SAMPLES)
    server.say("audio.output.complete", utteranceId="u1")
    call.wait(partial(has_played, call, in_samples(call, sent) - 4), "the whole utterance")
    assert call.count("gaps") == 0


def test_the_bots_meter_moves_while_it_speaks(call: Page, server: StandIn) -> None:
    server.tone("u1", 0.8)
    call.wait(lambda: int(call.attribute("#bot-meter", "aria-valuenow")) > 50, "the meter to rise")
    server.say("audio.output.complete", utteranceId="u1")
    call.wait(lambda: call.attribute("#bot-meter", "aria-valuenow") == "0", "the meter to fall")


def test_a_late_chunk_is_counted_as_a_gap(call: Page, server: StandIn) -> None:
    sent = server.tone("u1", 0.08, chunk=2 * CHUNK_SAMPLES)
    call.wait(lambda: call.count("played") >= in_samples(call, sent) - 4, "the first message")
    assert call.count("gaps") == 0
    server.tone("u1", 0.3)
    call.wait(lambda: call.count("gaps") > 0, "the gap")


def test_another_utterance_wipes_what_still_plays(call: Page, server: StandIn) -> None:
    server.tone("u1", 5)
    call.wait(lambda: call.count("played") > 0, "the first utterance")
    before = call.count("played")
    sent = in_samples(call, server.tone("u2", 0.2))
    server.say("audio.output.complete", utteranceId="u2")
    call.wait(lambda: is_quiet(call), "silence")
    assert sent - 4 <= call.count("played") < before + in_samples(call, 3 * OUTPUT_RATE)


def test_a_cancel_stops_the_voice_and_marks_the_line(call: Page, server: StandIn) -> None:
    server.say("conversation.response.words", utteranceId="u1", text="The starter plan", timestamp=1.0)
    server.tone("u1", 5)
    call.wait(lambda: call.count("played") > 0, "sound")
    server.say("audio.output.cancel", utteranceId="u1", timestamp=1.0)
    call.wait(lambda: is_quiet(call), "silence")
    assert call.texts(".bot .mark") == ["interrupted"]
    stopped = call.count("played")
    assert stopped < in_samples(call, 4 * OUTPUT_RATE)
    server.tone("u1", 0.08)  # late, on the wire already when the answer was cut
    sent = in_samples(call, server.tone("u2", 0.2))
    server.say("audio.output.complete", utteranceId="u2")
    call.wait(lambda: call.count("played") >= stopped + sent - 4, "the next utterance")
    assert call.count("played") <= stopped + sent


def test_a_pause_keeps_one_line_and_plays_on_under_another_id(call: Page, server: StandIn) -> None:
    server.say("conversation.response.words", utteranceId="u1", text="The starter plan", timestamp=1.0)
    server.tone("u1", 5)
    call.wait(lambda: call.count("played") > 0, "sound")
    server.say("conversation.response.paused", utteranceId="u1", timestamp=1.0)
    server.say("audio.output.cancel", utteranceId="u1")
    call.wait(lambda: is_quiet(call), "silence")
    assert call.texts(".bot .mark") == ["paused"]
    stopped = call.count("played")
    server.say("conversation.response.resumed", utteranceId="u1", speechId="u2", timestamp=1.0)
    sent = in_samples(call, server.tone("u2", 0.2))
    server.say("conversation.response.words", utteranceId="u1", text="is free.", timestamp=1.0)
    server.say("audio.output.complete", utteranceId="u2")
    server.say("conversation.response.complete", utteranceId="u1")
    call.wait(lambda: call.count("played") >= stopped + sent - 4, "the rest")
    call.wait_for_text("log", "is free.")
    assert call.texts(".bot .spoken") == ["The starter plan is free."]
    assert call.texts(".bot .mark") == []


def test_an_answer_that_is_cut_after_a_pause_is_marked(call: Page, server: StandIn) -> None:
    server.say("conversation.response.words", utteranceId="u1", text="The starter plan", timestamp=1.0)
    server.say("conversation.response.paused", utteranceId="u1", timestamp=1.0)
    server.say("audio.output.cancel", utteranceId="u1")
    server.say("conversation.response.resumed", utteranceId="u1", speechId="u2", timestamp=1.0)
    server.say("audio.output.cancel", utteranceId="u2")
    server.say("conversation.response.complete", utteranceId="u1")
    call.wait(lambda: call.texts(".bot .mark") == ["interrupted"], "the mark")


def test_an_answer_that_is_cut_while_it_stands_still_is_marked(call: Page, server: StandIn) -> None:
    server.say("conversation.response.words", utteranceId="u1", text="The starter plan", timestamp=1.0)
    server.say("conversation.response.paused", utteranceId="u1", timestamp=1.0)
    server.say("audio.output.cancel", utteranceId="u1")
    call.wait(lambda: call.texts(".bot .mark") == ["paused"], "the pause")
    server.say("conversation.response.complete", utteranceId="u1")
    call.wait(lambda: call.texts(".bot .mark") == ["interrupted"], "the mark")


def test_what_is_left_plays_out_when_the_server_ends_the_call(call: Page, server: StandIn) -> None:
    sent = in_samples(call, server.tone("u1", 0.4))
    server.close(1000)
    call.wait(lambda: call.count("played") >= sent - 4, "the goodbye")
    assert call.text("badge-text") == "Call ended"


def test_a_voice_far_ahead_of_its_playing_is_bounded(call: Page, server: StandIn) -> None:
    server.tone("u1", 12)
    call.wait(lambda: call.count("dropped") > 0, "the ring to be full")
    assert call.count("dropped") <= in_samples(call, 2 * OUTPUT_RATE + CHUNK_SAMPLES)
