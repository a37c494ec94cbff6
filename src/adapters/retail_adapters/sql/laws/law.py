"""What a law of the audit is, and how most of them are written (R43)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol

from attrs import frozen
from sqlalchemy import bindparam, or_
from sqlalchemy.sql import Select

from retail_adapters.sql.database import Transaction
from retail_adapters.sql.statement import Statement
from retail_adapters.sql.types import Instant

FINDINGS_MAX: Final = 1_000
"""So many broken rows of one law are named; a shop with more of them needs another kind of help."""


@frozen
class Finding:
    """One row that breaks a law."""

    law: str
    says: str
    row: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.law}: {self.says} ({', '.join(f'{name}={value}' for name, value in self.row.items())})"


class Law(Protocol):
    """One law: the guarantee or invariant it stands for, what it says, and what breaks it."""

    @property
    def id(self) -> str: ...
    @property
    def says(self) -> str: ...
    @property
    def broken(self) -> Statement:
        """The statement that is asked first, and alone if all is well."""
        ...

    async def findings(self, snapshot: Transaction, before: datetime) -> Sequence[Finding]:
        """The rows that break it; what is younger than `before` may be passed over."""
        ...


@frozen
class _RowLaw:
    """A law whose statement answers the rows that break it."""

    id: str
    says: str
    broken: Statement

    async def findings(self, snapshot: Transaction, before: datetime) -> Sequence[Finding]:
        """Each row is a finding."""
        rows = await snapshot.rows(self.broken, before=before)
        return [Finding(self.id, self.says, {name: _told(value) for name, value in row.items()}) for row in rows]


def _told(value: Any) -> str:
    return str(getattr(value, "value", value))


def law(id: str, says: str, broken: Select[Any]) -> Law:
    """A law with the statement that answers what breaks it."""
    return _RowLaw(id, says, Statement(f"audit.{id.lower()}", broken.limit(FINDINGS_MAX)))


def one_of(column: Any, *values: Any) -> Any:
    """Whether a column has one of these values."""
    return or_(*(column == value for value in values))


before_grace: Final = bindparam("before", type_=Instant())
"""What is younger than this is passed over by laws that hold only after handlers ran."""
