"""What the carrier is told to do with a call: how to ring it, whose stream to join it to, and what is next."""

from __future__ import annotations

from typing import Final

from transports.twilio import twiml
from transports.twilio.rest import NewCall
from transports.twilio.signature import Signatures
from vantum.core.call_facts import Direction
from vantum.phone.phone_call import PhoneCall
from vantum.phone.tokens import StreamTokens
from vantum.settings import Settings

MEDIA_PATH: Final = "/twilio/media/"
STREAM_SECONDS: Final = 60.0
"""How long Twilio may take to open the stream of a call that asked for its TwiML."""
ANSWER_SLACK_SECONDS: Final = 120.0
"""Beyond the ringing: a call may wait at Twilio before it is dialed, and take time to connect."""
TRANSFER_RING_SECONDS: Final = 30
LONGEST_CALL_SECONDS: Final = 14_400
"""Twilio refuses longer limits."""


class Directions:
    """Writes requests and TwiML; every address in them is under our public URL."""

    def __init__(self, settings: Settings, signatures: Signatures, tokens: StreamTokens) -> None:
        self._settings = settings
        self._signatures = signatures
        self._tokens = tokens

    def request_of(self, call: PhoneCall) -> NewCall:
        """What Twilio is asked for to place ``call``."""
        settings = self._settings
        url = self._signatures.url
        return NewCall(
            to=call.to_number,
            from_number=call.from_number,
            twiml=self.stream(call.id, settings.ring_seconds + ANSWER_SLACK_SECONDS),
            status_callback=url(f"/twilio/status/{call.id}"),
            amd_callback=url(f"/twilio/amd/{call.id}") if settings.detect_machines else None,
            ring_seconds=settings.ring_seconds,
            limit_seconds=min(int(settings.max_call_seconds), LONGEST_CALL_SECONDS),
        )

    def stream(self, call_id: str, seconds: float = STREAM_SECONDS) -> str:
        """TwiML that joins a call to its stream, which must be opened within ``seconds``."""
        token = self._tokens.mint(call_id, seconds)
        return twiml.connect_stream(
            self._signatures.websocket_url(MEDIA_PATH + token),
            self._signatures.url(f"/twilio/after/{call_id}"),
            self._signatures.url(f"/twilio/stream-status/{call_id}"),
            {"call_id": call_id},
        )

    def after(self, call: PhoneCall | None) -> str:
        """TwiML for a call whose stream is closed: on to a human, or to its end."""
        if call is None or not call.transferred_to:
            return twiml.hang_up()
        ours = call.from_number if call.direction is Direction.OUTBOUND else call.to_number
        action = self._signatures.url(f"/twilio/transferred/{call.id}")
        return twiml.transfer(call.transferred_to, ours, action, TRANSFER_RING_SECONDS)

    def redeem(self, token: str) -> str | None:
        """The call whose stream may be opened with ``token``, once."""
        return self._tokens.redeem(token)
