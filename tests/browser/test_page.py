"""The page as a person meets it: what it shows, says and does in each state of a call."""

from __future__ import annotations

from functools import partial

import pytest

from tests.browser.chromium import ENTER, ESCAPE, SPACE, Page
from tests.browser.stand_in import CLOUD, StandIn

pytestmark = [pytest.mark.browser, pytest.mark.real_time]

CALLER_SPOKEN = ".caller .spoken"
CALLER_INTERIM = ".caller .interim"
BOT_SPOKEN = ".bot .spoken"
STAGES = {
    "committed": 300.0,
    "first_token": 420.0,
    "first_piece": 470.0,
    "first_audio": 550.0,
    "first_byte": 560.0,
    "heard": 620.0,
}
DRAFTED = {"committed": 310.0, "first_token": -40.0, "first_audio": 200.0, "first_byte": 310.0}


def hear(server: StandIn, kind: str, text: str) -> None:
    server.say(f"transcript.{kind}", transcript=text, confidence=0.9, timestamp=1.0, language="en")


def speak(server: StandIn, utterance: str, *words: str) -> None:
    for text in words:
        server.say("conversation.response.words", utteranceId=utterance, text=text, timestamp=1.0)


def test_it_loads_with_one_button_and_no_complaint(page: Page) -> None:
    assert page.shown("start")
    assert not page.shown("controls")
    assert not page.shown("notice")
    assert page.complaints() == []


def test_a_whole_call_makes_no_complaint(call: Page, server: StandIn) -> None:
    hear(server, "final", "Hello.")
    speak(server, "u1", "Hi")
    server.tone("u1", 0.1)
    call.wait(lambda: call.count("played") > 0, "sound")
    call.click("end")
    call.wait_for_badge("Call ended")
    assert call.complaints() == []


def test_it_says_that_it_is_a_demo(page: Page) -> None:
    assert page.shown("demo")
    assert page.text("demo").startswith("This is a scripted demo with a robotic voice. Set DEEPGRAM_API_KEY")


def test_it_names_the_providers_and_is_no_demo_with_all_keys(blank_page: Page, server: StandIn) -> None:
    server.providers = CLOUD
    blank_page.open(server.url)
    assert not blank_page.shown("demo")
    assert blank_page.texts("#providers li") == [
        "Speech to text: Deepgram",
        "Language model: OpenAI",
        "Voice: Cartesia",
    ]


def test_guesses_are_grey_until_the_words_settle(call: Page, server: StandIn) -> None:
    hear(server, "interim", "how much")
    call.wait_for_text("log", "how much")
    assert call.texts(CALLER_SPOKEN) == [""]
    assert call.texts(CALLER_INTERIM) == ["how much"]
    assert call.attribute(CALLER_INTERIM, "aria-hidden") == "true"
    assert call.style(CALLER_INTERIM, "color") != call.style(CALLER_SPOKEN, "color")
    hear(server, "final", "How much is it?")
    hear(server, "final", "Per month.")
    call.wait_for_text("log", "Per month.")
    assert call.texts(CALLER_SPOKEN) == ["How much is it? Per month."]
    assert call.texts(CALLER_INTERIM) == [""]


def test_the_bots_words_appear_as_they_are_spoken(call: Page, server: StandIn) -> None:
    hear(server, "final", "Who is this?")
    server.say("conversation.response.start", utteranceId="u1", timestamp=1.0)
    speak(server, "u1", "This", "is Ava", ",", "an AI.")
    hear(server, "final", "Okay.")
    speak(server, "u2", "Good.")
    call.wait_for_text("log", "Good.")
    assert call.texts(BOT_SPOKEN) == ["This is Ava, an AI.", "Good."]
    assert call.texts(CALLER_SPOKEN) == ["Who is this?", "Okay."]
    assert call.texts(".line .who") == ["You", "Vantum", "You", "Vantum"]


def test_a_guess_that_never_settles_goes_when_the_bot_answers(call: Page, server: StandIn) -> None:
    hear(server, "interim", "hm")
    server.say("conversation.response.start", utteranceId="u1", timestamp=1.0)
    speak(server, "u1", "Yes?")
    call.wait_for_text("log", "Yes?")
    assert call.texts(".line .words") == ["Yes?"]


