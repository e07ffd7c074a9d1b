"""A language model that answers by a script, and remembers what it was asked."""

from __future__ import annotations

import asyncio
import copy
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from pipecat.frames.frames import (
    Frame,
    FunctionCallFromLLM,
    FunctionCallsStartedFrame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    LLMUpdateSettingsFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext, LLMContextMessage
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.settings import LLMSettings

from processors.llm.call_under_way import CallUnderWay


@dataclass(frozen=True, slots=True)
class Calls:
    """An answer that calls tools behind its ``text``: ``Calls("Let me see.", [("order_status", {"order": 42})])``."""

    text: str
    calls: Sequence[tuple[str, Mapping[str, object]]]


@dataclass(frozen=True, slots=True)
class Fails:
    """An answer that breaks off behind its ``text``: with an ``error``, or else in silence until it is stopped.

    ``calling`` says that the model was writing the call of a tool; a ``stubborn`` one does not stop when told to.
    """

    error: Exception | None = None
    text: str = ""
    calling: bool = False
    stubborn: bool = False


Scripted = str | Calls | Fails
Answering = Callable[[list[LLMContextMessage]], Scripted]
"""Makes an answer from the messages of the conversation."""

NEVER_SECONDS = 3600.0
STUBBORN_SECONDS = 1.0
_TOKEN = re.compile(r"\s*\S+|\s+$")


class ScriptedLLM(FrameProcessor):
    """Streams the next answer for each context it is given, word by word.

    ``answers`` are given in order, or made by a function from the messages. The first token comes
    ``first_token`` seconds after the context, the others ``per_token`` seconds apart. An interruption stops
    the answer, as it stops a real service. Tool calls are announced behind the last token, as ``call_1`` and so
    on through the whole call. ``asked`` holds the messages of each context, as they were then, and ``prompts`` the
    system prompts that it was told. ``stopped`` counts the answers that did not come to their end.
    Asked more often than there are answers, it reports an error and answers nothing.
    """

    def __init__(
        self, answers: Iterable[Scripted] | Answering, *, first_token: float = 0.1, per_token: float = 0.02
    ) -> None:
        super().__init__()
        self.asked: list[list[LLMContextMessage]] = []
        self.prompts: list[object] = []
        self.stopped = 0
        self._answer = answers if callable(answers) else _in_turn(answers)
        self._first_token = first_token
        self._per_token = per_token
        self._call_numbers = count(1)

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Answer a context; pass everything else on."""
        await super().process_frame(frame, direction)
        match frame:
            case LLMContextFrame():
                await self._respond(frame.context)
            case LLMUpdateSettingsFrame(delta=LLMSettings() as settings):
                self.prompts.append(settings.system_instruction)
                await self.push_frame(frame, direction)
            case _:
                await self.push_frame(frame, direction)

    async def _respond(self, context: LLMContext) -> None:
        messages = copy.deepcopy(context.get_messages())
        self.asked.append(messages)
        await self.push_frame(LLMFullResponseStartFrame())
        try:
            match self._answer(messages):
                case Calls(text, calls):
                    await self._stream(text)
                    # Where there is no text, the calls are what comes first.
                    await asyncio.sleep(0 if text else self._first_token)
                    await self._announce(calls, context)
                case Fails() as fails:
                    await self._fail(fails)
                case text:
                    await self._stream(text)
        except asyncio.CancelledError:
            self.stopped += 1
            raise
        finally:
            # pipecat's services end the response even when they are interrupted.
            await self.push_frame(LLMFullResponseEndFrame())

    async def _stream(self, answer: str) -> None:
        wait = self._first_token
        for token in _TOKEN.findall(answer):
            await asyncio.sleep(wait)
            await self.push_frame(LLMTextFrame(token))
            wait = self._per_token

    async def _fail(self, fails: Fails) -> None:
        await self._stream(fails.text)
        if fails.calling:
            await asyncio.sleep(self._per_token if fails.text else self._first_token)
            await self.push_frame(CallUnderWay())
        if fails.error is not None:
            await asyncio.sleep(self._per_token if fails.text else self._first_token)
            await self.push_error("The answer failed.", fails.error)
            return
        try:
            await asyncio.sleep(NEVER_SECONDS)
        except asyncio.CancelledError:
            if fails.stubborn:
                await asyncio.sleep(STUBBORN_SECONDS)
            raise

    async def _announce(self, calls: Sequence[tuple[str, Mapping[str, object]]], context: LLMContext) -> None:
        announced = [
            FunctionCallFromLLM(name, f"call_{next(self._call_numbers)}", dict(arguments), context)
            for name, arguments in calls
        ]
        await self.broadcast_frame(FunctionCallsStartedFrame, function_calls=announced)


def _in_turn(answers: Iterable[Scripted]) -> Answering:
    left = iter(answers)

    def answer(messages: list[LLMContextMessage]) -> Scripted:
        try:
            return next(left)
        except StopIteration:
            raise LookupError(f"The script has no answer left for {messages[-1:]}.") from None

    return answer
