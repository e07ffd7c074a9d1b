"""Settings: where they come from, what is allowed, and that the documents tell the same."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from vantum.core.call_facts import PhoneCarrier
from vantum.core.choice import LOCAL, Kind
from vantum.core.errors import SettingsError
from vantum.core.provider_specs import SPECS
from vantum.settings import FIELDS, Settings, allowed, load_settings, unknown_names

ROOT = Path(__file__).parents[2]
NOTHING: dict[str, str] = {}
STT = [spec.name for spec in SPECS.values() if Kind.STT in spec.kinds]


def failure(name: str, value: str) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings({name: value}, None)
    return str(caught.value)


def names_of(settings: Settings, kind: Kind) -> list[str]:
    return [choice.provider for choice in settings.choices()[kind]]


def default_text(name: str) -> str:
    """A default as one writes it in the environment; nothing when there is none."""
    match FIELDS[name].default:
        case None | ():
            return ""
        case bool(default):
            return str(default).lower()
        case float(default):
            return f"{default:g}"
        case default:
            return str(default)


# --- where they come from ---------------------------------------------------------------------------


def test_without_anything_the_defaults_hold() -> None:
    settings = load_settings(NOTHING, None)
    assert settings == Settings()
    assert (settings.host, settings.port, settings.data, settings.record) == (
        "127.0.0.1",
        8080,
        Path("data"),
        True,
    )
    assert all(names_of(settings, kind) == [LOCAL] for kind in Kind)


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("VANTUM_HOST=file\nVANTUM_PORT=1\nLLM_MODEL='in file'  # comment\nVANTUM_TTS\n")
    with pytest.raises(SettingsError, match="LLM_MODEL is 'in file'"):
        load_settings(NOTHING, file)
    file.write_text("VANTUM_HOST=file\nVANTUM_PORT=1\nLLM_MODEL=small # comment\nVANTUM_TTS\n")
    environ = {"VANTUM_HOST": "environment", "VANTUM_PORT": "2"}
    settings = load_settings(environ, file, {"VANTUM_PORT": "3"})
    assert (settings.llm_model, settings.host, settings.port) == ("small", "environment", 3)


def test_the_real_environment_is_read_when_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VANTUM_PORT", "4711")
    monkeypatch.setenv("VANTUM_PROT", "4711")
    assert load_settings(env_file=None).port == 4711
    assert "VANTUM_PROT" in [unknown.name for unknown in unknown_names(env_file=None)]
    assert Settings().port == 8080


def test_set_to_nothing_is_not_set(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("OPENAI_API_KEY=sk-1\nVANTUM_PORT=\n")
    assert names_of(load_settings(NOTHING, file), Kind.LLM) == ["openai"]
    assert names_of(load_settings({"OPENAI_API_KEY": " "}, file), Kind.LLM) == [LOCAL]


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(b"VANTUM_HOST=\xff\n")
    with pytest.raises(SettingsError) as caught:
        load_settings(NOTHING, file)
    sentence = "cannot be read (UnicodeDecodeError). Make it a readable UTF-8 text file, or remove it."
    assert str(caught.value) == f"{file} {sentence}"


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError):
        load_settings(NOTHING, None).port = 1


TWILIO = {
    "TWILIO_ACCOUNT_SID": "AC1",
    "TWILIO_AUTH_TOKEN": "token",
    "VANTUM_PUBLIC_URL": "https://phone.example.test",
}


@pytest.mark.parametrize(
    ("given_values", "carrier"),
    [
        ({}, PhoneCarrier.LOCAL),
        ({"TWILIO_FROM": "+14155550100"}, PhoneCarrier.LOCAL),
        ({"VANTUM_CARRIER": "Twilio"}, PhoneCarrier.TWILIO),
        (TWILIO, PhoneCarrier.TWILIO),
        (TWILIO | {"VANTUM_CARRIER": "local"}, PhoneCarrier.LOCAL),
        *(({name: value}, PhoneCarrier.TWILIO) for name, value in TWILIO.items()),
    ],
)
def test_prospects_are_rung_while_nobody_thinks_of_twilio(
    given_values: dict[str, str], carrier: PhoneCarrier
) -> None:
    assert load_settings(given_values, None).phone_carrier is carrier


# --- what is allowed --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("VANTUM_PORT", "abc", "VANTUM_PORT is 'abc'. Set it to a whole number from 0 to 65535."),
        ("VANTUM_PORT", "65536", "VANTUM_PORT is '65536'. Set it to a whole number from 0 to 65535."),
        ("LLM_TEMPERATURE", "hot", "LLM_TEMPERATURE is 'hot'. Set it to a number from 0 to 2."),
        ("LLM_TEMPERATURE", "nan", "LLM_TEMPERATURE is 'nan'. Set it to a number from 0 to 2."),
        ("VANTUM_RECORD", "maybe", "VANTUM_RECORD is 'maybe'. Set it to true or false."),
        ("VANTUM_CARRIER", "pigeon", "VANTUM_CARRIER is 'pigeon'. Set it to twilio or local."),
        ("VANTUM_OUTPUT_RATE", "44100", "VANTUM_OUTPUT_RATE is '44100'. Set it to 16000, 32000 or 48000."),
        ("VANTUM_OUTPUT_RATE", "16k", "VANTUM_OUTPUT_RATE is '16k'. Set it to 16000, 32000 or 48000."),
        (
            "DEEPGRAM_URL",
            "https://api.deepgram.com",
            "DEEPGRAM_URL is 'https://api.deepgram.com'. "
            "Set it to a ws:// or wss:// address without credentials.",
        ),
        (
            "VANTUM_LANGUAGE",
            "English!",
            "VANTUM_LANGUAGE is 'English!'. Set it to a language tag such as en, de or pt-BR.",
        ),
        (
            "VANTUM_LOG_LEVEL",
            "loud",
            "VANTUM_LOG_LEVEL is 'loud'. Set it to TRACE, DEBUG, INFO, SUCCESS, WARNING, ERROR or CRITICAL.",
        ),
        (
            "VANTUM_ALLOWED_ORIGINS",
            "https://a.com,b.com",
            "VANTUM_ALLOWED_ORIGINS is 'https://a.com,b.com'. "
            "Set it to origins such as https://example.com with commas between them, or *.",
        ),
        (
            "VANTUM_STT",
            "whisper",
            "VANTUM_STT names 'whisper', which is no provider. "
            f"Set it to one or more of {', '.join(STT)}, with commas between them.",
        ),
        (
            "VANTUM_STT",
            ", ,",
            "VANTUM_STT is ', ,'. Set it to names of providers (docs/providers.md) with commas between them.",
        ),
        (
            "VANTUM_TTS",
            "cartesia",
            "VANTUM_TTS chooses cartesia, but CARTESIA_API_KEY is not set. "
            "Set CARTESIA_API_KEY, or leave cartesia out of VANTUM_TTS.",
        ),
    ],
)
def test_a_bad_value_is_one_line_that_says_what_is_allowed(name: str, value: str, sentence: str) -> None:
    assert failure(name, value) == sentence


@pytest.mark.parametrize(
    "url",
    [
        "api.openai.com",
        "ftp://x",
        "http://",
        "http://x:port",
        "http://x:0",
        "http://x?y=1",
        "http://x#y",
        "http://[x",
        "http://a b",
    ],
)
def test_an_address_must_be_one_that_can_be_called(url: str) -> None:
    assert failure("OPENAI_BASE_URL", url).startswith(f"OPENAI_BASE_URL is {url!r}. Set it to an http://")


def test_addresses_lose_their_last_slash() -> None:
    settings = load_settings({"OPENAI_BASE_URL": "http://[::1]:11434/v1/", "CARTESIA_URL": "ws://x:1/"}, None)
    assert (settings.openai_base_url, settings.cartesia_url) == ("http://[::1]:11434/v1", "ws://x:1")


@pytest.mark.parametrize("key", ["DEEPGRAM_API_KEY", "OPENAI_API_KEY", "CARTESIA_API_KEY"])
def test_keys_are_told_to_nobody(key: str) -> None:
    settings = load_settings({key: "s3cret"}, None)
    assert "s3cret" not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    assert failure(key, "s3cret s3cret") == f"{key} is not usable. Set it to a key, without spaces."
    assert "s3crét" not in failure(key, "s3crét")


def test_no_cause_of_an_error_tells_a_key() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({"OPENAI_API_KEY": "s3crét", "VANTUM_PORT": "x"}, None)
    assert "s3cr" not in repr(caught.value.__cause__)
    assert "s3cr" not in str(caught.value.__cause__)


def test_credentials_in_an_address_are_not_repeated() -> None:
    assert failure("OPENAI_BASE_URL", "http://me:s3cret@x").startswith("OPENAI_BASE_URL is not usable.")


def test_an_unknown_override_is_an_error() -> None:
    with pytest.raises(SettingsError, match=r"VANTUM_PROT is no setting\. Known ones: DEEPGRAM_"):
        load_settings(NOTHING, None, {"VANTUM_PROT": "1"})


@pytest.mark.parametrize(
    ("given_text", "origins"),
    [
        ("*", ("*",)),
        ("https://A.com/, http://b:81,", ("https://a.com", "http://b:81")),
        (",", ()),
    ],
)
def test_origins_are_a_list_with_commas(given_text: str, origins: tuple[str, ...]) -> None:
    assert load_settings({"VANTUM_ALLOWED_ORIGINS": given_text}, None).allowed_origins == origins


def test_upper_and_lower_case_do_not_matter_in_names() -> None:
    environ = {"VANTUM_LOG_LEVEL": "debug", "VANTUM_STT": "Local", "CARTESIA_VOICE": "MALE"}
    settings = load_settings(environ, None)
    assert (settings.log_level, settings.stt, settings.cartesia_voice) == ("DEBUG", ("local",), "male")


def test_values_that_are_no_text_are_taken_as_they_are() -> None:
    values = {"VANTUM_ALLOWED_ORIGINS": ("*",), "VANTUM_OUTPUT_RATE": 16000, "OPENAI_API_KEY": SecretStr("k")}
    settings = Settings.model_validate(values)
    assert (settings.allowed_origins, settings.output_rate) == (("*",), 16000)
    with pytest.raises(ValidationError):
        Settings.model_validate({"VANTUM_LOG_LEVEL": 3})


@hypothesis_settings(deadline=None)
@given(name=st.sampled_from(sorted(FIELDS)), value=st.text(max_size=30))
def test_any_text_is_a_setting_or_one_line(name: str, value: str) -> None:
    with contextlib.suppress(SettingsError):
        load_settings({name: value}, None)
        return
    told = failure(name, value)
    assert told.startswith(f"{name} ")
    assert len(told.splitlines()) == 1


# --- unknown names ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("VANTUM_PROT", "VANTUM_PROT is no setting and is ignored. Did you mean VANTUM_PORT?"),
        ("VANTUM_LLM_MODEL", "VANTUM_LLM_MODEL is no setting and is ignored. Did you mean LLM_MODEL?"),
        ("vantum_port", "vantum_port is no setting and is ignored. Did you mean VANTUM_PORT?"),
        ("VANTUM_QQQQ", "VANTUM_QQQQ is no setting and is ignored."),
    ],
)
def test_an_unknown_name_is_told_with_the_nearest_known_one(name: str, sentence: str) -> None:
    assert [str(unknown) for unknown in unknown_names({name: "1"}, None)] == [sentence]


def test_unknown_names_are_found_in_the_file_too(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("VANTUM_HOTS=x\nVANTUM_HOST=x\nOTHER=x\n")
    assert unknown_names({"VANTUM_DATE": "x"}, file) == [
        ("VANTUM_DATE", "VANTUM_DATA"),
        ("VANTUM_HOTS", "VANTUM_HOST"),
    ]
    assert load_settings(NOTHING, file).host == "x"


# --- the documents ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FIELDS)
def test_the_table_in_the_docs_is_true(name: str) -> None:
    field = FIELDS[name]
    default = f"`{default_text(name)}`" if default_text(name) else "-"
    row = f"| `{name}` | {default} | {allowed(field)} | {field.description} |"
    assert row in (ROOT / "docs" / "settings.md").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("name", FIELDS)
def test_the_example_names_every_setting_with_its_default(name: str) -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    assert f"#{name}={default_text(name)}" in lines


def test_the_example_uncommented_is_the_defaults(tmp_path: Path) -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    file = tmp_path / ".env"
    file.write_text("\n".join(line.removeprefix("#") for line in lines if not line.startswith("# ")))
    loaded = load_settings(NOTHING, file)
    told = {"provider_values"}
    assert loaded.model_dump(exclude=told) == Settings().model_dump(exclude=told)
    for spec in SPECS.values():
        assert loaded.values_of(spec) == Settings().values_of(spec)
    assert unknown_names(NOTHING, file) == []


def test_only_the_settings_read_the_environment() -> None:
    readers = [
        path.relative_to(ROOT)
        for folder in ("vantum", "processors", "transports", "pipelines")
        for path in (ROOT / folder).rglob("*.py")
        if any(word in path.read_text(encoding="utf-8") for word in ("os.environ", "getenv"))
    ]
    assert readers == [Path("vantum/settings.py")]
