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
)
from pipecat.processors.aggregators.llm_context import LLMContext, LLMContextMessage
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor


@dataclass(frozen=True, slots=True)
class Calls:
    """An answer that calls tools behind its ``text``: ``Calls("Let me see.", [("order_status", {"order": 42})])``."""

    text: str
    calls: Sequence[tuple[str, Mapping[str, object]]]


Answering = Callable[[list[LLMContextMessage]], str | Calls]
"""Makes an answer from the messages of the conversation."""

_TOKEN = re.compile(r"\s*\S+|\s+$")


class ScriptedLLM(FrameProcessor):
    """Streams the next answer for each context it is given, word by word.

    ``answers`` are given in order, or made by a function from the messages. The first token comes
    ``first_token`` seconds after the context, the others ``per_token`` seconds apart. An interruption stops
    the answer, as it stops a real service. Tool calls are announced behind the last token, as ``call_1`` and so
    on through the whole call. ``asked`` holds the messages of each context, as they were then.
    Asked more often than there are answers, it reports an error and answers nothing.
    """

    def __init__(
        self, answers: Iterable[str | Calls] | Answering, *, first_token: float = 0.1, per_token: float = 0.02
    ) -> None:
        super().__init__()
        self.asked: list[list[LLMContextMessage]] = []
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
                case text:
                    await self._stream(text)
        finally:
            # pipecat's services end the response even when they are interrupted.
            await self.push_frame(LLMFullResponseEndFrame())

    async def _stream(self, answer: str) -> None:
        wait = self._first_token
        for token in _TOKEN.findall(answer):
            await asyncio.sleep(wait)
            await self.push_frame(LLMTextFrame(token))
            wait = self._per_token

    async def _announce(self, calls: Sequence[tuple[str, Mapping[str, object]]], context: LLMContext) -> None:
        announced = [
            FunctionCallFromLLM(name, f"call_{next(self._call_numbers)}", dict(arguments), context)
            for name, arguments in calls
        ]
        await self.broadcast_frame(FunctionCallsStartedFrame, function_calls=announced)


def _in_turn(answers: Iterable[str | Calls]) -> Answering:
    left = iter(answers)

    def answer(messages: list[LLMContextMessage]) -> str | Calls:
        try:
            return next(left)
        except StopIteration:
            raise LookupError(f"The script has no answer left for {messages[-1:]}.") from None

    return answer
