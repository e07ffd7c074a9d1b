"""Plays a case: a whole call, and what there is to judge it by."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

from benchmarks.conversation.speech import RATE
from tests.chaos.caller import Caller
from tests.chaos.faults import Case, Setting, Stage
from tests.chaos.hearing import CLIPS
from tests.chaos.scene import Scene, scene
from tests.chaos.traces import CALL, LINES, MACHINE, MOST_LOST_SECONDS, Line, left_of
from tests.live_server import client, request
from tests.wire.openai_server import Asked
from vantum.record import read_record

SOON_SECONDS = 5.0
"""The caller is to hear something by then."""
CLOSED_SECONDS = 2.0
GIVE_UP_SECONDS = 10.0
ANSWER_SECONDS = 20.0
PAUSE_SECONDS = 0.5
LISTEN_SECONDS = SOON_SECONDS + MOST_LOST_SECONDS
"""The caller listens for so long: what is too late is for the judge to say."""
INTO_SPEECH_SECONDS = 0.4
INTO_ANSWER_SECONDS = 1.0
MOST_TURNS = 4
"""Of a call that nobody can save: it ends by itself, unless the fault does not hurt."""


@dataclass(slots=True)
class Played:
    """What came of a call; times are ``time.monotonic()``."""

    case: Case
    caller: Caller
    asked: list[Asked] = field(default_factory=list)
    greeted_at: float | None = None
    left_at: float = 0.0
    closed_after: float | None = None
    """Seconds until nothing of the call was left at the providers; None when something was, after all."""
    record: dict[str, object] | None = None
    lines: list[Line] = field(default_factory=list)
    tasks: list[str] = field(default_factory=list)
    struck: bool = False

    @property
    def lost_seconds(self) -> float:
        """For how long the machine did not let the call go on."""
        return MACHINE.lost_between(self.caller.began_at, self.left_at)


async def play(case: Case, data: Path) -> Played:
    """Hold the call."""
    name = str(case)
    CALL.set(name)
    async with scene(case.fault, case.setting, data) as at:
        async with client(at.server) as socket:
            at.stages.reach(Stage.CONNECT)
            await socket.send(request("audio.input.start", samplingRate=RATE))
            played = Played(case, Caller(socket))
            caller = played.caller
            tasks = [asyncio.create_task(work) for work in (caller.speak(), caller.listen())]
            try:
                await _converse(played, at)
                played.left_at = caller.closed_at or time.monotonic()
                await socket.close()
                played.closed_after = await _closed(at, played.left_at)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
        # Not here: other calls are waiting for their turn.
        await asyncio.to_thread(at.server.services.writer.flush)
        played.asked = sorted((one for model in at.models for one in model.asked()), key=lambda one: one.at)
        [folder] = (data / "calls").glob("*/*")
        played.record = read_record(data, folder.name, lambda _: False)
        played.struck = case.fault.stage in at.stages.reached
    played.tasks = await left_of(name)
    played.lines = LINES.pop(name, [])
    return played


async def _converse(played: Played, at: Scene) -> None:
    case, caller, stages = played.case, played.caller, at.stages
    played.greeted_at = await caller.sound_after(caller.began_at, LISTEN_SECONDS)
    stages.reach(Stage.GREETING)
    await _settled(caller)
    clips = cycle(CLIPS)
    interrupts = case.fault.stage is Stage.INTERRUPTING
    later = case.fault.stage in (Stage.BETWEEN, Stage.INTERRUPTING)
    turns = MOST_TURNS if case.setting is Setting.ALONE else 3 if later else 2
    for number in range(turns):
        clip = next(clips)
        if caller.gone:
            return
        caller.begin(clip)
        await asyncio.sleep(INTO_SPEECH_SECONDS)
        stages.reach(Stage.SPEAKING)
        if number == 1:
            stages.reach(Stage.INTERRUPTING)
        turn = await caller.finish(clip)
        stages.reach(Stage.END_OF_SPEECH)
        turn.heard_at = await caller.sound_after(turn.ended_at, LISTEN_SECONDS)
        if interrupts and number == 0:
            await asyncio.sleep(INTO_ANSWER_SECONDS)
            continue
        await _settled(caller)
        stages.reach(Stage.BETWEEN)
        if case.fault.stage is Stage.BETWEEN and number == 0:
            await asyncio.sleep(PAUSE_SECONDS)


async def _settled(caller: Caller) -> None:
    """Wait until the bot has said what it has to say, and listens."""
    with suppress(TimeoutError):
        async with asyncio.timeout(ANSWER_SECONDS):
            while not caller.gone:
                await caller.silence(PAUSE_SECONDS, ANSWER_SECONDS)
                if caller.state == "listening":
                    return
                await asyncio.sleep(PAUSE_SECONDS / 10)


async def _closed(at: Scene, since: float) -> float | None:
    """Seconds after which every provider's links were closed and the call was over."""
    while sum(gate.open for gate in at.gates) or at.server.calls.live:
        if time.monotonic() > since + GIVE_UP_SECONDS:
            return None
        await asyncio.sleep(0.02)
    return time.monotonic() - since
