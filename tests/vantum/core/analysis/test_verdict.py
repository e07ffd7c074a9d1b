from __future__ import annotations

from dataclasses import replace

import pytest

from vantum.core.analysis.brief import LONGEST_PURPOSE, Brief
from vantum.core.analysis.verdict import Analysis, Evidence, Usage
from vantum.core.outreach.outcome import Disposition

FIELDS = (
    "sentiment", "interest", "disposition", "next_step", "callback", "objections[0]", "summary[0]", "data.size",
    "data.tools[0].name", "data.tools[0].used",
)  # fmt: skip
WHOLE = Analysis(
    "gpt",
    sentiment=-0.5,
    interest=0,
    disposition=Disposition.NOT_INTERESTED,
    objections=("price",),
    next_step="none",
    callback="tomorrow",
    summary=("They declined.",),
    data={"size": 0, "city": None, "tools": [{"name": "x", "used": False}]},
    evidence=tuple(Evidence(name, 0, "no", 0, 1) for name in FIELDS),
    confidence=1.0,
)


@pytest.mark.parametrize("field", FIELDS)
def test_no_quote_no_value(field: str) -> None:
    with pytest.raises(ValueError, match=r"There is no quote for"):
        replace(WHOLE, evidence=tuple(one for one in WHOLE.evidence if one.field != field))


def test_nothing_is_known_without_evidence() -> None:
    assert Analysis("gpt", data={"size": None}).disposition is None
    assert Analysis("gpt", disposition=Disposition.NO_CONVERSATION).evidence == ()


@pytest.mark.parametrize(
    ("name", "value"), [("sentiment", 1.1), ("interest", 101), ("interest", -1), ("confidence", 1.1)]
)
def test_values_out_of_range_cannot_be_built(name: str, value: float) -> None:
    changes: dict[str, float] = {name: value}
    with pytest.raises(ValueError, match=str(value)):
        replace(WHOLE, **changes)  # type: ignore[arg-type]


def test_usage_adds_up() -> None:
    assert Usage(1, 2, 1) + Usage(10, 20, 1) == Usage(11, 22, 2)


def test_a_purpose_is_bounded() -> None:
    with pytest.raises(ValueError, match="2000"):
        Brief("x" * (LONGEST_PURPOSE + 1))
