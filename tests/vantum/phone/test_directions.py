"""What the carrier is told to do with a call."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from tests.vantum.phone.calls_kit import GERMANY, OURS, US, new_call
from tests.vantum.phone.exchange import PUBLIC, call_of, token_of, verbs
from transports.twilio.signature import Signatures
from vantum.core.call_facts import Direction
from vantum.phone.directions import Directions
from vantum.phone.tokens import StreamTokens
from vantum.settings import load_settings

SETTINGS = {"VANTUM_RING_SECONDS": "20", "VANTUM_MAX_CALL_SECONDS": "600.9"}


class Clock:
    """Seconds since 1970, as a test sets them."""

    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def directions(clock: Clock, **settings: str) -> Directions:
    chosen = load_settings(environ={}, env_file=None, overrides={**SETTINGS, **settings})
    return Directions(chosen, Signatures("token", PUBLIC), StreamTokens("token", clock))


def test_a_call_is_asked_for_with_its_limits_and_its_callbacks(clock: Clock) -> None:
    call = new_call()
    request = directions(clock).request_of(call)
    assert (request.to, request.from_number) == (US, OURS)
    assert (request.ring_seconds, request.limit_seconds) == (20, 600)
    assert request.status_callback == f"{PUBLIC}/twilio/status/{call.id}"
    assert request.amd_callback == f"{PUBLIC}/twilio/amd/{call.id}"
    assert call_of(request.twiml) == call.id


def test_nobody_listens_for_machines_unless_told(clock: Clock) -> None:
    request = directions(clock, VANTUM_DETECT_MACHINES="false").request_of(new_call())
    assert request.amd_callback is None


def test_the_stream_has_no_query_and_says_where_to_go_on(clock: Clock) -> None:
    call = new_call()
    [connect] = ElementTree.fromstring(directions(clock).stream(call.id))
    [stream] = connect
    assert (connect.tag, connect.get("action")) == ("Connect", f"{PUBLIC}/twilio/after/{call.id}")
    assert stream.get("statusCallback") == f"{PUBLIC}/twilio/stream-status/{call.id}"
    assert "?" not in (stream.get("url") or "?")


@pytest.mark.parametrize(("seconds", "placed"), [(59.9, False), (60, False), (139.9, True), (140, True)])
def test_a_stream_may_be_opened_for_a_while(clock: Clock, seconds: float, placed: bool) -> None:
    """A minute after its TwiML was asked for, or until the ringing is over, and two minutes more."""
    told, call = directions(clock), new_call()
    twiml = told.request_of(call).twiml if placed else told.stream(call.id)
    clock.now += seconds
    assert told.redeem(token_of(twiml)) == (None if seconds in (60, 140) else call.id)


@pytest.mark.parametrize(("direction", "caller_id"), [(Direction.OUTBOUND, OURS), (Direction.INBOUND, US)])
def test_a_human_is_called_from_our_own_number(clock: Clock, direction: Direction, caller_id: str) -> None:
    call = replace(new_call(direction=direction), transferred_to=GERMANY)
    [dial] = ElementTree.fromstring(directions(clock).after(call))
    [number] = dial
    assert (dial.tag, dial.get("callerId"), dial.get("timeout")) == ("Dial", caller_id, "30")
    assert (number.tag, number.text) == ("Number", GERMANY)
    assert dial.get("action") == f"{PUBLIC}/twilio/transferred/{call.id}"


def test_a_call_that_goes_nowhere_is_hung_up(clock: Clock) -> None:
    assert verbs(directions(clock).after(new_call())) == ["Hangup"]
    assert verbs(directions(clock).after(None)) == ["Hangup"]
