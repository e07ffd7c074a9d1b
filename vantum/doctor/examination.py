"""The whole examination: all that calls need, in the order in which it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from pathlib import Path
from typing import Final

import httpx

from vantum.doctor.answer import NETWORK_SECONDS
from vantum.doctor.finding import Finding
from vantum.doctor.machine import (
    api_key_findings,
    data_finding,
    embedded_findings,
    pipeline_finding,
    port_finding,
    settings_findings,
    silero_finding,
)
from vantum.doctor.providers import hearing, order_findings, speaking, thinking
from vantum.doctor.public_address import public_url
from vantum.doctor.telephone import phone_account
from vantum.settings import Settings, unknown_names

DEFAULT_PIPELINE: Final = Path("pipelines/outreach.py")


async def examine(settings: Settings, pipeline: str | None) -> list[Finding]:
    """Look at everything; ``pipeline`` is a path or a module, None for the outreach pipeline if it is there."""
    async with httpx.AsyncClient(timeout=NETWORK_SECONDS) as http:
        at_port, serving = await port_finding(settings)
        remote = await asyncio.gather(*remote_checks(settings, http, serving=serving))
    target = pipeline or (str(DEFAULT_PIPELINE) if DEFAULT_PIPELINE.exists() else None)
    return [
        *settings_findings(settings, unknown_names()),
        data_finding(settings.data),
        at_port,
        silero_finding(),
        *order_findings(settings),
        *embedded_findings(settings),
        # After the network: loading a pipeline holds the loop, and would be taken for a slow answer.
        *([await pipeline_finding(settings, target)] if target else []),
        *(finding for findings in remote for finding in findings),
        *api_key_findings(settings),
    ]


def remote_checks(
    settings: Settings, http: httpx.AsyncClient, *, serving: bool
) -> list[Awaitable[list[Finding]]]:
    """All that is asked of others, to be run together; each ends within a few times ``NETWORK_SECONDS``."""
    return [
        hearing(settings, http),
        thinking(settings, http),
        speaking(settings, http),
        phone_account(settings),
        public_url(settings, http, serving=serving),
    ]
