"""What a scenario says: who calls what, what the caller does and when, what the providers do, what is expected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from vantum.core.events import Sign
from vantum.simulation.expectation import Expectation
from vantum.testing.scripted_tts import Fault


class Carrier(StrEnum):
    """What the caller calls on."""

    BROWSER = "browser"
    PHONE = "phone"


class Providers(StrEnum):
    """Who hears, thinks and speaks."""

    SCRIPTED = "scripted"  # on virtual time, exact to the nanosecond
    CONFIGURED = "configured"  # those of the settings, with real audio in real time


class Trouble(StrEnum):
    """What may befall the language model."""

    NOTHING = "nothing"
    NEVER = "never"  # it says no more
    ERROR = "error"  # it reports an error


@dataclass(frozen=True, slots=True)
class When:
    """A moment: ``at`` seconds after the call began, or ``after_bot`` seconds after the bot fell silent."""

    at: float = 0.0
    after_bot: float | None = None


@dataclass(frozen=True, slots=True)
class Says:
    """The caller says ``text`` for ``seconds``; None is as long as the embedded voice takes for it.

    ``final_after`` and ``interims`` are when the recogniser gives words, counted from the end and the begin;
    ``complete`` is what the end-of-turn model thinks of the pause behind it.
    """

    when: When
    text: str
    seconds: float | None
    final_after: float
    interims: tuple[tuple[float, str], ...] = ()
    complete: float | None = 1.0


@dataclass(frozen=True, slots=True)
class Noise:
    """A sound without words, ``seconds`` long."""

    when: When
    seconds: float


@dataclass(frozen=True, slots=True)
class Plays:
    """The caller is heard in a recording, 16-bit mono at 16 kHz, which says ``text``."""

    when: When
    wav: Path
    text: str
    final_after: float


@dataclass(frozen=True, slots=True)
class Recognises:
    """The recogniser gives a transcript, whether or not anybody speaks."""

    when: When
    text: str
    final: bool


@dataclass(frozen=True, slots=True)
class Signs:
    """The recogniser lets something know beside words."""

    when: When
    sign: Sign


@dataclass(frozen=True, slots=True)
class Presses:
    """The caller presses keys of the telephone."""

    when: When
    keys: str


@dataclass(frozen=True, slots=True)
class EndsTurn:
    """The caller ends the turn by hand."""

    when: When


@dataclass(frozen=True, slots=True)
class HangsUp:
    """The caller leaves; ``code`` is how the connection closes, 1006 for one that vanishes."""

    when: When
    code: int = 1000


Step = Says | Noise | Plays | Recognises | Signs | Presses | EndsTurn | HangsUp


@dataclass(frozen=True, slots=True)
class ToolUse:
    """A call to a tool, its arguments by name."""

    name: str
    arguments: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the scripted language model: words, then calls of tools, then perhaps trouble.

    Answers are given in their order, each once; one with ``to`` is given whenever the last message has those words.
    """

    text: str
    calls: tuple[ToolUse, ...] = ()
    trouble: Trouble = Trouble.NOTHING
    to: str = ""


@dataclass(frozen=True, slots=True)
class ToolScript:
    """A tool that takes ``seconds`` and returns ``result``; with ``fails`` that is the text of its error."""

    name: str
    seconds: float
    result: object
    fails: bool = False


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds that scripted providers take."""

    stt_final: float = 0.2
    llm_first_token: float = 0.1
    llm_total: float = 0.3
    tts_first_audio: float = 0.2
    tts_character: float = 0.06


@dataclass(frozen=True, slots=True)
class Cast:
    """What the scripted providers do. ``voice_faults`` are by the number of the piece spoken, from 1."""

    timing: Timing = Timing()
    answers: tuple[Answer, ...] = ()
    tools: tuple[ToolScript, ...] = ()
    voice_faults: Mapping[int, Fault] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario, checked. Without ``pipeline`` the call goes through a plain one with ``prompt``."""

    name: str
    about: str
    carrier: Carrier
    providers: Providers
    pipeline: str
    prompt: str
    greeting: str
    settings: Mapping[str, str]
    cast: Cast
    steps: tuple[Step, ...]
    expectations: tuple[Expectation, ...]
