"""The examples of docs/tools.md do what they say."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import cast

import pytest
from pipecat.frames.frames import EndWorkerFrame

from processors.tools.tool import Tool
from tests.processors.tool_call import call_tool
from vantum.core.floor import FollowUp

DOCUMENT = Path(__file__).parents[3] / "docs" / "tools.md"


@pytest.fixture(scope="module")
def examples() -> dict[str, object]:
    """What the document's Python defines, read from the top."""
    names: dict[str, object] = {"__name__": "tools_document"}
    for block in re.findall(r"```python\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL):
        exec(compile(block, str(DOCUMENT), "exec"), names)
    return names


async def test_an_order_is_looked_up(examples: dict[str, object]) -> None:
    tool = cast(Tool, examples["order_status"])
    assert tool.schema.properties["order"]["type"] == "integer"
    assert (await call_tool(tool, {"order": "43"})).written.json == '"on its way"'
    assert "There is no order 7." in (await call_tool(tool, {"order": 7})).error
    assert (await call_tool(tool, {})).error == "Wrong arguments, nothing was done. order is missing."


async def test_a_tool_hangs_up(examples: dict[str, object]) -> None:
    called = await call_tool(cast(Tool, examples["hang_up"]), {})
    assert called.written.follow_up is FollowUp.NEVER
    assert [type(frame) for frame, _ in called.frames] == [EndWorkerFrame]


async def test_the_test_of_a_call_passes(examples: dict[str, object]) -> None:
    test = cast(Callable[[], Awaitable[None]], examples["test_the_caller_hears_how_far_the_order_is"])
    await test()
