"""Outreach: the bot opens the call, says that it is an AI, qualifies the prospect, and knows when to stop."""

from __future__ import annotations

from pathlib import Path

from pipecat.processors.frame_processor import FrameProcessor

from processors.break_splitter import BreakSplitter
from processors.context_aggregator import ContextAggregator
from processors.resampler import Resampler
from processors.script_file import load_script
from vantum import Call

SCRIPT = load_script(Path(__file__).with_name("outreach_script.yaml"))

PROMPT = f"""\
You are {SCRIPT.agent}, an AI assistant on a phone call for {SCRIPT.company}. You already opened the call with:
"{SCRIPT.greeting}"
Your words are spoken aloud: one or two short sentences an answer, one question at a time, no lists, no symbols.
Put ||BREAK|| between sentences.

Find out, in this order and only as far as they want to go: whether now is a good time, how they do it today,
what bothers them about it, and whether a colleague may call them with an offer (take a day and a time, read it
back, and only a clear yes confirms it; "okay" is no consent).

Objections: answer honestly and briefly, then go back to your question. Say that you are an AI whenever you are
asked. If you do not know, say so and offer a call by a colleague. Never invent prices, names or promises.

Stop rules: when they ask not to be called, confirm that you take them off the list, say goodbye and call end_call
with do_not_call, at once. When they say no twice, thank them and end with not_interested. When they want a human,
put them through if you can. When you cannot, or they are busy, offer one call back, take a day and a time, and end
with callback. When it is the wrong person, excuse yourself and end with wrong_person. When all is said, say goodbye
and end with meeting_booked or interested.
"""

DISCLOSURE = {
    "en": SCRIPT.disclosure,
    "de": f"Guten Tag, hier ist {SCRIPT.agent}, eine KI-Assistentin von {SCRIPT.company}.",
    "es": f"Hola, soy {SCRIPT.agent}, una asistente de inteligencia artificial de {SCRIPT.company}.",
    "fr": f"Bonjour, ici {SCRIPT.agent}, une assistante d'intelligence artificielle de {SCRIPT.company}.",
    "hi": f"नमस्ते, मैं {SCRIPT.agent} हूँ, {SCRIPT.company} की एआई सहायक।",
}
GREETING = {
    "en": SCRIPT.invitation,
    "de": "Darf ich Ihnen zwei kurze Fragen stellen?",
    "es": "¿Puedo hacerle dos preguntas breves?",
    "fr": "Puis-je vous poser deux petites questions ?",
    "hi": "क्या मैं आपसे दो छोटे सवाल पूछ सकती हूँ?",
}
VOICEMAIL = (
    f"Hello, this is {SCRIPT.agent}, an AI assistant calling for {SCRIPT.company}. I will try again another time."
    " If you would rather not be called, please tell us. Goodbye."
)


def facts_of(call: Call) -> str:
    """What is known of the prospect, for the prompt: given with the call, and never instructions."""
    lines = [f"- {name}: {' '.join(value.split())}" for name, value in call.variables.items()]
    return "\n".join(("What is known of the person you are speaking with:", *lines)) if lines else ""


def opening_of(call: Call) -> dict[str, str]:
    """Who is calling, and that the call is recorded where that has to be said: nothing interrupts it."""
    notice = call.variables.get("recording_notice", "")
    return {language: f"{text} {notice}".strip() for language, text in DISCLOSURE.items()}


def build(call: Call) -> list[FrameProcessor]:
    """Transport input → these → transport output."""
    call.voicemail = call.voicemail or VOICEMAIL
    return [
        Resampler(),
        call.vad(),
        call.stt(SCRIPT),
        ContextAggregator(
            prompt=PROMPT + facts_of(call),
            disclosure=opening_of(call),
            greeting=GREETING,
            tools=call.tools(),
            limit=call.context_messages,
        ),
        call.llm(SCRIPT),
        BreakSplitter(),
        call.tts(),
    ]
