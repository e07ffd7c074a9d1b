"""The health of several workers in the words of one."""

from __future__ import annotations

import pytest

from vantum.core.whole_health import Health, Phone, Provider, Worker, whole_health

OFF: Phone = {"status": "off"}


def provider(
    requests: int = 0, state: str = "closed", rate: float | None = None, median: float | None = None
) -> Provider:
    return {
        "name": "openai",
        "state": state,
        "requests": requests,
        "error_rate": rate,
        "median_seconds": median,
        "last_fault": "network" if rate else None,
    }


def health(
    status: str = "ok",
    live: int = 0,
    lag_ms: float = 1.0,
    reason: str | None = None,
    *,
    llm: Provider | None = None,
    smart_turn: str = "ready",
    phone: Phone = OFF,
) -> Health:
    return {
        "status": status,
        "version": "1",
        "calls": {"live": live, "capacity": 100},
        "admission": {"open": reason is None, "reason": reason, "lag_ms": lag_ms, "max_lag_ms": 50.0},
        "providers": {"llm": "openai"},
        "provider_health": {"llm": [llm or provider()]},
        "smart_turn": smart_turn,
        "phone": phone,
    }


def whole(*told: Health | None) -> dict[str, object]:
    return whole_health([Worker(slot, 70 + slot, one) for slot, one in enumerate(told)])


def test_one_worker_tells_what_it_would_alone() -> None:
    alone = health("full", 100, 2.5, "full", llm=provider(7, "open", 0.286, 0.5))
    assert whole(alone) == {
        **alone,
        "workers": [{"worker": 0, "pid": 70, "status": "full", "live": 100, "lag_ms": 2.5}],
    }


def test_calls_are_added_and_the_longest_lag_is_told() -> None:
    told = whole(health(live=3, lag_ms=2.0), health("overloaded", 4, 80.0, "lag"))
    assert told["calls"] == {"live": 7, "capacity": 200}
    assert told["admission"] == {"open": True, "reason": None, "lag_ms": 80.0, "max_lag_ms": 50.0}


def test_who_leaves_has_calls_and_no_room() -> None:
    told = whole(health("closing", 5, reason="closing"), health("full", 2, reason="full"))
    assert (told["status"], told["calls"]) == ("full", {"live": 7, "capacity": 100})
    assert told["admission"] == {"open": False, "reason": "full", "lag_ms": 1.0, "max_lag_ms": 50.0}


def test_who_does_not_tell_is_named() -> None:
    told = whole(None, health(live=1))
    assert (told["status"], told["calls"]) == ("ok", {"live": 1, "capacity": 100})
    assert told["workers"] == [
        {"worker": 0, "pid": 70, "status": "silent"},
        {"worker": 1, "pid": 71, "status": "ok", "live": 1, "lag_ms": 1.0},
    ]


@pytest.mark.parametrize(
    ("states", "status"),
    [
        ("ok ok", "ok"),
        ("ok full", "ok"),
        ("ok overloaded closing", "ok"),
        ("ok degraded", "degraded"),
        ("degraded full", "degraded"),
        ("full overloaded", "full"),
        ("overloaded closing", "overloaded"),
        ("closing closing", "closing"),
    ],
)
def test_calls_are_taken_as_long_as_anybody_takes_them(states: str, status: str) -> None:
    assert whole(*(health(state) for state in states.split()))["status"] == status


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ([provider(), provider()], provider()),
        ([provider(1, "half-open"), provider(2, "open")], provider(3, "open", 0.0)),
        ([provider(10, rate=0.5), provider(30)], provider(40, rate=0.125)),
        ([provider(1, median=0.2), provider(9, median=0.4)], provider(10, rate=0.0, median=0.4)),
        ([provider(9, median=0.4), provider(1, median=0.2)], provider(10, rate=0.0, median=0.4)),
        ([provider(9, median=0.2), provider(1, median=0.9)], provider(10, rate=0.0, median=0.2)),
        ([provider(9, median=0.2), provider()], provider(9, rate=0.0, median=0.2)),
    ],
)
def test_of_a_provider_the_worst_is_told(told: list[Provider], wanted: Provider) -> None:
    merged = whole(*(health(llm=one) for one in told))["provider_health"]
    assert merged == {"llm": [wanted]}


@pytest.mark.parametrize(
    ("told", "wanted"),
    [("ready ready", "ready"), ("off off", "off"), ("ready restarting", "restarting")],
)
def test_of_the_turn_model_what_is_wrong_is_told(told: str, wanted: str) -> None:
    assert whole(*(health(smart_turn=one) for one in told.split()))["smart_turn"] == wanted


def phone(status: str, reason: str = "", waiting: int = 0, *stopped: str) -> Phone:
    return {
        "status": status,
        "carrier": "twilio",
        "reason": reason,
        "waiting": waiting,
        "stoppedCountries": [*stopped],
        "streamFailures": 1,
    }


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ([OFF, OFF], OFF),
        (
            [phone("ready", "", 2, "DE"), phone("stopped", "No money.", 3, "DE", "AT")],
            {**phone("ready", "No money.", 5, "AT", "DE"), "streamFailures": 2},
        ),
        (
            [phone("stopped", "No money."), phone("stopped", "No key.")],
            {**phone("stopped", "No money."), "streamFailures": 2},
        ),
    ],
)
def test_a_telephone_works_as_long_as_one_does(told: list[Phone], wanted: Phone) -> None:
    assert whole(*(health(phone=one) for one in told))["phone"] == wanted
