"""How the bot behaves in a conversation: its patience, its language, whether it thinks ahead. In seconds."""

from __future__ import annotations

from dataclasses import dataclass

from vantum.core.phrases import Phrases, phrases


@dataclass(frozen=True, slots=True)
class Manners:
    """What the settings and the pipeline say of the bot's manners; 0 seconds switches a thing off.

    ``silence_seconds`` is how long the caller may say nothing before the bot asks whether they are there,
    ``filler_seconds`` how long an answer or a tool may take before it says "one moment", ``answer_seconds`` how
    long the language model may take for its first token. With ``speculate`` an answer is begun before the turn is
    over. Unless the call is ``bilingual`` it stays in the language in which it began, whatever is asked for.
    ``own_phrases`` replace those of the language.
    """

    language: str = "en"
    silence_seconds: float = 8.0
    filler_seconds: float = 2.5
    answer_seconds: float = 4.0
    speculate: bool = True
    bilingual: bool = True
    own_phrases: Phrases | None = None

    @property
    def phrases(self) -> Phrases:
        """The bot's own sentences."""
        return self.own_phrases or phrases(self.language)
