"""Who does a job: every combination of names, keys and a URL."""

from __future__ import annotations

import pytest

from vantum.core.choice import LOCAL, Choice, Kind
from vantum.core.errors import SettingsError
from vantum.core.provider_order import UNNAMED, in_words, order_of
from vantum.core.provider_specs import KEY_NAMES, SPECS

NOTHING: frozenset[str] = frozenset()
BASE_URL = frozenset({"OPENAI_BASE_URL"})


def names(kind: Kind, named: tuple[str, ...], given: frozenset[str]) -> list[str]:
    return [choice.provider for choice in order_of(kind, named, given)]


def failure(kind: Kind, *named: str, given: frozenset[str] = KEY_NAMES) -> str:
    with pytest.raises(SettingsError) as caught:
        order_of(kind, named, given)
    return str(caught.value)


@pytest.mark.parametrize("kind", Kind)
def test_with_nothing_set_the_embedded_provider_does_the_job(kind: Kind) -> None:
    assert order_of(kind, (), NOTHING) == (Choice(LOCAL, "embedded"),)


@pytest.mark.parametrize("kind", Kind)
def test_a_key_chooses_its_provider(kind: Kind) -> None:
    assert order_of(kind, (), KEY_NAMES) == (Choice(UNNAMED[kind], "key set"),)


@pytest.mark.parametrize("kind", Kind)
def test_another_provider_s_key_chooses_nothing(kind: Kind) -> None:
    assert names(kind, (), KEY_NAMES - {SPECS[UNNAMED[kind]].key}) == [LOCAL]


def test_a_compatible_server_s_url_chooses_openai_without_a_key() -> None:
    assert order_of(Kind.LLM, (), BASE_URL) == (Choice("openai", "OPENAI_BASE_URL set"),)
    assert order_of(Kind.LLM, (), BASE_URL | KEY_NAMES) == (Choice("openai", "key set"),)
    assert names(Kind.STT, (), BASE_URL) == [LOCAL]


@pytest.mark.parametrize("kind", Kind)
def test_named_providers_are_taken_in_their_order_whatever_keys_there_are(kind: Kind) -> None:
    why = f"chosen by {kind.setting}"
    cloud, local = Choice(UNNAMED[kind], why), Choice(LOCAL, why)
    assert order_of(kind, (LOCAL,), KEY_NAMES) == (local,)
    assert order_of(kind, (cloud.provider, LOCAL), KEY_NAMES) == (cloud, local)
    assert order_of(kind, (LOCAL, cloud.provider), KEY_NAMES) == (local, cloud)


def test_openai_may_be_named_with_a_url_alone() -> None:
    assert names(Kind.LLM, ("openai",), BASE_URL) == ["openai"]


@pytest.mark.parametrize(
    ("spec", "kind"), [(spec, kind) for spec in SPECS.values() for kind in spec.kinds], ids=str
)
def test_every_provider_may_be_named_for_what_it_does(spec: object, kind: Kind) -> None:
    name = spec.name  # type: ignore[attr-defined]
    assert names(kind, (name,), frozenset(spec.needed(kind))) == [name]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("kind", "given", "missing"),
    [
        (Kind.LLM, "GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_API_KEY"),
        (Kind.TTS, "GOOGLE_API_KEY", "GOOGLE_APPLICATION_CREDENTIALS"),
    ],
)
def test_a_job_may_take_a_key_of_its_own(kind: Kind, given: str, missing: str) -> None:
    assert names(kind, ("google",), frozenset({missing})) == ["google"]
    assert failure(kind, "google", given=frozenset({given})) == (
        f"{kind.setting} chooses google, but {missing} is not set. "
        f"Set {missing}, or leave google out of {kind.setting}."
    )


def test_all_that_a_job_lacks_is_named() -> None:
    assert failure(Kind.LLM, "azure", given=NOTHING) == (
        "VANTUM_LLM chooses azure, but AZURE_OPENAI_API_KEY is not set. "
        "Set AZURE_OPENAI_API_KEY and AZURE_OPENAI_URL, or leave azure out of VANTUM_LLM."
    )


def test_a_named_provider_without_its_key_is_refused() -> None:
    assert failure(Kind.STT, LOCAL, "deepgram", given=NOTHING) == (
        "VANTUM_STT chooses deepgram, but DEEPGRAM_API_KEY is not set. "
        "Set DEEPGRAM_API_KEY, or leave deepgram out of VANTUM_STT."
    )
    assert failure(Kind.LLM, "openai", given=NOTHING) == (
        "VANTUM_LLM chooses openai, but OPENAI_API_KEY is not set. "
        "Set OPENAI_API_KEY (or OPENAI_BASE_URL), or leave openai out of VANTUM_LLM."
    )


@pytest.mark.parametrize(
    ("named", "hint"),
    [
        ("deepgrm", " Did you mean deepgram?"),
        ("loca", " Did you mean local?"),
        ("qqqq", ""),
        ("Deepgram", " Did"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest_known_one(named: str, hint: str) -> None:
    told = failure(Kind.STT, named)
    assert told.startswith(f"VANTUM_STT names {named!r}, which is no provider.{hint}")
    assert told.endswith(", with commas between them.")
    assert "Set it to one or more of deepgram, " in told


def test_a_provider_of_another_job_is_refused() -> None:
    told = failure(Kind.STT, "deepgram", "cartesia")
    assert told.startswith(
        "VANTUM_STT names cartesia, which does not do speech to text. Set it to one or more"
    )
    assert "cartesia," not in told.removeprefix("VANTUM_STT names cartesia,")


def test_a_name_that_stands_there_twice_is_refused() -> None:
    told = failure(Kind.TTS, "cartesia", LOCAL, "cartesia")
    assert told == "VANTUM_TTS names cartesia twice. Name each provider once."


def test_an_order_is_told_in_words() -> None:
    assert in_words(["deepgram"]) == "deepgram"
    assert in_words(["deepgram", "local"]) == "deepgram, then local"
