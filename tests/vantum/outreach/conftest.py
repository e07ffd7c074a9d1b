"""Outreach's tests run on both databases."""

from __future__ import annotations

from tests.vantum.store.databases import (
    empty_postgres,
    empty_url,
    own_url,
    postgres_url,
    sqlite_template,
    store,
    usual_url,
)

__all__ = ["empty_postgres", "empty_url", "own_url", "postgres_url", "sqlite_template", "store", "usual_url"]