def test_the_transcript_follows_the_talk(call: Page, server: StandIn) -> None:
    call.resize(360, 640)
    for turn in range(12):
        speak(server, f"u{turn}", f"Sentence number {turn}, which is long enough to take two lines here.")
    server.say("conversation.turn.latency", turn=1.0, stages=STAGES)
    below = "return (s => s.scrollHeight - s.scrollTop - s.clientHeight)(document.getElementById('scroller'))"
    call.wait(lambda: call.shown("latency") and len(call.texts(".line")) == 12, "all lines")
    call.wait(lambda: float(call.driver.execute_script(below)) < 2, "the last line to be in view")


def test_the_badge_follows_the_server(call: Page, server: StandIn) -> None:
    for state, badge in {
        "thinking": "Thinking",
        "responding": "Speaking",
        "interrupted": "Interrupted",
    }.items():
        server.state("listening", state)
        call.wait_for_badge(badge)
    server.state("interrupted", "listening")
    call.wait_for_badge("Listening")


def test_the_badge_follows_the_bots_turn(call: Page, server: StandIn) -> None:
    server.say("conversation.response.start", utteranceId="u1", timestamp=1.0)
    call.wait_for_badge("Speaking")
    server.say("conversation.response.complete", utteranceId="u1")
    call.wait_for_badge("Listening")


def test_who_served_a_turn_is_told_with_its_latency(call: Page, server: StandIn) -> None:
    served = {"tts": "local", "stt": "deepgram", "llm": "openai"}
    server.say("conversation.turn.latency", turn=1.0, stages=STAGES, drafted=False, providers=served)
    call.wait(lambda: call.shown("latency"), "the latency")
    assert call.attribute(".stack", "title").endswith("; served by deepgram, openai, local")
    assert call.attribute(".stack", "aria-label") == call.attribute(".stack", "title")


def titled(call: Page, why: str) -> bool:
    return call.attribute('[data-kind="tts"]', "title") == why


def test_a_provider_that_takes_over_is_shown_until_the_next_call(call: Page, server: StandIn) -> None:
    before = call.texts("#providers li")
    for provider, previous, fault, why in (
        ("cartesia", "local", "network", "embedded failed (network)."),
        ("local", "cartesia", None, "The first choice works again."),
        ("cartesia", "", "auth", "The first choice does not work (auth)."),
    ):
        server.say(
            "conversation.provider.switched", kind="tts", provider=provider, previous=previous, fault=fault
        )
        call.wait(partial(titled, call, why), why)
    assert call.texts("#providers li") == [*before[:2], "Voice: Cartesia"]
    call.click("end")
    call.click("start")
    call.wait(lambda: call.texts("#providers li") == before, "the first choices")


def test_the_latency_is_split_in_stages(call: Page, server: StandIn) -> None:
    assert not call.shown("latency")
    server.say("conversation.turn.latency", turn=1.0, stages=STAGES, drafted=False)
    call.wait(lambda: call.shown("latency"), "the latency")
    assert call.texts(".legend li") == [
        "Pause 300",
        "Thinking 120",
        "Phrasing 50",
        "Voicing 80",
        "Sending 10",
        "Arriving 60",
    ]
    assert call.texts(".total") == ["620 ms"]
    told = "Turn 1: 620 milliseconds: Pause 300 ms, Thinking 120 ms, "
    assert call.attribute(".stack", "aria-label").startswith(told)
    assert call.attribute(".stack", "title").startswith(told)
    pause, thinking, *_ = widths(call, ".stack span")
    assert pause / thinking == pytest.approx(2.5, rel=0.1)


