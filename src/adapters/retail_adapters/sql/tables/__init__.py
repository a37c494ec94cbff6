"""The schema: one module a context, one metadata for migrations, statements and both databases (GEN-R10)."""

from retail_adapters.sql.tables import cart as cart, inventory as inventory, outbox as outbox, pricing as pricing

from retail_adapters.sql.tables import fulfilment as fulfilment, ordering as ordering, payments as payments  # isort: skip
from retail_adapters.sql.tables import accounts as accounts  # isort: skip
from retail_adapters.sql.tables import catalog as catalog, insight as insight  # isort: skip
from retail_adapters.sql.tables.base import SCHEMA as SCHEMA, metadata as metadata
