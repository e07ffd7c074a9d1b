"""A local stand-in for Twilio: its REST API, its webhooks and a telephone on its media streams.

It speaks the real wire format to a server under test, in real time. Numbers are called, and they call.

    python -m tests.wire.twilio_server --port 9005 --public-url https://example.test --reach http://127.0.0.1:8080
"""

from __future__ import annotations

import argparse
import asyncio
import wave
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from random import Random
from types import TracebackType
from typing import Final, Self, get_args

import numpy as np
from aiohttp import ClientSession, DummyCookieJar, TCPConnector, web

from tests.wire.twilio_call import Behaviour, Call, Callee
from tests.wire.twilio_line import Line
from tests.wire.twilio_mulaw import RATE, Pcm
from tests.wire.twilio_rest import Account, Drop, Fault, Hang, Refuse, Rest
from tests.wire.twilio_signature import Signer
from tests.wire.twilio_webhooks import Callbacks, Disorder, Posted, PublicServer, Webhooks

__all__ = ["Behaviour", "Call", "Callee", "Drop", "Hang", "Refuse", "TwilioStandIn"]

ACCOUNT_SID: Final = f"AC{'5' * 32}"
AUTH_TOKEN: Final = "a-token-of-the-stand-in"
NUMBER: Final = "+15550100001"
LAG_SECONDS: Final = 0.02
LEAVE_SECONDS: Final = 3.0
"""How long the calls that still run may take to end when the stand-in is left."""


class TwilioStandIn:
    """``async with TwilioStandIn(public_url=...) as twilio``: ``twilio.url`` is the base of its REST API.

    ``public_url`` is what the server under test takes itself for, ``reach`` where it really listens; both may
    be known later: ``twilio.server`` holds them. A number called is ``callees[number]``, or else ``callee``.
    """

    def __init__(
        self,
        *,
        public_url: str,
        reach: str | None = None,
        account_sid: str = ACCOUNT_SID,
        auth_token: str = AUTH_TOKEN,
        numbers: Sequence[str] = (NUMBER,),
        port: int = 0,
        callee: Callee | None = None,
        voice_url: str | None = None,
        dial_answers: bool = True,
        shuffle_callbacks: bool = False,
        double_callbacks: bool = False,
        seed: int = 0,
        algorithm: str = "HMAC_SHA1",
        forge_signature: bool = False,
    ) -> None:
        self.server = PublicServer(public_url, reach)
        self.account = Account(account_sid, auth_token, numbers)
        self.signer = Signer(auth_token, algorithm, forge_signature)
        self.calls: list[Call] = []
        self.callee = callee or Callee()
        self.callees: dict[str, Callee] = {}
        self.voice_url = voice_url
        self.dial_answers = dial_answers
        self._disorder = Disorder(shuffle_callbacks, double_callbacks, seed)
        self._rest = Rest(self.account, self.calls, self._dial_out)
        self._port = port
        self._webhooks: Webhooks | None = None
        self._runner: web.AppRunner | None = None
        self._watching: asyncio.Task[None] | None = None
        self.max_lag_seconds = 0.0
        """How late the event loop was at most: far above 0.02, the moments measured are those of the machine."""

    async def __aenter__(self) -> Self:
        self._runner = web.AppRunner(
            self._rest.app(), access_log=None, shutdown_timeout=0.1, handler_cancellation=True
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        session = ClientSession(connector=TCPConnector(limit=0), cookie_jar=DummyCookieJar())
        self._webhooks = Webhooks(self.server, self.signer, session)
        self._watching = asyncio.create_task(self._watch_lag(), name="lag of the stand-in")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._runner is not None
        assert self._webhooks is not None
        assert self._watching is not None
        try:
            await self._end_calls()
        finally:
            self._watching.cancel()
            await self._webhooks.session.close()
            await self._runner.cleanup()

    @property
    def url(self) -> str:
        """The base URL of the REST API."""
        assert self._runner is not None
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}"

    @property
    def faults(self) -> deque[Fault]:
        """What goes wrong with the next POSTs to the REST API, one each."""
        return self._rest.faults

    @property
    def posted(self) -> list[Posted]:
        """Every webhook that was sent, with the status that it was answered."""
        assert self._webhooks is not None
        return self._webhooks.posted

    async def dial_in(
        self, to: str, from_: str, callee: Callee | None = None, *, status_callback: str | None = None
    ) -> Call:
        """Somebody calls one of the numbers; the call runs when this returns.

        ``status_callback`` is the one that is set at the number: it is told of the end.
        """
        if self.voice_url is None:
            raise ValueError("an inbound call needs a voice_url")
        form = {} if status_callback is None else {"StatusCallback": status_callback}
        call = Call(self.account.sid, to, from_, "inbound", callee or self.callee, form, states=["ringing"])
        self._begin(call, self.voice_url)
        return call

    def _dial_out(self, form: Mapping[str, str], events: frozenset[str]) -> Call:
        callee = self.callees.get(form["To"], self.callee)
        call = Call(
            self.account.sid,
            form["To"],
            form["From"],
            "outbound-api",
            callee,
            form,
            events,
            states=["queued"],
        )
        self._begin(call, None)
        return call

    def _begin(self, call: Call, voice_url: str | None) -> None:
        assert self._webhooks is not None
        chance = Random(f"{self._disorder.seed} {len(self.calls)}")
        callbacks = Callbacks(self._webhooks, self._disorder, chance, call.errors)
        line = Line(call, self._webhooks, callbacks, lambda: self.dial_answers, voice_url)
        self.calls.append(call)
        call.task = asyncio.create_task(line.run(), name=f"call {call.sid}")

    async def _watch_lag(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + LAG_SECONDS
            await asyncio.sleep(LAG_SECONDS)
            self.max_lag_seconds = max(self.max_lag_seconds, loop.time() - due)

    async def _end_calls(self) -> None:
        """Hang every call up; what does not end in time is cancelled, and a fault of the stand-in is raised."""
        tasks = [call.task for call in self.calls if call.task is not None]
        for call in self.calls:
            if call.task is not None and not call.task.done():
                call.hang_up()
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=LEAVE_SECONDS)
        for task in late:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        faults = [result for result in results if isinstance(result, Exception)]
        if faults:
            raise ExceptionGroup("calls of the stand-in failed", faults)


