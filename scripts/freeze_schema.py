"""Write the whole schema as it stands as SQL text, one file a database: the body of a first migration.

    python scripts/freeze_schema.py src/adapters/retail_adapters/sql/migrations/versions/0001_first_schema

Once a release carries a migration it is never written again: later changes are migrations of their own.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Dialect
from sqlalchemy.schema import CreateIndex, CreateTable

from retail_adapters.sql.statement import postgres_flavour, sqlite_flavour
from retail_adapters.sql.tables import metadata


def statements(dialect: Dialect) -> Iterator[str]:
    """Tables in order of their foreign keys, each followed by its indexes."""
    for table in metadata.sorted_tables:
        yield str(CreateTable(table).compile(dialect=dialect)).strip()
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            yield str(CreateIndex(index).compile(dialect=dialect)).strip()


def main(stem: str) -> None:
    """Write both files."""
    for name, flavour in (("postgresql", postgres_flavour()), ("sqlite", sqlite_flavour())):
        text = ";\n\n".join(line for line in statements(flavour.dialect)) + ";\n"
        cleaned = "\n".join(line.rstrip().replace("\t", "    ") for line in text.splitlines()) + "\n"
        Path(f"{stem}.{name}.sql").write_text(cleaned, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
