"""Who analyses calls, by the settings: the language model, and the embedded rules where they are installed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import FunctionType

from loguru import logger
from openai import AsyncOpenAI

from processors.llm.openai_llm import openai_client
from vantum.analysis.analyst import Analyst
from vantum.analysis.embedded_analyst import EmbeddedAnalyst
from vantum.analysis.openai_analyst import DEADLINE_SECONDS, OpenAIAnalyst
from vantum.core.choice import Kind
from vantum.core.dialogue_script import Script
from vantum.core.errors import SettingsError
from vantum.core.provider_specs import SPECS
from vantum.loader import Pipeline
from vantum.outreach.analysis_work import Staff
from vantum.settings import Settings

OPENAI = "openai"


def staff_of(settings: Settings, client: AsyncOpenAI | None, pipeline: Pipeline | None = None) -> Staff:
    """Who there is; ``client`` speaks to OpenAI, or to a server like it, if that is one of those who answer calls.

    The embedded rules know the script of ``pipeline``, if its file has one.
    """
    embedded = _embedded()
    script = None if pipeline is None or embedded is None else script_of(pipeline)
    scripted = {} if script is None or pipeline is None else {pipeline.name: EmbeddedAnalyst(script)}
    return Staff(None if client is None else _model(settings, client), embedded, scripted)


def script_of(pipeline: Pipeline) -> Script | None:
    """The dialogue that the embedded language model follows in a pipeline: the first one that its file holds."""
    build = pipeline.build
    found = build.__globals__.values() if isinstance(build, FunctionType) else ()
    return next((value for value in found if isinstance(value, Script)), None)


@asynccontextmanager
async def open_staff(settings: Settings) -> AsyncIterator[Staff]:
    """The same for a process that has no calls, with a client of its own."""
    names = [choice.provider for choice in settings.choices()[Kind.LLM]]
    if OPENAI not in names:
        yield staff_of(settings, None)
        return
    key = settings.openai_api_key
    client = openai_client(key.get_secret_value() if key else None, settings.openai_base_url)
    try:
        yield staff_of(settings, client)
    finally:
        await client.close()


def _model(settings: Settings, client: AsyncOpenAI) -> Analyst:
    # Its own patience: a call's is shorter than a whole analysis takes, which comes in one piece.
    client = client.with_options(timeout=DEADLINE_SECONDS)
    return OpenAIAnalyst(client, settings.values_of(SPECS[OPENAI])["LLM_MODEL"])


def _embedded() -> Analyst | None:
    try:
        return EmbeddedAnalyst()
    except SettingsError as error:
        logger.warning("Calls are not analysed without a language model.", reason=str(error))
        return None
