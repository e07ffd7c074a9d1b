"""The stand-in for Twilio: the life of a call, callbacks and signatures."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.wire.conftest import until
from tests.wire.twilio_call import Behaviour, Callee
from tests.wire.twilio_customer import CONNECT, PUBLIC, TO, Api, Customer
from tests.wire.twilio_mulaw import decoded
from tests.wire.twilio_server import NUMBER, TwilioStandIn
from tests.wire.twilio_signature import Signer

ALL_EVENTS = tuple(
    ("StatusCallbackEvent", name) for name in ("initiated", "ringing", "answered", "completed")
)
STATUS = f"{PUBLIC}/status?call=7"
HANG_UP = "<Response><Hangup/></Response>"
OTHER = "+15550100003"

real_time = pytest.mark.real_time


@pytest.fixture
async def customer() -> AsyncIterator[Customer]:
    async with Customer() as customer:
        yield customer


@pytest.fixture
async def twilio(customer: Customer) -> AsyncIterator[TwilioStandIn]:
    async with TwilioStandIn(public_url=PUBLIC, reach=customer.url, voice_url=f"{PUBLIC}/voice") as twilio:
        yield twilio


@pytest.fixture
async def api(twilio: TwilioStandIn) -> AsyncIterator[Api]:
    async with Api(twilio) as api:
        yield api


def test_a_signature_is_that_of_twilios_own_example() -> None:
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }
    headers = Signer("12345").headers("https://mycompany.com/myapp.php?foo=1&bar=2", form)
    assert headers == {"X-Twilio-Signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8="}


def test_newer_accounts_sign_with_sha256_and_name_it() -> None:
    headers = Signer("12345", "HMAC_SHA256").headers("https://example.test/", {})
    assert headers["X-Twilio-Webhooks-Signature-Settings"].endswith(",algorithm=HMAC_SHA256")
    assert len(headers["X-Twilio-Signature"]) == 44
    with pytest.raises(ValueError, match="HMAC_MD5"):
        Signer("12345", "HMAC_MD5")


@real_time
@pytest.mark.parametrize(
    ("behaviour", "statuses", "sip_code"),
    [
        ("answer", ["initiated", "ringing", "in-progress", "completed"], "200"),
        ("busy", ["initiated", "ringing", "busy"], "486"),
        ("no-answer", ["initiated", "ringing", "no-answer"], "487"),
        ("decline", ["initiated", "ringing", "busy"], "603"),
        ("failed", ["initiated", "failed"], "404"),
    ],
)
async def test_callbacks_tell_of_the_call(
    api: Api,
    twilio: TwilioStandIn,
    customer: Customer,
    behaviour: Behaviour,
    statuses: list[str],
    sip_code: str,
) -> None:
    twilio.callees[TO] = Callee(behaviour=behaviour)
    sid = await api.dial(*ALL_EVENTS, twiml=HANG_UP, StatusCallback=STATUS)
    (call,) = twilio.calls
    await call.over(5)
    forms = customer.forms("/status?call=7")
    assert [form["CallStatus"] for form in forms] == statuses
    assert call.states == ["queued", *statuses]
    assert [form["SequenceNumber"] for form in forms] == [str(place) for place in range(len(statuses))]
    assert {form["CallbackSource"] for form in forms} == {"call-progress-events"}
    assert {(form["CallSid"], form["To"], form["Direction"]) for form in forms} == {(sid, TO, "outbound-api")}
    assert forms[-1]["SipResponseCode"] == sip_code
    assert forms[-1]["CallDuration"] == ("1" if behaviour == "answer" else "0")
    for _, form, headers in customer.asked:
        assert Signer(twilio.account.token).headers(STATUS, form).items() <= dict(headers).items()


@real_time
async def test_only_the_end_is_told_of_unless_more_is_asked_for(
    api: Api, twilio: TwilioStandIn, customer: Customer
) -> None:
    await api.dial(twiml=HANG_UP, StatusCallback=STATUS)
    await twilio.calls[0].over(5)
    assert [form["CallStatus"] for form in customer.forms("/status?call=7")] == ["completed"]


@real_time
async def test_callbacks_come_doubled_and_in_any_order_the_same_for_a_seed() -> None:
    orders: dict[int, set[tuple[str, ...]]] = {}
    for seed in (1, 2, 3, 1, 2, 3):
        options = {"shuffle_callbacks": True, "double_callbacks": True}
        async with (
            Customer() as customer,
            TwilioStandIn(public_url=PUBLIC, reach=customer.url, seed=seed, **options) as twilio,  # type: ignore[arg-type]
            Api(twilio) as api,
        ):
            await api.dial(*ALL_EVENTS, twiml=HANG_UP, StatusCallback=STATUS)
            await twilio.calls[0].over(5)
        order = tuple(form["SequenceNumber"] for form in customer.forms("/status?call=7"))
        assert sorted(order) == sorted("01230123")
        orders.setdefault(seed, set()).add(order)
    assert all(len(found) == 1 for found in orders.values())
    assert len(set.union(*orders.values())) == 3


@real_time
async def test_the_verdict_comes_when_it_was_asked_for(
    api: Api, twilio: TwilioStandIn, customer: Customer
) -> None:
    twilio.callee = Callee(answered_by="machine_end_beep", amd_after=0.05, hangs_up_after=0.15)
    asked = {"AsyncAmd": "true", "AsyncAmdStatusCallback": f"{PUBLIC}/amd"}
    await api.dial(**asked, MachineDetection="DetectMessageEnd")
    await api.dial(**asked)
    await api.dial(**asked, MachineDetection="DetectMessageEnd", SendDigits="1")
    await asyncio.gather(*(call.over(5) for call in twilio.calls))
    (verdict,) = customer.forms("/amd")
    assert verdict["CallSid"] == twilio.calls[0].sid
    assert (verdict["AnsweredBy"], verdict["MachineDetectionDuration"]) == ("machine_end_beep", "50")


@real_time
@pytest.mark.parametrize(
    ("answers_after", "word", "end"),
    [(30.0, "canceled", "canceled"), (30.0, "completed", "canceled"), (0.0, "completed", "completed")],
)
async def test_a_call_is_ended_by_rest(
    api: Api, twilio: TwilioStandIn, customer: Customer, answers_after: float, word: str, end: str
) -> None:
    twilio.callee = Callee(answers_after=answers_after)
    sid = await api.dial()
    await until(lambda: customer.streams or answers_after)
    await api.post(f"/Calls/{sid}.json", Status=word)
    await twilio.calls[0].over(5)
    assert twilio.calls[0].states[-1] == end
    assert all(stream.got[-1]["event"] == "stop" for stream in customer.streams)


@real_time
async def test_a_call_that_is_answered_cannot_be_canceled(
    api: Api, twilio: TwilioStandIn, customer: Customer
) -> None:
    sid = await api.dial()
    await until(lambda: customer.streams)
    status, call = await api.post(f"/Calls/{sid}.json", Status="canceled")
    assert (status, call["status"]) == (200, "in-progress")
    assert twilio.calls[0].commands.empty()


@real_time
@pytest.mark.parametrize(
    ("dial_answers", "status"), [(True, "completed"), (False, "no-answer")], ids=["answered", "not answered"]
)
async def test_new_twiml_ends_the_stream_and_transfers(
    api: Api, twilio: TwilioStandIn, customer: Customer, dial_answers: bool, status: str
) -> None:
    twilio.dial_answers = dial_answers
    sid = await api.dial()
    await until(lambda: customer.streams)
    dial = f'<Response><Dial action="/dialed"><Number>{OTHER}</Number></Dial><Say>no</Say></Response>'
    await api.post(f"/Calls/{sid}.json", Twiml=dial)
    (call,) = twilio.calls
    await call.over(5)
    assert customer.streams[0].got[-1]["event"] == "stop"
    assert [form["DialCallStatus"] for form in customer.forms("/dialed")] == [status]
    assert [verb.name for verb in call.verbs] == ["Connect", "Dial"]
    assert call.verbs[1].children[0].text == OTHER


@real_time
async def test_twiml_may_be_fetched_and_sends_on(api: Api, twilio: TwilioStandIn, customer: Customer) -> None:
    customer.answers["/first"] = (
        '<Response><Pause length="0"/><Play digits="1w2"/><Tango/><Redirect>/second</Redirect><Say/></Response>'
    )
    customer.answers["/second"] = "<Response><Reject/><Say/></Response>"
    await api.dial(Url=f"{PUBLIC}/first")
    (call,) = twilio.calls
    await call.over(5)
    assert [verb.name for verb in call.verbs] == ["Pause", "Play", "Tango", "Redirect", "Reject"]
    assert call.errors == ["12200: the verb Tango is not known here"]


@real_time
@pytest.mark.parametrize("answer", [403, 500, "no xml", "<Answer/>"])
async def test_a_bad_answer_ends_the_call(
    twilio: TwilioStandIn, customer: Customer, answer: str | int
) -> None:
    customer.answers["/voice"] = answer
    call = await twilio.dial_in(NUMBER, TO)
    await call.over(5)
    assert call.states == ["ringing", "completed"]
    assert call.errors[0][:5] in ("11200", "12100", "12102")


@real_time
async def test_somebody_calls(twilio: TwilioStandIn, customer: Customer) -> None:
    customer.answers["/voice"] = CONNECT
    call = await twilio.dial_in(NUMBER, TO, Callee(hangs_up_after=0.1), status_callback=f"{PUBLIC}/end")
    await call.over(5)
    (form,) = customer.forms("/voice")
    expected = {
        "CallSid": call.sid,
        "From": TO,
        "To": NUMBER,
        "CallStatus": "ringing",
        "Direction": "inbound",
    }
    assert expected.items() <= form.items()
    assert customer.streams[0].of("start")
    assert [form["CallStatus"] for form in customer.forms("/end")] == ["completed"]
    assert call.states == ["ringing", "in-progress", "completed"]


@real_time
@pytest.mark.parametrize(("reason", "end"), [("busy", "busy"), ("rejected", "no-answer")])
async def test_a_caller_is_turned_away(
    twilio: TwilioStandIn, customer: Customer, reason: str, end: str
) -> None:
    customer.answers["/voice"] = f'<Response><Reject reason="{reason}"/></Response>'
    call = await twilio.dial_in(NUMBER, TO)
    await call.over(5)
    assert (call.states, call.answered_at) == (["ringing", end], None)


@real_time
async def test_forged_signatures_look_right_and_are_wrong(twilio: TwilioStandIn, customer: Customer) -> None:
    twilio.signer.forge = True
    await (await twilio.dial_in(NUMBER, TO)).over(5)
    (_, form, headers), *_ = customer.asked
    right = Signer(twilio.account.token).headers(f"{PUBLIC}/voice", form)["X-Twilio-Signature"]
    assert len(headers["X-Twilio-Signature"]) == len(right)
    assert headers["X-Twilio-Signature"] != right


@real_time
async def test_leaving_ends_the_calls_that_still_run() -> None:
    async with (
        Customer() as customer,
        TwilioStandIn(public_url=PUBLIC, reach=customer.url) as twilio,
        Api(twilio) as api,
    ):
        await api.dial()
        await until(lambda: customer.streams)
    assert twilio.calls[0].states[-1] == "completed"
    assert customer.streams[0].got[-1]["event"] == "stop"


def test_a_callee_says_one_thing_at_a_time() -> None:
    second = decoded(b"\0" * 8000)
    with pytest.raises(ValueError, match=r"at 0\.5 s"):
        Callee(says=[(0.0, second), (0.5, second)])
