"""A whole call by a script: what the caller says and does, and when; all else is the real call.

The real call, transport and record, the pipeline of your choice; only the client, the providers and (unless
the script plays audio) the voice activity detector are scripted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Generic, Protocol, TypeVar

import uuid_utils
from pipecat.processors.frame_processor import FrameProcessor

from processors.break_splitter import BreakSplitter
from processors.context_aggregator import ContextAggregator
from processors.resampler import Resampler
from transports.browser.dialect import Dialect
from transports.browser.transport import BrowserTransport
from transports.connection import ConnectionLimits
from vantum.core.call_facts import CallFacts
from vantum.core.conversation import Message, Role
from vantum.core.events import Sign
from vantum.live_call import LiveCall, Transport
from vantum.loader import Pipeline
from vantum.parts import Call
from vantum.record import RecordWriter, read_record
from vantum.services import Services
from vantum.settings import Settings, load_settings
from vantum.testing.ear import Sound
from vantum.testing.memory_client import MemoryClient
from vantum.testing.memory_socket import NORMAL, Closed, Received
from vantum.testing.microphone import Clip, clip_of, picked_up
from vantum.testing.played_call import PlayedCall
from vantum.testing.scripted_call import Cast, ScriptedCall
from vantum.testing.scripted_llm import ScriptedLLM
from vantum.testing.scripted_stt import Signed, Transcribed, Worded
from vantum.testing.scripted_tts import ScriptedTTS
from vantum.testing.scripted_vad import Speech, in_order

LINGER_SECONDS = 10.0
"""A caller who does not hang up in the script does so this long after its last step."""

# At the rate of the scripted voice nothing is resampled, and times are exact. A caller who has nothing more to say
# is not asked whether they are there.
SETTINGS = MappingProxyType({"VANTUM_OUTPUT_RATE": "16000", "VANTUM_SILENCE_SECONDS": "0"})

Build = Callable[[ScriptedCall], Iterable[FrameProcessor]]
"""The ``build`` of a pipeline file."""

Samples = Iterable[tuple[float, bytes]]
"""Chunks of PCM16, each with the time at which its last sample was spoken."""


class Client(Protocol):
    """What a script needs of the client that it is played on."""

    received: list[Received]
    closed: Closed | None

    @property
    def now(self) -> float: ...
    @property
    def sounds(self) -> tuple[Sound, ...]: ...
    def speak(self, pcm: bytes) -> None: ...
    def transmit(self, message: bytes | str) -> None: ...
    def hang_up(self, code: int = NORMAL) -> None: ...


ClientT = TypeVar("ClientT", bound=Client)


class Script(Generic[ClientT]):
    """The script of one call, for one run, whatever the caller calls on. Times are seconds since it connected.

    ``greeting`` opens the call; ``llm`` and ``tts`` answer and speak. Every method adds a step, in any order.
    """

    def __init__(
        self,
        *,
        llm: ScriptedLLM | None = None,
        tts: ScriptedTTS | None = None,
        greeting: str = "",
    ) -> None:
        self._llm = llm or ScriptedLLM([])
        self._tts = tts or ScriptedTTS()
        self._greeting = greeting
        self._speech: list[Speech] = []
        self._clips: list[Clip] = []
        self._transcripts: list[Transcribed] = []
        self._hints: list[Signed | Worded] = []
        self._deeds: list[tuple[float, Callable[[ClientT, LiveCall], None]]] = []
        self._hangs_up_at: float | None = None

    # --- steps --------------------------------------------------------------------------------------

    def says(
        self,
        at: float,
        text: str,
        *,
        seconds: float,
        final_after: float = 0.2,
        interims: Iterable[tuple[float, str]] = (),
        complete: float | None = 1.0,
        judged_after: float = 0.0,
    ) -> None:
        """The caller says ``text`` for ``seconds``, without audio; no text is a noise.

        The final transcript comes ``final_after`` seconds after the speech, or before its end if negative;
        ``interims`` are pairs of seconds after the speech began, and the words by then. ``complete`` is how
        probably the caller sounds finished at the pause after it, told ``judged_after`` seconds into that pause.
        """
        self._speech = in_order([*self._speech, Speech(at, at + seconds, complete, judged_after)])
        for after, words in interims:
            self.recogniser_gives(at + after, words, final=False)
        if text:
            self._hints.append(Worded(at, round(at + seconds, 9)))
        self.recogniser_gives(at + seconds + final_after, text)

    def plays(self, at: float, wav: Path, text: str, *, final_after: float = 0.2) -> None:
        """The caller is heard in a recording (16-bit mono, 16 kHz), which says ``text``.

        In a script that plays, the client sends audio all the time and the real VAD listens to it.
        """
        clip = clip_of(at, wav)
        self._clips.append(clip)
        if text:
            self._hints.append(Worded(at, clip.stop))
        self.recogniser_gives(clip.stop + final_after, text)

    def recogniser_gives(self, at: float, text: str, *, final: bool = True) -> None:
        """The recogniser gives a transcript, whether or not anybody speaks."""
        self._transcripts.append(Transcribed(round(at, 9), text, final))

    def recogniser_signs(self, at: float, sign: Sign) -> None:
        """The recogniser lets something know beside words."""
        self._hints.append(Signed(round(at, 9), sign))

    def sends(self, at: float, message: bytes | str) -> None:
        """The client sends any message, as it is."""
        self._deeds.append((at, lambda client, _: client.transmit(message)))

    def hangs_up(self, at: float, code: int = NORMAL) -> None:
        """The caller leaves, with a close code."""
        self._hangs_up_at = at
        self._deeds.append((at, lambda client, _: client.hang_up(code)))

    def server_ends(self, at: float, reason: str) -> None:
        """The server ends the call, as it does when it shuts down."""
        self._deeds.append((at, lambda _, call: call.end(reason)))

    # --- the run ------------------------------------------------------------------------------------

    async def _run(
        self,
        client: ClientT,
        build: Build | None,
        settings: Mapping[str, str],
        line: Callable[[Settings], tuple[Transport, CallFacts]],
    ) -> PlayedCall:
        """Have the call with ``client`` through the pipeline that ``build`` builds, to its end."""
        if self._clips and self._speech:
            raise ValueError("A script either plays audio or says words without it.")
        with TemporaryDirectory() as data:
            given = {**SETTINGS, **settings, "VANTUM_DATA": data}
            chosen = load_settings(environ={}, env_file=None, overrides=given)
            services = Services(chosen, chosen.choices(), RecordWriter())
            try:
                return await self._live(client, *line(chosen), build or self._build, services)
            finally:
                services.writer.close()

    async def _live(
        self, client: ClientT, transport: Transport, facts: CallFacts, build: Build, services: Services
    ) -> PlayedCall:
        chain: list[FrameProcessor] = []

        def cast(call: Call) -> list[FrameProcessor]:
            scripted = self._scripted(call)
            chain.extend(build(scripted))
            call.record, call.voicemail = scripted.record, scripted.voicemail
            return chain

        call = LiveCall(transport, Pipeline("script", cast, Path(__file__)), services, facts)
        async with asyncio.TaskGroup() as group:
            acting = group.create_task(self._act(client, call), name="call-script")
            await call.run()
            ended = client.now
            acting.cancel()
        services.writer.flush()
        record = read_record(services.settings.data, call.id, services.writer.is_open) or {}
        return PlayedCall(
            tuple(client.received),
            client.closed,
            client.sounds,
            context_of(chain),
            record,
            ended,
            tuple(tuple(messages) for messages in self._llm.asked),
        )

    def _build(self, call: ScriptedCall) -> list[FrameProcessor]:
        return [
            Resampler(),
            call.vad(),
            call.stt(),
            ContextAggregator(prompt="", greeting=self._greeting, limit=call.context_messages),
            call.llm(),
            BreakSplitter(),
            call.tts(),
        ]

    def _scripted(self, call: Call) -> ScriptedCall:
        speech = None if self._clips else tuple(self._speech)
        cast = Cast((*self._transcripts, *self._hints), self._llm, self._tts, speech)
        return ScriptedCall(call.facts, call.services, call.record, call.line_rate, call.voicemail, cast=cast)

    async def _act(self, client: ClientT, call: LiveCall) -> None:
        loop = asyncio.get_running_loop()
        zero = loop.time()
        self._begin(client)
        for at, deed in sorted(self._all_deeds(), key=lambda step: step[0]):
            await asyncio.sleep(zero + at - loop.time())
            deed(client, call)

    def _all_deeds(self) -> list[tuple[float, Callable[[ClientT, LiveCall], None]]]:
        steps = [at for at, _ in self._deeds]
        steps += [transcript.time for transcript in self._transcripts]
        steps += [speech.stop for speech in self._speech] + [clip.stop for clip in self._clips]
        deeds, last = list(self._deeds), self._hangs_up_at
        if last is None:
            last = max(steps, default=0.0) + LINGER_SECONDS
            deeds.append((last, lambda client, _: client.hang_up()))
        if self._clips:
            deeds += [(at, _speaks(pcm)) for at, pcm in self._spoken(picked_up(self._clips, last))]
        return deeds

    def _begin(self, client: ClientT) -> None:
        raise NotImplementedError

    def _spoken(self, heard: Samples) -> Samples:
        """What a microphone hears at 16 kHz, as the client sends it."""
        return heard


class CallScript(Script[MemoryClient]):
    """The script of a browser's call. The client starts the session at once."""

    def ends_turn(self, at: float) -> None:
        """The caller ends the turn by hand."""
        self._deeds.append((at, lambda client, _: client.end_turn()))

    async def run(
        self,
        build: Build | None = None,
        *,
        settings: Mapping[str, str] = SETTINGS,
        dialect: Dialect = Dialect.CURRENT,
    ) -> PlayedCall:
        """Have the call through the pipeline that ``build`` builds, to its end.

        Without ``build`` it is the usual one. ``settings`` are named as in the environment, which is not read.
        """
        client = MemoryClient(dialect)

        def line(chosen: Settings) -> tuple[Transport, CallFacts]:
            transport = BrowserTransport(client, output_rate=chosen.output_rate, limits=limits_of(chosen))
            return transport, facts_of(transport, chosen)

        return await self._run(client, build, settings, line)

    def _begin(self, client: MemoryClient) -> None:
        client.start()


