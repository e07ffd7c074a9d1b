"""A part that calls its whole without holding on to it."""

from __future__ import annotations

from processors.weakly import weakly, weakly_told


class Whole:
    """Is told things, and remembers them in a list of the test's."""

    def __init__(self, told: list[str]) -> None:
        self._told = told

    async def wait(self, words: str) -> None:
        self._told.append(words)

    def hear(self, words: str) -> None:
        self._told.append(words)


async def test_a_method_is_called_while_its_object_lives() -> None:
    told: list[str] = []
    whole = Whole(told)
    await weakly(whole.wait)("one")
    weakly_told(whole.hear)("two")
    assert told == ["one", "two"]


async def test_nothing_is_called_and_nothing_held_once_the_object_has_gone() -> None:
    told: list[str] = []
    whole = Whole(told)
    wait, hear = weakly(whole.wait), weakly_told(whole.hear)
    del whole
    await wait("one")
    hear("two")
    assert told == []


def test_a_function_stays_as_it_is() -> None:
    async def wait() -> None: ...

    def hear() -> None: ...

    assert weakly(wait) is wait
    assert weakly_told(hear) is hear
