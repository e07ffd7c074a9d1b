"""A voice whose words can be told apart by ear: each word of the vocabulary is a tone of its own.

So the samples that a client played say which words were heard, and how much of the last one. An answer is a row of
words that follow each other in the vocabulary; each answer of a call begins three words before the one before it,
so that no answer of up to ``LONGEST_ANSWER`` words is taken for the rest of one of the three before it.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

WORDS = (
    "amber basket candle dagger ember falcon garden harbour island jacket kettle lantern meadow needle orchard"
    " pepper quartz ribbon saddle timber umbrella velvet willow yellow zipper anchor button copper desert engine"
    " feather glacier hammer ivory jungle kitten ladder marble nutmeg oyster"
)
VOCABULARY = tuple(WORDS.split())
NUMBERS = {word: number for number, word in enumerate(VOCABULARY)}
LONGEST_ANSWER = 30
ANSWER_STEP = 3
FIRST_SENTENCE_WORDS = 4
SENTENCE_WORDS = 8

WORD_SECONDS = 0.4
LOWEST_HERTZ = 300.0
STEP_HERTZ = 60.0
OTHER_HERTZ = 200.0
"""What is not in the vocabulary, such as a re-prompt, is heard as this tone."""
LEVEL = 0.3
FRAME_SECONDS = 0.02
AUDIBLE = 300.0
"""Root mean square from which on 16-bit audio is heard."""
PADDING = 4

Pcm = NDArray[np.int16]


def first_word(answer: int) -> int:
    """The number in the vocabulary with which the answer of this number begins."""
    return -ANSWER_STEP * answer % len(VOCABULARY)


def answer_text(answer: int, words: int) -> str:
    """An answer in sentences, the first of which is short."""
    row = [VOCABULARY[(first_word(answer) + index) % len(VOCABULARY)] for index in range(words)]
    ends = {*range(FIRST_SENTENCE_WORDS - 1, words, SENTENCE_WORDS), words - 1}
    begins = {0, *(end + 1 for end in ends)}
    cased = (word.capitalize() if index in begins else word for index, word in enumerate(row))
    return " ".join(word + "." * (index in ends) for index, word in enumerate(cased))


def word_numbers(text: str) -> list[int]:
    """The words of a text that are in the vocabulary."""
    return [NUMBERS[word] for word in re.findall(r"[a-z]+", text.lower()) if word in NUMBERS]


def word_times(text: str, since: float) -> dict[str, object]:
    """The words of a text with the seconds at which they start and end, as Cartesia tells them."""
    words = text.split()
    starts = [round(since + index * WORD_SECONDS, 3) for index in range(len(words))]
    return {"words": words, "start": starts, "end": [round(start + WORD_SECONDS, 3) for start in starts]}


def spoken(text: str, rate: int) -> NDArray[np.float64]:
    """The text as sound, samples of -1..1 without a hole between the words."""
    moments = np.arange(round(WORD_SECONDS * rate)) / rate
    pitches = [_hertz(word) for word in text.split()]
    return LEVEL * np.concatenate([np.sin(2 * np.pi * hertz * moments) for hertz in pitches])


def frames_heard(pcm: Pcm, rate: int) -> list[int | None]:
    """The word heard in each frame of ``FRAME_SECONDS``: -1 for one outside the vocabulary, None for silence."""
    size = round(FRAME_SECONDS * rate)
    frames = pcm[: len(pcm) // size * size].reshape(-1, size).astype(np.float64)
    if not len(frames):
        return []
    loud = np.sqrt(np.mean(np.square(frames), axis=1)) > AUDIBLE
    peaks = np.argmax(np.abs(np.fft.rfft(frames, n=PADDING * size, axis=1)), axis=1)
    numbers = np.rint((peaks * rate / (PADDING * size) - LOWEST_HERTZ) / STEP_HERTZ).astype(int)
    known = (numbers >= 0) & (numbers < len(VOCABULARY))
    told = np.where(known, numbers, -1).tolist()
    return [number if audible else None for number, audible in zip(told, loud.tolist(), strict=True)]


def _hertz(word: str) -> float:
    known = word_numbers(word)
    return LOWEST_HERTZ + STEP_HERTZ * known[0] if known else OTHER_HERTZ
