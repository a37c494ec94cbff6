"""All tables in one metadata; whoever asks one context for something loads its tables only."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Table

from retail_adapters.sql.tables.base import SCHEMA as SCHEMA, metadata as metadata, order_of_writes as order_of_writes
from retail_domain.contexts import of_each

TABLES: Final = {
    context: tuple(one for one in vars(module).values() if isinstance(one, Table))
    for context, module in of_each("retail_adapters.sql.tables").items()
}
"""What each context keeps."""
