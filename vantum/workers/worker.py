"""One worker of several: all that a server of one process is, but for the listening."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from loguru import logger
from pydantic import SecretStr

from vantum.exposure import warnings_of
from vantum.listening import url_of
from vantum.loader import Pipeline
from vantum.role import Role
from vantum.serving import open_works, settled
from vantum.settings import Settings
from vantum.workers.badge import Badge
from vantum.workers.channel import Lines, Taking
from vantum.workers.handed import HandedListener
from vantum.workers.member import Member
from vantum.workers.messages import Secret
from vantum.workers.one_request import OneRequest


def shared(settings: Settings, workers: int) -> Settings:
    """The part of a worker in what a server of several may do at all; rounded up, so that each may do something."""
    return settings.model_copy(
        update={
            "max_calls": -(-settings.max_calls // workers),
            "max_queued_calls": -(-settings.max_queued_calls // workers),
            "calls_per_second": settings.calls_per_second / workers,
        }
    )


async def work(pipeline: Pipeline, settings: Settings, badge: Badge) -> int:
    """Serve what the front hands over until it, or a signal, says that this is over."""
    ends = badge.ends()
    async with AsyncExitStack() as closing:
        lines, taking = await Lines.over(ends.lines), Taking(ends.connections)
        closing.callback(lines.close)
        closing.callback(taking.close)
        settings = shared(await _told(lines, settings), badge.workers)
        member = Member(badge, lines)
        url = url_of(settings.host, settings.port)
        role = Role(badge.stamp, inherits=False, tidies=badge.slot == 0, whole=member, url=url)
        works = await open_works(pipeline, settings, closing, role)
        works.services.writer.elsewhere = member.elsewhere
        listener = HandedListener(OneRequest(works.app), works.calls, settings, taking)
        listener.on_leaving = member.leaving
        if badge.slot == 0:
            for warning in warnings_of(settings):
                logger.warning(warning)
        tasks = [
            asyncio.create_task(member.obey(listener, works.phone), name="front"),
            asyncio.create_task(member.report(works.calls), name="report"),
        ]
        try:
            with settled(works.calls, settings.memory_reserve_mb):
                await listener.serve_handed(lambda: member.ready(works.chain))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    return 0


async def _told(lines: Lines, settings: Settings) -> Settings:
    """The settings with what the front tells first."""
    async for message in lines.told():
        if isinstance(message, Secret) and message.token:
            return settings.model_copy(update={"token_secret": SecretStr(message.token)})
        break
    return settings
