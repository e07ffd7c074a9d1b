"""OpenAI's protocol at the addresses of others: Groq's, and those of Azure."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from tests.wire.openai_server import Json, Link, OpenAIServer

GROQ = "/openai/v1/chat/completions"
DATED = "/openai/deployments/mine/chat/completions?api-version=2025-04-01-preview"
NEWER = "/openai/v1/chat/completions"


class GroqServer(OpenAIServer):
    """OpenAI's protocol, one door further."""

    @property
    def url(self) -> str:
        return super().url.replace("/v1", "/openai/v1")

    def _respond(
        self, link: Link, target: tuple[str, str], headers: Mapping[str, str], body: Json
    ) -> AsyncIterator[bytes]:
        path = "/v1/chat/completions" if target == ("POST", GROQ) else "/elsewhere"
        return super()._respond(link, (target[0], path), headers, body)


class AzureServer(OpenAIServer):
    """OpenAI's protocol at Azure's addresses: the older one takes the key in a header of its own."""

    @property
    def origin(self) -> str:
        return self.url.removesuffix("/v1")

    def _respond(
        self, link: Link, target: tuple[str, str], headers: Mapping[str, str], body: Json
    ) -> AsyncIterator[bytes]:
        method, path = target
        known = "/v1/chat/completions" if path in (DATED, NEWER) else "/elsewhere"
        if path == DATED:
            headers = {**headers, "authorization": f"Bearer {headers.get('api-key')}"}
        return super()._respond(link, (method, known), headers, body)
