"""The API's tests run on both databases where that is asked for."""

from __future__ import annotations

from tests.vantum.rest.kit import furnished, house
from tests.vantum.store.databases import empty_postgres, postgres_url, sqlite_template, store, usual_url

__all__ = ["empty_postgres", "furnished", "house", "postgres_url", "sqlite_template", "store", "usual_url"]
