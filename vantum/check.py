"""Builds a pipeline once, without a call, so that its faults are found before the first caller does."""

from __future__ import annotations

from contextlib import AsyncExitStack

from vantum.core.call_facts import CallFacts
from vantum.core.provider_order import in_words
from vantum.factory import built
from vantum.loader import Pipeline
from vantum.parts import Call
from vantum.services import Services, open_services
from vantum.settings import Settings

CHECK_ID = "00000000-0000-7000-8000-000000000000"


def chain_of(pipeline: Pipeline, services: Services) -> str:
    """The processors of one call on one line; raises PipelineError when the pipeline cannot be built."""
    call = Call(CallFacts(CHECK_ID, "browser", services.language_with()), services, record=False)
    names = [type(processor).__name__ for processor in built(pipeline, call)]
    return " → ".join(("transport input", *names, "transport output"))


async def check(pipeline: Pipeline, settings: Settings) -> int:
    """Open what calls need, build one call's processors, and print them and who does each job."""
    async with AsyncExitStack() as closing:
        services = await open_services(settings, closing)
        lines = [chain_of(pipeline, services)]
        lines += [f"{kind.upper()}: {in_words(services.names_of(kind))}" for kind in services.choices]
        print("\n".join(lines))  # noqa: T201 - the command's answer
    return 0
