"""The page of the API's description: everything is on it, and nothing of it is code."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from tests.vantum.rest.kit import House, client_of, operations
from vantum.rest.page import page_of

pytestmark = pytest.mark.real_time


class Elements(HTMLParser):
    """Counts what is opened and not closed again."""

    EMPTY = frozenset({"meta", "link"})

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert not any(name.startswith("on") or name == "style" for name, _ in attrs)
        self.seen.add(tag)
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def elements(page: str) -> set[str]:
    found = Elements()
    found.feed(page)
    found.close()
    assert found.open == []
    return found.seen


async def test_everything_that_can_be_asked_is_on_it(house: House) -> None:
    async with client_of(house.app) as http:
        answer = await http.get("/api/docs")
        style = await http.get("/api/docs.css")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert (style.status_code, style.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert elements(answer.text).isdisjoint({"script", "style", "iframe"})
    for operation in operations(house.app):
        assert f"<b>{operation.method}</b> <code>{operation.path}</code>" in answer.text
    assert "&quot;phone&quot;: &quot;+1 (212) 555-0100&quot;" in answer.text


def test_no_text_becomes_a_part_of_the_page() -> None:
    evil = "<script>alert('x')</script>"
    told = {
        "tags": [evil],
        "summary": evil,
        "description": f"`{evil}`",
        "x-right": evil,
        "parameters": [{"name": evil, "in": evil, "description": evil}],
        "requestBody": {"content": {"application/json": {"example": [evil]}}},
        "responses": {"200": {"content": {evil: {}}}, "404": {}},
    }
    described = {
        "info": {"title": evil, "version": evil, "description": evil},
        "paths": {evil: {"get": told}},
    }
    page = page_of(described, f'"{evil}')
    assert "script" not in elements(page)
    assert "<code>&lt;script&gt;" in page
