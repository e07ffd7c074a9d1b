"""Language models that fail by a script, and what comes out of the box that they are in.

Every question comes at 1.0 s; a first token takes 0.1 s and each further one 0.02 s.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import httpx
from pipecat.frames.frames import (
    Frame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    OutputTransportMessageUrgentFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext, LLMContextMessage
from pipecat.processors.frame_processor import FrameProcessor

from processors.failover import Candidate, Desk
from processors.llm.failover import FailoverLLM
from vantum.core.choice import Kind
from vantum.core.events import ProviderSwitched
from vantum.core.faults import Fault
from vantum.core.provider_board import ProviderBoard
from vantum.testing import Fails, Run, ScriptedLLM, run_processor
from vantum.testing.scripted_llm import Scripted

QUESTION: list[LLMContextMessage] = [{"role": "user", "content": "How are you?"}]
LONG = "I am very well today, thank you for asking me."  # more than forty characters, and a whole sentence
PART = "I can offer you a place on Tuesday or on"
CLOSED = (LLMFullResponseStartFrame, LLMFullResponseEndFrame)


def status(code: int, message: str = "", **headers: str) -> httpx.HTTPStatusError:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    response = httpx.Response(code, headers=given)
    request = httpx.Request("POST", "https://api.test")
    return httpx.HTTPStatusError(message or f"HTTP {code}", request=request, response=response)


CUT = ConnectionResetError("reset by peer")
TOO_LONG = status(400, "This model's maximum context length is 8192 tokens.")
HANG = Fails()


class Team:
    """The models one, two, three …, each with its answers, behind a ``FailoverLLM``."""

    def __init__(self, *answers: Sequence[Scripted], seconds: float = 4.0) -> None:
        names = ["one", "two", "three"][: len(answers)]
        self.board = ProviderBoard({Kind.LLM: names})
        self.models: dict[str, list[ScriptedLLM]] = {name: [] for name in names}
        self._left = {name: iter(given) for name, given in zip(names, answers, strict=True)}
        candidates = [Candidate(name, self._maker(name)) for name in names]
        self.box = FailoverLLM(Desk(Kind.LLM, candidates, self.board), seconds, chance=lambda: 0.5)

    def _maker(self, name: str) -> Callable[[], FrameProcessor]:
        def make() -> ScriptedLLM:
            self.models[name].append(ScriptedLLM(lambda _: next(self._left[name])))
            return self.models[name][-1]

        return make

    async def answer(self, *frames: Frame | tuple[float, Frame], settle: float = 9.0) -> Run:
        """One question at 1.0 s and what else comes, to the end of the answer."""
        return await run_processor(self.box, [(1.0, question()), *frames], settle=settle)

    def asked(self, name: str) -> list[list[LLMContextMessage]]:
        return [messages for model in self.models[name] for messages in model.asked]

    def faults(self) -> dict[str, Fault | None]:
        return {standing.name: standing.last_fault for standing in self.board.standings(0.0)}


def candidate(name: str, service: FrameProcessor) -> Candidate[FrameProcessor]:
    return Candidate(name, lambda: service)


def question(messages: list[LLMContextMessage] = QUESTION) -> LLMContextFrame:
    return LLMContextFrame(LLMContext(list(messages)))


def text(run: Run) -> str:
    return "".join(frame.text for frame in run.of(LLMTextFrame))


def at(seconds: float) -> float:
    """A time without the errors of sums."""
    return round(seconds, 6)


def switches(run: Run) -> list[tuple[float, str, str, str | None]]:
    return [
        (at(time), event.previous, event.provider, event.fault)
        for time, frame in run.down
        if isinstance(frame, OutputTransportMessageUrgentFrame)
        and isinstance(event := frame.message, ProviderSwitched)
    ]


def closed(run: Run) -> list[tuple[float, type[Frame]]]:
    """When responses began and ended."""
    return [(at(time), kind) for time, kind in run.kinds() if kind in CLOSED]
