"""A whole server whose telephone rings scripted prospects: real sockets, real time, the embedded voice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.live_server import KEYS
from tests.phone.kit import Build, talk
from vantum.core.machine import AnsweredBy
from vantum.loader import Pipeline, load_pipeline
from vantum.phone.blocked import BLOCKED
from vantum.record import read_record
from vantum.serving import Serving, opened
from vantum.settings import load_settings

pytestmark = pytest.mark.real_time

PATIENCE_SECONDS = 40.0
OUTREACH = Path(__file__).parents[3] / "pipelines" / "outreach.py"
PEOPLE = """
- name: human
  numbers: ["+15550100001"]
  answers_after: 0.1
  verdict_after: 0.3
  steps:
    - {says: Hello there., at: 0.4}
    - {presses: "7", at: 0.5}
    - {hangs_up: true, after_bot: 0.5}
- name: machine
  numbers: ["+15550100002"]
  answers_after: 0.1
  answered_by: machine_end_beep
  steps:
    - {says: Please leave a message., at: 0.1}
    - {beeps: true, at: 0}
- name: machine that is known at once
  numbers: ["+15550100003"]
  answers_after: 0.1
  answered_by: machine_start
  verdict_after: 0.2
  steps:
    - {says: Please leave a message after the tone., at: 0.1}
    - {hangs_up: true, after_bot: 0.3}
- name: patient
  numbers: ["+15550100004"]
  answers_after: 0.1
  steps:
    - {says: Hello there., at: 60}
- {name: busy, numbers: ["+15550100005"], pickup: busy, answers_after: 0.1}
- {name: away, numbers: ["+15550100006"], pickup: no_answer}
- {name: no line, numbers: ["+15550100007"], pickup: unreachable, answers_after: 0.1}
- {name: no number, numbers: ["+15550100008"], pickup: invalid}
- {name: slow, numbers: ["+15550100009"], answers_after: 60, steps: [says: Hello.]}
"""
HUMAN, MACHINE, START, PATIENT, BUSY, AWAY, NO_LINE, NO_NUMBER, SLOW = (
    f"+1555010000{place}" for place in range(1, 10)
)
INTERESTED = """
- name: interested
  answers_after: 0.5
  voice: male
  steps:
    - says: Sure go ahead.
    - {hangs_up: true, over_bot: 2.5}
"""


@dataclass(frozen=True, slots=True)
class Local:
    """The server, and a client of its REST API."""

    serving: Serving
    http: httpx.AsyncClient

    async def place(self, to: str, **wanted: object) -> str:
        answer = await self.http.post("/api/calls", json={"to": to, **wanted})
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    async def until(self, call_id: str, **facts: object) -> dict[str, object]:
        """What the API tells of a call as soon as all ``facts`` are true; None stands for anything but None."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                told: dict[str, object] = (await self.http.get(f"/api/calls/{call_id}")).json()
                if all(_is_so(told[name], wanted) for name, wanted in facts.items()):
                    return told
                await asyncio.sleep(0.02)

    async def over(self, call_id: str) -> dict[str, object]:
        return await self.until(call_id, outcome=None)

    async def called(self, to: str, **wanted: object) -> dict[str, object]:
        """What came of a call."""
        return await self.over(await self.place(to, **wanted))

    def events(self, call_id: str, kind: str) -> list[dict[str, object]]:
        """What the record has of a kind."""
        self.serving.services.writer.flush()
        settings = self.serving.services.settings
        record = read_record(settings.data, call_id, self.serving.services.writer.is_open)
        assert record is not None
        events: list[dict[str, object]] = record["events"]  # type: ignore[assignment]
        return [event for event in events if event["event"] == kind]


def _is_so(found: object, wanted: object) -> bool:
    return found is not None if wanted is None else found == wanted


@asynccontextmanager
async def local(
    data: Path, build: Build | Path, people: str = PEOPLE, **settings: str
) -> AsyncIterator[Local]:
    """A server of ``build`` without an account, which rings ``people``; it listens on a port of its own."""
    (data / "people.yaml").write_text(people)
    given = {
        "VANTUM_DATA": str(data),
        "VANTUM_LOCAL_PROSPECTS": str(data / "people.yaml"),
        "VANTUM_PORT": "0",
        "VANTUM_CALLS_PER_SECOND": "100",
        "VANTUM_RING_SECONDS": "5",
        "VANTUM_GOODBYE_SECONDS": "0.5",
        **settings,
    }
    if given.get("OPENAI_API_KEY"):
        # Calls are analysed when they are over: not by anybody outside.
        given["OPENAI_BASE_URL"] = "http://127.0.0.1:9/v1"
    pipeline = (
        load_pipeline(str(build)) if isinstance(build, Path) else Pipeline("test", build, data / "t.py")
    )
    async with opened(pipeline, load_settings({}, None, given)) as serving:
        ready = asyncio.Event()
        running = asyncio.create_task(
            serving.listener.serve_calls(serving.listening, ready.set), name="server"
        )
        try:
            await ready.wait()
            async with httpx.AsyncClient(base_url=serving.url, trust_env=False) as http:
                yield Local(serving, http)
        finally:
            serving.listener.should_exit = True
            await running


