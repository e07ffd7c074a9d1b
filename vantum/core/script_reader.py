"""Reads a dialogue script from a plain mapping and refuses what could not be followed to its end.

Every error is a ``PipelineError`` that names the source, the key and what is allowed there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from vantum.core.dialogue_script import (
    Disposition,
    Exit,
    Expected,
    Objection,
    Script,
    SlotQuestions,
    Step,
)
from vantum.core.intent_table import Intent
from vantum.core.place import Place

MAX_TEXT_LENGTH = 200
MAX_REPROMPTS = 2
ALWAYS_ANSWERED = (
    Intent.DO_NOT_CALL,
    Intent.HUMAN,
    Intent.NOT_INTERESTED,
    Intent.BUSY,
    Intent.ROBOT,
    Intent.WHO,
    Intent.PRICE,
    Intent.INFO,
    Intent.BYE,
)
_PLACEHOLDER = re.compile(r"\{[^}]*\}?|\}")
_SAYS_AI = re.compile(r"[^.!?]*\bAI\b")


@dataclass(frozen=True, slots=True)
class _Context:
    """The names that the parts of a script may use."""

    words: Mapping[str, str]
    steps: tuple[str, ...]
    exits: Mapping[str, Exit]
    reprompts: tuple[str, ...]


def read_script(document: object, source: str) -> Script:
    """The script in a document of mappings, lists and texts; ``source`` names it in errors."""
    root = Place(source, "", document)
    top = root.fields(
        ("company", "agent", "greeting", "start", "give_up", "reprompts", "steps", "objections", "exits")
    )
    words = {name: top[name].text() for name in ("company", "agent")}
    exits = {name: _exit(name, place, words) for name, place in top["exits"].entries()}
    steps = dict(top["steps"].entries())
    context = _Context(words, tuple(steps), exits, _reprompts(top["reprompts"], words))
    return Script(
        company=words["company"],
        agent=words["agent"],
        greeting=_greeting(top["greeting"], words),
        start=top["start"].one_of(steps, "step"),
        give_up=_give_up(top["give_up"], context),
        steps={name: _step(name, place, context) for name, place in steps.items()},
        objections=_objections(top["objections"], context),
        exits=exits,
    )


def _say(place: Place, words: Mapping[str, str], allowed: str = "") -> str:
    """A spoken text with company and agent filled in; ``allowed`` is left to be filled in during the call."""
    text = place.text()
    for name, value in words.items():
        text = text.replace(f"{{{name}}}", value)
    if len(text) > MAX_TEXT_LENGTH:
        place.fail(f"{len(text)} characters are too many to say at once", f"Allowed: {MAX_TEXT_LENGTH}.")
    for found in _PLACEHOLDER.findall(text):
        if found != allowed:
            known = (*(f"{{{name}}}" for name in words), *filter(None, (allowed,)))
            place.fail(f"unknown placeholder {found!r}", f"Allowed: {', '.join(known)}.")
    return text


def _say_with(place: Place, words: Mapping[str, str], needed: str) -> str:
    text = _say(place, words, needed)
    if needed not in text:
        place.fail(f"{needed} is missing", f"Say {needed}, so that the caller hears what was understood.")
    return text


def _greeting(place: Place, words: Mapping[str, str]) -> str:
    text = _say(place, words)
    if not _SAYS_AI.match(text):
        place.fail("the first sentence does not say that it is an AI", "Write 'an AI assistant' into it.")
    return text


def _reprompts(place: Place, words: Mapping[str, str]) -> tuple[str, ...]:
    texts = tuple(_say(item, words) for item in place.items())
    if len(texts) > MAX_REPROMPTS:
        place.fail(f"{len(texts)} texts are too many", f"Allowed: at most {MAX_REPROMPTS}.")
    return texts


def _exit(name: str, place: Place, words: Mapping[str, str]) -> Exit:
    fields = place.fields(("say", "disposition"))
    disposition = fields["disposition"].one_of([str(known) for known in Disposition], "disposition")
    return Exit(name, _say(fields["say"], words, "{slot}"), Disposition(disposition))


def _step(name: str, place: Place, context: _Context) -> Step:
    fields = place.fields(("say",), ("expects", "slot", "reprompts"))
    if "expects" not in fields and "slot" not in fields:
        place.fail("nothing leads on from here", "Add: expects, slot.")
    expects = fields["expects"].entries() if "expects" in fields else ()
    return Step(
        id=name,
        say=_say(fields["say"], context.words),
        expects={intent: _expected(intent, answer, context) for intent, answer in expects},
        slot=_slot(fields["slot"], context) if "slot" in fields else None,
        reprompts=_reprompts(fields["reprompts"], context.words)
        if "reprompts" in fields
        else context.reprompts,
    )


def _expected(intent: str, place: Place, context: _Context) -> Expected:
    if intent == Intent.DO_NOT_CALL:
        place.fail("a step cannot change what do_not_call leads to", "Write it under 'objections'.")
    fields = place.fields(("goto",), ("say", "examples"))
    return Expected(
        goto=_target(fields["goto"], context),
        say=_say(fields["say"], context.words) if "say" in fields else "",
        phrases=_phrases(intent, place, fields),
    )


def _slot(place: Place, context: _Context) -> SlotQuestions:
    fields = place.fields(("ask_day", "ask_time", "confirm", "then"))
    return SlotQuestions(
        ask_day=_say_with(fields["ask_day"], context.words, "{time}"),
        ask_time=_say_with(fields["ask_time"], context.words, "{day}"),
        confirm=_say_with(fields["confirm"], context.words, "{slot}"),
        then=fields["then"].one_of((*context.steps, *context.exits), "step or exit"),
    )


def _objections(place: Place, context: _Context) -> dict[str, Objection]:
    required = [str(intent) for intent in ALWAYS_ANSWERED]
    entries = place.fields(required, [intent for intent, _ in place.entries() if intent not in required])
    objections = {intent: _objection(intent, entry, context) for intent, entry in entries.items()}
    removal = objections[Intent.DO_NOT_CALL]
    leads_to = context.exits.get(removal.goto or "")
    if removal.say or leads_to is None or leads_to.disposition is not Disposition.DO_NOT_CALL:
        entries[Intent.DO_NOT_CALL].fail(
            "this must end the call at once",
            "Write only 'goto' (and 'examples'), with an exit whose disposition is do_not_call.",
        )
    return objections


def _objection(intent: str, place: Place, context: _Context) -> Objection:
    fields = place.fields((), ("say", "goto", "examples"))
    if "say" not in fields and "goto" not in fields:
        place.fail("this leads nowhere", "Add: say, goto.")
    return Objection(
        say=tuple(_say(item, context.words) for item in fields["say"].items()) if "say" in fields else (),
        goto=_target(fields["goto"], context) if "goto" in fields else None,
        phrases=_phrases(intent, place, fields),
    )


def _phrases(intent: str, place: Place, fields: Mapping[str, Place]) -> tuple[str, ...]:
    if "examples" in fields:
        return fields["examples"].phrases()
    if intent not in {str(known) for known in Intent}:
        place.fail(
            f"{intent!r} is known only by examples, and there are none",
            f"Add 'examples', or use one of: {', '.join(Intent)}.",
        )
    return ()


def _give_up(place: Place, context: _Context) -> str:
    place.one_of(context.exits, "exit")
    return _target(place, context)


def _target(place: Place, context: _Context) -> str:
    """The name of a step or of an exit that can be said without a day and time."""
    target = place.one_of((*context.steps, *context.exits), "step or exit")
    if target in context.exits and "{slot}" in context.exits[target].say:
        place.fail(f"the exit {target!r} says a day and time", "Reach it by 'then' of a slot.")
    return target
