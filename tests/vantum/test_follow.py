"""Following a call: what is told of it, line by line, when the server is asked, and what the exit code is."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable
from functools import partial

import httpx
import pytest
from rich.console import Console

from vantum.core.errors import UsageError
from vantum.follow import Follower

CALL_ID = "01a1fc4c-bdb1-7485-9417-2745ac82b471"
PLACED = ("POST", "/api/calls")
ASKED = ("GET", f"/api/calls/{CALL_ID}")
WANTED: dict[str, object] = {"to": "+14155550100"}
CALLING = f"Calling +14155550100 from +15550100001 through outreach, call {CALL_ID}"
Answer = tuple[int, object] | httpx.TransportError


def view(state: str, *said: tuple[float, str, str], **known: object) -> Answer:
    """The call as the API tells it."""
    lines = [{"t": t, "speaker": speaker, "text": text} for t, speaker, text in said]
    return 200, {
        "id": CALL_ID,
        "state": state,
        "direction": "outbound",
        "transport": "twilio",
        "to": "+14155550100",
        "from": "+15550100001",
        "pipeline": "outreach",
        "transcript": lines,
        **known,
    }


def over(outcome: str = "completed", *said: tuple[float, str, str], **known: object) -> Answer:
    return view("ended", *said, **{"outcome": outcome, "reason": "It is over.", **known})


class Server:
    """Gives its answers in their order, the last one again and again, and remembers what was asked and when."""

    def __init__(self, *answers: Answer) -> None:
        self.asked: list[tuple[float, tuple[str, str]]] = []
        self.requests: list[httpx.Request] = []
        self._answers = list(answers)

    async def answer(self, request: httpx.Request) -> httpx.Response:
        now = asyncio.get_running_loop().time()
        self.asked.append((round(now, 6), (request.method, request.url.path)))
        self.requests.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, httpx.TransportError):
            raise answer
        status, body = answer
        return (
            httpx.Response(status, text=body) if isinstance(body, str) else httpx.Response(status, json=body)
        )


Follow = Callable[..., Follower]


@pytest.fixture
def told() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def follower(monkeypatch: pytest.MonkeyPatch, told: io.StringIO) -> Follow:
    """Makes followers of a server that they reach without a socket."""
    client = httpx.AsyncClient

    def made(server: Server, key: str = "") -> Follower:
        monkeypatch.setattr(
            httpx, "AsyncClient", partial(client, transport=httpx.MockTransport(server.answer))
        )
        return Follower("http://127.0.0.1:8080", key, Console(file=told, soft_wrap=True, markup=False))

    return made


async def test_a_call_is_told_from_the_first_ring_to_the_end(follower: Follow, told: io.StringIO) -> None:
    hello, answer = (0.0, "bot", "Hello."), (2.25, "caller", "Yes?")
    server = Server(
        view("queued"),
        view("queued"),
        view("ringing"),
        view("in-progress"),
        view("in-progress", hello),
        over("completed", hello, answer, disposition="interested", duration_seconds=12.6),
        over("completed", hello, answer, disposition="interested", duration_seconds=13, recording="a/b.wav"),
    )
    assert await follower(server).follow(WANTED) == 0
    assert told.getvalue().splitlines() == [
        CALLING,
        "... queued",
        "... ringing",
        "... in-progress",
        "[00:00.0] Bot: Hello.",
        "[00:02.2] Caller: Yes?",
        "It is over. (13 s)",
        "outcome: completed",
        "disposition: interested",
        "recording: a/b.wav",
    ]


async def test_a_call_that_reaches_nobody_says_so(follower: Follow, told: io.StringIO) -> None:
    await follower(Server(over(transport="local"))).follow(WANTED)
    note = "Local carrier: calls ring scripted prospects on this machine; nobody is really called."
    assert told.getvalue().splitlines()[:2] == [CALLING, note]


async def test_each_provider_that_takes_over_is_told_once(follower: Follow, told: io.StringIO) -> None:
    instead = {"t": 0.1, "kind": "stt", "provider": "local", "previous": "", "fault": "auth"}
    failed = {"t": 1.0, "kind": "tts", "provider": "local", "previous": "cartesia", "fault": "network"}
    back = {"t": 9.0, "kind": "tts", "provider": "cartesia", "previous": "local", "fault": None}
    server = Server(
        view("in-progress"),
        view("in-progress", switches=[instead]),
        view("in-progress", switches=[instead, failed]),
        over("completed", switches=[instead, failed, back]),
        over("completed", switches=[instead, failed, back]),
    )
    assert await follower(server).follow(WANTED) == 0
    assert [line for line in told.getvalue().splitlines() if "tts:" in line or "stt:" in line] == [
        "... stt: local (auth)",
        "... tts: local after cartesia (network)",
        "... tts: cartesia after local",
    ]


async def test_it_asks_four_times_a_second_and_once_more_when_the_end_is_on_disk(follower: Follow) -> None:
    server = Server(view("queued"), view("ringing"), view("ringing"), over())
    await follower(server).follow(WANTED)
    assert server.asked == [(0.0, PLACED), (0.25, ASKED), (0.5, ASKED), (0.75, ASKED), (1.75, ASKED)]
    assert json.loads(server.requests[0].content) == WANTED


@pytest.mark.parametrize(("key", "sent"), [("", None), ("a-key", "Bearer a-key")])
async def test_the_key_goes_with_every_request(follower: Follow, key: str, sent: str | None) -> None:
    server = Server(view("queued"), over())
    await follower(server, key).follow(WANTED)
    assert [request.headers.get("authorization") for request in server.requests] == [sent] * 3


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        ("completed", 0),
        ("voicemail", 0),
        ("busy", 1),
        ("no-answer", 1),
        ("failed", 1),
        ("canceled", 1),
        ("declined", 1),
    ],
)
async def test_the_exit_code_tells_whether_somebody_answered(
    follower: Follow, told: io.StringIO, outcome: str, code: int
) -> None:
    assert await follower(Server(over(outcome))).follow(WANTED) == code
    assert told.getvalue().splitlines() == [CALLING, "It is over.", f"outcome: {outcome}"]


@pytest.mark.parametrize(
    ("seconds", "told_as"), [(None, ""), (0, " (0 s)"), (0.4, " (0 s)"), (61.7, " (62 s)")]
)
async def test_how_long_it_took_is_told_when_it_is_known(
    follower: Follow, told: io.StringIO, seconds: float | None, told_as: str
) -> None:
    await follower(Server(over(duration_seconds=seconds))).follow(WANTED)
    assert f"It is over.{told_as}" in told.getvalue().splitlines()


async def test_the_callers_last_words_wait_until_they_are_a_whole_turn(
    follower: Follow, told: io.StringIO
) -> None:
    """What the caller says may still become a longer turn, as long as the bot has not answered it."""
    hello, first = (0.0, "bot", "Hello."), (1.0, "caller", "I would")
    turn, fine, bye = (
        (1.0, "caller", "I would like that."),
        (3.0, "bot", "Fine."),
        (4.0, "caller", "[b]Bye[/b]"),
    )
    server = Server(
        view("in-progress", hello, first),
        view("in-progress", hello, turn),
        view("in-progress", hello, turn, fine),
        view("in-progress", hello, turn, fine, bye),
        over("completed", hello, turn, fine),
        over("completed", hello, turn, fine, bye),
    )
    await follower(server).follow(WANTED)
    assert [line for line in told.getvalue().splitlines() if line.startswith("[")] == [
        "[00:00.0] Bot: Hello.",
        "[00:01.0] Caller: I would like that.",
        "[00:03.0] Bot: Fine.",
        "[00:04.0] Caller: [b]Bye[/b]",
    ]


async def test_a_line_that_was_cut_says_so(follower: Follow, told: io.StringIO) -> None:
    cut = {"transcript": [{"t": 61.0, "speaker": "bot", "text": "Well, I", "interrupted": True}]}
    await follower(Server(over("completed", **cut))).follow(WANTED)
    assert "[01:01.0] Bot: Well, I (interrupted)" in told.getvalue().splitlines()


FLAW = {"loc": ["body", "pipeline"], "msg": "There is no pipeline 'x'.", "type": "json_invalid"}


@pytest.mark.parametrize(
    ("status", "body", "told_as"),
    [
        (409, {"detail": "The number is not dialed."}, "The number is not dialed."),
        (
            422,
            {"detail": [FLAW, {**FLAW, "msg": "Nor is there y."}]},
            "There is no pipeline 'x'. Nor is there y.",
        ),
        (422, {"detail": [{"why": 1}, "text"]}, "{'why': 1} text"),
        (502, "Bad gateway", "Bad gateway"),
        (500, "x" * 1000, "x" * 300),
        (500, {"error": "broken"}, '{"error":"broken"}'),
        (500, ["broken"], '["broken"]'),
    ],
)
async def test_a_refusal_is_told_in_the_servers_words(
    follower: Follow, told: io.StringIO, status: int, body: object, told_as: str
) -> None:
    with pytest.raises(UsageError) as refused:
        await follower(Server((status, body))).follow(WANTED)
    assert str(refused.value) == f"The server did not do it ({status}). {told_as}"
    assert told.getvalue() == ""


async def test_a_call_that_is_lost_on_the_way_ends_the_following(follower: Follow, told: io.StringIO) -> None:
    server = Server(view("queued"), (404, {"detail": "There is no call."}))
    with pytest.raises(UsageError, match=r"\(404\)\. There is no call\."):
        await follower(server).follow(WANTED)
    assert told.getvalue().splitlines() == [CALLING, "... queued"]


@pytest.mark.parametrize("before", [(), (view("queued"), view("ringing"))])
@pytest.mark.parametrize("fault", [httpx.ConnectError("refused"), httpx.ReadTimeout("late")])
async def test_a_server_that_is_gone_is_told_in_a_sentence(
    follower: Follow, before: tuple[Answer, ...], fault: httpx.TransportError
) -> None:
    with pytest.raises(UsageError) as gone:
        await follower(Server(*before, fault)).follow(WANTED)
    assert gone.value.problem == f"The server does not answer ({type(fault).__name__})."
    assert gone.value.__cause__ is fault
