"""The bot's side of the conversation: one answer at a time, its tools, and what it says when there is none.

What the caller said and nobody answered is owed an answer, and gets one to all of it. An answer that fails is
replaced by a sentence of the bot's own; the third in a row ends the call. Times are seconds on any steady clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from vantum.core.acts import Acts, Ask, Cut, EndCall, RunTools, Speak
from vantum.core.conversation import Conversation, ToolCall
from vantum.core.draft import estimated_tokens
from vantum.core.events import (
    CallerPrompted,
    DraftStarted,
    Hold,
    OutputRequest,
    Release,
    Say,
    ToolCalled,
    ToolReturned,
)
from vantum.core.floor import Floor, FollowUp, Kind, Line, Lines
from vantum.core.manners import Manners

REPORT_SECONDS = 1.0
"""How long the transport may take to report what was heard of a cut answer."""
FILLER_AGAIN_SECONDS = 0.25
"""A filler that would be heard over somebody waits for so long, and looks again."""


class Deadline(StrEnum):
    """What is waited for."""

    ANSWER = "answer"  # the first token
    FILLER = "filler"
    REPORT = "report"


class BotSide:
    """What the bot is doing, and what it owes."""

    def __init__(self, conversation: Conversation, manners: Manners, acts: Acts) -> None:
        self.conversation = conversation
        self.lines = Lines()
        self.manners = manners
        self._acts = acts
        self._deadlines: dict[Deadline, float] = {}
        self._owed = ""
        self._unanswered = False
        self._held = False
        self._token_seen = False
        self._filled = False
        self._failures = 0
        self._failed = False
        self._running: dict[str, ToolCall] = {}
        self._news = 0
        self._drafted_news = 0
        self._drafted_calls: tuple[ToolCall, ...] = ()

    # --- what it is doing ---------------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Whether something is to be heard, or a tool is at work."""
        return self.lines.state is not Floor.SILENT or bool(self._running)

    @property
    def owes(self) -> bool:
        """Whether the caller said something that waits for an answer."""
        return bool(self._owed) or self._unanswered

    def due(self) -> float | None:
        """When ``tick`` is to be called next."""
        return min(self._deadlines.values(), default=None)

    # --- answers ------------------------------------------------------------------------------------

    def owe(self, text: str) -> None:
        """The caller said ``text`` and waits for an answer."""
        self._owed = f"{self._owed} {text}".strip()
        self._filled = False

    def answer(self, now: float) -> None:
        """Ask the language model for one answer to all that is owed."""
        self._settle_debts()
        self._ask(now)

    def draft(self, words: str, attempt: int) -> None:
        """Begin an answer to ``words`` that nobody hears until ``commit_draft``."""
        messages = self.conversation.with_caller(f"{self._owed} {words}".strip())
        self.lines.draft()
        self._drafted_news = self._news
        self._token_seen, self._failed = False, False
        tokens = estimated_tokens(*(message.content for message in messages))
        self._acts.tell(DraftStarted(attempt, tokens))
        self.hold()
        self._acts.add(Ask(messages))

    def commit_draft(self, now: float) -> None:
        """The draft answers all that is owed."""
        self._settle_debts()
        self._news -= self._drafted_news
        self.lines.commit()
        calls, self._drafted_calls = self._drafted_calls, ()
        if calls:
            self._begin_tools(calls, now)
        elif self.lines.state is Floor.SILENT:
            self._ask(now)
            return
        elif not self._token_seen:
            self._wait_for_answer(now)
        self.release()

    def cut(self, now: float) -> None:
        """Cancel all that is on its way; what was heard will be reported."""
        self.lines.cut()
        self._drafted_calls = ()
        self._held, self._failed = False, False
        self._deadlines = {Deadline.REPORT: now + REPORT_SECONDS}
        self._acts.add(Cut())

    def over(self) -> None:
        """Nothing is decided any more: what is held goes on, but nobody hears a draft."""
        if self.lines.state is Floor.DRAFTING:
            self.lines.cut()
            self._held = False
            self._acts.add(Cut())
        self.release()

    def say(self, text: str, kind: Kind = Kind.OWN) -> None:
        """Say a sentence of the bot's own, as a line of its own, even if the bot is held."""
        self.release()
        self.add(text, kind)

    def add(self, text: str, kind: Kind = Kind.OWN) -> None:
        """Say a sentence of the bot's own behind what is on its way."""
        self.lines.begin(kind)
        self._acts.add(Speak(text))

    def hold(self) -> None:
        """Nothing is heard from here on."""
        self._request(Hold(), held=True)

    def release(self) -> None:
        """What is held goes on."""
        self._request(Release(), held=False)

    def _request(self, request: OutputRequest, *, held: bool) -> None:
        if self._held is not held:
            self._held = held
            self._acts.ask_output(request)

    def _settle_debts(self) -> None:
        if self._owed:
            self.conversation.heard_caller(self._owed)
        self._owed, self._unanswered = "", False

    def _ask(self, now: float) -> None:
        self.release()
        self.lines.begin(Kind.ANSWER)
        self._news = 0
        self._token_seen, self._failed = False, False
        self._wait_for_answer(now)
        self._acts.add(Ask(self.conversation.messages))

    def _wait_for_answer(self, now: float) -> None:
        self._deadlines[Deadline.ANSWER] = now + self.manners.answer_seconds
        self._wait_for_filler(now)

    def _wait_for_filler(self, now: float) -> None:
        if self.manners.filler_seconds and not self._filled:
            self._deadlines[Deadline.FILLER] = now + self.manners.filler_seconds

    # --- what comes back ----------------------------------------------------------------------------

    def first_token(self) -> None:
        """The language model has begun to answer."""
        self._token_seen = True
        self._forget(Deadline.ANSWER, Deadline.FILLER)

    def started(self) -> None:
        """A line is heard."""
        self.lines.started()
        self._forget(Deadline.FILLER)
        if not self._filled:
            self._forget(Deadline.ANSWER)

    def failed(self) -> None:
        """The language model reported an error."""
        # A request that was cancelled may fail of that.
        self._failed = self._failed or self.lines.state is not Floor.CUTTING

    def heard(self, text: str, *, interrupted: bool) -> Line | None:
        """A line was heard to its end, or all were cut and ``text`` was heard of the first."""
        line = self.lines.was_cut() if interrupted else self.lines.ended()
        if interrupted:
            self._forget(Deadline.REPORT)
        call_id = line.call_id if line is not None else ""
        self.conversation.caller_heard(text, interrupted=interrupted, call_id=call_id)
        if interrupted:
            # What the caller said may come to nothing: then the last answer is still owed.
            self._unanswered = self.conversation.unanswered and not self._failed
        if line is not None and line.kind is Kind.ANSWER and not interrupted:
            self._note_answer(line, text)
        return line

    def _note_answer(self, line: Line, text: str) -> None:
        if self.lines.state is Floor.DRAFTING:
            # It will be asked for again, unless it called tools.
            self._failed = False
            return
        if self.lines.answer is not None:
            # That is the one which is waited for.
            return
        self._forget(Deadline.ANSWER)
        if text and not (self._filled and not self._token_seen):
            self._failures = 0
        elif not line.call_id:
            self._failed = True

    def make_up(self) -> bool:
        """Say something in place of an answer that failed; False when none did."""
        if not self._failed:
            return False
        self._failed = False
        phrases = self.manners.phrases
        ladder = (phrases.say_again, phrases.technical_problem, phrases.call_back)
        text = ladder[min(self._failures, len(ladder) - 1)]
        self._failures += 1
        self._acts.tell(CallerPrompted("failure", text))
        self.say(text, Kind.FAILURE)
        if self._failures >= len(ladder):
            self._acts.add(EndCall("the language model failed"))
        return True

    # --- tools --------------------------------------------------------------------------------------

    def called(self, calls: Sequence[ToolCall], now: float) -> None:
        """The language model called tools. Those of a draft wait: what they do cannot be taken back."""
        if self.lines.state is Floor.DRAFTING:
            self._drafted_calls = tuple(calls)
        elif self.lines.state is not Floor.CUTTING:
            self._begin_tools(tuple(calls), now)

    def returned(self, returned: ToolReturned, follow_up: FollowUp) -> None:
        """A tool came to its end; the language model is to say something about it, or not."""
        if self._running.pop(returned.call_id, None) is None:
            return
        self.conversation.returned(returned.call_id, returned.result)
        self._acts.tell(returned)
        self._news += follow_up is FollowUp.ALWAYS or (
            follow_up is FollowUp.UNLESS_SPOKEN and not self._token_seen
        )
        if not self._running and not self._news:
            self._forget(Deadline.FILLER)

    def follow_up(self, now: float) -> bool:
        """Ask about what tools found, when all are through and no other answer is on its way."""
        answer = self.lines.answer
        answering = answer is not None and not answer.call_id
        if not self._news or self._running or answering or self.lines.state in UNDECIDED:
            return False
        self._ask(now)
        return True

    def _begin_tools(self, calls: tuple[ToolCall, ...], now: float) -> None:
        self.conversation.called(calls)
        if self.lines.answer is not None:
            self.lines.answer.call_id = calls[0].id
        self._running.update((call.id, call) for call in calls)
        for call in calls:
            self._acts.tell(ToolCalled(call.id, call.name, call.arguments))
        self._acts.add(RunTools(calls))
        self._forget(Deadline.ANSWER)
        self._wait_for_filler(now)

    # --- time ---------------------------------------------------------------------------------------

    def tick(self, now: float, *, caller_speaks: bool) -> bool:
        """Do what is due. True when a cut was never reported: nothing was heard, then."""
        for deadline in [each for each, at in self._deadlines.items() if at <= now]:
            # A cut forgets the others.
            match deadline if self._deadlines.pop(deadline, None) is not None else None:
                case Deadline.FILLER:
                    self._fill(now, caller_speaks=caller_speaks)
                case Deadline.ANSWER:
                    self.cut(now)
                    self._failed = True
                case Deadline.REPORT:
                    return True
                case _:
                    pass
        return False

    def _fill(self, now: float, *, caller_speaks: bool) -> None:
        """Say that it takes a moment: inside the answer that is waited for, or as a line of its own."""
        if self._filled or not (self._running or Deadline.ANSWER in self._deadlines):
            return
        if self.lines.state is Floor.SPEAKING or self._held or caller_speaks:
            self._deadlines[Deadline.FILLER] = now + FILLER_AGAIN_SECONDS
            return
        self._filled = True
        text = self.manners.phrases.one_moment
        self._acts.tell(CallerPrompted("slow", text))
        if self.lines.state is Floor.SILENT:
            self.lines.begin(Kind.OWN)
        self._acts.ask_output(Say(text))

    def _forget(self, *deadlines: Deadline) -> None:
        for deadline in deadlines:
            self._deadlines.pop(deadline, None)


UNDECIDED = frozenset({Floor.DRAFTING, Floor.CUTTING})
