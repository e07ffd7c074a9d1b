"""A promised time in words becomes a moment, or stays unclear."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vantum.core.outreach.promised import HORIZON, LONGEST, names_day, promised_at

NEW_YORK, BERLIN = ZoneInfo("America/New_York"), ZoneInfo("Europe/Berlin")
ENGLISH = """
tomorrow at three                           | Thu 19.11.2026 15:00
Tomorrow at 3.                              | Thu 19.11.2026 15:00
tomorrow, three thirty                      | Thu 19.11.2026 15:30
tomorrow 3pm                                | Thu 19.11.2026 15:00
tomorrow at 8                               | Thu 19.11.2026 08:00
tomorrow at seven                           | Thu 19.11.2026 19:00
tomorrow at 12                              | Thu 19.11.2026 12:00
tomorrow at seven in the morning            | Thu 19.11.2026 07:00
tomorrow evening at eight                   | Thu 19.11.2026 20:00
tomorrow morning at nine                    | Thu 19.11.2026 09:00
tomorrow                                    | Thu 19.11.2026 10:00
tomorrow morning                            | Thu 19.11.2026 10:00
tomorrow before noon                        | Thu 19.11.2026 11:00
tomorrow after lunch                        | Thu 19.11.2026 13:30
first thing tomorrow                        | Thu 19.11.2026 09:00
end of day tomorrow                         | Thu 19.11.2026 17:00
day after tomorrow, late in the afternoon   | Fri 20.11.2026 16:30
next Tuesday morning                        | Tue 24.11.2026 10:00
next Friday at ten                          | Fri 27.11.2026 10:00
Tuesday                                     | Tue 24.11.2026 10:00
this Friday at noon                         | Fri 20.11.2026 12:00
Friday between two and four                 | Fri 20.11.2026 14:00
Friday between 11 and 1 pm                  | Fri 20.11.2026 11:00
Friday between 8 and 9 pm                   | Fri 20.11.2026 20:00
after four on Thursday                      | Thu 19.11.2026 16:00
Thursday by five                            | Thu 19.11.2026 16:00
Wednesday at two                            | Wed 18.11.2026 14:00
Wednesday at ten                            | Wed 25.11.2026 10:00
Tuesday next week at four                   | Tue 24.11.2026 16:00
next week on Monday at 9                    | Mon 23.11.2026 09:00
a week from Tuesday                         | Tue 01.12.2026 10:00
in two weeks on Tuesday                     | Tue 01.12.2026 10:00
in three days                               | Sat 21.11.2026 10:00
3 days from now at noon                     | Sat 21.11.2026 12:00
in a week at 3 p.m.                         | Wed 25.11.2026 15:00
in three months                             | Thu 18.02.2027 10:00
at three                                    | Wed 18.11.2026 15:00
at ten                                      | Thu 19.11.2026 10:00
7                                           | Wed 18.11.2026 19:00
okay, three thirty please                   | Wed 18.11.2026 15:30
ten oh five                                 | Thu 19.11.2026 10:05
at 14.30                                    | Wed 18.11.2026 14:30
quarter to five                             | Wed 18.11.2026 16:45
half past two                               | Wed 18.11.2026 14:30
ten minutes past three                      | Wed 18.11.2026 15:10
twenty to four                              | Wed 18.11.2026 15:40
this afternoon                              | Wed 18.11.2026 15:00
tonight                                     | Wed 18.11.2026 18:00
tonight at eight                            | Wed 18.11.2026 20:00
today at eight                              | Wed 18.11.2026 20:00
first thing in the morning                  | Thu 19.11.2026 09:00
3 am Monday                                 | Mon 23.11.2026 03:00
Tuesday the first of December at noon       | Tue 01.12.2026 12:00
the fifth of May                            | Wed 05.05.2027 10:00
May 5th at 3:30 pm                          | Wed 05.05.2027 15:30
December 1st 2026 at ten                    | Tue 01.12.2026 10:00
on the 15th                                 | Tue 15.12.2026 10:00
on the 31st                                 | Thu 31.12.2026 10:00
in two hours                                | Wed 18.11.2026 13:00
in half an hour                             | Wed 18.11.2026 11:30
in an hour and 15 minutes                   | Wed 18.11.2026 12:15
in about twenty minutes                     | Wed 18.11.2026 11:20
an hour and a half from now                 | Wed 18.11.2026 12:30
Thursday, no, Friday at ten                 | Fri 20.11.2026 10:00
Thursday at ten, no, eleven                 | Thu 19.11.2026 11:00
in the morning at nine, no, at three        | Wed 18.11.2026 15:00
tomorrow evening at eight, sorry, at nine   | Thu 19.11.2026 21:00
tomorrow at nine, better in the evening     | Thu 19.11.2026 18:00
in two hours, no, tomorrow at three         | Thu 19.11.2026 15:00
tomorrow at three, or rather in two hours   | Wed 18.11.2026 13:00
in two hours, sorry                         | Wed 18.11.2026 13:00
not tomorrow, Friday                        | Fri 20.11.2026 10:00
I can't do Thursday at ten, Friday at ten   | Fri 20.11.2026 10:00
tomorrow doesn't work, Friday at eleven     | Fri 20.11.2026 11:00
don't call me before nine tomorrow          | Thu 19.11.2026 09:00
not after five tomorrow                     | Thu 19.11.2026 16:00
I'm busy until three                        | Wed 18.11.2026 15:00
I'm busy, call me on Thursday at three      | Thu 19.11.2026 15:00
busy can you call me back Friday at ten     | Fri 20.11.2026 10:00
I am busy call me back on Friday at ten     | Fri 20.11.2026 10:00
I can't, call me on Friday at ten           | Fri 20.11.2026 10:00
Not now. Call me on Friday at ten.          | Fri 20.11.2026 10:00
I'm busy on Thursday, Friday at ten         | Fri 20.11.2026 10:00
don't call me on Thursday, Friday at ten    | Fri 20.11.2026 10:00
2026-12-01T15:00                            | Tue 01.12.2026 15:00
2026-12-01 15:00:30                         | Tue 01.12.2026 15:00
2026-12-01 15:00:00+01:00                   | Tue 01.12.2026 09:00
at 2026-12-01T20:00Z please                 | Tue 01.12.2026 15:00
2026-12-01                                  | Tue 01.12.2026 10:00
"""
GERMAN = """
um 15 Uhr morgen                            | Thu 19.11.2026 15:00
morgen um drei                              | Thu 19.11.2026 15:00
morgen früh                                 | Thu 19.11.2026 09:00
morgen früh um acht                         | Thu 19.11.2026 08:00
morgen Mittag um eins                       | Thu 19.11.2026 13:00
am Morgen                                   | Thu 19.11.2026 10:00
heute Morgen                                | -
übermorgen um halb vier                     | Fri 20.11.2026 15:30
Uebermorgen um fuenf                        | Fri 20.11.2026 17:00
nächsten Dienstag morgen                    | Tue 24.11.2026 10:00
Dienstagmorgen um neun                      | Tue 24.11.2026 09:00
Dienstag um drei                            | Tue 24.11.2026 15:00
um 3 am Dienstag                            | Tue 24.11.2026 15:00
am kommenden Dienstag Nachmittag            | Tue 24.11.2026 15:00
nächste Woche Dienstag                      | Tue 24.11.2026 10:00
Dienstag in einer Woche um zehn             | Tue 01.12.2026 10:00
heute Abend um acht                         | Wed 18.11.2026 20:00
um 8 Uhr abends                             | Wed 18.11.2026 20:00
heute Nachmittag                            | Wed 18.11.2026 15:00
am späten Nachmittag                        | Wed 18.11.2026 16:30
mittags                                     | Wed 18.11.2026 12:00
viertel vor vier                            | Wed 18.11.2026 15:45
viertel nach vier morgen                    | Thu 19.11.2026 16:15
dreiviertel vier                            | Wed 18.11.2026 15:45
fünf vor halb vier                          | Wed 18.11.2026 15:25
zwanzig nach vier                           | Wed 18.11.2026 16:20
um ein Uhr                                  | Wed 18.11.2026 13:00
15h                                         | Wed 18.11.2026 15:00
gegen zehn                                  | Thu 19.11.2026 10:00
ab 14 Uhr                                   | Wed 18.11.2026 14:00
vor zwölf                                   | Thu 19.11.2026 11:00
zwischen zwei und vier                      | Wed 18.11.2026 14:00
am 5.12. um zehn                            | Sat 05.12.2026 10:00
am 5. 12. 2026 um 15:30                     | Sat 05.12.2026 15:30
am fünften Mai um 15 Uhr 30                 | Wed 05.05.2027 15:30
5. Mai                                      | Wed 05.05.2027 10:00
am einundzwanzigsten Dezember um zehn       | Mon 21.12.2026 10:00
am 15.                                      | Tue 15.12.2026 10:00
in zwei Stunden                             | Wed 18.11.2026 13:00
in einer halben Stunde                      | Wed 18.11.2026 11:30
in einer Viertelstunde                      | Wed 18.11.2026 11:15
in anderthalb Stunden                       | Wed 18.11.2026 12:30
in zweieinhalb Stunden                      | Wed 18.11.2026 13:30
in einer Woche um drei                      | Wed 25.11.2026 15:00
heute in einer Woche um 10                  | Wed 25.11.2026 10:00
Donnerstag, nein, Freitag um elf            | Fri 20.11.2026 11:00
lieber Freitag um 9                         | Fri 20.11.2026 09:00
nicht morgen, Freitag um zehn               | Fri 20.11.2026 10:00
nicht heute, morgen um drei                 | Thu 19.11.2026 15:00
morgen geht nicht, Freitag                  | Fri 20.11.2026 10:00
nicht vor zehn                              | Thu 19.11.2026 10:00
bis drei bin ich unterwegs                  | Wed 18.11.2026 15:00
Guten Morgen, morgen um drei                | Thu 19.11.2026 15:00
"""


def rows(table: str) -> list[tuple[str, str]]:
    """What is said, and what it means."""
    pairs = (line.partition("|") for line in table.strip().splitlines())
    return [(said.strip(), meant.strip()) for said, _, meant in pairs]


def meant(said: str, zone: ZoneInfo, now: str = "2026-11-18 11:00") -> str:
    """What is meant by the clock of ``zone``; "-" for what is unclear. The 18th is a Wednesday."""
    found = promised_at(said, datetime.fromisoformat(now).replace(tzinfo=zone), zone)
    return "-" if found is None else found.astimezone(zone).strftime("%a %d.%m.%Y %H:%M")


@pytest.mark.parametrize(("said", "expected"), rows(ENGLISH))
def test_english(said: str, expected: str) -> None:
    assert meant(said, NEW_YORK) == expected


@pytest.mark.parametrize(("said", "expected"), rows(GERMAN))
def test_german(said: str, expected: str) -> None:
    assert meant(said, BERLIN) == expected


@pytest.mark.parametrize(
    "said",
    [
        "",
        "call me",
        "later",
        "soon",
        "now",
        "someday",
        "today",
        "heute",
        "next week",
        "early next week",
        "next month",
        "on the weekend",
        "nächste Woche",
        "in ein paar Tagen",
        "in a few hours",
        "Monday or Tuesday",
        "Tuesday at three or four",
        "in the morning or in the evening",
        "Tuesday the fifth of November 2029",
        "tomorrow, on Monday",
        "today at nine",
        "at midnight",
        "3 p.m. Eastern time",
        "at 25:00",
        "I have two shops",
        "extension 3",
        "five minutes is enough",
        "2026-11-01",
        "2026-11-18T09:00",
        "2026-13-01T10:00",
        "2026-12-01T25:00",
        "2027-12-01",
        "February 30th",
        "in 13 months",
        "after 2 weeks",
        "明日の三時",
        "x" * (LONGEST + 1),
    ],
)
def test_what_is_unclear_is_asked_for_again(said: str) -> None:
    assert meant(said, NEW_YORK) == "-"


@pytest.mark.parametrize(
    ("said", "now", "expected"),
    [
        # What is over moves on to the next that fits.
        ("at three", "2026-11-18 15:00", "Thu 19.11.2026 15:00"),
        ("Wednesday at three", "2026-11-18 15:01", "Wed 25.11.2026 15:00"),
        ("November 18th at three", "2026-11-18 16:00", "Thu 18.11.2027 15:00"),
        ("on the 18th at three", "2026-11-18 16:00", "Fri 18.12.2026 15:00"),
        ("on the 31st", "2027-01-31 16:00", "Wed 31.03.2027 10:00"),
        ("today at eight", "2026-11-18 07:00", "Wed 18.11.2026 08:00"),
        ("today at eight", "2026-11-18 20:30", "-"),
        ("today at three", "2026-11-18 15:30", "-"),
        # A month later, on its last day; the 29th of February only where there is one.
        ("in a month", "2027-01-31 10:00", "Sun 28.02.2027 10:00"),
        ("February 29th", "2026-11-18 10:00", "-"),
        ("February 29th", "2027-11-18 10:00", "Tue 29.02.2028 10:00"),
        # "Next" is the next calendar week's, also on a Sunday.
        ("next Tuesday", "2026-11-16 10:00", "Tue 24.11.2026 10:00"),
        ("next Tuesday", "2026-11-22 10:00", "Tue 24.11.2026 10:00"),
        ("Tuesday", "2026-11-16 10:00", "Tue 17.11.2026 10:00"),
    ],
)
def test_it_depends_on_when_it_is_said(said: str, now: str, expected: str) -> None:
    assert meant(said, NEW_YORK, now) == expected


@pytest.mark.parametrize(
    ("said", "now", "expected"),
    [
        # 02:30 is skipped on the 8th of March: as much later as the clock skips.
        ("tomorrow at 2:30 am", "2026-03-07 12:00-05:00", "2026-03-08T07:30:00+00:00"),
        # 01:30 comes twice on the 1st of November: the first one that is still ahead.
        ("tomorrow at 1:30 am", "2026-10-31 12:00-04:00", "2026-11-01T05:30:00+00:00"),
        ("1:30 am", "2026-11-01 05:40+00:00", "2026-11-01T06:30:00+00:00"),
        ("2026-11-01T01:30", "2026-11-01 05:40+00:00", "2026-11-01T06:30:00+00:00"),
        # The same hour by the clock, an hour more or less on the way.
        ("tomorrow at three", "2026-10-31 15:00-04:00", "2026-11-01T20:00:00+00:00"),
        ("tomorrow at three", "2026-03-07 15:00-05:00", "2026-03-08T19:00:00+00:00"),
        # A wait is a wait, whatever the clock does.
        ("in two hours", "2026-11-01 05:30+00:00", "2026-11-01T07:30:00+00:00"),
    ],
)
def test_clocks_that_skip_and_repeat(said: str, now: str, expected: str) -> None:
    found = promised_at(said, datetime.fromisoformat(now), NEW_YORK)
    assert found is not None
    assert found.isoformat() == expected


def test_seconds_of_an_iso_time_are_kept() -> None:
    now = datetime(2026, 11, 18, 16, tzinfo=UTC)
    found = promised_at("2026-11-18T11:00:30", now, NEW_YORK)
    assert found == now + timedelta(seconds=30)


moments = st.datetimes(datetime(2024, 1, 1), datetime(2040, 1, 1)).map(  # noqa: DTZ001
    lambda moment: moment.replace(tzinfo=UTC)
)
zones = st.sampled_from(
    ("America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Chatham", "UTC")
).map(ZoneInfo)
VOCABULARY = """
in at um am the next tuesday morgen heute nachmittag 3 15 30 : . half halb viertel past to vor nach not nicht no nein
weeks stunden an eine hour may 5th fifth zwei pm uhr tomorrow morning before between and und bis
"""
words = st.lists(st.sampled_from(VOCABULARY.split()), max_size=9).map(" ".join)


@given(words | st.text(max_size=60), moments, zones)
@example("tomorrow at 31", datetime(2028, 2, 28, tzinfo=UTC), ZoneInfo("UTC"))
@example("2026-02-30", datetime(2026, 1, 1, tzinfo=UTC), ZoneInfo("UTC"))
def test_whatever_is_said_it_is_ahead_and_within_a_year(said: str, now: datetime, zone: ZoneInfo) -> None:
    found = promised_at(said, now, zone)
    assert found is None or now < found <= now + HORIZON


@given(moments, zones, st.integers(0, 23), st.integers(0, 59), st.integers(1, 300))
def test_a_time_that_is_written_out_comes_back(
    now: datetime, zone: ZoneInfo, hour: int, minute: int, days: int
) -> None:
    local = (now + timedelta(days=days)).astimezone(zone).replace(hour=hour, minute=minute, second=0)
    wanted = local.replace(microsecond=0, fold=0).astimezone(UTC)
    if wanted <= now:
        return
    assert promised_at(f"{local:%Y-%m-%dT%H:%M}", now, zone) == wanted
    assert promised_at(wanted.isoformat(), now, zone) == wanted
    assert promised_at(f"{local:%B} {local.day} {local.year} at {hour}:{minute:02} uhr", now, zone) in (
        # Up to twelve it is open which half of the day is meant.
        wanted,
        promised_at(f"{local:%Y-%m-%d}T{hour + 12 if hour < 12 else 0:02}:{minute:02}", now, zone),
    )


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("Thursday at three", True),
        ("Thursday,", True),
        ("Sorry, can you call me back on Thursday.", True),
        ("in two hours", True),
        ("2026-11-26 10:00", True),
        ("übermorgen", True),
        ("At three.", False),
        ("in the morning", False),
        ("May I ask you two short questions?", False),
    ],
)
def test_a_day_is_named_or_only_an_hour(words: str, named: bool) -> None:
    assert names_day(words) is named
