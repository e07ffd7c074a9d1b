"""A call goes on in another language: who does not speak it does nothing more, as long as there is somebody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pytest
from pipecat.frames.frames import (
    AggregatedTextFrame,
    Frame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    OutputTransportMessageUrgentFrame,
    TTSTextFrame,
)
from pipecat.processors.frame_processor import FrameProcessor

from processors.failover import Candidate, Desk
from processors.language_switch import recogniser_follows, voice_follows
from processors.llm.failover import FailoverLLM
from processors.stt.failover import FailoverSTT
from processors.tts.failover import FailoverTTS
from processors.tts.voice import Voice
from tests.processors.failing import CUT, question, text
from tests.processors.fake_voice import FakeVoice, failing
from tests.processors.recognisers import Makers, Way, call
from tests.processors.stt.test_failover import finals
from vantum.core.choice import Kind
from vantum.core.events import ProviderSwitched
from vantum.testing import Fails, Input, Run, ScriptedLLM, run_processor

ENGLISH = ("en",)
T = TypeVar("T")


@pytest.mark.parametrize(
    ("languages", "language", "speaks"),
    [
        ((), "de", True),
        ((), "", True),
        (ENGLISH, "", True),
        (ENGLISH, "en", True),
        (ENGLISH, "en-GB", True),
        (ENGLISH, "de", False),
        (ENGLISH, "multi", False),
    ],
)
def test_a_candidate_speaks_its_languages_or_all(
    languages: tuple[str, ...], language: str, speaks: bool
) -> None:
    assert Candidate("one", str, languages).speaks(language) is speaks


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("", ("local", "cloud", "spare")),
        ("en-US", ("local", "cloud", "spare")),
        ("de", ("cloud", "spare")),
    ],
)
def test_those_who_speak_the_language_may_do_the_job(language: str, names: tuple[str, ...]) -> None:
    desk = desk_of(Kind.STT, local=str, cloud=str, spare=str)
    desk.follow(language)
    assert desk.names == names
    assert chosen(desk) == names
    assert desk.begin(names[0]) is None


def test_those_who_do_not_speak_it_may_where_nobody_does() -> None:
    desk = desk_of(Kind.STT, local=str)
    desk.follow("de")
    assert (chosen(desk), desk.alone) == (("local",), True)


def test_who_is_left_in_a_language_is_alone() -> None:
    desk = desk_of(Kind.STT, cloud=str, local=str)
    alone = [desk.alone]
    for language in ("de", "en"):
        desk.follow(language)
        alone.append(desk.alone)
    assert alone == [False, True, False]


async def test_another_hears_a_new_language() -> None:
    local, cloud = Makers(Way()), Makers(Way())
    desk: Desk[FrameProcessor] = desk_of(Kind.STT, local=local, cloud=cloud)
    frames: list[Input] = [
        *call(6.0, (0.5, (1, 2)), (3.0, (3, 4))),
        (2.0, recogniser_follows("de")),
        (5.0, recogniser_follows("en")),
    ]
    run = await run_processor(FailoverSTT(desk), sorted(frames, key=_time))
    # The words end at 0.9 and 3.4, the detector knows 0.2 s and the recogniser 0.4 s later.
    assert finals(run) == [(1.3, "one two"), (3.8, "three four")]
    assert switches(run) == [(2.0, "local", "cloud")]
    assert [recogniser.languages for recogniser in cloud.made] == [["de", "en"]]


async def test_the_first_hears_again_when_the_language_is_its_own() -> None:
    local, cloud = Makers(Way()), Makers(Way())
    desk: Desk[FrameProcessor] = desk_of(Kind.STT, local=local, cloud=cloud)
    frames: list[Input] = [*call(12.0), (2.0, recogniser_follows("de")), (5.0, recogniser_follows("en"))]
    run = await run_processor(FailoverSTT(desk), sorted(frames, key=_time))
    assert switches(run) == [(2.0, "local", "cloud"), (10.0, "cloud", "local")]


async def test_who_breaks_in_a_new_language_is_begun_again_rather_than_one_who_does_not_speak_it() -> None:
    cloud, local = Makers(Way(breaks_at=3.0), Way()), Makers(Way())
    desk: Desk[FrameProcessor] = desk_of(Kind.STT, cloud=cloud, local=local)
    frames: list[Input] = [*call(9.0, (6.0, (1, 2))), (1.0, recogniser_follows("de"))]
    run = await run_processor(FailoverSTT(desk), sorted(frames, key=_time))
    assert finals(run) == [(6.8, "one two")]
    assert (switches(run), len(cloud.made), local.made) == ([], 2, [])


async def test_another_answers_in_a_new_language() -> None:
    models = {name: ScriptedLLM([f"I am {name}.", f"Ich bin {name}."]) for name in ("local", "cloud")}
    desk: Desk[FrameProcessor] = desk_of(Kind.LLM, **{name: _giving(model) for name, model in models.items()})
    frames: list[Input] = [(1.0, question()), (3.0, voice_follows("de")), (4.0, question())]
    run = await run_processor(FailoverLLM(desk), frames, settle=3.0)
    assert text(run) == "I am local.I am cloud."
    assert switches(run) == [(4.0, "local", "cloud")]


async def test_who_cannot_answer_in_a_new_language_is_not_replaced_by_one_who_does_not_speak_it() -> None:
    models = {"cloud": ScriptedLLM(lambda _: Fails(CUT)), "local": ScriptedLLM(["I am local."])}
    desk: Desk[FrameProcessor] = desk_of(Kind.LLM, **{name: _giving(model) for name, model in models.items()})
    run = await run_processor(FailoverLLM(desk), [voice_follows("de"), (1.0, question())], settle=9.0)
    assert (text(run), models["local"].asked) == ("", [])
    assert len(models["cloud"].asked) > 1


async def test_another_speaks_a_new_language() -> None:
    voices = {"local": FakeVoice(), "cloud": FakeVoice()}
    run = await run_processor(_tts(voices), [*_turn("Hello."), (3.0, voice_follows("de")), *_turn("Hallo.")])
    assert [voice.asked for voice in voices.values()] == [["Hello."], ["Hallo."]]
    assert switches(run) == [(3.0, "local", "cloud")]


async def test_another_speaks_a_new_language_in_the_middle_of_a_turn() -> None:
    voices = {"local": FakeVoice(), "cloud": FakeVoice()}
    begin, hello, end = _turn("Hello.")
    run = await run_processor(
        _tts(voices), [begin, hello, voice_follows("de"), AggregatedTextFrame("Hallo.", "sentence"), end]
    )
    assert [voice.asked for voice in voices.values()] == [["Hello."], ["Hallo."]]
    assert [frame.text for frame in run.of(TTSTextFrame)] == ["Hello.", "Hallo."]


async def test_who_cannot_speak_a_new_language_is_not_replaced_by_one_who_does_not_speak_it() -> None:
    voices = {"cloud": FakeVoice({1: failing()}), "local": FakeVoice()}
    run = await run_processor(_tts(voices), [voice_follows("de"), *_turn("Guten Tag.")])
    assert [voice.asked for voice in voices.values()] == [["Guten Tag."] * 2, []]
    assert [frame.text for frame in run.of(TTSTextFrame)] == ["Guten", "Tag."]


# --- the people of these stories ---------------------------------------------------------------------


def desk_of(kind: Kind, **makers: Callable[[], T]) -> Desk[T]:
    """The candidates by name; ``local`` speaks English only."""
    return Desk(
        kind, [Candidate(name, make, ENGLISH if name == "local" else ()) for name, make in makers.items()]
    )


def chosen(desk: Desk[str]) -> tuple[str, ...]:
    """All that are chosen, one after the other."""
    tried: list[str] = []
    while (candidate := desk.choose(tried)) is not None:
        tried.append(candidate.name)
    return tuple(tried)


def switches(run: Run) -> list[tuple[float, str, str]]:
    return [
        (round(at, 6), event.previous, event.provider)
        for at, frame in run.down
        if isinstance(frame, OutputTransportMessageUrgentFrame)
        and isinstance(event := frame.message, ProviderSwitched)
    ]


def _giving(model: FrameProcessor) -> Callable[[], FrameProcessor]:
    return lambda: model


def _tts(voices: dict[str, FakeVoice]) -> FailoverTTS:
    candidates: list[Candidate[Voice]] = [
        Candidate(name, lambda voice=voice: voice, ENGLISH if name == "local" else ())  # type: ignore[misc]
        for name, voice in voices.items()
    ]
    return FailoverTTS(Desk(Kind.TTS, candidates), sample_rate=16_000)


def _turn(words: str) -> list[Frame]:
    return [LLMFullResponseStartFrame(), AggregatedTextFrame(words, "sentence"), LLMFullResponseEndFrame()]


def _time(given: Input) -> float:
    assert isinstance(given, tuple)
    assert isinstance(given[0], float)
    return given[0]
