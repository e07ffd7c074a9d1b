"""When the sound of a call may be kept."""

from __future__ import annotations

import pytest

from vantum.core.events import TurnCommitted, TurnEnd, UtteranceEnded, UtteranceStarted
from vantum.core.recording_duty import RecordingDuty

NOTICE = "This call is being recorded. If you do not want that, just say so."


def ended(text: str) -> UtteranceEnded:
    return UtteranceEnded("one", text, interrupted=False)


@pytest.mark.parametrize(
    ("variables", "allows", "never"),
    [
        ({}, True, False),
        ({"recording": "on"}, True, False),
        ({"recording": "after_notice", "recording_notice": NOTICE}, False, False),
        ({"recording": "after_notice"}, False, False),
        ({"recording": "off"}, False, True),
        ({"recording": "who knows"}, False, True),
    ],
)
def test_before_anything_is_said(variables: dict[str, str], allows: bool, never: bool) -> None:
    duty = RecordingDuty(variables)
    assert (duty.allows, duty.never) == (allows, never)


def test_the_whole_notice_must_be_heard() -> None:
    duty = RecordingDuty({"recording": "after_notice", "recording_notice": NOTICE})
    for event in (
        UtteranceStarted("one"),
        ended("Hello, this call is being recorded."),
        ended("just say so"),
    ):
        duty.hear(event)
        assert not duty.allows
    duty.hear(ended(f"Hello, I am an AI assistant — {NOTICE.upper()} May I go on?"))
    assert duty.allows
    duty.hear(ended("Goodbye."))
    assert duty.allows


@pytest.mark.parametrize("variables", [{"recording": "off"}, {"recording": "after_notice"}])
def test_no_words_help_where_none_are_asked_for(variables: dict[str, str]) -> None:
    duty = RecordingDuty(variables)
    duty.hear(ended(NOTICE))
    duty.hear(ended(""))
    assert not duty.allows


@pytest.mark.parametrize("duty", ["on", "after_notice"])
def test_a_no_ends_it_for_good(duty: str) -> None:
    followed = RecordingDuty({"recording": duty, "recording_notice": NOTICE})
    followed.hear(ended(NOTICE))
    followed.hear(TurnCommitted(1, "What does it cost?", TurnEnd.SILENCE, 0.2))
    assert followed.allows
    followed.hear(TurnCommitted(2, "Please do not record this.", TurnEnd.SILENCE, 0.2))
    followed.hear(ended(NOTICE))
    assert (followed.allows, followed.never) == (False, True)
