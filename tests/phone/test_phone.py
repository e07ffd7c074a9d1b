"""Phone calls as they are: a real server, the carrier's wire format, real time, tones for voices."""

from __future__ import annotations

import asyncio
from pathlib import Path
from random import Random

import numpy as np
import pytest
import soxr
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from processors.llm.openai_llm import OpenAILLM, openai_client
from processors.tools.end_call import end_call
from processors.tools.record_disposition import record_disposition
from processors.tools.send_digits import send_digits
from processors.tools.transfer_call import transfer_call
from tests.phone.kit import CALLEE, PUBLIC_URL, audible_seconds, loud, talk, telephone, until
from tests.speech import clip
from tests.wire.openai_server import Answer, OpenAIServer
from tests.wire.twilio_mulaw import Pcm
from tests.wire.twilio_server import NUMBER, Callee, Refuse
from vantum.core.dtmf import FREQUENCIES
from vantum.phone.directions import STREAM_SECONDS

pytestmark = pytest.mark.real_time

GREETING_SECONDS = 12 * 0.06
STORY = "This is a story that goes on and on for a good long while, and then some more."
HUMAN = "+14155550123"


def speech() -> Pcm:
    """Somebody says the first words of: please take me off your list."""
    pcm = np.frombuffer(clip("do_not_call"), np.int16)
    first = int(np.flatnonzero(np.abs(pcm.astype(int)) > 600)[0])
    return np.asarray(soxr.resample(pcm[first : first + 16_000], 16_000, 8_000), np.int16)


async def test_a_call_is_placed_answered_and_told(tmp_path: Path) -> None:
    async with telephone(tmp_path) as phone:
        call_id, call = await phone.call(Callee(hangs_up_after=1.5), variables={"name": "Anna"})
        await call.over()
        told = await phone.over(call_id)
        assert (told["state"], told["outcome"], told["to"]) == ("ended", "completed", CALLEE)
        assert told["transcript"] == [
            {"t": told["transcript"][0]["t"], "speaker": "bot", "text": "Hello there.", "interrupted": False}  # type: ignore[index]
        ]
        assert told["variables"] == {"name": "Anna"}
        assert audible_seconds(call.heard) == pytest.approx(GREETING_SECONDS, abs=0.05)
        assert call.max_ahead_seconds <= 0.4
        assert (call.protocol_errors, call.errors) == ([], [])
        assert not any(mark.cleared for mark in call.marks)
        await until(lambda: phone.server.calls.live == 0)


async def test_a_caller_is_answered_and_the_pipeline_knows_the_numbers(tmp_path: Path) -> None:
    numbers = []

    def build(call: object) -> list[object]:
        numbers.append((call.direction, call.from_number, call.to_number, call.on_phone))  # type: ignore[attr-defined]
        return talk()(call)  # type: ignore[return-value]

    async with telephone(tmp_path, build) as phone:  # type: ignore[arg-type]
        call = await phone.twilio.dial_in(NUMBER, CALLEE, Callee(hangs_up_after=1.0))
        await call.over()
        assert numbers == [("inbound", CALLEE, NUMBER, True)]
        (listed,) = (await phone.http.get("/api/calls")).json()["calls"]
        assert (await phone.over(listed["id"]))["direction"] == "inbound"
        (listed,) = (await phone.http.get("/api/calls")).json()["calls"]
        assert listed["durationSeconds"] == 1
        assert audible_seconds(call.heard) == pytest.approx(GREETING_SECONDS, abs=0.05)


async def test_an_interruption_silences_what_the_carrier_holds_and_keeps_the_words_heard(
    tmp_path: Path,
) -> None:
    build = talk(greeting=STORY, heard=("stop",), answers=("Yes.",))
    async with telephone(tmp_path, build) as phone:
        call_id, call = await phone.call(Callee(says=((1.2, speech()),), hangs_up_after=3.5, play_delay=0.1))
        await call.over()
        told = await phone.over(call_id)
        first = told["transcript"][0]  # type: ignore[index]
        assert first["interrupted"]
        silent = call.heard_until_silence(0.5)
        words = STORY.split()
        heard = first["text"].split()
        assert heard == words[: len(heard)]
        # A letter takes 0.06 s: what was audible ends within the word after the last one that counts as heard.
        spoken = (silent - 0.1) / 0.06
        assert (
            len(first["text"]) - len(heard[-1]) / 2 - 3
            <= spoken
            <= len(" ".join(words[: len(heard) + 1])) + 3
        )
        assert len(call.clears) >= 1
        assert silent <= call.clears[0] + 0.1


