"""Cases for the tests of the legal gate: one that is allowed, and strategies for any."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from vantum.core.legal.case import (
    Audience,
    Callee,
    CandidateZone,
    Case,
    Consent,
    ConsentKind,
    Jurisdiction,
    LineType,
    Method,
    Plan,
    Purpose,
    Reason,
    RecordingWish,
    Scope,
    Suppression,
    ZoneSource,
)
from vantum.core.legal.rule import WEEK, Window, every

NUMBER = "+12125550123"
NEW_YORK, CHICAGO, BERLIN = "America/New_York", "America/Chicago", "Europe/Berlin"
ALWAYS = every(WEEK, "00:00", "24:00")
# A Wednesday, 12:00 in New York.
NOON = datetime(2026, 11, 18, 17, 0, tzinfo=UTC)
LONG_AGO = NOON - timedelta(days=100)

patient = settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])


def zone(name: str, source: ZoneSource = ZoneSource.EXPLICIT) -> CandidateZone:
    """A candidate zone by its name."""
    return CandidateZone(name, ZoneInfo(name), source)


def callee(
    country: str = "US", state: str = "NY", line_type: LineType = LineType.LANDLINE, number: str = NUMBER
) -> Callee:
    """Somebody at a company, on a landline of the company."""
    return Callee(
        number, Jurisdiction(country, state), line_type, "contact-1", "company-1", "shop.example.com"
    )


def plan(
    windows: tuple[Window, ...] = (),
    purpose: Purpose = Purpose.MARKETING,
    audience: Audience = Audience.BUSINESS,
    language: str = "en-US",
    caller_at: Jurisdiction = Jurisdiction("US", "NY"),  # noqa: B008 (it is frozen)
    recording: RecordingWish = RecordingWish.WANTED,
) -> Plan:
    """What an American campaign for businesses wants."""
    return Plan(purpose, audience, language, caller_at, recording, windows)


def case(
    who: Callee | None = None,
    wanted: Plan | None = None,
    now: datetime = NOON,
    zones: tuple[CandidateZone, ...] | None = None,
    consents: tuple[Consent, ...] = (),
    suppressions: tuple[Suppression, ...] = (),
    attempts: tuple[datetime, ...] = (),
) -> Case:
    """A call to a business landline in New York at noon, which is allowed, unless something is changed."""
    at = (zone(NEW_YORK),) if zones is None else zones
    return Case(who or callee(), wanted or plan(), now, at, consents, suppressions, attempts)


def consent(
    kind: ConsentKind = ConsentKind.AI_VOICE_MARKETING,
    method: Method = Method.WRITTEN,
    granted_at: datetime | None = LONG_AGO,
    revoked_at: datetime | None = None,
) -> Consent:
    """A written consent to marketing by an AI voice."""
    return Consent(kind, method, granted_at, revoked_at)


# --- strategies -----------------------------------------------------------------------------------------

# Changes by an hour, half an hour (Lord Howe), at midnight (Cairo, Santiago, Beirut), in Ramadan (Casablanca), never;
# offsets of half and quarter hours, and both ends of the world.
ZONES = (
    *(NEW_YORK, CHICAGO, "America/Denver", "America/Phoenix", "America/Los_Angeles", "America/St_Johns"),
    *(BERLIN, "Europe/London", "Europe/Dublin", "Africa/Casablanca", "Africa/Cairo", "Asia/Beirut"),
    *("America/Santiago", "Australia/Lord_Howe", "Australia/Adelaide", "Asia/Kathmandu", "Asia/Kolkata"),
    *("Pacific/Chatham", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Atlantic/Azores", "UTC"),
)
# Around changes of clocks in the zones above, UTC.
CHANGES = (
    *(
        datetime(2026, 3, 8, 7, tzinfo=UTC),
        datetime(2026, 11, 1, 6, tzinfo=UTC),
        datetime(2027, 3, 14, 10, tzinfo=UTC),
        datetime(2026, 3, 29, 1, tzinfo=UTC),
    ),
    *(
        datetime(2026, 10, 25, 1, tzinfo=UTC),
        datetime(2026, 4, 23, 22, tzinfo=UTC),
        datetime(2026, 10, 29, 21, tzinfo=UTC),
        datetime(2026, 4, 5, 4, tzinfo=UTC),
    ),
    *(
        datetime(2026, 9, 6, 4, tzinfo=UTC),
        datetime(2026, 4, 4, 15, tzinfo=UTC),
        datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
        datetime(2026, 2, 15, 2, tzinfo=UTC),
    ),
    *(
        datetime(2026, 3, 22, 2, tzinfo=UTC),
        datetime(2026, 3, 28, 22, tzinfo=UTC),
        datetime(2026, 10, 24, 21, tzinfo=UTC),
        datetime(2026, 9, 26, 14, tzinfo=UTC),
    ),
)

moments = st.one_of(
    st.builds(
        lambda change, minutes, micro: change + timedelta(minutes=minutes, microseconds=micro),
        st.sampled_from(CHANGES),
        st.integers(-3 * 1440, 2 * 1440),
        st.sampled_from((0, 0, 1, 59_999_999)),
    ),
    st.integers(0, 5 * 366 * 1440 * 60).map(
        lambda seconds: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    ),
)
zones = st.lists(
    st.builds(zone, st.sampled_from(ZONES), st.sampled_from(ZoneSource)), min_size=1, max_size=4
).map(tuple)
windows = st.lists(
    st.builds(
        lambda day, start, length: Window(day, start, min(start + length, 1440)),
        st.sampled_from(WEEK),
        st.integers(0, 1439),
        st.integers(1, 900),
    ),
    max_size=8,
).map(tuple)
night_windows = st.lists(
    st.builds(
        lambda day, start, length: Window(day, start, start + length),
        st.sampled_from(WEEK),
        st.integers(0, 240),
        st.integers(1, 120),
    ),
    min_size=1,
    max_size=8,
).map(tuple)
jurisdictions = st.builds(
    Jurisdiction,
    st.sampled_from(("US", "US", "US", "CA", "DE", "GB", "IN", "PR", "")),
    st.sampled_from(("", "NY", "FL", "OK", "KY", "AL", "TX", "CA")),
)
line_types = st.sampled_from(LineType)
callees = st.builds(
    callee, st.just("US"), st.sampled_from(("NY", "FL", "KY", "AL", "OK", "")), line_types
) | st.builds(
    lambda at, line: Callee(NUMBER, at, line, "contact-1", "company-1", "shop.example.com"),
    jurisdictions,
    line_types,
)
plans = st.builds(
    plan,
    st.one_of(st.just(()), st.just(ALWAYS), windows),
    st.sampled_from(Purpose),
    st.sampled_from(Audience),
    st.sampled_from(("en-US", "de", "fr-CA", "es", "hi", "xx")),
    jurisdictions,
    st.sampled_from(RecordingWish),
)
matching = st.sampled_from(
    (
        (Scope.NUMBER, NUMBER),
        (Scope.CONTACT, "contact-1"),
        (Scope.COMPANY, "company-1"),
        (Scope.DOMAIN, "example.com"),
        (Scope.DOMAIN, "Shop.Example.com"),
    )
)
others = st.sampled_from(
    (
        (Scope.NUMBER, "+12125550124"),
        (Scope.CONTACT, "contact-2"),
        (Scope.COMPANY, "company-2"),
        (Scope.DOMAIN, "ample.com"),
    )
)


@st.composite
def cases(
    draw: st.DrawFn,
    whom: st.SearchStrategy[tuple[Scope, str]] = others,
    where: st.SearchStrategy[tuple[CandidateZone, ...]] = zones,
) -> Case:
    """Any case; its suppressions are about ``whom``."""
    now = draw(moments)
    near = st.integers(-60 * 40, 60 * 2).map(lambda minutes: now + timedelta(minutes=minutes))
    ends = st.none() | near
    granted = st.builds(consent, st.sampled_from(ConsentKind), st.sampled_from(Method), near, ends)
    usual = st.just(consent(granted_at=now - timedelta(days=400)))
    listed = st.builds(
        lambda about, reason, end: Suppression(about[0], about[1], reason, end),
        whom,
        st.sampled_from(Reason),
        ends,
    )
    return Case(
        draw(callees),
        draw(plans),
        now,
        draw(where),
        tuple(draw(st.lists(usual | granted, max_size=3))),
        tuple(draw(st.lists(listed, max_size=2))),
        tuple(draw(st.lists(near, max_size=6))),
    )


@st.composite
def waiting_cases(draw: st.DrawFn) -> Case:
    """Cases in which nothing but time may stand in the way."""
    about = draw(cases())
    hours = draw(st.sampled_from((ALWAYS, ())))
    return replace(
        about,
        callee=callee(state=draw(st.sampled_from(("NY", "FL", "KY", "AL", "OK", "")))),
        plan=replace(about.plan, windows=hours, language="en"),
        zones=about.zones[:2],
        consents=(consent(granted_at=about.now - timedelta(days=400)),),
    )
