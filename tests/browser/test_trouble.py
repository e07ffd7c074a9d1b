"""When things go wrong: the page says so in words, and comes back by itself where it can."""

from __future__ import annotations

import pytest

from tests.browser.chromium import DENIED, Page, chromium
from tests.browser.stand_in import StandIn

pytestmark = [pytest.mark.browser, pytest.mark.real_time]

REFUSE = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('details', '{name}'))"
MICROPHONES = {
    "NotFoundError": "No microphone was found. Plug one in",
    "NotReadableError": "The microphone is in use by another program.",
    "OverconstrainedError": "This microphone cannot be used.",
    "AbortError": "The sound could not be opened: details",
}
KEEP_STREAM = """
    const request = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => (window.stream = await request(wanted));
"""
LOSE_STREAM = "window.stream.getTracks()[0].dispatchEvent(new Event('ended'))"


def test_a_dropped_call_comes_back_by_itself(call: Page, server: StandIn) -> None:
    first = server.wait_for("audio.input.start")
    server.wait_for("audio.input.chunk")
    server.say("conversation.response.words", utteranceId="u0", text="All said.", timestamp=1.0)
    server.say("conversation.response.complete", utteranceId="u0")
    server.say("conversation.response.words", utteranceId="u1", text="I was just", timestamp=1.0)
    call.wait_for_text("log", "I was just")
    server.close(1011)
    call.wait_for_badge("Reconnecting")
    assert "The connection was lost." in call.text("retry-text")
    call.wait_for_badge("Listening")
    second = server.wait_for("audio.input.start", 2)
    server.wait_until(lambda: any(m.connection == 2 for m in server.of_type("audio.input.chunk")))
    assert second.session_id != first.session_id
    assert second.payload == first.payload
    assert not call.shown("retry")
    assert call.texts(".bot .spoken") == ["All said.", "I was just"]
    assert call.texts(".bot .mark") == ["interrupted"]


def test_a_finished_answer_is_not_marked_when_the_connection_is_lost(call: Page, server: StandIn) -> None:
    server.say("conversation.response.words", utteranceId="u1", text="All said.", timestamp=1.0)
    server.say("conversation.response.complete", utteranceId="u1")
    server.close(1011)
    call.wait_for_badge("Reconnecting")
    assert call.texts(".bot .spoken") == ["All said."]
    assert call.texts(".bot .mark") == []


def test_a_full_server_is_tried_again_with_growing_waits(page: Page, server: StandIn) -> None:
    server.accepting = False
    page.click("start")
    page.wait_for_badge("Reconnecting")
    assert "Cannot reach the server, or it is full." in page.text("retry-text")
    page.wait_for_text("retry-text", "Next try in 1 s.")
    page.wait_for_text("retry-text", "Next try in 2 s.")
    server.accepting = True
    page.click("retry-now")
    page.wait_for_badge("Listening")
    assert server.connections == 3


def test_a_call_can_be_ended_while_it_reconnects(page: Page, server: StandIn) -> None:
    server.accepting = False
    page.click("start")
    page.wait_for_badge("Reconnecting")
    page.click("end")
    page.wait_for_badge("Call ended")
    assert not page.shown("retry")
    assert not page.shown("controls")


def test_an_unreachable_server_is_told_at_once(blank_page: Page, server: StandIn) -> None:
    server.healthy = False
    blank_page.driver.get(server.url)
    blank_page.wait_for_text("notice-text", "Cannot reach the server")


def test_a_refused_microphone(server: StandIn) -> None:
    with chromium(DENIED) as driver:
        page = Page(driver)
        page.open(server.url)
        page.click("start")
        page.wait_for_text(
            "notice-text", "The microphone is blocked for this page. Allow it in the address bar"
        )
        assert page.text("badge-text") == "Ready"
        assert page.shown("start")
    assert server.connections == 0


def test_a_microphone_that_cannot_be_had(page: Page) -> None:
    for name, words in MICROPHONES.items():
        page.driver.execute_script(REFUSE.format(name=name))
        page.click("start")
        page.wait_for_text("notice-text", words)
        assert page.shown("start")


def test_a_microphone_that_goes_away_ends_the_call(page: Page, server: StandIn) -> None:
    page.driver.execute_script(KEEP_STREAM)
    page.click("start")
    page.wait_for_badge("Listening")
    page.driver.execute_script(LOSE_STREAM)
    page.wait_for_badge("Call ended")
    assert "The microphone went away" in page.text("notice-text")
    server.wait_until(lambda: server.closed_with == 1000)


def test_an_insecure_page_says_why_it_cannot_hear(blank_page: Page, server: StandIn) -> None:
    blank_page.open(f"http://insecure.test:{server.port}/")
    assert "Browsers give a microphone only to secure pages." in blank_page.text("notice-text")
    blank_page.click("notice-close")
    blank_page.click("start")
    blank_page.wait_for_text("notice-text", "secure pages")
    assert server.connections == 0


def test_the_servers_errors_are_shown_until_dismissed(call: Page, server: StandIn) -> None:
    server.say("error.system.tts", message="It took too long.")
    call.wait_for_text("notice-text", "Something went wrong: It took too long.")
    call.click("notice-close")
    assert not call.shown("notice")
    server.say("audio.input.error", request_type="audio.input.chunk", message="An odd number of bytes.")
    call.wait_for_text("notice-text", "The server refused a request: An odd number of bytes.")
    assert call.text("badge-text") == "Listening"


def test_unreadable_messages_are_told_and_survived(call: Page, server: StandIn) -> None:
    for frame in (b"", b"\xc1", b"\x93\x01\x02\x03", b"\xc0", b"\x80"):
        server.say_raw(frame)
        call.wait_for_text("notice-text", "The server sent something that this page cannot read")
        call.click("notice-close")
    server.say("audio.output.chunk", utteranceId="u1", sampleRate=48000)
    call.wait_for_text("notice-text", "cannot read")
    server.state("listening", "thinking")
    call.wait_for_badge("Thinking")
