"""What is known of a call when it begins."""

from __future__ import annotations

from vantum.core.call_facts import CallFacts, Direction, PhoneCarrier


def test_who_calls_is_taken_for_a_browser_unless_it_is_said() -> None:
    facts = CallFacts("0190", "browser")
    assert (facts.direction, facts.from_number, facts.to_number) == (Direction.INBOUND, "", "")
    assert (dict(facts.variables), facts.voicemail) == ({}, "")


def test_a_carrier_is_the_name_of_its_transport() -> None:
    facts = CallFacts("0190", PhoneCarrier.LOCAL, to_number="+15550001")
    assert (facts.transport, facts.to_number) == ("local", "+15550001")
