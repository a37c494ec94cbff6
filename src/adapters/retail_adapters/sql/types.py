"""Column types: the only place where a value changes between the shop and a database (rulings 27).

Every type renders a name that SQLite's STRICT tables accept, so a wrong kind of value is refused by both databases.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Dialect, LargeBinary, Text, Uuid, cast, type_coerce
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

E = TypeVar("E", bound=Enum)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Whole(TypeDecorator[int]):
    """A 64-bit whole number: bigint, or INTEGER on SQLite."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """INTEGER is the only name STRICT tables know."""
        return dialect.type_descriptor(sqlite.INTEGER() if dialect.name == "sqlite" else BigInteger())


class Flag(TypeDecorator[bool]):
    """Yes or no: boolean, or 0 and 1 on SQLite."""

    impl = Boolean
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """STRICT tables have no boolean."""
        return dialect.type_descriptor(sqlite.INTEGER() if dialect.name == "sqlite" else Boolean())

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> Any:
        """A whole number on SQLite."""
        return int(value) if dialect.name == "sqlite" and value is not None else value

    def process_result_value(self, value: Any, dialect: Dialect) -> bool | None:
        """Always a bool."""
        return None if value is None else bool(value)


class Words(TypeDecorator[str]):
    """Text without a length of its own; lengths are CHECKed where they matter."""

    impl = Text
    cache_ok = True


class Id(TypeDecorator[UUID]):
    """A UUID: `uuid` on PostgreSQL, 16 bytes on SQLite (stack.md 7)."""

    impl = Uuid
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The database's own form."""
        return dialect.type_descriptor(sqlite.BLOB() if dialect.name == "sqlite" else postgresql.UUID(as_uuid=True))

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> Any:
        """Bytes on SQLite."""
        return value.bytes if dialect.name == "sqlite" and value is not None else value

    def process_result_value(self, value: Any, dialect: Dialect) -> UUID | None:
        """Always a UUID of the standard library."""
        if value is None or type(value) is UUID:
            return value
        return UUID(bytes=bytes(value)) if dialect.name == "sqlite" else UUID(int=value.int)


class Instant(TypeDecorator[datetime]):
    """A moment in UTC: `timestamptz`, or whole microseconds since 1970 on SQLite."""

    impl = postgresql.TIMESTAMP(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The database's own form."""
        return dialect.type_descriptor(sqlite.INTEGER() if dialect.name == "sqlite" else postgresql.TIMESTAMP(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Aware moments only: a naive one is a bug of ours."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without its time zone cannot be stored")
        return (value - _EPOCH) // _MICROSECOND if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Always aware, in UTC."""
        if value is None:
            return None
        at: datetime = _EPOCH + value * _MICROSECOND if dialect.name == "sqlite" else value.astimezone(UTC)
        return at


class Choice(TypeDecorator[E], Generic[E]):
    """A member of an Enum, stored as its value."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: type[E]) -> None:
        super().__init__()
        self.kind = kind
        self._members = {member.value: member for member in kind}

    def process_bind_param(self, value: E | None, dialect: Dialect) -> Any:
        """Its value."""
        return None if value is None else value.value

    def process_result_value(self, value: Any, dialect: Dialect) -> E | None:
        """Its member."""
        return None if value is None else self._members[value]


class Doc(TypeDecorator[Any]):
    """A JSON document that is only shown, never searched: jsonb, or text on SQLite.

    Bound and read as text on PostgreSQL, so that a codec the host set on his connection cannot turn it into a
    JSON string (rulings 27).
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """jsonb on PostgreSQL."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else _Jsonb())

    def column_expression(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """CAST(doc AS TEXT), and still a document."""
        return type_coerce(cast(column, Text()), self)

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Compact JSON text."""
        return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """The document."""
        return None if value is None else json.loads(value)


class _Jsonb(UserDefinedType[Any]):
    """jsonb that travels as text in both directions.

    Not a kind of Text: asyncpg's dialect would take it for its own VARCHAR, and the column would be one.
    """

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Its name in SQL."""
        return "JSONB"

    def bind_expression(self, bindvalue: BindParameter[Any]) -> ColumnElement[Any]:
        """CAST(CAST(:doc AS TEXT) AS JSONB)."""
        return cast(cast(bindvalue, Text()), postgresql.JSONB)


# A column of raw bytes renders BLOB and bytea, both fine in STRICT tables.
Raw = LargeBinary
