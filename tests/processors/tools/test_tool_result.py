"""A result is JSON of a bounded size, whatever a tool returns."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from processors.tools.tool_result import MOST_CHARACTERS, Failed, Quiet, Written, written
from vantum.core.dialogue_script import Disposition
from vantum.core.floor import FollowUp


@dataclass
class Order:
    number: int
    due: date


class Price(BaseModel):
    amount: Decimal


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        ("später", '"später"'),
        (3, "3"),
        ({"a": [1, 2.5, True]}, '{"a":[1,2.5,true]}'),
        (Order(4, date(2026, 5, 1)), '{"number":4,"due":"2026-05-01"}'),
        ([Price(amount=Decimal("1.10"))], '[{"amount":"1.10"}]'),
        (Disposition.CALLBACK, '"callback"'),
        (float("nan"), "null"),
        ({1: "one"}, '{"1":"one"}'),
    ],
    ids=str,
)
def test_a_value_is_written_as_json(value: object, text: str) -> None:
    assert written(value) == Written(text)
    assert written(Quiet(value)) == Written(text, FollowUp.UNLESS_SPOKEN)


def test_a_failure_is_an_error_for_the_model() -> None:
    assert written(Failed("No such order.")) == Written('{"error": "No such order."}', failed=True)


def round_and_round() -> list[object]:
    ring: list[object] = []
    ring.append(ring)
    return ring


@pytest.mark.parametrize(
    "value", [object(), round_and_round(), b"\xff", "\ud800"], ids=["object", "ring", "bytes", "surrogate"]
)
def test_what_is_no_json_is_a_failure(value: object) -> None:
    assert written(value).failed
    assert written(Quiet(value)).failed
    assert "cannot be written as JSON" in json.loads(written(value).json)["error"]


def test_the_longest_result_is_whole_and_a_longer_one_is_cut() -> None:
    whole = "x" * (MOST_CHARACTERS - 2)
    assert written(whole).json == f'"{whole}"'
    told = json.loads(written(f"{whole}x").json)
    assert told["note"] == f"This is only the beginning: the whole has {MOST_CHARACTERS - 1} characters."
    assert told["beginning"] == "x" * len(told["beginning"])
    assert len(told["beginning"]) > MOST_CHARACTERS - 300


def test_of_what_is_no_text_the_beginning_of_its_json_is_kept() -> None:
    told = json.loads(written({"rows": ["row"] * 5_000}).json)
    assert told["beginning"].startswith('{"rows":["row","row",')


@given(st.text(min_size=1, max_size=3), st.booleans())
def test_no_result_is_too_long(part: str, failed: bool) -> None:
    value = part * MOST_CHARACTERS
    result = written(Failed(value) if failed else value)
    assert len(result.json) <= MOST_CHARACTERS
    told = json.loads(result.json)
    assert value.startswith(told["beginning"])