@pytest.mark.parametrize(
    ("behaviour", "outcome", "words"),
    [
        ("busy", "busy", "The line was busy (SIP 486)."),
        ("decline", "declined", "The callee declined the call (SIP 603)."),
        ("failed", "failed", "The number does not exist (SIP 404)."),
        ("no-answer", "no-answer", None),
    ],
)
async def test_a_call_that_nobody_takes_ends_in_words(
    tmp_path: Path, behaviour: str, outcome: str, words: str | None
) -> None:
    async with telephone(tmp_path) as phone:
        call_id, _ = await phone.call(Callee(behaviour=behaviour))  # type: ignore[arg-type]
        told = await phone.over(call_id)
        assert (told["outcome"], told["reason"] if words else None) == (outcome, words)
        await until(lambda: phone.server.calls.live == 0)


async def test_callbacks_out_of_order_and_doubled_are_harmless(tmp_path: Path) -> None:
    options: dict[str, object] = {"shuffle_callbacks": True, "double_callbacks": True, "seed": 7}
    async with telephone(tmp_path, twilio=options) as phone:
        calls = [await phone.call(Callee(hangs_up_after=0.3)) for _ in range(4)]
        await asyncio.gather(*(call.over() for _, call in calls))
        assert [(await phone.over(call_id))["outcome"] for call_id, _ in calls] == ["completed"] * 4


async def test_a_machine_is_left_the_message_and_a_human_is_not_mistaken_for_one(tmp_path: Path) -> None:
    message = "Please call us back."
    build = talk(greeting=STORY, voicemail=message, heard=("who is this",), answers=("It is me.",))
    async with telephone(tmp_path, build) as phone:
        machine = Callee(answered_by="machine_end_beep", amd_after=0.5)
        call_id, call = await phone.call(machine)
        await call.over()
        told = await phone.over(call_id)
        assert (told["outcome"], told["answeredBy"]) == ("voicemail", "machine_end_beep")
        assert told["transcript"][-1]["text"] == message  # type: ignore[index]
        assert audible_seconds(call.heard[int(8000 * 0.6) :]) >= len(message) * 0.06 - 0.1
        assert call.verbs[-1].name == "Hangup"
        human = Callee(
            says=((0.2, speech()),), answered_by="machine_end_beep", amd_after=2.5, hangs_up_after=3.0
        )
        call_id, call = await phone.call(human)
        await call.over()
        told = await phone.over(call_id)
        assert told["outcome"] == "completed"


async def test_a_machine_is_hung_up_on_without_a_message(tmp_path: Path) -> None:
    async with telephone(tmp_path, talk(greeting=STORY)) as phone:
        call_id, call = await phone.call(Callee(answered_by="machine_end_silence", amd_after=0.4))
        await call.over()
        assert (await phone.over(call_id))["outcome"] == "voicemail"
        assert call.seconds < 3


async def test_tools_speak_first_and_then_act(tmp_path: Path) -> None:
    farewell = "I will put you through to a colleague now."
    answers = [
        Answer(
            "Noted.", tools=(("record_disposition", {"disposition": "interested", "notes": "Wants a demo."}),)
        ),
        Answer("One moment.", tools=(("send_digits", {"digits": "42#"}),)),
        Answer(farewell, tools=(("transfer_call", {"destination": "human"}),)),
    ]
    async with OpenAIServer(answers) as openai:
        client = openai_client("test-key", openai.url)
        build = talk(
            heard=("one", "two", "three"),
            llm=lambda: OpenAILLM(client, "model"),
            tools=(end_call(), record_disposition(), send_digits(), transfer_call({"human": HUMAN})),
        )
        async with telephone(tmp_path, build) as phone:
            said = speech()
            call_id, call = await phone.call(Callee(says=((1.2, said), (4.0, said), (7.5, said))))
            await call.over()
            told = await phone.over(call_id)
            assert (told["disposition"], told["notes"]) == ("interested", "Wants a demo.")
            assert told["transferredTo"] == HUMAN
            assert told["transcript"][-1]["text"] == farewell  # type: ignore[index]
            dial = next(verb for verb in call.verbs if verb.name == "Dial")
            assert dial.attributes["callerId"] == NUMBER
            assert HUMAN in (dial.text, *(child.text for child in dial.children))
            assert pressed(call.heard) == "42#"
            last = np.flatnonzero(loud(call.heard))
            assert last[-1] - last[last > last[-1] - 300][0] >= 0.9 * len(farewell) * 6 - 30
        await client.close()


