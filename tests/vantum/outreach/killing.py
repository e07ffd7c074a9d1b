"""Runs `killed.py` and sees it die."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from sqlalchemy import URL

ROOT = Path(__file__).parents[3]
SECONDS = 60.0


async def killed(url: URL, point: str, what: str, owner: str, data: Path) -> None:
    """Import the file ``what`` (``owner`` is organisation/campaign), erase the number ``what``, or
    forget what is older than so many days, until ``point``."""
    address = url.render_as_string(hide_password=False)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.vantum.outreach.killed", address, point, what, owner, str(data)),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(SECONDS):
            _, errors = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == -signal.SIGKILL, errors.decode()
