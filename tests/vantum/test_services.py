"""What all calls share is opened once and closed again."""

from __future__ import annotations

import os
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from processors.workers.pool import Health
from tests.live_server import KEYS
from vantum.services import open_services
from vantum.settings import load_settings


@pytest.mark.real_time
async def test_the_judge_of_turns_is_ready_before_the_first_call_and_gone_after_the_last(
    tmp_path: Path,
) -> None:
    settings = load_settings({}, None, {**KEYS, "VANTUM_DATA": str(tmp_path)})
    async with AsyncExitStack() as closing:
        judge = (await open_services(settings, closing)).judge
        assert judge is not None
        assert judge.health is Health.READY
        (pid,) = judge.pids
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.real_time
async def test_there_is_no_judge_if_the_settings_say_so(tmp_path: Path) -> None:
    given = {**KEYS, "VANTUM_DATA": str(tmp_path), "VANTUM_SMART_TURN": "false"}
    async with AsyncExitStack() as closing:
        assert (await open_services(load_settings({}, None, given), closing)).judge is None