def _sound(path: str) -> Pcm:
    with wave.open(path) as file:
        if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (RATE, 1, 2):
            raise SystemExit(f"{path} is not 8 kHz, one channel, 16 bits")
        return np.frombuffer(file.readframes(file.getnframes()), np.int16)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="A local stand-in for Twilio.")
    parser.add_argument("--port", type=int, default=9005)
    parser.add_argument("--account", default=ACCOUNT_SID)
    parser.add_argument("--token", default=AUTH_TOKEN)
    parser.add_argument("--number", default=NUMBER, help="the customer's number")
    parser.add_argument("--public-url", required=True, help="what the server takes itself for")
    parser.add_argument("--reach", help="where the server really listens; the public URL if left out")
    parser.add_argument("--behaviour", choices=get_args(Behaviour), default="answer")
    parser.add_argument("--answers-after", type=float, default=1.0, help="seconds")
    parser.add_argument("--hangs-up-after", type=float, help="seconds")
    parser.add_argument("--answered-by", help="human, machine_end_beep, ...")
    parser.add_argument("--says", help="a WAV file: 8 kHz, one channel, 16 bits")
    parser.add_argument("--voice-url", help="the number's webhook for inbound calls")
    parser.add_argument("--dial-in", metavar="FROM", help="call the number from this one at once")
    return parser.parse_args()


async def _run_by_hand(arguments: argparse.Namespace) -> None:
    callee = Callee(
        answers_after=arguments.answers_after,
        behaviour=arguments.behaviour,
        says=[(1.0, _sound(arguments.says))] if arguments.says else (),
        answered_by=arguments.answered_by,
        hangs_up_after=arguments.hangs_up_after,
    )
    async with TwilioStandIn(
        public_url=arguments.public_url,
        reach=arguments.reach,
        account_sid=arguments.account,
        auth_token=arguments.token,
        numbers=[arguments.number],
        port=arguments.port,
        callee=callee,
        voice_url=arguments.voice_url,
    ) as twilio:
        print(f"{twilio.url} is Twilio for {arguments.account} with the token {arguments.token}")  # noqa: T201
        if arguments.dial_in:
            await twilio.dial_in(arguments.number, arguments.dial_in)
        await asyncio.Event().wait()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(_run_by_hand(_arguments()))
