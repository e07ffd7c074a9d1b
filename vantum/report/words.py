"""Numbers as people read them."""

from __future__ import annotations


def whole(count: int) -> str:
    """``12,408``."""
    return f"{count:,}"


def per_cent(share: float) -> str:
    """``2.5 %``; of 100 % no decimals."""
    return f"{100 * share:.0f} %" if share in (0.0, 1.0) else f"{100 * share:.1f} %"


def money(micros: int, currency: str) -> str:
    """``1,234.50 USD``; below a tenth of a unit with four decimals."""
    digits = 2 if abs(micros) >= 100_000 or not micros else 4
    return f"{micros / 1_000_000:,.{digits}f} {currency}"


def clock(seconds: float) -> str:
    """``1:05``: a second of a call."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02}"
