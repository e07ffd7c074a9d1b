"""A decision that makes no sense does not exist, and the strictest finding is the verdict."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from tests.vantum.core.legal.legal_cases import NOON, case
from vantum.core.legal.decision import Finding, Verdict, strictest
from vantum.core.legal.gate import decide


@pytest.mark.parametrize("verdict", Verdict)
def test_only_what_is_deferred_has_a_moment(verdict: Verdict) -> None:
    until = None if verdict is Verdict.DEFER else NOON
    with pytest.raises(ValueError, match="deferred until"):
        replace(decide(case()), verdict=verdict, until=until)


def test_the_strictest_holds() -> None:
    order = (Verdict.ALLOW, Verdict.DEFER, Verdict.HUMAN_ONLY, Verdict.BLOCK)
    for one, other in product(range(4), repeat=2):
        findings = tuple(Finding("", "", (), order[place], "") for place in (one, other))
        assert strictest(findings) is order[max(one, other)]
