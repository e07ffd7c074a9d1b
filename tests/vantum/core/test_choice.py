"""Who does a job: every combination of a name, a key and a URL."""

from __future__ import annotations

import pytest

from vantum.core.choice import CLOUDS, Choice, Kind, Provider, choose
from vantum.core.errors import SettingsError

NOTHING: frozenset[str] = frozenset()
KEYS = frozenset(cloud.key for cloud in CLOUDS.values())
BASE_URL = frozenset({"OPENAI_BASE_URL"})


@pytest.mark.parametrize("kind", Kind)
def test_with_nothing_set_the_embedded_provider_does_the_job(kind: Kind) -> None:
    assert choose(kind, None, NOTHING) == Choice(Provider.LOCAL, "embedded")


@pytest.mark.parametrize("kind", Kind)
def test_a_key_chooses_its_provider(kind: Kind) -> None:
    assert choose(kind, None, KEYS) == Choice(CLOUDS[kind].provider, "key set")


@pytest.mark.parametrize("kind", Kind)
def test_another_provider_s_key_chooses_nothing(kind: Kind) -> None:
    assert choose(kind, None, KEYS - {CLOUDS[kind].key}).provider is Provider.LOCAL


def test_a_compatible_server_s_url_chooses_openai_without_a_key() -> None:
    assert choose(Kind.LLM, None, BASE_URL) == Choice(Provider.OPENAI, "OPENAI_BASE_URL set")
    assert choose(Kind.LLM, None, BASE_URL | KEYS) == Choice(Provider.OPENAI, "key set")
    assert choose(Kind.STT, None, BASE_URL).provider is Provider.LOCAL


@pytest.mark.parametrize("kind", Kind)
def test_a_named_provider_is_taken_whatever_keys_there_are(kind: Kind) -> None:
    why = f"chosen by VANTUM_{kind.upper()}"
    assert choose(kind, "local", KEYS) == Choice(Provider.LOCAL, why)
    assert choose(kind, CLOUDS[kind].provider.value, KEYS) == Choice(CLOUDS[kind].provider, why)


def test_openai_may_be_named_with_a_url_alone() -> None:
    assert choose(Kind.LLM, "openai", BASE_URL) == Choice(Provider.OPENAI, "chosen by VANTUM_LLM")


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        (
            Kind.STT,
            "VANTUM_STT chooses deepgram, but DEEPGRAM_API_KEY is not set. "
            "Set DEEPGRAM_API_KEY, or set VANTUM_STT=local.",
        ),
        (
            Kind.LLM,
            "VANTUM_LLM chooses openai, but OPENAI_API_KEY is not set. "
            "Set OPENAI_API_KEY (or OPENAI_BASE_URL), or set VANTUM_LLM=local.",
        ),
        (
            Kind.TTS,
            "VANTUM_TTS chooses cartesia, but CARTESIA_API_KEY is not set. "
            "Set CARTESIA_API_KEY, or set VANTUM_TTS=local.",
        ),
    ],
)
def test_a_named_provider_without_its_key_is_refused(kind: Kind, sentence: str) -> None:
    with pytest.raises(SettingsError) as caught:
        choose(kind, CLOUDS[kind].provider.value, KEYS - {CLOUDS[kind].key})
    assert str(caught.value) == sentence


@pytest.mark.parametrize("name", ["deepgrm", "openai", "Deepgram", " "])
def test_an_unknown_name_is_refused_with_what_is_allowed(name: str) -> None:
    with pytest.raises(SettingsError) as caught:
        choose(Kind.STT, name, KEYS)
    assert str(caught.value) == f"VANTUM_STT is {name!r}. Set it to deepgram or local, or leave it out."
