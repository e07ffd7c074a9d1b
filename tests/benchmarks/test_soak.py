"""The soak does not rot: it sees a leak, a lost turn and a dead call where there is one, and goes through."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import time
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed, InvalidMessage, InvalidStatus

from benchmarks.conversation.local import address_of
from benchmarks.soak.__main__ import main
from benchmarks.soak.chart import MOST_POINTS, line_chart
from benchmarks.soak.door import Door, Records, began_ms
from benchmarks.soak.line import EARLY_SECONDS, CallOverError, Heard
from benchmarks.soak.load import Load
from benchmarks.soak.recogniser import GARBAGE, UNKNOWN, Recogniser, words_in
from benchmarks.soak.samples import Sample
from benchmarks.soak.speech import BACKCHANNEL, CUTTING_IN, QUESTIONS, RECORDINGS
from benchmarks.soak.tally import Outcome, Tally, read_tally
from benchmarks.soak.trouble import HearingTrouble, LinkTrouble, Trouble, answer_link
from benchmarks.soak.verdict import judged, memory_slope, warm_up
from benchmarks.soak.visit import Habits, Visit
from benchmarks.soak.wire import Begun, GoesOn, Greeting, Sound, Wipe, chunk, read, start
from tests.wire.openai_server import Answer
from transports.browser import codec
from transports.browser.codec import Chunk, Ids, Start
from transports.browser.dialect import Cancel, Dialect
from vantum.core.events import CallEnded

IDS = Ids("event", "session")
HALF_HOUR = 1800.0
CALL = "01a1fdbe-eda4-758b-9f3c-64bc7403277d"
OTHER_CALL = "01a1fdbe-fe23-7466-9c19-8764e71caf9e"


def held(at: float, rss_mb: float, used_mb: float = 100.0) -> Sample:
    return Sample(at, rss_mb, rss_mb / 2, 600, 4, 100, 20, used_mb, 0)


def growing(mb_per_hour: float, seconds: float = HALF_HOUR) -> list[Sample]:
    """A sawtooth of 8 MB on a line, after a warm-up in which the memory doubles."""
    return [
        held(at, 240.0 + mb_per_hour * at / 3600 + at % 9 - (100.0 if at < warm_up(seconds) else 0.0))
        for at in np.arange(0.0, seconds + 20.0)
    ]


# --- the verdict ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mb_per_hour", "calls", "passes"),
    [(0.0, 20, True), (0.8, 20, True), (1.3, 20, False), (1.3, 40, True), (0.8, 10, False), (-9.0, 20, True)],
)
def test_memory_that_grows_fails(mb_per_hour: float, calls: int, passes: bool) -> None:
    verdict = judged(growing(mb_per_hour), Tally(), calls, HALF_HOUR, left=0)
    assert verdict.slope.mb_per_hour == pytest.approx(mb_per_hour * 20 / calls, abs=0.1)
    assert verdict.slope.error < 0.5
    assert verdict.passed is passes


@pytest.mark.parametrize(("mb_per_hour", "passes"), [(0.0, True), (0.9, True), (4.0, False)])
def test_a_leak_within_what_the_process_has_fails(mb_per_hour: float, passes: bool) -> None:
    samples = [held(at, 300.0, 100.0 + mb_per_hour * at / 3600 + at % 2) for at in np.arange(0.0, HALF_HOUR)]
    verdict = judged(samples, Tally(), 20, HALF_HOUR, left=0)
    assert verdict.used.mb_per_hour == pytest.approx(mb_per_hour, abs=0.1)
    assert (verdict.leaks, verdict.passed) == (not passes, passes)


def test_small_objects_count_as_used() -> None:
    assert replace(held(0.0, 300.0), blocks=1 << 20).used_mb == 180.0


def test_the_memory_of_a_short_run_is_told_and_not_judged() -> None:
    slope = memory_slope(growing(500.0, 60.0), 20, 60.0, lambda sample: sample.rss_mb)
    assert slope.mb_per_hour == pytest.approx(500.0, abs=30.0)
    assert not slope.judged
    assert judged(growing(500.0, 60.0), Tally(), 20, 60.0, left=0).passed
    assert not memory_slope([], 20, 1.0, lambda sample: sample.rss_mb).judged


@pytest.mark.parametrize(
    ("seconds", "expected"), [(60.0, 20.0), (1200.0, 400.0), (2700.0, 900.0), (3600.0, 900.0)]
)
def test_a_short_run_has_a_short_warm_up(seconds: float, expected: float) -> None:
    assert warm_up(seconds) == expected


def test_a_lost_turn_and_a_stuck_call_fail() -> None:
    lost, stuck = Tally(), Tally(stuck=["call"])
    lost.turn(Outcome.ANSWERED, "call", "Hello?")
    assert judged([], lost, 20, 60.0, left=0).passed
    lost.turn(Outcome.LOST, "call", "Hello?")
    for tally, left in ((lost, 0), (stuck, 0), (Tally(), 1)):
        assert not judged([], tally, 20, 60.0, left).passed


def test_a_tally_survives_its_journey() -> None:
    tally = Tally(calls=3, stuck=["one"])
    tally.turn(Outcome.LOST, "two", "Hello?")
    told = read_tally(tally.told())
    assert (told.calls, told.asked, told.stuck) == (3, 1, ["one"])
    assert told.lost_in("two")
    assert not told.lost_in("one")


def test_the_chart_has_a_panel_for_each_figure() -> None:
    drawn = ElementTree.fromstring(line_chart(growing(1.0), 300.0, "a <note>"))
    lines = list(drawn.iter("{http://www.w3.org/2000/svg}polyline"))
    assert len(lines) == 4
    assert all(len(line.attrib["points"].split()) <= MOST_POINTS for line in lines)
    assert ElementTree.fromstring(line_chart([], 0.0, "nothing")) is not None


# --- trouble ----------------------------------------------------------------------------------------


def test_trouble_is_the_same_for_the_same_seed() -> None:
    def drawn(seed: int) -> list[object]:
        trouble = Trouble(0.3, seed)
        some = [trouble.of_link() for _ in range(50)] + [trouble.of_utterance() for _ in range(50)]
        return [*some, *itertools.islice(trouble.answers(), 50)]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_a_share_of_everything_goes_wrong() -> None:
    trouble = Trouble(0.1, "seed")
    links = [trouble.of_link() for _ in range(2000)]
    utterances = [trouble.of_utterance() for _ in range(2000)]
    answers = list(itertools.islice(trouble.answers(), 2000))
    bad = [answer for answer in answers if _is_bad(answer)]
    assert {*links} == {None, *LinkTrouble}
    assert {*utterances} == {None, *HearingTrouble}
    for count in (2000 - links.count(None), 2000 - utterances.count(None), len(bad)):
        assert 140 < count < 260
    assert 20 < len(trouble.of_pieces()) < 80


def _is_bad(answer: Answer) -> bool:
    return answer.status != HTTPStatus.OK or answer.breaks is not None or answer.first_token_seconds > 4.0


def test_without_faults_nothing_goes_wrong() -> None:
    trouble = Trouble(0.0, 1)
    assert not any(trouble.of_link() or trouble.of_utterance() for _ in range(200))
    assert not any(map(_is_bad, itertools.islice(trouble.answers(), 200)))
    assert not trouble.of_pieces()


# --- the recogniser ---------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [*QUESTIONS, *CUTTING_IN, BACKCHANNEL])
@pytest.mark.parametrize("share", [0.0, 0.4, 0.8])
def test_a_recording_is_known_by_any_part_of_it(words: str, share: float) -> None:
    pcms = {text: pcm.tobytes() for text, pcm in RECORDINGS.items()}
    pcm = RECORDINGS[words]
    loud = [at for at in range(0, len(pcm) - 640, 64) if np.abs(pcm[at : at + 640]).max() > 2000]
    at = loud[int(share * len(loud))]
    assert words_in(pcm[at : at + 640].tobytes(), pcms) == words


def test_what_is_no_recording_is_a_question() -> None:
    noise = np.random.default_rng(1).normal(0, 3000, 640).astype(np.int16)
    assert words_in(noise.tobytes(), {"Hello": RECORDINGS[BACKCHANNEL].tobytes()}) == UNKNOWN
    assert words_in(bytes(1280), {"Silence": bytes(9999)}) == UNKNOWN


LISTEN = "/v1/listen?encoding=linear16&sample_rate=16000&model=nova-3&interim_results=true&endpointing=300"


class Always(Trouble):
    """The same trouble each time."""

    def __init__(self, link: LinkTrouble | None = None, utterance: HearingTrouble | None = None) -> None:
        super().__init__(1.0, 0)
        self._link = link
        self._utterance = utterance

    def of_link(self) -> LinkTrouble | None:
        return self._link

    def of_utterance(self) -> HearingTrouble | None:
        return self._utterance


async def say(socket: ClientConnection, words: str) -> None:
    """Everything at once, and a second of silence."""
    pcm = np.concatenate([RECORDINGS[words], np.zeros(16_000, np.int16)])
    for at in range(0, len(pcm), 640):
        await socket.send(pcm[at : at + 640].tobytes())


async def final_of(socket: ClientConnection) -> str:
    async with asyncio.timeout(5.0):
        while True:
            message = json.loads(await socket.recv())
            if message["is_final"]:
                return str(message["channel"]["alternatives"][0]["transcript"])


async def asked(socket: ClientConnection) -> str:
    await say(socket, QUESTIONS[0])
    return await final_of(socket)


@pytest.mark.real_time
async def test_the_recogniser_hears_what_is_said_on_each_link() -> None:
    async with (
        Recogniser(Trouble(0.0, 1)) as recogniser,
        connect(recogniser.url + LISTEN) as one,
        connect(recogniser.url + LISTEN) as other,
    ):
        await say(one, QUESTIONS[0])
        await say(other, BACKCHANNEL)
        assert (await final_of(one), await final_of(other)) == (QUESTIONS[0], BACKCHANNEL)
        await one.send(json.dumps({"type": "CloseStream"}))
        with pytest.raises(ConnectionClosed):
            await final_of(one)


@pytest.mark.real_time
async def test_a_recogniser_in_trouble_drops_stalls_or_talks_nonsense() -> None:
    async with (
        Recogniser(Always(utterance=HearingTrouble.DROP)) as dropping,
        Recogniser(Always(utterance=HearingTrouble.STALL)) as deaf,
        Recogniser(Always(utterance=HearingTrouble.GARBAGE)) as raving,
    ):
        async with connect(dropping.url + LISTEN) as socket:
            with pytest.raises(ConnectionClosed):
                await asked(socket)
        async with connect(raving.url + LISTEN) as socket:
            await say(socket, QUESTIONS[0])
            assert await socket.recv() in GARBAGE
        async with connect(deaf.url + LISTEN) as socket:
            await say(socket, QUESTIONS[0])
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(socket.recv(), 0.5)


@pytest.mark.real_time
@pytest.mark.parametrize(("trouble", "status"), [(LinkTrouble.FAILS, 500), (LinkTrouble.TOO_MANY, 429)])
async def test_a_link_in_trouble_is_refused(trouble: LinkTrouble, status: int) -> None:
    async with Recogniser(Always(trouble)) as recogniser:
        with pytest.raises(InvalidStatus) as refused:
            await connect(recogniser.url + LISTEN)
        assert refused.value.response.status_code == status


@pytest.mark.real_time
async def test_a_link_may_break() -> None:
    async with Recogniser(Always(LinkTrouble.REFUSED)) as broken:
        with pytest.raises((InvalidMessage, ConnectionError, EOFError)):
            await connect(broken.url + LISTEN)


async def test_a_link_may_never_come_up() -> None:
    nobody: Any = None
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(answer_link(LinkTrouble.STALL, nobody, nobody), 3600.0)


# --- the caller -------------------------------------------------------------------------------------


def test_the_caller_speaks_the_browser_protocol() -> None:
    begun = codec.decode(start())
    assert isinstance(begun, Start)
    assert (begun.sampling_rate, begun.session_id, begun.resume_token) == (16_000, None, None)
    back = codec.decode(start(Greeting("before", "token")))
    assert isinstance(back, Start)
    assert (back.session_id, back.resume_token) == ("before", "token")
    pcm = np.arange(320, dtype=np.int16)
    said = codec.decode(chunk(pcm))
    assert isinstance(said, Chunk)
    assert said.audio == pcm.tobytes()


def test_the_caller_understands_the_server() -> None:
    current = Dialect.CURRENT
    start_again = codec.decode(start())
    assert isinstance(start_again, Start)
    assert read(codec.connected(current, IDS, "token")) == Greeting("session", "token")
    assert read(codec.connected(current, IDS)) == Greeting("session", None)
    assert read(codec.acknowledge(start_again, "session")) == Begun(resumed=False)
    assert read(codec.acknowledge(start_again, "session", resumed=True)) == Begun(resumed=True)
    assert read(codec.speech_chunk(current, IDS, "u", bytes(3840), 48_000)) == Sound("u", 0.04)
    assert read(codec.response_resumed(current, IDS, "u", "v", 0.0) or b"") == GoesOn("v")
    assert read(codec.speech_cancelled(current, IDS, "u", Cancel.BARGE_IN)) == Wipe()
    assert read(codec.speech_completed(current, IDS, "u")) is None


def test_what_is_said_on_is_no_answer() -> None:
    heard = Heard()
    for at, told in (
        (1.0, Sound("a", 0.5)),
        (1.1, Sound("a", 0.5)),
        (1.5, Wipe()),
        (2.0, GoesOn("b")),
        (2.1, Sound("b", 1.0)),
    ):
        heard.take(told, at)
    assert (heard.began, heard.until) == (1.0, 3.1)
    heard.take(Sound("c", 0.25), 4.0)
    assert (heard.began, heard.until) == (4.0, 4.25)


class Bot:
    """A server that greets every client, and answers as much speech as there is with a sound, unless it is mute."""

    def __init__(self, *, mute: bool = False, hangs_up: bool = False) -> None:
        self.mute = mute
        self.hangs_up = hangs_up
        self.left: list[int | None] = []

    async def serve(self, connection: ServerConnection) -> None:
        await connection.send(codec.connected(Dialect.CURRENT, IDS, "token"))
        try:
            async for message in connection:
                match codec.decode(message):
                    case Start() as begun:
                        resumed = begun.resume_token is not None
                        await connection.send(codec.acknowledge(begun, "session", resumed=resumed))
                    case Chunk(audio=audio) if np.abs(np.frombuffer(audio, np.int16)).max() > 1000:
                        await self._answer(connection)
        except ConnectionClosed:
            pass
        finally:
            self.left.append(connection.close_code)

    async def _answer(self, connection: ServerConnection) -> None:
        if self.hangs_up:
            await connection.close()
        elif not self.mute:
            utterance = f"{time.monotonic()}"
            await connection.send(codec.speech_chunk(Dialect.CURRENT, IDS, utterance, bytes(640), 16_000))


class Calls(Records):
    """Records of which there is one for each call that is opened."""

    async def new(self, since_ms: int) -> str | None:
        return CALL


def records(folder: Path) -> Calls:
    return Calls(folder / "data", folder / "kept")


@pytest.mark.real_time
@pytest.mark.parametrize("mute", [False, True])
async def test_a_line_tells_whether_a_question_is_answered(mute: bool, tmp_path: Path) -> None:
    bot = Bot(mute=mute)
    async with serve(bot.serve, "127.0.0.1", 0) as server:
        door = Door(f"ws://{address_of(server.sockets)}", records(tmp_path), lambda call, wordless: None)
        opened = await door.open(random.Random(1))
        line = opened.line
        began = time.monotonic()
        asked = await line.say(BACKCHANNEL)
        assert asked - began > RECORDINGS[BACKCHANNEL].size / 16_000
        assert await line.answered(asked, EARLY_SECONDS) is not mute
        await line.silence(0.1, 2.0)
        await line.hang_up()
        assert not opened.resumed
        back = await door.back(opened, random.Random(1))
        assert back.resumed
        assert back.call == opened.call
        await back.line.drop()
    assert bot.left == [1000, 1006]


@pytest.mark.real_time
async def test_a_line_tells_that_the_call_is_over(tmp_path: Path) -> None:
    async with serve(Bot(hangs_up=True).serve, "127.0.0.1", 0) as server:
        door = Door(f"ws://{address_of(server.sockets)}", records(tmp_path), lambda call, wordless: None)
        line = (await door.open(random.Random(1))).line
        with pytest.raises(CallOverError):
            await line.answered(await line.say(BACKCHANNEL), 5.0)
        await line.drop()


async def visited(bot: Bot, habits: Habits, folder: Path) -> tuple[Tally, list[tuple[str, bool]]]:
    """What comes of one visit."""
    tally, left = Tally(), list[tuple[str, bool]]()
    async with serve(bot.serve, "127.0.0.1", 0) as server:
        told = lambda call, wordless: left.append((call, wordless))  # noqa: E731
        door = Door(f"ws://{address_of(server.sockets)}", records(folder), told)
        await Visit(door, habits, random.Random(1), tally, told).run()
    return tally, left


SHORT = Habits(knocks=0.0, drops=0.0, leaves_without_a_word=0.0, cuts_in=0.0, agrees=0.0, lasts=(3.0, 3.0))


@pytest.mark.real_time
async def test_who_leaves_in_the_middle_has_lost_nothing(tmp_path: Path) -> None:
    tally, left = await visited(Bot(mute=True), replace(SHORT, lasts=(2.5, 2.5)), tmp_path)
    assert tally.turns == {"answered": 0, "lost": 0, "left": 1, "over": 0}
    assert (tally.calls, tally.hung_up, left) == (1, 1, [(CALL, False)])


@pytest.mark.real_time
async def test_a_turn_that_nobody_answers_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.soak.visit.ANSWER_SECONDS", 0.5)
    monkeypatch.setattr("benchmarks.soak.visit.BEGINS_SECONDS", (0.0, 0.0))
    tally, _ = await visited(Bot(mute=True), SHORT, tmp_path)
    assert tally.turns[Outcome.LOST] >= 1
    assert tally.lost_in(CALL)
    assert tally.turns[Outcome.ANSWERED] == 0


@pytest.mark.real_time
async def test_turns_are_answered_and_cut_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.soak.visit.BEGINS_SECONDS", (0.0, 0.0))
    monkeypatch.setattr("benchmarks.soak.visit.CUT_IN_SECONDS", (0.0, 0.0))
    tally, _ = await visited(Bot(), replace(SHORT, cuts_in=1.0, leaves_without_a_word=1.0), tmp_path)
    assert tally.turns[Outcome.ANSWERED] >= 1
    assert tally.turns[Outcome.LOST] == 0


@pytest.mark.real_time
@pytest.mark.parametrize(
    ("bot", "habits", "expected", "left"),
    [
        (Bot(), replace(SHORT, knocks=1.0), {"calls": 1}, [(CALL, True)]),
        (Bot(hangs_up=True), SHORT, {"calls": 1, "ended": 1}, [(CALL, False)]),
    ],
    ids=["knocks", "is hung up on"],
)
async def test_the_end_of_a_visit_is_told(
    bot: Bot, habits: Habits, expected: dict[str, int], left: list[tuple[str, bool]], tmp_path: Path
) -> None:
    tally, told = await visited(bot, habits, tmp_path)
    counted = {name: getattr(tally, name) for name in ("calls", "hung_up", "ended", "dropped", "refused")}
    assert {name: count for name, count in counted.items() if count} == expected
    assert told == left


@pytest.mark.real_time
async def test_a_lost_connection_is_opened_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.soak.visit.AWAY_SECONDS", (0.0, 0.0))
    bot, habits = Bot(), replace(SHORT, drops=0.7, lasts=(0.1, 0.1))
    tally, left = await visited(bot, habits, tmp_path)
    assert tally.dropped == tally.resumed > 0
    assert left == [(CALL, False)]
    assert bot.left == [*[1006] * tally.dropped, 1000]


async def test_a_server_that_is_not_there_is_counted(tmp_path: Path) -> None:
    tally, left = Tally(), list[str]()
    door = Door("ws://127.0.0.1:9", records(tmp_path), lambda call, wordless: left.append(call))
    await Visit(door, SHORT, random.Random(1), tally, lambda call, wordless: left.append(call)).run()
    assert (tally.calls, tally.refused, left) == (1, 1, [])


# --- records ----------------------------------------------------------------------------------------


def recorded(data: Path, call: str, *, over: bool) -> Path:
    """The record of a call."""
    folder = data / "calls" / "2026-11-21" / call
    folder.mkdir(parents=True)
    last = json.dumps({"event": "call_ended", "reason": CallEnded("client left").reason}) if over else "{}"
    (folder / "events.jsonl").write_text("{}\n" * 5000 + last + "\n")
    return folder


async def test_a_new_record_is_that_of_the_call_that_was_opened(tmp_path: Path) -> None:
    found = Records(tmp_path, tmp_path / "kept")
    assert await found.new(0) is None
    recorded(tmp_path, CALL, over=False)
    assert await found.new(began_ms(CALL)) == CALL
    assert await found.new(began_ms(CALL)) is None
    recorded(tmp_path, OTHER_CALL, over=False)
    assert await found.new(began_ms(CALL)) == OTHER_CALL


async def test_a_record_that_is_late_is_not_that_of_the_next_call(tmp_path: Path) -> None:
    found = Records(tmp_path, tmp_path / "kept")
    recorded(tmp_path, CALL, over=False)
    assert await found.new(began_ms(CALL) + 1) is None


@pytest.mark.parametrize(
    ("over", "lost", "stuck", "there", "kept"),
    [
        (True, False, [], False, False),
        (True, True, [], False, True),
        (False, False, [CALL], True, True),
    ],
)
async def test_a_call_that_outlives_its_client_is_stuck(
    over: bool, lost: bool, stuck: list[str], there: bool, kept: bool, tmp_path: Path
) -> None:
    folder = recorded(tmp_path / "data", CALL, over=over)
    load = Load("ws://127.0.0.1:9", Records(tmp_path / "data", tmp_path / "kept"), SHORT, 10.0)
    if lost:
        load.tally.turn(Outcome.LOST, CALL, "Hello?")
    load.left(CALL, wordless=True)
    await load.settle()
    assert load.tally.stuck == stuck
    assert (folder.exists(), (tmp_path / "kept" / CALL).exists()) == (there, kept)


# --- in earnest -------------------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.real_time
def test_calls_go_on_through_faults_and_the_results_are_written(tmp_path: Path) -> None:
    options = ("--calls", "3", "--minutes", "0.15", "--faults", "0.1", "--seed", "2")
    code = main([*options, "--results", str(tmp_path), "--keep", str(tmp_path / "kept")])
    [data] = tmp_path.glob("*.json")
    result = json.loads(data.read_text())
    assert code == (0 if result["verdict"]["passed"] else 1)
    assert result["tally"]["calls"] >= 3
    assert sum(result["tally"]["turns"].values()) >= 3
    assert result["verdict"]["stuck"] == 0
    samples = [dict(zip(result["columns"], sample, strict=True)) for sample in result["samples"]]
    most = max(samples, key=lambda sample: int(sample["live"]))
    assert most["live"] >= 1
    assert most["tasks"] > result["after"]["tasks"] > 0
    assert most["fds"] > result["after"]["threads"] > 0
    assert result["loop_late_ms"]["p99"] is not None
    ElementTree.fromstring(next(iter(tmp_path.glob("*.svg"))).read_text())
