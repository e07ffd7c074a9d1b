"""The log: who is heard at which level, and that nothing passes what takes secrets out."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Iterator

import pytest
from loguru import logger

from vantum.log import forget_libraries, set_up_log
from vantum.redaction import Redaction

KEY = "sk-a-planted-key"
NUMBER = "+14155550123"
LIBRARIES = ("websockets.client", "httpx", "openai", "deepgram", "uvicorn.error", "asyncio")


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    """The log of the tests is as it was."""
    yield
    forget_libraries()
    logger.remove()
    logger.add(sys.stderr, level="WARNING")


def told_at(level: str) -> io.StringIO:
    stream = io.StringIO()
    # The test runner's own handlers raise what a library does wrong.
    logging.getLogger().handlers.clear()
    set_up_log(level, Redaction([KEY]), stream)
    return stream


def fail(words: str) -> None:
    raise ValueError(words)


def test_messages_fields_and_tracebacks_are_looked_through() -> None:
    stream = told_at("DEBUG")
    try:
        fail(f"no such key: {KEY}")
    except ValueError:
        logger.exception(f"It failed with {KEY}.", number=NUMBER, nested={"key": [KEY]})
    told = stream.getvalue()
    assert (
        "ERROR   It failed with (secret). {'number': '(number ..23)', 'nested': {'key': ['(secret)']}}"
        in told
    )
    assert "ValueError: no such key: (secret)" in told
    assert KEY not in told


@pytest.mark.parametrize("name", LIBRARIES)
@pytest.mark.parametrize(
    ("level", "heard"),
    [
        ("TRACE", ["debug", "info", "warning"]),
        ("DEBUG", ["debug", "info", "warning"]),
        ("INFO", ["warning"]),
        ("WARNING", ["warning"]),
        ("ERROR", []),
    ],
)
def test_libraries_are_looked_through_too(name: str, level: str, heard: list[str]) -> None:
    stream = told_at(level)
    library = logging.getLogger(name)
    for kind in ("debug", "info", "warning"):
        getattr(library, kind)("%s > Authorization: Token %s, of %s", kind, KEY, NUMBER)
    lines = stream.getvalue().splitlines()
    assert [line.split()[2] for line in lines] == heard
    told = ": (secret), of (number ..23)" if level in ("TRACE", "DEBUG") else ""
    assert all(line.endswith(f" > Authorization{told} {{}}") for line in lines)


def test_an_error_of_a_library_tells_where_it_was() -> None:
    stream = told_at("INFO")
    try:
        fail(KEY)
    except ValueError:
        logging.getLogger("websockets.server").exception("opening handshake failed")
    assert "opening handshake failed" in stream.getvalue()
    assert "ValueError: (secret)" in stream.getvalue()


def test_a_librarys_own_mistake_is_told_and_raises_nothing() -> None:
    stream = told_at("INFO")
    logging.getLogger("httpx").warning("%d of them", "many")
    logging.getLogger("httpx").log(35, "at a level of its own")
    assert [line.split(maxsplit=1)[1] for line in stream.getvalue().splitlines()] == [
        "WARNING %d of them {}",
        "Level 35 at a level of its own {}",
    ]


def test_to_set_it_up_again_doubles_nothing() -> None:
    told_at("INFO")
    stream = told_at("INFO")
    logging.getLogger("httpx").warning("once")
    assert len(stream.getvalue().splitlines()) == 1


def test_braces_in_a_librarys_words_are_words() -> None:
    stream = told_at("INFO")
    logging.getLogger("httpx").warning("{call} {0} {}")
    assert "{call} {0} {}" in stream.getvalue()


@pytest.mark.parametrize(("level", "whole"), [("DEBUG", True), ("INFO", False)])
def test_what_a_provider_answered_is_told_to_those_who_look_for_a_fault(level: str, whole: bool) -> None:
    stream = told_at(level)
    engine = logger.patch(lambda record: record.update({"name": "pipecat.services.openai"}))
    engine.error("LLM#0 exception (base.py:7): Error: the caller said swordfish")
    logging.getLogger("openai").error("It answered: swordfish")
    logging.getLogger("asyncio").error("Task failed\nfuture swordfish")
    logger.warning("Ours: as it is.")
    told = stream.getvalue()
    assert told.count("swordfish") == (3 if whole else 0)
    assert "LLM#0 exception (base.py:7)" in told
    assert "Ours: as it is." in told


def test_each_line_of_a_worker_says_whose_it_is() -> None:
    stream = io.StringIO()
    set_up_log("INFO", Redaction([KEY]), stream, worker=3)
    logger.info("Here.", call="one")
    logging.getLogger("httpx").warning("There.")
    assert [line.split(maxsplit=2)[2] for line in stream.getvalue().splitlines()] == [
        "Here. {'worker': 3, 'call': 'one'}",
        "There. {'worker': 3}",
    ]
    alone = told_at("INFO")
    logger.info("Alone.")
    assert alone.getvalue().endswith("Alone. {}\n")
