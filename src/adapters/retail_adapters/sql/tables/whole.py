"""All tables in one metadata, for both databases (GEN-R10); whoever asks one context for something loads its tables only."""

from typing import Final

from sqlalchemy import Table

from retail_adapters.sql.tables.base import SCHEMA as SCHEMA, metadata as metadata
from retail_domain.contexts import of_each

TABLES: Final = {
    context: tuple(one for one in vars(module).values() if isinstance(one, Table))
    for context, module in of_each("retail_adapters.sql.tables").items()
}
"""What each context keeps, as its module declares it."""