async def test_keys_are_a_turn(tmp_path: Path) -> None:
    async with telephone(tmp_path, talk(answers=("You chose.",))) as phone:
        presses = tuple((3.0 + 0.1 * index, key) for index, key in enumerate("123#"))
        call_id, call = await phone.call(Callee(presses=presses))
        said = ["Hello there.", "(pressed 1 2 3 on the phone's keypad)", "You chose."]
        async with asyncio.timeout(30.0):
            while texts(await phone.told(call_id)) != said:  # noqa: ASYNC110 - the API tells nobody
                await asyncio.sleep(0.05)
        call.hang_up()
        await call.over()
        assert texts(await phone.over(call_id)) == said


async def test_the_api_speaks_transfers_and_hangs_up(tmp_path: Path) -> None:
    async with telephone(tmp_path, talk(greeting="")) as phone:
        call_id, call = await phone.call(Callee())
        await until(lambda: phone.server.calls.live_call(call_id))
        await until(lambda: call.media_received or call.playouts)
        assert (await phone.http.post(f"/api/calls/{call_id}/say", json={"text": "News."})).status_code == 202
        await until(lambda: audible_seconds(call.heard) > 0.2)
        moved = await phone.http.post(f"/api/calls/{call_id}/transfer", json={"to": HUMAN, "say": "Bye."})
        assert moved.status_code == 202
        await call.over()
        assert "Dial" in [verb.name for verb in call.verbs]
        call_id, call = await phone.call(Callee())
        await until(lambda: phone.server.calls.live_call(call_id))
        assert (await phone.http.post(f"/api/calls/{call_id}/hangup")).status_code == 202
        await call.over()
        assert (await phone.over(call_id))["outcome"] == "completed"
        again = await phone.http.post(f"/api/calls/{call_id}/hangup")
        assert again.status_code == 409
        call_id, call = await phone.call(Callee(answers_after=5.0))
        assert (await phone.http.post(f"/api/calls/{call_id}/hangup")).status_code == 202
        await call.over()
        assert (await phone.over(call_id))["outcome"] == "canceled"


async def test_a_full_server_says_so_to_callers(tmp_path: Path) -> None:
    async with telephone(tmp_path, VANTUM_MAX_CALLS="1") as phone:
        first = await phone.twilio.dial_in(NUMBER, CALLEE, Callee(hangs_up_after=2.0))
        await until(lambda: first.media_received)
        second = await phone.twilio.dial_in(NUMBER, CALLEE, Callee())
        await second.over()
        assert [verb.name for verb in second.verbs] == ["Say", "Hangup"]
        await first.over()


async def test_what_is_not_signed_by_twilio_is_refused(tmp_path: Path) -> None:
    async with telephone(tmp_path) as phone:
        phone.twilio.signer.forge = True
        call = await phone.twilio.dial_in(NUMBER, CALLEE, Callee())
        await call.over()
        assert [post.status for post in phone.twilio.posted][:1] == [403]
        assert phone.server.calls.live == 0


async def test_sha256_signatures_are_good_too(tmp_path: Path) -> None:
    async with telephone(tmp_path, twilio={"algorithm": "HMAC_SHA256"}) as phone:
        call_id, call = await phone.call(Callee(hangs_up_after=3.0))
        await call.over()
        assert (await phone.over(call_id))["outcome"] == "completed"
        assert audible_seconds(call.heard) > 0.3


