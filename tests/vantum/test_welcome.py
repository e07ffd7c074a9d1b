"""What the command says when it is ready."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest
from rich.console import Console

from vantum.settings import load_settings
from vantum.welcome import phone_line, show_ready

TWILIO = {
    "TWILIO_ACCOUNT_SID": "AC1",
    "TWILIO_AUTH_TOKEN": "token",
    "VANTUM_PUBLIC_URL": "https://phone.example.test",
}


def test_a_telephone_tells_where_to_point_the_number() -> None:
    line = phone_line(load_settings({}, None, TWILIO))
    assert line == (
        "Phone calls: point your Twilio number's voice webhook to https://phone.example.test/twilio/voice"
    )


@pytest.mark.parametrize("missing", TWILIO)
def test_what_phone_calls_need_is_named(missing: str) -> None:
    given = {name: value for name, value in TWILIO.items() if name != missing}
    line = phone_line(load_settings({}, None, given))
    assert line == f"Phone calls are off; they need {missing} (docs/phone.md)."


def test_without_an_account_prospects_are_rung() -> None:
    note = "calls ring scripted prospects on this machine; nobody is really called."
    assert phone_line(load_settings({}, None)) == f"No carrier account: {note}"
    chosen = load_settings({}, None, {**TWILIO, "VANTUM_CARRIER": "local"})
    assert phone_line(chosen) == f"VANTUM_CARRIER=local: {note}"
    assert phone_line(load_settings({}, None, {"VANTUM_CARRIER": "twilio"})).startswith("Phone calls are off")


def shown(workers: Sequence[int] = (), **values: str) -> str:
    settings = load_settings({}, None, values)
    told = io.StringIO()
    show_ready("http://localhost:8080/", "a → b", settings, workers, Console(file=told, width=200))
    return told.getvalue()


def test_the_table_has_the_order_of_the_providers() -> None:
    told = shown(VANTUM_STT="deepgram,local", DEEPGRAM_API_KEY="k", OPENAI_API_KEY="k", CARTESIA_API_KEY="k")
    rows = [line.split("  ") for line in told.splitlines()]
    cells = [[cell.strip() for cell in row if cell.strip()] for row in rows]
    assert ["STT, speech to text", "deepgram, then local", "chosen by VANTUM_STT"] in cells
    assert ["LLM, answers", "openai", "key set"] in cells
    assert "Embedded providers" not in told


@pytest.mark.parametrize("named", ["local", "local,cartesia"])
def test_a_demo_says_that_it_is_one(named: str) -> None:
    told = shown(VANTUM_TTS=named, DEEPGRAM_API_KEY="k", OPENAI_API_KEY="k", CARTESIA_API_KEY="k")
    assert "Embedded providers: a scripted demo" in told


def test_several_workers_are_named_and_one_is_not() -> None:
    assert "2 workers: 0 (process 71), 1 (process 72)" in shown((71, 72)).splitlines()
    assert "worker" not in shown()
