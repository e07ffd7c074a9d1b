"""Where these tests need a store, they run on both databases where that is asked for."""

from __future__ import annotations

from tests.vantum.store.databases import empty_postgres, postgres_url, sqlite_template, store, usual_url

__all__ = ["empty_postgres", "postgres_url", "sqlite_template", "store", "usual_url"]