async def test_a_stream_opens_once(tmp_path: Path) -> None:
    async with telephone(tmp_path) as phone:
        _, call = await phone.call(Callee(hangs_up_after=0.3))
        await call.over()
        url = call.verbs[0].children[0].attributes["url"]
        path = url.removeprefix(PUBLIC_URL.replace("https", "wss"))
        headers = phone.twilio.signer.headers(url, {})
        with pytest.raises(InvalidStatus) as refused:
            async with connect(
                phone.server.url.rstrip("/").replace("http", "ws") + path, additional_headers=headers
            ):
                pass
        assert refused.value.response.status_code == 403


BUSY_SECONDS = STREAM_SECONDS + 30.0
"""Thirty calls at once keep a slow machine busy for a while, and a stream that never came is awaited."""


async def test_callers_leave_at_any_moment_and_nothing_is_left(tmp_path: Path) -> None:
    async with telephone(tmp_path, talk(greeting=STORY)) as phone:
        moments, before = Random(3), tasks()
        callers = [
            phone.twilio.dial_in(
                NUMBER, f"+1415555{number:04}", Callee(hangs_up_after=moments.uniform(0.0, 1.0))
            )
            for number in range(30)
        ]
        calls = await asyncio.gather(*callers)
        await asyncio.gather(*(call.over() for call in calls))
        await until(lambda: phone.server.calls.live == 0, BUSY_SECONDS)
        await until(lambda: tasks() <= before, BUSY_SECONDS)
        page = (await phone.http.get("/api/calls")).json()["calls"]
        assert [call["state"] for call in page] == ["ended"] * 30
        assert {call["outcome"] for call in page} <= {"completed", "failed"}
        # Whoever left before the stream was open was never on it.
        joined = sum(bool(call.playouts) for call in calls)
        assert sum(call["outcome"] == "completed" for call in page) >= joined > 0


async def test_a_server_that_is_shut_down_rings_nobody(tmp_path: Path) -> None:
    async with telephone(tmp_path) as phone:
        call_id, call = await phone.call(Callee(answers_after=20.0))
        async with asyncio.timeout(15.0):
            while not (await phone.told(call_id))["carrierId"]:  # noqa: ASYNC110 - the API tells nobody
                await asyncio.sleep(0.02)
        await phone.server.calls.shut_down()
        assert phone.server.calls.live == 0
        await call.over()
        assert call.status == "canceled"
        assert (await phone.over(call_id))["outcome"] == "canceled"


async def test_a_number_that_is_refused_is_told_and_never_tried_again(tmp_path: Path) -> None:
    async with telephone(tmp_path) as phone:
        phone.twilio.faults.append(Refuse(400, 21211, "Invalid 'To' Phone Number"))
        answer = await phone.http.post("/api/calls", json={"to": CALLEE})
        told = await phone.over(answer.json()["id"])
        assert (told["outcome"], "not a valid phone number" in str(told["reason"])) == ("failed", True)
        again = await phone.http.post("/api/calls", json={"to": CALLEE})
        assert (again.status_code, phone.twilio.calls) == (409, [])


def texts(told: dict[str, object]) -> list[str]:
    """What the API tells of what was said."""
    return [line["text"] for line in told["transcript"]]  # type: ignore[attr-defined]


def tasks() -> set[str]:
    """What runs for calls."""
    kinds = ("call-", "client-", "twilio-", "place-", "watch-", "bot_")
    return {task.get_name() for task in asyncio.all_tasks() if task.get_name().startswith(kinds)}


def pressed(pcm: Pcm) -> str:
    """The keys whose tones are in a recording."""
    keys, last = "", ""
    for begin in range(0, len(pcm) - 400, 200):
        window = pcm[begin : begin + 400].astype(float)
        key = next(
            (key for key, pair in FREQUENCIES.items() if all(_power(window, f) > 0.2 for f in pair)), ""
        )
        if key and key != last:
            keys += key
        last = key
    return keys


def _power(window: np.ndarray, frequency: float) -> float:
    """The part of the window's power that is at ``frequency``."""
    total = float(np.dot(window, window))
    if total < 1e8:
        return 0.0
    turns = np.exp(-2j * np.pi * frequency * np.arange(len(window)) / 8000)
    return float(2 * abs(np.dot(window, turns)) ** 2 / (len(window) * total))
