"""The client with which OpenAI's models answer at Azure: same protocol, other address."""

from __future__ import annotations

from openai import AsyncAzureOpenAI, AsyncOpenAI, DefaultAsyncHttpxClient, Timeout
from pipecat.services.azure.llm import DATED_API_VERSION, V1_ENDPOINT_PATH

from processors.llm.openai_llm import CONNECT_SECONDS, SILENCE_SECONDS, openai_client


def azure_client(api_key: str, endpoint: str) -> AsyncOpenAI:
    """The client that all calls of the process share; close it with the process. It does not retry.

    An ``endpoint`` that ends in ``/openai/v1`` is Azure's newer surface; else the model is the name of a deployment.
    """
    if endpoint.rstrip("/").endswith(V1_ENDPOINT_PATH):
        return openai_client(api_key, endpoint)
    return AsyncAzureOpenAI(
        api_key=api_key,
        azure_endpoint=endpoint,
        api_version=DATED_API_VERSION,
        max_retries=0,
        timeout=Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS),
        http_client=DefaultAsyncHttpxClient(),
    )