def test_the_last_turns_are_shown_on_one_scale_and_drafts_are_marked(call: Page, server: StandIn) -> None:
    server.say("conversation.turn.latency", turn=1.0, stages=STAGES, drafted=False)
    server.say("conversation.turn.latency", turn=2.0, stages=DRAFTED, drafted=True)
    call.wait(lambda: len(call.texts(".stack")) == 2, "both turns")
    assert call.texts(".turn") == ["Turn 1", "Turn 2draft"]
    assert call.texts(".turns b") == ["620", "310"]
    assert call.texts(".total") == ["310 ms"]
    assert call.texts(".legend li") == ["Thinking 0", "Voicing 200", "Pause 110", "Sending 0"]
    slow, quick = widths(call, ".stack")
    assert slow / quick == pytest.approx(2, rel=0.05)
    last = "[...document.querySelectorAll('.stack')].at(-1)"
    assert call.driver.execute_script(f"return {last}.getAttribute('aria-label')") == (
        "Turn 2, drafted: 310 milliseconds: Thinking 0 ms, Voicing 200 ms, Pause 110 ms, Sending 0 ms"
    )
    # Nobody waited for what was ready before the caller had finished: it has no part of the bar.
    assert call.driver.execute_script(f"return {last}.children.length") == 2


def test_only_the_last_five_turns_are_shown_and_a_new_call_forgets_them(call: Page, server: StandIn) -> None:
    for turn in (1.0, 2.0, 3.0, 3.0, 4.0, 5.0, 6.0):
        server.say("conversation.turn.latency", turn=turn, stages=STAGES, drafted=False)
    call.wait(lambda: "Turn 6" in call.texts(".turn"), "the last turn")
    assert call.texts(".turn") == [f"Turn {turn}" for turn in (2, 3, 4, 5, 6)]
    call.click("end")
    call.wait_for_badge("Call ended")
    call.click("start")
    call.wait_for_badge("Listening")
    assert not call.shown("latency")
    server.say("conversation.turn.latency", turn=1.0, stages=STAGES, drafted=False)
    call.wait(lambda: call.shown("latency"), "the latency")
    assert call.texts(".turn") == ["Turn 1"]


def widths(page: Page, selector: str) -> list[float]:
    script = "return [...document.querySelectorAll(arguments[0])].map((element) => element.offsetWidth)"
    found: list[float] = page.driver.execute_script(script, selector)
    return found


def test_the_person_ends_the_turn(call: Page, server: StandIn) -> None:
    call.click("done")
    assert server.wait_for("audio.input.end").payload == {}


def test_the_person_ends_the_call_and_talks_again(call: Page, server: StandIn) -> None:
    hear(server, "final", "Bye.")
    call.wait_for_text("log", "Bye.")
    call.click("end")
    server.wait_until(lambda: server.closed_with is not None)
    assert server.closed_with == 1000
    assert call.text("badge-text") == "Call ended"
    assert call.text("start") == "Talk again"
    assert call.texts(CALLER_SPOKEN) == ["Bye."]
    call.click("start")
    call.wait_for_badge("Listening")
    assert call.texts(CALLER_SPOKEN) == []


def test_a_call_that_the_server_ends_stays_ended(call: Page, server: StandIn) -> None:
    server.close(1000)
    call.wait_for_badge("Call ended")
    assert not call.shown("retry")
    assert not call.shown("controls")
    assert server.connections == 1


def test_the_keys(page: Page, server: StandIn) -> None:
    page.press(SPACE)
    page.wait_for_badge("Listening")
    page.press("m")
    page.wait_for_badge("Muted")
    page.press("M")
    page.wait_for_badge("Listening")
    page.press("d")
    server.wait_for("audio.input.end")
    page.press(ESCAPE)
    page.wait_for_badge("Call ended")
    page.press(ENTER)
    page.wait_for_badge("Listening")


def test_every_control_is_reached_by_tab_and_shows_its_focus(call: Page) -> None:
    focused = "return document.activeElement.id"
    outline = "return getComputedStyle(document.activeElement).outlineStyle"
    for expected in ("mute", "done", "end", "scroller"):
        call.press("\ue004")
        assert call.driver.execute_script(focused) == expected
        assert call.driver.execute_script(outline) == "solid"


def test_assistive_technology_hears_settled_words_and_state(call: Page, server: StandIn) -> None:
    speak(server, "u1", "Hello.")
    call.wait_for_text("log", "Hello.")
    assert call.attribute("#scroller", "role") == "log"
    assert call.attribute("#scroller", "aria-live") == "polite"
    assert call.attribute(".line.bot", "aria-live") == "off"
    assert call.attribute("#badge", "role") == "status"
    assert call.attribute("#notice", "role") == "alert"
    call.wait(lambda: int(call.attribute("#caller-meter", "aria-valuenow")) > 20, "the caller's meter")
