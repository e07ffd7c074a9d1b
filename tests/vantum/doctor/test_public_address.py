"""The public address: what its form and the answers from there mean."""

from __future__ import annotations

import pytest

from tests.vantum.doctor.kit import BROKEN, OK, SILENT, WARNING
from vantum.doctor import public_address
from vantum.doctor.answer import Answer
from vantum.doctor.finding import Mark

HEALTH = {"status": "ok", "version": "1", "calls": {}, "providers": {}, "phone": {"status": "ready"}}


@pytest.mark.parametrize(
    ("url", "flaw"),
    [
        ("https://phone.example.test", None),
        ("http://phone.example.test", "is not https:"),
        ("https://phone.example.test:8443", "has a port:"),
        ("http://phone.example.test:80", "is not https and has a port:"),
    ],
)
def test_the_form_of_the_public_url(url: str, flaw: str | None) -> None:
    finding = public_address.url_form_finding(url)
    assert (finding is None) == (flaw is None)
    if finding is not None and flaw is not None:
        assert finding.mark is WARNING
        assert flaw in finding.found


@pytest.mark.parametrize(
    ("answer", "serving", "mark", "part"),
    [
        (Answer(200, HEALTH), True, OK, "answers there"),
        (Answer(200, HEALTH), False, OK, "answers there"),
        (Answer(200, HEALTH | {"phone": {"status": "off"}}), True, BROKEN, "calls off"),
        (Answer(200, HEALTH | {"phone": {"status": "stopped", "reason": "No."}}), True, BROKEN, "more: No."),
        (Answer(502), False, WARNING, "HTTP 502"),
        (Answer(502), True, BROKEN, "is not what answers there: HTTP 502"),
        (Answer(200, {"status": "ok"}), True, BROKEN, "HTTP 200"),
        (Answer(200), False, WARNING, "HTTP 200"),
        (Answer(500, HEALTH), False, WARNING, "HTTP 500"),
        (SILENT, False, WARNING, "no answer within 5 seconds"),
    ],
)
def test_reaching_the_server(answer: Answer, serving: bool, mark: Mark, part: str) -> None:
    finding = public_address.reach_finding(answer, serving=serving)
    assert finding.mark is mark
    assert part in finding.found
    assert (finding.remedy == public_address.START_FIRST) == (mark is WARNING)


@pytest.mark.parametrize(
    ("good", "bad", "opened", "mark", "part"),
    [
        (Answer(204), Answer(403), Answer(403), OK, "refused"),
        (Answer(403), Answer(403), Answer(403), BROKEN, "TWILIO_AUTH_TOKEN is refused"),
        (Answer(405), Answer(405), Answer(404), BROKEN, "a signed form gets HTTP 405"),
        (SILENT, SILENT, SILENT, BROKEN, "a signed form gets no answer"),
        (Answer(204), Answer(204), Answer(403), BROKEN, "a forged form gets HTTP 204"),
        (Answer(204), Answer(403), Answer(101), BROKEN, "token gets HTTP 101"),
        (Answer(204), Answer(403), SILENT, BROKEN, "token gets no answer"),
    ],
)
def test_signatures(good: Answer, bad: Answer, opened: Answer, mark: Mark, part: str) -> None:
    finding = public_address.signature_finding(good, bad, opened)
    assert finding.mark is mark
    assert part in finding.found
