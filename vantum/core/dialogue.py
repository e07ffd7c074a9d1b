"""What the agent says next, as a pure function of the script and the conversation so far.

The law: there is no session. The state is found again by replaying what the caller said, and what the caller
really heard decides: an answer of which nothing was heard did not happen, a day and time that was not heard in
full is read back again, and a conversation whose beginning was pruned goes on from the last question asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from vantum.core.conversation import Message, Role
from vantum.core.day_time import NOTHING_YET, find_day_time
from vantum.core.dialogue_script import Script, Step
from vantum.core.dialogue_turn import Matcher, Phase, Reply, State, answer, question
from vantum.core.words import plain

_PLACEHOLDER = re.compile(r"\{\w+\}")


def reply(script: Script, messages: Iterable[Message], match: Matcher) -> Reply:
    """The agent's next words: the greeting when nothing was said yet, the question again after its own line.

    After its own last sentence it has nothing to add: the text is empty.
    """
    state = before = State(script.start)
    told = Reply(script.greeting, state)
    turns = _joined(messages)
    for turn in turns:
        if turn.role is Role.USER:
            before = state
            told = answer(script, state, turn.content, match)
            state = told.state
        else:
            state = _settled(script, before, told, turn.content)
    if turns and turns[-1].role is Role.ASSISTANT:
        return Reply("" if state.phase is Phase.ENDED else question(script, state), state)
    return told


def _joined(messages: Iterable[Message]) -> list[Message]:
    """What caller and agent said; several messages in a row by the same side are one, and get one answer."""
    turns: list[Message] = []
    for message in messages:
        if message.role is Role.SYSTEM or not plain(message.content):
            continue
        if turns and turns[-1].role is message.role:
            turns[-1] = Message(message.role, f"{turns[-1].content} {message.content}")
        else:
            turns.append(message)
    return turns


def _settled(script: Script, before: State, told: Reply, heard: str) -> State:
    """The state after the caller heard ``heard`` where the replay would have said ``told``."""
    words, planned = plain(heard), plain(told.text)
    if planned in words:
        return told.state
    if planned.startswith(words):
        return _cut(told.state, words)
    asked = _last_question(script, words)
    if asked is None:
        return before
    if (asked.at, asked.phase) == (told.state.at, told.state.phase):
        return replace(told.state, slot=told.state.slot.updated(asked.slot))
    return replace(asked, raised=told.state.raised)


def _cut(state: State, words: str) -> State:
    unread = state.phase is Phase.CONFIRMING and plain(state.slot.spoken) not in words
    return replace(state, phase=Phase.ASKING) if unread else state


def _last_question(script: Script, words: str) -> State | None:
    asked = [found for step in script.steps.values() for found in _questions_in(step, words)]
    return max(asked, key=lambda found: found[0], default=(0, None))[1]


def _questions_in(step: Step, words: str) -> Iterator[tuple[int, State]]:
    """The step's questions found in plain words, each with the place where it ends."""
    templates = (
        (step.say, step.slot.ask_day, step.slot.ask_time, step.slot.confirm) if step.slot else (step.say,)
    )
    for template in templates:
        parts = (re.escape(plain(part)) for part in _PLACEHOLDER.split(template))
        found = re.search(" ?(.*?) ?".join(parts), words)
        if found is None:
            continue
        slot = find_day_time(found[1]) if found.groups() else NOTHING_YET
        yield found.end(), State(step.id, Phase.CONFIRMING if slot.complete else Phase.ASKING, slot)
