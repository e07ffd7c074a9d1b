"""Whatever the caller, the recogniser, the language model and the tools do, the laws of the conversation hold."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.vantum.core.talk import (
    Input,
    Reply,
    Step,
    Talk,
    final,
    hand,
    interim,
    judged,
    keys,
    opened,
    paused,
    resumed,
    sign,
    started,
    stopped,
)
from vantum.core.acts import Ask, CallerFinished, Cut, Tell, ToOutput
from vantum.core.conversation import Message, Role
from vantum.core.events import (
    BargeIn,
    BargeInDecided,
    ConversationState,
    DraftStarted,
    Hold,
    Release,
    Sign,
    StateChanged,
    TurnCommitted,
)
from vantum.core.floor import Floor, Kind
from vantum.core.manners import Manners

NODS = ["mhm", "uh-huh", "yeah", "okay", "right", "I see", "got it", "wow"]
GREETING = ("Good morning, this is your dentist speaking.", Kind.OWN)
NOTICE = ("This call is recorded for training.", Kind.DISCLOSURE)


def seconds(least: float, most: float) -> st.SearchStrategy[float]:
    return st.integers(int(least * 20), int(most * 20)).map(lambda twentieths: twentieths / 20)


@st.composite
def callers(draw: st.DrawFn) -> list[Input]:
    """What a caller does: up to five things, one after the other, with words that no other turn has."""
    inputs: list[Input] = []
    at = draw(seconds(0.1, 4))
    for number in range(draw(st.integers(1, 5))):
        kind = draw(st.sampled_from(["words", "words", "words", "nod", "echo", "noise", "keys", "hand"]))
        end = at + draw(seconds(0.3, 2))
        match kind:
            case "words":
                ending = draw(st.sampled_from(["", ".", " and", "?"]))
                words = draw(spoken(at, end, f"kate{number} wants pill{number} soon{number}{ending}"))
                inputs += words
                if any(step.what.startswith(("again", "interim")) for _, step in words):
                    # What is known already and comes while the caller speaks might be said anew.
                    end = max([end, *(when for when, _ in words)])
            case "nod" | "echo":
                text = NODS[number] if kind == "nod" or number else "your dentist speaking"
                nodding = draw(spoken(at, at + 0.4, text))
                inputs += nodding
                end = max([at, *(when for when, _ in nodding)])
            case "noise":
                inputs += draw(noise(at, end))
            case "keys":
                inputs.append(keys(at, f"77{number}"))
            case _:
                inputs.append(hand(at))
        at = end + draw(seconds(0.25, 5))
    return inputs


@st.composite
def noise(draw: st.DrawFn, start: float, end: float) -> list[Input]:
    heard = [started(start + 0.2), stopped(end + 0.2)]
    if draw(st.booleans()):
        heard.append(sign(start + 0.25, Sign.SPEECH))
    if draw(st.booleans()):
        heard.append(sign(end + draw(seconds(0.1, 3)), Sign.NOTHING))
    return heard


@st.composite
def spoken(draw: st.DrawFn, start: float, end: float, text: str) -> list[Input]:
    """Words as a recogniser gives them: whole, in two parts, twice, late, or never final."""
    words = text.split()
    heard: list[Input] = []
    deaf = not draw(st.integers(0, 9))
    if not deaf:
        heard += [started(start + 0.2), paused(end + 0.1), stopped(end + 0.2)]
        if draw(st.booleans()):
            heard.append(judged(end + 0.15, draw(st.sampled_from([None, 0.1, 0.6, 0.95]))))
    middle = (start + end) / 2
    if end - start > 1 and draw(st.booleans()):
        heard += [paused(middle), resumed(middle + draw(st.sampled_from([0.05, 0.08])))]
    half = len(words) // 2
    late = end + draw(st.one_of(seconds(0.05, 0.4), seconds(0.05, 0.4 if deaf else 3)))
    shape = draw(st.sampled_from(["whole", "whole", "twice", "split", "missing"]))
    parts = [" ".join(words[:half]), " ".join(words[half:])] if shape == "split" and half else [text]
    if not deaf and draw(st.booleans()):
        heard.append(interim(max(middle - 0.05, start + 0.25), parts[0].split()[0]))
    if len(parts) > 1:
        heard.append(final(max(middle + 0.05, start + 0.3), parts[0]))
    if draw(st.booleans()):
        heard.append(interim(min(end + draw(seconds(0, 0.3)), late - 0.02), parts[-1]))
    if shape != "missing":
        heard.append(final(late, parts[-1]))
    if shape == "twice" and not deaf:
        heard.append(again(late + draw(seconds(0.05, 0.4)), text))
    if draw(st.booleans()):
        heard.append(sign(late + 0.05, Sign.ENDPOINT))
    return heard


def again(at: float, text: str) -> Input:
    return at, Step(f"again {text}", final(at, text)[1].do)


def answers() -> st.SearchStrategy[list[Reply]]:
    texts = st.sampled_from(["Sure.", "All of that is written down in our long book of bookings.", ""])
    tools = st.lists(
        st.tuples(st.sampled_from(["look", "note"]), seconds(0.05, 5), st.booleans()), max_size=2
    ).map(tuple)
    replies = st.builds(
        Reply,
        text=texts,
        after=st.sampled_from([0.1, 0.35, 0.35, 1.5, 3.0]),
        tools=st.one_of(st.just(()), tools),
        fails=st.sampled_from([False] * 5 + [True]),
        comes=st.sampled_from([True] * 9 + [False]),
    )
    return st.lists(replies, max_size=8)


class Laws:
    """Watches one conversation while it goes on."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self.committed: list[str] = []
        self.seen = 0
        self.starts = 0
        talk.after_each = self.check

    def check(self) -> None:
        """After each thing that happens."""
        talk = self.talk
        for _, ask in talk.starts[self.starts :]:
            if ask is not None:
                asked = " ".join(users(ask.messages))
                assert not [text for text in self.committed if text not in asked], "a stale answer is heard"
        self.starts = len(talk.starts)
        for _, act in talk.log[self.seen :]:
            if isinstance(act, Tell) and isinstance(act.event, TurnCommitted):
                self.committed.append(act.event.text)
        self.seen = len(talk.log)
        check_messages(talk.conversation.messages)

    def check_end(self) -> None:
        """When nothing happens any more."""
        talk = self.talk
        assert not talk.held
        assert talk.floor is Floor.SILENT
        assert talk.ended or not talk.exchange.caller.turn_open
        self.check_answers()
        check_requests(talk)
        check_drafts(talk)
        check_nods(talk)
        if not talk.ended:
            assert state(talk) is ConversationState.LISTENING

    def check_answers(self) -> None:
        talk = self.talk
        said = " ".join(users(talk.conversation.messages))
        assert not [text for text in self.committed if text not in said], "a turn is lost"
        counts = Counter(word for word in said.split() if word.startswith("kate"))
        assert all(times == 1 for times in counts.values()), "words count twice"
        last = talk.conversation.messages[-1]
        assert talk.ended or last.role is not Role.USER, "a turn is not answered"
        heard = [each for each in talk.heard if each.ask is not None and not each.interrupted]
        questions = [told(each.ask.messages) for each in heard if each.ask]
        assert all(one != other for one, other in pairwise(questions)), "a turn is answered twice"


