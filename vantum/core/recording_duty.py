"""Whether and from when on the sound of a call may be kept: as its law asked when it was placed.

A dialer gives what the law asks to the call as its variables ``recording`` (``on``, ``after_notice`` or ``off``) and
``recording_notice``, the words that have to be heard first. A call that nobody's law was asked about may be recorded.
"""

from __future__ import annotations

from collections.abc import Mapping

from vantum.core.analysis.turn import Turn
from vantum.core.events import Event, TurnCommitted, UtteranceEnded
from vantum.core.legal.decision import Recording
from vantum.core.outreach.recording_words import Word, about_recording
from vantum.core.transcript import Speaker

DUTY = "recording"
NOTICE = "recording_notice"


class RecordingDuty:
    """Follows the events of one call with these ``variables``."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        duty = variables.get(DUTY, Recording.ON)
        self._notice = _words(variables.get(NOTICE, ""))
        self.never = duty not in (Recording.ON, Recording.AFTER_NOTICE)
        """No sound may be kept, whatever is said."""
        self.allows = duty == Recording.ON
        """Sound may be kept now."""

    def hear(self, event: Event) -> None:
        """Something happened: once the whole notice was heard sound may be kept, and no more from a "no" on."""
        match event:
            case TurnCommitted(text=text) if _forbids(text):
                self.never, self.allows = True, False
            case UtteranceEnded(text=text) if self._notice and not self.never and not self.allows:
                self.allows = f" {self._notice} " in f" {_words(text)} "


def _forbids(text: str) -> bool:
    said = about_recording((Turn(Speaker.CALLER, text, 0, 0),))
    return said is not None and said.word is Word.FORBIDDEN


def _words(text: str) -> str:
    """The words of a text, however they are written and set off."""
    kept = "".join(letter if letter.isalnum() or letter in "'\u2019" else " " for letter in text.casefold())
    return " ".join(kept.split())
