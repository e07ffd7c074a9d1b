"""Each language model that speaks over a wire, in whole calls: it answers, is cut, is hung up on, and breaks off."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from processors.tools.tool import ToolContext, tool
from tests.wire import anthropic_server, gemini_server, openai_server
from tests.wire.anthropic_server import AnthropicServer
from tests.wire.cartesia_server import CartesiaServer
from tests.wire.conftest import until
from tests.wire.deepgram_server import DeepgramServer
from tests.wire.gemini_server import GeminiServer
from tests.wire.in_calls import Scene, is_cut, order, scene
from tests.wire.openai_breaks import Break
from tests.wire.openai_likes import AzureServer, GroqServer
from tests.wire.openai_server import OpenAIServer
from vantum.core.choice import Kind
from vantum.core.errors import SettingsError
from vantum.core.going_on import GO_ON
from vantum.core.provider_specs import SPECS
from vantum.providers import maker_of

pytestmark = pytest.mark.real_time

KEY = "test"
URLS = {
    "anthropic": ("ANTHROPIC_URL", "ANTHROPIC_API_KEY"),
    "google": ("GOOGLE_URL", "GOOGLE_API_KEY"),
    "groq": ("GROQ_URL", "GROQ_API_KEY"),
    "openai": ("OPENAI_BASE_URL", "OPENAI_API_KEY"),
    "azure": ("AZURE_OPENAI_URL", "AZURE_OPENAI_API_KEY"),
}
STORY = "I will tell you the story now. Once upon a time there was a king who had three sons."
FIRST_WORDS = 8
"""Of the story: its first sentence, and what shows that it is over."""
LONG = "It opens at nine and closes at half past five."
GIVEN = 4
REST = " ".join(LONG.split()[GIVEN:])

Server = AnthropicServer | GeminiServer | OpenAIServer


@dataclass(frozen=True, slots=True)
class Said:
    """An answer: ``hold`` and ``cut`` are words behind which it stops, or the connection is closed."""

    text: str
    hold: int | None = None
    cut: int | None = None


def server_of(name: str, *says: Said) -> Server:
    """A server that speaks the protocol of a provider."""
    if name == "anthropic":
        return AnthropicServer(
            [
                anthropic_server.Answer(said.text, hold=_place(said.hold, 3), cut=_place(said.cut, 3))
                for said in says
            ],
            key=KEY,
        )
    if name == "google":
        return GeminiServer(
            [gemini_server.Answer(said.text, hold=said.hold, cut=said.cut) for said in says], key=KEY
        )
    kinds = {"groq": GroqServer, "azure": AzureServer, "openai": OpenAIServer}
    answers = [
        openai_server.Answer(
            said.text, hold=said.hold, breaks=None if said.cut is None else (said.cut, Break.CUT)
        )
        for said in says
    ]
    return kinds[name](answers, key=KEY)


def _place(words: int | None, events: int) -> int | None:
    """The place behind so many ``words``, where ``events`` come before the first."""
    return None if words is None else words + events


def settings_of(name: str, server: Server) -> dict[str, str]:
    """What brings a call to the server."""
    url, key = URLS[name]
    address = server.url if isinstance(server, OpenAIServer) and name != "azure" else _origin(server)
    return {url: address, key: KEY} | ({"AZURE_OPENAI_MODEL": "mine"} if name == "azure" else {})


def _origin(server: Server) -> str:
    assert not isinstance(server, OpenAIServer) or isinstance(server, AzureServer)
    return server.origin


def asked(server: Server) -> list[tuple[int, str]]:
    """The requests: their connections, and what they say."""
    requests = server.asked() if isinstance(server, OpenAIServer) else server.asked
    return [(one.connection, str(one.body)) for one in requests]


def cancelled(server: Server) -> int:
    """How many answers a call did not wait for."""
    return len(server.dropped()) if isinstance(server, OpenAIServer) else server.dropped


def answered(server: Server) -> int:
    """How many answers went out to their end."""
    return len(server.answered()) if isinstance(server, OpenAIServer) else server.answered


@dataclass(frozen=True, slots=True)
class At:
    """What surrounds the models in a call."""

    scene: Scene
    deepgram: DeepgramServer
    cartesia: CartesiaServer

    def spoken(self) -> str:
        """All that the voice was to speak."""
        return " ".join(str(piece["transcript"]).strip() for piece in self.cartesia.pieces())

    def quiet(self) -> bool:
        """Whether the links of the call are closed."""
        return bool(self.deepgram.closed() and self.cartesia.closed())


@asynccontextmanager
async def calling(data: Path, servers: dict[str, Server], *, tools: bool = False) -> AsyncIterator[At]:
    """A call whose answers are these models', the first choice first."""
    for name in servers:
        try:
            maker_of(Kind.LLM, SPECS[name])
        except SettingsError as error:
            pytest.skip(str(error))
    says = [f"turn {number}" for number in range(1, 9)]
    settings = order(Kind.LLM, *servers)
    for name, server in servers.items():
        settings |= settings_of(name, server)
    async with DeepgramServer(says, key=KEY) as deepgram, CartesiaServer(key=KEY) as cartesia:
        settings |= {"DEEPGRAM_URL": deepgram.url, "CARTESIA_URL": cartesia.url}
        async with scene(data, settings, model=True, tools=[press] if tools else []) as at:
            yield At(at, deepgram, cartesia)


