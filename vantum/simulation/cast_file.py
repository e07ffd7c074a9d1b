"""Reads from a scenario what its scripted providers do: their pace, answers, tools and troubles."""

from __future__ import annotations

import dataclasses
import math
import re
from typing import Final

from vantum.simulation.document import Spot
from vantum.simulation.scenario import Answer, Timing, ToolScript, ToolUse, Trouble
from vantum.testing.scripted_tts import Fault, Mute, Stall

TOOL_NAME: Final = re.compile(r"[a-zA-Z_][a-zA-Z0-9_-]{0,63}")
TROUBLES: Final = (Trouble.NEVER.value, Trouble.ERROR.value)
FOREVER: Final = "forever"


def read_timing(spot: Spot) -> Timing:
    """Seconds that the providers take; what is left out is as usual."""
    names = [field.name for field in dataclasses.fields(Timing)]
    given = {name: value.number(0.0, 60.0) for name, value in spot.fields((), names).items()}
    timing = dataclasses.replace(Timing(), **given)
    if timing.llm_total < timing.llm_first_token:
        spot.fail("an answer ends before its first token", "Write an 'llm_total' that is no less.")
    if timing.tts_character < 0.001:
        spot.fail("a character takes no time to say", "Write a 'tts_character' of at least 0.001.")
    return timing


def read_answers(spot: Spot) -> tuple[Answer, ...]:
    """The answers in their order: a text, or a text with calls or trouble."""
    return tuple(_answer(item) for item in spot.items())


def _answer(spot: Spot) -> Answer:
    if not spot.is_mapping():
        return Answer(spot.text())
    fields = spot.fields((), ("to", "text", "calls", "trouble"))
    trouble = fields["trouble"].one_of(TROUBLES) if "trouble" in fields else Trouble.NOTHING
    calls = fields["calls"].items() if "calls" in fields else []
    text = fields["text"].maybe_text() if "text" in fields else ""
    to = fields["to"].text() if "to" in fields else ""
    return Answer(text, tuple(_use(call) for call in calls), Trouble(trouble), to)


def _use(spot: Spot) -> ToolUse:
    if not spot.is_mapping():
        return ToolUse(_tool_name(spot), {})
    fields = spot.fields(("name",), ("arguments",))
    given = fields["arguments"].entries() if "arguments" in fields else {}
    return ToolUse(_tool_name(fields["name"]), {name: value.data() for name, value in given.items()})


def read_tools(spot: Spot) -> tuple[ToolScript, ...]:
    """The tools of the plain pipeline."""
    tools = tuple(_tool(item) for item in spot.items())
    names = [tool.name for tool in tools]
    if len(set(names)) < len(names):
        spot.fail("a tool is there twice", "Give each a name of its own.")
    return tools


def _tool(spot: Spot) -> ToolScript:
    fields = spot.fields(("name",), ("seconds", "result", "fails"))
    if "result" in fields and "fails" in fields:
        fields["fails"].fail("a tool either returns or fails", "Write 'result' or 'fails'.")
    seconds = fields["seconds"].number(0, 600) if "seconds" in fields else 0.0
    name = _tool_name(fields["name"])
    if "fails" in fields:
        return ToolScript(name, seconds, fields["fails"].text(), fails=True)
    return ToolScript(name, seconds, fields["result"].data() if "result" in fields else None)


def _tool_name(spot: Spot) -> str:
    name = spot.text()
    if not TOOL_NAME.fullmatch(name):
        spot.fail(f"{name[:40]!r} is no name of a tool", "Allowed: letters, digits, underscores and hyphens.")
    return name


def read_voice(spot: Spot) -> dict[int, Fault]:
    """What befalls pieces of speech, by their number."""
    faults: dict[int, Fault] = {}
    for item in spot.items():
        fields = item.fields(("piece",), ("mute", "stalls_after", "stalls_for"))
        number = fields["piece"].whole(1)
        if number in faults:
            item.fail(f"piece {number} is there twice", "Write what befalls it once.")
        faults[number] = _fault(item, fields)
    return faults


def _fault(spot: Spot, fields: dict[str, Spot]) -> Fault:
    if "mute" in fields:
        fields["mute"].one_of(("true",))
        return Mute()
    if "stalls_after" not in fields:
        spot.fail("nothing befalls this piece", "Write 'mute: true', or 'stalls_after' and 'stalls_for'.")
    seconds = fields["stalls_for"].raw() if "stalls_for" in fields else FOREVER
    ends = math.inf if seconds == FOREVER else fields["stalls_for"].number(0, 600)
    return Stall(fields["stalls_after"].number(0, 600), ends)
