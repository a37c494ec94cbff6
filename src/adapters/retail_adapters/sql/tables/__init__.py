"""The schema: one module a context, one metadata for migrations, statements and both databases."""

from typing import Final

from sqlalchemy import Table

from retail_adapters.sql.tables.base import SCHEMA as SCHEMA, metadata as metadata, order_of_writes as order_of_writes
from retail_domain.contexts import of_each

TABLES: Final = {
    context: tuple(one for one in vars(module).values() if isinstance(one, Table))
    for context, module in of_each(__name__).items()
}
"""What each context keeps."""
