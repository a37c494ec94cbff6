"""The schema: one module a context, one metadata for migrations, statements and both databases."""

from retail_adapters.sql.tables import cart as cart, inventory as inventory, outbox as outbox, pricing as pricing
from retail_adapters.sql.tables.base import SCHEMA as SCHEMA, metadata as metadata
