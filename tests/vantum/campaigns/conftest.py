"""Campaigns are tested on both databases."""

from __future__ import annotations

from tests.vantum.store.databases import empty_postgres, postgres_url, sqlite_template, store, usual_url

__all__ = ["empty_postgres", "postgres_url", "sqlite_template", "store", "usual_url"]
