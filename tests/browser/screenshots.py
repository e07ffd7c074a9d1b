"""Pictures of the page in every state, in both themes, on a desktop and on a phone.

python -m tests.browser.screenshots OUTDIR
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from tests.browser.chromium import ALLOWED, DENIED, Page, chromium
from tests.browser.stand_in import CLOUD, EMBEDDED, StandIn

SIZES = {"desktop": (1280, 800), "phone": (390, 844), "small": (360, 640)}
THEMES = ("light", "dark")
STAGES = {
    "committed": 321.0,
    "first_token": 402.0,
    "first_piece": 455.0,
    "first_audio": 548.0,
    "first_byte": 560.0,
    "heard": 610.0,
}
DRAFTED = {
    "committed": 330.0,
    "first_token": -60.0,
    "first_piece": 90.0,
    "first_audio": 210.0,
    "first_byte": 335.0,
    "heard": 390.0,
}
GREETING = (
    "Hi, this is Ava, an AI assistant calling from Northwind. Is this a good moment for two quick questions?"
)
Shot = Callable[[str], None]


def tell_a_story(page: Page, server: StandIn, shoot: Shot) -> None:
    """One call from the first look at the page to its end, with a picture of each state."""
    page.open(server.url)
    shoot("01-ready")
    page.click("start")
    page.wait_for_badge("Listening")
    shoot("02-listening-first")
    _bot(server, "u1", GREETING)
    server.tone("u1", 1.0)
    page.wait_for_badge("Speaking")
    shoot("03-speaking")
    server.say("audio.output.complete", utteranceId="u1")
    server.say("conversation.response.complete", utteranceId="u1")
    server.say("transcript.interim", transcript="sure but how much does it", confidence=0.6, timestamp=1.0)
    page.wait_for_text("log", "how much")
    shoot("04-interim")
    server.say("transcript.final", transcript="Sure.", confidence=0.9, timestamp=1.0)
    server.say("transcript.final", transcript="But how much does it cost?", confidence=0.9, timestamp=1.0)
    server.state("listening", "thinking")
    page.wait_for_badge("Thinking")
    shoot("05-thinking")
    server.say("conversation.turn.latency", turn=1.0, stages=STAGES, drafted=False)
    server.say("conversation.turn.latency", turn=2.0, stages=DRAFTED, drafted=True)
    _bot(server, "u2", "The starter plan is forty nine dollars a month, and the")
    server.tone("u2", 1.0)
    page.wait(lambda: page.shown("latency"), "the latency")
    server.say("audio.output.cancel", utteranceId="u2", timestamp=1.0)
    server.state("responding", "interrupted")
    server.say("transcript.interim", transcript="wait", confidence=0.6, timestamp=1.0)
    page.wait_for_badge("Interrupted")
    shoot("06-interrupted")
    server.state("interrupted", "listening")
    page.click("mute")
    page.wait_for_badge("Muted")
    shoot("07-muted")
    page.click("mute")
    server.say(
        "error.system.tts", message="The voice provider did not answer in time; this answer is silent."
    )
    page.wait(lambda: page.shown("notice"), "the error")
    shoot("08-provider-error")
    page.click("notice-close")
    server.accepting = False
    server.close(1011)
    page.wait_for_badge("Reconnecting")
    shoot("09-reconnecting")
    server.accepting = True
    page.click("retry-now")
    page.wait_for_badge("Listening")
    page.click("end")
    page.wait_for_badge("Call ended")
    shoot("10-ended")


def tell_of_trouble(page: Page, server: StandIn, shoot: Shot) -> None:
    """The ways in which a call does not begin."""
    page.open(server.url)
    page.click("start")
    page.wait(lambda: page.shown("notice"), "the refused microphone")
    shoot("11-microphone-refused")
    page.open(f"http://insecure.test:{server.port}/")
    shoot("12-insecure")
    server.providers = CLOUD
    page.open(server.url)
    shoot("13-cloud-providers")
    server.providers = EMBEDDED


def tell_of_a_full_server(page: Page, server: StandIn, shoot: Shot) -> None:
    """The server accepts no call."""
    page.open(server.url)
    server.accepting = False
    page.click("start")
    page.wait_for_badge("Reconnecting")
    shoot("14-full")
    server.accepting = True


def _bot(server: StandIn, utterance: str, text: str) -> None:
    server.state("thinking", "responding")
    server.say("conversation.response.start", utteranceId=utterance, timestamp=1.0)
    for word in text.split():
        server.say("conversation.response.words", utteranceId=utterance, text=word, timestamp=1.0)


def _looks() -> Iterator[tuple[str, int, int, str]]:
    for size, (width, height) in SIZES.items():
        for theme in THEMES:
            yield f"{size}-{theme}", width, height, theme


def take_all(folder: Path) -> None:
    """Write the pictures as ``<state>-<size>-<theme>.png``."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        server = stack.enter_context(StandIn())
        allowed = Page(stack.enter_context(chromium(ALLOWED)))
        denied = Page(stack.enter_context(chromium(DENIED)))
        for look, width, height, theme in _looks():
            for page in (allowed, denied):
                page.resize(width, height)
                page.emulate(prefers_color_scheme=theme)

            tell_a_story(allowed, server, partial(_shoot, folder, allowed, look))
            tell_of_a_full_server(allowed, server, partial(_shoot, folder, allowed, look))
            tell_of_trouble(denied, server, partial(_shoot, folder, denied, look))


def _shoot(folder: Path, page: Page, look: str, name: str) -> None:
    page.driver.save_screenshot(str(folder / f"{name}-{look}.png"))


if __name__ == "__main__":
    take_all(Path(sys.argv[1]))
