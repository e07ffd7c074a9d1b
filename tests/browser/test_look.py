"""The page's look: both themes readable, no motion for those who want none, nothing cut off on a phone."""

from __future__ import annotations

import pytest

from tests.browser.chromium import Page
from tests.browser.stand_in import StandIn

pytestmark = [pytest.mark.browser, pytest.mark.real_time]

THEMES = ("light", "dark")
ENOUGH = 4.5  # WCAG 2.2, 1.4.3, level AA
# The contrast of each element that holds words itself, against the nearest background behind it.
CONTRASTS = """
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    const rgba = (colour) => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const light = (value) => (value / 255 <= 0.04045 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4);
    const luminance = ([r, g, b]) => 0.2126 * light(r) + 0.7152 * light(g) + 0.0722 * light(b);
    const behind = (element) => {
      const colour = rgba(getComputedStyle(element).backgroundColor);
      return colour[3] === 255 ? colour : behind(element.parentElement);
    };
    const found = [];
    for (const element of document.querySelectorAll('body *')) {
      const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
      if (!own || !element.checkVisibility({ opacityProperty: true }) || element.closest(':disabled')) continue;
      const [dark, bright] = [rgba(getComputedStyle(element).color), behind(element)]
        .map(luminance).sort((a, b) => a - b);
      found.push([(bright + 0.05) / (dark + 0.05), `${element.tagName} ${element.textContent}`]);
    }
    return found;
"""
OVERFLOW = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"


def too_faint(page: Page) -> list[tuple[float, str]]:
    found: list[tuple[float, str]] = page.driver.execute_script(CONTRASTS)
    assert len(found) > 5
    return [(contrast, words) for contrast, words in found if contrast < ENOUGH]


def fill(page: Page, server: StandIn) -> None:
    server.say("transcript.final", transcript="Settled words.", confidence=0.9, timestamp=1.0)
    server.say("transcript.interim", transcript="a guess", confidence=0.5, timestamp=1.0)
    server.say("conversation.response.words", utteranceId="u1", text="An answer", timestamp=1.0)
    server.tone("u1", 0.04)
    server.say("audio.output.cancel", utteranceId="u1", timestamp=1.0)
    server.say("transcript.interim", transcript="another guess", confidence=0.5, timestamp=1.0)
    for turn in range(1, 7):
        stages = {"committed": 300.0, "first_token": 150.0, "first_byte": 310.0, "heard": 330.0 + turn}
        server.say("conversation.turn.latency", turn=float(turn), stages=stages, drafted=turn % 2 == 0)
    server.say("error.system.tts", message="The voice failed.")
    page.wait(lambda: page.shown("notice"), "the error")


def test_words_are_readable_in_both_themes(call: Page, server: StandIn) -> None:
    fill(call, server)
    for theme in THEMES:
        call.emulate(prefers_color_scheme=theme, prefers_reduced_motion="reduce")
        assert too_faint(call) == []
    call.click("end")
    call.wait_for_badge("Call ended")
    for theme in THEMES:
        call.emulate(prefers_color_scheme=theme, prefers_reduced_motion="reduce")
        assert too_faint(call) == []


def test_the_theme_is_the_persons(page: Page) -> None:
    light = page.style("body", "background-color")
    page.emulate(prefers_color_scheme="dark")
    page.wait(lambda: page.style("body", "background-color") != light, "the dark theme")


def test_more_contrast_is_given_when_wanted(page: Page) -> None:
    usual = page.style("#subline", "color")
    page.emulate(prefers_color_scheme="light", prefers_contrast="more")
    page.wait(lambda: page.style("#subline", "color") != usual, "the stronger colours")
    assert page.style("#subline", "color") == page.style("body", "color")


def test_nothing_moves_for_those_who_want_no_motion(call: Page, server: StandIn) -> None:
    server.state("listening", "thinking")
    call.wait_for_badge("Thinking")
    assert call.style(".sweep", "animation-name") == "turn"
    call.emulate(prefers_reduced_motion="reduce")
    call.wait(lambda: call.style(".sweep", "animation-name") == "none", "stillness")
    assert call.style(".core", "transform") == "none"


def test_nothing_is_cut_off(call: Page, server: StandIn) -> None:
    fill(call, server)
    for width, height in ((360, 640), (390, 844), (768, 1024), (1280, 560)):
        call.resize(width, height)
        assert call.driver.execute_script(OVERFLOW) == 0
        for control in ("mute", "done", "end"):
            box = f"return document.getElementById('{control}').getBoundingClientRect().bottom"
            assert call.driver.execute_script(box) <= height
