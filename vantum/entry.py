"""Who may have a browser's call, and through which pipeline: everybody, or who has a token."""

from __future__ import annotations

from dataclasses import dataclass

from loguru import logger

from transports.browser.routes import Gate, ServeCall
from transports.browser.transport import BrowserTransport
from vantum.calls import Calls
from vantum.core.access_token import Denial, Grant
from vantum.core.errors import PipelineError
from vantum.phone.pipelines import Pipelines
from vantum.settings import Settings
from vantum.tokens import AccessTokens, random_secret

TOKEN = "token"  # noqa: S105 - the mode's name


@dataclass(frozen=True, slots=True)
class TokenGate:
    """Admits who has a token for one of ``pipelines``."""

    tokens: AccessTokens
    pipelines: Pipelines

    def admit(self, token: str, origin: str | None) -> Grant | Denial:
        """Use a token once."""
        grant = self.tokens.redeem(token, origin)
        if isinstance(grant, Denial):
            return grant
        try:
            self.pipelines.named(grant.pipeline)
        except PipelineError:
            return Denial.PIPELINE
        return grant

    def give_back(self, grant: Grant) -> None:
        """The use began no call."""
        self.tokens.give_back(grant)


class Entry:
    """Admits browsers to ``calls``. Without ``tokens`` everybody may call, through the served pipeline."""

    def __init__(self, calls: Calls, pipelines: Pipelines, tokens: AccessTokens | None) -> None:
        self.tokens = tokens
        self.pipelines = pipelines
        self._calls = calls

    @property
    def gate(self) -> Gate | None:
        """What looks at tokens; None when nobody needs one."""
        return None if self.tokens is None else TokenGate(self.tokens, self.pipelines)

    @property
    def serve_call(self) -> ServeCall:
        """What runs the call of somebody who was admitted."""
        return self._serve

    async def _serve(self, transport: BrowserTransport, grant: Grant | None) -> None:
        if grant is None:
            await self._calls.answer(transport)
        else:
            await self._calls.answer(transport, self.pipelines.named(grant.pipeline), grant.variables)


def tokens_of(settings: Settings) -> AccessTokens | None:
    """The tokens of a process; None when nobody needs one."""
    if settings.auth != TOKEN:
        return None
    if settings.token_secret is None:
        logger.warning(
            "VANTUM_TOKEN_SECRET is not set: tokens are signed with a random one, and die when the server ends."
        )
        return AccessTokens(random_secret())
    return AccessTokens(settings.token_secret.get_secret_value())
