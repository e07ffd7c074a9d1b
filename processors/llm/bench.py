"""The language models of a call: each is set up when it is first needed, and stays for the next question."""

from __future__ import annotations

import asyncio
from weakref import proxy

from pipecat.frames.frames import StartFrame
from pipecat.processors.frame_processor import FrameProcessor, FrameProcessorSetup
from pipecat.services.settings import LLMSettings

from processors.failover import Candidate
from processors.faults import provider_error
from processors.llm.at_work import LLMAtWork
from vantum.core.choice import Kind


class LLMBench:
    """Whom ``owner`` may ask. Every model knows the ``settings`` that any was told."""

    def __init__(self, owner: FrameProcessor) -> None:
        self._owner = proxy(owner)
        self._setup: FrameProcessorSetup | None = None
        self._start: StartFrame | None = None
        self._settings = LLMSettings()
        self._models: dict[str, LLMAtWork] = {}
        self._leaving: set[asyncio.Task[None]] = set()

    def open(self, setup: FrameProcessorSetup, frame: StartFrame) -> None:
        """The call begins: from here on models can be asked."""
        self._setup, self._start = setup, frame

    async def tell(self, settings: LLMSettings) -> None:
        """Change what all models are told, those that are not at work yet among them."""
        self._settings.apply_update(settings)
        for model in self._models.values():
            await model.tell(settings)

    async def model(self, candidate: Candidate[FrameProcessor]) -> LLMAtWork:
        """The candidate's model, which can be asked. Raises ``ProviderError`` if it cannot be made."""
        model = self._models.get(candidate.name)
        if model is not None and await model.ready():
            return model
        if model is not None:
            self._let_go(self._models.pop(candidate.name))
        return await self._begin(candidate)

    async def close(self) -> None:
        """Let all models go."""
        models, self._models = list(self._models.values()), {}
        await asyncio.gather(*(model.close() for model in models), *self._leaving)

    async def _begin(self, candidate: Candidate[FrameProcessor]) -> LLMAtWork:
        if self._setup is None or self._start is None:
            raise RuntimeError("A language model is asked before the call has begun.")
        try:
            service = candidate.make()
        except Exception as error:
            # Whatever a provider's SDK raises.
            raise provider_error(Kind.LLM, candidate.name, error) from error
        model = self._models[candidate.name] = LLMAtWork(self._owner, candidate.name, service)
        model.start(self._setup, self._start)
        if self._settings.given_fields():
            await model.tell(self._settings.copy())
        return model

    def _let_go(self, model: LLMAtWork) -> None:
        """In a task of its own: one that does not stop keeps nobody waiting."""
        task: asyncio.Task[None] = self._owner.create_task(model.close(), "leaving")
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)
