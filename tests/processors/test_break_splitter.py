"""The break splitter among frames: what it consumes, what it pushes, in which order."""

from __future__ import annotations

import asyncio

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
    TTSUpdateSettingsFrame,
    UserStartedSpeakingFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.settings import TTSSettings
from pipecat.utils.text.base_text_aggregator import TextType

from processors.break_splitter import BreakSplitter
from vantum.core.events import DraftDropped, DraftStarted, Hold, Release, Say, Stage, StageReached
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


# --- drafts ---------------------------------------------------------------------------------------------

DRAFT = OutputTransportMessageUrgentFrame(message=DraftStarted(2, 30))
LONG = ("The first piece is here, ", "and this is the next one. ||BREAK|| ", "And the last.")
PIECES = ["The first piece is here,", "and this is the next one.", "And the last."]


def urgent(message: object) -> OutputTransportMessageUrgentFrame:
    return OutputTransportMessageUrgentFrame(message=message)


def spoken(run: Run) -> list[tuple[float, str]]:
    return [(at, frame.text) for at, frame in run.down if isinstance(frame, AggregatedTextFrame)]


def dropped(run: Run) -> list[DraftDropped]:
    messages = [frame.message for frame in run.of(OutputTransportMessageUrgentFrame)]
    return [message for message in messages if isinstance(message, DraftDropped)]


async def test_of_a_draft_the_first_piece_leaves_and_the_rest_when_it_is_released() -> None:
    run = await run_processor(BreakSplitter(), [DRAFT, *answer(*LONG), (2.0, urgent(Release()))])
    assert spoken(run) == [(0.0, PIECES[0]), (2.0, PIECES[1]), (2.0, PIECES[2])]
    assert run.times(END) == [2.0]
    assert [event for event in told(run) if event in (END, *PIECES)] == [*PIECES, END]
    assert dropped(run) == []


async def test_a_draft_of_one_piece_ends_before_it_is_released() -> None:
    run = await run_processor(BreakSplitter(), [DRAFT, *answer("Yes."), (2.0, urgent(Release()))])
    assert (spoken(run), run.times(END)) == ([(0.0, "Yes.")], [0.0])


async def test_what_comes_after_the_release_leaves_at_once() -> None:
    run = await run_processor(
        BreakSplitter(),
        [
            DRAFT,
            START(),
            LLMTextFrame(LONG[0]),
            LLMTextFrame(LONG[1]),
            (1.0, urgent(Release())),
            (1.5, LLMTextFrame(LONG[2])),
            (1.6, END()),
        ],
    )
    assert spoken(run) == [(0.0, PIECES[0]), (1.0, PIECES[1]), (1.6, PIECES[2])]


async def test_a_draft_that_is_withdrawn_is_told_with_what_it_cost() -> None:
    run = await run_processor(
        BreakSplitter(), [DRAFT, *answer(*LONG), (2.0, InterruptionFrame()), (2.5, urgent(Release()))]
    )
    assert spoken(run) == [(0.0, PIECES[0])]
    assert dropped(run) == [DraftDropped(2, 30, completion_tokens=3, spoken_characters=len(PIECES[0]))]
    assert run.times(END) == []


async def test_each_draft_is_counted_for_itself() -> None:
    run = await run_processor(
        BreakSplitter(),
        [
            DRAFT,
            *answer(*LONG),
            (1.0, InterruptionFrame()),
            urgent(DraftStarted(3, 31)),
            START(),
            LLMTextFrame("Well"),
            (2.0, InterruptionFrame()),
        ],
    )
    assert [drop.completion_tokens for drop in dropped(run)] == [3, 1]
    assert dropped(run)[1] == DraftDropped(3, 31, completion_tokens=1, spoken_characters=0)


@pytest.mark.parametrize("before", [[], [DRAFT, *answer("Yes."), urgent(Release())]])
async def test_a_cut_that_drops_no_draft_tells_of_none(before: list[Frame]) -> None:
    run = await run_processor(BreakSplitter(), [*before, *answer("No."), InterruptionFrame()])
    assert dropped(run) == []


async def test_the_answer_after_a_draft_is_not_held() -> None:
    run = await run_processor(
        BreakSplitter(), [DRAFT, *answer(*LONG), (1.0, InterruptionFrame()), (2.0, START()), *answer(*LONG)]
    )
    assert spoken(run)[1:] == [(2.0, piece) for piece in PIECES]


async def test_the_release_of_a_bot_that_was_held_changes_nothing() -> None:
    run = await run_processor(BreakSplitter(), [urgent(Hold()), *answer(*LONG), (1.0, urgent(Release()))])
    assert spoken(run) == [(0.0, piece) for piece in PIECES]


class Slow(FrameProcessor):
    """A voice that takes what it is to speak in the task of whoever pushes it, and takes its time."""

    def __init__(self) -> None:
        super().__init__(enable_direct_mode=True)

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, AggregatedTextFrame | TTSSpeakFrame):
            await asyncio.sleep(0.3)
        await self.push_frame(frame, direction)


async def test_pieces_stay_in_order_when_the_release_overtakes_the_end_of_the_answer() -> None:
    """The release pushes the second piece in a task of its own, while the answer's task comes to the third."""
    run = await run_processor(
        Pipeline([BreakSplitter(), Slow()]),
        [
            DRAFT,
            START(),
            LLMTextFrame(LONG[0]),
            LLMTextFrame(LONG[1]),
            (1.0, TTSSpeakFrame("One moment.")),
            (1.01, LLMTextFrame(LONG[2])),
            END(),
            (1.05, urgent(Release())),
        ],
        settle=2.0,
    )
    assert spoken(run) == [(0.3, PIECES[0]), (1.35, PIECES[1]), (1.65, PIECES[2])]
    assert run.times(END) == [1.65]


# --- what comes past the language model -----------------------------------------------------------------


async def test_a_sentence_of_the_bots_own_is_spoken_at_once_and_belongs_to_no_answer() -> None:
    run = await run_processor(
        BreakSplitter(), [START(), LLMTextFrame("I was go"), urgent(Say("One moment."))]
    )
    [sentence] = run.of(TTSSpeakFrame)
    assert (sentence.text, sentence.append_to_context) == ("One moment.", False)
    assert urgent(Say("One moment.")).message not in [
        frame.message for frame in run.of(OutputTransportMessageUrgentFrame)
    ]
    assert told(run)[-1] == "I was go"


async def test_who_waits_for_the_answer_hears_of_its_first_token() -> None:
    run = await run_processor(
        BreakSplitter(), [(1.0, START()), (2.0, LLMTextFrame("Yes")), LLMTextFrame(".")]
    )
    assert [(at, getattr(frame, "message", None)) for at, frame in run.up] == [
        (2.0, StageReached(Stage.FIRST_TOKEN))
    ]


async def test_the_next_answer_is_cut_by_the_rules_of_its_language() -> None:
    text = "Das ist am Montag ggf. Dienstag fertig. Gut"
    change = TTSUpdateSettingsFrame(delta=TTSSettings(language="de"))
    voice = TTSUpdateSettingsFrame(delta=TTSSettings(voice="maria"))
    run = await run_processor(BreakSplitter("en"), [*answer(text), change, voice, *answer(text)])
    english = ["Das ist am Montag ggf.", "Dienstag fertig. Gut"]
    assert run.texts() == [*english, "Das ist am Montag ggf. Dienstag fertig.", "Gut"]
    assert run.of(TTSUpdateSettingsFrame) == [change, voice]
