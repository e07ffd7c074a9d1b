"""A conversation without a pipeline: inputs at their times, a clock that jumps, a model of what answers and plays.

The caller is a list of (seconds, what happens). The language model gives a scripted ``Reply`` to each ``Ask``;
the voice says a word in 0.25 s, stops when held, and reports what was heard as ``transports`` do.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import TypeVar

from vantum.core.acts import Act, Ask, Cut, EndCall, RunTools, Speak, Tell, ToOutput
from vantum.core.conversation import Conversation, Message, Role, ToolCall
from vantum.core.events import Event, Hold, OutputRequest, Release, Say, Sign, ToolReturned
from vantum.core.exchange import Exchange
from vantum.core.floor import Floor, FollowUp, Kind
from vantum.core.manners import Manners
from vantum.core.turn import Signal

WORD_SECONDS = 0.25
FIRST_TOKEN_SECONDS = 0.35
RESPONSE_SECONDS = 0.1
REPORT_SECONDS = 0.02

E = TypeVar("E", bound=Event)
Do = Callable[["Talk"], None]


class Step:
    """Something the caller does; ``what`` it is shows when a test fails."""

    def __init__(self, what: str, do: Do) -> None:
        self.what = what
        self.do = do

    def __call__(self, talk: Talk) -> None:
        """Do it."""
        self.do(talk)

    def __repr__(self) -> str:
        return self.what


Input = tuple[float, Step]


@dataclass(frozen=True)
class Reply:
    """How the language model answers: with ``text``, with ``tools`` (name, seconds, follow-up), or not at all."""

    text: str = ""
    after: float = FIRST_TOKEN_SECONDS
    tools: tuple[tuple[str, float, FollowUp], ...] = ()
    fails: bool = False
    comes: bool = True


@dataclass
class Utterance:
    """One line on its way to the ear: of an ``ask``, or a sentence of the bot's own."""

    ask: Ask | None
    words: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    begun: bool = False
    closed: bool = False


@dataclass(frozen=True)
class Heard:
    """What became of a line that was heard, at its end."""

    at: float
    text: str
    interrupted: bool
    ask: Ask | None


