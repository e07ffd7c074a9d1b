"""A call from end to end: a real server, its three providers behind gates, perhaps a spare one, and a caller."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipecat.processors.frame_processor import FrameProcessor

from benchmarks.conversation.speaker import Speaker
from processors.break_splitter import BreakSplitter
from processors.context_aggregator import ContextAggregator
from processors.failover import Candidate, Desk
from processors.llm.failover import FailoverLLM
from processors.resampler import Resampler
from processors.stt.failover import FailoverSTT
from processors.tts.failover import FailoverTTS
from tests.chaos.answering import GREETING, AnsweringServer
from tests.chaos.faults import Fault, Setting, Stage
from tests.chaos.gate import Gate
from tests.chaos.hearing import HearingServer
from tests.live_server import LiveServer, live_server
from vantum.core.choice import Kind
from vantum.core.provider_board import ProviderBoard
from vantum.core.provider_specs import SPECS
from vantum.parts import Call
from vantum.providers import maker_of

KEY = "planted-chaos-key-0481"
BRIEF_SECONDS = 1.0
PROMPT = "You speak with a caller."
FIRST = {Kind.STT: "deepgram", Kind.LLM: "openai", Kind.TTS: "cartesia"}
SPARE = "spare"
URLS = {
    Kind.STT: ("DEEPGRAM_URL", "ws://{}"),
    Kind.LLM: ("OPENAI_BASE_URL", "http://{}/v1"),
    Kind.TTS: ("CARTESIA_URL", "ws://{}"),
}
KEYS = ("DEEPGRAM_API_KEY", "OPENAI_API_KEY", "CARTESIA_API_KEY")
TOKENS_BEFORE_MID = 4
CHUNKS_BEFORE_MID = 4


@dataclass(slots=True)
class Stages:
    """Notices how far a call is, and strikes when it is where the fault belongs."""

    fault: Fault | None
    strike: Callable[[], None]
    reached: list[Stage] = field(default_factory=list)
    _tokens: int = 0
    _chunks: int = 0

    def reach(self, stage: Stage) -> None:
        """The call is here, for the first time or once more."""
        if stage in self.reached:
            return
        self.reached.append(stage)
        if self.fault is not None and self.fault.stage is stage:
            self.strike()

    def model_asked(self, data: bytes) -> None:
        """A request is on its way."""
        if data.startswith(b"POST"):
            self._tokens = 0
            self.reach(Stage.BEFORE_TOKEN)

    def model_gives(self, body: bytes) -> None:
        """Part of an answer."""
        self._tokens += 1
        if self._tokens == TOKENS_BEFORE_MID:
            self.reach(Stage.MID_ANSWER)

    def voice_asked(self, _: bytes) -> None:
        """The bot's words are on their way."""
        if Stage.BEFORE_TOKEN in self.reached:
            self._chunks = 0
            self.reach(Stage.BEFORE_AUDIO)

    def voice_gives(self, body: bytes) -> None:
        """Part of the bot's voice."""
        if Stage.BEFORE_AUDIO in self.reached and b'"chunk"' in body:
            self._chunks += 1
            if self._chunks == CHUNKS_BEFORE_MID:
                self.reach(Stage.MID_AUDIO)


@dataclass(slots=True)
class Scene:
    """What a case has at hand."""

    server: LiveServer
    stages: Stages
    gates: list[Gate]
    models: list[AnsweringServer]


@asynccontextmanager
async def scene(fault: Fault | None, setting: Setting, data: Path, **settings: str) -> AsyncIterator[Scene]:
    """Everything at work until the block is left."""
    stages = Stages(fault, lambda: None)
    async with AsyncExitStack() as closing:
        models: list[AnsweringServer] = []
        gates = {kind: await provider(kind, closing, models, stages) for kind in Kind}
        everyone = list(gates.values())
        spares = dict[Kind, str]()
        if fault is not None:
            if setting is Setting.SPARE:
                spare = await provider(fault.kind, closing, models, stages)
                everyone.append(spare)
                spares[fault.kind] = URLS[fault.kind][1].format(spare.address)
            stages.strike = _striker(fault, setting, gates[fault.kind], closing)
        urls = {URLS[kind][0]: URLS[kind][1].format(gate.address) for kind, gate in gates.items()}
        told = {**dict.fromkeys(KEYS, KEY), **urls, "VANTUM_OUTPUT_RATE": "16000", **settings}
        server = await closing.enter_async_context(live_server(data, pipeline(spares), **told))
        closing.push_async_callback(server.services.clients.close)
        yield Scene(server, stages, everyone, models)


async def provider(
    kind: Kind, closing: AsyncExitStack, models: list[AnsweringServer], stages: Stages
) -> Gate:
    """A stand-in with its gate in front."""
    enter = closing.enter_async_context
    signs: tuple[Callable[[bytes], None], Callable[[bytes], None]]
    match kind:
        case Kind.STT:
            upstream = (await enter(HearingServer(key=KEY))).url
            signs = _nothing, _nothing
        case Kind.LLM:
            model = await enter(AnsweringServer(key=KEY))
            models.append(model)
            upstream, signs = model.url, (stages.model_asked, stages.model_gives)
        case _:
            upstream, signs = (await enter(Speaker())).url, (stages.voice_asked, stages.voice_gives)
    address = upstream.partition("//")[2].partition("/")[0]
    return await enter(Gate(kind, address, *signs))


def _nothing(_: bytes) -> None:
    """Nobody wants to know."""


def _striker(fault: Fault, setting: Setting, gate: Gate, closing: AsyncExitStack) -> Callable[[], None]:
    async def pass_by() -> None:
        await asyncio.sleep(BRIEF_SECONDS)
        await gate.heal()

    def strike() -> None:
        gate.strike(fault.blow)
        if setting is Setting.BRIEF:
            passing = asyncio.create_task(pass_by(), name="passes-by")
            closing.push_async_callback(asyncio.wait, (passing,))

    return strike


def pipeline(spares: dict[Kind, str]) -> Callable[[object], list[FrameProcessor]]:
    """The usual parts, with a spare provider behind the first for those jobs that have one."""

    def build(call: object) -> list[FrameProcessor]:
        assert isinstance(call, Call)
        stt, llm, tts = call.stt(), call.llm(), call.tts()
        if Kind.STT in spares:
            stt = FailoverSTT(_desk(call, Kind.STT, spares))
        if Kind.LLM in spares:
            llm = FailoverLLM(_desk(call, Kind.LLM, spares))
        if Kind.TTS in spares:
            tts = FailoverTTS(_desk(call, Kind.TTS, spares), sample_rate=call.speaking_rate)
        context = ContextAggregator(prompt=PROMPT, greeting=GREETING, limit=call.context_messages)
        return [Resampler(), call.vad(), stt, context, llm, BreakSplitter(), tts]

    return build


def _desk(call: Call, kind: Kind, spares: dict[Kind, str]) -> Desk:  # type: ignore[type-arg]
    first = call._brief(kind, FIRST[kind], call.hearing_rate, None)
    other = replace(first, values={**first.values, URLS[kind][0]: spares[kind]})
    make = maker_of(kind, SPECS[FIRST[kind]])
    names = (FIRST[kind], SPARE)
    candidates = [Candidate(names[0], lambda: make(first)), Candidate(names[1], lambda: make(other))]
    return Desk(kind, candidates, ProviderBoard({kind: names}))
