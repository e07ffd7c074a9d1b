"""Whatever is not markup is escaped."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vantum.report.sample import read
from vantum.report.markup import Markup, element, joined, text


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (element("p", "a < b & c"), "<p>a &lt; b &amp; c</p>"),
        (element("p", element("b", "x"), "<y>"), "<p><b>x</b>&lt;y&gt;</p>"),
        (element("td", "1", class_="n", colspan=2), '<td class="n" colspan="2">1</td>'),
        (element("p", title='"><script>'), '<p title="&quot;&gt;&lt;script&gt;"></p>'),
        (element("th", "", scope=None), "<th></th>"),
        (element("audio", controls=""), "<audio controls></audio>"),
        (element("meta", charset="utf-8"), '<meta charset="utf-8">'),
        (element("rect", x=1.0, y=2.346, width=1_234_567.0), '<rect x="1" y="2.35" width="1234567"/>'),
        (
            element("svg", viewBox="0 0 1 1", aria_hidden="true"),
            '<svg viewBox="0 0 1 1" aria-hidden="true"></svg>',
        ),
        (joined("<", element("i", "x"), ">"), "&lt;<i>x</i>&gt;"),
        (text("two\nlines\x00\u202e"), "two lines"),
        (text(Markup("<b>")), "<b>"),
    ],
)
def test_elements(made: Markup, expected: str) -> None:
    assert made == expected


@given(st.text(), st.text())
def test_no_text_becomes_an_element_or_an_attribute(words: str, value: str) -> None:
    found = read(element("p", words, title=value))
    assert [name for name, _ in found.elements] == ["p"]
    assert list(found.elements[0][1]) == ["title"]
