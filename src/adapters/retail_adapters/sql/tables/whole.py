"""All tables in one metadata; whoever asks one context for something loads its tables only."""

from retail_adapters.sql.tables import cart as cart, inventory as inventory, outbox as outbox, pricing as pricing

from retail_adapters.sql.tables import fulfilment as fulfilment, ordering as ordering, payments as payments  # isort: skip
from retail_adapters.sql.tables import accounts as accounts  # isort: skip
from retail_adapters.sql.tables import catalog as catalog, insight as insight  # isort: skip
from retail_adapters.sql.tables.base import SCHEMA as SCHEMA, metadata as metadata
