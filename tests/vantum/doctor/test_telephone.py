"""The telephone: what its settings, the account and its numbers mean, and that no number is told."""

from __future__ import annotations

import pytest

from tests.vantum.doctor.kit import BROKEN, OK, OTHER, PHONE, PUBLIC, settings_of
from tests.wire.twilio_server import NUMBER
from transports.twilio.rest import CarrierError
from vantum.doctor import telephone
from vantum.doctor.finding import Mark

DENIED = CarrierError(401, 20003, "Authenticate")
LOST = CarrierError(None, None, "no answer within 5 seconds.")
FAILED = CarrierError(500, 20500, "Internal server error")


@pytest.mark.parametrize(
    ("values", "mark", "part"),
    [
        ({}, OK, "scripted prospects"),
        ({"TWILIO_FROM": NUMBER}, OK, "scripted prospects"),
        ({"VANTUM_CARRIER": "twilio"}, OK, "off"),
        (PHONE | {"VANTUM_PUBLIC_URL": PUBLIC, "VANTUM_CARRIER": "local"}, OK, "scripted prospects"),
        (PHONE, BROKEN, "VANTUM_PUBLIC_URL"),
        ({"VANTUM_PUBLIC_URL": PUBLIC}, BROKEN, "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"),
        (PHONE | {"VANTUM_PUBLIC_URL": PUBLIC}, OK, "configured"),
    ],
)
def test_the_settings_of_phone_calls(values: dict[str, str], mark: Mark, part: str) -> None:
    finding = telephone.phone_settings_finding(settings_of(**values))
    assert finding.mark is mark
    assert part in finding.found


@pytest.mark.parametrize(
    ("numbers", "wanted", "mark", "part"),
    [
        ([NUMBER, OTHER], None, OK, "...0001 will be called from, the first of 2"),
        ([NUMBER, OTHER], OTHER, OK, "...0044 is the account's"),
        ([NUMBER], OTHER, BROKEN, "...0044 in TWILIO_FROM is no number"),
        ([], OTHER, BROKEN, "no number that can call"),
        ([], None, BROKEN, "no number that can call"),
    ],
)
def test_the_number(numbers: list[str], wanted: str | None, mark: Mark, part: str) -> None:
    finding = telephone.number_finding(numbers, wanted)
    assert finding.mark is mark
    assert part in finding.found
    assert NUMBER not in finding.found
    assert OTHER not in finding.found


class FakeAccount:
    """Answers what it was told to."""

    def __init__(self, status: str | CarrierError, numbers: list[str] | CarrierError) -> None:
        self._status = status
        self._numbers = numbers

    async def account_status(self) -> str:
        if isinstance(self._status, CarrierError):
            raise self._status
        return self._status

    async def numbers(self) -> list[str]:
        if isinstance(self._numbers, CarrierError):
            raise self._numbers
        return self._numbers


@pytest.mark.parametrize(
    ("account", "marks", "part"),
    [
        (FakeAccount("active", [NUMBER]), [OK, OK], "active"),
        (FakeAccount("suspended", [NUMBER]), [BROKEN], "suspended"),
        (FakeAccount(DENIED, DENIED), [BROKEN], "TWILIO_AUTH_TOKEN"),
        (FakeAccount(LOST, LOST), [BROKEN], "TWILIO_API_URL"),
        (FakeAccount("active", FAILED), [OK, BROKEN], "Try again later"),
    ],
)
async def test_the_account(account: FakeAccount, marks: list[Mark], part: str) -> None:
    findings = await telephone.account_findings(account, None)
    assert [finding.mark for finding in findings] == marks
    assert part in " ".join(f"{finding.found} {finding.remedy}" for finding in findings)
