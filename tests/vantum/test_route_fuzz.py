"""Every route of the application against names and JSON that nobody thought of."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.vantum.api_kit import JSON, THEM, new_id
from tests.vantum.routes_kit import (
    WITH_BODY,
    WITH_NAMES,
    check,
    filled,
    opened,
    raw,
)

pytestmark = pytest.mark.real_time

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inside: (
        st.lists(inside, max_size=4) | st.dictionaries(st.text(st.characters()), inside, max_size=4)
    ),
    max_leaves=8,
)
WORDS = st.text(max_size=40) | ANY_JSON
NEARLY_RIGHT = st.fixed_dictionaries(
    {},
    optional={
        "to": st.just(THEM) | WORDS,
        "text": WORDS,
        "say": WORDS,
        "pipeline": st.sampled_from(["served", "other", "", "..", "/"]) | WORDS,
        "ttl": st.integers() | ANY_JSON,
        "uses": st.integers(-1, 2_000) | ANY_JSON,
        "origin": st.just("https://a.example") | WORDS,
        "variables": st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3) | ANY_JSON,
        "idempotencyKey": WORDS,
    },
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(NEARLY_RIGHT | ANY_JSON, min_size=3, max_size=6))
async def test_no_json_breaks_any_route(bodies: list[object]) -> None:
    with TemporaryDirectory() as folder:
        async with opened(Path(folder)) as office:
            for method, path in WITH_BODY:
                for body in bodies:
                    content = json.dumps(body).encode()
                    name = new_id()
                    check(
                        await office.http.request(method, filled(path, name), content=content, headers=JSON)
                    )


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), min_size=3, max_size=6))
async def test_no_name_breaks_any_route(names: list[str]) -> None:
    with TemporaryDirectory() as folder:
        async with opened(Path(folder)) as office:
            for method, path in WITH_NAMES:
                for name in names:
                    check(await raw(office, method, filled(path, quote(name, safe=""))))
