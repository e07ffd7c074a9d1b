"""Which trouble befalls a provider: drawn from a seed, for a share of all links, utterances, pieces and requests."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from enum import StrEnum
from http import HTTPStatus

from websockets.asyncio.server import ServerConnection
from websockets.http11 import Request, Response

from tests.wire.cartesia_speech import Drop, Fail, Fault, Garbage, Mute, Stall
from tests.wire.openai_breaks import Break
from tests.wire.openai_server import Answer

MOST_PIECES = 500
"""No link speaks more of them."""
RETRY_AFTER_SECONDS = 0.5
LATE_SECONDS = 8.0
"""A first token so late is none in time."""
ANSWERS = (
    "That is good to hear. What would you like to know about it?",
    "Of course. It costs nine euros a month, and you can leave whenever you like. Shall I send you an offer?",
    "I see.",
    "Let me tell you how it works. You call us, we listen, and then we do what you asked for. It is that simple.",
)


class LinkTrouble(StrEnum):
    """What befalls a link that is being opened."""

    REFUSED = "refused"
    STALL = "stall"
    FAILS = "500"
    TOO_MANY = "429"


class HearingTrouble(StrEnum):
    """What befalls a link of the recogniser when somebody begins to speak."""

    DROP = "drop"
    STALL = "stall"
    GARBAGE = "garbage"


class Trouble:
    """A share of ``rate`` (0..1) of everything goes wrong, the same for the same seed and order."""

    def __init__(self, rate: float, seed: int | str) -> None:
        self.rate = rate
        self._chance = random.Random(seed)

    def strikes(self) -> bool:
        """Whether this goes wrong."""
        return self._chance.random() < self.rate

    def of_link(self) -> LinkTrouble | None:
        """What befalls a link that is being opened."""
        return self._chance.choice(list(LinkTrouble)) if self.strikes() else None

    def of_utterance(self) -> HearingTrouble | None:
        """What befalls the link on which somebody begins to speak."""
        return self._chance.choice(list(HearingTrouble)) if self.strikes() else None

    def of_pieces(self) -> dict[int, Fault]:
        """What befalls the pieces of a link of the voice, by their number from 1."""
        return {number: self._piece() for number in range(1, MOST_PIECES) if self.strikes()}

    def answers(self) -> Iterator[Answer]:
        """What requests to the language model get, one after the other, without an end."""
        while True:
            text = self._chance.choice(ANSWERS)
            yield self._bad_answer(text) if self.strikes() else _good_answer(text)

    def _piece(self) -> Fault:
        seconds = self._chance.choice((0.0, 0.5))
        faults: tuple[Callable[[], Fault], ...] = (
            lambda: Drop(seconds),
            lambda: Drop(seconds, 1011, "An internal error."),
            lambda: Stall(seconds),
            lambda: Fail("An internal error.", HTTPStatus.INTERNAL_SERVER_ERROR),
            lambda: Fail("Too many requests.", HTTPStatus.TOO_MANY_REQUESTS),
            lambda: Garbage("{]"),
            lambda: Mute(silent=True),
        )
        return self._chance.choice(faults)()

    def _bad_answer(self, text: str) -> Answer:
        part = self._chance.randrange(len(text.split()))
        answers = (
            Answer("An internal error.", status=HTTPStatus.INTERNAL_SERVER_ERROR),
            Answer("Slow down.", status=HTTPStatus.TOO_MANY_REQUESTS, retry_after=RETRY_AFTER_SECONDS),
            Answer("Slow down.", status=HTTPStatus.TOO_MANY_REQUESTS),
            Answer(text, first_token_seconds=LATE_SECONDS),
            *(
                Answer(text, first_token_seconds=0.2, token_seconds=0.02, breaks=(part, kind))
                for kind in Break
            ),
        )
        return self._chance.choice(answers)


async def answer_link(
    trouble: LinkTrouble | None, connection: ServerConnection, _: Request
) -> Response | None:
    """Answer the request for a link, as ``websockets`` asks for it: None lets it in."""
    match trouble:
        case None:
            return None
        case LinkTrouble.REFUSED:
            connection.transport.abort()
        case LinkTrouble.STALL:
            # Whoever asked gives up; the server gives up the handshake in its own time.
            await asyncio.Event().wait()
        case LinkTrouble.FAILS | LinkTrouble.TOO_MANY:
            pass
    status = (
        HTTPStatus.TOO_MANY_REQUESTS if trouble is LinkTrouble.TOO_MANY else HTTPStatus.INTERNAL_SERVER_ERROR
    )
    return connection.respond(status, status.phrase)


def _good_answer(text: str) -> Answer:
    return Answer(text, first_token_seconds=0.2, token_seconds=0.02)
