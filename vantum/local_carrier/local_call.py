"""One call of the local carrier: it rings, is answered, obeys its TwiML, and ends.

What happens, and when, is what happens at a real carrier: the server cannot know the difference.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Final
from uuid import uuid4

from loguru import logger

from transports.twilio.rest import NewCall
from vantum.core.errors import ProtocolError, VantumError
from vantum.local_carrier.bulletin import ACCOUNT_SID, ANSWERED, Bulletin, Ending
from vantum.local_carrier.callbacks import Callbacks
from vantum.local_carrier.media_stream import MediaStream, StreamEnd
from vantum.local_carrier.own_server import OwnServer, ServerError, ServerGoneError
from vantum.local_carrier.person import Person
from vantum.local_carrier.prospect import Pickup, Prospect
from vantum.local_carrier.verbs import Verb, parsed
from vantum.local_carrier.voice import Voice

MOST_VERBS: Final = 20
LETTER_SECONDS: Final = 0.06
"""What the carrier's own voice takes for a letter of ``<Say>``, which nobody hears here."""
LONGEST_SAY: Final = 30.0
TRANSFER_SECONDS: Final = 2.0
"""How long a transfer rings; there is no human to take it."""

COMPLETED: Final = Ending("completed", 200)
CANCELED: Final = Ending("canceled", 487)
NOBODY: Final = Ending("no-answer", 487)
BROKEN: Final = Ending("failed", 503)
ENDINGS: Final[Mapping[Pickup, Ending]] = {
    Pickup.BUSY: Ending("busy", 486),
    Pickup.DECLINES: Ending("busy", 603),
    Pickup.UNREACHABLE: Ending("failed", 404),
    Pickup.NO_ANSWER: NOBODY,
}
"""How a call ends that is not answered."""


class LocalCall:
    """A call to ``prospect``; ``run`` is its whole life, from before the first ring to the last callback."""

    def __init__(self, request: NewCall, prospect: Prospect, server: OwnServer, voice: Voice) -> None:
        self._callbacks = Callbacks(server)
        self.bulletin = Bulletin(request, self._callbacks.tell)
        self._request = request
        self._prospect = prospect
        self._server = server
        self._voice = voice
        self._hung_up = asyncio.Event()

    def hang_up(self) -> None:
        """End it, or cancel it before the answer."""
        self._hung_up.set()

    async def run(self) -> None:
        """Live; nothing of the call is left when this returns, or is cancelled."""
        async with self._callbacks:
            self.bulletin.end(await self._lived())

    async def _lived(self) -> Ending:
        prospect = self._prospect
        try:
            sounds = await self._voice.sounds(prospect)
        except VantumError as error:
            logger.error("A prospect has no voice.", problem=str(error))
            return BROKEN
        self.bulletin.enter("initiated")
        if prospect.pickup is not Pickup.UNREACHABLE:
            self.bulletin.enter("ringing")
        patience = float(self._request.ring_seconds)
        shows = prospect.answers_after <= patience and prospect.pickup is not Pickup.NO_ANSWER
        if await self._hung_up_within(prospect.answers_after if shows else patience):
            return CANCELED
        if not shows:
            return NOBODY
        if prospect.pickup in ENDINGS:
            return ENDINGS[prospect.pickup]
        self.bulletin.enter(ANSWERED)
        await self._talk(Person(prospect, sounds))
        return COMPLETED

    async def _hung_up_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                return await self._hung_up.wait()
        except TimeoutError:
            return False

    async def _talk(self, person: Person) -> None:
        """Obey the call's TwiML until that ends, somebody hangs up, or the time is over."""
        obeying = asyncio.create_task(self._obey(person), name=f"twiml-{self.bulletin.sid}")
        ending = asyncio.create_task(self._hung_up.wait(), name=f"hang-up-{self.bulletin.sid}")
        tasks = (obeying, ending)
        try:
            await asyncio.wait(
                tasks, timeout=self._request.limit_seconds, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if not obeying.cancelled():
            obeying.result()

    async def _obey(self, person: Person) -> None:
        try:
            verbs = parsed(self._request.twiml)
            for _ in range(MOST_VERBS):
                if not verbs:
                    return
                # What a verb answers takes the place of those behind it.
                answer = await self._do(verbs[0], person)
                verbs = verbs[1:] if answer is None else answer
        except ServerGoneError:
            return
        except (ProtocolError, ServerError) as error:
            # A carrier says that an application error has occurred, and hangs up.
            logger.warning("A call ends: what is next for it is not known.", problem=str(error))

    async def _do(self, verb: Verb, person: Person) -> tuple[Verb, ...] | None:
        match verb.name:
            case "Connect":
                return await self._connect(verb, person)
            case "Dial":
                await asyncio.sleep(TRANSFER_SECONDS)
                refused = {"DialCallSid": f"CA{uuid4().hex}", "DialCallStatus": "no-answer"}
                return await self._followed(verb, refused)
            case "Say":
                await asyncio.sleep(min(len(verb.text) * LETTER_SECONDS, LONGEST_SAY))
            case "Hangup":
                return ()
            case other:
                logger.warning("The local carrier does not know a verb.", verb=other)
        return None

    async def _connect(self, verb: Verb, person: Person) -> tuple[Verb, ...] | None:
        noun = verb.child("Stream")
        if noun is None:
            raise ProtocolError("12200: there is no Stream to connect to.")
        stream = MediaStream(
            noun,
            (self.bulletin.sid, ACCOUNT_SID),
            person,
            self._server,
            partial(self.bulletin.stream, noun.attributes.get("statusCallback", "")),
            partial(self.bulletin.judge, self._prospect.answered_by),
        )
        match await stream.run():
            case StreamEnd.BY_SERVER:
                return await self._followed(verb, {})
            case StreamEnd.BY_PROSPECT:
                return ()
            case StreamEnd.NEVER_BEGAN:
                return None

    async def _followed(self, verb: Verb, facts: Mapping[str, str]) -> tuple[Verb, ...] | None:
        """What is next after a verb, where it says whom to ask."""
        action = verb.attributes.get("action")
        if action is None:
            return None
        return parsed(await self._server.post(action, {**self.bulletin.form(), **facts}))
