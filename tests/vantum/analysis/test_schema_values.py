from __future__ import annotations

import pytest

from vantum.analysis.schema_values import misfit
from vantum.core.analysis.schema import Json


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "integer", "minimum": 1}, 1),
        ({"type": "string", "enum": ["a"]}, "a"),
        ({"type": "string", "format": "date"}, "2026-11-26"),
        ({"type": "boolean"}, True),
    ],
)
def test_what_fits_has_no_fault(schema: Json, value: object) -> None:
    assert misfit(schema, value) == ""


@pytest.mark.parametrize(
    ("schema", "value", "told"),
    [
        ({"type": "integer", "minimum": 1}, 0, "its value '0' is not what was asked for (minimum: 1)"),
        ({"type": "number"}, True, "its value 'True' is not what was asked for (type: 'number')"),
        ({"type": "string", "format": "date"}, "Thursday", "(format: 'date')"),
        ({"type": "string", "format": "email"}, "x", "(format: 'email')"),
        ({"type": "string", "maxLength": 2}, "x" * 500, f"its value '{'x' * 60}' is not"),
        ({"type": "string"}, ["x"], "(type: 'string')"),
    ],
)
def test_what_does_not_fit_is_told(schema: Json, value: object, told: str) -> None:
    assert told in misfit(schema, value)
