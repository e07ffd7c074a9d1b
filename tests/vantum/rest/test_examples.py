"""Examples out of schemas, by values."""

from __future__ import annotations

import pytest

from vantum.rest.examples import MOMENT, Schema, example_of

NAMED: dict[str, Schema] = {
    "Name": {"type": "string", "examples": ["Anna"]},
    "Loop": {"type": "object", "properties": {"inner": {"$ref": "#/components/schemas/Loop"}}},
}


@pytest.mark.parametrize(
    ("schema", "example"),
    [
        ({"type": "string", "examples": ["a", "b"]}, "a"),
        ({"type": "integer", "default": 7}, 7),
        ({"anyOf": [{"type": "string", "examples": ["a"]}, {"type": "null"}], "default": None}, "a"),
        ({"$ref": "#/components/schemas/Name"}, "Anna"),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, 0),
        ({"oneOf": [{"type": "boolean"}]}, False),
        ({"allOf": [{"$ref": "#/components/schemas/Name"}]}, "Anna"),
        ({"enum": ["owner", "admin"]}, "owner"),
        ({"type": "object", "properties": {"a": {"type": "number"}}}, {"a": 0}),
        ({"type": "object"}, {}),
        ({"type": "array", "items": {"type": "string"}}, [""]),
        ({"type": "array"}, [None]),
        ({"type": "string", "format": "date-time"}, MOMENT),
        ({"type": "null"}, None),
        ({}, None),
    ],
)
def test_an_example_fits_its_schema(schema: Schema, example: object) -> None:
    assert example_of(schema, NAMED) == example


def test_it_has_an_end() -> None:
    assert example_of(NAMED["Loop"], NAMED, 4) == {"inner": {"inner": None}}
