"""The local carrier as the phone asks it: places, finds and ends calls to scripted prospects, and no others.

It answers, and refuses, as a real carrier does (``transports/twilio/rest.py``), and dials nothing.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from datetime import datetime
from typing import Final

from loguru import logger

from transports.twilio.rest import MAX_FOUND, CarrierCall, CarrierError, NewCall
from vantum.core.errors import SettingsError
from vantum.local_carrier.cast import Cast
from vantum.local_carrier.local_call import BROKEN, LocalCall
from vantum.local_carrier.own_server import OwnServer
from vantum.local_carrier.prospect import Pickup
from vantum.local_carrier.voice import Voice

MOST_RINGING: Final = 50
"""Prospects that ring at once; who wants more is asked to come back."""
MOST_KNOWN: Final = 10_000
"""Calls that are remembered, those that are over included."""
NUMBER: Final = "+15550199999"
"""The number that is called from; no real line has it."""


class LocalCarrier:
    """Rings ``cast`` and calls ``server``; made and closed on one loop, and no call outlives it."""

    def __init__(self, cast: Cast, voice: Voice, server: OwnServer) -> None:
        self._cast = cast
        self._voice = voice
        self._server = server
        self._calls: OrderedDict[str, LocalCall] = OrderedDict()
        self._under_way: dict[asyncio.Task[None], LocalCall] = {}

    async def create(self, request: NewCall) -> str:
        """Ring whoever is at a number; returns the call's name."""
        prospect = self._cast.at(request.to)
        if prospect.pickup is Pickup.INVALID:
            raise CarrierError(400, 21211, "The number to call is not valid.")
        if sum(call.bulletin.rings for call in self._under_way.values()) >= MOST_RINGING:
            raise CarrierError(429, 20429, f"{MOST_RINGING} prospects are ringing already.")
        if prospect.steps:
            self._check_voice()
        call = LocalCall(request, prospect, self._server, self._voice)
        self._calls[call.bulletin.sid] = call
        if len(self._calls) > MOST_KNOWN:
            self._calls.popitem(last=False)
        task = asyncio.create_task(call.run(), name=f"local-{call.bulletin.sid}")
        self._under_way[task] = call
        task.add_done_callback(self._ended)
        logger.info("A scripted prospect is rung.", prospect=prospect.name)
        return call.bulletin.sid

    async def find(self, to: str, from_number: str, since: datetime) -> list[CarrierCall]:
        """Calls between two numbers that were created since, the newest first."""
        known = (call.bulletin.facts() for call in reversed(self._calls.values()))
        first = since.replace(microsecond=0)
        found = [
            call
            for call in known
            if (call.to, call.from_number) == (to, from_number) and call.created and call.created >= first
        ]
        return found[:MAX_FOUND]

    async def fetch(self, sid: str) -> CarrierCall:
        """What is known of a call now."""
        return self._known(sid).bulletin.facts()

    async def hang_up(self, sid: str, *, answered: bool) -> None:
        """End a call that was answered, or cancel one that was not."""
        call = self._known(sid)
        if call.bulletin.over or (call.bulletin.rings and answered):
            raise CarrierError(400, 21220, "The call is not in a state in which it can be ended.")
        call.hang_up()

    async def numbers(self) -> list[str]:
        """The numbers that may be called from."""
        return [NUMBER]

    async def close(self) -> None:
        """End all calls at once."""
        tasks = tuple(self._under_way)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._voice.close()
        await self._server.close()

    def _known(self, sid: str) -> LocalCall:
        call = self._calls.get(sid)
        if call is None:
            raise CarrierError(404, 20404, "There is no such call here.")
        return call

    def _check_voice(self) -> None:
        try:
            self._voice.check()
        except SettingsError as error:
            raise CarrierError(400, None, f"The prospects have no voice. {error}") from error

    def _ended(self, task: asyncio.Task[None]) -> None:
        call = self._under_way.pop(task)
        if not call.bulletin.over:
            # Cut off, perhaps before it had even begun: whoever asks must not wait for its end.
            call.bulletin.lose(BROKEN)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.opt(exception=error).error(
                "A call of the local carrier broke down.", sid=call.bulletin.sid
            )
