"""What use cases ask of a database, and the table of how much that may be.

The table is written by `RETAIL_WRITE_STATEMENTS=1` before the tests that read it. It takes other names and smaller numbers,
never a larger one: who means a use case to ask more takes its entry out of the table by hand, and says why.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Awaitable, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeVar

from attrs import define, field, frozen

from tests.support.accounts import Recording

T = TypeVar("T")

WRITES: Final = bool(os.environ.get("RETAIL_WRITE_STATEMENTS"))
DATABASES: Final = ("sqlite", "postgres")
_HEAD: Final = """\
# What each use case asks of a database, statement by statement, `begin` and `commit` counted with them.
# tests/integration/test_statement_counts.py fails when one asks more, or something else. To renew it:
#     RETAIL_WRITE_STATEMENTS=1 .venv/bin/python -m pytest tests/integration/test_statement_counts.py
# No number grows by that: take the entry out first. `both`: alike on SQLite and PostgreSQL.
"""
_WIDTH: Final = 125


@define
class Statements:
    """What each use case asked of the database, in order."""

    recording: Recording
    asked: dict[str, tuple[str, ...]] = field(factory=dict)

    async def of(self, name: str, work: Awaitable[T]) -> T:
        """Note what this piece of work asks, under a name; the last of several counts."""
        self.recording.names.clear()
        answer = await work
        self.asked[name] = tuple(self.recording.names)
        return answer


@frozen
class StatementTable:
    """Names of statements by use case and database."""

    rows: Mapping[str, Mapping[str, tuple[str, ...]]]

    @classmethod
    def read(cls, file: Path) -> StatementTable:
        """From its file; an empty one where there is none yet."""
        known = tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        return cls(
            {name: {on: tuple(row.get("both", row.get(on, ()))) for on in DATABASES if "both" in row or on in row}
             for name, row in known.items()}
        )  # fmt: skip

    def of(self, use_case: str, database: str) -> tuple[str, ...] | None:
        """What this use case may ask there; None where the table does not say."""
        return self.rows.get(use_case, {}).get(database)

    def renewed(self, database: str, asked: Mapping[str, Sequence[str]]) -> StatementTable:
        """With what was asked there just now, but for use cases that ask more than before."""
        rows = {}
        for name in sorted(asked):
            kept, now = self.of(name, database), tuple(asked[name])
            most = kept if kept is not None and len(now) > len(kept) else now
            rows[name] = {**self.rows.get(name, {}), database: most}
        return StatementTable(rows)

    def text(self) -> str:
        """As it stands in its file."""
        parts = [_HEAD]
        for name, row in self.rows.items():
            alike = len(row) == len(DATABASES) and len(set(row.values())) == 1
            told = {"both": next(iter(row.values()))} if alike else {on: row[on] for on in DATABASES if on in row}
            parts.append("\n".join([f'["{name}"]', *(_array(key, names) for key, names in told.items())]) + "\n")
        return "\n".join(parts)

    def write(self, file: Path) -> None:
        """To its file."""
        file.write_text(self.text(), encoding="utf-8")


def _array(key: str, names: Sequence[str]) -> str:
    lines, line = [], ""
    for name in names:
        word = f'"{name}",'
        if line and len(line) + 1 + len(word) > _WIDTH - 4:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    lines.append(line)
    return f"{key} = [ # {len(names)}\n" + "\n".join(f"    {line}" for line in lines if line) + "\n]"
