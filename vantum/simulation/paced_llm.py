"""The language model of a scenario: its answers take the time that the scenario says, whatever their length."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from typing import Final

from pipecat.frames.frames import (
    Frame,
    InterruptionFrame,
    LLMTextFrame,
    OutputTransportMessageUrgentFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContextMessage, LLMSpecificMessage
from pipecat.processors.frame_processor import FrameDirection

from vantum.core.events import DraftStarted, Release
from vantum.core.turn_words import folded
from vantum.simulation.scenario import Answer, Timing, Trouble
from vantum.testing.scripted_llm import Calls, ScriptedLLM

TOKEN: Final = re.compile(r"\s*\S+")


class PacedLLM(ScriptedLLM):
    """Gives the scenario's answers: the first token after ``llm_first_token`` seconds, all after ``llm_total``.

    An answer that was drafted and dropped has been given to nobody: the next request gets it.
    """

    def __init__(self, answers: Iterable[Answer], timing: Timing) -> None:
        super().__init__(self._choose)
        self._in_turn = [answer for answer in answers if not answer.to]
        self._fitting = [answer for answer in answers if answer.to]
        self._timing = timing
        self._trouble = Trouble.NOTHING
        self._drafting = False
        self._drafted: list[Answer] = []

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """See whether what is asked next is a draft, and what becomes of it."""
        match frame:
            case OutputTransportMessageUrgentFrame(message=DraftStarted()):
                self._drafting = True
            case OutputTransportMessageUrgentFrame(message=Release()):
                self._drafting = False
                self._drafted.clear()
            case InterruptionFrame():
                self._drafting = False
                self._in_turn[:0] = self._drafted
                self._drafted.clear()
            case _:
                pass
        await super().process_frame(frame, direction)

    def _choose(self, messages: list[LLMContextMessage]) -> str | Calls:
        last = folded(_words(messages[-1])) if messages else ""
        fitting = [answer for answer in self._fitting if folded(answer.to) in last]
        if not fitting and not self._in_turn:
            raise LookupError("The scenario has no answer left.")
        answer = fitting[0] if fitting else self._in_turn.pop(0)
        if self._drafting and not fitting:
            self._drafted.append(answer)
        self._trouble = answer.trouble
        if not answer.calls:
            return answer.text
        return Calls(answer.text, [(call.name, call.arguments) for call in answer.calls])

    async def _stream(self, answer: str) -> None:
        loop = asyncio.get_running_loop()
        zero = loop.time()
        tokens = TOKEN.findall(answer)
        first, total = self._timing.llm_first_token, self._timing.llm_total
        apart = (total - first) / max(1, len(tokens) - 1)
        for number, token in enumerate(tokens):
            await asyncio.sleep(zero + first + number * apart - loop.time())
            await self.push_frame(LLMTextFrame(token))
        match self._trouble:
            case Trouble.NEVER:
                # Until it is interrupted, or the call is over.
                await asyncio.Event().wait()
            case Trouble.ERROR:
                await self.push_error("The language model of the scenario failed.")
            case _:
                await asyncio.sleep(max(0.0, zero + total - loop.time()))


def _words(message: LLMContextMessage) -> str:
    return "" if isinstance(message, LLMSpecificMessage) else str(message.get("content", ""))
