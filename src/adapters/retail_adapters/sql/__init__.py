"""The stores in SQL: PostgreSQL and SQLite."""

from retail_adapters.extras import require

require("sqlalchemy", "msgspec")
