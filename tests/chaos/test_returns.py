"""Callers whose connection breaks and who come back: the call goes on from the word that they heard last."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection

from benchmarks.conversation.speech import RATE
from tests.chaos.answering import GREETING, answer_words, plain, told
from tests.chaos.caller import Caller
from tests.chaos.faults import Setting
from tests.chaos.hearing import CLIPS
from tests.chaos.play import SOON_SECONDS
from tests.chaos.scene import Scene, scene
from tests.chaos.traces import CALL, left_of, traced
from tests.live_server import client, request
from tests.wire.conftest import until

pytestmark = pytest.mark.real_time

AWAY_SECONDS = 1.0
HEARD_WORDS = 2
PATIENCE_SECONDS = 20.0
ACK = "connection.lifecycle.ack"


class Visit:
    """A connection of the caller, with mouth and ears; ``token`` is what a former one was given."""

    def __init__(self, socket: ClientConnection) -> None:
        self.caller = Caller(socket)
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def token(self) -> str:
        """What brings the caller back."""
        acks = [payload for _, event, payload in self.caller.events if event == ACK]
        return str(acks[-1]["resumeToken"])

    @property
    def resumed(self) -> bool:
        """Whether this is a call that goes on."""
        return any(payload.get("resumed") is True for _, _, payload in self.caller.events)

    async def begin(self, token: str = "") -> None:
        """Start, or go on."""
        payload = {"samplingRate": RATE} | ({"resumeToken": token} if token else {})
        await self.caller.socket.send(request("audio.input.start", **payload))
        self._tasks = [asyncio.create_task(work) for work in (self.caller.speak(), self.caller.listen())]

    async def end(self) -> None:
        """Break the connection."""
        self.caller.socket.transport.abort()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _say(caller: Caller, number: int) -> None:
    caller.begin(CLIPS[number])
    turn = await caller.finish(CLIPS[number])
    assert await caller.sound_after(turn.ended_at, SOON_SECONDS) is not None


async def _listened(caller: Caller) -> None:
    """The bot has said all that it has to say."""
    await until(lambda: caller.state == "listening", PATIENCE_SECONDS)
    await caller.silence(0.3, PATIENCE_SECONDS)


def _joined(first: list[str], second: list[str]) -> list[str]:
    """What was heard before and after the break; the word in which it happened may be heard again."""
    again = bool(first) and first[-1:] == second[:1]
    return [*first, *second[again:]]


async def _come_back(at: Scene, answer: int) -> None:
    """Break off in the greeting (0) or in the answer of this number, come back, and have one more turn."""
    async with client(at.server) as socket:
        first = Visit(socket)
        await first.begin()
        if answer:
            await first.caller.sound_after(first.caller.began_at, SOON_SECONDS)
            await _listened(first.caller)
            await _say(first.caller, 0)
        before = len(first.caller.words_heard()) if answer else 0
        await until(lambda: len(first.caller.words_heard()) >= before + HEARD_WORDS, PATIENCE_SECONDS)
        token = first.token
        await first.end()
    await asyncio.sleep(AWAY_SECONDS)
    async with client(at.server) as socket:
        second = Visit(socket)
        await second.begin(token)
        await second.caller.sound_after(second.caller.began_at, SOON_SECONDS)
        await _listened(second.caller)
        await _say(second.caller, answer)
        await _listened(second.caller)
        assert second.resumed
        await second.end()
    heard = _joined(first.caller.words_heard(), second.caller.words_heard())
    answers = [word for number in range(answer + 1) for word in answer_words(number + 1)]
    assert heard == [*plain(GREETING), *answers]
    [model] = at.models
    asked = model.asked()[-1].body
    assert plain(" ".join(told(asked, "user"))) == plain(" ".join(clip.text for clip in CLIPS[: answer + 1]))
    spoken = plain(" ".join(told(asked, "assistant")))
    assert spoken == heard[: len(heard) - len(answer_words(answer + 1))]


async def _one_call(data: Path, answer: int) -> None:
    CALL.set(f"comes-back-{answer}")
    async with scene(None, Setting.ALONE, data, VANTUM_RESUME_SECONDS="5") as at:
        await _come_back(at, answer)
        await until(lambda: at.server.calls.live == 0, PATIENCE_SECONDS)
        assert len(list((data / "calls").glob("*/*"))) == 1
    assert await left_of(CALL.get()) == []


async def test_the_bot_goes_on_from_the_word_last_heard(tmp_path: Path) -> None:
    with traced():
        await asyncio.gather(*(_one_call(tmp_path / str(answer), answer) for answer in (0, 1)))