def of_the_carrier() -> list[str]:
    """The tasks of the local carrier's calls."""
    names = [task.get_name() for task in asyncio.all_tasks()]
    return [
        name for name in names if name.startswith(("local-", "twiml-", "hang-up-", "listening-", "callbacks"))
    ]


async def gone() -> None:
    """Wait until nothing of the carrier's calls is left."""
    async with asyncio.timeout(5):
        while of_the_carrier():  # noqa: ASYNC110 - tasks tell nobody
            await asyncio.sleep(0.02)


async def test_everybody_is_rung_and_each_call_ends_as_it_should(tmp_path: Path) -> None:
    async with local(tmp_path, talk("Good day to you.", voicemail="Please call us back."), **KEYS) as phone:
        everybody = (HUMAN, MACHINE, START, BUSY, AWAY, NO_LINE, NO_NUMBER)
        ids = [await phone.place(number) for number in everybody]
        told = dict(zip(everybody, await asyncio.gather(*map(phone.over, ids)), strict=True))
        outcomes = {number: (call["outcome"], call["answeredBy"]) for number, call in told.items()}
        assert outcomes == {
            HUMAN: ("completed", "human"),
            MACHINE: ("voicemail", "machine_end_beep"),
            START: ("completed", "machine_start"),
            BUSY: ("busy", ""),
            AWAY: ("no-answer", ""),
            NO_LINE: ("failed", ""),
            NO_NUMBER: ("failed", ""),
        }
        assert [told[number]["sipCode"] for number in (BUSY, AWAY, NO_LINE, NO_NUMBER)] == [
            486,
            487,
            404,
            None,
        ]
        assert {(call["transport"], call["state"]) for call in told.values()} == {("local", "ended")}
        said = [line["text"] for line in told[MACHINE]["transcript"]]  # type: ignore[attr-defined]
        assert said[-1] == "Please call us back."
        assert [event["transport"] for event in phone.events(ids[0], "call_started")] == ["local"]
        assert [event["key"] for event in phone.events(ids[0], "key_pressed")] == ["7"]
        assert [event["answered_by"] for event in phone.events(ids[1], "machine_detected")] == [
            AnsweredBy.MACHINE_END_BEEP
        ]
        health = (await phone.http.get("/health")).json()["phone"]
        assert (health["carrier"], health["status"], health["streamFailures"]) == ("local", "ready", 0)
        await gone()
        assert phone.serving.calls.live == 0
    # A number that is no number here may well be one in the world.
    assert not (tmp_path / BLOCKED).exists()
    assert NO_NUMBER in (tmp_path / "local" / BLOCKED).read_text()


async def test_calls_are_ended_on_request_before_and_after_the_answer(tmp_path: Path) -> None:
    async with local(tmp_path, talk("A story that goes on and on and on and on."), **KEYS) as phone:
        talking, ringing = await phone.place(PATIENT), await phone.place(SLOW)
        await asyncio.gather(phone.until(talking, state="in-progress"), phone.until(ringing, state="ringing"))
        assert len(of_the_carrier()) >= 5
        for call_id in (talking, ringing):
            assert (await phone.http.post(f"/api/calls/{call_id}/hangup")).status_code == 202
        ended = await asyncio.gather(phone.over(talking), phone.over(ringing))
        assert [call["outcome"] for call in ended] == ["completed", "canceled"]
        await gone()


async def test_no_call_outlives_the_server(tmp_path: Path) -> None:
    before = asyncio.all_tasks()
    async with local(tmp_path, talk(), **KEYS) as phone:
        talking, ringing = await phone.place(PATIENT), await phone.place(SLOW)
        await asyncio.gather(phone.until(talking, state="in-progress"), phone.until(ringing, state="ringing"))
        book = phone.serving.phone.book  # type: ignore[union-attr]
    assert asyncio.all_tasks() == before
    ends = [call.progress.outcome for call in book.known().values() if call.over]
    assert [call for call in book.open_calls() if call.id == ringing] == []
    assert all(ends)


async def test_an_interested_prospect_talks_with_the_outreach_bot(tmp_path: Path) -> None:
    async with local(tmp_path, OUTREACH, INTERESTED) as phone:
        told = await phone.called("+15550100001", variables={"name": "Anna"})
        assert (told["state"], told["outcome"], told["answeredBy"]) == ("ended", "completed", "human")
        lines = [(line["speaker"], line["text"].lower()) for line in told["transcript"]]  # type: ignore[attr-defined]
        assert [speaker for speaker, _ in lines] == ["bot", "bot", "caller", "bot"]
        (disclosure, _, answer, question) = (text for _, text in lines)
        assert "an ai assistant" in disclosure
        assert "go ahead" in answer
        assert question.startswith("thank you")
        await gone()
