"""The break splitter among frames: what it consumes, what it pushes, in which order."""

from __future__ import annotations

import pytest
from pipecat.frames.frames import (
    AggregatedTextFrame,
    Frame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    OutputTransportMessageUrgentFrame,
    TextFrame,
    TTSSpeakFrame,
    UserStartedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection
from pipecat.utils.text.base_text_aggregator import TextType

from processors.break_splitter import BreakSplitter
from vantum.core.events import Stage, StageReached
from vantum.testing import Run, run_processor

START = LLMFullResponseStartFrame
END = LLMFullResponseEndFrame


def answer(*tokens: str) -> list[Frame]:
    return [START(), *map(LLMTextFrame, tokens), END()]


def told(run: Run) -> list[str | Stage | type[Frame]]:
    """What went down: pieces as their text, stages as such, other frames as their type."""
    story: list[str | Stage | type[Frame]] = []
    for _, frame in run.down:
        match frame:
            case AggregatedTextFrame():
                story.append(frame.text)
            case OutputTransportMessageUrgentFrame(message=StageReached(stage)):
                story.append(stage)
            case _:
                story.append(type(frame))
    return story


async def test_an_answer_leaves_in_pieces() -> None:
    run = await run_processor(
        BreakSplitter(), answer("Good mor", "ning to **you**", ", sir", ". One||BR", "EAK||", " ", "Two")
    )
    assert told(run) == [
        START,
        Stage.FIRST_TOKEN,
        Stage.FIRST_PIECE,
        "Good morning to you,",
        "sir. One",
        "Two",
        END,
    ]


async def test_a_piece_is_a_sentence_for_the_context() -> None:
    run = await run_processor(BreakSplitter(), answer("Yes."))
    [piece] = run.of(AggregatedTextFrame)
    assert piece.text_type is TextType.SENTENCE
    assert piece.append_to_context
    assert not piece.skip_tts


async def test_every_answer_has_its_stages() -> None:
    run = await run_processor(BreakSplitter(), answer("Yes.") + answer("", "No."))
    one = [START, Stage.FIRST_TOKEN, Stage.FIRST_PIECE]
    assert told(run) == [*one, "Yes.", END, *one, "No.", END]


@pytest.mark.parametrize(
    ("tokens", "stages"), [((), []), (("",), []), ((" ", "||BREAK||"), [Stage.FIRST_TOKEN])]
)
async def test_an_answer_without_words_has_no_piece(tokens: tuple[str, ...], stages: list[Stage]) -> None:
    run = await run_processor(BreakSplitter(), answer(*tokens))
    assert told(run) == [START, *stages, END]


async def test_an_interruption_drops_what_was_held() -> None:
    frames = [START(), LLMTextFrame("I was go"), InterruptionFrame(), *answer("Yes.")]
    run = await run_processor(BreakSplitter(), frames)
    assert told(run) == [
        START,
        Stage.FIRST_TOKEN,
        InterruptionFrame,
        START,
        Stage.FIRST_TOKEN,
        Stage.FIRST_PIECE,
        "Yes.",
        END,
    ]


async def test_a_new_answer_drops_what_an_unfinished_one_left() -> None:
    run = await run_processor(BreakSplitter(), [START(), LLMTextFrame("I was go"), *answer("Yes.")])
    assert [frame.text for frame in run.of(AggregatedTextFrame)] == ["Yes."]


async def test_the_end_of_the_call_lets_the_rest_out() -> None:
    run = await run_processor(BreakSplitter(), [START(), LLMTextFrame("Good bye")])
    assert told(run) == [START, Stage.FIRST_TOKEN, Stage.FIRST_PIECE, "Good bye"]


async def test_the_language_reaches_the_core() -> None:
    text = "Wir sehen uns bzw. Sie kommen zu uns. Gut"
    run = await run_processor(BreakSplitter("de"), answer(text))
    assert run.texts() == ["Wir sehen uns bzw. Sie kommen zu uns.", "Gut"]


async def test_other_frames_pass_once_and_unchanged() -> None:
    silent = LLMTextFrame("not spoken||BREAK||")
    silent.skip_tts = True
    others: list[Frame] = [silent, TextFrame("a"), TTSSpeakFrame("b"), UserStartedSpeakingFrame()]
    run = await run_processor(BreakSplitter(), others)
    assert [frame for _, frame in run.down] == others
    assert not run.up


async def test_frames_on_their_way_up_pass_up() -> None:
    up: list[Frame] = [LLMTextFrame("text"), END(), UserStartedSpeakingFrame()]
    run = await run_processor(BreakSplitter(), [(frame, FrameDirection.UPSTREAM) for frame in up])
    assert [frame for _, frame in run.up] == up
    assert not run.down
