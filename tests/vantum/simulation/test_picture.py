"""The picture is whole XML without a foreign part, tells all in words, and keeps letters in their boxes."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from vantum.simulation.picture import COLOURS, LETTER, NAMES, picture
from vantum.simulation.timeline import Kind, Moment, Stretch, Timeline

SVG = "{http://www.w3.org/2000/svg}"
TIMELINE = Timeline(
    seconds=10.0,
    caller=(Stretch(0.5, 2.5, Kind.SPEECH, "Is <this> & that ok?"), Stretch(4.0, 4.4, Kind.NOISE, "noise")),
    bot=(Stretch(3.0, 6.0, Kind.BOT, "It is fine. " * 20), Stretch(4.2, 4.8, Kind.HELD, "held 0.6 s")),
    work=(Stretch(2.6, 3.0, Kind.THINKING, "thinking"), Stretch(2.7, 2.9, Kind.TOOL, "look_up()")),
    states=(Stretch(0.0, 10.0, Kind.STATE, "listening"), Stretch(9.9, 10.0, Kind.STATE, "unheard of")),
    moments=(
        Moment(2.7, Kind.TURN, "turn 1"),
        Moment(2.75, Kind.CUT, "cut"),
        Moment(10.0, Kind.NOTE, "left"),
    ),
    latencies=(Stretch(2.5, 3.0, Kind.THINKING, "heard 0.50"),),
)


def drawn(timeline: Timeline = TIMELINE) -> ET.Element:
    return ET.fromstring(picture(timeline, "A <call>", "What & why."))


def texts(root: ET.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SVG}text")]


def test_it_is_an_image_with_a_name_and_a_description() -> None:
    root = drawn()
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", "title about")
    title, about = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert about is not None
    assert (title.text, title.get("id"), about.get("id")) == ("A <call>", "title", "about")
    assert about.text is not None
    assert about.text.startswith(
        "What & why. The caller, 0.5 to 2.5 s: Is <this> & that ok?. The bot, 3.0 to"
    )
    assert "2.7 s: turn 1." in about.text


def test_nothing_is_fetched_or_run() -> None:
    svg = picture(TIMELINE, "a", "b")
    assert "<script" not in svg
    assert svg.count("http") == 1, "the name of the format"
    assert "url(#noise)" in svg


def test_words_stay_in_their_boxes() -> None:
    for group in drawn().iter(f"{SVG}g"):
        box = group.find(f"{SVG}svg")
        if box is None:
            continue
        for text in box.iter(f"{SVG}text"):
            side = box.get("height") if text.get("transform") else box.get("width")
            assert len(text.text or "") * LETTER <= float(side or 0)


def test_words_that_do_not_fit_are_told_where_the_pointer_rests() -> None:
    titles = [element.text for element in drawn().iter(f"{SVG}title")]
    assert f"3.00 to 6.00 s: {'It is fine. ' * 20}" in titles
    assert "voice to voice 0.50 s: heard 0.50" in titles


def test_moments_close_together_are_not_over_each_other() -> None:
    heights = {circle.get("cy") for circle in drawn().iter(f"{SVG}circle")}
    assert len(heights) == 2


def test_a_moment_at_the_end_has_its_words_before_it() -> None:
    anchors = {text.text: text.get("text-anchor") for text in drawn().iter(f"{SVG}text")}
    assert (anchors["turn 1"], anchors["left"]) == ("start", "end")


def test_the_axis_has_every_second() -> None:
    assert [text for text in texts(drawn()) if text.endswith(" s") and text[0].isdigit()][:11] == [
        f"{second} s" for second in range(11)
    ]
    assert "2 s" in texts(drawn(replace(TIMELINE, seconds=60.0)))
    assert "1 s" not in texts(drawn(replace(TIMELINE, seconds=60.0)))


def test_the_legend_names_what_is_there() -> None:
    assert NAMES[Kind.TOOL] in texts(drawn())
    assert NAMES[Kind.DRAFT] not in texts(drawn())


def test_an_empty_call_has_a_picture() -> None:
    assert "0 s" in texts(drawn(Timeline(0.0, (), (), (), (), (), ())))


@pytest.mark.parametrize("kind", [kind for kind, (fill, _) in COLOURS.items() if fill.startswith("#")])
def test_letters_can_be_read(kind: Kind) -> None:
    fill, ink = COLOURS[kind]
    # The words of a moment stand on white; its dot has the other colour.
    ground = fill if kind in NAMES else "#ffffff"
    assert contrast(ground, ink) >= 4.5


def contrast(one: str, other: str) -> float:
    """The contrast of two colours (WCAG 2)."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
