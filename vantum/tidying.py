"""Has old records removed while the server runs: once an hour, in a thread, and never those of calls under way."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Final

from loguru import logger

from vantum.phone.phone import Phone
from vantum.retention import Keep, Removed, Sweep
from vantum.settings import Settings

EVERY_SECONDS: Final = 3_600.0
CLOSE_SECONDS: Final = 5.0
"""How long the round under way may take to stop."""


@asynccontextmanager
async def tidying(
    settings: Settings, is_open: Callable[[str], bool], phone: Phone | None
) -> AsyncIterator[None]:
    """While the block lasts, old records are removed, if the settings say when."""
    keep = Keep(settings.keep_days, settings.keep_days_audio)
    if not keep.anything_removed:
        yield
        return
    stopping = threading.Event()
    task = asyncio.create_task(_tidy(settings, keep, is_open, phone, stopping), name="retention")
    try:
        yield
    finally:
        stopping.set()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _tidy(
    settings: Settings,
    keep: Keep,
    is_open: Callable[[str], bool],
    phone: Phone | None,
    stopping: threading.Event,
) -> None:
    while True:
        # Asked here, on the loop that changes it.
        known = frozenset(phone.book.known()) if phone is not None else frozenset[str]()
        sweep = Sweep(
            settings.data,
            keep,
            datetime.now(UTC),
            is_live=lambda call_id, known=known: call_id in known or is_open(call_id),  # type: ignore[misc]
            stopped=stopping.is_set,
        )
        await _to_its_end(sweep)
        await asyncio.sleep(EVERY_SECONDS)


async def _to_its_end(sweep: Sweep) -> None:
    """One round. When the server shuts down, the thread is waited for: it stops at the next call."""
    round_ = asyncio.get_running_loop().run_in_executor(None, _swept, sweep)
    try:
        tell(await asyncio.shield(round_))
    except asyncio.CancelledError:
        await asyncio.wait((round_,), timeout=CLOSE_SECONDS)
        raise


def _swept(sweep: Sweep) -> Removed:
    try:
        return sweep.run()
    except OSError as error:
        logger.error("Old records cannot be removed.", reason=error.strerror)
        return sweep.removed


def tell(removed: Removed) -> None:
    """Log what was removed, if anything was."""
    counts = {name: count for name, count in asdict(removed).items() if not name.startswith("_")}
    if removed.failed:
        logger.warning("Some old records could not be removed.", **counts)
    elif any(counts.values()):
        logger.info("Old records were removed.", **counts)
