"""A whole switchboard with its dialer, on a folder, between a fake carrier and telephones in memory."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from xml.etree import ElementTree

from pipecat.processors.frame_processor import FrameProcessor

from processors.context_aggregator import ContextAggregator
from tests.vantum.phone.calls_kit import OURS, US, new_call
from tests.vantum.phone.fake_carrier import FakeCarrier, sid
from transports.twilio.signature import Signatures
from transports.twilio.webhook import AmdVerdict, DialResult, StatusCallback, StreamStatus, VoiceCall
from vantum.calls import Calls
from vantum.core.phone_call import StatusReport
from vantum.loader import Pipeline
from vantum.parts import Call
from vantum.phone.blocked import Blocked
from vantum.phone.book import CallBook
from vantum.phone.dialer import Dialer
from vantum.phone.phone_call import PhoneCall
from vantum.phone.pipelines import Pipelines
from vantum.phone.switchboard import Switchboard
from vantum.phone.throttle import Throttle
from vantum.phone.tokens import StreamTokens
from vantum.record import RecordWriter
from vantum.services import Services
from vantum.settings import load_settings
from vantum.testing import ScriptedTTS, at_rest
from vantum.testing.memory_phone import MemoryPhone

PUBLIC = "https://phone.example.test"
MEDIA = re.compile(r"wss://phone\.example\.test/twilio/media/([A-Za-z0-9_-]+)")
SETTINGS: Mapping[str, str] = {
    "VANTUM_RECORD": "false",
    "VANTUM_CALLS_PER_SECOND": "100",
    "VANTUM_SILENCE_SECONDS": "0",
    "VANTUM_CARRIER": "twilio",
}


class Exchange:
    """One process. ``settings`` are named as in the environment; ``voicemail`` is the pipeline's message."""

    def __init__(self, data: Path, carrier: FakeCarrier | None = None, **settings: str) -> None:
        overrides = {**SETTINGS, **settings, "VANTUM_DATA": str(data)}
        chosen = load_settings(environ={}, env_file=None, overrides=overrides)
        self.carrier = carrier or FakeCarrier()
        self.voices: list[ScriptedTTS] = []
        self.voicemail = ""
        self.services = Services(chosen, chosen.choices(), RecordWriter())
        pipeline = Pipeline("bot", self._build, data / "bot.py")
        self.calls = Calls(pipeline, self.services)
        self.book = CallBook(data)
        signatures, tokens = Signatures("token", PUBLIC), StreamTokens("token")
        self.board = Switchboard(
            self.calls, self.services, Pipelines(pipeline), self.book, self.carrier, signatures, tokens
        )
        self.board.dialer = Dialer(
            self.book,
            self.carrier,
            Blocked(data),
            Throttle(chosen.calls_per_second),
            self.board.request_of,
            self.board.ready,
            chosen.max_queued_calls,
        )

    def _build(self, call: Call) -> list[FrameProcessor]:
        call.voicemail = call.voicemail or self.voicemail
        self.voices.append(ScriptedTTS())
        return [ContextAggregator(prompt="", greeting="", limit=10), self.voices[-1]]

    async def close(self) -> None:
        """End the process in good order."""
        await self.board.close()
        await at_rest()
        self.book.close()
        self.services.writer.close()

    # --- what is known ------------------------------------------------------------------------------

    @property
    def spoken(self) -> list[str]:
        """What the bots have said, in all calls."""
        return [text for voice in self.voices for text in voice.spoken]

    async def known(self, call_id: str) -> PhoneCall:
        """What is known of a call."""
        call = await self.book.find(call_id)
        assert call is not None
        return call

    async def ended(self, call_id: str) -> tuple[str, str]:
        """How a call ended, and why; both empty before its end."""
        progress = (await self.known(call_id)).progress
        return progress.outcome or "", progress.reason

    # --- what we do ---------------------------------------------------------------------------------

    async def place(self, to: str = US) -> str:
        """Have a call placed; returns its id."""
        call = await self.book.create(new_call(to))
        self.board.admit(call)
        await at_rest()
        return call.id

    # --- what Twilio does ---------------------------------------------------------------------------

    async def calls_in(self, number: int = 1) -> str:
        """Somebody calls us; returns the TwiML of the answer."""
        return await self.board.voice(VoiceCall(sid(number), US, OURS, "inbound"))

    async def tells(
        self, call_id: str, status: str, sequence: int, *, name: str = "", sip_code: int | None = None
    ) -> None:
        """A status callback, of the call's first sid unless ``name`` is given."""
        report = StatusReport(sequence, status, sip_code)
        await self.board.status(call_id, StatusCallback(name or sid(1), report))

    async def judges(self, call_id: str, answered_by: str) -> None:
        """A callback of the machine detection."""
        await self.board.verdict(call_id, AmdVerdict(sid(1), answered_by, 3000))

    async def fails(self, call_id: str, code: int | None, error: str = "It is broken.") -> None:
        """A callback of the media stream, which has an error."""
        await self.board.stream_status(call_id, StreamStatus(sid(1), "MZ1", "stream-error", error, code))

    async def ends_transfer(self, call_id: str, status: str) -> str:
        """The ``<Dial>`` of a call is over; returns the TwiML of the answer."""
        return await self.board.transferred(call_id, DialResult(sid(1), status))

    @asynccontextmanager
    async def stream(self, twiml: str, number: int = 1) -> AsyncGenerator[MemoryPhone, None]:
        """A telephone on the stream that ``twiml`` asks for; it hangs up at the end, and the stream is over."""
        call_id = self.board.redeem(token_of(twiml))
        assert call_id is not None
        phone = MemoryPhone(call_sid=sid(number))
        phone.answer()
        serving = asyncio.create_task(self.board.serve(call_id, phone), name="stream")
        await asyncio.sleep(0.1)
        try:
            yield phone
        finally:
            phone.hang_up()
            await serving


def token_of(twiml: str) -> str:
    """The token in the address of a stream."""
    found = MEDIA.search(twiml)
    assert found is not None
    return found[1]


def call_of(twiml: str) -> str:
    """The id of the call whose stream is asked for."""
    [parameter] = ElementTree.fromstring(twiml).iter("Parameter")
    assert parameter.get("name") == "call_id"
    return parameter.get("value", "")


def verbs(twiml: str) -> list[str]:
    """The verbs of a TwiML, in order."""
    return [verb.tag for verb in ElementTree.fromstring(twiml)]
