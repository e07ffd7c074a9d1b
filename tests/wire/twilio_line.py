"""The life of one call at Twilio: it rings, is answered, runs its TwiML, ends, and tells of all that."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final, NoReturn
from urllib.parse import urljoin

from tests.wire.twilio_call import ENDED, OUTCOMES, Call, HangUp, Replace
from tests.wire.twilio_phone import MediaStream
from tests.wire.twilio_twiml import TwimlError, Verb, parsed
from tests.wire.twilio_webhooks import Callbacks, WebhookError, Webhooks

DIAL_SECONDS: Final = 0.05
"""How long a transfer takes, answered or not."""

RING_SECONDS: Final = 60.0
LIMIT_SECONDS: Final = 14_400.0
"""Twilio's own ``Timeout`` and ``TimeLimit``."""

MAX_VERBS: Final = 100


class _Over(Exception):  # noqa: N818 - no error: it is how every call ends
    """The call is at its end, with this status and SIP code."""

    def __init__(self, status: str, sip_code: int) -> None:
        super().__init__(status)
        self.status = status
        self.sip_code = sip_code


@dataclass(slots=True)
class Line:
    """``run`` lives the call from its first ring to its last callback.

    ``voice_url`` is asked for the TwiML of an inbound call; an outbound one has its own in the form.
    """

    call: Call
    webhooks: Webhooks
    callbacks: Callbacks
    dial_answers: Callable[[], bool]
    voice_url: str | None = None
    _sequence: int = 0

    async def run(self) -> None:
        sending = asyncio.create_task(self.callbacks.run(), name=f"callbacks of {self.call.sid}")
        try:
            await self._live()
        except _Over as over:
            self._end(over.status, over.sip_code)
        except (WebhookError, TwimlError) as error:
            # Twilio says to the callee that an application error has occurred, and hangs up.
            self.call.errors.append(str(error))
            self._end("completed", 200)
        finally:
            await self.callbacks.close(sending)

    async def _live(self) -> NoReturn:
        if self.voice_url is None:
            await self._ring()
            self._answer()
            await self._talk(self._run_first())
        verbs = await self._fetched(self.voice_url)
        if verbs and verbs[0].name == "Reject":
            self.call.verbs.append(verbs[0])
            if verbs[0].attributes.get("reason") == "busy":
                raise _Over("busy", 486)
            raise _Over("no-answer", 603)
        self._answer()
        await self._talk(self._run_verbs(verbs))

    async def _ring(self) -> None:
        callee = self.call.callee
        patience = float(self.call.form.get("Timeout", RING_SECONDS))
        behaviour = callee.behaviour if callee.answers_after <= patience else "no-answer"
        self._enter("initiated")
        if behaviour != "failed":
            self._enter("ringing")
        try:
            async with asyncio.timeout(min(callee.answers_after, patience)):
                await self.call.commands.get()
        except TimeoutError:
            if behaviour != "answer":
                raise _Over(*OUTCOMES[behaviour]) from None
        else:
            raise _Over("canceled", 487)

    def _answer(self) -> None:
        self.call.answer()
        self._enter("in-progress")

    async def _talk(self, program: Coroutine[None, None, None]) -> NoReturn:
        """Run the program and whatever replaces it, until one has ended or somebody hangs up."""
        timers = self._timers()
        try:
            while isinstance(command := await self._first(program), Replace):
                program = self._run_verbs(parsed(command.twiml))
        finally:
            for timer in timers:
                timer.cancel()
        raise _Over("completed", 200)

    def _timers(self) -> list[asyncio.TimerHandle]:
        call, form = self.call, self.call.form
        loop = asyncio.get_running_loop()
        timers = [loop.call_later(float(form.get("TimeLimit", LIMIT_SECONDS)), call.hang_up)]
        if call.callee.hangs_up_after is not None:
            timers.append(loop.call_later(call.callee.hangs_up_after, call.hang_up))
        # Keys sent at the beginning switch the detection off.
        detects = "MachineDetection" in form and form.get("AsyncAmd") == "true" and "SendDigits" not in form
        if detects and call.callee.answered_by and "AsyncAmdStatusCallback" in form:
            timers.append(loop.call_later(call.callee.amd_after, self._post_verdict))
        return timers

    async def _first(self, program: Coroutine[None, None, None]) -> HangUp | Replace | None:
        """The command that came before the program had ended; its stream is stopped by then."""
        running = asyncio.create_task(program, name=f"TwiML of {self.call.sid}")
        command = asyncio.create_task(self.call.commands.get())
        try:
            await asyncio.wait({running, command}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            running.cancel()
            command.cancel()
            await asyncio.wait({running, command})
        if not running.cancelled():
            running.result()
        return None if command.cancelled() else command.result()

    async def _run_first(self) -> None:
        form = self.call.form
        # Twilio ignores the inline document when there is a URL as well.
        await self._run_verbs(await self._fetched(form["Url"]) if "Url" in form else parsed(form["Twiml"]))

    async def _run_verbs(self, verbs: list[Verb]) -> None:
        while verbs:
            verb, *verbs = verbs
            self.call.verbs.append(verb)
            if len(self.call.verbs) > MAX_VERBS:
                raise TwimlError(f"12200: more than {MAX_VERBS} verbs in one call")
            replacement = await self._do(verb)
            verbs = verbs if replacement is None else replacement

    async def _do(self, verb: Verb) -> list[Verb] | None:
        """Run one verb; what it answers takes the place of the verbs behind it."""
        match verb.name:
            case "Connect":
                return await self._connect(verb)
            case "Dial":
                return await self._dial(verb)
            case "Redirect":
                return await self._follow(verb, verb.text)
            case "Hangup" | "Reject":
                return []
            case "Pause":
                await asyncio.sleep(float(verb.attributes.get("length", "1")))
            case "Say" | "Play":
                # They take no time here, and are not heard.
                pass
            case other:
                self.call.errors.append(f"12200: the verb {other} is not known here")
        return None

    async def _connect(self, verb: Verb) -> list[Verb] | None:
        noun = verb.child("Stream")
        if noun is None:
            raise TwimlError("12200: Connect without a Stream")
        stream = MediaStream(self.call, noun, self.webhooks, self.callbacks)
        streamed = await stream.run()
        action = verb.attributes.get("action")
        return await self._follow(verb, action) if streamed and action else None

    async def _dial(self, verb: Verb) -> list[Verb] | None:
        began = asyncio.get_running_loop().time()
        await asyncio.sleep(DIAL_SECONDS)
        action = verb.attributes.get("action")
        if action is None:
            return None
        facts = {"DialCallSid": f"CA{uuid.uuid4().hex}", "DialCallStatus": "no-answer"}
        if self.dial_answers():
            duration = round(asyncio.get_running_loop().time() - began)
            facts |= {"DialCallStatus": "completed", "DialCallDuration": str(duration)}
        return await self._follow(verb, action, facts)

    async def _follow(self, verb: Verb, url: str, facts: dict[str, str] | None = None) -> list[Verb]:
        if verb.attributes.get("method", "POST").upper() != "POST":
            raise TwimlError(f"{verb.name}: here only the method POST is spoken")
        return await self._fetched(url, facts)

    async def _fetched(self, url: str, facts: dict[str, str] | None = None) -> list[Verb]:
        url = urljoin(self.webhooks.server.public_url, url)
        return parsed(await self.webhooks.post(url, self._form() | (facts or {})))

    def _form(self) -> dict[str, str]:
        """What every webhook of a call says."""
        call = self.call
        return {
            "CallSid": call.sid,
            "AccountSid": call.account_sid,
            "From": call.from_,
            "To": call.to,
            "Caller": call.from_,
            "Called": call.to,
            "CallStatus": call.states[-1],
            "Direction": call.direction,
            "ApiVersion": "2010-04-01",
        }

    def _end(self, status: str, sip_code: int) -> None:
        scripted = self.call.callee.sip_code
        self.call.sip_code = sip_code if scripted is None else scripted
        self.call.end()
        self._enter(status)

    def _enter(self, status: str) -> None:
        """Take the status on, and tell of it if that was asked for."""
        self.call.states.append(status)
        facts = {
            "SequenceNumber": str(self._sequence),
            "Timestamp": format_datetime(datetime.now(UTC)),
            "CallbackSource": "call-progress-events",
        }
        self._sequence += 1
        event = {"in-progress": "answered"}.get(status, status)
        if status in ENDED:
            event = "completed"
            facts |= {"CallDuration": str(self.call.duration), "SipResponseCode": str(self.call.sip_code)}
        url = self.call.form.get("StatusCallback")
        if url is not None and event in self.call.events:
            self.callbacks.post_status(url, self._form() | facts)

    def _post_verdict(self) -> None:
        callee = self.call.callee
        verdict = {
            "CallSid": self.call.sid,
            "AccountSid": self.call.account_sid,
            "AnsweredBy": callee.answered_by or "unknown",
            "MachineDetectionDuration": str(round(callee.amd_after * 1000)),
        }
        self.callbacks.post(self.call.form["AsyncAmdStatusCallback"], verdict)
