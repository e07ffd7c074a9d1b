"""A campaign's own fields: a small part of JSON Schema, read into a tree of which every leaf asks for its quote.

The law: what cannot be asked of every language model, or could make checking slow, is refused in words: references,
patterns, alternatives, and everything without a bound. A schema that was read needs no further check.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final, NoReturn

from vantum.core.errors import UsageError

Json = dict[str, object]

DEEPEST: Final = 3
"""Objects inside of objects, the outermost counted; with their wrappers they fit into every limit of five."""
MOST_FIELDS: Final = 40
MOST_CHOICES: Final = 50
MOST_ITEMS: Final = 20
"""Items of a list, where the schema asks for no fewer."""
LONGEST_TEXT: Final = 500
"""Characters of a description, a choice, or a text value."""
TYPES: Final = ("string", "integer", "number", "boolean")
FORMATS: Final = ("date", "time", "email")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_NOTED: Final = ("title", "description")
_LIMITS: Final[Mapping[str, tuple[str, ...]]] = {
    "string": ("minLength", "maxLength", "format", "enum"),
    "integer": ("minimum", "maximum", "enum"),
    "number": ("minimum", "maximum", "enum"),
    "boolean": (),
}
_SAID: Final = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "format": "written as {}",
}


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value: ``schema`` is what it must fit, as plain JSON Schema without null."""

    type: str
    schema: Json
    description: str = ""


@dataclass(frozen=True, slots=True)
class Many:
    """Up to ``most`` values of one kind."""

    item: Leaf | Group
    most: int = MOST_ITEMS


@dataclass(frozen=True, slots=True)
class Group:
    """Values by name."""

    fields: Mapping[str, Shape] = field(default_factory=dict)


Shape = Leaf | Many | Group


def read_schema(document: object) -> Group:
    """The fields of a JSON Schema of type object; None asks for none. Raises ``UsageError``."""
    if document is None:
        return Group()
    shape = _Reader().shape(document, "the schema", 1)
    if not isinstance(shape, Group):
        raise UsageError("the schema: its type is not object.", "Name the fields under 'properties'.")
    return shape


class _Reader:
    """Reads one schema and counts what it asks for."""

    def __init__(self) -> None:
        self._count = 0

    def shape(self, document: object, where: str, depth: int) -> Shape:
        schema = _mapping(document, where)
        match _type(schema, where):
            case "object":
                return self._group(schema, where, depth)
            case "array":
                return self._many(schema, where, depth)
            case kind:
                return self._leaf(schema, kind, where)

    def _group(self, schema: Mapping[str, object], where: str, depth: int) -> Group:
        if depth > DEEPEST:
            _fail(where, f"it lies deeper than {DEEPEST} objects", "Move its fields up.")
        _only(schema, ("type", "properties", "required", "additionalProperties", "$schema", *_NOTED), where)
        if schema.get("additionalProperties", False) is not False:
            _fail(where, "fields without a name cannot be asked for", "Name them all, or write false.")
        fields: dict[str, Shape] = {}
        for name, inner in _mapping(schema.get("properties", {}), f"{where}.properties").items():
            if not _NAME.fullmatch(name):
                _fail(where, f"{name!r} is no name", "Allowed: up to 64 letters, digits and underscores.")
            fields[name] = self.shape(inner, name if depth == 1 else f"{where}.{name}", depth + 1)
        return Group(fields)

    def _many(self, schema: Mapping[str, object], where: str, depth: int) -> Many:
        _only(schema, ("type", "items", "maxItems", *_NOTED), where)
        item = self.shape(schema.get("items"), f"{where}[]", depth)
        if isinstance(item, Many):
            _fail(where, "a list of lists cannot be asked for", "Make its items objects or values.")
        most = schema.get("maxItems", MOST_ITEMS)
        if not isinstance(most, int) or not 1 <= most <= MOST_ITEMS:
            _fail(where, f"maxItems is {most!r}", f"Allowed: 1 to {MOST_ITEMS}.")
        return Many(item, most)

    def _leaf(self, schema: Mapping[str, object], kind: str, where: str) -> Leaf:
        self._count += 1
        if self._count > MOST_FIELDS:
            _fail(where, f"there are more than {MOST_FIELDS} fields", "Ask for fewer.")
        _only(schema, ("type", *_LIMITS[kind], *_NOTED), where)
        kept: Json = {"type": kind}
        for name in _LIMITS[kind]:
            if name in schema:
                kept[name] = _limit(name, schema[name], kind, where)
        if kind == "string":
            kept.setdefault("maxLength", LONGEST_TEXT)
        description = schema.get("description", "")
        if not isinstance(description, str) or len(description) > LONGEST_TEXT:
            _fail(where, "its description is no text, or a long one", f"Allowed: {LONGEST_TEXT} characters.")
        return Leaf(kind, kept, description)


