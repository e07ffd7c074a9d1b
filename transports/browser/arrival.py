"""A browser that has connected and was greeted: with the id of a session, and the token to come back with."""

from __future__ import annotations

import secrets

import uuid_utils

from transports.browser import codec
from transports.browser.codec import BadMessage, Ids, Request, Start
from transports.browser.dialect import GREETING_ORDER, Dialect
from transports.connection import Connection, ConnectionLimits
from transports.outbox import Message
from transports.socket import Socket
from vantum.core.resumption import Claim, Visitor
from vantum.core.stamp import signed_by, stamped

FIRST_MESSAGE_SECONDS = 2.0
"""How long a client that may be coming back has to say so: real ones speak as soon as they are greeted."""
TOKEN_BYTES = 32
NOBODY = Visitor("")


class Arrival:
    """The connection that ``visitor`` opened on ``socket``; its greeting leaves with the first thing sent.

    ``proof`` is the token of the call that it comes back to, where that was in the address. What it is given ends
    in ``stamp``: its ids and its token.
    """

    def __init__(
        self,
        socket: Socket,
        limits: ConnectionLimits | None = None,
        visitor: Visitor = NOBODY,
        *,
        resumable: bool = False,
        proof: str | None = None,
        stamp: str = "",
    ) -> None:
        self.visitor = visitor
        self._proof = proof
        self.connection = Connection(socket, limits or ConnectionLimits(), "browser")
        self.dialect: Dialect | None = None
        self.session_id = stamped(str(uuid_utils.uuid7()), stamp)
        self.token = signed_by(secrets.token_urlsafe(TOKEN_BYTES), stamp) if resumable else None
        for dialect in GREETING_ORDER:
            ids = Ids(str(uuid_utils.uuid7()), self.session_id)
            self.connection.put(codec.connected(dialect, ids, self.token))

    async def claim(self) -> Claim | None:
        """The call that the client says it comes back to; None for one that begins a call."""
        found = await self.connection.first(self._claim_in, FIRST_MESSAGE_SECONDS)
        return found if isinstance(found, Claim) else None

    def _claim_in(self, message: Message) -> Claim | bool | None:
        """The claim in a message; False for a request that makes none, None for what is no request."""
        try:
            request = codec.decode(message)
        except BadMessage:
            return None
        self.dialect = request.dialect
        claim = Claim(request.session_id, self._proof or _token_of(request))
        if claim.token is None and claim.session_id in (None, self.session_id):
            return False
        return claim


def _token_of(request: Request) -> str | None:
    return request.resume_token if isinstance(request, Start) else None
