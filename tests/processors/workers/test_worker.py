from __future__ import annotations

from io import BytesIO

import pytest

from processors.workers.pipe import DONE, FAILED, READY, WorkerKind, frame
from processors.workers.worker import load, reply, serve


def shout(request: bytes) -> bytes:
    if request == b"bad":
        raise ValueError("no such thing")
    return request.upper()


def served(requests: bytes) -> bytes:
    answers = BytesIO()
    serve(BytesIO(requests), answers, shout)
    return answers.getvalue()


def test_it_is_ready_then_answers_in_order_until_the_end() -> None:
    assert served(frame(b"one") + frame(b"two")) == (
        frame(READY) + frame(DONE + b"ONE") + frame(DONE + b"TWO")
    )


def test_a_request_that_cannot_be_met_is_answered_and_the_next_one_too() -> None:
    assert served(frame(b"bad") + frame(b"two")).endswith(
        frame(FAILED + b"no such thing") + frame(DONE + b"TWO")
    )


@pytest.mark.parametrize("torn", [b"", b"\0\0", b"\0\0\0\5one"])
def test_a_torn_request_is_the_end(torn: bytes) -> None:
    assert served(torn) == frame(READY)


def test_an_error_without_words_is_told_by_its_name() -> None:
    def fail(_: bytes) -> bytes:
        raise OSError

    assert reply(fail, b"") == FAILED + b"OSError"


@pytest.mark.parametrize("kind", WorkerKind)
def test_every_kind_of_worker_has_an_engine(kind: WorkerKind) -> None:
    assert reply(load(kind), b"no request").startswith(FAILED)
