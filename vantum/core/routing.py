"""What a connection wants, as far as the head of its first request tells: which of several workers it is for.

The head is only looked at, and nothing in it is believed: whoever lies about where they belong is sent to a worker
that finds that out by itself, as it would alone. But what is good once must be read here as the application reads it,
or else it would be good once with each worker.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs

from vantum.core.client_address import Network, client_address
from vantum.core.stamp import stamp_of

MOST_HEAD_BYTES: Final = 65_537
"""One more than any worker takes (vantum/sockets.py): what is longer is for whoever refuses it."""
END: Final = b"\r\n\r\n"
UUID: Final = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
STREAM: Final = "/twilio/media/"
ID_LETTERS: Final = 24
"""Of a stream's token: in base64url they hold the 16 bytes of the call's id, and two more."""
ID_BYTES: Final = 16
VOICE: Final = "/twilio/voice"
PLACE: Final = "/api/calls"
BEARER: Final = "bearer "


@dataclass(frozen=True, slots=True)
class Wish:
    """What is known of a request before it is read; without anything, any worker will do.

    ``stamps`` are those of the ids in its address. ``key`` is good for a number of uses, which one worker counts;
    ``again`` is the same when the same is asked once more. ``address`` is where the client of a WebSocket is, and
    ``returns`` whether it says that it comes back. ``begins`` is set where a call may begin.
    """

    stamps: tuple[str, ...] = ()
    key: str = ""
    again: str = ""
    address: str = ""
    returns: bool = False
    begins: bool = False


ANYBODY: Final = Wish()


def wish_of(head: bytes, peer: str, trusted: Sequence[Network] = ()) -> Wish | None:
    """The wish of who sent ``head``, all there is so far, from ``peer``; None while too little of it is there."""
    end = head.find(END)
    if end < 0:
        return None if len(head) < MOST_HEAD_BYTES else ANYBODY
    request, *lines = head[:end].decode("latin-1").split("\r\n")
    method, target, *_ = [*request.split(" "), "", ""]
    path, query = _address(target)
    headers = _headers(lines)
    returning = query.get("resume", [])
    stamps = (*_ids_in(target), *_of_stream(path), *(stamp_of(proof) for proof in returning))
    stamps = tuple(stamp for stamp in stamps if stamp)
    if "websocket" in headers.get("upgrade", [""])[0].lower():
        forwarded = headers.get("x-forwarded-for", [])
        address = client_address(peer, forwarded, trusted)
        return Wish(stamps, _token(headers, query), "", address, bool(returning), begins=True)
    if method == "POST" and path == VOICE:
        # What Twilio asks once more has the same signature: the worker who was asked first knows it.
        return Wish(stamps, again=headers.get("x-twilio-signature", [""])[0], begins=True)
    return Wish(stamps, begins=method == "POST" and path == PLACE)


def _address(target: str) -> tuple[str, Mapping[str, list[str]]]:
    """The path of a request and its query."""
    path, _, query = target.partition("#")[0].partition("?")
    return path, parse_qs(query, keep_blank_values=True)


def _headers(lines: Sequence[str]) -> Mapping[str, list[str]]:
    """Values by name, in lower case."""
    found: dict[str, list[str]] = {}
    for line in lines:
        name, _, value = line.partition(":")
        found.setdefault(name.strip().lower(), []).append(value.strip())
    return found


def _token(headers: Mapping[str, Sequence[str]], query: Mapping[str, Sequence[str]]) -> str:
    """The token of a client, where transports/browser/routes.py looks for it."""
    given = headers.get("authorization", [""])[0]
    if given.lower().startswith(BEARER):
        return given[len(BEARER) :].strip()
    return query.get("token", [""])[-1]


def _ids_in(target: str) -> Sequence[str]:
    return [stamp_of(found) for found in UUID.findall(target)]


def _of_stream(path: str) -> Sequence[str]:
    """The stamp of the call whose stream is opened: its id is the first of what is in the token."""
    if not path.startswith(STREAM):
        return ()
    letters = path.removeprefix(STREAM)[:ID_LETTERS]
    try:
        sealed = base64.b64decode(letters, b"-_", validate=True)
    except (binascii.Error, ValueError):
        return ()
    return (stamp_of(sealed[:ID_BYTES].hex()),) if len(sealed) >= ID_BYTES else ()
