"""The arguments of a tool: read from a function's signature, told to the language model, and checked when they come.

What the model sends is converted to the types of the signature before the function sees it; what does not fit
becomes a sentence that names it, and what is allowed.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, PydanticUserError, ValidationError, create_model
from pydantic_core import ErrorDetails

from processors.tools.tool_result import Failed

MOST_FAULTS = 3
"""So many wrong arguments are named at once."""
TOO_LONG = "arguments too long"
"""The one key of arguments that were too long to be kept; its value is how many characters there may be."""
MALFORMED = "malformed arguments"
"""The one key of arguments that were no JSON object; its value is what the model wrote. It is no parameter's name."""

Choices = Mapping[str, Sequence[str]]
"""Parameters that may only be one of these texts, where the texts are not known before the call."""

_SECTION = re.compile(
    r"^(Args|Arguments|Parameters|Returns|Raises|Yields|Examples?|Notes?):[ \t]*$", re.MULTILINE
)
_PARAMETER = re.compile(r"^(\w+)(?: ?\([^)]*\))?:[ \t]*", re.MULTILINE)
_NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
_DATA = ("default", "enum", "examples")
"""Keys of a JSON schema whose values are no schemas."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """The parameters by name, each as JSON schema, and those that must be given."""

    properties: dict[str, object]
    required: list[str]
    model: type[BaseModel]

    def read(self, given: Mapping[str, object]) -> dict[str, object] | Failed:
        """The values by parameter, converted and complete; ``Failed`` when something does not fit."""
        try:
            values = self.model.model_validate(dict(given))
        except ValidationError as error:
            faults = error.errors(include_url=False, include_context=False, include_input=False)
            return Failed(self._sentence(faults))
        return {name: value for name, (_, value) in zip(self.properties, values, strict=True)}

    def _sentence(self, faults: list[ErrorDetails]) -> str:
        told = "; ".join(self._told(fault) for fault in faults[:MOST_FAULTS])
        return f"Wrong arguments, nothing was done. {told}."

    def _told(self, fault: ErrorDetails) -> str:
        where = ".".join(str(step) for step in fault["loc"])
        if fault["type"] == "missing":
            return f"{where} is missing"
        if fault["type"] == "extra_forbidden" and len(fault["loc"]) == 1:
            return f"{where} is no parameter, there are: {', '.join(self.properties) or 'none'}"
        return f"{where}: {fault['msg']}"


def read_docstring(doc: str) -> tuple[str, dict[str, str]]:
    """What a docstring says about its function, in one line, and in its ``Args:`` about each parameter."""
    head, *sections = _SECTION.split(inspect.cleandoc(doc))
    told: dict[str, str] = {}
    for title, body in zip(sections[::2], sections[1::2], strict=True):
        if title in ("Args", "Arguments", "Parameters"):
            _, *parts = _PARAMETER.split(textwrap.dedent(body))
            told |= {name: " ".join(text.split()) for name, text in zip(parts[::2], parts[1::2], strict=True)}
    return " ".join(head.split()), told


def arguments_of(
    parameters: Sequence[inspect.Parameter],
    hints: Mapping[str, Any],
    told: Mapping[str, str],
    choices: Choices,
) -> Arguments:
    """The arguments that fit ``parameters``, whose types are ``hints`` and whose descriptions ``told``.

    Raises ``TypeError`` for a parameter without a type, of a type that JSON cannot give, or without a name, and
    for choices of a parameter that is not there.
    """
    fields: dict[str, Any] = {}
    for place, parameter in enumerate(parameters):
        if parameter.kind not in _NAMED:
            raise TypeError(f"{parameter} cannot be given by its name.")
        if parameter.name not in hints:
            raise TypeError(f"The parameter {parameter.name!r} needs a type.")
        # Under names of our own no parameter hides what a model has already, such as ``copy``.
        fields[f"argument_{place}"] = _field(parameter, hints[parameter.name], told, choices)
    names = [parameter.name for parameter in parameters]
    if unknown := sorted(set(choices) - set(names)):
        raise TypeError(f"There are choices for {', '.join(unknown)}, but no such parameter.")
    try:
        model = create_model(
            "Arguments", __config__=ConfigDict(extra="forbid", coerce_numbers_to_str=True), **fields
        )
        schema = model.model_json_schema()
    except PydanticUserError as error:
        raise TypeError(f"A parameter has a type that JSON cannot give: {error.message}") from error
    definitions = schema.get("$defs", {})
    properties = {name: _plain(schema["properties"][name], definitions) for name in names}
    return Arguments(properties, schema.get("required", []), model)


def _field(
    parameter: inspect.Parameter, hint: Any, told: Mapping[str, str], choices: Choices
) -> tuple[Any, Any]:
    """The type and the field of a pydantic model."""
    notes = [note for note in get_args(hint)[1:] if isinstance(note, str)] if _annotated(hint) else []
    described: dict[str, Any] = (
        {"description": text} if (text := " ".join(notes) or told.get(parameter.name)) else {}
    )
    if parameter.name in choices:
        hint = Literal[tuple(choices[parameter.name])]
    default = ... if parameter.default is parameter.empty else parameter.default
    return hint, Field(default, alias=parameter.name, **described)


def _annotated(hint: object) -> bool:
    return get_origin(hint) is Annotated


def _plain(schema: Any, definitions: Mapping[str, Any], inside: tuple[str, ...] = ()) -> Any:
    """A schema that stands on its own: with definitions in their places, and without titles for people."""
    if not isinstance(schema, dict):
        return schema
    if (reference := schema.get("$ref")) is not None:
        name = str(reference).rpartition("/")[2]
        if name in inside:
            raise TypeError(f"A parameter has a type that contains itself: {name}.")
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        return _plain({**definitions[name], **beside}, definitions, (*inside, name))
    plain: dict[str, Any] = {}
    for key, value in schema.items():
        match key, value:
            case ("title" | "discriminator", _):
                continue
            case ("const", _):
                # Not every server that speaks OpenAI's format knows a constant.
                plain["enum"] = [value]
            case ("properties", dict()):
                plain[key] = {name: _plain(part, definitions, inside) for name, part in value.items()}
            case (_, list()) if key not in _DATA:
                plain[key] = [_plain(part, definitions, inside) for part in value]
            case _:
                plain[key] = value if key in _DATA else _plain(value, definitions, inside)
    return plain
