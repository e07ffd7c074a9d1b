"""Who says how a call came out: one method, whatever is behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from vantum.core.analysis.brief import Brief
from vantum.core.analysis.turn import Turn
from vantum.core.analysis.verdict import Analysis


class Analyst(Protocol):
    """Analyses calls, any number of them at the same time."""

    async def analyze(self, turns: Sequence[Turn], schema: object, brief: Brief) -> Analysis:
        """What ``turns`` prove. ``schema`` is the campaign's JSON Schema as it was parsed, None for none.

        Raises ``UsageError`` for a schema that cannot be asked for, and ``ProviderError`` where a provider fails.
        """
