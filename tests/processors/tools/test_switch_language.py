"""The tool that changes the language of a call, to one of those on offer."""

from __future__ import annotations

import json

import pytest
from pipecat.frames.frames import InputTransportMessageFrame
from pipecat.processors.frame_processor import FrameDirection

from processors.tools.switch_language import switch_language
from tests.processors.tool_call import call_tool
from vantum.core.events import LanguageChanged
from vantum.core.floor import FollowUp


def test_the_model_chooses_among_the_languages_on_offer() -> None:
    tool = switch_language(["en", "de"])
    assert (tool.name, tool.schema.required) == ("switch_language", ["language"])
    assert tool.schema.properties["language"]["enum"] == ["en", "de"]


def test_there_must_be_a_language() -> None:
    with pytest.raises(ValueError, match="at least one language"):
        switch_language([])


async def test_the_conversation_is_told_and_the_model_goes_on() -> None:
    called = await call_tool(switch_language(["en", "de"]), {"language": "de"})
    [(frame, direction)] = called.frames
    assert isinstance(frame, InputTransportMessageFrame)
    assert (frame.message, direction) == (LanguageChanged("de"), FrameDirection.UPSTREAM)
    assert json.loads(called.written.json)["language"] == "de"
    assert called.written.follow_up is FollowUp.ALWAYS


@pytest.mark.parametrize("arguments", [{}, {"language": "fr"}, {"language": "DE"}], ids=str)
async def test_another_language_is_an_error(arguments: dict[str, object]) -> None:
    called = await call_tool(switch_language(["en", "de"]), arguments)
    assert called.frames == []
    assert "language" in called.error
