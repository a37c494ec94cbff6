"""Column types: the only place where a value changes between the shop and a database (GEN-R20).

Every type renders a name that SQLite's STRICT tables accept, so a wrong kind of value is refused by both databases.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import lru_cache
from operator import attrgetter
from typing import Any, ClassVar, Final, Generic, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, Boolean, Date, Dialect, LargeBinary, Text, Uuid, cast, type_coerce
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

from retail_adapters.system.quick_uuid import QuickUuid
from retail_domain.kernel.money import MINOR_MAX

T = TypeVar("T")
E = TypeVar("E", bound=Enum)
Processor = Callable[[Any], Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Coded(TypeDecorator[T]):
    """A type that says once, for each dialect, how a value goes in and comes out; None where it passes as it is.

    SQLAlchemy's engine asks it value by value, our statements ask it once for the function: one codec for both.
    """

    impl: type[TypeEngine[Any]] = Text
    cache_ok = True
    spelled_alike: ClassVar[bool] = False
    """Whether JSON spells a value as PostgreSQL quickly reads it within an array."""

    def inward(self, dialect: Dialect) -> Processor | None:
        """How a value goes to this database; the function is never given None."""

    def outward(self, dialect: Dialect) -> Processor | None:
        """How a value comes from this database; the function is never given None."""

    def process_bind_param(self, value: T | None, dialect: Dialect) -> Any:
        """One value going in."""
        inward = self.inward(dialect)
        return value if value is None or inward is None else inward(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> T | None:
        """One value coming out."""
        outward = self.outward(dialect)
        result: T | None = value if value is None or outward is None else outward(value)
        return result


def _is_sqlite(dialect: Dialect) -> bool:
    return dialect.name == "sqlite"


class Whole(Coded[int]):
    """A 64-bit whole number: bigint, or INTEGER on SQLite."""

    impl = BigInteger
    cache_ok = True
    spelled_alike = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """INTEGER is the only name STRICT tables know."""
        return dialect.type_descriptor(sqlite.INTEGER() if _is_sqlite(dialect) else BigInteger())


class Price(Whole):
    """What is asked for something: a whole number of minor units, and none is kept as one more than any amount there is.

    So a price of nothing can never be read out of a row that holds one, whatever release reads it.
    """

    cache_ok = True
    spelled_alike = False

    def inward(self, dialect: Dialect) -> Processor | None:
        """None as the number above all."""
        return _asked

    def outward(self, dialect: Dialect) -> Processor | None:
        """The number above all as none."""
        return _of_asked


_NOTHING_ASKED: Final = MINOR_MAX + 1


def _asked(minor: int) -> int:
    return minor or _NOTHING_ASKED


def _of_asked(minor: int) -> int:
    return 0 if minor == _NOTHING_ASKED else minor


class Flag(Coded[bool]):
    """Yes or no: boolean, or 0 and 1 on SQLite."""

    impl = Boolean
    cache_ok = True
    spelled_alike = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """STRICT tables have no boolean."""
        return dialect.type_descriptor(sqlite.INTEGER() if _is_sqlite(dialect) else Boolean())

    def inward(self, dialect: Dialect) -> Processor | None:
        """A whole number on SQLite."""
        return int if _is_sqlite(dialect) else None

    def outward(self, dialect: Dialect) -> Processor | None:
        """Always a bool."""
        return bool if _is_sqlite(dialect) else None


class Words(Coded[str]):
    """Text without a length of its own; lengths are CHECKed where they matter."""

    impl = Text
    cache_ok = True


class Id(Coded[UUID]):
    """A UUID: `uuid` on PostgreSQL, 16 bytes on SQLite."""

    impl = Uuid
    cache_ok = True
    spelled_alike = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The database's own form."""
        return dialect.type_descriptor(sqlite.BLOB() if _is_sqlite(dialect) else postgresql.UUID(as_uuid=True))

    def inward(self, dialect: Dialect) -> Processor | None:
        """Bytes on SQLite."""
        return attrgetter("bytes") if _is_sqlite(dialect) else None

    def outward(self, dialect: Dialect) -> Processor | None:
        """A UUID: asyncpg's own kind, which is one of the standard library's, compared and hashed in C."""
        return QuickUuid if _is_sqlite(dialect) else None


