"""A client that is lost while it is told what must be heard: it is told the rest, which nothing interrupts."""

from __future__ import annotations

import pytest
from pipecat.processors.frame_processor import FrameProcessor

from processors.break_splitter import BreakSplitter
from processors.context_aggregator import ContextAggregator
from processors.resampler import Resampler
from tests.vantum.comeback import Comeback
from tests.vantum.test_live_call import FINE
from tests.vantum.test_resumption import about
from vantum.testing import ScriptedCall, ScriptedLLM

NOTICE = "This call is recorded."  # 0.2: This, 0.5: call, 0.8: is, 0.98: recorded.


def with_notice(call: ScriptedCall) -> list[FrameProcessor]:
    """A bot that has to say something before anything else."""
    talk = ContextAggregator(prompt="", disclosure=NOTICE, greeting="Hello.")
    return [Resampler(), call.vad(), call.stt(), talk, call.llm(), BreakSplitter(), call.tts()]


@pytest.mark.parametrize(
    ("at", "rest"), [(0.4, NOTICE), (0.7, "call is recorded."), (0.9, "is recorded."), (1.3, "recorded.")]
)
@pytest.mark.parametrize("over_it", [False, True], ids=["in silence", "over the caller"])
async def test_what_must_be_heard_goes_on_and_is_not_interrupted(at: float, rest: str, over_it: bool) -> None:
    script = Comeback(llm=ScriptedLLM([FINE]))
    script.drops(at)
    script.comes_back(3.0)
    if over_it:
        script.says(3.1, "Hold on, stop, I have a question.", seconds=1.0)
    script.leaves(10.0)
    call = await script.play(with_notice)
    begin, end = script.sounds(1)[0]
    assert (begin, end) == (3.0, about(3.0 + len(rest) * 0.06))
    assert call.context[0][1].startswith(NOTICE)
    first, *_ = call.events("utterance_ended")
    assert (first["text"], first["interrupted"]) == (NOTICE, False)
    pauses = [pause["utterance_id"] for pause in call.events("utterance_paused")]
    assert pauses.count(first["utterance_id"]) == 1


async def test_who_does_not_come_back_has_not_heard_what_must_be_heard() -> None:
    script = Comeback(llm=ScriptedLLM([FINE]))
    script.drops(0.9)
    call = await script.play(with_notice)
    assert call.context == (("assistant", "This call is…"),)
