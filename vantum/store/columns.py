"""Kinds of columns: moments in UTC and words of an enum; and what a new row is filled with."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, TypeVar

import uuid_utils
from sqlalchemy import DateTime, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

ID_LENGTH: Final = 36
WORD_LENGTH: Final = 24

Words = TypeVar("Words", bound=StrEnum)


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept in UTC and given back in UTC, also by SQLite, which knows no zones.

    A moment without a zone raises ValueError (SQLAlchemy wraps it).
    """

    impl = DateTime
    cache_ok = True

    def __init__(self) -> None:
        super().__init__(timezone=True)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """The moment as the database takes it."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError("A moment has a time zone.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """The moment as it was given."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Word(TypeDecorator[Words]):
    """A member of an enum, kept as its text: a new word needs no change of the database.

    Any other text raises ValueError (SQLAlchemy wraps it).
    """

    impl = String
    cache_ok = True

    def __init__(self, kind: type[Words]) -> None:
        super().__init__(WORD_LENGTH)
        self.kind = kind

    def process_bind_param(self, value: Words | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """The text of a word."""
        return None if value is None else str(self.kind(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Words | None:  # noqa: ARG002
        """The word of a text."""
        return None if value is None else self.kind(value)


def new_id() -> str:
    """A new id: UUIDv7, so that ids sort by the time at which they were made."""
    return str(uuid_utils.uuid7())


def now() -> datetime:
    """This moment, for ``created_at`` and ``updated_at`` only: what is decided takes its time from outside."""
    return datetime.now(UTC)
