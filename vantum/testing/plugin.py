"""The pytest plugin: coroutine tests run on virtual time, or with the ``real_time`` marker on the real clock.

Fixtures may be coroutines and asynchronous generators; they are set up and torn down on the loop of the
test that uses them. A test that leaves tasks running fails, and is told their names. Every test has a loop
of its own, which is closed after it; so has every example of a hypothesis test.
"""

from __future__ import annotations

import asyncio
import inspect
import warnings
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from functools import partial, wraps
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import pytest

from vantum.testing.deadlock import DeadlockError
from vantum.testing.leaks import end_leftovers
from vantum.testing.virtual_time import VirtualTimeLoop

if TYPE_CHECKING:
    # pytest names this type in its public hook, but exports only its base class.
    from _pytest.fixtures import SubRequest

_WARNINGS_OF_IMPORT = (
    "'audioop' is deprecated",
    "`AudioContextTTSService` is deprecated",
    "websockets.legacy is deprecated",
    "websockets.exceptions.InvalidStatusCode is deprecated",
)
"""What importing pipecat 1.14 and its services warns of; nothing that a test calls gives these."""

_MARKERS_OF_OTHERS = ("anyio", "asyncio", "trio")
"""Tests with these belong to other plugins, which may be installed beside this one."""

_runner_key = pytest.StashKey[asyncio.Runner]()


class _Hypothesis(Protocol):
    inner_test: Callable[..., object]


@runtime_checkable
class _HypothesisTest(Protocol):
    hypothesis: _Hypothesis


def pytest_plugin_registered(plugin_name: str, manager: pytest.PytestPluginManager) -> None:
    """Loaded by ``-p``, the plugin is not loaded a second time as the entry point of the package."""
    if plugin_name == __name__:
        manager.set_blocked("vantum")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Let a conftest import the engine; pytest forgets these filters as soon as it has them all."""
    for message in _WARNINGS_OF_IMPORT:
        warnings.filterwarnings("ignore", message, DeprecationWarning)


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known, and let the engine be imported where warnings are errors."""
    config.addinivalue_line("markers", "real_time: a coroutine test on the real clock, not on virtual time")
    for message in _WARNINGS_OF_IMPORT:
        config.addinivalue_line("filterwarnings", f"ignore:{message}:DeprecationWarning")


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a coroutine test; leave every other test to pytest."""
    __tracebackhide__ = True
    function = pyfuncitem.obj
    if isinstance(function, _HypothesisTest) and _is_ours(pyfuncitem):
        _run_examples_on_loops(function.hypothesis, pyfuncitem)
        return None
    if not inspect.iscoroutinefunction(function) or not _is_ours(pyfuncitem):
        return None
    wanted = inspect.signature(function).parameters
    arguments = {name: value for name, value in pyfuncitem.funcargs.items() if name in wanted}
    _run(_runner(pyfuncitem), function(**arguments))
    return True


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object], request: SubRequest) -> bool | None:
    """Set up a fixture that is a coroutine or an asynchronous generator; leave every other one to pytest."""
    function = fixturedef.func
    if not inspect.iscoroutinefunction(function) and not inspect.isasyncgenfunction(function):
        return None
    # A loop lives for one test, and so must what is set up on it.
    if not isinstance(request.node, pytest.Item) or not _is_ours(request.node):
        return None
    if inspect.ismethod(function) and request.instance is not None:
        function = partial(function.__func__, request.instance)
    arguments = {name: request.getfixturevalue(name) for name in fixturedef.argnames}
    runner = _runner(request.node)
    key = fixturedef.cache_key(request)
    try:
        value = _set_up(runner, function(**arguments), request)
    except BaseException as error:
        fixturedef.cached_result = (None, key, (error, error.__traceback__))
        raise
    fixturedef.cached_result = (value, key, None)
    # pytest takes the value from the cached result; here, any answer but None says that it is there.
    return True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    """Close the loop of the test after its fixtures."""
    try:
        return (yield)
    finally:
        runner = item.stash.get(_runner_key, None)
        if runner is not None:
            del item.stash[_runner_key]
            _close(runner)


def _runner(item: pytest.Item) -> asyncio.Runner:
    if _runner_key not in item.stash:
        item.stash[_runner_key] = _new_runner(item)
    return item.stash[_runner_key]


def _is_ours(item: pytest.Item) -> bool:
    return not any(item.get_closest_marker(name) for name in _MARKERS_OF_OTHERS)


def _new_runner(item: pytest.Item) -> asyncio.Runner:
    real = item.get_closest_marker("real_time") is not None
    return asyncio.Runner(loop_factory=asyncio.new_event_loop if real else VirtualTimeLoop)


def _run_examples_on_loops(test: _Hypothesis, item: pytest.Function) -> None:
    function = test.inner_test
    if not inspect.iscoroutinefunction(function):
        return

    @wraps(function)
    def example(*args: object, **kwargs: object) -> None:
        runner = _new_runner(item)
        try:
            _run(runner, function(*args, **kwargs))
        finally:
            _close(runner)

    test.inner_test = example


def _run(runner: asyncio.Runner, coroutine: Coroutine[object, object, object]) -> None:
    """Run a test. What a fixture has at work (a server, say) may go on until the fixture is torn down."""
    __tracebackhide__ = True
    expected = frozenset(asyncio.all_tasks(runner.get_loop()))
    try:
        runner.run(coroutine)
    except DeadlockError as error:
        runner.run(end_leftovers(expected))
        pytest.fail(str(error), pytrace=False)
    except BaseException:
        # The failure itself is the news: what it left behind is ended without a word.
        runner.run(end_leftovers(expected))
        raise
    if not expected:
        _fail_for(runner.run(end_leftovers(expected)), "The test")


def _close(runner: asyncio.Runner) -> None:
    with runner:
        _fail_for(runner.run(end_leftovers(frozenset())), "The test or a fixture")


def _fail_for(leftovers: list[str], who: str) -> None:
    if leftovers:
        pytest.fail(f"{who} left tasks running: {', '.join(leftovers)}", pytrace=False)


def _set_up(
    runner: asyncio.Runner,
    fixture: Coroutine[object, object, object] | AsyncGenerator[object, None],
    request: SubRequest,
) -> object:
    if isinstance(fixture, Coroutine):
        return runner.run(fixture)
    value = runner.run(_next(fixture))
    request.addfinalizer(partial(_tear_down, runner, fixture, str(request.fixturename)))
    return value


def _tear_down(runner: asyncio.Runner, fixture: AsyncGenerator[object, None], name: str) -> None:
    try:
        runner.run(_next(fixture))
    except StopAsyncIteration:
        return
    pytest.fail(f"The fixture {name!r} yielded more than once.", pytrace=False)


async def _next(fixture: AsyncGenerator[object, None]) -> object:
    return await anext(fixture)
