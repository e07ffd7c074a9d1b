"""Expectations of words: those that were heard, those of the caller, and those that the language model was given."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from vantum.simulation.expectation import Bounds, Span, Verdict, as_json, told_dialogue
from vantum.testing.played_call import PlayedCall

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")

Context = tuple[tuple[str, object], ...]
"""Messages as (role, words); of a ``call`` the tool's name, of a ``result`` plain data."""


@dataclass(frozen=True, slots=True)
class ContextIs:
    """The conversation as the language model has it at the end, without the system prompt."""

    messages: Context

    def check(self, call: PlayedCall) -> Verdict:
        found = tuple((role, _loaded(words) if role == "result" else words) for role, words in call.context)
        return Verdict(
            found == self.messages, f"context: {told_dialogue(self.messages)}", told_dialogue(found)
        )


@dataclass(frozen=True, slots=True)
class TranscriptIs:
    """The lines of the record's transcript, as (speaker, words)."""

    lines: Context

    def check(self, call: PlayedCall) -> Verdict:
        found = tuple(call.transcript)
        return Verdict(found == self.lines, f"transcript: {told_dialogue(self.lines)}", told_dialogue(found))


@dataclass(frozen=True, slots=True)
class TranscriptHas:
    """A line of the transcript holds these words."""

    text: str

    def check(self, call: PlayedCall) -> Verdict:
        met = any(has_words(line, self.text) for _, line in call.transcript)
        return Verdict(met, f"transcript_has: {self.text!r}", told_dialogue(call.transcript))


@dataclass(frozen=True, slots=True)
class Hears:
    """The caller hears exactly these words of the bot in a span, or words that hold these."""

    text: str
    exactly: bool
    span: Span

    def check(self, call: PlayedCall) -> Verdict:
        found = call.heard(by=self.span.until, since=self.span.since)
        met = found == self.text if self.exactly else has_words(found, self.text)
        name = "heard" if self.exactly else "heard_among"
        return Verdict(met, f"{name}: {self.text!r}{self.span}", repr(found))


@dataclass(frozen=True, slots=True)
class NeverHeard:
    """These words of the bot are never heard."""

    text: str

    def check(self, call: PlayedCall) -> Verdict:
        found = call.heard()
        return Verdict(not has_words(found, self.text), f"never_heard: {self.text!r}", repr(found))


@dataclass(frozen=True, slots=True)
class Asked:
    """How often the language model was asked, and what the last request says and does not say."""

    count: Bounds
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()

    def check(self, call: PlayedCall) -> Verdict:
        last = as_json(call.asked[-1]) if call.asked else ""
        missing = [text for text in self.has if not has_words(last, text)]
        extra = [text for text in self.lacks if has_words(last, text)]
        met = self.count.hold(len(call.asked)) and not missing and not extra
        wanted = [f"asked: {self.count}", *(f"has {text!r}" for text in self.has)]
        found = [f"{len(call.asked)}", *(f"lacks {text!r}" for text in missing)]
        return Verdict(
            met,
            ", ".join([*wanted, *(f"lacks {text!r}" for text in self.lacks)]),
            ", ".join([*found, *(f"has {text!r}" for text in extra)]),
        )


def has_words(text: str, words: str) -> bool:
    """Whether ``text`` holds ``words``, whole and in this order; case and punctuation do not matter."""
    return _spaced(words) in _spaced(text)


def _spaced(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.casefold()))} "


def _loaded(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text
