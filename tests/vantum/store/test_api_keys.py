"""Keys: found by what they begin with, believed by their hash, and over when somebody says so."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.vantum.store.rows import NOON, new_org
from vantum.store import api_keys, changes, users
from vantum.store.api_keys import USE_NOTED, Bearer, NewKey, is_key, use_is_noted
from vantum.store.engine import Store
from vantum.store.models import ApiKey, User
from vantum.store.words import Role

pytestmark = pytest.mark.real_time
NEW = NewKey("CRM", Role.ADMIN, ["contacts:read"])


async def test_a_key_is_kept_as_its_hash(store: Store) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        row, text = await api_keys.make(session, org, NEW)
        other, other_text = await api_keys.make(session, org, NEW)
        assert is_key(text)
        assert (row.prefix, row.hash) == (text[:16], hashlib.sha256(text.encode()).hexdigest())
        assert len(text) == 16 + 1 + 43
        assert (row.prefix, text) != (other.prefix, other_text)
        assert await api_keys.bearer(session, text, NOON) == Bearer(
            row.id, org, Role.ADMIN, None, ("contacts:read",), None
        )
        found = (await session.scalars(select(ApiKey.hash))).all()
        assert not any(text[17:] in kept for kept in found)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "vtm_0a1b2c3d4e5f",
        f"vtm_0a1b2c3d4e5f_{'x' * 42}",
        f"vtm_0A1B2C3D4E5F_{'x' * 43}",
        "\x00",
        "ü",
    ],
)
async def test_what_has_another_form_is_no_key(store: Store, text: str) -> None:
    assert not is_key(text)
    async with store.reading() as session:
        assert await api_keys.bearer(session, text, NOON) is None


async def test_another_secret_behind_the_same_beginning_is_none(store: Store) -> None:
    async with store.writing() as session:
        _, text = await api_keys.make(session, await new_org(session, "a"), NEW)
        forged = text[:17] + text[17:][::-1]
        assert is_key(forged)
        assert await api_keys.bearer(session, forged, NOON) is None
        assert await api_keys.bearer(session, f"vtm_{'0' * 12}_{text[17:]}", NOON) is None


async def test_a_key_is_over_at_its_end(store: Store) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        _, text = await api_keys.make(session, org, NewKey("x", Role.OWNER, [], None, NOON))
        assert await api_keys.bearer(session, text, NOON - timedelta(microseconds=1)) is not None
        assert await api_keys.bearer(session, text, NOON) is None


async def test_a_key_is_revoked_once_and_by_its_own_organisation(store: Store) -> None:
    async with store.writing() as session:
        org, other = await new_org(session, "a"), await new_org(session, "b")
        row, text = await api_keys.make(session, org, NEW)
        assert not await api_keys.revoke(session, other, row.id, NOON)
        assert await api_keys.revoke(session, org, row.id, NOON)
        assert not await api_keys.revoke(session, org, row.id, NOON)
        assert await api_keys.bearer(session, text, NOON) is None


async def test_a_users_key_is_good_as_long_as_the_user(store: Store) -> None:
    async with store.writing() as session:
        org, other = await new_org(session, "a"), await new_org(session, "b")
        user = await users.add(session, org, "a@example.com", "A", Role.VIEWER)
        stranger = await users.add(session, other, "a@example.com", "A", Role.OWNER)
        _, text = await api_keys.make(session, org, NewKey("x", Role.ADMIN, [], user.id))
        _, foreign = await api_keys.make(session, org, NewKey("x", Role.ADMIN, [], stranger.id))
        found = await api_keys.bearer(session, text, NOON)
        assert found is not None
        assert (found.role, found.user_role) == (Role.ADMIN, Role.VIEWER)
        assert await api_keys.bearer(session, foreign, NOON) is None
        await changes.change(session, org, User, user.id, {"disabled_at": NOON})
        assert await api_keys.bearer(session, text, NOON) is None


@pytest.mark.parametrize(
    ("last", "noted"),
    [(None, False), (NOON - USE_NOTED, False), (NOON - USE_NOTED / 2, True), (NOON, True)],
)
def test_a_use_is_noted_for_a_minute(last: object, noted: bool) -> None:
    assert use_is_noted(last, NOON) is noted  # type: ignore[arg-type]


async def test_a_use_that_is_noted_is_not_written_again(store: Store) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        row, _ = await api_keys.make(session, org, NEW)
        seen = []
        for seconds in (0, 59, 60, 30):
            await api_keys.used(session, org, row.id, NOON + timedelta(seconds=seconds))
            await session.refresh(row)
            assert row.last_used_at is not None
            seen.append((row.last_used_at - NOON).total_seconds())
    assert seen == [0, 0, 60, 60]
