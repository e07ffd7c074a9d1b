"""A server with everything that it needs: whether traces are sent, and what is said when they cannot be."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
from pipecat.processors.frame_processor import FrameProcessor
from websockets.asyncio.client import connect

from processors.context_aggregator import ContextAggregator
from tests.live_server import KEYS, message_of, next_message, request
from tests.vantum.collector import Collector
from vantum.core.errors import SettingsError
from vantum.loader import Pipeline
from vantum.serving import opened
from vantum.settings import Settings, load_settings
from vantum.testing import ScriptedTTS

pytestmark = pytest.mark.real_time


def build(_: object) -> list[FrameProcessor]:
    return [ContextAggregator(prompt="", greeting="Hello."), ScriptedTTS(first_audio=0.01)]


PIPELINE = Pipeline("greets", build, Path("greets.py"))


def settings_of(data: Path, endpoint: str) -> Settings:
    given = {**KEYS, "VANTUM_DATA": str(data), "VANTUM_PORT": "0", "VANTUM_OTLP_ENDPOINT": endpoint}
    return load_settings({}, None, given)


async def test_a_call_is_traced_to_the_collector(tmp_path: Path) -> None:
    with Collector().serving() as collector:
        async with opened(PIPELINE, settings_of(tmp_path, collector.url)) as server:
            ready = asyncio.Event()
            serving = asyncio.create_task(server.listener.serve_calls(server.listening, ready.set))
            await ready.wait()
            async with connect(server.url.replace("http", "ws") + "ws", compression=None) as socket:
                await next_message(socket)
                await socket.send(request("audio.input.start"))
                await message_of(socket, "audio.output.start")
            server.listener.should_exit = True
            await serving
        [call] = [span for span in collector.spans if span.name == "call"]
    told = {pair.key: pair.value.string_value for pair in call.attributes}
    assert (told["vantum.transport"], told["vantum.pipeline"]) == ("browser", "greets")
    assert told["vantum.provider.llm"] == "openai"


async def test_without_the_extra_an_endpoint_is_a_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "vantum.tracing", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(SettingsError) as caught:
        async with opened(PIPELINE, settings_of(tmp_path, "http://127.0.0.1:1")):
            pass
    assert str(caught.value) == (
        "VANTUM_OTLP_ENDPOINT is set, but opentelemetry.sdk.trace is not installed. "
        "Install the extra: pip install 'vantum[otel]'."
    )
