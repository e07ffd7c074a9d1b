"""Countries by their names and codes."""

from __future__ import annotations

import phonenumbers
import pytest

from vantum.core.outreach.countries import country_code


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("US", "US"),
        ("usa", "US"),
        ("U.S.A.", "US"),
        ("United States", "US"),
        ("Vereinigte Staaten", "US"),
        ("DE", "DE"),
        ("D", "DE"),
        ("Deutschland", "DE"),
        ("Österreich", "AT"),
        ("Oesterreich", "AT"),
        ("GBR", "GB"),
        ("UK", "GB"),
        ("Nordirland", "GB"),
        ("Côte d'Ivoire", "CI"),
        ("", None),
        ("Atlantis", None),
    ],
)
def test_country_code(text: str, expected: str | None) -> None:
    assert country_code(text) == expected


def test_every_country_with_a_plan_is_known() -> None:
    missing = {code for code in phonenumbers.SUPPORTED_REGIONS if country_code(code) != code}
    assert missing == {"AC", "TA"}  # islands with a plan of their own and no code in ISO 3166-1
