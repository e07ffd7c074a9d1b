"""Whole-utterance decoding with pocketsphinx; runs inside a worker process (the decoder holds the GIL)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import pocketsphinx
from pocketsphinx.lm import ArpaBoLM

from processors.embedded.choice import plain_words
from processors.embedded.jobs import SPEECH_RATE, Heard, Utterance, pack_heard, unpack_utterance
from processors.embedded.noise_floor import fill_silence

SCRIPTS_KEPT = 8
_LEADING_WORDS = ("okay", "well", "sorry", "yes", "no")
# A noisy clip makes the search explode. This bound halves the time; over 13 recordings the word error rate stayed at
# 0.26, over 24 synthetic ones it rose from 0.20 to 0.22.
MOST_HMMS_PER_FRAME = 3000
_NOTHING = -1e9
_ONE_SECOND = bytes(2 * SPEECH_RATE)
# The shortest words last longer; the decoder fails on less than a few frames.
_SHORTEST = len(_ONE_SECOND) // 10


class _Hypothesis(Protocol):
    hypstr: str
    score: float


class _LogMath(Protocol):
    def log(self, probability: float, /) -> float: ...


class _Decoder(Protocol):
    logmath: _LogMath

    def reinit_feat(self) -> None: ...
    def start_utt(self) -> None: ...
    def process_raw(self, data: bytes, no_search: bool, full_utt: bool) -> object: ...
    def end_utt(self) -> None: ...
    def hyp(self) -> _Hypothesis | None: ...
    def n_frames(self) -> int: ...


class General:
    """Decodes freely, with the large language model."""

    def __init__(self) -> None:
        self._decoder = _new_decoder({})
        _decode(self._decoder, _ONE_SECOND)

    def __call__(self, request: bytes) -> bytes:
        return pack_heard(_decode(self._decoder, unpack_utterance(request).pcm))


class Script:
    """Decodes with nothing in mind but the phrases that come with the utterance; keeps the last few scripts.

    A decoder that knows only the words of a script takes 7 MB and a fifth of the time of the general one.
    """

    def __init__(self) -> None:
        self._decoders: OrderedDict[tuple[str, ...], _Decoder] = OrderedDict()
        self._decode(Utterance(_ONE_SECOND, ("yes", "no")))

    def __call__(self, request: bytes) -> bytes:
        return pack_heard(self._decode(unpack_utterance(request)))

    def _decode(self, utterance: Utterance) -> Heard:
        if not utterance.phrases:
            raise ValueError("no phrases to listen for")
        return _decode(self._decoder(utterance.phrases), utterance.pcm)

    def _decoder(self, phrases: tuple[str, ...]) -> _Decoder:
        if phrases not in self._decoders:
            self._decoders[phrases] = _script_decoder(phrases)
            if len(self._decoders) > SCRIPTS_KEPT:
                self._decoders.popitem(last=False)
        self._decoders.move_to_end(phrases)
        return self._decoders[phrases]


def script_sentences(phrases: Iterable[str]) -> list[str]:
    """The sentences of a script's language model: each phrase alone and after a leading word."""
    plain = [" ".join(words) for phrase in phrases if (words := plain_words(phrase))]
    return plain + [f"{lead} {phrase}" for lead in _LEADING_WORDS for phrase in plain]


def _script_decoder(phrases: tuple[str, ...]) -> _Decoder:
    sentences = script_sentences(phrases)
    if not sentences:
        raise ValueError("the phrases to listen for have no words")
    model = ArpaBoLM(text="\n".join(sentences), add_start=True)
    model.compute()
    with TemporaryDirectory() as folder:
        grammar, dictionary = Path(folder, "script.arpa"), Path(folder, "script.dict")
        model.write_file(str(grammar))
        dictionary.write_text(_pronunciations({word for line in sentences for word in line.split()}))
        return _new_decoder({"lm": str(grammar), "dict": str(dictionary)})


def _pronunciations(words: set[str]) -> str:
    """The dictionary's lines for these words; a word with several pronunciations has a line ``word(2)`` each."""
    dictionary = Path(pocketsphinx.get_model_path(), "en-us", "cmudict-en-us.dict")
    with dictionary.open(encoding="utf-8") as lines:
        return "".join(line for line in lines if line.split(" ", 1)[0].split("(", 1)[0] in words)


def _new_decoder(files: dict[str, str]) -> _Decoder:
    decoder: _Decoder = pocketsphinx.Decoder(
        samprate=SPEECH_RATE,
        loglevel="FATAL",
        cmn="batch",
        fwdflat=False,
        maxhmmpf=MOST_HMMS_PER_FRAME,
        **files,
    )
    return decoder


def _decode(decoder: _Decoder, pcm: bytes) -> Heard:
    if len(pcm) < _SHORTEST:
        return Heard("", _NOTHING, 0)
    decoder.reinit_feat()
    decoder.start_utt()
    try:
        decoder.process_raw(fill_silence(pcm), no_search=False, full_utt=True)
    finally:
        # An utterance left open would make every later one fail.
        decoder.end_utt()
    best = decoder.hyp()
    if best is None:
        return Heard("", _NOTHING, decoder.n_frames())
    return Heard(best.hypstr, decoder.logmath.log(best.score), decoder.n_frames())
