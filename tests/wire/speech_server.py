"""A local server that speaks OpenAI's ``audio/transcriptions`` and ``audio/speech``, whatever comes before them.

Source: platform.openai.com/docs/api-reference/audio.
"""

from __future__ import annotations

import io
import wave
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from types import MappingProxyType

from tests.wire.web_server import Asked, Reply, WebServer, json_reply

NONE: Mapping[int, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Heard:
    """An utterance that came to be transcribed: its fields, and its audio."""

    fields: dict[str, str]
    rate: int
    pcm: bytes


class SpeechServer(WebServer):
    """``async with SpeechServer("/v1", says=["hello"], speech=pcm) as server``: ``server.url`` is the base URL.

    ``says`` is what is heard in each utterance, and an error for a number, its status; ``speech`` is what every text
    sounds like. With ``hold`` each speech stops before that part. ``cuts`` and ``holds`` befall the speech of that
    number, counted from 1, before that part.
    """

    def __init__(
        self,
        base: str,
        *,
        says: Iterable[str | int] = (),
        speech: bytes = b"",
        key: str = "test-key",
        hold: int | None = None,
        cuts: Mapping[int, int] = NONE,
        holds: Mapping[int, int] = NONE,
    ) -> None:
        super().__init__()
        self.heard: list[Heard] = []
        self.texts: list[str] = []
        self._base = base
        self._says = iter(says)
        self._speech = speech
        self._key = key
        self._hold = hold
        self._cuts = cuts
        self._holds = holds

    @property
    def url(self) -> str:
        return f"{self.origin}{self._base}"

    def reply(self, asked: Asked) -> Reply:
        if asked.headers.get("authorization") != f"Bearer {self._key}":
            return _error(401, "Incorrect API key provided.", "invalid_api_key")
        match asked.method, asked.path.removeprefix(self._base):
            case "POST", "/audio/transcriptions":
                return self._transcribe(asked)
            case "POST", "/audio/speech":
                # HTTP cuts where it likes.
                parts = [self._speech[at : at + 1001] for at in range(0, len(self._speech), 1001)]
                self.texts.append(str(asked.body["input"]))
                number = len(self.texts)
                hold, cut = self._holds.get(number, self._hold), self._cuts.get(number)
                return Reply(parts, content_type="audio/pcm", hold=hold, cut=cut)
            case _:
                return _error(404, "Unknown request URL", "unknown_url")

    def _transcribe(self, asked: Asked) -> Reply:
        self.heard.append(_heard(asked))
        match next(self._says, ""):
            case int() as status:
                return _error(status, "Something is wrong.", "server_error")
            case text:
                return json_reply({"text": text})


def _error(status: int, message: str, code: str) -> Reply:
    return json_reply({"error": {"message": message, "type": "error", "param": None, "code": code}}, status)


def _heard(asked: Asked) -> Heard:
    head = f"content-type: {asked.headers['content-type']}\r\n\r\n".encode()
    fields: dict[str, str] = {}
    audio = b""
    for part in BytesParser(policy=HTTP).parsebytes(head + asked.raw).iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        if name == "file":
            audio = content
        else:
            fields[str(name)] = content.decode()
    with wave.open(io.BytesIO(audio)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        return Heard(fields, file.getframerate(), file.readframes(file.getnframes()))
