"""Who may open a call from a page."""

from __future__ import annotations

import pytest

from transports.browser.routes import origin_allowed

SITES = ("https://example.com", "https://other.example:8443")


@pytest.mark.parametrize(
    ("origin", "host", "allowed", "expected"),
    [
        (None, "call.example", (), True),
        (None, "call.example", SITES, True),
        ("https://call.example", "call.example", (), True),
        ("https://CALL.example", "call.example", (), True),
        ("https://call.example:8443", "call.example", (), False),
        ("http://localhost:3000", "127.0.0.1:8080", (), True),
        ("http://127.0.0.1:9", "127.0.0.1:8080", (), True),
        ("http://[::1]:9", "127.0.0.1:8080", (), True),
        ("https://evil.example", "127.0.0.1:8080", (), False),
        ("https://localhost.evil.example", "127.0.0.1:8080", (), False),
        ("null", "127.0.0.1:8080", (), False),
        ("http://[", "127.0.0.1:8080", (), False),
        ("https://example.com", "call.example", SITES, True),
        ("https://Example.com/", "call.example", SITES, True),
        ("https://other.example:8443", "call.example", SITES, True),
        ("http://localhost:3000", "call.example", SITES, False),
        ("https://evil.example", "call.example", ("*",), True),
    ],
)
def test_pages_may_call_from_where_they_are_allowed(
    origin: str | None, host: str, allowed: tuple[str, ...], expected: bool
) -> None:
    assert origin_allowed(origin, host, allowed) is expected
