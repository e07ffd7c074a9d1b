"""What the command says when it is ready."""

from __future__ import annotations

import pytest

from vantum.settings import load_settings
from vantum.welcome import phone_line

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
