"""Makes the recorded last words again, with the embedded voice: ``python -m benchmarks.last_words``."""

from __future__ import annotations

import lzma

from processors.embedded.espeak import Voice
from processors.embedded.jobs import Line
from processors.tts.last_words import RATE, TEXTS, recording_path
from vantum.core import mulaw

VOICES = {"en": "en-us+f2", "es": "es+f2", "de": "de+f2", "fr": "fr+f2", "hi": "hi+f2"}
WORDS_PER_MINUTE = 170


def main() -> None:
    """Speak each text, and put it where the package expects it."""
    voice = Voice()
    for language, text in TEXTS.items():
        speech = voice.speak(Line(text, VOICES[language], WORDS_PER_MINUTE, RATE))
        packed = lzma.compress(mulaw.encoded(speech.pcm), preset=9)
        recording_path(language).parent.mkdir(exist_ok=True)
        recording_path(language).write_bytes(packed)
        print(f"{language}: {len(speech.pcm) / 2 / RATE:.1f} s, {len(packed)} bytes")


if __name__ == "__main__":
    main()
