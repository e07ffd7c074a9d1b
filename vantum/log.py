"""The log: one stream of lines, ours, the engine's and those of every library, with nothing secret in them."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Final, TextIO

from loguru import logger

from vantum.redaction import Redaction

if TYPE_CHECKING:
    from collections.abc import Callable

    from loguru import Record

FORM: Final = "{time:HH:mm:ss.SSS} {level: <7} {message} {extra}\n{exception}"
ENGINE: Final = "pipecat"
FAULT_FINDING: Final = ("TRACE", "DEBUG")
"""The levels at which the engine and the libraries tell all they have to tell."""


class MaskedStream:
    """Writes whole lines to ``stream``, each with its fields and its traceback, without what no log may hold."""

    def __init__(self, stream: TextIO, redaction: Redaction) -> None:
        self._stream = stream
        self._redaction = redaction

    def write(self, text: str) -> None:
        """Write what was logged."""
        self._stream.write(self._redaction.text(text))

    def flush(self) -> None:
        """Write what waits."""
        self._stream.flush()


class _Forward(logging.Handler):
    """Hands what libraries log to our log, under their own names; ``tell`` is what may be told of their words."""

    def __init__(self, tell: Callable[[str], str]) -> None:
        super().__init__()
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        def named(target: Record) -> None:
            target["name"] = record.name

        message = self._tell(_words(record))
        level: str | int = record.levelname if record.levelname in _LEVELS else record.levelno
        logger.patch(named).opt(exception=record.exc_info).log(level, message)


def _words(record: logging.LogRecord) -> str:
    """What was logged; a library's mistake in its own arguments raises nothing."""
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        return str(record.msg)


_LEVELS: Final = frozenset({"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"})


def set_up_log(
    level: str, redaction: Redaction, stream: TextIO | None = None, worker: int | None = None
) -> None:
    """Log to ``stream`` (stderr). What is not ours is of use to those who look for a fault: from DEBUG on.

    Each line says which ``worker`` of several it is from.

    The level stands twice: a filter alone would have the logger make a record of every frame first.
    """
    finding = level in FAULT_FINDING
    others = level if finding else max(level, "WARNING", key=lambda name: logger.level(name).no)
    logger.remove()
    logger.configure(extra={} if worker is None else {"worker": worker})
    logger.add(
        MaskedStream(stream or sys.stderr, redaction),
        level=level,
        filter={"": level, ENGINE: others},
        format=_told if finding else _told_in_short,
        backtrace=False,
        diagnose=False,
    )
    forget_libraries()
    root = logging.getLogger()
    root.addHandler(_Forward(str if finding else first_words))
    root.setLevel(logger.level(others).no)


def first_words(message: str) -> str:
    """What happened, without what follows a colon: that may be a provider's answer, with the caller's words in it."""
    return message.partition(": ")[0].partition("\n")[0]


def _told(_: Record) -> str:
    return FORM


def _told_in_short(record: Record) -> str:
    if (record["name"] or "").startswith(ENGINE):
        record["message"] = first_words(record["message"])
    return FORM


def forget_libraries() -> None:
    """What libraries log is no longer ours to tell."""
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, _Forward)]:
        root.removeHandler(handler)
    root.setLevel(logging.WARNING)