def limits_of(settings: Settings) -> ConnectionLimits:
    """The bounds of a connection, as a server would set them."""
    return ConnectionLimits(
        messages_per_second=settings.max_messages_per_second,
        bytes_per_second=settings.max_bytes_per_second,
        backlog_bytes=settings.max_backlog_bytes,
        idle_seconds=settings.idle_seconds,
    )


def facts_of(transport: Transport, settings: Settings) -> CallFacts:
    """What is known of a call of nobody in particular."""
    return CallFacts(str(uuid_utils.uuid7()), transport.name, settings.language)


def _speaks(pcm: bytes) -> Callable[[Client, LiveCall], None]:
    return lambda client, _: client.speak(pcm)


def context_of(chain: Iterable[FrameProcessor]) -> tuple[tuple[str, str], ...]:
    """The conversation that a pipeline kept, as ``PlayedCall`` has it; nothing without a context aggregator."""
    for processor in chain:
        if isinstance(processor, ContextAggregator):
            return tuple(told for message in processor.conversation.messages for told in _told(message))
    return ()


def _told(message: Message) -> list[tuple[str, str]]:
    match message.role:
        case Role.SYSTEM:
            return []
        case Role.TOOL:
            return [("result", message.content)]
        case role:
            said = [(role.value, message.content)] if message.content else []
            return said + [("call", call.name) for call in message.calls]
