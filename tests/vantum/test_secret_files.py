"""Secrets in files: read once, and told to nobody, whatever is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from vantum.core.errors import SettingsError
from vantum.secret_files import MOST_BYTES, SECRETS, is_secret, secret_of, with_files_read
from vantum.settings import FIELDS, load_settings, unknown_names


def failure(values: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings(values, None)
    assert caught.value.__cause__ is None
    return str(caught.value)


@pytest.mark.parametrize("name", sorted(SECRETS))
@pytest.mark.parametrize("content", ["{}", "{}\n", "  {}\r\n\n"])
def test_each_secret_may_lie_in_a_file(tmp_path: Path, name: str, content: str) -> None:
    secret = "s3cret-" * 6
    file = tmp_path / "secret"
    file.write_text(content.format(secret))
    loaded = load_settings({f"{name}_FILE": str(file)}, None)
    assert loaded == load_settings({name: secret}, None)
    assert loaded.secrets() == (secret,)
    assert secret not in repr(loaded)


def test_what_is_kept_hidden_is_what_may_lie_in_a_file() -> None:
    hidden = {name for name, field in FIELDS.items() if "SecretStr" in str(field.annotation)}
    assert hidden == {name for name in FIELDS if is_secret(name)}


def test_keys_may_stand_on_lines_of_their_own(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text("first-key\nsecond-key,third-key\n\n")
    loaded = load_settings({"VANTUM_API_KEYS_FILE": str(file)}, None)
    assert loaded.secrets() == ("first-key", "second-key", "third-key")


def test_the_file_may_be_named_in_the_env_file_and_on_the_command_line(tmp_path: Path) -> None:
    secret, env = tmp_path / "secret", tmp_path / ".env"
    secret.write_text("s3cret")
    env.write_text(f"OPENAI_API_KEY_FILE={secret}\n")
    assert load_settings({}, env).secrets() == ("s3cret",)
    assert load_settings({}, None, {"OPENAI_API_KEY_FILE": str(secret)}).secrets() == ("s3cret",)


def test_set_to_nothing_is_not_set(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("s3cret")
    assert load_settings({"OPENAI_API_KEY_FILE": "", "OPENAI_API_KEY": "other"}, None).secrets() == ("other",)
    named = {"OPENAI_API_KEY_FILE": str(file), "OPENAI_API_KEY": " "}
    assert load_settings(named, None).secrets() == ("s3cret",)


def test_both_are_an_error(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("s3cret")
    told = failure({"OPENAI_API_KEY": "other", "OPENAI_API_KEY_FILE": str(file)})
    assert told == "OPENAI_API_KEY and OPENAI_API_KEY_FILE are both set. Keep one of them."


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "OPENAI_API_KEY_FILE names an empty file. Put the secret into it, or leave it out."),
        (b" \n", "OPENAI_API_KEY_FILE names an empty file. Put the secret into it, or leave it out."),
        (b"s3cr\xff", "cannot be read (UnicodeDecodeError). Set it to a readable UTF-8 text file."),
        (b"s" * (MOST_BYTES + 1), "names a file of more than 65536 bytes. That is no secret."),
        (b"s3cret s3cret", "OPENAI_API_KEY is not usable. Set it to a key, without spaces."),
    ],
)
def test_a_bad_file_is_one_line_that_does_not_tell_what_is_in_it(
    tmp_path: Path, content: bytes, says: str
) -> None:
    file = tmp_path / "secret"
    file.write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        load_settings({"OPENAI_API_KEY_FILE": str(file)}, None)
    told = str(caught.value)
    assert told.endswith(says)
    assert "s3cr" not in f"{told} {caught.value.__cause__!r}"
    assert len(told.splitlines()) == 1


def test_a_path_that_leads_nowhere_is_named(tmp_path: Path) -> None:
    told = failure({"OPENAI_API_KEY_FILE": f"{tmp_path}/missing"})
    assert "missing', which cannot be read (No such file or directory)." in told
    assert "cannot be read" in failure({"OPENAI_API_KEY_FILE": str(tmp_path)})
    assert "cannot be read" in failure({"OPENAI_API_KEY_FILE": "a\x00b"})


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("OPENAI_API_KEY_FILE", "OPENAI_API_KEY"),
        ("VANTUM_API_KEYS_FILE", "VANTUM_API_KEYS"),
        ("TWILIO_AUTH_TOKEN_FILE", "TWILIO_AUTH_TOKEN"),
        ("VANTUM_DATA_FILE", None),
        ("OPENAI_API_KEY", None),
        ("_FILE", None),
    ],
)
def test_only_secrets_lie_in_files(name: str, setting: str | None) -> None:
    assert secret_of(name) == setting


def test_what_is_no_secret_stays_as_it_is() -> None:
    assert with_files_read({"VANTUM_PORT": "1"}) == {"VANTUM_PORT": "1"}


def test_files_of_secrets_are_known_names() -> None:
    named = {"VANTUM_API_KEYS_FILE": "x", "VANTUM_TOKEN_SECRET_FILE": "x", "VANTUM_DATA_FILE": "x"}
    assert [unknown.name for unknown in unknown_names(named, None)] == ["VANTUM_DATA_FILE"]
