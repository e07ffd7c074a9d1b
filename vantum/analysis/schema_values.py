"""Does a value fit its field? Asked of jsonschema, with a schema that was read and is bounded."""

from __future__ import annotations

from jsonschema import Draft202012Validator, FormatChecker

from vantum.core.analysis.schema import Json

_FORMATS = FormatChecker(("date", "time", "email"))
_SHOWN = 60


def misfit(schema: Json, value: object) -> str:
    """What is wrong with ``value``, in words; "" when it fits ``schema``."""
    error = next(Draft202012Validator(schema, format_checker=_FORMATS).iter_errors(value), None)
    if error is None:
        return ""
    shown = str(value)[:_SHOWN]
    return f"its value {shown!r} is not what was asked for ({error.validator}: {error.validator_value!r})"
