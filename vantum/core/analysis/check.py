"""Checks an analyst's answer against the transcript: what is not proved is unknown, and it is said why.

The law: a value stays only if its quote stands in the transcript, was said by the right side, says enough, holds the
value's numbers and dates, and does not merely tell the judge what to find. A wish not to be called any more that the
hard patterns hear outweighs every opinion.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from vantum.core.analysis.answer import (
    CALLBACK,
    DISPOSITION,
    INTEREST,
    MOST_OBJECTIONS,
    NEXT_STEP,
    OBJECTION,
    SENTENCE,
    SENTENCES,
    SENTIMENT,
    Asked,
)
from vantum.core.analysis.do_not_call import find_wish
from vantum.core.analysis.proof import Proof
from vantum.core.analysis.rubric import HIGHEST
from vantum.core.analysis.schema import Group, Json, Leaf, Shape
from vantum.core.analysis.turn import Turn
from vantum.core.analysis.verdict import Analysis
from vantum.core.outreach.outcome import Disposition
from vantum.core.transcript import Speaker

Fits = Callable[[Json, object], str]
"""What is wrong with a value by a JSON Schema, in words; "" when it fits."""
MOST_FINDINGS: Final = 40
EITHER_MAY_PROVE: Final = frozenset({Disposition.VOICEMAIL, Disposition.NO_CONVERSATION})


@dataclass(frozen=True, slots=True)
class Checked:
    """What is proved, and a sentence for each value that is not."""

    analysis: Analysis
    findings: tuple[str, ...]


def silence(turns: Sequence[Turn], model: str) -> Analysis | None:
    """The analysis of a call in which the caller said nothing; None when there is something to analyse."""
    if any(turn.role is Speaker.CALLER for turn in turns):
        return None
    return Analysis(model, disposition=Disposition.NO_CONVERSATION, confidence=1.0)


def check(
    answer: Mapping[str, object], turns: Sequence[Turn], fields: Group, fits: Fits, model: str
) -> Checked:
    """The proved values of ``answer``, which has the form of ``answer.form`` or is anything else."""
    return _Check(answer, turns, fits).run(fields, model)


class _Check:
    """One answer under examination."""

    def __init__(self, answer: Mapping[str, object], turns: Sequence[Turn], fits: Fits) -> None:
        self._answer = answer
        self._turns = turns
        self._fits = fits
        self._proof = Proof(turns)

    def run(self, fields: Group, model: str) -> Checked:
        disposition = self._disposition()
        sentiment = self._one("sentiment", SENTIMENT)
        data = self._shape("data", self._answer.get("data"), fields)
        analysis = Analysis(
            model,
            sentiment=float(sentiment) if isinstance(sentiment, int | float) else None,
            interest=self._interest(disposition),
            disposition=disposition,
            objections=self._texts("objections", OBJECTION, MOST_OBJECTIONS),
            next_step=_text(self._one("next_step", NEXT_STEP)),
            callback=self._callback(),
            summary=self._texts("summary", SENTENCE, SENTENCES),
            data=data if isinstance(data, dict) else {},
            evidence=self._proof.evidence,
        )
        analysis = replace(analysis, confidence=self._confidence())
        return Checked(analysis, self._proof.findings[:MOST_FINDINGS])

    def _disposition(self) -> Disposition | None:
        wish = find_wish(self._turns)
        if wish is not None:
            self._proof.accept("disposition", wish)
            return Disposition.DO_NOT_CALL
        claimed = _inner(self._answer.get("disposition"), "value")
        either = claimed in {str(one) for one in EITHER_MAY_PROVE}
        value = self._one("disposition", replace(DISPOSITION, by=None) if either else DISPOSITION)
        return Disposition(value) if isinstance(value, str) else None

    def _interest(self, disposition: Disposition | None) -> int | None:
        value = self._one("interest", INTEREST)
        highest = 100 if disposition is None else HIGHEST[disposition]
        if isinstance(value, int | float) and value > highest:
            self._proof.refuse("interest", f"more than {highest} contradicts the disposition {disposition}")
            return None
        return int(value) if isinstance(value, int | float) else None

    def _callback(self) -> str | None:
        value = _text(self._one("callback", CALLBACK))
        if value is not None and not self._proof.holds("callback", value):
            self._proof.refuse("callback", "its words do not stand in its quote: take them as they were said")
            return None
        return value

    def _one(self, name: str, asked: Asked) -> object:
        return self._prove(name, self._answer.get(name), asked)

    def _texts(self, name: str, asked: Asked, most: int) -> tuple[str, ...]:
        """The proved texts of a list; each is numbered by its place among them."""
        texts: list[str] = []
        for claim in _items(self._answer.get(name))[:most]:
            text = _text(self._prove(f"{name}[{len(texts)}]", claim, asked))
            texts += [] if text is None else [text]
        return tuple(texts)

    def _shape(self, name: str, claim: object, shape: Shape) -> object:
        """The proved values in the shape that was asked for; in a list there are only proved ones."""
        match shape:
            case Leaf():
                return self._prove(name, claim, Asked(shape))
            case Group():
                return {
                    key: self._shape(f"{name}.{key}", _inner(claim, key), inner)
                    for key, inner in shape.fields.items()
                }
            case _:
                values: list[object] = []
                for item in _items(claim)[: shape.most]:
                    value = self._shape(f"{name}[{len(values)}]", item, shape.item)
                    values += [value] if _is_known(value) else []
                return values

    def _prove(self, name: str, claim: object, asked: Asked) -> object:
        value = _inner(claim, "value")
        if value is None or (isinstance(value, str) and value.strip().casefold() in ("", "unknown")):
            return None
        if isinstance(value, float) and value.is_integer() and asked.leaf.type == "integer":
            value = int(value)
        # Neither less nor more than anything: no bound of a schema keeps it out.
        endless = isinstance(value, float) and not math.isfinite(value)
        problem = "its value is no number" if endless else self._fits(asked.leaf.schema, value)
        if problem:
            self._proof.refuse(name, problem)
            return None
        quote, turn = _inner(claim, "quote"), _inner(claim, "turn")
        hint = turn if type(turn) is int else None
        fact = value if asked.facts else None
        return value if self._proof.proves(name, fact, str(quote or ""), hint, asked.by) else None

    def _confidence(self) -> float:
        """The analyst's own, times the share of its values that it could prove."""
        own = self._answer.get("confidence")
        known = float(own) if isinstance(own, int | float) and 0 <= own <= 1 else 0.0
        proved, refused = len(self._proof.evidence), len(self._proof.findings)
        return round(known * proved / max(1, proved + refused), 3)


def _inner(claim: object, key: str) -> object:
    return claim.get(key) if isinstance(claim, Mapping) else None


def _items(claim: object) -> Sequence[object]:
    return claim if isinstance(claim, list) else ()


def _text(value: object) -> str | None:
    return " ".join(value.split()) if isinstance(value, str) else None


def _is_known(value: object) -> bool:
    """Whether anything in a value is known."""
    match value:
        case dict():
            return any(_is_known(inner) for inner in value.values())
        case list():
            return bool(value)
        case _:
            return value is not None
