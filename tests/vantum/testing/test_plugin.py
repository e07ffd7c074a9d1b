"""Coroutine tests and fixtures run on the loop that their marker asks for, and nothing is left behind."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.testing.virtual_time import VirtualTimeLoop

pytest_plugins = ["pytester"]


@pytest.fixture
async def server() -> AsyncIterator[asyncio.AbstractEventLoop]:
    serving = asyncio.create_task(asyncio.sleep(1000), name="server")
    await asyncio.sleep(2)
    yield asyncio.get_running_loop()
    serving.cancel()


@pytest.fixture
async def nothing() -> None:
    await asyncio.sleep(1)


async def test_fixtures_share_the_loop_and_its_time(
    server: asyncio.AbstractEventLoop, nothing: None, tmp_path: Path
) -> None:
    assert server is asyncio.get_running_loop()
    assert isinstance(server, VirtualTimeLoop)
    assert (time.monotonic(), tmp_path.name[:5]) == (3.0, "test_")


def test_a_plain_test_may_use_an_asynchronous_fixture(server: asyncio.AbstractEventLoop) -> None:
    assert server.time() == 2.0


class TestInAClass:
    @pytest.fixture
    async def me(self) -> object:
        return self

    async def test_fixtures_are_bound_to_the_instance(self, me: object) -> None:
        assert me is self


@pytest.mark.real_time
async def test_the_marker_gives_the_real_clock() -> None:
    assert not isinstance(asyncio.get_running_loop(), VirtualTimeLoop)


@given(st.floats(0, 10))
async def test_each_example_has_a_loop_of_its_own(seconds: float) -> None:
    assert time.monotonic() == 0.0
    await asyncio.sleep(seconds)


FAILING = {
    "leak": (
        "async def test_it():\n    asyncio.create_task(asyncio.sleep(5), name='leaky')",
        "*The test left tasks running: leaky*",
        {"failed": 1},
    ),
    "leaking fixture": (
        "@pytest.fixture\nasync def it():\n    asyncio.create_task(asyncio.sleep(5), name='leaky')\n"
        "async def test_it(it): pass",
        "*The test or a fixture left tasks running: leaky*",
        {"passed": 1, "errors": 1},
    ),
    "deadlock": (
        "async def test_it():\n    await asyncio.Event().wait()",
        "*in Event.wait at *test_deadlock.py:4*",
        {"failed": 1},
    ),
    "failure that leaves a task": (
        "async def test_it():\n    asyncio.create_task(asyncio.sleep(5))\n    assert 1 == 2",
        "*assert 1 == 2*",
        {"failed": 1},
    ),
    "fixture that fails": (
        "@pytest.fixture\nasync def it(): raise ValueError('in fixture')\nasync def test_it(it): pass",
        "*ValueError: in fixture*",
        {"errors": 1},
    ),
    "fixture that yields twice": (
        "@pytest.fixture\nasync def it():\n    yield 1\n    yield 2\nasync def test_it(it): pass",
        "*The fixture 'it' yielded more than once.*",
        {"passed": 1, "errors": 1},
    ),
    "fixture of a module": (
        "@pytest.fixture(scope='module')\nasync def it(): pass\nasync def test_it(it): pass",
        "*requested an async fixture 'it'*",
        {"errors": 1},
    ),
    "example of hypothesis that leaks": (
        "@hypothesis.given(hypothesis.strategies.none())\n"
        "async def test_it(n):\n    asyncio.create_task(asyncio.sleep(5), name='leaky')",
        "*The test left tasks running: leaky*",
        {"failed": 1},
    ),
    "test of another plugin": (
        "@pytest.mark.asyncio\nasync def test_it(): pass",
        "*async def functions are not natively supported*",
        {"failed": 1},
    ),
    "skip": ("async def test_it():\n    pytest.skip('not today')", "*not today*", {"skipped": 1}),
}


@pytest.mark.parametrize("name", FAILING)
def test_what_is_reported(name: str, pytester: pytest.Pytester) -> None:
    code, words, outcome = FAILING[name]
    pytester.makepyfile(
        **{f"test_{name.partition(' ')[0]}": f"import asyncio, hypothesis, pytest\n\n{code}\n"}
    )
    result = pytester.runpytest(
        "-p", "vantum.testing.plugin", "-rs", "-W", "ignore::pytest.PytestUnknownMarkWarning"
    )
    result.stdout.fnmatch_lines([words])
    result.assert_outcomes(**outcome)


def test_loops_and_generators_are_closed(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import asyncio

        state = {}

        async def generates():
            try:
                yield 1
            finally:
                state["generator"] = "closed"

        async def test_it():
            state["loop"] = asyncio.get_running_loop()
            state["kept"] = generates()
            await anext(state["kept"])

        def test_after():
            assert state["generator"] == "closed"
            assert state["loop"].is_closed()
        """
    )
    pytester.runpytest("-p", "vantum.testing.plugin").assert_outcomes(passed=2)


def test_the_plugin_does_not_load_what_needs_the_engine(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("import sys\ndef test_it(): assert 'vantum.testing.processor_run' not in sys.modules")
    pytester.runpytest_subprocess("-p", "vantum.testing.plugin").assert_outcomes(passed=1)


def test_a_conftest_may_import_the_engine_where_warnings_are_errors(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nfilterwarnings = error")
    pytester.makeconftest("import pipecat.frames.frames, websockets.legacy")
    pytester.makepyfile("def test_it(): pass")
    pytester.runpytest_subprocess("-p", "vantum.testing.plugin").assert_outcomes(passed=1)
