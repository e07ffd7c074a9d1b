"""A whole call by a script, with a telephone at the other end of a Twilio Media Stream."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import soxr

from transports.twilio.transport import TwilioTransport
from vantum.core.audio import PHONE_RATE, PIPELINE_RATE
from vantum.core.call_facts import CallFacts
from vantum.live_call import LiveCall, Transport
from vantum.settings import Settings
from vantum.testing.call_script import SETTINGS, Build, Samples, Script, facts_of, limits_of
from vantum.testing.memory_phone import MemoryPhone
from vantum.testing.played_call import PlayedCall


class PhoneScript(Script[MemoryPhone]):
    """The script of a telephone's call over Twilio. The stream begins at once."""

    def presses(self, at: float, keys: str, *, apart: float = 0.2) -> None:
        """The caller presses keys, ``apart`` seconds one after the other."""
        for number, key in enumerate(keys):
            self._deeds.append((round(at + number * apart, 9), _presses(key)))

    async def run(
        self,
        build: Build | None = None,
        *,
        phone: MemoryPhone | None = None,
        settings: Mapping[str, str] = SETTINGS,
        facts: CallFacts | None = None,
    ) -> PlayedCall:
        """Have the call through the pipeline that ``build`` builds, to its end.

        ``phone`` is a telephone of your own, which you can look at afterwards; ``facts`` say who calls whom.
        """
        caller = phone or MemoryPhone()

        def line(chosen: Settings) -> tuple[Transport, CallFacts]:
            transport = TwilioTransport(caller, call_sid=caller.call_sid, limits=limits_of(chosen))
            return transport, facts or facts_of(transport, chosen)

        return await self._run(caller, build, settings, line)

    def _begin(self, client: MemoryPhone) -> None:
        client.answer()

    def _spoken(self, heard: Samples) -> Samples:
        """The line's 8 kHz. All of it at once: a filter that works piece by piece would be late."""
        times, chunks = zip(*heard, strict=True)
        pcm = soxr.resample(np.frombuffer(b"".join(chunks), np.int16), PIPELINE_RATE, PHONE_RATE).tobytes()
        size = len(chunks[0]) * PHONE_RATE // PIPELINE_RATE
        return [(at, pcm[number * size : (number + 1) * size]) for number, at in enumerate(times)]


def _presses(key: str) -> Callable[[MemoryPhone, LiveCall], None]:
    return lambda phone, _: phone.press(key)
