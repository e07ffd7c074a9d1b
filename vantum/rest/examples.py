"""Examples of what is asked and told, out of the schemas of the API's description."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

MOST_DEPTH: Final = 8
"""Schemas within schemas; none of ours has as many."""
MOMENT: Final = "2026-03-01T12:00:00Z"
_PLAIN: Final[Mapping[str, object]] = {
    "string": "",
    "integer": 0,
    "number": 0,
    "boolean": False,
    "null": None,
}
_REF: Final = "#/components/schemas/"

Schema = Mapping[str, Any]


def example_of(schema: Schema, named: Mapping[str, Schema], depth: int = MOST_DEPTH) -> object:
    """One value that fits: the example that the schema tells, or one made of its parts; ``named`` are those that it
    refers to. None where it goes too deep."""
    if depth == 0:
        return None
    if "examples" in schema:
        return schema["examples"][0]
    if schema.get("default") is not None:
        return schema["default"]
    if "$ref" in schema:
        return example_of(named[schema["$ref"].removeprefix(_REF)], named, depth - 1)
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return example_of(schema[several][0], named, depth - 1)
    return _made(schema, named, depth - 1)


def _made(schema: Schema, named: Mapping[str, Schema], depth: int) -> object:
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            parts = schema.get("properties", {})
            return {name: example_of(part, named, depth) for name, part in parts.items()}
        case "array":
            return [example_of(schema.get("items", {}), named, depth)]
        case "string" if schema.get("format") == "date-time":
            return MOMENT
        case kind:
            return _PLAIN.get(str(kind))


def add_examples(described: Mapping[str, Any]) -> None:
    """Put an example beside every body in JSON that an OpenAPI description tells of, but for problems."""
    named = described["components"]["schemas"]
    for methods in described["paths"].values():
        for told in methods.values():
            granted = [answer for status, answer in told["responses"].items() if status < "300"]
            for body in (told.get("requestBody", {}), *granted):
                content = body.get("content", {}).get("application/json")
                if content:
                    content["example"] = example_of(content["schema"], named)
