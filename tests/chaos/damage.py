"""What a fault makes of a provider's units: what a real provider in trouble sends, as far as that is known."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import cycle

from tests.chaos.faults import STATUSES, Blow
from tests.chaos.units import Part, Unit, chunk, close_frame, message_frame, response
from vantum.core.choice import Kind

RETRY_AFTER_SECONDS = 1
PROBLEM = "planted trouble"
JUNK: tuple[str | bytes, ...] = ("{]", b"\x00\xff\xfe", '[1, "two"]', '{"type": "?"}', '{"type": "Results"}')
FOREIGN = "ffffffff-ffff-4fff-8fff-ffffffffffff"

Damage = Callable[[Unit], list[bytes]]


def damage(kind: Kind, blow: Blow) -> Damage:
    """What becomes of each message of a link; heads and goodbyes pass as they are."""
    match kind, blow:
        case Kind.LLM, Blow.GARBAGE:
            return lambda _: [chunk(b"data: {]\n\n")]
        case _, Blow.GARBAGE:
            junk = cycle(JUNK)
            return lambda _: [message_frame(next(junk))]
        case _, Blow.BAD_AUDIO:
            return _without_base64
        case _, Blow.FOREIGN:
            return _in_another_context
        case Kind.STT, Blow.DISORDER:
            return LateInterims()
        case Kind.LLM, Blow.DISORDER:
            return EarlyFinish()
        case _, Blow.DISORDER:
            return EarlyEnd()
        case _:
            return lambda unit: [unit.raw]


def _without_base64(unit: Unit) -> list[bytes]:
    message = json.loads(unit.body)
    if message["type"] != "chunk":
        return [unit.raw]
    return [message_frame(json.dumps(message | {"data": "!*?"}))]


def _in_another_context(unit: Unit) -> list[bytes]:
    message = json.loads(unit.body)
    if message["type"] != "timestamps":
        return [unit.raw]
    return [message_frame(json.dumps(message | {"context_id": FOREIGN}))]


class LateInterims:
    """A recogniser's interims come after their final."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def __call__(self, unit: Unit) -> list[bytes]:
        message = json.loads(unit.body)
        if message["type"] != "Results":
            return [unit.raw]
        if not message["is_final"]:
            self._held.append(unit.raw)
            return []
        held, self._held = self._held, []
        return [unit.raw, *held]


class EarlyFinish:
    """A model says that it has finished before its first word."""

    def __init__(self) -> None:
        self._finished: set[str] = set()

    def __call__(self, unit: Unit) -> list[bytes]:
        message = unit.body.removeprefix(b"data: ").strip()
        if message == b"[DONE]" or b'"role"' not in message:
            return [unit.raw]
        event = json.loads(message)
        event["choices"][0] |= {"delta": {}, "finish_reason": "stop"}
        return [unit.raw, chunk(f"data: {json.dumps(event)}\n\n".encode())]


class EarlyEnd:
    """A voice says that a piece is over before its audio comes."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    def __call__(self, unit: Unit) -> list[bytes]:
        message = json.loads(unit.body)
        context = message["context_id"]
        if message["type"] != "chunk" or context in self._told:
            return [unit.raw]
        self._told.add(context)
        about = {"context_id": context, "status_code": 206}
        flushed = about | {"type": "flush_done", "flush_done": True, "flush_id": 1, "done": False}
        done = about | {"type": "done", "done": True}
        return [message_frame(json.dumps(flushed)), message_frame(json.dumps(done)), unit.raw]


def refusal(blow: Blow) -> bytes:
    """The response to a request, or to a handshake."""
    status = STATUSES[blow]
    after = {"retry-after": str(RETRY_AFTER_SECONDS)} if blow is Blow.TOO_MANY_AFTER else {}
    return response(status, json.dumps({"error": {"message": PROBLEM, "type": "trouble"}}).encode(), after)


def last_message(kind: Kind, blow: Blow, contexts: list[str]) -> list[bytes]:
    """What a link that is up is told of a status, before it is closed; ``contexts`` are those of a voice."""
    status = STATUSES[blow]
    match kind:
        case Kind.LLM:
            error = {"error": {"message": PROBLEM, "type": "trouble", "code": status}}
            return [chunk(f"data: {json.dumps(error)}\n\n".encode()), chunk(b"")]
        case Kind.STT:
            told: list[dict[str, object]] = [
                {"type": "Error", "description": PROBLEM, "variant": str(status)}
            ]
        case _:
            problem = {"type": "error", "status_code": status, "done": True, "error": PROBLEM}
            told = [problem | {"context_id": context} for context in contexts] or [problem]
    code = 1008 if status < 500 else 1011
    return [*(message_frame(json.dumps(message)) for message in told), close_frame(code, PROBLEM)]


def is_damageable(unit: Unit) -> bool:
    """Only messages are."""
    return unit.part is Part.MESSAGE
