"""The metrics over HTTP: that calls are counted, and who may read them."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from pipecat.processors.frame_processor import FrameProcessor
from prometheus_client.parser import text_string_to_metric_families

from processors.context_aggregator import ContextAggregator
from tests.live_server import LiveServer, client, live_server, message_of, request
from tests.vantum.api_kit import client_of, desk
from vantum.testing import ScriptedTTS

KEY = "a-key-of-the-tests"


def build(_: object) -> list[FrameProcessor]:
    return [ContextAggregator(prompt="", greeting="Hello."), ScriptedTTS(first_audio=0.01)]


async def scraped(server: LiveServer) -> dict[tuple[str, str], float]:
    async with httpx.AsyncClient(base_url=server.url) as http:
        answer = await http.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return {
        (sample.name, sample.labels.get("transport", "")): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


@pytest.mark.real_time
async def test_calls_are_counted_and_those_under_way_too(tmp_path: Path) -> None:
    async with live_server(tmp_path, build) as server:
        async with client(server) as socket:
            await socket.send(request("audio.input.start"))
            await message_of(socket, "audio.output.start")
            during = await scraped(server)
        await server.calls.shut_down()
        after = await scraped(server)
    assert (during["vantum_live_calls", ""], during["vantum_calls_total", "browser"]) == (1, 1)
    assert (after["vantum_live_calls", ""], after["vantum_calls_total", "browser"]) == (0, 1)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": f"Bearer {KEY}"}, 200),
    ],
)
async def test_with_keys_a_key_is_needed(tmp_path: Path, headers: dict[str, str], status: int) -> None:
    async with desk(tmp_path, phone=False, VANTUM_API_KEYS=KEY) as office:
        assert (await office.http.get("/metrics", headers=headers)).status_code == status


@pytest.mark.parametrize(("address", "status"), [("127.0.0.1", 200), ("192.0.2.7", 403)])
async def test_without_keys_only_this_machine_is_told(tmp_path: Path, address: str, status: int) -> None:
    async with desk(tmp_path, phone=False) as office, client_of(office.app, (address, 1)) as http:
        assert (await http.get("/metrics")).status_code == status


async def test_metrics_are_only_read(tmp_path: Path) -> None:
    async with desk(tmp_path, phone=False) as office:
        answer = await office.http.post("/metrics")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
