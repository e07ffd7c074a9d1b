"""The toolbox carries out calls at the same time, in time, and tells of each exactly once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress

import pytest
from loguru import logger
from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.frames.frames import Frame, FunctionCallFromLLM, InterruptionFrame, LLMContextFrame
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.llm_service import FunctionCallParams

from processors.tools.tool import TOOL_SECONDS, Tool, tool
from processors.tools.tool_arguments import MALFORMED, TOO_LONG
from processors.tools.tool_result import MOST_CHARACTERS, Failed, Quiet
from processors.tools.toolbox import MOST_CALLS, Returned, Toolbox
from vantum.core.floor import FollowUp
from vantum.testing import run_processor

Call = tuple[str, dict[str, object]]
ASK = LLMContextFrame(LLMContext())


class Owner(FrameProcessor):
    """Has ``calls`` carried out when it is asked something, and keeps what comes back, with the time."""

    def __init__(self, tools: Sequence[Tool | FunctionSchema], calls: Sequence[Call]) -> None:
        super().__init__()
        self.returned: list[tuple[float, Returned]] = []
        self.toolbox = Toolbox(self, tools, self._returned)
        self._calls = calls
        self._began = 0.0

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, LLMContextFrame):
            self._began = asyncio.get_running_loop().time()
            numbered = enumerate(self._calls)
            calls = [
                FunctionCallFromLLM(name, f"id{n}", given, frame.context) for n, (name, given) in numbered
            ]
            self.toolbox.begin(calls, self)
        await self.push_frame(frame, direction)

    async def cleanup(self) -> None:
        await self.toolbox.cleanup()
        await super().cleanup()

    async def _returned(self, returned: Returned) -> None:
        at = asyncio.get_running_loop().time() - self._began
        self.returned.append((round(at, 6), returned))

    def told(self) -> list[tuple[float, str, str]]:
        return [(at, returned.call_id, returned.result_json) for at, returned in self.returned]


@tool
async def wait(seconds: float) -> str:
    """Wait."""
    await asyncio.sleep(seconds)
    return f"waited {seconds:g}"


@tool(seconds=2.0)
async def hurry() -> None:
    """Never come to an end."""
    await asyncio.Event().wait()


@tool
async def note() -> Quiet:
    """Note it."""
    return Quiet({"noted": True})


@tool
async def fail(how: str) -> object:
    """Fail."""
    match how:
        case "error":
            raise KeyError("secret 4711")
        case "time":
            raise TimeoutError
        case "cancel":
            raise asyncio.CancelledError
        case "none":
            return object()
        case _:
            return Failed("There is none.")


@pytest.fixture
def log() -> Iterator[list[str]]:
    """What is logged from INFO up, with its fields."""
    lines: list[str] = []
    sink = logger.add(lambda line: lines.append(str(line)), level="INFO", format="{message} {extra}")
    yield lines
    logger.remove(sink)


async def run(*calls: Call, seconds: float = 60.0) -> Owner:
    owner = Owner([wait, hurry, note, fail], calls)
    await run_processor(owner, [ASK], settle=seconds)
    return owner


async def test_a_result_comes_back_once_with_its_time() -> None:
    owner = await run(("wait", {"seconds": 1.5}))
    returned = Returned("id0", "wait", '"waited 1.5"', 1.5, failed=False, follow_up=FollowUp.ALWAYS)
    assert owner.returned == [(1.5, returned)]


async def test_calls_of_one_answer_run_at_the_same_time() -> None:
    owner = await run(("wait", {"seconds": 3}), ("note", {}), ("wait", {"seconds": 1}))
    assert owner.told() == [
        (0.0, "id1", '{"noted":true}'),
        (1.0, "id2", '"waited 1"'),
        (3.0, "id0", '"waited 3"'),
    ]
    assert [returned.follow_up for _, returned in owner.returned] == [
        FollowUp.UNLESS_SPOKEN,
        FollowUp.ALWAYS,
        FollowUp.ALWAYS,
    ]


@pytest.mark.parametrize(
    ("call", "at", "told"),
    [
        (("hurry", {}), 2.0, "hurry was stopped: it took longer than 2 seconds."),
        (("wait", {"seconds": 11}), TOOL_SECONDS, "wait was stopped: it took longer than 10 seconds."),
    ],
)
async def test_a_tool_that_takes_too_long_is_stopped(
    call: Call, at: float, told: str, log: list[str]
) -> None:
    owner = await run(call)
    assert owner.told() == [(at, "id0", f'{{"error": "{told}"}}')]
    assert owner.returned[0][1].failed
    assert log == [f"A tool took too long. {{'tool': '{call[0]}', 'seconds': {at}}}\n"]


async def test_a_tool_that_does_not_stop_keeps_nobody_waiting() -> None:
    @tool(seconds=1.0)
    async def cling() -> str:
        """Do not stop when told to."""
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(30)
        await asyncio.sleep(5)
        return "too late"

    owner = Owner([cling], [("cling", {})])
    await run_processor(owner, [ASK], settle=20)
    assert [at for at, *_ in owner.told()] == [1.0]
    assert owner.returned[0][1].failed


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (("nothing", {}), "There is no tool 'nothing'. There are: wait, hurry, note, fail."),
        (("wait", {}), "Wrong arguments, nothing was done. seconds is missing."),
        (("wait", {TOO_LONG: 9}), "The arguments had more than 9 characters, wait was not called."),
        (("wait", {MALFORMED: '{"seconds": '}), "The arguments were no JSON object, wait was not called."),
        (("fail", {"how": "error"}), "fail failed. Tell the caller that this is not possible now."),
        (("fail", {"how": "time"}), "fail failed. Tell the caller that this is not possible now."),
        (("fail", {"how": "cancel"}), "fail was stopped before it was done."),
        (("fail", {"how": "none"}), "The tool did its work, but its result cannot be written as JSON."),
        (("fail", {"how": "said"}), "There is none."),
    ],
    ids=str,
)
async def test_whatever_goes_wrong_is_a_sentence_for_the_model(call: Call, told: str, log: list[str]) -> None:
    owner = await run(call)
    assert owner.returned == [
        (0.0, Returned("id0", call[0], f'{{"error": "{told}"}}', 0.0, follow_up=FollowUp.ALWAYS, failed=True))
    ]
    assert "4711" not in str(log)


async def test_a_failure_is_logged_without_what_was_said(log: list[str]) -> None:
    await run(("fail", {"how": "error"}))
    assert log == ["A tool failed. {'tool': 'fail', 'error': 'KeyError'}\n"]


async def test_a_call_that_fails_takes_no_other_with_it() -> None:
    owner = await run(("fail", {"how": "error"}), ("wait", {"seconds": 1}), ("fail", {"how": "cancel"}))
    assert {returned.call_id: returned.failed for _, returned in owner.returned} == {
        "id0": True,
        "id1": False,
        "id2": True,
    }


async def test_of_too_many_calls_the_last_are_refused() -> None:
    owner = await run(*[("note", {})] * (MOST_CALLS + 2))
    assert sorted(returned.call_id for _, returned in owner.returned if returned.failed) == ["id8", "id9"]
    assert len(owner.returned) == MOST_CALLS + 2
    assert "Only 8 calls" in next(text for _, call, text in owner.told() if call == "id8")


async def test_a_long_result_is_cut() -> None:
    @tool
    async def read() -> str:
        """Read a book."""
        return "word " * 10_000

    owner = Owner([read], [("read", {})])
    await run_processor(owner, [ASK], settle=1)
    assert len(owner.returned[0][1].result_json) <= MOST_CHARACTERS


async def test_an_interruption_stops_no_tool() -> None:
    owner = Owner([wait], [("wait", {"seconds": 3})])
    await run_processor(owner, [ASK, (1.0, InterruptionFrame())], settle=5)
    assert owner.told() == [(3.0, "id0", '"waited 3"')]


async def test_the_next_answer_s_calls_join_those_at_work() -> None:
    owner = Owner([wait], [("wait", {"seconds": 3})])
    await run_processor(owner, [ASK, (1.0, LLMContextFrame(LLMContext()))], settle=5)
    assert len(owner.returned) == 2


async def test_the_end_of_the_call_stops_what_runs_and_tells_nobody() -> None:
    stopped: list[str] = []

    @tool
    async def work() -> None:
        """Work."""
        try:
            await asyncio.sleep(5)
        finally:
            stopped.append("work")

    owner = Owner([work], [("work", {})] * 2)
    await run_processor(owner, [ASK], settle=1)
    assert stopped == ["work", "work"]
    assert owner.returned == []


async def test_the_end_of_the_call_waits_a_second_for_a_stubborn_tool(log: list[str]) -> None:
    @tool
    async def cling() -> None:
        """Do not stop at once."""
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(30)
        await asyncio.sleep(2)

    owner = Owner([cling], [("cling", {})])
    began = asyncio.get_running_loop().time()
    await run_processor(owner, [ASK], settle=1)
    assert asyncio.get_running_loop().time() - began < 3
    assert "Tools did not stop at the end of the call. {'count': 1}\n" in log
    await asyncio.sleep(3)


async def test_a_tool_of_pipecat_s_own_form_is_one_like_any() -> None:
    async def handler(params: FunctionCallParams) -> None:
        await params.result_callback({"a": params.arguments["a"]})

    stock = FunctionSchema("stock", "Look.", {"a": {"type": "integer"}}, ["a"], handler)
    owner = Owner([stock], [("stock", {"a": 1})])
    await run_processor(owner, [ASK], settle=1)
    assert owner.told() == [(0.0, "id0", '{"a":1}')]


async def test_the_model_is_offered_the_tools_in_order() -> None:
    assert [schema.name for schema in Owner([wait, note], []).toolbox.schemas] == ["wait", "note"]


async def test_two_tools_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two tools named note"):
        Owner([note, note], [])
