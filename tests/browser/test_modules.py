"""The page's pure parts, called in the browser: ids, waits, rates, the banner, the audio thread's boxes."""

from __future__ import annotations

import math
import uuid

import pytest
from selenium.webdriver import Chrome

from tests.browser.chromium import Page
from tests.browser.stand_in import CLOUD, StandIn

pytestmark = [pytest.mark.browser, pytest.mark.real_time]

# An audio thread without a sound card: the box under test is in `box`, what it posts in `posted`.
AUDIO_THREAD = """
    const posted = [];
    globalThis.sampleRate = {rate};
    globalThis.AudioWorkletProcessor = class {{ port = {{ postMessage: (message) => posted.push(message) }}; }};
    let Box;
    globalThis.registerProcessor = (_, made) => {{ Box = made; }};
    await import('/console/{name}_worklet.js?' + crypto.randomUUID());
    const box = new Box();
"""


@pytest.fixture
def modules(_server: StandIn, _browser: Chrome) -> Page:
    """The page at rest, loaded once: its modules leave nothing behind in it."""
    if _browser.current_url != _server.url:
        _browser.get(_server.url)
    return Page(_browser)


def test_an_event_id_is_a_uuid_of_version_7(modules: Page) -> None:
    made = modules.evaluate("""
        const { uuid7 } = await import('/console/protocol.js');
        return [uuid7(0x0123456789ab), uuid7(0x0123456789ab), uuid7()];
    """)
    fixed, other, now = (uuid.UUID(str(text)) for text in made)
    assert fixed.version == now.version == 7
    assert fixed.variant == uuid.RFC_4122
    assert fixed.hex.startswith("0123456789ab7")
    assert fixed != other


def test_waits_grow_to_fifteen_seconds_less_a_fifth_at_most(modules: Page) -> None:
    waits = modules.evaluate("""
        const { waitSeconds } = await import('/console/backoff.js');
        return [0, 1].map((random) => [0, 1, 2, 3, 4, 40].map((attempt) => waitSeconds(attempt, () => random)));
    """)
    assert waits == [[1, 2, 4, 8, 15, 15], [0.8, 1.6, 3.2, 6.4, 12, 12]]


def test_who_lost_a_call_that_is_kept_tries_sooner(modules: Page) -> None:
    waits = modules.evaluate("""
        const { returnSeconds } = await import('/console/backoff.js');
        return [0, 1].map((random) => [0, 1, 2, 3, 4, 40].map((attempt) => returnSeconds(attempt, () => random)));
    """)
    assert waits == [[0.2, 0.5, 1, 2, 4, 4], pytest.approx([0.16, 0.4, 0.8, 1.6, 3.2, 3.2])]


@pytest.mark.parametrize("rate", [44100, 48000, 96000, 16000])
def test_resampling_is_seamless_from_chunk_to_chunk(modules: Page, rate: int) -> None:
    script = """
        const { LinearResampler } = await import('/console/pcm.js');
        const ramp = Float32Array.from({ length: 1920 * 5 }, (_, index) => index);
        const resampler = new LinearResampler(48000, %d);
        const pieces = [0, 1, 2, 3, 4].map((n) => resampler.process(ramp.slice(n * 1920, (n + 1) * 1920)));
        return pieces.flatMap((piece) => [...piece]);
    """
    made = modules.evaluate(script % rate)
    assert len(made) == pytest.approx(9600 * rate / 48000, abs=math.ceil(rate / 48000))
    assert made == pytest.approx([index * 48000 / rate for index in range(len(made))], abs=0.002)


def test_samples_are_little_endian_wherever_they_lie(modules: Page) -> None:
    made = modules.evaluate("""
        const { toFloats } = await import('/console/pcm.js');
        return [...toFloats(new Uint8Array([9, 0, 0, 0xff, 0x7f, 0x00, 0x80]).subarray(1))];
    """)
    assert made == [0, pytest.approx(32767 / 32768), -1]


@pytest.mark.parametrize(
    ("embedded", "title", "detail"),
    [
        (
            ("stt", "llm", "tts"),
            "scripted demo with a robotic",
            "DEEPGRAM_API_KEY, OPENAI_API_KEY, and CARTESIA",
        ),
        (
            ("llm", "tts"),
            "a scripted demo with a robotic voice.",
            "Set OPENAI_API_KEY and CARTESIA_API_KEY for",
        ),
        (("tts",), "This is a demo with a robotic voice.", "Set CARTESIA_API_KEY for the real thing."),
        (("llm",), "This is a scripted demo.", "Set OPENAI_API_KEY for the real thing."),
        (("stt",), "a demo that understands simple sentences only.", "Set DEEPGRAM_API_KEY for the real"),
    ],
)
def test_the_demo_banner_names_what_is_embedded(
    modules: Page, embedded: tuple[str, ...], title: str, detail: str
) -> None:
    providers = CLOUD | dict.fromkeys(embedded, "local")
    found = modules.evaluate(f"""
        const {{ demoBanner }} = await import('/console/health.js');
        const {{ title, detail }} = demoBanner({{ providers: {providers} }});
        return [title, detail];
    """)
    assert title in str(found[0])
    assert detail in str(found[1])


