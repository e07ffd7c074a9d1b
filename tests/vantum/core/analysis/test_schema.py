from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vantum.core.analysis.calls import patient
from vantum.core.analysis.schema import Group, Leaf, Many, asked, read_schema
from vantum.core.errors import UsageError


def of(**properties: object) -> dict[str, object]:
    return {"type": "object", "properties": properties}


def test_no_schema_asks_for_nothing() -> None:
    assert read_schema(None) == read_schema(of()) == read_schema({"type": "object"}) == Group()


def test_fields_are_read_with_their_limits() -> None:
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Shop",
        "required": ["size"],
        "additionalProperties": False,
        **of(
            size={"type": ["integer", "null"], "minimum": 1, "maximum": 500, "description": "People"},
            plan={"type": "string", "enum": ["a", "b"]},
            share={"type": "number", "enum": [0.5, 1]},
            count={"type": "integer", "enum": [1, 2]},
            mail={"type": "string", "format": "email", "minLength": 3, "maxLength": 40},
            open={"type": "boolean"},
            tools={"type": "array", "items": {"type": "string"}, "maxItems": 3},
            place={**of(city={"type": "string"}, at=of(x={"type": "number"})), "description": "Where"},
            visits={"type": "array", "items": of(day={"type": "string"})},
        ),
    }
    text = Leaf("string", {"type": "string", "maxLength": 500})
    assert read_schema(schema).fields == {
        "size": Leaf("integer", {"type": "integer", "minimum": 1, "maximum": 500}, "People"),
        "plan": Leaf("string", {"type": "string", "enum": ["a", "b"], "maxLength": 500}),
        "share": Leaf("number", {"type": "number", "enum": [0.5, 1]}),
        "count": Leaf("integer", {"type": "integer", "enum": [1, 2]}),
        "mail": Leaf("string", {"type": "string", "format": "email", "minLength": 3, "maxLength": 40}),
        "open": Leaf("boolean", {"type": "boolean"}),
        "tools": Many(text, 3),
        "place": Group({"city": text, "at": Group({"x": Leaf("number", {"type": "number"})})}),
        "visits": Many(Group({"day": text}), 20),
    }


DEEP = of(a=of(b=of(c={"type": "string"})))
STRING = {"type": "string"}


@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        (5, "the schema: this is no JSON object"),
        ({1: 2}, "the schema: this is no JSON object"),
        (STRING, "the schema: its type is not object"),
        ({}, "the schema: its type is None"),
        (of(a={"type": ["string", "integer"]}), "a: its type is"),
        (of(a={"type": "null"}), "a: its type is 'null'"),
        (of(a={"$ref": "https://example.com/x"}), "a: its type is None"),
        (of(a={"type": "string", "$ref": "#/x"}), "a: '$ref' is not supported"),
        (of(a={"type": "string", "pattern": "(a+)+"}), "a: 'pattern' is not supported"),
        (of(a={"type": "object", "anyOf": []}), "a: 'anyOf' is not supported"),
        ({**of(), "additionalProperties": True}, "fields without a name"),
        ({"type": "object", "properties": []}, "the schema.properties: this is no JSON object"),
        (of(**{"a b": STRING}), "'a b' is no name"),
        (DEEP | of(a=of(b=of(c=of()))), "deeper than 3 objects"),
        (of(a={"type": "array"}), "a[]: this is no JSON object"),
        (of(a={"type": "array", "items": {"type": "array", "items": STRING}}), "a list of lists"),
        (of(a={"type": "array", "items": STRING, "maxItems": 21}), "maxItems is 21"),
        (of(a={"type": "array", "items": STRING, "maxItems": "2"}), "maxItems is '2'"),
        (of(**{f"f{n}": STRING for n in range(41)}), "f40: there are more than 40 fields"),
        (of(a={"type": "string", "description": "x" * 501}), "a: its description"),
        (of(a={"type": "string", "description": 1}), "a: its description"),
        (of(a={"type": "string", "enum": []}), "a: enum is"),
        (of(a={"type": "string", "enum": [1]}), "a: enum is"),
        (of(a={"type": "string", "enum": "x"}), "a: enum is"),
        (of(a={"type": "integer", "enum": [True]}), "a: enum is"),
        (of(a={"type": "string", "enum": ["x"] * 51}), "a: enum is"),
        (of(a={"type": "string", "format": "regex"}), "a: format is 'regex'"),
        (of(a={"type": "string", "maxLength": 501}), "a: maxLength is '501'"),
        (of(a={"type": "integer", "minimum": "1"}), "a: minimum is '1'"),
        (of(a=of(b={"type": "bad"})), "a.b: its type is 'bad'"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(schema: object, problem: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_schema(schema)
    assert problem in refused.value.problem
    assert refused.value.remedy


def test_every_value_is_asked_for_with_its_quote() -> None:
    fields = read_schema(
        of(
            size={"type": "integer", "minimum": 1, "description": "People"},
            tools={"type": "array", "items": {"type": "string", "enum": ["a"], "maxLength": 9}},
            open={"type": "boolean"},
        )
    )
    rest = {"quote": {"type": "string"}, "turn": {"type": ["integer", "null"]}}
    strict = {"required": ["value", "quote", "turn"], "additionalProperties": False}
    size = {"type": ["integer", "null"], "description": "People; at least 1"}
    tool = {"type": ["string", "null"], "enum": ["a", None], "description": "at most 9 characters"}
    assert asked(fields) == {
        "type": "object",
        "properties": {
            "size": {"type": "object", "properties": {"value": size, **rest}, **strict},
            "tools": {
                "type": "array",
                "items": {"type": "object", "properties": {"value": tool, **rest}, **strict},
            },
            "open": {
                "type": "object",
                "properties": {"value": {"type": ["boolean", "null"]}, **rest},
                **strict,
            },
        },
        "required": ["size", "tools", "open"],
        "additionalProperties": False,
    }


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["string", "object", "array", "x"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "properties", "items", "enum", "a", "maxItems"]), inner, max_size=4
        )
    ),
)


@patient
@given(JSON)
def test_any_json_is_read_or_refused(document: object) -> None:
    try:
        fields = read_schema(document)
    except UsageError:
        return
    assert json.loads(json.dumps(asked(fields))) == asked(fields)
