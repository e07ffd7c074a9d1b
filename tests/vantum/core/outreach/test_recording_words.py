"""Recording: forbidden wherever somebody says so, allowed only by an answer to a question about it."""

from __future__ import annotations

import pytest

from vantum.core.analysis.turn import Turn
from vantum.core.outreach.recording_words import Word, about_recording
from vantum.core.transcript import Speaker

CALLER, BOT = Speaker.CALLER, Speaker.BOT
ASKED = "This call may be recorded. Is that all right?"


def turns(*said: tuple[Speaker, str]) -> tuple[Turn, ...]:
    return tuple(Turn(who, text, 1000 * place, 1000 * place + 900) for place, (who, text) in enumerate(said))


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("Hold on, please don't record this call.", "don't record"),
        ("I do not want this recorded.", "do not want this recorded"),
        ("Stop recording!", "Stop recording"),
        ("Could you turn the recording off?", "turn the recording off"),
        ("Bitte nicht aufzeichnen.", "nicht aufzeichnen"),
        ("Ich möchte keine Aufnahme.", "keine Aufnahme"),
        ("Por favor, no me grabe.", "no me grabe"),
        ("N'enregistrez pas.", "N'enregistrez"),
        ("कृपया रिकॉर्ड मत कीजिए।", "रिकॉर्ड मत"),
    ],
)
def test_it_is_forbidden_in_any_turn(text: str, quote: str) -> None:
    said = about_recording(turns((BOT, "Hello."), (CALLER, text)))
    assert said is not None
    assert (said.word, said.found.quote, said.found.turn) == (Word.FORBIDDEN, quote, 1)
    assert 1000 <= said.found.start_ms <= said.found.end_ms <= 1900


@pytest.mark.parametrize(
    ("asked", "answer", "word"),
    [
        (ASKED, "Yes.", Word.ALLOWED),
        (ASKED, "Sure, go ahead.", Word.ALLOWED),
        ("Darf ich das Gespräch aufzeichnen?", "Ja, gerne.", Word.ALLOWED),
        ("¿Puedo grabar la llamada?", "Sí, claro.", Word.ALLOWED),
        ("Puis-je enregistrer cet appel ?", "Oui, bien sûr.", Word.ALLOWED),
        (ASKED, "Yes, but not my name.", None),
        (ASKED, "What is this about?", None),
        ("This call is recorded.", "Yes.", None),
        ("Do you have two minutes?", "Yes.", None),
    ],
)
def test_it_is_allowed_by_an_answer_alone(asked: str, answer: str, word: Word | None) -> None:
    said = about_recording(turns((BOT, asked), (CALLER, answer)))
    assert (None if said is None else said.word) is word
    if said is not None:
        assert (said.found.quote, said.found.start_ms) == (answer, 1000)


def test_the_last_word_counts() -> None:
    said = about_recording(
        turns((CALLER, "Yes."), (BOT, ASKED), (CALLER, "Yes."), (CALLER, "No, stop recording."))
    )
    assert said is not None
    assert said.word is Word.FORBIDDEN


def test_who_says_nothing_of_it_said_nothing() -> None:
    assert about_recording(turns((CALLER, "Yes."), (CALLER, "Okay."))) is None
    assert about_recording(()) is None
