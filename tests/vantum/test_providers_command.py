"""``vantum providers``: the list, and one use of each kind of provider, against the local servers."""

from __future__ import annotations

import asyncio
import re
import sys
import wave
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path

import numpy as np
import pytest
from loguru import logger

from tests.wire.anthropic_server import Answer, AnthropicServer
from tests.wire.elevenlabs_server import ElevenLabsServer
from tests.wire.flux_server import FluxServer
from tests.wire.speech_server import SpeechServer
from vantum import smoke
from vantum.core.choice import LOCAL
from vantum.core.provider_specs import SETTING_NAMES, SPECS
from vantum.providers_command import main

pytestmark = pytest.mark.real_time

KEY = "secret-0123456789abcdef"
TIMES = r"first after \d\.\d\d s, all after \d\.\d\d s"
Run = Callable[..., Coroutine[None, None, tuple[int, str, str]]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Run the command with these settings: exit code, what it printed, and what it said of errors."""
    monkeypatch.chdir(tmp_path)
    for name in SETTING_NAMES:
        monkeypatch.delenv(name, raising=False)

    async def running(*arguments: str, **settings: str) -> tuple[int, str, str]:
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        code = await asyncio.to_thread(main, [*arguments])
        said = capsys.readouterr()
        assert KEY not in said.out + said.err
        return code, said.out, said.err

    yield running
    logger.remove()
    logger.add(sys.stderr, level="WARNING")


@pytest.fixture
def recording(tmp_path: Path) -> str:
    """Half a second of sound, and quiet behind it."""
    path = tmp_path / "said.wav"
    samples = np.sin(np.arange(4_000) / 4) * 9_000
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(np.concatenate([samples, np.zeros(800)]).astype("<i2").tobytes())
    return str(path)


async def test_the_list_has_every_provider_and_what_it_lacks(run: Run) -> None:
    code, out, _ = await run(DEEPGRAM_API_KEY=KEY, AZURE_OPENAI_API_KEY=KEY)
    assert code == 0
    assert [line.split()[0] for line in out.splitlines() if line[:1].isalpha()] == ["name", *SPECS]
    assert "lacks GOOGLE_APPLICATION_CREDENTIALS" in out
    assert "lacks AZURE_OPENAI_URL" in out
    assert "AZURE_OPENAI_API_KEY" not in out
    rows = {line.split()[0]: line for line in out.splitlines() if line[:1].isalpha()}
    assert re.search(r"stt\* +set +installed", rows["deepgram"])
    assert re.search(r"stt +set +installed", rows["deepgram-flux"])
    assert re.search(r"stt, llm\*, tts\* +none needed +installed", rows[LOCAL])


async def test_a_model_is_asked(run: Run) -> None:
    async with AnthropicServer([Answer("It is a wire with two ends.")], key=KEY) as server:
        about = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_URL": server.origin}
        code, out, _ = await run("smoke", "anthropic", "--llm", "What is a telephone?", **about)
    assert code == 0
    assert re.fullmatch(rf'anthropic llm: "It is a wire with two ends\.", {TIMES}\n', out)
    assert "What is a telephone?" in str(server.asked[0].body["messages"])


async def test_a_voice_speaks(run: Run) -> None:
    async with ElevenLabsServer(key=KEY) as server:
        about = {"ELEVENLABS_API_KEY": KEY, "ELEVENLABS_URL": server.url}
        code, out, _ = await run("smoke", "elevenlabs", "--tts", "Hello there you", **about)
    assert code == 0
    assert re.fullmatch(rf"elevenlabs tts: 0\.8 s of speech, {TIMES}\n", out)
    assert server.texts == ["Hello there you"]


async def test_a_recogniser_hears_a_recording(run: Run, recording: str) -> None:
    async with FluxServer(["hello there"], key=KEY) as server:
        about = {"DEEPGRAM_API_KEY": KEY, "DEEPGRAM_URL": server.url}
        code, out, _ = await run("smoke", "deepgram-flux", "--stt", recording, **about)
    assert code == 0
    assert re.fullmatch(rf'deepgram-flux stt: "hello there", {TIMES}\n', out)
    assert np.abs(np.frombuffer(server.audio, "<i2")).max() > 8_000


async def test_all_jobs_that_have_a_key_are_tested(run: Run, recording: str) -> None:
    speech = np.ones(24_000, "<i2").tobytes()
    async with SpeechServer("/v1", says=["hello"], speech=speech, key=KEY) as server:
        about = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": server.url}
        code, out, _ = await run("smoke", "openai", "--stt", recording, **about)
    lines = out.splitlines()
    assert code == 1
    assert re.fullmatch(rf'openai stt: "hello", {TIMES}', lines[0])
    assert lines[1].startswith("openai llm: fatal: ")
    assert lines[2] == "    Check its model, voice and language in the settings."
    assert re.fullmatch(rf"openai tts: 1\.0 s of speech, {TIMES}", lines[3])


@pytest.mark.parametrize("name", ["anthropic", "elevenlabs", "deepgram-flux"])
async def test_a_refused_key_is_told_with_what_helps(run: Run, name: str) -> None:
    async with (
        AnthropicServer(key="another") as asked,
        ElevenLabsServer(key="another") as spoken,
        FluxServer(key="another") as heard,
    ):
        urls = {"ANTHROPIC": asked.origin, "ELEVENLABS": spoken.url, "DEEPGRAM": heard.url}
        about = {f"{maker}_URL": url for maker, url in urls.items()}
        code, out, _ = await run("smoke", name, **about, **{f"{maker}_API_KEY": KEY for maker in urls})
    assert code == 1
    assert re.fullmatch(
        rf"{name} \w+: auth: .*\n    Check its key, and that the account is in credit\.\n", out
    )


async def test_a_provider_that_never_answers_is_a_fault_of_the_network(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smoke, "SMOKE_SECONDS", 0.3)
    async with AnthropicServer([Answer(hold=0)], key=KEY) as server:
        about = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_URL": server.origin}
        code, out, _ = await run("smoke", "anthropic", **about)
    assert code == 1
    assert out == (
        "anthropic llm: network: Nothing came within 0.3 s.\n"
        "    Check the network, and the address in the settings.\n"
    )


async def test_an_answer_without_a_word_is_none(run: Run) -> None:
    async with AnthropicServer([Answer("")], key=KEY) as server:
        about = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_URL": server.origin}
        code, out, _ = await run("smoke", "anthropic", **about)
    assert code == 1
    assert "It ended without a word." in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["anthropic"], "ANTHROPIC_API_KEY is not set. Set ANTHROPIC_API_KEY."),
        (["azure", "--kind", "llm"], "Set AZURE_OPENAI_API_KEY and AZURE_OPENAI_URL."),
        (["anthropic", "--kind", "tts"], "anthropic does not do tts. It does llm."),
        (["nobody"], "There is no provider 'nobody' to test. There are deepgram, "),
        ([LOCAL], "There is no provider 'local' to test."),
        (["deepgram", "--stt", "gone.wav"], "gone.wav cannot be read"),
    ],
)
async def test_what_cannot_be_tested_is_said_in_a_line(run: Run, arguments: list[str], said: str) -> None:
    code, out, err = await run("smoke", *arguments, DEEPGRAM_API_KEY=KEY)
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1


async def test_a_file_that_is_no_mono_recording_is_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "stereo.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8_000)
    code, _, err = await run("smoke", "deepgram", "--stt", str(path), DEEPGRAM_API_KEY=KEY)
    assert code == 2
    assert "is not 16-bit mono." in err