def users(messages: tuple[Message, ...]) -> list[str]:
    return [message.content for message in messages if message.role is Role.USER]


def told(messages: tuple[Message, ...]) -> list[str]:
    """What an answer can be about: the caller's words and the results of tools."""
    return [message.content for message in messages if message.role in (Role.USER, Role.TOOL)]


def check_messages(messages: tuple[Message, ...]) -> None:
    for one, other in pairwise(messages[1:]):
        assert one.role is Role.TOOL or other.calls or one.calls or one.role is not other.role
    results = [message.call_id for message in messages if message.role is Role.TOOL]
    calls = [call.id for message in messages for call in message.calls]
    assert results == calls


def check_requests(talk: Talk) -> None:
    held = False
    for _, act in talk.log:
        match act:
            case ToOutput(Hold()):
                assert not held
                held = True
            case ToOutput(Release()) | Cut():
                held = False
            case _:
                pass
    assert not held


def check_drafts(talk: Talk) -> None:
    drafts = 0
    for _, act in talk.log:
        match act:
            case Tell(DraftStarted(attempt)):
                drafts += 1
                assert attempt <= 3
                assert drafts <= 3
            case CallerFinished():
                drafts = 0
            case _:
                pass


def check_nods(talk: Talk) -> None:
    for at, event in talk.told(BargeInDecided):
        if event.kind in (BargeIn.BACKCHANNEL, BargeIn.ECHO):
            later = [f" {turn.text} " for when, turn in talk.told(TurnCommitted) if when > at]
            assert not [text for text in later if f" {event.text} " in text], "a nod or an echo leaks"


def state(talk: Talk) -> ConversationState:
    changes = talk.told(StateChanged)
    return changes[-1][1].state if changes else ConversationState.INITIALIZING


@settings(max_examples=500, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(callers(), answers(), st.sampled_from([(), (GREETING,), (NOTICE,), (NOTICE, GREETING)]), st.booleans())
def test_the_laws_hold(
    inputs: list[Input], replies: list[Reply], lines: tuple[tuple[str, Kind], ...], reported: bool
) -> None:
    talk = Talk(*replies, manners=Manners(silence_seconds=0), cuts_are_reported=reported)
    laws = Laws(talk)
    talk.play(opened(0.0, *lines), *inputs)
    laws.check_end()


@settings(max_examples=100, deadline=None, derandomize=True)
@given(callers(), answers(), st.booleans())
def test_nobody_waits_in_silence_for_ever(inputs: list[Input], replies: list[Reply], reported: bool) -> None:
    talk = Talk(*replies, manners=Manners(), cuts_are_reported=reported)
    talk.play(opened(0.0, GREETING), *inputs)
    assert talk.ended
    sounds = sorted([0.0, *(at for at, _ in inputs), *(each.at for each in talk.heard)])
    assert max(later - earlier for earlier, later in pairwise(sounds)) < 20


@settings(max_examples=100, deadline=None, derandomize=True)
@given(callers(), answers(), seconds(0.5, 12), st.sampled_from(["left", "closed", "over"]))
def test_the_end_of_the_call_is_heard(inputs: list[Input], replies: list[Reply], at: float, how: str) -> None:
    talk = Talk(*replies)
    talk.play(opened(0.0, GREETING), *inputs, ending(at, how))
    assert not talk.held
    assert how != "closed" or talk.heard[-1].text == "Goodbye."
    assert not [when for when in talk.times(Ask) if when > at]


def ending(at: float, how: str) -> Input:
    match how:
        case "left":
            return at, Step(how, lambda talk: talk.exchange.caller_left(talk.now))
        case "closed":
            return at, Step(
                how, lambda talk: talk.exchange.close(talk.now, "Goodbye.", "the limit is reached")
            )
        case _:
            return at, Step(how, lambda talk: talk.exchange.over())
