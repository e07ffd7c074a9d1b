"""The settings that providers declare: read without any change of the settings, checked, and told to nobody."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from vantum.core.choice import Kind
from vantum.core.errors import SettingsError
from vantum.core.provider_specs import KEY_NAMES, SPECS, Spec
from vantum.provider_settings import allowed, provider_values
from vantum.settings import FIELDS, load_settings

GIVEN = {
    "ELEVENLABS_API_KEY": "s3cret-eleven",
    "ELEVENLABS_URL": "ws://127.0.0.1:9/",
    "ELEVENLABS_VOICE": "male",
    "VANTUM_TTS": "elevenlabs",
}
DOCS = Path(__file__).parents[2] / "docs"
DEFAULTS = {name: value for spec in SPECS.values() for name, value in spec.settings.items()}
DECLARED = sorted({name for spec in SPECS.values() for name in spec.names} - set(FIELDS))


def failure(name: str, value: str) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings({name: value}, None)
    return str(caught.value)


def test_they_are_read_like_all_settings_and_have_their_defaults() -> None:
    settings = load_settings({**GIVEN, "ELEVENLABS_MODEL": " "}, None, {"ELEVENLABS_VOICE": "female"})
    assert settings.values_of(SPECS["elevenlabs"]) == {
        "ELEVENLABS_API_KEY": "s3cret-eleven",
        "ELEVENLABS_URL": "ws://127.0.0.1:9",
        "ELEVENLABS_MODEL": SPECS["elevenlabs"].settings["ELEVENLABS_MODEL"],
        "ELEVENLABS_VOICE": "female",
    }
    assert [choice.provider for choice in settings.choices()[Kind.TTS]] == ["elevenlabs"]


def test_what_is_given_is_counted_by_its_name() -> None:
    assert load_settings(GIVEN, None).given_names == set(GIVEN)


@pytest.mark.parametrize("name", ["deepgram", "openai", "cartesia"])
def test_those_that_have_a_field_are_read_from_it(name: str) -> None:
    spec = SPECS[name]
    given = {spec.key: "k"}
    values = load_settings(given, None).values_of(spec)
    assert values[spec.key] == "k"
    assert {setting: values[setting] for setting in spec.settings} == dict(spec.settings)
    assert load_settings({}, None).values_of(spec)[spec.key] == ""


@pytest.mark.parametrize("spec", SPECS.values(), ids=list(SPECS))
def test_a_default_is_the_same_wherever_it_stands(spec: Spec) -> None:
    values = load_settings({}, None).values_of(spec)
    assert values == {**dict.fromkeys(spec.keys, ""), **spec.settings}


def test_keys_are_told_to_nobody() -> None:
    settings = load_settings(GIVEN, None)
    for told in (repr(settings), str(settings), str(settings.model_dump()), settings.model_dump_json()):
        assert "s3cret" not in told


@pytest.mark.parametrize("name", sorted(KEY_NAMES - set(FIELDS)))
def test_a_key_that_is_none_is_not_repeated(name: str) -> None:
    assert failure(name, "s3cret s3cret") == f"{name} is not usable. Set it to a key, without spaces."
    with pytest.raises(SettingsError) as caught:
        provider_values({name: "s3cr\u00e9t"})
    assert "s3cr" not in f"{caught.value} {caught.value.__cause__!r}"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        (
            "ELEVENLABS_URL",
            "https://x",
            "is 'https://x'. Set it to a ws:// or wss:// address without credentials.",
        ),
        (
            "GROQ_URL",
            "wss://x",
            "is 'wss://x'. Set it to an http:// or https:// address without credentials.",
        ),
        ("GROQ_URL", "http://me:s3cret@x", "is not usable. Set it to an http:// or https:// address"),
        ("AZURE_OPENAI_URL", "x", "is 'x'. Set it to an http:// or https:// address without credentials."),
        ("GROQ_MODEL", "two words", "is 'two words'. Set it to a name without spaces."),
    ],
)
def test_a_bad_value_is_one_line_that_says_what_is_allowed(name: str, value: str, sentence: str) -> None:
    assert failure(name, value).startswith(f"{name} {sentence}")


@pytest.mark.parametrize("name", DECLARED)
def test_what_is_allowed_is_said_of_each(name: str) -> None:
    assert allowed(name).startswith(("a ", "an "))


# --- the documents ----------------------------------------------------------------------------------


def test_the_tables_of_settings_name_them_with_their_defaults() -> None:
    lines = (DOCS / "settings.md").read_text(encoding="utf-8").splitlines()
    defaults = {name: f"`{DEFAULTS[name]}`" if DEFAULTS.get(name) else "-" for name in DECLARED}
    rows = {f"| `{name}` | {defaults[name]} | {allowed(name)} |" for name in DECLARED}
    # The other tables have a column more.
    assert {line for line in lines if re.fullmatch(r"\| `[A-Z_]+` \|[^|]*\|[^|]*\|", line)} == rows


def test_the_example_names_them_with_their_defaults() -> None:
    lines = (DOCS.parent / ".env.example").read_text(encoding="utf-8").splitlines()
    begin = next(number for number, line in enumerate(lines) if line.startswith("# --- further providers"))
    end = next(number for number in range(begin + 1, len(lines)) if lines[number].startswith("# ---"))
    told = [line for line in lines[begin + 1 : end] if line]
    assert sorted(told) == sorted(f"#{name}={DEFAULTS.get(name, '')}" for name in DECLARED)


@pytest.mark.parametrize("spec", SPECS.values(), ids=list(SPECS))
def test_the_table_of_providers_names_all_that_each_needs(spec: Spec) -> None:
    rows = [
        line.split(" | ")
        for line in (DOCS / "providers.md").read_text(encoding="utf-8").splitlines()
        if line.startswith(f"| `{spec.name}` | ") and line.count("|") == 6
    ]
    [(_, jobs, settings, extra, _)] = rows
    assert jobs == ", ".join(kind.upper() for kind in spec.kinds)
    assert settings == (", ".join(f"`{name}`" for name in spec.names) or "-")
    assert extra == (f"`{spec.extra}`" if spec.extra else "-")
