"""Outreach: the bot opens the call, says that it is an AI, qualifies the prospect, and knows when to stop."""

from __future__ import annotations

from pathlib import Path

from pipecat.processors.frame_processor import FrameProcessor

from processors.break_splitter import BreakSplitter
from processors.context_aggregator import ContextAggregator
from processors.end_call import end_call
from processors.resampler import Resampler
from processors.script_file import load_script
from vantum import Call

SCRIPT = load_script(Path(__file__).with_name("outreach_script.yaml"))

PROMPT = f"""\
You are {SCRIPT.agent}, an AI assistant on a phone call for {SCRIPT.company}. You already opened the call with:
"{SCRIPT.greeting}"
Your words are spoken aloud: one or two short sentences an answer, one question at a time, no lists, no symbols.
Put ||BREAK|| between sentences.

Find out, in this order and only as far as they want to go: whether now is a good time, how they do it today,
what bothers them about it, and whether a colleague may call them with an offer (take a day and a time, read it
back, and only a clear yes confirms it; "okay" is no consent).

Objections: answer honestly and briefly, then go back to your question. Say that you are an AI whenever you are
asked. If you do not know, say so and offer a call by a colleague. Never invent prices, names or promises.

Stop rules: when they ask not to be called, confirm that you take them off the list, say goodbye and call end_call
with do_not_call, at once. When they say no twice, thank them and end with not_interested. When they are busy or
want a human, offer one call back, take a day and a time, and end with callback. When it is the wrong person, excuse
yourself and end with wrong_person. When all is said, say goodbye and end with meeting_booked or interested.
"""


def build(call: Call) -> list[FrameProcessor]:
    """Transport input → these → transport output."""
    return [
        Resampler(),
        call.vad(),
        call.stt(SCRIPT),
        ContextAggregator(
            prompt=PROMPT, greeting=SCRIPT.greeting, tools=[end_call()], limit=call.context_messages
        ),
        call.llm(SCRIPT),
        BreakSplitter(),
        call.tts(),
    ]