def asked(shape: Shape) -> Json:
    """The strict JSON Schema of the answer: the same shape, each value wrapped with its quote and turn."""
    match shape:
        case Leaf():
            return wrapped(shape)
        case Many():
            return {"type": "array", "items": asked(shape.item)}
        case _:
            return all_of({name: asked(inner) for name, inner in shape.fields.items()})


def wrapped(leaf: Leaf) -> Json:
    """A value with its quote and the number of its turn; null where it is unknown."""
    value: Json = {"type": [leaf.type, "null"]}
    choices = leaf.schema.get("enum")
    if isinstance(choices, list):
        value["enum"] = [*choices, None]
    # The limits are told in words: not every server takes the keywords, and they are checked here anyway.
    limits = [said.format(leaf.schema[name]) for name, said in _SAID.items() if name in leaf.schema]
    told = "; ".join(part for part in (leaf.description, *limits) if part)
    if told:
        value["description"] = told
    return all_of({"value": value, "quote": {"type": "string"}, "turn": {"type": ["integer", "null"]}})


def all_of(properties: Mapping[str, object]) -> Json:
    """A strict object: all its properties, and no others."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _type(schema: Mapping[str, object], where: str) -> str:
    named = schema.get("type")
    kinds = [kind for kind in named if kind != "null"] if isinstance(named, list) else [named]
    kind = kinds[0] if len(kinds) == 1 else None
    if not isinstance(kind, str) or kind not in (*TYPES, "object", "array"):
        _fail(where, f"its type is {named!r}", f"Allowed: {', '.join((*TYPES, 'object', 'array'))}.")
    return kind


def _limit(name: str, value: object, kind: str, where: str) -> object:
    allowed: bool
    match name:
        case "enum":
            allowed = isinstance(value, list) and _are_choices(value, kind)
        case "format":
            allowed = value in FORMATS
        case "minLength" | "maxLength":
            allowed = type(value) is int and 0 <= value <= LONGEST_TEXT
        case _:
            allowed = type(value) in (int, float)
    if not allowed:
        _fail(
            where, f"{name} is {str(value)[:50]!r}", "Write what JSON Schema allows there, within the limits."
        )
    return value


def _are_choices(values: list[object], kind: str) -> bool:
    if not 1 <= len(values) <= MOST_CHOICES:
        return False
    if kind == "string":
        return all(isinstance(value, str) and len(value) <= LONGEST_TEXT for value in values)
    return all(type(value) in ((int,) if kind == "integer" else (int, float)) for value in values)


def _mapping(value: object, where: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        _fail(where, "this is no JSON object", "Write a JSON Schema there.")
    return value


def _only(schema: Mapping[str, object], allowed: Collection[str], where: str) -> None:
    unknown = sorted(set(schema) - set(allowed))
    if unknown:
        _fail(where, f"{unknown[0]!r} is not supported", f"Allowed: {', '.join(sorted(allowed))}.")


def _fail(where: str, problem: str, remedy: str) -> NoReturn:
    raise UsageError(f"{where}: {problem}.", remedy)
