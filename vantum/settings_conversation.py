"""Settings of how the bot listens and talks."""

from __future__ import annotations

from pydantic import BaseModel

from vantum.setting_fields import number, value, whole
from vantum.setting_types import OutputRate


class SoundSettings(BaseModel):
    """What counts as speech, and how the bot sounds."""

    vad_threshold: float = number("VANTUM_VAD_THRESHOLD", 0.6, 0, 1, "Probability that counts as speech.")
    vad_start_seconds: float = number(
        "VANTUM_VAD_START", 0.2, 0.03, 2, "Seconds of speech before the caller is said to speak."
    )
    vad_stop_seconds: float = number(
        "VANTUM_VAD_STOP", 0.2, 0.03, 5, "Seconds of silence before the caller is said to have stopped."
    )
    smart_turn: bool = value(
        "VANTUM_SMART_TURN",
        True,
        "true or false",
        "Whether a model tells from the sound that the caller has finished.",
    )
    output_rate: OutputRate = value(
        "VANTUM_OUTPUT_RATE",
        48000,
        "16000, 32000 or 48000",
        "Samples a second of the sound sent to browsers.",
    )


class ConversationSettings(BaseModel):
    """How fast the bot answers, and what it does in silence."""

    speculation: bool = value(
        "VANTUM_SPECULATION",
        True,
        "true or false",
        "Whether an answer is begun before it is sure that the caller has finished; dropped ones cost tokens.",
    )
    silence_seconds: float = number(
        "VANTUM_SILENCE_SECONDS",
        8,
        0,
        600,
        "Silence of the caller before the bot asks whether they are there; 0: never.",
    )
    filler_seconds: float = number(
        "VANTUM_FILLER_SECONDS",
        2.5,
        0,
        60,
        'Wait for an answer or a tool before the bot says "one moment"; 0: never.',
    )
    answer_seconds: float = number(
        "VANTUM_ANSWER_SECONDS", 4, 0.5, 60, "Longest wait for the first word of the LLM."
    )
    thinking_alert_seconds: float = number(
        "VANTUM_THINKING_ALERT_SECONDS",
        5,
        0,
        600,
        "An answer or a tool that takes longer is told to the log, the record and the client; 0: never.",
    )
    context_messages: int = whole(
        "VANTUM_CONTEXT_MESSAGES", 50, 3, 1000, "Messages the LLM is shown; the oldest go first."
    )