class Instant(Coded[datetime]):
    """A moment in UTC: `timestamptz`, or whole microseconds since 1970 on SQLite."""

    impl = postgresql.TIMESTAMP
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The database's own form."""
        return dialect.type_descriptor(sqlite.INTEGER() if _is_sqlite(dialect) else postgresql.TIMESTAMP(timezone=True))

    def inward(self, dialect: Dialect) -> Processor | None:
        """Aware moments only: a naive one is a bug of ours."""
        return _microseconds if _is_sqlite(dialect) else _aware

    def outward(self, dialect: Dialect) -> Processor | None:
        """Always aware, in UTC."""
        return _moment if _is_sqlite(dialect) else _in_utc


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a moment without its time zone cannot be stored")
    return value


@lru_cache(maxsize=4096)  # of an order's rows, most hold one and the same moment
def _microseconds(value: datetime) -> int:
    return (_aware(value) - _EPOCH) // _MICROSECOND


def _moment(value: int) -> datetime:
    return _EPOCH + value * _MICROSECOND


def _in_utc(value: datetime) -> datetime:
    return value if value.tzinfo is UTC else value.astimezone(UTC)


class Day(Coded[date]):
    """A day of the shop's calendar: `date`, or its ISO 8601 text on SQLite, where texts sort as the days do."""

    impl = Date
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The database's own form; STRICT tables have no date."""
        return dialect.type_descriptor(Text() if _is_sqlite(dialect) else postgresql.DATE())

    def inward(self, dialect: Dialect) -> Processor | None:
        """Days only: which day a moment lies in is for a Calendar to say, and drivers would take the day in UTC."""
        return _day_text if _is_sqlite(dialect) else _day

    def outward(self, dialect: Dialect) -> Processor | None:
        """A day."""
        return date.fromisoformat if _is_sqlite(dialect) else None


def _day(value: date) -> date:
    if isinstance(value, datetime):
        raise ValueError("a moment is no day: ask a Calendar")
    return value


def _day_text(value: date) -> str:
    return _day(value).isoformat()


class Choice(Coded[E], Generic[E]):
    """A member of an Enum, stored as its value."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: type[E]) -> None:
        super().__init__()
        self.kind = kind
        self._values = {member: member.value for member in kind}
        self._members = {member.value: member for member in kind}

    def inward(self, dialect: Dialect) -> Processor | None:
        """Its value."""
        return self._values.__getitem__

    def outward(self, dialect: Dialect) -> Processor | None:
        """Its member."""
        return self._members.__getitem__


class Doc(Coded[Any]):
    """A JSON document that is only shown, never searched: jsonb, or text on SQLite.

    Bound and read as text on PostgreSQL, so that a codec the host set on his connection cannot turn it into a
    JSON string (GEN-R20).
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """jsonb on PostgreSQL."""
        return dialect.type_descriptor(Text() if _is_sqlite(dialect) else _Jsonb())

    def column_expression(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """CAST(doc AS TEXT), and still a document."""
        return type_coerce(cast(column, Text()), self)

    def inward(self, dialect: Dialect) -> Processor | None:
        """Compact JSON text; values of the shop are written as they are."""
        return _compact

    def outward(self, dialect: Dialect) -> Processor | None:
        """The document."""
        return _READ_JSON


_WRITE_JSON: Final = msgspec.json.Encoder().encode
_READ_JSON: Final = msgspec.json.Decoder().decode


def _compact(document: Any) -> str:
    return _WRITE_JSON(document).decode()


def array_text(values: list[Any]) -> str:
    """Values that are `spelled_alike` as one PostgreSQL array: a driver that looks at each element costs several times more."""
    return f"{{{_WRITE_JSON(values)[1:-1].decode()}}}"


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
