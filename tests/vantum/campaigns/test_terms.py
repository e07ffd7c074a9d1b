"""The terms of an installation, and whether a pipeline is on this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from vantum.campaigns.terms import CARRIERS_OWN, is_there, terms_of
from vantum.dialing.tariff import FREE, USUAL
from vantum.settings import load_settings
from vantum.store.words import Transport

ACCOUNT = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "a" * 32,
    "VANTUM_PUBLIC_URL": "https://vantum.example.com",
}


@pytest.mark.parametrize(
    ("given", "transport", "numbers"),
    [
        ({}, Transport.LOCAL, (CARRIERS_OWN,)),
        (ACCOUNT, Transport.TWILIO, (CARRIERS_OWN,)),
        ({**ACCOUNT, "TWILIO_FROM": "+12125550101"}, Transport.TWILIO, ("+12125550101",)),
        ({"TWILIO_ACCOUNT_SID": ACCOUNT["TWILIO_ACCOUNT_SID"]}, Transport.TWILIO, ()),
    ],
)
def test_numbers_to_call_from(given: dict[str, str], transport: Transport, numbers: tuple[str, ...]) -> None:
    terms = terms_of(load_settings({}, None, given), is_there)
    assert (terms.trunk.transport, terms.from_numbers) == (transport, numbers)
    assert terms.trunk.tariff == (FREE if transport is Transport.LOCAL else USUAL)


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("mine.py", True),
        ("pipelines/sales.py", True),
        ("sales", True),
        ("outreach", True),  # of the package
        ("mine", False),
        ("other.py", False),
        ("pipelines", False),
        ("pipelines/sales", False),
        ("no such thing", False),
        ("", False),
        ("../mine.py", False),
    ],
)
def test_a_pipeline_is_a_file_or_one_of_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, there: bool
) -> None:
    (tmp_path / "pipelines").mkdir()
    for path in ("mine.py", "pipelines/sales.py"):
        (tmp_path / path).write_text("raise SystemExit", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert is_there(name) is there