class Talk:
    """One conversation; ``log`` holds every act with its time, ``heard`` what came to the ear."""

    def __init__(
        self,
        *replies: Reply,
        manners: Manners | None = None,
        otherwise: Reply | None = None,
        cuts_are_reported: bool = True,
    ) -> None:
        self.conversation = Conversation("be kind")
        self.exchange = Exchange(self.conversation, manners or Manners(silence_seconds=0))
        self.now = 0.0
        self.log: list[tuple[float, Act]] = []
        self.heard: list[Heard] = []
        self.starts: list[tuple[float, Ask | None]] = []
        self.held = False
        self.after_each: Callable[[], None] = lambda: None
        self._replies = list(replies)
        self._otherwise = otherwise or Reply("All right.")
        self._cuts_are_reported = cuts_are_reported
        self._order = count()
        self._calls = count(1)
        self._tools: dict[str, tuple[float, FollowUp]] = {}
        self._inputs: list[tuple[float, int, Do]] = []
        self._line: list[Utterance] = []
        self._playing = 0
        self._cuts = 0

    # --- the clock ----------------------------------------------------------------------------------

    def play(self, *inputs: Input, until: float = 600.0) -> Talk:
        """Feed the inputs and go on until nothing happens any more, at most ``until``."""
        for when, step in inputs:
            self.later(when, step)
        while (at := self._next()) is not None and at <= until:
            self.now = max(self.now, at)
            if self._inputs and self._inputs[0][0] <= at:
                heapq.heappop(self._inputs)[2](self)
            else:
                self.exchange.tick(self.now)
            for act in self.exchange.acts.take():
                self.log.append((round(self.now, 3), act))
                self._do(act)
            self.after_each()
        return self

    def later(self, at: float, do: Do) -> None:
        """Let something happen ``at`` a time."""
        heapq.heappush(self._inputs, (round(at, 4), next(self._order), do))

    def _next(self) -> float | None:
        times = (self._inputs[0][0] if self._inputs else None, self.exchange.due())
        return min((at for at in times if at is not None), default=None)

    # --- what is asked of the others ----------------------------------------------------------------

    def _do(self, act: Act) -> None:
        match act:
            case Ask():
                self._answer(act)
            case Cut():
                self._cut()
            case ToOutput(request):
                self._output(request)
            case Speak(text):
                self.queue(text)
            case EndCall():
                self.exchange.over()
            case RunTools(calls):
                for call in calls:
                    self._run(call)
            case _:
                pass

    def _answer(self, ask: Ask) -> None:
        reply = self._replies.pop(0) if self._replies else self._otherwise
        line = Utterance(ask)
        self._line.append(line)
        if not reply.comes:
            return
        current = self._cuts

        def unless_cut(do: Callable[[], None]) -> Do:
            return lambda _: do() if self._cuts == current else None

        def speak() -> None:
            if reply.text:
                self.exchange.first_token()
                line.words += reply.text.split()
                self._go_on()

        def end() -> None:
            if reply.fails:
                self.exchange.answer_failed()
            if reply.tools:
                self.exchange.tools_called(self.now, [self._call(tool) for tool in reply.tools])
            line.closed = True
            self._go_on()

        self.later(self.now + reply.after, unless_cut(speak))
        self.later(self.now + reply.after + RESPONSE_SECONDS, unless_cut(end))

    def _call(self, tool: tuple[str, float, FollowUp]) -> ToolCall:
        name, seconds, follow_up = tool
        call = ToolCall(f"call-{next(self._calls)}", name, "{}")
        self._tools[call.id] = (seconds, follow_up)
        return call

    def _run(self, call: ToolCall) -> None:
        seconds, follow_up = self._tools[call.id]
        returned = ToolReturned(call.id, call.name, f'"{call.name} done"', seconds, failed=False)
        self.later(
            self.now + seconds, lambda talk: talk.exchange.tool_returned(talk.now, returned, follow_up)
        )

    # --- the output ---------------------------------------------------------------------------------

    def _output(self, request: OutputRequest) -> None:
        match request:
            case Hold():
                self.held = True
                self._playing += 1
            case Release():
                self.held = False
                self._go_on()
            case Say(text):
                self.say(text)

    def say(self, text: str) -> None:
        """Speak at once: within the answer under way, or as a line of its own."""
        if self._line and self._line[-1].ask is not None and not self._line[-1].closed:
            self._line[-1].words += text.split()
            self._go_on()
        else:
            self.queue(text)

    def queue(self, text: str) -> None:
        """Speak behind what is on its way."""
        self._line.append(Utterance(None, text.split(), closed=True))
        self._go_on()

    def _go_on(self) -> None:
        """Play the next word, or report the end of a line."""
        self._playing += 1
        turn = self._playing
        if not self._line:
            return
        line = self._line[0]
        if len(line.heard) < len(line.words):
            if not self.held:
                self.later(self.now, lambda _: self._word(line, turn))
        elif line.closed:
            self._line.pop(0)
            self.later(self.now, lambda _: self._report(line, interrupted=False))
            self._go_on()

    def _word(self, line: Utterance, turn: int) -> None:
        if turn != self._playing:
            return
        if not line.begun:
            line.begun = True
            self.starts.append((round(self.now, 3), line.ask))
            self.exchange.bot_started()
        self.exchange.bot_spoke(self.now, line.words[len(line.heard)])
        self.later(self.now + WORD_SECONDS, lambda _: self._spoken(line, turn))

    def _spoken(self, line: Utterance, turn: int) -> None:
        if turn == self._playing:
            line.heard.append(line.words[len(line.heard)])
            self._go_on()

    def _report(self, line: Utterance, *, interrupted: bool) -> None:
        text = " ".join(line.heard)
        if text:
            self.heard.append(Heard(round(self.now, 3), text, interrupted, line.ask))
        self.exchange.bot_heard(self.now, text, interrupted=interrupted)

    def _cut(self) -> None:
        self._cuts += 1
        self._playing += 1
        self.held = False
        first = self._line[0] if self._line else Utterance(None)
        self._line.clear()
        if self._cuts_are_reported or first.heard:
            self.later(self.now + REPORT_SECONDS, lambda _: self._report(first, interrupted=True))

    # --- what to look at ----------------------------------------------------------------------------

    def acts(self, kind: type[Act]) -> list[tuple[float, Act]]:
        """The acts of one kind."""
        return [(at, act) for at, act in self.log if isinstance(act, kind)]

    def times(self, kind: type[Act]) -> list[float]:
        """When there was such an act."""
        return [at for at, act in self.log if isinstance(act, kind)]

    def told(self, kind: type[E]) -> list[tuple[float, E]]:
        """The events of one kind."""
        return [
            (at, act.event) for at, act in self.log if isinstance(act, Tell) and isinstance(act.event, kind)
        ]

    def requests(self) -> list[tuple[float, OutputRequest]]:
        """What was asked of the output."""
        return [(at, act.request) for at, act in self.log if isinstance(act, ToOutput)]

    def asked(self) -> list[tuple[float, list[str]]]:
        """Each question to the language model, as the texts after the prompt."""
        return [(at, texts(act.messages)) for at, act in self.log if isinstance(act, Ask)]

    def said(self) -> list[tuple[float, str]]:
        """The lines that were heard, and when each ended; a cut one is marked."""
        return [(each.at, each.text + "…" * each.interrupted) for each in self.heard]

    @property
    def messages(self) -> list[str]:
        """What was said, after the prompt."""
        return texts(self.conversation.messages)

    @property
    def ended(self) -> bool:
        """Whether the bot ended the call."""
        return bool(self.times(EndCall))

    @property
    def floor(self) -> Floor:
        """What the bot is doing."""
        return self.exchange._bot.lines.state


