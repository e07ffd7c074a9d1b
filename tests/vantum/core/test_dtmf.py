"""Keys in, by each way in which they end; keys out, as a receiver of tones hears them."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.dtmf import KEYS, MAX_KEYS, Keypad, tones
from vantum.core.mulaw import decoded, encoded

# ITU-T Q.23: the row's frequency, the columns' frequencies, and the key at each crossing.
LOW = (697, 770, 852, 941)
HIGH = (1_209, 1_336, 1_477, 1_633)
CROSSINGS = ("123A", "456B", "789C", "*0#D")


def entered(keypad: Keypad, keys: str) -> list[str | None]:
    return [keypad.press(key) for key in keys]


# --- keys in ----------------------------------------------------------------------------------------


def test_the_terminator_ends_the_keys_and_is_none_of_them() -> None:
    keypad = Keypad()
    assert entered(keypad, "12*#") == [None, None, None, "12*"]
    assert entered(keypad, "3#") == [None, "3"]


def test_the_terminator_alone_ends_nothing() -> None:
    assert entered(Keypad(), "##") == [None, None]


def test_another_terminator_makes_the_usual_one_a_key() -> None:
    assert entered(Keypad(terminator="*"), "1#*") == [None, None, "1#"]


def test_the_longest_entry_needs_no_terminator() -> None:
    keypad = Keypad(longest=3)
    assert entered(keypad, "1234") == [None, None, "123", None]
    assert keypad.pause() == "4"


def test_a_pause_ends_what_was_entered() -> None:
    keypad = Keypad()
    assert keypad.pause() is None
    entered(keypad, "42")
    assert keypad.pause() == "42"
    assert keypad.pause() is None


def test_keys_are_waiting_from_the_first_to_the_end() -> None:
    keypad = Keypad(longest=2)
    seen = []
    for key in "#1#12":
        keypad.press(key)
        seen.append(keypad.waiting)
    assert seen == [False, True, False, True, False]


@pytest.mark.parametrize("key", ["", "A", "12", "w", " ", "٣"])
def test_what_is_no_key_is_ignored(key: str) -> None:
    keypad = Keypad(longest=1)
    assert keypad.press(key) is None
    assert not keypad.waiting


@pytest.mark.parametrize("terminator", ["", "A", "12", "*0"])
def test_a_terminator_is_one_key(terminator: str) -> None:
    with pytest.raises(ValueError, match=r"it must be one key of 0123456789\*#"):
        Keypad(terminator)


@given(st.text(KEYS, max_size=60), st.integers(1, 8))
def test_no_key_is_lost_or_doubled(keys: str, longest: int) -> None:
    keypad = Keypad(longest=longest)
    parts = [part for part in (*entered(keypad, keys), keypad.pause()) if part is not None]
    assert "".join(parts) == keys.replace("#", "")
    assert all(1 <= len(part) <= longest for part in parts)


# --- keys out ---------------------------------------------------------------------------------------


def samples(pcm: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(pcm) // 2}h", pcm)


def level(block: tuple[int, ...], frequency: int, rate: int) -> float:
    """The peak of ``frequency`` in ``block``, by Goertzel's filter."""
    turn = 2 * math.cos(math.tau * frequency / rate)
    one = two = 0.0
    for sample in block:
        one, two = sample + turn * one - two, one
    return 2 * math.sqrt(one * one + two * two - turn * one * two) / len(block)


def heard(block: tuple[int, ...], rate: int) -> str:
    """The key that a receiver hears: one clear frequency of the low group, one of the high group."""
    low = {frequency: level(block, frequency, rate) for frequency in LOW}
    high = {frequency: level(block, frequency, rate) for frequency in HIGH}
    for group in (low, high):
        first, second = sorted(group.values(), reverse=True)[:2]
        assert first > 10 * second
        assert 20 * math.log10(first / 32_768) == pytest.approx(-9, abs=0.5)
    return CROSSINGS[LOW.index(max(low, key=low.__getitem__))][HIGH.index(max(high, key=high.__getitem__))]


@pytest.mark.parametrize("rate", [8_000, 16_000])
@pytest.mark.parametrize("key", KEYS)
def test_every_key_is_heard_as_itself_even_over_the_telephone(key: str, rate: int) -> None:
    pcm = tones(key, rate)
    length = rate // 5
    assert heard(samples(pcm)[:length], rate) == key
    assert heard(samples(decoded(encoded(pcm)))[:length], rate) == key


@pytest.mark.parametrize("rate", [8_000, 16_000])
def test_keys_and_pauses_have_their_lengths(rate: int) -> None:
    values = samples(tones("1w2", rate))
    tone, gap, wait = rate * 200 // 1000, rate * 60 // 1000, rate * 500 // 1000
    assert len(values) == 2 * (tone + gap) + wait
    assert not any(values[tone : tone + gap + wait])
    assert not any(values[-gap:])
    assert heard(values[tone + gap + wait :][:tone], rate) == "2"


def test_tones_rise_and_fall_and_never_clip() -> None:
    values = samples(tones("0", 16_000))
    peak = max(map(abs, values))
    assert 20_000 < peak < 24_000
    # Of a ramp of 80 samples, eight are a tenth.
    assert max(map(abs, values[:8])) < peak / 10
    assert max(map(abs, values[3_192:3_200])) <= peak / 10


def test_no_keys_make_no_sound() -> None:
    assert tones("", 8_000) == b""


@pytest.mark.parametrize(("keys", "bad"), [("12A", "'A'"), ("W", "'W'"), ("1 2", "' '"), ("+49", r"'\+'")])
def test_a_bad_key_is_named_with_what_is_allowed(keys: str, bad: str) -> None:
    with pytest.raises(ValueError, match=rf"{bad} is no key; allowed are 0-9, \*, # and w\."):
        tones(keys, 8_000)


def test_too_many_keys_are_refused() -> None:
    assert len(tones("w" * MAX_KEYS, 8_000)) == MAX_KEYS * 8_000
    with pytest.raises(ValueError, match="33 keys are too many; at most 32"):
        tones("1" * (MAX_KEYS + 1), 8_000)
