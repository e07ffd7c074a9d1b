"""The analyst that needs no key: VADER's word list and the script's own intents, labelled as what they are."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import cache

from processors.llm.local_llm import phrase_matcher
from vantum.analysis.schema_values import misfit
from vantum.core.analysis.brief import Brief
from vantum.core.analysis.check import check, silence
from vantum.core.analysis.embedded import Score, answer, meanings
from vantum.core.analysis.schema import read_schema
from vantum.core.analysis.turn import Turn
from vantum.core.analysis.verdict import EMBEDDED, Analysis
from vantum.core.dialogue_script import Script
from vantum.core.errors import SettingsError


class EmbeddedAnalyst:
    """``script`` is the dialogue that the calls followed; without one, hard patterns alone are asked.

    Raises ``SettingsError`` when the extra ``local`` is not installed.
    """

    def __init__(self, script: Script | None = None) -> None:
        self._script = script
        self._match = phrase_matcher()
        self._score = word_score()

    async def analyze(self, turns: Sequence[Turn], schema: object, brief: Brief) -> Analysis:
        """What ``turns`` prove; a campaign's own fields are unknown. Works in a thread: a long call takes a while."""
        return await asyncio.to_thread(self._analyze, turns, schema, brief)

    def _analyze(self, turns: Sequence[Turn], schema: object, brief: Brief) -> Analysis:
        fields = read_schema(schema)
        silent = silence(turns, EMBEDDED)
        if silent is not None:
            return silent
        found = answer(turns, meanings(turns, self._script, self._match), self._score, brief)
        return check(found, turns, fields, misfit, EMBEDDED).analysis


@cache
def word_score() -> Score:
    """VADER (MIT; Hutto and Gilbert 2014): the compound score of an English sentence, from its list of words."""
    try:
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise SettingsError(
            "The embedded analysis needs the extra 'local'.",
            "Install it with: pip install 'vantum[local]', or set OPENAI_API_KEY.",
        ) from error
    scorer = SentimentIntensityAnalyzer()

    def score(sentence: str) -> float:
        return float(scorer.polarity_scores(sentence)["compound"])

    return score
