"""What is said at the start to who opens a server to other machines."""

from __future__ import annotations

import pytest

from vantum.exposure import warnings_of
from vantum.settings import load_settings


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, []),
        ({"VANTUM_HOST": "::1"}, []),
        ({"VANTUM_HOST": "localhost", "VANTUM_ALLOWED_ORIGINS": "*"}, []),
        ({"VANTUM_HOST": "0.0.0.0"}, ["VANTUM_AUTH=token"]),
        ({"VANTUM_HOST": "::"}, ["VANTUM_AUTH=token"]),
        ({"VANTUM_HOST": "192.0.2.1"}, ["VANTUM_AUTH=token"]),
        ({"VANTUM_HOST": "0.0.0.0", "VANTUM_AUTH": "token"}, []),
        (
            {"VANTUM_HOST": "0.0.0.0", "VANTUM_ALLOWED_ORIGINS": "*"},
            ["VANTUM_AUTH=token", "VANTUM_ALLOWED_ORIGINS is *"],
        ),
    ],
)
def test_open_doors_are_told(given: dict[str, str], words: list[str]) -> None:
    told = [*warnings_of(load_settings(given, None))]
    assert len(told) == len(words)
    assert all(word in line for word, line in zip(words, told, strict=True))