@pytest.mark.parametrize(
    ("stages", "expected"),
    [
        ({"first_token": 500, "first_byte": 650}, [["Thinking", 500], ["Sending", 150]]),
        (
            {"committed": 500, "first_token": 200, "first_audio": 350, "first_byte": 510, "heard": 560},
            [["Thinking", 200], ["Voicing", 150], ["Pause", 150], ["Sending", 10], ["Arriving", 50]],
        ),
        (
            {"committed": 300, "first_token": -120, "first_byte": 300},
            [["Thinking", 0], ["Pause", 300], ["Sending", 0]],
        ),
        ({"first_token": -50}, [["Thinking", 0]]),
        ({}, []),
    ],
)
def test_latency_stages_may_be_missing_or_ahead_of_the_commit(
    modules: Page, stages: dict[str, float], expected: list[list[object]]
) -> None:
    parts = modules.evaluate(f"""
        const {{ split }} = await import('/console/latency.js');
        return split({stages}).map(({{ name, took }}) => [name, took]);
    """)
    assert parts == expected


@pytest.mark.parametrize(
    ("rate", "wire_rate"), [(44100, 44100), (48000, 48000), (96000, 48000), (192000, 48000), (88200, 44100)]
)
def test_any_device_rate_becomes_chunks_of_20_ms(modules: Page, rate: int, wire_rate: int) -> None:
    script = (
        AUDIO_THREAD.format(name="capture", rate=rate)
        + """
        for (let block = 0; block * 128 < sampleRate; block += 1) box.process([[new Float32Array(128).fill(0.5)]]);
        box.process([[]]);
        const { Microphone } = await import('/console/capture.js');
        return [
            posted.map(({ pcm }) => pcm.byteLength / 2),
            new Int16Array(posted[0].pcm)[7],
            posted[0].level,
            Microphone.wireRate({ sampleRate }),
        ];
    """
    )
    lengths, sample, level, told = modules.evaluate(script)
    assert lengths == [wire_rate // 50] * 50
    assert sample == 16384
    assert level == pytest.approx(0.5)
    assert told == wire_rate


def test_what_is_played_is_what_was_pushed(modules: Page) -> None:
    script = (
        AUDIO_THREAD.format(name="playback", rate=48000)
        + """
        const heard = [];
        const run = (blocks) => {
            for (let block = 0; block < blocks; block += 1) {
                const output = new Float32Array(128);
                box.process([], [[output]]);
                heard.push(...output);
            }
        };
        const push = (samples, fresh) => box.port.onmessage({ data: { kind: 'push', samples, fresh } });
        const ramp = Float32Array.from({ length: 5760 }, (_, index) => index + 1);
        push(ramp.slice(0, 1000), true);
        run(2);                             // less than the cushion: waits
        const waited = heard.every((sample) => sample === 0);
        push(ramp.slice(1000, 3840), false);
        run(20);
        push(ramp.slice(3840), false);
        box.port.onmessage({ data: { kind: 'finish' } });
        run(40);
        return [waited, heard.filter((sample) => sample !== 0), posted.at(-1)];
    """
    )
    waited, heard, report = modules.evaluate(script)
    assert waited
    assert heard == list(range(1, 5761))
    assert report == {"played": 5760, "gaps": 0, "dropped": 0, "quiet": True, "level": 0}


def test_a_stop_fades_within_one_block(modules: Page) -> None:
    script = (
        AUDIO_THREAD.format(name="playback", rate=48000)
        + """
        const run = () => {
            const output = new Float32Array(128);
            box.process([], [[output]]);
            return [...output];
        };
        const samples = new Float32Array(9600).fill(1);
        box.port.onmessage({ data: { kind: 'push', samples, fresh: true } });
        const before = run();
        box.port.onmessage({ data: { kind: 'stop' } });
        return [before, run(), run()];
    """
    )
    before, faded, after = modules.evaluate(script)
    assert before == [1] * 128
    assert faded == pytest.approx([1 - (index + 1) / 128 for index in range(128)])
    assert after == [0] * 128
