"""The outreach pipeline: what it knows of the prospect, and what it leaves to machines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipelines.outreach import PROMPT, VOICEMAIL, build, facts_of
from processors.context_aggregator import ContextAggregator
from processors.llm.openai_llm import openai_client
from tests.live_server import KEYS
from vantum.core.call_facts import CallFacts
from vantum.parts import Call
from vantum.record import RecordWriter
from vantum.services import Services
from vantum.settings import load_settings


@pytest.fixture
def writer() -> Iterator[RecordWriter]:
    made = RecordWriter()
    yield made
    made.close()


def call_with(writer: RecordWriter, variables: dict[str, str], voicemail: str = "") -> Call:
    settings = load_settings({}, None, KEYS)
    openai = openai_client("test", settings.openai_base_url)
    services = Services(settings, settings.choices(), writer, openai=openai)
    facts = CallFacts("id", "browser", variables=variables, voicemail=voicemail)
    return Call(facts, services, record=True)


async def test_what_is_known_of_the_prospect_is_in_the_prompt(writer: RecordWriter) -> None:
    call = call_with(writer, {"name": "Anna", "note": "two\nlines"})
    told = facts_of(call)
    assert told.splitlines()[1:] == ["- name: Anna", "- note: two lines"]
    (aggregator,) = [part for part in build(call) if isinstance(part, ContextAggregator)]
    assert aggregator.conversation.messages[0].content == PROMPT + told
    assert facts_of(call_with(writer, {})) == ""


async def test_machines_get_its_message_unless_the_call_has_one(writer: RecordWriter) -> None:
    for given, left in (("", VOICEMAIL), ("Call me.", "Call me.")):
        call = call_with(writer, {}, given)
        build(call)
        assert call.voicemail == left
