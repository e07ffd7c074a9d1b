"""The analyst that asks a language model of OpenAI, or of any server that speaks its structured outputs.

Each answer is checked against the transcript. What is not proved is told to the model once; what is still not proved
then is unknown. A request that fails is not repeated here: who runs analyses knows better when to come again.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, NoReturn

from openai import AsyncOpenAI, OpenAIError
from openai.types.chat import ChatCompletion, ChatCompletionMessageParam
from openai.types.shared_params import ResponseFormatJSONSchema

from processors.faults import provider_error
from vantum.analysis.schema_values import misfit
from vantum.core.analysis.answer import form
from vantum.core.analysis.brief import Brief
from vantum.core.analysis.check import Checked, check, silence
from vantum.core.analysis.prompt import again, document, instructions, window
from vantum.core.analysis.schema import Group, read_schema
from vantum.core.analysis.turn import Turn
from vantum.core.analysis.verdict import Analysis, Usage
from vantum.core.errors import ProviderError
from vantum.core.faults import Fault

DEADLINE_SECONDS: Final = 90.0
"""For both requests of one analysis together."""
ANSWER_TOKENS: Final = 6_000
LONGEST_ANSWER: Final = 60_000
"""Characters of an answer that are read, and given back to the model when it is asked again."""
PROVIDER: Final = "openai"
_NO_JSON: Final = "the answer: it is not one JSON object of the form that was asked for"


@dataclass(frozen=True, slots=True)
class _Answered:
    """An answer, what is left of it after the check (None when it was no JSON), and its price."""

    text: str
    checked: Checked | None
    usage: Usage


class OpenAIAnalyst:
    """Asks ``model`` through ``client``, which is shared and does not retry (``openai_client``)."""

    def __init__(self, client: AsyncOpenAI, model: str, deadline_seconds: float = DEADLINE_SECONDS) -> None:
        self._client = client
        self._model = model
        self._deadline = deadline_seconds

    async def analyze(self, turns: Sequence[Turn], schema: object, brief: Brief) -> Analysis:
        """What ``turns`` prove. Raises ``UsageError`` for the schema and ``ProviderError`` for the model."""
        fields = read_schema(schema)
        silent = silence(turns, self._model)
        if silent is not None:
            return silent
        try:
            async with asyncio.timeout(self._deadline):
                analysis = await self._analyze(turns, fields, brief)
        except TimeoutError as error:
            raise ProviderError("llm", PROVIDER, f"no analysis within {self._deadline:g} s") from error
        left_out = window(turns).left_out
        share = 1 - left_out / len(turns)
        return replace(analysis, left_out=left_out, confidence=round(analysis.confidence * share, 3))

    async def _analyze(self, turns: Sequence[Turn], fields: Group, brief: Brief) -> Analysis:
        messages: list[ChatCompletionMessageParam] = [
            {"role": "system", "content": instructions(brief)},
            {"role": "user", "content": document(turns, brief)},
        ]
        first = await self._ask(messages, turns, fields)
        findings = (_NO_JSON,) if first.checked is None else first.checked.findings
        if not findings:
            return _settled(first)
        messages += [
            {"role": "assistant", "content": first.text},
            {"role": "user", "content": again(findings)},
        ]
        try:
            second = await self._ask(messages, turns, fields)
        except ProviderError:
            # What the first answer proved is proved.
            if first.checked is None:
                raise
            return _settled(first)
        return _settled(first, second)

    async def _ask(
        self, messages: list[ChatCompletionMessageParam], turns: Sequence[Turn], fields: Group
    ) -> _Answered:
        asked_for: ResponseFormatJSONSchema = {
            "type": "json_schema",
            "json_schema": {"name": "analysis", "strict": True, "schema": form(fields)},
        }
        try:
            completion = await self._client.chat.completions.create(
                model=self._model,
                messages=messages,
                response_format=asked_for,
                temperature=0,
                max_tokens=ANSWER_TOKENS,
            )
        except OpenAIError as error:
            raise provider_error("llm", PROVIDER, error) from error
        text = _text_of(completion)
        parsed = _parsed(text)
        if parsed is None:
            return _Answered(text, None, _usage_of(completion))
        # In a thread: a call of two hours takes a quarter of a second to check, and other calls are live.
        checked = await asyncio.to_thread(check, parsed, turns, fields, misfit, self._model)
        return _Answered(text, checked, _usage_of(completion))


def _settled(*answers: _Answered) -> Analysis:
    """The better one of the answers, at the price of all; raises ``ProviderError`` when none was JSON."""
    usage = sum((answer.usage for answer in answers), Usage())
    checks = [answer.checked for answer in answers if answer.checked is not None]
    if not checks:
        raise ProviderError(
            "llm", PROVIDER, "invalid answer: no JSON object of the form asked for", Fault.FATAL
        )
    # Of two with as many proved values the later one: it knew what was wrong with the other.
    best = max(reversed(checks), key=lambda checked: len(checked.analysis.evidence) - len(checked.findings))
    return replace(best.analysis, usage=usage)


def _text_of(completion: ChatCompletion) -> str:
    """The answer's text; a refusal and an answer that broke off are errors of this very request."""
    if not completion.choices:
        _fail("invalid answer: it has no choices")
    choice = completion.choices[0]
    if choice.message.refusal:
        _fail(f"refused: {choice.message.refusal[:200]}")
    if choice.finish_reason == "content_filter":
        _fail("refused: the provider's content filter")
    if choice.finish_reason == "length":
        _fail(f"invalid answer: longer than {ANSWER_TOKENS} tokens")
    return (choice.message.content or "")[:LONGEST_ANSWER]


def _fail(problem: str) -> NoReturn:
    raise ProviderError("llm", PROVIDER, problem, Fault.FATAL)


def _parsed(text: str) -> dict[str, object] | None:
    try:
        answer: object = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number of JSON.")


def _usage_of(completion: ChatCompletion) -> Usage:
    told = completion.usage
    return Usage(told.prompt_tokens if told else 0, told.completion_tokens if told else 0, requests=1)
