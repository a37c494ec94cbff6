"""What a law of the audit is: a statement that answers the rows which break it (R43)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attrs import frozen
from sqlalchemy import bindparam, or_
from sqlalchemy.sql import Select

from retail_adapters.sql.statement import Statement
from retail_adapters.sql.types import Instant

FINDINGS_MAX: Final = 1_000
"""So many broken rows of one law are named; a shop with more of them needs another kind of help."""


@frozen
class Law:
    """One law: the guarantee or invariant it stands for, what it says, and the rows that break it."""

    id: str
    says: str
    broken: Statement


@frozen
class Finding:
    """One row that breaks a law."""

    law: str
    says: str
    row: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.law}: {self.says} ({', '.join(f'{name}={value}' for name, value in self.row.items())})"


def law(id: str, says: str, broken: Select[Any]) -> Law:
    """A law with the statement that answers what breaks it."""
    return Law(id, says, Statement(f"audit.{id.lower()}", broken.limit(FINDINGS_MAX)))


def one_of(column: Any, *values: Any) -> Any:
    """Whether a column has one of these values."""
    return or_(*(column == value for value in values))


before_grace: Final = bindparam("before", type_=Instant())
"""What is younger than this is passed over by laws that hold only after handlers ran."""