@tool
async def press(context: ToolContext, key: str) -> dict[str, object]:
    """Press a key."""
    return {"pressed": key}


@pytest.mark.parametrize("name", URLS)
async def test_it_answers_and_is_cut_and_let_go(name: str, tmp_path: Path) -> None:
    says = [Said("Yes."), Said("No."), Said("Well."), Said(STORY, hold=FIRST_WORDS), Said("Oh.")]
    async with server_of(name, *says) as server, calling(tmp_path, {name: server}) as at:
        for _ in range(3):
            await at.scene.turn()
        assert len({connection for connection, _ in asked(server)}) == 1
        assert (len(asked(server)), cancelled(server)) == (3, 0)
        await at.scene.cut_in()
        await until(lambda: cancelled(server) == 1, seconds=1.0)
        roles, words = zip(*at.scene.said, strict=True)
        assert roles == ("user", "assistant") * 5
        assert words[:6:2] == ("turn 1", "turn 2", "turn 3")
        assert words[1:6:2] == ("Yes.", "No.", "Well.")
        assert is_cut(words[7], STORY)
        assert words[8:] == ("turn 5", "Oh.")
        assert words[7] in asked(server)[-1][1]
        assert at.scene.switches == []
        await at.scene.leave(at.quiet)
        assert len(asked(server)) == answered(server) + cancelled(server) == 5


@pytest.mark.parametrize("name", URLS)
async def test_another_goes_on_where_it_breaks_off(name: str, tmp_path: Path) -> None:
    second = "anthropic" if name == "openai" else "openai"
    async with (
        server_of(name, Said("Yes."), Said(LONG, cut=GIVEN)) as breaking,
        server_of(second, Said(REST), Said("No.")) as going_on,
        calling(tmp_path, {name: breaking, second: going_on}) as at,
    ):
        for _ in range(3):
            await at.scene.turn()
        assert at.spoken() == f"Yes. {LONG} No."
        assert [words for _, words in at.scene.said[1::2]] == ["Yes.", LONG, "No."]
        assert at.scene.switches == [(name, second, "network")]
        assert (len(asked(breaking)), len(asked(going_on))) == (2, 2)
        requests = [body for _, body in asked(going_on)]
        assert [GO_ON in body for body in requests] == [True, False]
        assert " ".join(LONG.split()[:GIVEN]) in requests[0]
        await at.scene.leave(at.quiet)


@pytest.mark.parametrize("name", ["anthropic", "google"])
async def test_a_call_of_a_tool_that_breaks_off_is_made_by_another(name: str, tmp_path: Path) -> None:
    arguments: dict[str, object] = {"key": "5"}
    calls = (("press", arguments),)
    broken: Server = (
        AnthropicServer([anthropic_server.Answer("", tools=calls, breaks=True)], key=KEY)
        if name == "anthropic"
        else GeminiServer([gemini_server.Answer("", tools=calls, finish="")], key=KEY)
    )
    answers = [openai_server.Answer("", tools=calls), openai_server.Answer("Done.")]
    async with (
        broken,
        OpenAIServer(answers, key=KEY) as going_on,
        calling(tmp_path, {name: broken, "openai": going_on}, tools=True) as at,
    ):
        await at.scene.speak()
        await at.scene.finish()
        await until(lambda: at.scene.said[-1:] == [("assistant", "Done.")])
        assert at.scene.switches == [(name, "openai", "network")]
        assert [GO_ON in body for _, body in asked(going_on)] == [False, False]
        assert '{"pressed":"5"}' in asked(going_on)[1][1]
        await at.scene.leave(at.quiet)
