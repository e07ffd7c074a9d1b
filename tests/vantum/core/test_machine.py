"""A verdict on who answered, before and after words were heard."""

from __future__ import annotations

import pytest

from vantum.core.machine import AnsweredBy, MachineAction, answered_by, decide, sounds_like_machine

CARRY_ON, LEAVE, HANG_UP = MachineAction.CARRY_ON, MachineAction.LEAVE_MESSAGE, MachineAction.HANG_UP
ENDS = (AnsweredBy.MACHINE_END_BEEP, AnsweredBy.MACHINE_END_SILENCE, AnsweredBy.MACHINE_END_OTHER)
TEXT = "Hello, please call us back."
BEEP = "Please leave a message after the beep."


@pytest.mark.parametrize("verdict", AnsweredBy)
def test_the_carriers_words_are_read(verdict: AnsweredBy) -> None:
    assert answered_by(verdict.value) is verdict


@pytest.mark.parametrize("word", ["", "robot", "HUMAN", "machine"])
def test_a_word_that_the_carrier_does_not_have_is_unknown(word: str) -> None:
    assert answered_by(word) is AnsweredBy.UNKNOWN


@pytest.mark.parametrize(
    ("verdict", "with_text", "without"),
    [
        (AnsweredBy.HUMAN, CARRY_ON, CARRY_ON),
        (AnsweredBy.UNKNOWN, CARRY_ON, CARRY_ON),
        (AnsweredBy.FAX, HANG_UP, HANG_UP),
        (AnsweredBy.MACHINE_START, CARRY_ON, HANG_UP),
        *((end, LEAVE, HANG_UP) for end in ENDS),
    ],
)
@pytest.mark.parametrize("said", [[], ["", " ... "], [BEEP], ["Hi, this is John.", BEEP, ""]])
def test_a_verdict_before_a_human_has_spoken(
    verdict: AnsweredBy, with_text: MachineAction, without: MachineAction, said: list[str]
) -> None:
    assert decide(verdict, said, TEXT) is with_text
    assert decide(verdict, said, "") is without
    assert decide(verdict, said, " \n") is without


@pytest.mark.parametrize("said", [["Hello?"], [BEEP, "Hello, I am here now."], ["Hello?", ""]])
@pytest.mark.parametrize("voicemail", [TEXT, ""])
@pytest.mark.parametrize("verdict", AnsweredBy)
def test_no_verdict_counts_once_a_human_has_spoken(
    verdict: AnsweredBy, voicemail: str, said: list[str]
) -> None:
    assert decide(verdict, said, voicemail) is CARRY_ON


@pytest.mark.parametrize(
    "text",
    [
        "Please LEAVE a message.",
        "Leave me a short message, and I'll call you back.",
        "leave your name and number",
        "Record your message at the tone.",
        "I'll be back after the tone",
        "Wait for the beep!",
        "John Smith is not available right now.",
        "She isn't available.",
        "The customer is currently unavailable",
        "I cannot take your call",
        "We can\u2019t come to the phone right now",
        "I'm unable to answer the phone",
        "This is the voicemail of",
        "You have a voice mail",
        "voice-mail",
        "The mailbox is full.",
        "The mail box is full.",
        "This is an answering machine.",
        "The person you are trying to reach",
        "the party you're trying to call",
        "The number you have dialled is out of service.",
        "You've reached John Smith.",
        "You have reached the office",
        "For sales, press one.",
        "press 1 for more options",
        "When you are finished, press pound.",
        "Press the hash key",
        "Bitte hinterlassen Sie eine Nachricht.",
        "Sie können eine Nachricht hinterlassen",
        "Sprechen Sie nach dem Signalton",
        "Hier ist der Anrufbeantworter von",
        "Der Teilnehmer ist zurzeit nicht erreichbar.",
        "Ich bin leider nicht persönlich erreichbar",
        "Por favor, deje su mensaje",
        "después de la señal",
        "despues del tono",
        "el buzón de voz",
        "No se encuentra disponible",
        "Laissez-moi, laissez un message",
        "Vous pouvez laisser votre message après le bip sonore",
        "apres le signal",
        "Vous êtes sur la messagerie vocale",
        "Bonjour, vous êtes bien sur le répondeur",
        "Votre correspondant n'est pas disponible",
    ],
)
def test_the_phrases_of_answering_machines_are_known(text: str) -> None:
    assert sounds_like_machine(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hello?",
        "John Smith speaking.",
        "Yes, I am available.",
        "Who is calling, please?",
        "Can you call me after the meeting?",
        "You reached me at a bad time.",
        "Leave me alone!",
        "Did you press a button?",
        "Send me an email.",
        "Ja, hallo, wer spricht?",
        "¿Bueno? ¿Quién habla?",
        "Allô, oui, j'écoute.",
    ],
)
def test_what_people_say_is_no_greeting(text: str) -> None:
    assert sounds_like_machine(text) is False
