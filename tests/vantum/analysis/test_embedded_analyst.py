"""The analyst that needs no key, with VADER and the demo's own script. It works in a thread."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from processors.script_file import load_script
from tests.vantum.core.analysis.calls import SCHEMA, SHOP, call
from vantum.analysis.analyst import Analyst
from vantum.analysis.embedded_analyst import EmbeddedAnalyst, word_score
from vantum.core.analysis.brief import Brief
from vantum.core.errors import SettingsError, UsageError
from vantum.core.outreach.outcome import Disposition

pytestmark = pytest.mark.real_time

SCRIPT = Path("pipelines/outreach_script.yaml")
GREETING = "> Hello, I am Ada, an AI assistant calling for Larkfield. May I ask you two short questions?"


@pytest.mark.parametrize(
    ("texts", "disposition"),
    [
        (("Take me off your list.",), Disposition.DO_NOT_CALL),
        (("You have the wrong number.",), Disposition.WRONG_PERSON),
        (("I am not interested.", "> I understand. May I ask you two short questions?", "I am not interested."),
         Disposition.NOT_INTERESTED),
        (("Bye.",), Disposition.NOT_INTERESTED),
        (("Yes please.", "> Thank you. Do customers sometimes miss their appointment with you?", "Yes, all the time.",
          "> I hear that a lot. How do you remind them today: by phone, by text, or not at all?", "By phone.",
          "> Calling everyone by hand takes time. May a colleague show you in fifteen minutes how it works?",
          "Yes, that would be great.", "> Wonderful. Which day and time suit you?", "Thursday at ten.",
          "> So that is Thursday at ten, is that right?", "Yes."), Disposition.MEETING_BOOKED),
    ],
)  # fmt: skip
async def test_the_script_s_own_ends_are_found(texts: tuple[str, ...], disposition: Disposition) -> None:
    analyst: Analyst = EmbeddedAnalyst(load_script(SCRIPT))
    analysis = await analyst.analyze(call(GREETING, *texts), None, Brief())
    assert analysis.disposition is disposition
    assert analysis.model == "embedded"
    assert analysis.confidence <= 0.3


async def test_it_knows_no_fields_and_says_so() -> None:
    analysis = await EmbeddedAnalyst().analyze(SHOP, SCHEMA, Brief())
    assert analysis.data == {"size": None}
    assert analysis.sentiment is not None
    assert analysis.usage.requests == 0
    with pytest.raises(UsageError):
        await EmbeddedAnalyst().analyze(SHOP, {"type": "array"}, Brief())


async def test_silence_is_no_conversation() -> None:
    analysis = await EmbeddedAnalyst().analyze(call(GREETING), None, Brief())
    assert analysis.disposition is Disposition.NO_CONVERSATION


@pytest.mark.parametrize(
    ("sentence", "low", "high"),
    [("That sounds great, thank you!", 0.5, 1), ("This is terrible.", -1, -0.3), ("The house is red.", 0, 0)],
)
def test_words_have_a_score(sentence: str, low: float, high: float) -> None:
    assert low <= word_score()(sentence) <= high


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vaderSentiment.vaderSentiment", None)
    word_score.cache_clear()
    with pytest.raises(SettingsError, match="vantum\\[local\\]"):
        EmbeddedAnalyst()