def texts(messages: Sequence[Message]) -> list[str]:
    """The messages after the prompt: "user: hello"."""
    return [
        f"{message.role}: {message.content}" + "".join(f" [{call.name}]" for call in message.calls)
        for message in messages
        if message.role is not Role.SYSTEM
    ]


# --- the caller -----------------------------------------------------------------------------------------


def started(at: float) -> Input:
    """The detector hears the caller."""
    return at, Step("started", lambda talk: talk.exchange.caller.speech_started(talk.now))


def paused(at: float, silent: float = 0.1) -> Input:
    """The caller has been silent for a moment."""
    return at, Step(f"paused {silent!r}", lambda talk: talk.exchange.caller.speech_paused(talk.now, silent))


def resumed(at: float) -> Input:
    """It was no more than a pause."""
    return at, Step("resumed", lambda talk: talk.exchange.caller.speech_resumed(talk.now))


def stopped(at: float, silent: float = 0.2) -> Input:
    """The detector holds that the caller has stopped."""
    return at, Step(f"stopped {silent!r}", lambda talk: talk.exchange.caller.speech_stopped(talk.now, silent))


def judged(at: float, complete: float | None) -> Input:
    """How finished the caller sounds."""
    return at, Step(f"judged {complete!r}", lambda talk: talk.exchange.caller.judged(talk.now, complete))


def interim(at: float, text: str) -> Input:
    """Words that may change."""
    return at, Step(
        f"interim {text!r}", lambda talk: talk.exchange.caller.words(talk.now, Signal.INTERIM, text)
    )


def final(at: float, text: str) -> Input:
    """Words that stay."""
    return at, Step(f"final {text!r}", lambda talk: talk.exchange.caller.words(talk.now, Signal.FINAL, text))


def sign(at: float, what: Sign) -> Input:
    """A sign of the recogniser."""
    return at, Step(f"sign {what!r}", lambda talk: talk.exchange.caller.sign(talk.now, what))


def hand(at: float) -> Input:
    """The caller ends the turn by hand."""
    return at, Step("hand", lambda talk: talk.exchange.caller.ended_by_hand(talk.now))


def keys(at: float, text: str) -> Input:
    """The caller has pressed keys."""
    return at, Step(f"keys {text!r}", lambda talk: talk.exchange.pressed(talk.now, text))


def elsewhere(at: float, text: str) -> Input:
    """The call itself says something."""

    return at, Step(f"elsewhere {text!r}", lambda talk: talk.exchange.say(talk.now, text))


def opened(at: float, *lines: tuple[str, Kind]) -> Input:
    """The session becomes active."""
    return at, Step(f"opened {lines!r}", lambda talk: talk.exchange.opened(talk.now, lines))


def speaks(start: float, end: float, text: str = "", *, late: float = 0.2) -> list[Input]:
    """Speech from ``start`` to ``end`` with a pause, a stop, and a final ``late`` seconds after the end."""
    heard = [started(start + 0.2), paused(end + 0.1), stopped(end + 0.2)]
    return [*heard, final(end + late, text)] if text else heard


def lost(at: float) -> Input:
    """Nobody hears the caller any more."""
    return at, Step("lost", lambda talk: talk.exchange.hearing_lost(talk.now))


def back(at: float) -> Input:
    """The caller is heard again."""
    return at, Step("back", lambda talk: talk.exchange.hearing_back(talk.now))
